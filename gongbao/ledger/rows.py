"""The ledger: every figure that the gazette states, one row a statement, and the figures that they make."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from gongbao.figures.figure import Figure, stated
from gongbao.figures.interval import Interval
from gongbao.figures.origin import Claim, Leaf, Precision, Statement
from gongbao.figures.units import Unit
from gongbao.ledger.tables import DATA, Fault, FaultyDataError, Record, read_table

if TYPE_CHECKING:
    import pandas as pd

LEDGER_COLUMNS = (
    "series",
    "period",
    "name_zh",
    "name_en",
    "value",
    "unit",
    "precision",
    "report",
    "page",
    "phrase",
    "note",
)
REPORT_COLUMNS = (
    "report",
    "gazette",
    "short_zh",
    "short_en",
    "title_zh",
    "title_en",
    "body_zh",
    "body_en",
    "first_page",
    "last_page",
)
UNIT_COLUMNS = ("unit", "dimension", "factor", "meaning_zh", "meaning_en", "one_en", "many_en")

# [0-9], not \d: full-width digits are digits to Python
PRINTED_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
PAGE_NUMBER = re.compile("[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class Report:
    """A text of the gazette."""

    key: str
    gazette: str
    short_zh: str
    short_en: str
    title_zh: str
    title_en: str
    body_zh: str
    body_en: str
    first_page: int
    last_page: int

    def words(self, chinese: bool) -> tuple[str, str, str]:
        """Short name, title and body, in Chinese or in English."""
        if chinese:
            return self.short_zh, self.title_zh, self.body_zh
        return self.short_en, self.title_en, self.body_en


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the ledger: one statement of one figure on one page."""

    record: Record
    topic: str
    id: str
    value: str
    unit: Unit
    precision: Precision
    report: Report
    page: int
    units: Collection[str] = ()

    @property
    def phrase(self) -> str:
        """The characters of the page that carry the figure."""
        return self.record["phrase"]

    @property
    def place(self) -> str:
        """The row as the book names it: file and line."""
        return f"{self.record.file}:{self.record.row}"

    @property
    def decimals(self) -> int:
        """How many decimals the page prints."""
        return len(self.value.partition(".")[2])

    @property
    def statement(self) -> Statement:
        """Where the row's page says what."""
        note = self.record["note"]
        report = self.report
        return Statement(report.short_zh, self.page, self.phrase, self.precision, self.place, note, report.short_en)

    def leaf(self) -> Leaf:
        """The statement as a number in base units."""
        number = Fraction(Decimal(self.value))
        interval = self.precision.interval(number, self.decimals)
        scale = Interval.point(self.unit.factor)
        return Leaf(self.id, number * self.unit.factor, interval * scale, Claim.STATED, (self.statement,))


