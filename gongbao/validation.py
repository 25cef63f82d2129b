"""Check the data without the gazette: the tables, what their rows say of each other, the package."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from gongbao.context import load_context
from gongbao.figure import Precision
from gongbao.ledger import Ledger, Row
from gongbao.relations import Relation, load_relations
from gongbao.tables import DATA, Fault, FaultyDataError
from gongbao.verification import PHRASE_LIMIT, load_rules, read_phrase

PACKAGE = "datapackage.yaml"
T = TypeVar("T")


def data_faults(data: Path = DATA) -> list[Fault]:
    """Everything that is wrong with the tables themselves; quick, so that every build can ask."""
    faults: list[Fault] = []
    ledger = _loaded(Ledger.load, data, faults)
    relations = _loaded(load_relations, data, faults)
    _loaded(load_context, data, faults)
    _loaded(load_rules, data, faults)
    if ledger is not None:
        faults += [fault for row in ledger.rows for fault in _row_faults(row)]
        faults += _disagreements(ledger)
        if not faults:
            faults += _wrong_verdicts(relations or [], ledger)
    return faults


def _loaded(load: Callable[[Path], T], data: Path, faults: list[Fault]) -> T | None:
    try:
        return load(data)
    except FaultyDataError as error:
        faults += error.faults
        return None


def _row_faults(row: Row) -> Iterator[Fault]:
    """What is wrong with a row that can be read."""
    fault = row.record.fault
    if row.record["series"].split(".")[0] != row.topic:
        yield fault(f"the series is {row.record['series']!r}", f"a series that starts with {row.topic}.")
    if period_problem := _period_problem(row.record["period"]):
        yield fault(f"the period {row.record['period']!r} {period_problem}", "ISO 8601, as in 2023-01/2023-08")
    first, last = row.report.first_page, row.report.last_page
    if not first <= row.page <= last:
        yield fault(f"{row.report.key} is not on page {row.page}", f"a page from {first} to {last}")
    if len(row.phrase) > PHRASE_LIMIT or not row.phrase or row.phrase.split() != [row.phrase]:
        yield fault(f"the phrase {row.phrase!r} is no address", f"1 to {PHRASE_LIMIT} characters without spaces")
    if row.precision is Precision.EXACT and row.decimals:
        yield fault(f"{row.value} is not a count", "the precision rounded")
    if row.precision is not Precision.TEXT:
        yield from read_phrase(row)[1]


def _period_problem(period: str) -> str:
    ends = period.split("/")
    try:
        days = [_first_day(end) for end in ends]
    except ValueError:
        return "is no date"
    if len(ends) > 2 or (len(ends) == 2 and days[0] >= days[1]):
        return "does not run from an earlier to a later date"
    return ""


def _first_day(date: str) -> datetime.date:
    year, *rest = date.split("-")
    if len(year) != 4 or any(len(part) != 2 for part in rest) or len(rest) > 2:
        raise ValueError(date)
    month, day = [*map(int, rest), 1, 1][:2]
    return datetime.date(int(year), month, day)


def _disagreements(ledger: Ledger) -> Iterator[Fault]:
    """Rows that state the same figure and do not agree, or say it twice from one place."""
    places: dict[tuple[str, str, int, str], Row] = {}
    first_of: dict[str, Row] = {}
    for row in ledger.rows:
        place = (row.id, row.report.key, row.page, row.phrase)
        if place in places:
            yield row.record.fault(
                f"{row.id} is already in row {places[place].record.row}", "one row for one statement"
            )
        places.setdefault(place, row)
        first = first_of.setdefault(row.id, row)
        for column in ("value", "unit", "name_zh", "name_en"):
            if row.record[column] != first.record[column]:
                problem = f"{row.id} has the {column} {row.record[column]!r}"
                expected = f"{first.record[column]!r} as in row {first.record.row}, or a series of its own"
                yield row.record.fault(problem, expected)


def _wrong_verdicts(relations: Iterable[Relation], ledger: Ledger) -> Iterator[Fault]:
    for relation in relations:
        try:
            verdict = relation.verdict(ledger)
        except FaultyDataError as error:
            yield from error.faults
            continue
        if verdict != relation.expected:
            gap = relation.gap(ledger)
            problem = f"{relation.id} {verdict.en}: {relation.text} leaves {float(gap):g} {gap.unit.symbol}"
            expected = f"the verdict {relation.expected}; correct the rows, or the relation if the pages say so"
            yield relation.record.fault(problem, expected)


def package_faults(data: Path = DATA) -> list[Fault]:
    """What Frictionless finds when it holds the tables against datapackage.yaml."""
    from frictionless import Package  # takes a second to import, which builds should not wait for

    report = Package(str(data / PACKAGE)).validate()
    faults = [Fault(f"data/{PACKAGE}", None, error.message, "a valid data package") for error in report.errors]
    for task in report.tasks:
        for error in task.errors:
            row = getattr(error, "row_number", None)
            faults.append(Fault(f"data/{task.place}", row, error.message, "see the description in the package"))
    return faults
