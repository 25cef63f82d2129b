"""The ledger: every figure that the gazette states, one row a statement, and the figures that they make.

Beside it are the figures from outside the gazette (``context.csv``), each with its source and grade, which are never
part of the ledger; :class:`Sources` has both.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property, partial, reduce
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from gongbao.figures.digits import decimals_of
from gongbao.figures.errors import UnusableNameError
from gongbao.figures.figure import Figure, stated
from gongbao.figures.interval import Interval
from gongbao.figures.messages import N_
from gongbao.figures.origin import Claim, Leaf, Precision, Statement
from gongbao.figures.units import KNOWN, SCALES, English, Unit
from gongbao.ledger.tables import Record, book_data, each, read_rows, tables_in
from gongbao.ledger.words import counting

if TYPE_CHECKING:
    import pandas as pd

# [0-9], since \d matches full-width digits, too
PRINTED_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")

EXTERNAL = "external"
"""The first segment of the ids in context.csv; all others name a topic of the ledger."""

GRADES = {"A": N_("官方网页"), "B": N_("官方数据的转载")}
"""The grades of sources outside the gazette, and what they mean."""

_GRADES_EN = {"A": "official page", "B": "copy of official data"}


@dataclass(frozen=True, slots=True)
class Report:
    """A text of the gazette."""

    key: str
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
        """The characters of the page that state the figure."""
        return self.record["phrase"]

    @property
    def numeric(self) -> bool:
        """Whether a numeral of the page states it; rows in words and counted rows have none."""
        return self.precision not in (Precision.TEXT, Precision.COUNTED)

    @property
    def statement(self) -> Statement:
        """The report, page and phrase that state the figure, with precision and note."""
        zh, en, note = self.report.short_zh, self.report.short_en, self.record["note"]
        return Statement(zh, self.page, self.phrase, self.precision, self.record.place, note, en)

    def leaf(self) -> Leaf:
        """The statement as a number in base units."""
        return _leaf(self.id, self.value, self.unit, Claim.STATED, self.statement)


class Ledger(Mapping[str, Figure]):
    """All figures that the gazette states, by id (``series@period``).

    A figure that several rows state has all their statements; its interval is the intersection of theirs. Rows in
    words are no figures: they are in :attr:`words`.
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
    def load(cls, data: Path | None = None, topics: Iterable[str] | None = None) -> Ledger:
        """Read the ledger files of a data folder, all or those of the given topics."""
        data = data or book_data()
        units, reports = load_units(data), load_reports(data)
        named = (data / "ledger" / f"{topic}.csv" for topic in topics or ())
        paths = tables_in(data / "ledger") if topics is None else filter(Path.is_file, named)
        make = partial(_row, units=units, reports=reports, data=data)
        files = each(lambda path: read_rows(path, partial(make, topic=path.stem)), paths)
        return cls(chain.from_iterable(files), units, reports)

    def __getitem__(self, id: str) -> Figure:
        if id not in self._figures:
            first, *_ = rows = self._by_id[id]
            leaves = [row.leaf() for row in rows]
            try:
                interval = reduce(Interval.intersection, (leaf.interval for leaf in leaves))
            except ValueError:
                raise first.record.error(f"the rows of {id} do not agree", "one value, or two series") from None
            decimals = max(decimals_of(row.value) for row in rows)
            leaf = replace(leaves[0], interval=interval, statements=tuple(row.statement for row in rows))
            self._figures[id] = stated(leaf, first.unit, decimals, first.record["name_zh"], first.record["name_en"])
        return self._figures[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The rows as a tidy table: the columns of the files, ``id``, ``topic``, numeric ``value`` and ``page``."""
        import pandas as pd  # not above: builds that run no notebook do without pandas

        frame = pd.DataFrame([{"id": row.id, "topic": row.topic, **row.record.cells} for row in self.rows])
        return frame.astype({"page": int}).assign(value=pd.to_numeric(frame["value"], errors="coerce"))


class Sources(Mapping[str, Figure]):
    """Ledger and context.csv as one mapping by id, each file read when something in it is wanted.

    Files are read lazily, because a notebook runs again when a file that it has read changes. Iterating reads all.
    """

    def __init__(self) -> None:
        self.topic = cache(lambda name: Ledger.load(topics=[name]))
        """The rows and figures of one file of the ledger; none if there is no such file."""

    @cached_property
    def ledger(self) -> Ledger:
        """All files of the ledger."""
        return Ledger.load()

    @cached_property
    def context(self) -> dict[str, Figure]:
        """The figures from outside the gazette."""
        return load_context()

    def __getitem__(self, id: str) -> Figure:
        name = id.partition(".")[0]
        return self.context[id] if name == EXTERNAL else self.topic(name)[id]

    def __iter__(self) -> Iterator[str]:
        yield from self.context
        yield from self.ledger

    def __len__(self) -> int:
        return len(self.context) + len(self.ledger)


# --- loading: each function raises one FaultyDataError for all rows that cannot be used


def load_units(data: Path | None = None) -> dict[str, Unit]:
    """The declared units by symbol."""
    data = data or book_data()
    units = {unit.symbol: unit for unit in read_rows(data / "units.csv", _unit)}
    KNOWN.update(units)
    return units


def _unit(record: Record) -> Unit:
    factor, english = record["factor"], record["factor_en"] or record["factor"]
    for size in (factor, english):
        if len(size) > 30 or not PRINTED_NUMBER.fullmatch(size) or Decimal(size) <= 0:
            raise record.error(f"the factor is {size!r}", "a positive number in digits 0-9")
    scales = tuple(record["scales_en"].split())
    if list(scales) != [word for word in SCALES if word in scales]:
        raise record.error(f"the scales are {scales}", "thousand, million, billion, in this order")
    words = record["one_en"], record["many_en"], record["short_en"], record["prefix_en"]
    said = English(*words, Fraction(english), scales)
    return Unit.declared(record["unit"], record["dimension"], factor, said)


def load_reports(data: Path | None = None) -> dict[str, Report]:
    """The texts of the gazette by key."""
    data = data or book_data()
    return {report.key: report for report in read_rows(data / "reports.csv", _report)}


def _report(record: Record) -> Report:
    pages = record.page("first_page"), record.page("last_page")
    if pages[0] > pages[1]:
        raise record.error(f"the report ends on page {pages[1]}", f"page {pages[0]} or a later one")
    short, title, body = ((record[f"{part}_zh"], record[f"{part}_en"]) for part in ("short", "title", "body"))
    return Report(record["report"], *short, *title, *body, *pages)


def load_context(data: Path | None = None) -> dict[str, Figure]:
    """The figures from outside by id (``external.<entity>.<series>@<period>``)."""
    data = data or book_data()
    figures = read_rows(data / "context.csv", partial(_external, units=load_units(data), data=data), optional=True)
    return {figure.id: figure for figure in figures}


def _external(record: Record, units: Mapping[str, Unit], data: Path) -> Figure:
    unit, digits = _counting(record, units, data), _printed_number(record)
    source, grade = record["source"], record["grade"]
    place = f"{source}（{grade}级：{GRADES[grade]}）"
    place_en = f"{source} (grade {grade}: {_GRADES_EN[grade]})"
    statement = Statement(place, None, "", Precision.ROUNDED, record.place, record["note"], place_en)
    leaf = _leaf(_id(record), digits, unit, Claim.EXTERNAL, statement)
    return stated(leaf, unit, decimals_of(digits), record["name_zh"], record["name_en"])


def _row(record: Record, topic: str, units: Mapping[str, Unit], reports: Mapping[str, Report], data: Path) -> Row:
    """A row with its references resolved."""
    precision = Precision(record["precision"])
    return Row(
        record,
        topic,
        _id(record),
        record["value"] if precision is Precision.TEXT else _printed_number(record),
        _counting(record, units, data),
        precision,
        reports[record["report"]],
        record.page("page"),
        units.keys(),
    )


def _counting(record: Record, units: Mapping[str, Unit], data: Path) -> Unit:
    try:
        return counting(units[record["unit"]], record["series"], data)
    except UnusableNameError as error:
        raise record.error(str(error), "a row there, of this series or of what it begins with") from None


def _printed_number(record: Record) -> str:
    value = record["value"]
    if not PRINTED_NUMBER.fullmatch(value):
        expected = "digits 0-9 with at most one point and a leading -, as in 192.1, without separators"
        raise record.error(f"the value {value!r} is not a number", expected)
    return value


def _id(record: Record) -> str:
    return f"{record['series']}@{record['period']}"


def _leaf(id: str, digits: str, unit: Unit, claim: Claim, statement: Statement) -> Leaf:
    """A printed number in base units, with its precision's interval; a rounded target is exact: set, not measured."""
    number, precision = Fraction(Decimal(digits)), statement.precision
    precision = Precision.EXACT if ".target@" in id and precision is Precision.ROUNDED else precision
    interval = precision.interval(number, decimals_of(digits)) * Interval.point(unit.factor)
    return Leaf(id, number * unit.factor, interval, claim, (statement,))
