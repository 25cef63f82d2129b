"""Figures from outside the gazette, each with its source and grade; never part of the ledger."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from gongbao.figures.figure import Figure, stated
from gongbao.figures.interval import Interval
from gongbao.figures.messages import N_
from gongbao.figures.origin import Claim, Leaf, Precision, Statement
from gongbao.ledger.rows import PRINTED_NUMBER, load_units
from gongbao.ledger.tables import DATA, FaultyDataError, read_table

CONTEXT_COLUMNS = ("series", "period", "name_zh", "name_en", "value", "unit", "source", "grade", "note")
GRADES = {"A": N_("官方网页"), "B": N_("官方数据的镜像")}
GRADES_EN = {"A": "official page", "B": "copy of official data"}


def load_context(data: Path = DATA) -> dict[str, Figure]:
    """The external figures by id (``external.<entity>.<series>@<period>``).

    Raises:
        FaultyDataError: if a row cannot be used; all faults are named at once.
    """
    units = load_units(data)
    figures: dict[str, Figure] = {}
    faults = []
    for record in read_table(data / "context.csv", CONTEXT_COLUMNS):
        id = f"{record['series']}@{record['period']}"
        if not record["series"].startswith("external."):
            faults.append(record.fault(f"the series is {record['series']!r}", "a series that starts with external."))
        elif id in figures:
            faults.append(record.fault(f"{id} is there twice", "one row for one figure"))
        elif not PRINTED_NUMBER.fullmatch(record["value"]) or record["unit"] not in units:
            problem = f"the value is {record['value']!r}, the unit {record['unit']!r}"
            faults.append(record.fault(problem, "a plain number and a unit of data/units.csv"))
        elif record["grade"] not in GRADES:
            faults.append(record.fault(f"the grade is {record['grade']!r}", "the grade A or B"))
        elif not record["source"]:
            faults.append(record.fault("there is no source", "a source, where the figure can be found"))
        else:
            unit = units[record["unit"]]
            value = Fraction(Decimal(record["value"]))
            decimals = len(record["value"].partition(".")[2])
            interval = Precision.ROUNDED.interval(value, decimals) * Interval.point(unit.factor)
            place = f"{record['source']}（{record['grade']}级：{GRADES[record['grade']]}）"
            row = f"{record.file}:{record.row}"
            place_en = f"{record['source']} (grade {record['grade']}: {GRADES_EN[record['grade']]})"
            statement = Statement(place, None, "", Precision.ROUNDED, row, record["note"], place_en)
            leaf = Leaf(id, value * unit.factor, interval, Claim.EXTERNAL, (statement,))
            figures[id] = stated(leaf, unit, decimals, record["name_zh"], record["name_en"])
    if faults:
        raise FaultyDataError(faults)
    return figures
