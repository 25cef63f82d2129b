"""Rows that were exchanged show in the words around their numbers."""

from __future__ import annotations

import pytest

from gongbao.figures.origin import Precision
from gongbao.ledger.rows import Ledger, Report, Row, load_units
from gongbao.ledger.tables import Record
from gongbao.verify.source import Source
from gongbao.verify.verification import verify

UNITS = load_units()
REPORT = Report("report", "文", "text", "文", "text", "机关", "body", 1, 1)
FAR = "其余内容与这里所说的没有关系，" * 3
PAGE = f"本市成功创建法治政府示范区的区有6个。{FAR}一级指标10项。{FAR}评分表另设2个扣分项。"


def row(name: str, value: str, unit: str, phrase: str, line: int) -> Row:
    cells = {"series": f"topic.{line}", "period": "2023", "name_zh": name, "name_en": "number", "phrase": phrase}
    cells |= {"value": value, "unit": unit, "precision": "exact", "page": "1", "note": "a note"}
    record = Record("data/ledger/topic.csv", line, cells)
    return Row(record, "topic", f"topic.{line}@2023", value, UNITS[unit], Precision.EXACT, REPORT, 1, UNITS.keys())


def problems(*rows: Row) -> list[str]:
    ledger = Ledger((*rows, row("一级指标", "10", "项", "指标10项", 4)), UNITS, {"report": REPORT})
    return [fault.problem for fault in verify(ledger, Source((PAGE,), "0" * 64), []).faults]


AREAS, DEDUCTIONS = "成功创建示范区的区", "评分表的扣分项"


def test_names_that_stand_at_their_numbers_pass():
    assert problems(row(AREAS, "6", "个", "6个", 2), row(DEDUCTIONS, "2", "个", "2个扣分项", 3)) == []


@pytest.mark.parametrize("flip", [False, True])
def test_exchanged_numbers_do_not(flip):
    rows = [row(AREAS, "2", "个", "2个扣分项", 2), row(DEDUCTIONS, "6", "个", "6个", 3)]
    (problem,) = problems(*(rows[::-1] if flip else rows))
    assert AREAS in problem
    assert DEDUCTIONS in problem
    assert "data/ledger/topic.csv:" in problem
