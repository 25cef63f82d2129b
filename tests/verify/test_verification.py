"""Verification: every row says what its page says, and no number of a curated page is left out."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from building import columns

from gongbao.ledger.rows import Ledger, load_reports
from gongbao.ledger.tables import Record
from gongbao.verify.patterns import title_faults
from gongbao.verify.record import write_record
from gongbao.verify.rules import GENERAL, Rule, load_rules
from gongbao.verify.source import Source
from gongbao.verify.verification import Verification, verify

LEDGER_COLUMNS = columns("ledger/debt.csv")

DEBT = Path(__file__).resolve().parents[2] / "data" / "ledger" / "debt.csv"
ROWS = range(2, len(DEBT.read_text("utf-8").splitlines()) + 1)
GENERAL_RULES = [rule for rule in load_rules() if rule.scope == GENERAL]
"""Those that hold in any document, and may match nothing."""

RULE = Record("data/set-aside.csv", 99, {})
"""The row of a rule that only a test has."""

RATIO = 1 + next(
    n for n, line in enumerate(DEBT.read_text("utf-8").splitlines()) if line.startswith("debt.ratio.audit")
)
"""The row of the debt ratio, which is stated once."""


def change(data: Path, row: int, **changed: str | Callable[[str], str]) -> Ledger:
    """The ledger with changed cells in a row; a row beyond the last is a copy of the last."""
    path = data / "ledger" / "debt.csv"
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))
    if row > len(rows):
        rows.append(list(rows[RATIO - 1]))
    for column, cell in changed.items():
        place = LEDGER_COLUMNS.index(column)
        rows[row - 1][place] = cell if isinstance(cell, str) else cell(rows[row - 1][place])
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    path.write_text(buffer.getvalue(), "utf-8")
    return Ledger.load(data)


def next_value(value: str) -> str:
    """The value with one more in its last digit."""
    return str(Decimal(value) + Decimal(1).scaleb(Decimal(value).as_tuple().exponent))


def result_of(ledger: Ledger, gazette: Path, rules: list[Rule] | None = None) -> Verification:
    return verify(ledger, Source.read(gazette), GENERAL_RULES if rules is None else rules)


def on_page(gazette: Path, page: int, text: str) -> None:
    """Add a text to a page, after its first line, which may continue a phrase of the page before."""
    pages = gazette.read_text("utf-8").split("\f")
    pages[page - 1] = pages[page - 1].replace("\n", f"\n{text}\n", 1)
    gazette.write_text("\f".join(pages), "utf-8")


# --- all is well


def test_ledger_holds_against_a_gazette_of_its_own_phrases(ledger, gazette):
    result = result_of(ledger, gazette)
    assert result.faults == []
    assert result.unaccounted == []
    assert result.passed
    assert result.rows == len(ledger.rows)
    # dates, years within phrases, and what titles name
    assert set(result.set_aside) == {"plan-period", "year"}


def test_ledger_holds_against_the_gazette(whole_ledger, real_gazette):
    result = result_of(whole_ledger, real_gazette, load_rules())
    assert [*map(str, result.faults), *result.unaccounted] == []
    assert result.set_aside["year"] > 0


# --- a row that is wrong


@pytest.mark.parametrize("row", ROWS)
def test_any_changed_value_fails_and_names_its_row(data, gazette, row):
    result = result_of(change(data, row, value=next_value), gazette)
    assert not result.passed
    (fault,) = result.faults
    assert (fault.file, fault.row) == ("data/ledger/debt.csv", row)
    assert fault.expected.startswith("the value ")


def test_any_changed_value_fails_against_the_gazette(data, real_gazette):
    original = (data / "ledger" / "debt.csv").read_bytes()
    source = Source.read(real_gazette)
    for row in ROWS[::6]:
        (data / "ledger" / "debt.csv").write_bytes(original)
        result = verify(change(data, row, value=next_value), source, load_rules())
        assert {fault.row for fault in result.faults} == {row}


@pytest.mark.parametrize("row", [2, 14, 30, RATIO, 65, 85])
def test_phrase_of_another_page_is_not_found(data, gazette, row):
    result = result_of(change(data, row, page="98"), gazette)
    assert [fault.row for fault in result.faults] == [row]
    assert "page 98 holds" in result.faults[0].problem
    assert "0 times" in result.faults[0].problem
    # its number, which no row states now, is missed where it stands
    assert len(result.unaccounted) == 1


def test_number_stands_where_the_phrase_ends_not_where_it_begins(data, ledger, gazette):
    row = next(row for row in ledger.rows if row.page == 97)
    assert row.phrase.startswith("专")
    pages = gazette.read_text("utf-8").split("\f")
    assert pages[95].endswith("专")
    assert row.phrase not in pages[96]
    result = result_of(change(data, row.record.row, page="96"), gazette)
    assert [fault.row for fault in result.faults] == [row.record.row]


def test_phrase_that_does_not_stand_there_is_a_fault(data, gazette):
    result = result_of(change(data, RATIO, phrase="债务率达16.3%"), gazette)
    (fault,) = result.faults
    assert fault.row == RATIO
    assert "'债务率达16.3%' 0 times" in fault.problem


def test_phrase_that_stands_twice_has_to_be_longer(ledger, gazette):
    on_page(gazette, 96, "再说一遍，债务率为16.3%。")
    result = result_of(ledger, gazette)
    (fault,) = result.faults
    assert fault.row == RATIO
    assert "2 times" in fault.problem
    assert "make it longer" in fault.expected


def test_number_has_one_row_only(data, gazette):
    ledger = change(data, len(ROWS) + 2, series="debt.ratio.other", phrase="率为16.3%")
    (fault,) = result_of(ledger, gazette).faults
    assert fault.row == len(ROWS) + 2
    assert f"data/ledger/debt.csv:{RATIO}" in fault.problem


def test_source_that_ends_too_early_is_a_fault_of_the_report(ledger, gazette):
    pages = gazette.read_text("utf-8").split("\f")
    gazette.write_text("\f".join(pages[:96]), "utf-8")
    faults = result_of(ledger, gazette).faults
    assert {(fault.file, fault.expected) for fault in faults} == {("data/reports.csv", "pages from 1 to 96")}
    assert faults[0].problem == "the source has no page 98, on which debt-note ends"


def test_a_report_without_rows_ends_within_the_source(data, gazette):
    path = data / "reports.csv"
    path.write_text(path.read_text("utf-8").replace(",112,113\n", ",112,131\n"), "utf-8")
    (fault,) = result_of(Ledger.load(data), gazette).faults
    assert fault.problem == "the source has no page 131, on which attendance ends"


@pytest.mark.parametrize(
    ("title", "holds"),
    [
        ("关于批准青浦区2023年地方政府债务限额的决议", True),
        ("关于批准青浦区地方政府债务限额的决议", True),  # a part may be left out, as a name is
        ("关于批准青浦区债务限额的决议", True),
        ("关于青浦区地方政府债务限额的决议", False),  # but not two
        ("关于不批准青浦区2023年地方政府债务限额的决议", False),
        ("关于批准青浦区2023年地方政府债务限额的决议（草案）", False),
        ("关于批准青浦区2022年地方政府债务限额的决议", False),
    ],
)
def test_a_report_begins_with_its_title(data, gazette, title, holds):
    path = data / "reports.csv"
    path.write_text(path.read_text("utf-8").replace("关于批准青浦区2023年地方政府债务限额的决议", title), "utf-8")
    reports, source = load_reports(data), Source.read(gazette)
    found = list(title_faults(reports.values(), source))
    assert [(fault.file, fault.problem.split(" ")[:2]) for fault in found] == (
        [] if holds else [("data/reports.csv", ["page", "92"])]
    )


def test_a_title_stands_at_the_head_of_its_page(gazette):
    reports = load_reports()
    text = gazette.read_text("utf-8")
    title = reports["debt-resolution"].title_zh
    for page, holds in ((f"青浦区人民代表大会常务委员会\n{title}", True), (f"{'前文。' * 21}{title}", False)):
        gazette.write_text(text.replace(title, page), "utf-8")
        assert bool(list(title_faults(reports.values(), Source.read(gazette)))) is not holds


@pytest.mark.parametrize(("text", "found"), [("增长较快", True), ("增长较慢", False)])
def test_words_are_looked_for_on_their_page(data, gazette, text, found):
    words = {"series": "debt.growth", "value": "增长较快", "precision": "text", "phrase": "增长较快", "page": "98"}
    words["unit"] = "文字"
    ledger = change(data, len(ROWS) + 2, **words)
    on_page(gazette, 98, text)
    faults = result_of(ledger, gazette).faults
    assert [fault.row for fault in faults] == ([] if found else [len(ROWS) + 2])


@pytest.mark.parametrize("before", ["不", "未", "没有", "尚未", "难以"])
def test_a_denial_is_not_cut_off_words(data, gazette, before):
    words = {"series": "debt.growth", "value": "达到要求", "precision": "text", "phrase": "达到要求", "page": "98"}
    ledger = change(data, len(ROWS) + 2, unit="文字", **words)
    on_page(gazette, 98, f"目录数量{before}达到要求")
    (fault,) = result_of(ledger, gazette).faults
    assert (fault.row, fault.expected) == (len(ROWS) + 2, "a phrase that holds it")


# --- a number that is left out


def test_number_of_a_curated_page_that_no_row_states_is_missed(ledger, gazette):
    on_page(gazette, 98, "另有债券7.5亿元。")
    result = result_of(ledger, gazette)
    assert result.faults == []
    (missed,) = result.unaccounted
    assert missed.startswith("page 98: 7.5 ")
    assert "另有债券7.5亿元" in missed
    assert not result.passed


def test_number_of_a_report_without_rows_is_missed_too(ledger, gazette):
    on_page(gazette, 1, "另有债券7.5亿元和两批债券。")
    result = result_of(ledger, gazette)
    assert [line.split(" in ")[0] for line in result.unaccounted] == ["page 1: 7.5", "page 1: 2"]


def test_pages_of_no_report_may_be_left_for_later(data, gazette):
    """A gazette that is entered report by report can be verified as far as it has come."""
    path = data / "reports.csv"
    kept = [line for line in path.read_text("utf-8").splitlines(True) if not line.startswith("chair-speech")]
    path.write_text("".join(kept), "utf-8")
    ledger = Ledger.load(data)
    on_page(gazette, 3, "另有债券7.5亿元，九年一贯制。")
    source = Source.read(gazette)
    assert len(verify(ledger, source, GENERAL_RULES).unaccounted) == 1
    result = verify(ledger, source, GENERAL_RULES, listed=True)
    assert (result.passed, result.left_out, result.pages_left_out) == (True, 2, [1, 2, 3, 4])
    record = json.loads(write_record(result, source, "2026-01-01", data).read_text("utf-8"))
    assert (record["unaccounted"], record["left_out"]) == (0, 2)
    on_page(gazette, 98, "另有债券7.5亿元。")
    result = verify(ledger, Source.read(gazette), GENERAL_RULES, listed=True)
    assert [line.split(" in ")[0] for line in result.unaccounted] == ["page 98: 7.5"]


@pytest.mark.parametrize(
    ("text", "rule", "count"),
    [
        ("2023年9月26日", "year", 3),
        ("青府发〔2023〕37号", "document-number", 2),
        ("（详见附件1）", "annex", 1),
        ("据此，2022年末", "year", 1),
    ],
)
def test_number_under_a_rule_is_set_aside(ledger, gazette, text, rule, count):
    before = result_of(ledger, gazette).set_aside
    on_page(gazette, 98, text)
    result = result_of(ledger, gazette)
    assert result.passed
    assert dict(result.set_aside - before) == {rule: count}


def test_rule_that_is_too_narrow_leaves_the_rest_unaccounted(ledger, gazette):
    on_page(gazette, 98, "2023年9月26日")
    narrow = [Rule("year", re.compile("2023年9月2"), GENERAL, RULE)]
    result = result_of(ledger, gazette, narrow)
    assert result.set_aside["year"] == 2
    missed = [line for line in result.unaccounted if line.startswith("page 98: ")]
    assert [line.partition(" in ")[0] for line in missed] == ["page 98: 26"]


def test_rule_does_not_excuse_a_wrong_row(data, gazette):
    rule = Rule("ratio", re.compile("债务率为16.3%"), GENERAL, RULE)
    result = result_of(change(data, RATIO, value="16.4"), gazette, [rule])
    assert [fault.row for fault in result.faults] == [RATIO, RULE.row]
