"""Check the data without the gazette: the tables, what their rows say of each other, the package."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import yaml

from gongbao.figures.origin import Precision
from gongbao.ledger.context import load_context
from gongbao.ledger.relations import Relation, Verdict, load_relations
from gongbao.ledger.rows import Ledger, Row
from gongbao.ledger.tables import DATA, Fault, FaultyDataError, read_text
from gongbao.ledger.words import load_words
from gongbao.verify.verification import PHRASE_LIMIT, load_rules, read_phrase

PACKAGE = "datapackage.yaml"
FOLDERS = ("ledger", "derived", "words")
"""Of the data, with one file a topic or chapter."""
SERIES = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+")
_DATE = "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"
PERIOD = re.compile(f"{_DATE}(/{_DATE})?")
T = TypeVar("T")


def data_faults(data: Path = DATA) -> list[Fault]:
    """Everything that is wrong with the tables themselves; quick, so that every build can ask."""
    faults: list[Fault] = []
    ledger = _loaded(Ledger.load, data, faults)
    relations = _loaded(load_relations, data, faults)
    _loaded(load_context, data, faults)
    _loaded(load_rules, data, faults)
    _loaded(load_words, data, faults)
    faults += _undescribed(data)
    if ledger is not None:
        wrong = {id(row): list(_row_faults(row)) for row in ledger.rows}
        faults += [fault for row in ledger.rows for fault in wrong[id(row)]]
        faults += _disagreements(row for row in ledger.rows if not wrong[id(row)])
        if not faults:
            faults += _wrong_verdicts(relations or [], ledger)
    # units.csv and reports.csv are read by more than one
    return list(dict.fromkeys(faults))


def _undescribed(data: Path) -> Iterator[Fault]:
    """Files in folders of the data that the package does not describe, and the other way round."""
    package = yaml.safe_load(read_text(data / PACKAGE))
    described = {resource["path"] for resource in package["resources"] if "/" in resource["path"]}
    there = {path.relative_to(data).as_posix() for folder in FOLDERS for path in (data / folder).glob("*.csv")}
    for path in sorted(there - described):
        yield Fault(f"data/{path}", None, f"{PACKAGE} does not describe the file", "a resource with this path")
    for path in sorted(described - there):
        yield Fault(f"data/{path}", None, "there is no such file", f"the CSV file that {PACKAGE} describes")


def _loaded(load: Callable[[Path], T], data: Path, faults: list[Fault]) -> T | None:
    try:
        return load(data)
    except FaultyDataError as error:
        faults += error.faults
        return None


def _row_faults(row: Row) -> Iterator[Fault]:
    """What is wrong with a row that can be read."""
    fault = row.record.fault
    series = row.record["series"]
    if not SERIES.fullmatch(series) or series.split(".")[0] != row.topic:
        expected = f"a series that starts with {row.topic}. and is of dotted lower-case ASCII words"
        yield fault(f"the series is {series!r}", expected)
    if period_problem := _period_problem(row.record["period"]):
        yield fault(f"the period {row.record['period']!r} {period_problem}", "ISO 8601, as in 2023-01/2023-08")
    first, last = row.report.first_page, row.report.last_page
    if not first <= row.page <= last:
        yield fault(f"{row.report.key} is not on page {row.page}", f"a page from {first} to {last}")
    if len(row.phrase) > PHRASE_LIMIT or not row.phrase or row.phrase.split() != [row.phrase]:
        yield fault(f"the phrase {row.phrase!r} is no address", f"1 to {PHRASE_LIMIT} characters without spaces")
        return
    if row.precision is Precision.EXACT and row.decimals:
        yield fault(f"{row.value} is not a count", "the precision rounded")
    if row.precision is not Precision.TEXT:
        yield from read_phrase(row)[1]


def _period_problem(period: str) -> str:
    if not PERIOD.fullmatch(period):
        return "is no date"
    try:
        days = [_first_day(end) for end in period.split("/")]
    except ValueError:
        return "is no date"
    return "does not run from an earlier to a later date" if days != sorted(set(days)) else ""


def _first_day(date: str) -> datetime.date:
    year, month, day = [*map(int, date.split("-")), 1, 1][:3]
    return datetime.date(year, month, day)


def _disagreements(rows: Iterable[Row]) -> Iterator[Fault]:
    """Rows that state the same figure and do not agree with most of them, or say it twice from one place."""
    places: dict[tuple[str, str, int, str], Row] = {}
    by_id: dict[str, list[Row]] = {}
    for row in rows:
        place = (row.id, row.report.key, row.page, row.phrase)
        if place in places:
            yield row.record.fault(
                f"{row.id} is already in row {places[place].record.row}", "one row for one statement"
            )
        places.setdefault(place, row)
        by_id.setdefault(row.id, []).append(row)
    for id, same in by_id.items():
        for column in ("value", "unit", "name_zh", "name_en"):
            usual = Counter(row.record[column] for row in same).most_common(1)[0][0]
            for row in same:
                if row.record[column] != usual:
                    problem = f"{id} has the {column} {row.record[column]!r}"
                    yield row.record.fault(problem, f"{usual!r} as in its other rows, or a series of its own")


def _wrong_verdicts(relations: Iterable[Relation], ledger: Ledger) -> Iterator[Fault]:
    for relation in relations:
        try:
            verdict = relation.verdict(ledger)
        except FaultyDataError as error:
            yield from error.faults
            continue
        if verdict != relation.expected:
            problem = f"{relation.id} {verdict.en}: {relation.text}"
            if verdict is not Verdict.NOT_COMPARABLE:
                gap = relation.gap(ledger)
                problem += f" leaves {float(gap):g} {gap.unit.symbol}"
            expected = f"the verdict {relation.expected}; correct the rows, or the relation if the pages say so"
            yield relation.record.fault(problem, expected)


def package_faults(data: Path = DATA) -> list[Fault]:
    """What Frictionless finds when it holds the tables against datapackage.yaml."""
    from frictionless import Package  # takes a second to import, which builds should not wait for

    package = Package(str(data / PACKAGE))
    report = package.validate()
    faults = [Fault(f"data/{PACKAGE}", None, error.message, "a valid data package") for error in report.errors]
    seen = set()
    for task in report.tasks:
        fields = {field.name: field.description for field in package.get_resource(task.name).schema.fields}
        for error in task.errors:
            row = getattr(error, "row_number", None)
            if (task.place, row) not in seen:  # a duplicate is reported by the key and by the field
                seen.add((task.place, row))
                expected = fields.get(getattr(error, "field_name", "")) or f"what {PACKAGE} describes"
                faults.append(Fault(f"data/{task.place}", row, error.message, expected))
    return faults
