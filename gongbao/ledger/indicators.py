"""The indicators of a plan: what its table says of each, how far each has come, and at what pace.

:func:`indicators` has a row for each of them, :func:`courses` one for each that is made of numbers, or for each part of
a compound one. Time is counted in months, from the end of the base period to the end of the plan. A target is a number
that was set, not measured: it is taken as printed, without a rounding interval.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.typing import NAType

from gongbao.figures.expression import Constant, Count, Operation
from gongbao.figures.figure import Figure
from gongbao.figures.frames import FigureArray, FigureDtype
from gongbao.figures.interval import Interval
from gongbao.figures.origin import Precision
from gongbao.figures.units import PURE
from gongbao.ledger.rows import Ledger
from gongbao.ledger.tables import DATA, FaultyDataError, Record, read_table

INDICATOR_COLUMNS = (
    "number",
    "name_zh",
    "name_en",
    "short_zh",
    "short_en",
    "unit",
    "nature",
    "class",
    "series",
    "base_period",
    "midterm_period",
    "judgement_midterm",
    "judgement_end",
    "note",
)
START, END = "2020", "2025"
"""The plan runs from the end of the one year to the end of the other."""

YEARS = range(1, int(END) - int(START) + 1)
"""The years of the plan by number."""

MONTHS = 12
ON_PACE, HALF_PACE = Fraction(1), Fraction(1, 2)
"""The cuts between the standings: as fast as time, and half as fast. They are the book's."""

MIDTERM = {"提前达到目标": "ahead", "符合预期": "as-expected", "不及预期": "below-expected"}
FINAL = {"可以完成": "achievable", "加大力度可以完成": "effort", "存在很大压力": "pressure"}
"""The judgements of the table at mid-term and for the end, as keys of ids."""

LEVELS = ["course", "number", "at", "short", "name_zh", "name_en"]
"""What the index of :func:`courses` says of each: all that ids and names of what is computed of it are made of."""


class Nature(enum.StrEnum):
    """Whether the plan counts on an indicator or binds the government to it."""

    EXPECTED = "expected"
    BINDING = "binding"


class Kind(enum.StrEnum):
    """What an indicator measures, which decides how its progress is computed; column ``class``."""

    LEVEL = "level"
    SHARE = "share"
    GROWTH = "growth"
    CUMULATIVE = "cumulative"
    CEILING = "ceiling"
    TEXT = "text"


class Standing(enum.StrEnum):
    """Where an indicator stands by its own numbers, best first.

    ``OPEN``: there are numbers, but rounding leaves it undecided. ``UNKNOWN``: there are no numbers to compute with.
    Neither of the two says that an indicator is late.
    """

    REACHED = "reached"
    ON_PACE = "on-pace"
    OPEN = "open"
    BEHIND = "behind"
    FAR_BEHIND = "far-behind"
    AWAY = "away"
    UNKNOWN = "unknown"

    @property
    def finding(self) -> str:
        """What it says of being on time: ``confirmed``, ``slow``, or neither: ``open``, ``unknown``."""
        if self in (Standing.REACHED, Standing.ON_PACE):
            return "confirmed"
        return str(self) if self in (Standing.OPEN, Standing.UNKNOWN) else "slow"

    def agrees(self, midterm: str) -> bool:
        """Whether a judgement at mid-term, by its key, says the same."""
        same = {"ahead": self is Standing.REACHED, "as-expected": self is Standing.ON_PACE}
        return same.get(midterm, self.finding == "slow")


@dataclass(frozen=True, slots=True)
class Indicator:
    """A row of indicators.csv."""

    number: int
    name_zh: str
    name_en: str
    short_zh: str
    short_en: str
    unit: str
    nature: Nature
    kind: Kind
    series: str
    base_period: str
    midterm_period: str
    judgement_midterm: str
    judgement_end: str
    note: str

    @property
    def date(self) -> str:
        """At whose end its value of the mid-term stands, a year or a day: sums are dated by their last month."""
        return {"2021/2023-06": "2023-06-30"}.get(self.midterm_period, self.midterm_period)

    def figures(self, ledger: Mapping[str, Figure]) -> dict[str, Figure]:
        """All that the table states of it in numbers, by id."""
        return {id: ledger[id] for id in ledger if id.startswith(f"{self.series}.")}

    def words(self, ledger: Ledger, part: str) -> list[str]:
        """What the table states of a part of it in words."""
        return [rows[0].value for id, rows in ledger.words.items() if id.startswith(f"{self.series}.{part}")]


