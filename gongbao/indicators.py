"""The indicators of a plan: what its table says of each, how far each has come, and at what pace.

Time is counted in months, from the end of the base period to the end of the plan. A target is a number that was set,
not measured: it is taken as printed, without a rounding interval.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from gongbao.expression import Constant, Count, Operation
from gongbao.figure import Figure, Precision
from gongbao.interval import Interval
from gongbao.ledger import Ledger
from gongbao.tables import DATA, FaultyDataError, Record, read_table
from gongbao.units import PURE, Unit

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


class Nature(enum.StrEnum):
    """Whether the plan counts on an indicator or binds the government to it."""

    EXPECTED = "expected"
    BINDING = "binding"

    @property
    def zh(self) -> str:
        """The word of the table."""
        return {"expected": "预期性", "binding": "约束性"}[self]


class Kind(enum.StrEnum):
    """What an indicator measures, which decides how its progress is computed; column ``class``."""

    LEVEL = "level"
    SHARE = "share"
    GROWTH = "growth"
    CUMULATIVE = "cumulative"
    CEILING = "ceiling"
    TEXT = "text"

    @property
    def zh(self) -> str:
        """The word the book uses."""
        return {
            "level": "水平",
            "share": "比重",
            "growth": "增速",
            "cumulative": "累计",
            "ceiling": "上限",
            "text": "文字",
        }[self]


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
    def zh(self) -> str:
        """The word the book uses."""
        return {
            "reached": "已达到",
            "on-pace": "不慢于时间",
            "open": "舍入不定",
            "behind": "慢于时间",
            "far-behind": "远慢于时间",
            "away": "背离",
            "unknown": "无数可算",
        }[self]


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

    def figures(self, ledger: Mapping[str, Figure]) -> dict[str, Figure]:
        """All that the table states of it in numbers, by id."""
        return {id: ledger[id] for id in ledger if id.startswith(f"{self.series}.")}


def load_indicators(data: Path = DATA) -> list[Indicator]:
    """The rows of indicators.csv.

    Raises:
        FaultyDataError: if one cannot be used; all faults are named at once.
    """
    indicators, faults = [], []
    for place, record in enumerate(read_table(data / "indicators.csv", INDICATOR_COLUMNS), 1):
        try:
            indicators.append(_indicator(record))
        except ValueError as error:
            faults.append(record.fault(str(error), "a nature, a class and periods as datapackage.yaml has them"))
            continue
        if record["number"] != str(place):
            faults.append(record.fault(f"the number is {record['number']}", f"{place}, in the order of the table"))
    if faults:
        raise FaultyDataError(faults)
    return indicators


def _indicator(record: Record) -> Indicator:
    cells = dict(record.cells)
    number, nature, kind = int(cells.pop("number")), Nature(cells.pop("nature")), Kind(cells.pop("class"))
    for column in ("base_period", "midterm_period"):
        months(cells[column])
    return Indicator(number=number, nature=nature, kind=kind, **cells)


# --- time


def months(period: str) -> int:
    """The months up to the end of a period: a year ends in December, a day stands for its month."""
    year, month = [*map(int, period.rpartition("/")[2].split("-")), MONTHS][:2]
    return MONTHS * year + month


def elapsed(at: str, start: str = START, end: str = END) -> Figure:
    """The share of the plan's time that had passed at the end of a period."""
    return _number(Fraction(months(at) - months(start))) / (months(end) - months(start))


def duration(start: str, end: str, year: Unit) -> Figure:
    """The years between the ends of two periods."""
    length = Constant(Fraction(months(end) - months(start)))
    return Figure(Operation("/", length, Constant(Fraction(MONTHS))), year, {})


def _number(value: Fraction) -> Figure:
    return Figure(Constant(value), PURE, {})


# --- counts


