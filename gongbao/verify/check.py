"""Check the data without the gazette: first what the schemas of the package can say, then what no schema can."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import filterfalse, pairwise
from pathlib import Path
from typing import Any, TypeVar

from gongbao.figures.origin import Precision
from gongbao.ledger.absences import load_absences
from gongbao.ledger.periods import EXPECTED, misdated
from gongbao.ledger.relations import Relation, Verdict, load_relations, trivial
from gongbao.ledger.rows import Ledger, Row, load_context
from gongbao.ledger.tables import (
    PACKAGE,
    Fault,
    FaultyDataError,
    Record,
    book_data,
    read_mapping,
    read_table,
    tables_in,
)
from gongbao.ledger.words import load_words
from gongbao.verify.indicator_table import consistency_faults
from gongbao.verify.names import translation_faults
from gongbao.verify.patterns import pattern_faults
from gongbao.verify.registry import unit_faults
from gongbao.verify.rules import GENERAL, load_rules
from gongbao.verify.verification import not_words, phrase_faults

T = TypeVar("T")

FOLDERS = ("ledger", "derived", "words")
"""The folders of the data with one file for each topic or chapter."""

LONGEST_CELL = 1000
"""How many characters a cell may have; the longest note has some two hundred."""

# owner/name:path@commit for what is in a repository
_SOURCE = re.compile(r"https?://[\w.-]+\.[a-z]+(?::[0-9]+)?(?:/\S*)?|[\w.-]+/[\w.-]+:[^\s:].*|[^\s:<>][^:<>]*")


def faults(data: Path | None = None, changed: Collection[str] | None = None) -> list[Fault]:
    """Everything that is wrong with the data.

    For a row with a schema fault only that is reported, for a wrong header only the header. ``changed`` are the files,
    by their paths in the folder, that differ from the last sound state; None checks all of them.
    """
    data = data or book_data()
    formal = schema_faults(data, changed)
    return formal if any(fault.file == f"data/{PACKAGE}" for fault in formal) else data_faults(data, formal)


def data_faults(data: Path, known: Sequence[Fault] = ()) -> list[Fault]:
    """The faults that no schema can express, beside those ``known`` by the schemas.

    It takes half a second, without the import of Frictionless, so that whatever reads the data may call it. Relations
    are checked only if nothing else is wrong: other faults would make them fail.
    """
    found = [fault for fault in known if fault.row]

    def add(more: Iterable[Fault]) -> None:
        """Keep faults, except for rows and files that have one already."""
        named, new = {(fault.file, fault.row) for fault in found}, list[Fault]()
        try:
            new.extend(more)
        except FaultyDataError as error:
            new.extend(error.faults)
        found.extend(fault for fault in dict.fromkeys(new) if (fault.file, fault.row) not in named)

    def read(load: Callable[[Path], T]) -> T | None:
        """The result of a loader; None if it raises faults, which are kept."""
        try:
            return load(data)
        except FaultyDataError as error:
            add(error.faults)
            return None

    ledger, relations = read(Ledger.load), read(load_relations)
    for load in (load_context, load_rules, load_absences, load_words):
        read(load)
    indicators = read(lambda data: read_table(data / "indicators.csv", optional=True)) or []
    for look in (unit_faults, context_faults, report_faults, file_faults):
        add(look(data))
    if ledger is not None:
        add(consistency_faults(indicators, ledger.rows))
        add(fault for row in ledger.rows for fault in row_faults(row))
        wrong = {(fault.file, fault.row) for fault in found}
        sound = [row for row in ledger.rows if (row.record.file, row.record.row) not in wrong]
        add(_disagreements(sound))
        add(translation_faults(row.record for row in sound))
        add(_namesakes(sound, relations) if relations is not None else ())
        if not found and not known:
            add(_wrong_verdicts(relations or [], ledger))
    # for a file that cannot be read the message of the loader is more precise than that of the schemas
    named = {fault.file for fault in found}
    found += [fault for fault in known if not fault.row and fault.file not in named]
    headless = {fault.file for fault in found if fault.row == 1}
    return [fault for fault in found if fault.row == 1 or fault.file not in headless]


def file_faults(data: Path) -> Iterator[Fault]:
    """Files that the package does not describe or no program reads, missing files, and faulty cells of the others."""
    described = described_paths(data)
    for path in sorted(path for folder in FOLDERS for path in (data / folder).glob("[!.]*")):
        name = path.relative_to(data).as_posix()
        if path.suffix != ".csv" or not path.is_file():
            yield Fault(f"data/{name}", None, "no program reads it", "tables whose names end with .csv")
        elif name not in described:
            yield Fault(f"data/{name}", None, f"{PACKAGE} does not describe the file", "a resource with this path")
    for name in sorted({*described, *(path.name for path in tables_in(data))}):
        if not (data / name).is_file():
            yield Fault(f"data/{name}", None, "there is no such file", f"the CSV file that {PACKAGE} describes")
            continue
        try:
            yield from (fault for record in read_table(data / name) for fault in cell_faults(record))
        except FaultyDataError as error:
            yield from error.faults


def cell_faults(record: Record) -> Iterator[Fault]:
    """Invisible characters in the cells of a row, blanks around cells, and cells that are too long."""
    for column, cell in record.cells.items():
        if unseen := next(filterfalse(str.isprintable, cell), ""):
            name = unicodedata.name(unseen, "a control character").lower()
            yield record.fault(f"the {column} holds U+{ord(unseen):04X} ({name})", "text on one line, all visible")
        if cell != cell.strip():
            yield record.fault(f"the {column} begins or ends with a blank", "no blanks around the text")
        if len(cell) > LONGEST_CELL:
            yield record.fault(f"the {column} has {len(cell)} characters", f"{LONGEST_CELL} at most")


def described_paths(data: Path) -> list[str]:
    """The files that the package describes; a FaultyDataError if it is no package."""
    try:
        return [str(resource["path"]) for resource in read_mapping(data / PACKAGE)["resources"]]
    except (TypeError, KeyError) as error:
        problem = f"it describes no resources: {error}"
        expected = "a mapping with resources, each with a path"
        raise FaultyDataError([Fault(f"data/{PACKAGE}", None, problem, expected)]) from None


def row_faults(row: Row) -> Iterator[Fault]:
    """The faults of a row that can be read."""
    fault = row.record.fault
    if row.record["series"].split(".")[0] != row.topic:
        yield fault(f"the series is {row.record['series']!r}", f"a series that starts with {row.topic}.")
    yield from date_faults(row.record)
    first, last = row.report.first_page, row.report.last_page
    if not first <= row.page <= last:
        yield fault(f"{row.report.key} is not on page {row.page}", f"a page from {first} to {last}")
    if row.precision is Precision.EXACT and "." in row.value:
        yield fault(f"{row.value} is not a count", "the precision rounded")
    if row.precision is Precision.COUNTED:
        yield from pattern_faults(row)
    elif row.precision is Precision.TEXT:
        yield from not_words(row, ())
    else:
        yield from phrase_faults(row)


def _disagreements(rows: Sequence[Row]) -> Iterator[Fault]:
    """Rows that differ from most rows that state the same figure."""
    for column in ("value", "unit", "name_zh", "name_en"):
        for row, usual in _unusual(rows, lambda row: row.id, column):
            problem = f"{row.id} has the {column} {row.record[column]!r}"
            yield row.record.fault(problem, f"{usual!r} as in its other rows, or a series of its own")


def _namesakes(rows: Sequence[Row], relations: Iterable[Relation]) -> Iterator[Fault]:
    """Rows of a series with the name of another of its topic, unless a relation names both: it is a slip."""
    related = [{id.partition("@")[0] for id in relation.ids} for relation in relations]
    for row, usual in _unusual(rows, lambda row: (row.topic, row.record["name_zh"]), "series"):
        series = row.record["series"]
        if not any({usual, series} <= ids for ids in related):
            problem = f"{series} is called {row.record['name_zh']}, as {usual} is"
            yield row.record.fault(problem, f"the series {usual}, another name, or a relation of the two")


def _unusual(rows: Iterable[Row], key: Callable[[Row], object], column: str) -> Iterator[tuple[Row, str]]:
    """Rows whose cell differs from that of most rows with the same key, and what those have."""
    alike: dict[object, list[Row]] = {}
    for row in rows:
        alike.setdefault(key(row), []).append(row)
    for same in alike.values():
        usual = Counter(row.record[column] for row in same).most_common(1)[0][0]
        yield from ((row, usual) for row in same if row.record[column] != usual)


def _wrong_verdicts(relations: Iterable[Relation], ledger: Ledger) -> Iterator[Fault]:
    for relation in relations:
        if fault := trivial(relation):
            yield fault
            continue
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


def date_faults(record: Record) -> Iterator[Fault]:
    """What is wrong with the period of a row: it is no date, or not from an earlier to a later one."""
    if problem := misdated(record["period"]):
        yield record.fault(problem, EXPECTED)


# addresses of governments, and of people's congresses, which have domains of their own
_OFFICIAL = re.compile(r"https?://(?:[\w-]+\.)*(?:gov\.cn|(?:rd|renda)\.[\w.-]+\.cn)(?:[:/]|$)")


def context_faults(data: Path) -> Iterator[Fault]:
    """Periods, places and sources of the figures from outside."""
    by_chapter = (words.words.get("place", {}) for words in load_words(data).values())
    places = {key: word.zh for words in by_chapter for key, word in words.items()}
    records = read_table(data / "context.csv", optional=True)
    yield from translation_faults(records)
    for record in records:
        yield from date_faults(record)
        place = places.get(record["series"].partition(".")[2].partition(".")[0], "")
        if place not in record["name_zh"]:
            yield record.fault(f"the name is {record['name_zh']}", f"one with {place}, of which the series is")
        if record["value"].startswith("-") and not re.search("增|减|变|差|较", record["name_zh"]):
            yield record.fault(f"the value is {record['value']}", "a sign where the name says what rises or falls")
        if record["grade"] == "A" and not _OFFICIAL.match(record["source"]):
            yield record.fault(f"the source is {record['source']!r}", "the address of an official page, or the grade B")
        elif not _SOURCE.fullmatch(record["source"]):
            expected = "an address (https://…), a repository and its file, or a title"
            yield record.fault(f"the source is {record['source']!r}", expected)


def report_faults(data: Path) -> Iterator[Fault]:
    """Overlapping reports, and rows of another gazette; only ``verify`` can tell whether the pages exist."""
    reports = read_table(data / "reports.csv")
    gazettes = [one["gazette"] for one in reports]
    gazette = max(gazettes, key=gazettes.count, default=GENERAL)
    yield from (
        one.fault(f"the {column} is {one[column]!r}", f"{gazette!r} as elsewhere: the data are of one gazette")
        for column, file in (("gazette", "reports.csv"), ("scope", "set-aside.csv"))
        for one in read_table(data / file, optional=True)
        if one[column] not in (gazette, GENERAL)
    )
    reports.sort(key=lambda one: (one.page("first_page"), one.page("last_page")))
    for before, after in pairwise(reports):
        first, last = after.page("first_page"), before.page("last_page")
        if first <= last:
            problem = f"{after['report']} begins on page {first}, within {before['report']}"
            yield after.fault(problem, f"page {last + 1} or a later one")


# --- the schemas

_WHOLE_ROW = ("extra-cell", "missing-cell", "blank-row", "unique-error")
"""The error types of Frictionless that concern a whole row, not one cell."""


def schema_faults(data: Path, changed: Collection[str] | None = None) -> list[Fault]:
    """The faults that Frictionless finds in the tables by the schemas of datapackage.yaml: one a row.

    If only files of topics and chapters have ``changed``, the other such files are left out: nothing refers to them.
    """
    # the import takes half a second, and commands that only look figures up do without
    from frictionless import FrictionlessException, Package

    try:
        described_paths(data)  # its messages are plainer than those of Frictionless
        descriptor = read_mapping(data / PACKAGE)
        if changed is not None and all(name.rpartition("/")[0] in FOLDERS for name in changed):
            looked_at = [one for one in descriptor["resources"] if one["path"] in changed or "/" not in one["path"]]
            descriptor = descriptor | {"resources": looked_at}
        package = Package.from_descriptor(descriptor, basepath=str(data))
        report = package.validate()
    except FaultyDataError as faulty:
        return list(faulty.faults)
    except FrictionlessException as refused:
        return [Fault(f"data/{PACKAGE}", None, str(refused), "a valid data package")]
    found: dict[tuple[str, int | None], Fault] = {}
    # missing files and those in another encoding are named by file_faults; here, by every table that refers to them
    named = ("scheme-error", "encoding-error")
    errors = [(task, error) for task in report.tasks for error in task.errors if error.type not in named]
    # an unsound table breaks the foreign keys of others: those are reported only if nothing else is wrong
    errors = [(task, error) for task, error in errors if error.type != "foreign-key"] or errors
    for task, error in sorted(errors, key=lambda pair: pair[1].type not in _WHOLE_ROW):
        fields = {field.name: field.description or "" for field in package.get_resource(task.name).schema.fields}
        fault = _fault(f"data/{task.place}", error, fields)
        found.setdefault((fault.file, fault.row), fault)
    unfit = [Fault(f"data/{PACKAGE}", None, error.message, "a valid data package") for error in report.errors]
    return [*unfit, *found.values()]


def _fault(file: str, error: Any, fields: Mapping[str, str]) -> Fault:
    """An error of Frictionless as a fault; for a cell, the description of its field says what is expected."""
    row = getattr(error, "row_number", None)
    # a fault of a key of several fields is reported for the first
    name, *_ = getattr(error, "field_names", None) or [getattr(error, "field_name", "")]
    cell, *_ = getattr(error, "field_cells", None) or [getattr(error, "cell", "")]
    if row and fields.get(name) and error.type not in _WHOLE_ROW:
        return Fault(file, row, f"the {name} is {cell!r}: {error.note}", fields[name])
    columns = ",".join(fields)
    if "label" in error.type:
        return Fault(file, 1, f"the columns are {','.join(error.labels)}", f"{columns}, in this order")
    expected = f"the columns {columns}, as many cells in each row, text with commas in quotes, no row twice"
    return Fault(file, row, error.message, expected)