def load_indicators(data: Path = DATA) -> list[Indicator]:
    """The rows of indicators.csv.

    Raises:
        FaultyDataError: if one cannot be used; all faults are named at once.
    """
    found, faults = [], []
    for place, record in enumerate(read_table(data / "indicators.csv", INDICATOR_COLUMNS), 1):
        try:
            found.append(_indicator(record))
        except ValueError as error:
            faults.append(
                record.fault(str(error), "nature, class, periods and judgements as datapackage.yaml has them")
            )
            continue
        if record["number"] != str(place):
            faults.append(record.fault(f"the number is {record['number']}", f"{place}, in the order of the table"))
    if faults:
        raise FaultyDataError(faults)
    return found


def _indicator(record: Record) -> Indicator:
    cells = dict(record.cells)
    number, nature, kind = int(cells.pop("number")), Nature(cells.pop("nature")), Kind(cells.pop("class"))
    for column in ("base_period", "midterm_period"):
        months(cells[column])
    for column, words in (("judgement_midterm", MIDTERM), ("judgement_end", FINAL)):
        if cells[column] not in words:
            raise ValueError(f"{column} is {cells[column]!r}")
    return Indicator(number=number, nature=nature, kind=kind, **cells)


def indicators(ledger: Ledger) -> pd.DataFrame:
    """A row for each indicator, by ``number``.

    Columns: ``series``, ``name_zh`` and ``short`` (Chinese), ``nature`` and ``class``; ``date``, at whose end its value
    of the mid-term stands; ``target`` in words, empty where it is a number; ``midterm`` and ``final``, the judgements
    of the table; ``standing``, where its own numbers put it (see :class:`Standing`), which is that of the part that is
    farthest behind; ``finding``, what that says of being on time; ``agrees``, whether ``midterm`` says the same;
    ``stated``, the figures of the table.
    """
    rows = [
        {
            "number": one.number,
            "series": one.series,
            "name_zh": one.name_zh,
            "short": one.short_zh,
            "nature": str(one.nature),
            "class": str(one.kind),
            "date": one.date,
            "target": "；".join(one.words(ledger, "target")),
            "midterm": MIDTERM[one.judgement_midterm],
            "final": FINAL[one.judgement_end],
            "stated": list(one.figures(ledger).values()),
        }
        for one in load_indicators()
    ]
    table = pd.DataFrame(rows).set_index("number").rename_axis(columns="measure")
    worst = courses(ledger)["standing"].groupby("number").max()
    standing = worst.reindex(table.index, fill_value=str(Standing.UNKNOWN))
    stands = [Standing(one) for one in standing]
    return table.assign(
        standing=standing,
        finding=[one.finding for one in stands],
        agrees=[one.agrees(midterm) for one, midterm in zip(stands, table["midterm"], strict=True)],
    )


# --- time


def months(period: str) -> int:
    """The months up to the end of a period: a year ends in December, a day stands for its month."""
    year, month = [*map(int, period.rpartition("/")[2].split("-")), MONTHS][:2]
    return MONTHS * year + month


def elapsed(at: str, start: str = START, end: str = END) -> Figure:
    """The share of the plan's time that had passed at the end of a period."""
    return _number(Fraction(months(at) - months(start))) / (months(end) - months(start))


def duration(start: str, end: str) -> Figure:
    """The years between the ends of two periods."""
    length = Constant(Fraction(months(end) - months(start)))
    return Figure(Operation("/", length, Constant(Fraction(MONTHS))), FigureDtype.unit_called("年"), {})


def _number(value: Fraction) -> Figure:
    return Figure(Constant(value), PURE, {})


# --- counts


def count(rows: pd.DataFrame) -> Figure:
    """How many indicators they are, with their numbers as its formula: ``table.groupby("standing").apply(count)``.

    Unlike :meth:`gongbao.chapter.Chapter.count` it rests on what the table states of them, so that a chart of such
    counts names the pages that a reader has to open.

    Args:
        rows: some of :func:`indicators`.
    """
    numbers = "、".join(map(str, rows.index.get_level_values("number"))) or "无"
    leaves = {id: leaf for figures in rows["stated"] for one in figures for id, leaf in one.leaves.items()}
    of = f"data/indicators.csv中序号：{numbers}"
    return Figure(Count(Fraction(len(rows)), of), FigureDtype.unit_called("项"), leaves)


# --- pace


def as_set(target: Figure) -> Figure:
    """A target at its printed number; where the page says 左右, that is an assumption."""
    about = any(statement.precision is Precision.ABOUT for statement in target.statements)
    return _at_print(target, "目标所写的“左右”按印出的数计算" if about else "")


