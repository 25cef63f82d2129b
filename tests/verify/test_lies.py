"""Rows that say otherwise than their page, one kind of lie after the other: none passes."""

from __future__ import annotations

import pytest

from gongbao.figures.origin import Precision
from gongbao.ledger.rows import Ledger, Report, Row, load_units
from gongbao.ledger.tables import Record
from gongbao.verify.rules import Rule, load_rules
from gongbao.verify.source import Source
from gongbao.verify.verification import Verification, verify

UNITS = load_units()
REPORT = Report("report", "文", "text", "文", "text", "机关", "body", 1, 1)


def row(value: str, unit: str, precision: str, phrase: str, line: int = 2) -> Row:
    cells = {
        "series": f"topic.{line}",
        "period": "2023",
        "name_zh": "数",
        "name_en": "number",
        "phrase": phrase,
        "note": "a note",
    }
    cells |= {"value": value, "unit": unit, "precision": precision, "page": "1"}
    record = Record("data/ledger/topic.csv", line, cells)
    return Row(record, "topic", f"topic.{line}@2023", value, UNITS[unit], Precision(precision), REPORT, 1, UNITS.keys())


def told(page: str, *rows: Row, rules: list[Rule] | None = None) -> Verification:
    ledger = Ledger(rows, UNITS, {"report": REPORT})
    return verify(ledger, Source((page,), "0" * 64), rules or [])


def problems(page: str, *rows: Row) -> list[str]:
    return [fault.problem for fault in told(page, *rows).faults]


@pytest.mark.parametrize(
    ("page", "truth"),
    [
        ("其资产负债率58.13%，较低", ("58.13", "%", "rounded", "负债率58.13%")),
        ("断面306个，较多", ("306", "个", "exact", "306个")),
        ("比重下降0.1%，较少", ("-0.1", "%", "rounded", "下降0.1%")),
        ("低于全市水平2.1个百分点", ("-2.1", "百分点", "rounded", "低于全市水平2.1个百分点")),
        ("检查30余次，较多", ("30", "次", "over", "30余次")),
        ("预计还本11.3亿元", ("11.3", "亿元", "about", "还本11.3亿元")),
        ("比重%左右8·3.6·2.0符合", ("3.6", "%", "rounded", "8·3.6")),
        ("共有两百个项目", ("200", "个", "exact", "两百个")),
        ("列全市第三，较好", ("3", "位次", "exact", "全市第三")),
        ("约一千二百万元", ("1200", "万元", "about", "约一千二百万元")),
    ],
)
def test_the_truth_passes(page, truth):
    assert problems(page, row(*truth)) == []


@pytest.mark.parametrize(
    ("page", "lie", "problem"),
    [
        # the phrase cuts the number, or its sign, unit, words
        ("其资产负债率58.13%，较低", ("58", "%", "rounded", "负债率58"), "cuts '58.13%'"),
        ("断面306个，较多", ("30", "个", "exact", "断面30"), "cuts '306个'"),
        ("比重下降0.1%，较少", ("0.1", "%", "rounded", "0.1%"), "the value is 0.1"),
        ("比重下降0.1%，较少", ("-0.1", "%", "rounded", "0.1%"), "cuts '下降0.1%'"),
        ("低于全市水平2.1个百分点", ("2.1", "百分点", "rounded", "2.1个百分点"), "the value is 2.1"),
        ("检查30余次，较多", ("30", "次", "exact", "30余"), "cuts '30余次'"),
        # another unit
        ("其资产负债率58.13%，较低", ("58.13", "百分点", "rounded", "58.13"), "states no number in 百分点"),
        ("其资产负债率58.13%，较低", ("58.13", "亿元", "rounded", "负债率58.13%"), "states no number in 亿元"),
        ("比重%左右8·3.6·2.0符合", ("3.6", "公里", "rounded", "8·3.6"), "at the head of the cell stands %"),
        ("培训300人次", ("300", "人", "exact", "300人"), "states no number in 人"),
        # another precision
        ("检查30余次，较多", ("30", "次", "exact", "30余次"), "the precision is exact"),
        ("断面306个，较多", ("306", "个", "about", "306个"), "the precision is about"),
        ("断面306个，较多", ("306", "个", "over", "306个"), "the precision is over"),
        ("断面306个，较多", ("306", "个", "rounded", "306个"), "the precision is rounded"),
        # another value
        ("断面306个，较多", ("307", "个", "exact", "306个"), "the value is 307"),
        ("列全市第三，较好", ("4", "位次", "exact", "全市第三"), "the value is 4"),
        ("发行第4期", ("4", "位次", "exact", "第4期"), "states no number in 位次"),
        ("履行第一责任人职责", ("1", "位次", "exact", "履行第一"), "states no number in 位次"),
        ("引入第三方评估", ("3", "位次", "exact", "引入第三"), "states no number in 位次"),
    ],
)
def test_a_lie_does_not_pass(page, lie, problem):
    found = problems(page, row(*lie))
    assert any(problem in one for one in found), found