def count(indicators: Iterable[Indicator], ledger: Ledger) -> Figure:
    """How many they are, with their numbers as its formula.

    Unlike :meth:`gongbao.chapter.Chapter.count` it rests on what the table states of them, so that a chart of such
    counts names the pages that a reader has to open.
    """
    counted = list(indicators)
    numbers = "、".join(str(one.number) for one in counted) or "无"
    leaves = {id: leaf for one in counted for f in one.figures(ledger).values() for id, leaf in f.leaves.items()}
    of = f"data/indicators.csv中序号：{numbers}"
    return Figure(Count(Fraction(len(counted)), of), ledger.units["项"], leaves)


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

    indicator: Indicator
    series: str
    base: Figure
    value: Figure
    target: Figure
    at: str
    units: Mapping[str, Unit]

    @property
    def kind(self) -> Kind:
        """The class of the indicator."""
        return self.indicator.kind

    @property
    def slug(self) -> str:
        """What its series is called after the number: short, and stable."""
        return self.series.partition("-")[2]

    @property
    def name_zh(self) -> str:
        """The Chinese name, without what the value adds to it."""
        return self.value.name_zh.removesuffix("（中期完成）")

    @property
    def name_en(self) -> str:
        """The English name, without what the value adds to it."""
        return self.value.name_en.removesuffix(", mid-term")

    @property
    def short_zh(self) -> str:
        """A name for a label: that of the indicator, for a part of a compound one its own up to a bracket."""
        return self.name_zh.partition("（")[0] if self.series != self.indicator.series else self.indicator.short_zh

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
        return done / duration(START, self.at, self.units["年"])

    @property
    def even(self) -> Figure:
        """What each year of a sum would bring if all years of the plan were alike."""
        return self.target / duration(START, END, self.units["年"])

    @property
    def due_if_rising(self) -> Figure:
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
        return self._difference(self.target, self.value) / duration(self.at, END, self.units["年"])

    def projected(self, factor: Figure, until: str = END) -> Figure:
        """The value at the end of a period if it goes on at the pace so far, or at that times a factor."""
        return self.value + factor * self.achieved * duration(self.at, until, self.units["年"])

    @property
    def compound_pace(self) -> Figure:
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

    def as_of(self, period: str) -> Course:
        """The same numbers, as if the value stood at the end of another period."""
        return replace(self, at=period)

    def _past_target(self, figure: Figure) -> Interval:
        """How far a number lies on the good side of the target."""
        gap = figure.interval - Interval.point(self.target.exact)
        return -gap if self.kind is Kind.CEILING else gap

    def _difference(self, a: Figure, b: Figure) -> Figure:
        gap = a - b
        return gap.to(self.units["百分点"]) if gap.unit.symbol == "%" else gap


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


def courses(indicator: Indicator, ledger: Ledger) -> list[Course]:
    """The indicator as numbers: one course, several if it is compound, none if a target is not printed as a number.

    Of a target that is a range the low end is taken. A target to outgrow the city is the growth of the city so far.
    A value of which the page says 以上 is taken at that bound.
    """
    found = []
    ending = f".midterm@{indicator.midterm_period}"
    for id in indicator.figures(ledger):
        if not id.endswith(ending):
            continue
        part = id.removesuffix(ending)
        set_targets = [ledger[t] for t in (f"{part}.target@{END}", f"{part}.target.low@{END}") if t in ledger]
        rival = ledger.get(f"{part}.midterm.city@{indicator.midterm_period}")
        base = ledger.get(f"{part}.base@{indicator.base_period}")
        target = as_set(set_targets[0]) if set_targets else rival
        if base and target:
            value = ledger[id]
            value = value if value.interval.bounded else _at_print(value, "“以上”按下限计算")
            found.append(Course(indicator, part, base, value, target, indicator.midterm_period, ledger.units))
    return found


def standing(of: Iterable[Course]) -> Standing:
    """Where an indicator stands: a compound one as the part that is farthest behind."""
    order = list(Standing)
    return max((course.standing for course in of), key=order.index, default=Standing.UNKNOWN)
