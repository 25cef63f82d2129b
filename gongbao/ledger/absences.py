"""Claims of absence: what the gazette does not mention, the pages searched, and patterns that must not match there.

A claim of absence is about every character of some pages, so no phrase can prove it. :mod:`gongbao.verify.patterns`
proves it by searching. Prose names a claim as it names a figure, ``[公报没有说明](#absence.…)``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gongbao.ledger.rows import Report, load_reports
from gongbao.ledger.tables import Record, book_data, read_rows

ID = re.compile(r"absence(?:\.[a-z0-9-]+)+")
"""The ids of claims; nothing else in the book has ids like these."""

_PAGES = re.compile(r"([0-9]+)(?:-([0-9]+))?")


@dataclass(frozen=True, slots=True)
class Place:
    """Pages that were searched, and the report that they are, if the claim names them by its key."""

    first_page: int
    last_page: int
    report: Report | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    """A claim that something is not on some pages.

    Attributes:
        record: the row of absences.csv.
        places: where it was looked for.
        absent: patterns that must match in none of them.
        found: patterns that must match in each of them, so that no claim is true for pages on another subject.
    """

    record: Record
    places: tuple[Place, ...]
    absent: tuple[re.Pattern[str], ...]
    found: tuple[re.Pattern[str], ...]

    @property
    def id(self) -> str:
        """The name under which prose links to the claim."""
        return self.record["absence"]


def load_absences(data: Path | None = None) -> list[Absence]:
    """The rows of absences.csv; a FaultyDataError if one cannot be used; all faults are named at once."""
    data = data or book_data()
    return read_rows(data / "absences.csv", partial(_absence, reports=load_reports(data)), optional=True)


def _absence(record: Record, reports: Mapping[str, Report]) -> Absence:
    places = tuple(_place(record, named, reports) for named in record["where"].split())
    # blanks separate patterns, since the searched text has none
    absent, found = (
        tuple(record.pattern(column, text) for text in record[column].split()) for column in ("absent", "found")
    )
    return Absence(record, places, absent, found)


def _place(record: Record, named: str, reports: Mapping[str, Report]) -> Place:
    if named in reports:
        report = reports[named]
        return Place(report.first_page, report.last_page, report)
    pages = _PAGES.fullmatch(named)
    if pages is None or not 0 < int(pages[1]) <= int(pages[2] or pages[1]):
        expected = "keys of data/reports.csv, or pages such as 58 or 58-61"
        raise record.error(f"{named!r} in where is no place", expected)
    return Place(int(pages[1]), int(pages[2] or pages[1]))