@pytest.mark.parametrize(
    ("value", "unit", "phrase", "problem"),
    [
        ("增长较慢", "文字", "增长较快", "the value is '增长较慢'"),
        ("的", "文字", "的", "say nothing"),
        ("增长较快", "公里", "增长较快", "in words is in 公里"),
        ("306个", "文字", "306个", "hold the number 306 in 个"),
        ("两年多", "文字", "两年多", "hold the number 2 in 年"),
        ("率58", "文字", "率58", "cuts '58.13%'"),
    ],
)
def test_words_say_what_the_page_says_and_hold_no_number(value, unit, phrase, problem):
    page = "增长较快的断面306个，用时两年多，负债率58.13%。"
    found = problems(page, row(value, unit, "text", phrase))
    assert any(problem in one for one in found), found


def test_words_may_hold_a_number_that_a_row_states():
    page = "位居四个片区前列"
    assert problems(page, row(page, "文字", "text", page), row("4", "个", "exact", "四个", 3)) == []


# --- rules


def rules(tmp_path, pattern: str, scope: str = "place-2023-1") -> list[Rule]:
    (tmp_path / "set-aside.csv").write_text(
        f'rule,scope,pattern,reason_zh,reason_en\nname,{scope},"{pattern}",因,why\n', "utf-8"
    )
    return load_rules(tmp_path)


def test_a_rule_that_spells_a_number_out_may_set_it_aside(tmp_path):
    result = told("建设15分钟生活圈", rules=rules(tmp_path, "15分钟生活圈"))
    assert result.passed
    assert result.set_aside == {"name": 1}


@pytest.mark.parametrize(
    ("page", "pattern", "problem"),
    [
        ("余额5亿元", "[0-9]+"[:-1], "a number with a unit"),
        ("断面306个，较多", "断面[0-9]{3}", "sets aside what data/ledger/topic.csv:2 states"),
        ("断面306个，较多", "第[0-9]届", "sets no numeral aside"),
    ],
)
def test_a_rule_hides_no_figure_and_is_needed(tmp_path, page, pattern, problem):
    result = told(
        page, *([row("306", "个", "exact", "306个")] if "306" in page else []), rules=rules(tmp_path, pattern)
    )
    assert any(problem in fault.problem and fault.file.endswith("set-aside.csv") for fault in result.faults)


def test_a_general_rule_may_match_nothing(tmp_path):
    assert told("没有数", rules=rules(tmp_path, "第[0-9]届", "general")).passed


@pytest.mark.parametrize(
    "pattern",
    [
        "(([^x])+)+x!",
        "[0-9]+号",
        ".*",
        "(?:a|a){1,50}x",
        "(?:[0-9]{1,9}){1,9}x",
        "[^x]{0,99}[^x]{0,99}[^x]{0,99}x",
        "(a)\\1",
        "a?" * 14 + "x",
        "",
        "(",
    ],
)
def test_a_pattern_that_might_not_end_or_is_none_is_a_fault_of_its_row(tmp_path, pattern):
    with pytest.raises(ValueError, match=r"set-aside.csv, row 2: the pattern"):
        rules(tmp_path, pattern)