def _at_print(figure: Figure, inference: str) -> Figure:
    leaves = {id: replace(leaf, interval=Interval.point(leaf.value)) for id, leaf in figure.leaves.items()}
    return replace(figure, leaves=leaves, inference=inference)


@dataclass(frozen=True)
class Course:
    """An indicator, or a part of a compound one, as numbers: base, value at mid-term, target.

    ``at`` is the period at whose end the value stands.
    """

    kind: Kind
    base: Figure
    value: Figure
    target: Figure
    at: str

    @property
    def has_distance(self) -> bool:
        """Whether there is a way to go from base to target; not for growth, nor if the base may have met the target."""
        if self.kind in (Kind.GROWTH, Kind.CUMULATIVE):
            return self.kind is Kind.CUMULATIVE
        return self._past_target(self.base).high < 0

    @property
    def _months(self) -> int:
        """The months that had passed."""
        return months(self.at) - months(START)

    @property
    def elapsed(self) -> Figure:
        """The share of time that had passed."""
        return elapsed(self.at)

    @property
    def distance(self) -> Figure:
        """From base to target."""
        return self._difference(self.target, self.base)

    @property
    def ambition(self) -> Figure:
        """How far the target lies from the base, the way it is meant to go, as a share of the base."""
        share = self.distance / self.base
        return -share if self.kind is Kind.CEILING else share

    @property
    def covered(self) -> Figure:
        """The share of the distance, or of the sum, that is done; see :attr:`has_distance`."""
        if self.kind is Kind.CUMULATIVE:
            return self.value / self.target
        # one mention of what is rounded, so that the interval is the tight one
        return 1 - (self.target - self.value) / (self.target - self.base)

    @property
    def pace(self) -> Figure:
        """1: as fast as time. What is covered over the time elapsed; for mean growth, that growth over the target."""
        return self.value / self.target if self.kind is Kind.GROWTH else self.covered / self.elapsed

    @property
    def achieved(self) -> Figure:
        """What was done a year; not for growth, whose value is such a mean already."""
        done = self.value if self.kind is Kind.CUMULATIVE else self._difference(self.value, self.base)
        return done / duration(START, self.at)

    @property
    def even(self) -> Figure:
        """What each year of a sum would bring if all years of the plan were alike."""
        return self.target / duration(START, END)

    @property
    def rising(self) -> Figure:
        """What of a sum would be done if each year brought the same amount more than the one before, from the base on.

        A year's own part is spread evenly over its months.
        """
        passed = Fraction(self._months, MONTHS)
        full = int(passed)
        rises = sum(range(full + 1)) + (passed - full) * (full + 1)
        rise = (self.target - len(YEARS) * self.base) / sum(YEARS)
        return _number(passed) * self.base + _number(rises) * rise

    @property
    def required(self) -> Figure:
        """What is needed in each of the remaining years; for growth, its mean, see :func:`required_growth`."""
        if self.kind is Kind.GROWTH:
            done = self._months // MONTHS
            return required_growth(self.target, self.value, done, len(YEARS) - done)
        return self._difference(self.target, self.value) / duration(self.at, END)

    @property
    def compound(self) -> Figure:
        """Compound growth a year so far over the one that leads from base to target, as Eurostat measures progress."""
        years = Fraction(self._months, MONTHS)
        so_far = ((self.value / self.base) ** years.denominator).root(years.numerator) - 1
        return so_far / ((self.target / self.base).root(len(YEARS)) - 1)

    @property
    def standing(self) -> Standing:
        """Where its whole rounding interval puts it; the cuts are :data:`ON_PACE` and :data:`HALF_PACE`."""
        past = self._past_target(self.value)
        if self.kind is not Kind.GROWTH and past.low >= 0:
            return Standing.REACHED
        if self.kind is not Kind.GROWTH and not self.has_distance:
            # the base met the target, at least by its printed digits; has the value left it?
            return Standing.OPEN if past.high >= 0 else Standing.AWAY
        pace = self.pace.interval
        if pace.low >= ON_PACE:
            return Standing.ON_PACE
        if pace.high >= ON_PACE:
            return Standing.OPEN
        if pace.high >= HALF_PACE:
            return Standing.BEHIND
        return Standing.FAR_BEHIND if pace.high >= 0 else Standing.AWAY

    @property
    def measures(self) -> dict[str, Figure | NAType]:
        """What is computed of it, by name; missing where a class has no such thing."""
        adds, grows = self.kind is Kind.CUMULATIVE, self.kind is Kind.GROWTH
        has = {
            "distance": self.has_distance and not adds,
            "ambition": self.has_distance and not adds,
            "covered": self.has_distance,
            "pace": self.has_distance or grows,
            "compound": self.has_distance and not adds,
            "achieved": not grows,
            "required": True,
            "even": adds,
            "rising": adds,
        }
        return {name: getattr(self, name) if there else pd.NA for name, there in has.items()}

    def _past_target(self, figure: Figure) -> Interval:
        """How far a number lies on the good side of the target."""
        gap = figure.interval - Interval.point(self.target.exact)
        return -gap if self.kind is Kind.CEILING else gap

    def _difference(self, a: Figure, b: Figure) -> Figure:
        gap = a - b
        return gap.to(FigureDtype.unit_called("百分点")) if gap.unit.symbol == "%" else gap


