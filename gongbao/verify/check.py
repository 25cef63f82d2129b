"""Check the data without the gazette: first what the schemas of the package can say, then what no schema can."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml

from gongbao.figures.origin import Precision
from gongbao.ledger.absences import load_absences
from gongbao.ledger.relations import Relation, Verdict, load_relations
from gongbao.ledger.rows import Ledger, Row, load_context
from gongbao.ledger.tables import DATA, PACKAGE, Fault, FaultyDataError, read_text, tables_in
from gongbao.ledger.words import load_words
from gongbao.verify.counted import pattern_faults
from gongbao.verify.verification import load_rules, read_phrase

FOLDERS = ("ledger", "derived", "words")
"""Of the data, with one file a topic or chapter."""

T = TypeVar("T")


def faults(data: Path = DATA) -> list[Fault]:
    """Everything that is wrong with the data, one fault for a row that the schemas name."""
    formal = schema_faults(data)
    if any(fault.file == f"data/{PACKAGE}" for fault in formal):
        return formal
    rows = {(fault.file, fault.row) for fault in formal if fault.row}
    own = [fault for fault in data_faults(data, formal) if (fault.file, fault.row) not in rows]
    # why a file cannot be read, and from which row on, the loader says better
    unreadable = {fault.file for fault in own}
    return [fault for fault in formal if fault.row or fault.file not in unreadable] + own


def data_faults(data: Path = DATA, known: Sequence[Fault] = ()) -> list[Fault]:
    """What no schema can say: whether rows are what their pages and each other say, and the relations hold.

    It takes half a second, without the import of Frictionless, so that whatever reads the data may ask.

    Args:
        data: the data folder.
        known: faults that the schemas found; where there are some, relations may fail for no reason of their own.
    """
    found: list[Fault] = []
    ledger = _loaded(Ledger.load, data, found)
    relations = _loaded(load_relations, data, found)
    _loaded(load_context, data, found)
    _loaded(load_rules, data, found)
    _loaded(load_absences, data, found)
    _loaded(load_words, data, found)
    found += _undescribed(data)
    if ledger is not None:
        wrong = {id(row): list(_row_faults(row)) for row in ledger.rows}
        found += [fault for row in ledger.rows for fault in wrong[id(row)]]
        found += _disagreements(row for row in ledger.rows if not wrong[id(row)])
        if not found and not known:
            found += _wrong_verdicts(relations or [], ledger)
    # units.csv and reports.csv are read by more than one
    return list(dict.fromkeys(found))


def _undescribed(data: Path) -> Iterator[Fault]:
    """Files in folders of the data that the package does not describe, and the other way round."""
    resources = yaml.safe_load(read_text(data / PACKAGE))["resources"]
    described = {resource["path"] for resource in resources if "/" in resource["path"]}
    there = {path.relative_to(data).as_posix() for folder in FOLDERS for path in tables_in(data / folder)}
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
    if row.record["series"].split(".")[0] != row.topic:
        yield fault(f"the series is {row.record['series']!r}", f"a series that starts with {row.topic}.")
    if problem := _period_problem(row.record["period"]):
        yield fault(f"the period {row.record['period']!r} {problem}", "ISO 8601, as in 2023-01/2023-08")
    first, last = row.report.first_page, row.report.last_page
    if not first <= row.page <= last:
        yield fault(f"{row.report.key} is not on page {row.page}", f"a page from {first} to {last}")
    if row.precision is Precision.EXACT and row.decimals:
        yield fault(f"{row.value} is not a count", "the precision rounded")
    if row.precision is Precision.COUNTED:
        yield from pattern_faults(row)
    elif row.precision is not Precision.TEXT:
        yield from read_phrase(row)[1]


def _period_problem(period: str) -> str:
    try:
        days = [_first_day(end) for end in period.split("/")]
    except ValueError:
        return "is no date"
    return "does not run from an earlier to a later date" if days != sorted(set(days)) else ""


def _first_day(date: str) -> datetime.date:
    year, month, day = [*map(int, date.split("-")), 1, 1][:3]
    return datetime.date(year, month, day)


def _disagreements(rows: Iterable[Row]) -> Iterator[Fault]:
    """Rows that state the same figure and do not agree with most of them."""
    by_id: dict[str, list[Row]] = {}
    for row in rows:
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


# --- the schemas

_WHOLE_ROW = ("extra-cell", "missing-cell", "blank-row", "unique-error")
"""Errors that Frictionless finds in a cell, or beside those in cells, and that are no mistake of one cell."""


def schema_faults(data: Path = DATA) -> list[Fault]:
    """What Frictionless finds when it holds the tables against datapackage.yaml: one fault a row."""
    # half a second, which what only looks figures up should not wait for
    from frictionless import FrictionlessException, Package

    read_text(data / PACKAGE)  # whose messages are plainer, should it be missing
    try:
        package = Package(str(data / PACKAGE))
    except FrictionlessException as refused:
        return [Fault(f"data/{PACKAGE}", None, str(refused), "a valid data package")]
    report = package.validate()
    found: dict[tuple[str, int | None], Fault] = {}
    errors = [(task, error) for task in report.tasks for error in task.errors]
    # where a table is unsound, keys of others lead nowhere for no fault of their own
    errors = [(task, error) for task, error in errors if error.type != "foreign-key"] or errors
    for task, error in sorted(errors, key=lambda pair: pair[1].type not in _WHOLE_ROW):
        fields = {field.name: field.description or "" for field in package.get_resource(task.name).schema.fields}
        fault = _fault(f"data/{task.place}", error, fields)
        found.setdefault((fault.file, fault.row), fault)
    unfit = [Fault(f"data/{PACKAGE}", None, error.message, "a valid data package") for error in report.errors]
    return [*unfit, *found.values()]


def _fault(file: str, error: Any, fields: Mapping[str, str]) -> Fault:
    """An error of Frictionless; what is expected of a cell is the description of its field."""
    row = getattr(error, "row_number", None)
    # a key may be of several fields
    name, *_ = getattr(error, "field_names", None) or [getattr(error, "field_name", "")]
    cell, *_ = getattr(error, "field_cells", None) or [getattr(error, "cell", "")]
    if row and fields.get(name) and error.type not in _WHOLE_ROW:
        return Fault(file, row, f"the {name} is {cell!r}: {error.note}", fields[name])
    expected = f"the columns {','.join(fields)}, as many cells in each row, text with commas in quotes, no row twice"
    # what is wrong with the header is wrong in row 1
    return Fault(file, 1 if "label" in error.type else row, error.message, expected)
