"""Rows whose value is how often a pattern is found: no numeral states it, no name is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from gongbao.figures.origin import Precision
from gongbao.ledger.rows import Ledger, Row
from gongbao.verify.check import data_faults
from gongbao.verify.patterns import miscounted
from gongbao.verify.source import Source
from gongbao.verify.verification import verify

COLUMNS = "series,period,name_zh,name_en,value,unit,precision,report,page,phrase,note"
LIST = {95: "名单\n任命甲乙为主任；\n", 96: "任命丙丁戊为委员；任命己庚为委员。\n"}


def counted(data: Path, value: str = "3", page: int = 95, phrase: str = "任命.{2,3}为") -> Row:
    """A row of the debt note that counts."""
    row = f'debt.appointed,2023,任命,appointed,{value},人,counted,debt-note,{page},"{phrase}",as dated on p. 1'
    (data / "ledger" / "debt.csv").write_text(f"{COLUMNS}\n{row}\n", "utf-8")
    return Ledger.load(data).rows[0]


@pytest.fixture
def source(tmp_path: Path) -> Source:
    path = tmp_path / "source.txt"
    path.write_text("".join(f"{LIST.get(page, '无。')}\f" for page in range(1, 114)), "utf-8")
    return Source.read(path)


def test_matches_are_counted_from_the_page_to_the_end_of_the_report(data, source):
    assert miscounted(counted(data), source) == []
    assert miscounted(counted(data, value="2", page=96), source) == []


def test_places_between_characters_are_not_counted(data, source):
    (fault,) = miscounted(counted(data, phrase="(?=任命.{2,3}为)"), source)
    assert "found 0 times" in fault.problem


def test_what_is_counted_is_no_money(data):
    path = data / "ledger" / "debt.csv"
    counted(data)
    path.write_text(path.read_text("utf-8").replace(",3,人,", ",3,亿元,"), "utf-8")
    assert "what is counted is in 亿元" in [fault.problem for fault in data_faults(data)]


def test_another_number_is_named(data, source):
    (fault,) = miscounted(counted(data, value="4"), source)
    assert (fault.file, fault.row) == ("data/ledger/debt.csv", 2)
    assert "found 3 times from page 95 on" in fault.problem
    assert fault.expected == "the value 3"


def test_the_page_is_that_of_the_first_match(data, source):
    (fault,) = miscounted(counted(data, value="2", phrase="为委员"), source)
    assert "not found on page 95" in fault.problem
    assert "page 96" in fault.expected


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"phrase": "任命("}, "cannot be read"),
        ({"phrase": "任*"}, "found in nothing at all"),
        ({"value": "3.0"}, "is not a count"),
        ({"value": "-3"}, "is not a count"),
        ({"value": "0", "phrase": "反对"}, "is not a count"),
        ({"phrase": "(任命(.{1,9})*)*为"}, "repeats a group in brackets"),
    ],
)
def test_check_refuses_what_cannot_be_counted(data, cells, problem):
    counted(data, **cells)
    assert any(problem in fault.problem for fault in data_faults(data))


def test_verification_counts(data, source):
    counted(data, value="4")
    result = verify(Ledger.load(data), source, [])
    assert [fault.expected for fault in result.faults] == ["the value 3"]
    counted(data)
    assert verify(Ledger.load(data), source, []).passed


def test_what_is_counted_is_exact(data):
    interval = counted(data).leaf().interval
    assert (interval.low, interval.high) == (3, 3)


def test_lists_of_the_gazette_are_counted(whole_ledger, real_gazette):
    source = Source.read(real_gazette)
    rows = [row for row in whole_ledger.rows if row.precision is Precision.COUNTED]
    assert [str(fault) for row in rows for fault in miscounted(row, source)] == []
    totals = {row.id.partition("@")[0]: row.value for row in rows}
    assert totals["session.appointments.appointed"] == "12"
    assert totals["session.appointments.removed"] == "5"
    assert totals["session.resignations.accepted"] == "1"
    assert totals["session.attendance.all-day.leave"] == "2"