def required_growth(target: Figure, mean: Figure, done: int, left: int) -> Figure:
    """The mean growth that the years left need, so that the mean over all of them is the target.

    It is r in ``(1+T)^(done+left) = (1+m)^done · (1+r)^left``.

    Args:
        target: mean growth over all years.
        mean: mean growth over those done: that they are the years from the base on is an assumption.
        done: years.
        left: years.
    """
    return ((1 + target) ** (done + left) / (1 + mean) ** done).root(left) - 1


def courses(ledger: Ledger) -> pd.DataFrame:
    """A row for each indicator that is made of numbers, or for each part of a compound one, by the :data:`LEVELS`.

    Columns: ``class`` and ``date``, as of :func:`indicators`; the figures ``base``, ``value`` at mid-term and
    ``target``; and those of :func:`progress`.

    There is no row where a target is not printed as a number. Of a target that is a range the low end is taken. A
    target to outgrow the city is the growth of the city so far. A value of which the page says 以上 is taken at that
    bound.
    """
    rows = pd.DataFrame([row for one in load_indicators() for row in _parts(one, ledger)])
    figures = dict.fromkeys(("base", "value", "target"), "figure")
    return progress(rows.astype(figures).set_index(LEVELS).rename_axis(columns="measure"))


def _parts(indicator: Indicator, ledger: Ledger) -> Iterator[dict[str, Any]]:
    """The indicator as numbers: one row, or several if it is compound."""
    ending = f".midterm@{indicator.midterm_period}"
    for part in (id.removesuffix(ending) for id in indicator.figures(ledger) if id.endswith(ending)):
        set_targets = [ledger[t] for t in (f"{part}.target@{END}", f"{part}.target.low@{END}") if t in ledger]
        rival = ledger.get(f"{part}.midterm.city@{indicator.midterm_period}")
        base = ledger.get(f"{part}.base@{indicator.base_period}")
        target = as_set(set_targets[0]) if set_targets else rival
        if base and target:
            value = ledger[f"{part}{ending}"]
            names = value.name_zh.removesuffix("（中期完成）"), value.name_en.removesuffix(", mid-term")
            # a part of a compound indicator is called by its own name up to a bracket
            short = names[0].partition("（")[0] if part != indicator.series else indicator.short_zh
            levels = part.partition("-")[2], indicator.number, indicator.midterm_period, short, *names
            yield dict(zip(LEVELS, levels, strict=True)) | {
                "class": str(indicator.kind),
                "date": indicator.date,
                "base": base,
                "value": value if value.interval.bounded else _at_print(value, "“以上”按下限计算"),
                "target": target,
            }


def progress(rows: pd.DataFrame, at: str = "") -> pd.DataFrame:
    """How far the rows have come, from their base, value and target: as they are printed, or read otherwise.

    Columns: those of :attr:`Course.measures`, figures, missing where a class has no such thing; ``has_distance``,
    whether there is a way to go from base to target; ``standing``, ordered, best first.

    Args:
        rows: of :func:`courses`; with other numbers, if they are to be read otherwise.
        at: the period at whose end all values are taken to stand, if not each at its own.
    """
    read = rows.reset_index("at").to_dict("records")
    found = [Course(Kind(row["class"]), row["base"], row["value"], row["target"], at or row["at"]) for row in read]
    measures = [course.measures for course in found]
    columns = {name: FigureArray(one[name] for one in measures) for name in measures[0]}
    standings = pd.Categorical([str(course.standing) for course in found], list(map(str, Standing)), ordered=True)
    return rows.assign(**columns, has_distance=[course.has_distance for course in found], standing=standings)
