"""Mistakes that every schema lets through: unseen characters, dates that are none, stray files."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import filterfalse, pairwise
from pathlib import Path

from gongbao.ledger.rows import Report
from gongbao.ledger.tables import Fault, FaultyDataError, Record, read_table

FOLDERS = ("ledger", "derived", "words")
"""Of the data, with one file a topic or chapter."""

LONGEST_CELL = 1000
"""How many characters a cell may have; the longest note has some two hundred."""

# owner/name:path@commit for what is in a repository
_SOURCE = re.compile(r"https?://[\w.-]+\.[a-z]+(?::[0-9]+)?(?:/\S*)?|[\w.-]+/[\w.-]+:[^\s:].*|[^\s:<>][^:<>]*")

YEARS = range(1900, 2101)
"""Of which a gazette may speak."""


def cell_faults(record: Record) -> Iterator[Fault]:
    """Characters in a cell that no one sees, and cells of blanks alone."""
    for column, cell in record.cells.items():
        if unseen := next(filterfalse(str.isprintable, cell), ""):
            name = unicodedata.name(unseen, "a control character").lower()
            yield record.fault(f"the {column} holds U+{ord(unseen):04X} ({name})", "text on one line, all visible")
        if cell != cell.strip():
            yield record.fault(f"the {column} begins or ends with a blank", "no blanks around the text")
        if len(cell) > LONGEST_CELL:
            yield record.fault(f"the {column} has {len(cell)} characters", f"{LONGEST_CELL} at most")


def stray_files(data: Path) -> Iterator[Fault]:
    """What lies in the folders of the data and is read by no one."""
    for path in sorted(path for folder in FOLDERS for path in (data / folder).glob("*")):
        if path.suffix != ".csv" or not path.is_file():
            place = path.relative_to(data.parent).as_posix()
            yield Fault(place, None, "no program reads it", "tables whose names end with .csv")


def table_faults(data: Path) -> Iterator[Fault]:
    """The cells of all tables."""
    for path in sorted(data.rglob("*.csv")):
        with suppress(FaultyDataError):  # whoever loads it says so
            for record in read_table(path):
                yield from cell_faults(record)


def period_problem(period: str) -> str:
    """Why a period is none; empty if it is one."""
    try:
        days = [_first_day(end) for end in period.split("/")]
    except ValueError:
        return "is no date"
    if any(day.year not in YEARS for day in days):
        return f"lies outside {YEARS[0]} to {YEARS[-1]}"
    return "does not run from an earlier to a later date" if days != sorted(set(days)) else ""


def _first_day(date: str) -> datetime.date:
    year, month, day = [*map(int, date.split("-")), 1, 1][:3]
    return datetime.date(year, month, day)


def context_faults(data: Path) -> Iterator[Fault]:
    """Periods and sources of the figures from outside."""
    for record in read_table(data / "context.csv", optional=True):
        if problem := period_problem(record["period"]):
            yield record.fault(f"the period {record['period']!r} {problem}", "ISO 8601, as in 2023-01/2023-08")
        if not _SOURCE.fullmatch(record["source"]):
            expected = "an address (https://…), a repository and its file, or a title"
            yield record.fault(f"the source is {record['source']!r}", expected)


def report_faults(reports: Mapping[str, Report], data: Path) -> Iterator[Fault]:
    """Reports that overlap; that they lie within the gazette only ``verify`` can say."""
    records = {record["report"]: record for record in read_table(data / "reports.csv")}
    by_gazette: dict[str, list[Report]] = {}
    for report in reports.values():
        by_gazette.setdefault(report.gazette, []).append(report)
    for same in by_gazette.values():
        for before, after in pairwise(sorted(same, key=lambda report: (report.first_page, report.last_page))):
            if after.first_page <= before.last_page:
                problem = f"{after.key} begins on page {after.first_page}, within {before.key}"
                yield records[after.key].fault(problem, f"page {before.last_page + 1} or a later one")