class Ledger(Mapping[str, Figure]):
    """All figures that the gazette states, by id (``series@period``).

    A figure that several rows state carries all their statements; its interval is what they have in common. What is
    stated in words is no figure: :attr:`words` has it.
    """

    def __init__(self, rows: Iterable[Row], units: Mapping[str, Unit], reports: Mapping[str, Report]) -> None:
        self.rows = tuple(rows)
        self.units = units
        self.reports = reports
        self._by_id: dict[str, list[Row]] = {}
        self.words: dict[str, list[Row]] = {}
        for row in self.rows:
            kind = self.words if row.precision is Precision.TEXT else self._by_id
            kind.setdefault(row.id, []).append(row)
        self._figures: dict[str, Figure] = {}

    @classmethod
    def load(cls, data: Path = DATA, topics: Iterable[str] | None = None) -> Ledger:
        """Read the ledger files of a data folder, all or those of the given topics.

        Raises:
            FaultyDataError: if a row cannot be used; all faults are named at once.
        """
        units, reports = load_units(data), load_reports(data)
        rows: list[Row] = []
        faults: list[Fault] = []
        wanted = None if topics is None else set(topics)
        for path in sorted((data / "ledger").glob("*.csv")):
            if wanted is not None and path.stem not in wanted:
                continue
            for record in read_table(path, LEDGER_COLUMNS):
                try:
                    rows.append(_row(record, path.stem, units, reports))
                except FaultyDataError as error:
                    faults += error.faults
        if faults:
            raise FaultyDataError(faults)
        return cls(rows, units, reports)

    def statements(self, id: str) -> list[Row]:
        """The rows that state a figure.

        Raises:
            KeyError: if there are none.
        """
        if id not in self._by_id:
            raise KeyError(f"the ledger has no figure {id!r}")
        return self._by_id[id]

    def __getitem__(self, id: str) -> Figure:
        if id not in self._figures:
            self._figures[id] = self._figure(self.statements(id))
        return self._figures[id]

    def _figure(self, rows: list[Row]) -> Figure:
        first = rows[0]
        leaves = [row.leaf() for row in rows]
        interval = leaves[0].interval
        for leaf in leaves[1:]:
            interval = interval.intersection(leaf.interval)
        statements = tuple(s for leaf in leaves for s in leaf.statements)
        decimals = max(row.decimals for row in rows)
        leaf = Leaf(first.id, leaves[0].value, interval, Claim.STATED, statements)
        return stated(leaf, first.unit, decimals, first.record["name_zh"], first.record["name_en"])

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The rows as a tidy table: the columns of the files, ``id``, ``topic``, numeric ``value`` and ``page``."""
        import pandas as pd  # builds that run nothing need no tables

        frame = pd.DataFrame([{"id": row.id, "topic": row.topic, **row.record.cells} for row in self.rows])
        return frame.astype({"page": int}).assign(value=pd.to_numeric(frame["value"], errors="coerce"))


def load_units(data: Path = DATA) -> dict[str, Unit]:
    """The declared units by symbol."""
    units: dict[str, Unit] = {}
    faults = []
    for record in read_table(data / "units.csv", UNIT_COLUMNS):
        factor = record["factor"]
        if record["unit"] in units:
            faults.append(record.fault(f"the unit {record['unit']!r} is declared twice", "one row for one unit"))
        elif not PRINTED_NUMBER.fullmatch(factor) or Decimal(factor) <= 0:
            faults.append(record.fault(f"the factor is {factor!r}", "a positive number in digits 0-9"))
        else:
            words = record["one_en"], record["many_en"], record["meaning_en"]
            units[record["unit"]] = Unit.declared(record["unit"], record["dimension"], factor, *words)
    if faults:
        raise FaultyDataError(faults)
    return units


def load_reports(data: Path = DATA) -> dict[str, Report]:
    """The texts of the gazette by key."""
    reports: dict[str, Report] = {}
    faults = []
    for record in read_table(data / "reports.csv", REPORT_COLUMNS):
        words = {column: record[column] for column in REPORT_COLUMNS}
        key, pages = words.pop("report"), (words.pop("first_page"), words.pop("last_page"))
        if not all(PAGE_NUMBER.fullmatch(page) for page in pages):
            faults.append(record.fault(f"the pages are {pages[0]!r} and {pages[1]!r}", "two printed page numbers"))
        elif int(pages[0]) > int(pages[1]):
            faults.append(record.fault(f"the report ends on page {pages[1]}", f"page {pages[0]} or a later one"))
        elif key in reports:
            faults.append(record.fault(f"the report {key!r} is there twice", "one row for one report"))
        else:
            reports[key] = Report(key, **words, first_page=int(pages[0]), last_page=int(pages[1]))
    if faults:
        raise FaultyDataError(faults)
    return reports


def _row(record: Record, topic: str, units: Mapping[str, Unit], reports: Mapping[str, Report]) -> Row:
    """A row with its references resolved; what makes it unusable is raised as faults."""
    faults: list[Fault] = []
    value, precision = record["value"], record["precision"]
    if precision not in list(Precision):
        faults.append(record.fault(f"the precision {precision!r} is unknown", f"one of {', '.join(Precision)}"))
    elif precision != Precision.TEXT and not PRINTED_NUMBER.fullmatch(value):
        expected = "digits 0-9 with at most one point and a leading -, as in 192.1, without separators"
        faults.append(record.fault(f"the value {value!r} is not a number", expected))
    if record["unit"] not in units:
        faults.append(record.fault(f"the unit {record['unit']!r} is not declared", "a unit of data/units.csv"))
    if record["report"] not in reports:
        faults.append(record.fault(f"the report {record['report']!r} is unknown", "a key of data/reports.csv"))
    if not PAGE_NUMBER.fullmatch(record["page"]):
        faults.append(record.fault(f"the page {record['page']!r} is not a number", "the printed page number"))
    if faults:
        raise FaultyDataError(faults)
    return Row(
        record,
        topic,
        f"{record['series']}@{record['period']}",
        value,
        units[record["unit"]],
        Precision(precision),
        reports[record["report"]],
        int(record["page"]),
        units.keys(),
    )
