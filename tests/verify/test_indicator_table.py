"""indicators.csv against a table: what stands behind the name of an indicator."""

from __future__ import annotations

import pytest

from gongbao.figures.origin import Precision
from gongbao.ledger.rows import Ledger, Report, Row, load_units
from gongbao.ledger.tables import Record
from gongbao.verify.indicator_table import indicator_faults
from gongbao.verify.patterns import period_faults
from gongbao.verify.source import Source

PAGE = (
    "1增加值年均增长率%8左右3.8·2.0不及预期存在很大压力2中心数家60·52符合预期可以完成"
    "1.序号1-1为预期性指标，序号2-2为约束性指标。"
)
TRUTH = [
    {"number": "1", "name_zh": "增加值年均增长率", "unit": "%", "nature": "expected", "class": "growth"},
    {"number": "2", "name_zh": "中心数", "unit": "家", "nature": "binding", "class": "level"},
]
JUDGED = [("不及预期", "存在很大压力"), ("符合预期", "可以完成")]
UNITS = load_units()
REPORT = Report("table", "表", "table", "表", "table", "机关", "body", 1, 1)


def row(period: str = "2023", note: str = "") -> Row:
    cells = {"series": "plan.indicator.1.base", "period": period, "value": "3.8", "phrase": "3.8", "note": note}
    record = Record("data/ledger/plan.csv", 2, cells)
    return Row(record, "plan", "x", "3.8", UNITS["%"], Precision.ROUNDED, REPORT, 1, UNITS.keys())


def table(*changes: dict[str, str]) -> list[Record]:
    records = []
    for place, (cells, judged) in enumerate(zip(TRUTH, JUDGED, strict=True), 1):
        both = dict(zip(("judgement_midterm", "judgement_end"), judged, strict=True))
        changed = changes[place - 1] if place <= len(changes) else {}
        records.append(
            Record("data/indicators.csv", place, cells | both | {"series": f"plan.indicator.{place}"} | changed)
        )
    return records


def problems(*changes: dict[str, str], rows: int = 2) -> list[str]:
    ledger, source = Ledger([row()], UNITS, {"table": REPORT}), Source((PAGE,), "0" * 64)
    return [fault.problem for fault in indicator_faults(table(*changes)[:rows], ledger, source, {})]


def test_the_table_itself_passes():
    assert problems() == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"judgement_midterm": "符合预期"}, "the judgement_midterm is 符合预期, the page prints 不及预期"),
        ({"judgement_end": "可以完成"}, "the judgement_end is 可以完成"),
        ({"nature": "binding"}, "the nature is binding"),
        ({"class": "level"}, "the class is level"),
        ({"unit": "家"}, "the unit is 家"),
        ({"name_zh": "产值年均增长率"}, "do not hold 1 产值年均增长率"),
        ({"number": "3"}, "do not hold 3"),
    ],
)
def test_a_changed_cell_does_not_pass(change, problem):
    assert any(problem in one for one in problems(change))


def test_a_series_whose_number_stands_behind_another_indicator_does_not_pass():
    records, source, stated = table(), Source((PAGE,), "0" * 64), row()
    ledger = Ledger([stated], UNITS, {"table": REPORT})
    places = [source.text.index(f"{record['number']}{record['name_zh']}") + 8 for record in records]
    told = [[fault.row for fault in indicator_faults(records, ledger, source, {place: stated})] for place in places]
    assert told == [[], [1]]


def test_a_deleted_row_leaves_two_pairs_of_judgements():
    assert any("2 pairs of judgements" in one for one in problems(rows=1))


@pytest.mark.parametrize(
    ("clause", "note", "passes"),
    [
        ("2023年获金牌", "", True),
        ("2019年获金牌", "", False),
        ("2019年获金牌", "why", True),
        ("2019年获银牌2枚，获金牌", "", True),
        ("比2019年的金牌多" + "很" * 30, "", True),
    ],
)
def test_a_year_beside_a_number_is_its_period_or_is_explained(clause, note, passes):
    source = Source((f"2023年的成绩：{clause}3.8", ""), "0" * 64)
    faults = [fault.problem for fault in period_faults((row("2023", note),), source)]
    assert faults == ([] if passes else ["the period is 2023, beside '3.8' stands 2019"])


@pytest.mark.parametrize(
    ("period", "note", "passes"),
    [
        ("2022", "", True),
        ("2021/2022-08", "", True),
        ("2019", "", False),
        ("2022-05", "", False),
        ("2022-05", "why", True),
        ("2099", "why", False),
        ("2017/2018-04", "", True),
        ("2008", "", True),
    ],
)
def test_a_period_is_one_that_its_report_prints(period, note, passes):
    source = Source(("2022年1-8月，较2021年增长；2017～2018年4～9月；十一五期间；",), "0" * 64)
    assert (not list(period_faults((row(period, note),), source))) is passes
