"""The indicators of a plan: what its table says of each, how far each has come, and at what pace.

:func:`indicators` has a row for each of them, :func:`courses` one for each that is made of numbers, or for each part of
a compound one. Time is counted in months, from the end of the base period to the end of the plan. A target is a number
that was set, not measured: it is taken as printed, without a rounding interval.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

from gongbao.figures.expression import Constant, Count, Operation
from gongbao.figures.figure import Figure
from gongbao.figures.frames import FigureArray, FigureDtype
from gongbao.figures.interval import Interval
from gongbao.figures.origin import Precision
from gongbao.figures.units import PURE
from gongbao.ledger.rows import Ledger
from gongbao.ledger.tables import DATA, read_table

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

GROWTH, CUMULATIVE, CEILING = "growth", "cumulative", "ceiling"
"""The classes of indicators whose progress is not computed as that of a level or a share."""

MEASURES = ("distance", "ambition", "covered", "pace", "compound", "achieved", "required", "even", "rising")
"""What :func:`measures` computes."""


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


# --- the table


def load_indicators(data: Path = DATA) -> pd.DataFrame:
    """The rows of indicators.csv by ``number``; datapackage.yaml says what is in the columns."""
    table = pd.DataFrame([record.cells for record in read_table(data / "indicators.csv")])
    return table.astype({"number": int}).set_index("number").rename_axis(columns="measure")


def indicators(ledger: Ledger) -> pd.DataFrame:
    """A row for each indicator, by ``number``.

    Columns: ``series``, ``name_zh`` and ``short`` (Chinese), ``nature`` and ``class``; ``date``, at whose end its value
    of the mid-term stands; ``target`` in words, empty where it is a number; ``midterm`` and ``final``, the judgements
    of the table; ``standing``, where its own numbers put it (see :class:`Standing`), which is that of the part that is
    farthest behind; ``finding``, what that says of being on time; ``agrees``, whether ``midterm`` says the same;
    ``stated``, the figures of the table.
    """
    table = load_indicators()
    worst = courses(ledger)["standing"].groupby("number").max()
    standings = worst.astype(str).reindex(table.index, fill_value=Standing.UNKNOWN).map(Standing)
    midterm = table["judgement_midterm"].map(MIDTERM)
    return table[["series", "name_zh"]].assign(
        short=table["short_zh"],
        nature=table["nature"],
        **{"class": table["class"]},
        date=table["midterm_period"].map(_date),
        target=["；".join(_words(f"{series}.target", ledger)) for series in table["series"]],
        midterm=midterm,
        final=table["judgement_end"].map(FINAL),
        stated=table["series"].map(lambda series: [ledger[id] for id in ledger if id.startswith(f"{series}.")]),
        standing=pd.Categorical(standings.map(str), list(map(str, Standing)), ordered=True),
        finding=standings.map(lambda one: one.finding),
        agrees=[one.agrees(judgement) for one, judgement in zip(standings, midterm, strict=True)],
    )


def _words(beginning: str, ledger: Ledger) -> list[str]:
    """What the table states in words under ids that begin so."""
    return [rows[0].value for id, rows in ledger.words.items() if id.startswith(beginning)]


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


# --- time


def _date(period: str) -> str:
    """At whose end a value of that period stands, a year or a day: sums are dated by their last month."""
    return {"2021/2023-06": "2023-06-30"}.get(period, period)


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


# --- progress


def courses(ledger: Ledger) -> pd.DataFrame:
    """A row for each indicator that is made of numbers, or for each part of a compound one, by the :data:`LEVELS`.

    Columns: ``class`` and ``date``, as of :func:`indicators`; the figures ``base``, ``value`` at mid-term and
    ``target``; and those of :func:`progress`.

    There is no row where a target is not printed as a number. Of a target that is a range the low end is taken. A
    target to outgrow the city is the growth of the city so far. A value of which the page says 以上 is taken at that
    bound.
    """
    table = load_indicators()
    rows = pd.DataFrame([part for number, row in table.iterrows() for part in _parts(number, row, ledger)])
    figures = dict.fromkeys(("base", "value", "target"), "figure")
    return progress(rows.astype(figures).set_index(LEVELS).rename_axis(columns="measure"))


def _parts(number: Any, row: pd.Series[str], ledger: Ledger) -> Iterator[dict[str, Any]]:
    """An indicator as numbers: one row, or several if it is compound."""
    series, at = row["series"], row["midterm_period"]
    ending = f".midterm@{at}"
    for part in [id.removesuffix(ending) for id in ledger if id.startswith(f"{series}.") and id.endswith(ending)]:
        base = ledger.get(f"{part}.base@{row['base_period']}")
        target = ledger.get(f"{part}.target@{END}") or ledger.get(f"{part}.target.low@{END}")
        rival = ledger.get(f"{part}.midterm.city@{at}")
        if not base or not (target or rival):
            continue
        value = ledger[f"{part}{ending}"]
        names = value.name_zh.removesuffix("（中期完成）"), value.name_en.removesuffix(", mid-term")
        # a part of a compound indicator is called by its own name up to a bracket
        short = names[0].partition("（")[0] if part != series else row["short_zh"]
        levels = part.partition("-")[2], number, at, short, *names
        yield dict(zip(LEVELS, levels, strict=True)) | {
            "class": row["class"],
            "date": _date(at),
            "base": base,
            "value": value if value.interval.bounded else _at_print(value, "“以上”按下限计算"),
            "target": as_set(target) if target else rival,
        }


def as_set(target: Figure) -> Figure:
    """A target at its printed number; where the page says 左右, that is an assumption."""
    about = any(statement.precision is Precision.ABOUT for statement in target.statements)
    return _at_print(target, "目标所写的“左右”按印出的数计算" if about else "")


def _at_print(figure: Figure, inference: str) -> Figure:
    leaves = {id: replace(leaf, interval=Interval.point(leaf.value)) for id, leaf in figure.leaves.items()}
    return replace(figure, leaves=leaves, inference=inference)


def progress(rows: pd.DataFrame, at: str = "") -> pd.DataFrame:
    """How far the rows have come, from their base, value and target: as they are printed, or read otherwise.

    Columns: those of :func:`measures`, figures; ``has_distance``, whether there is a way to go from base to target;
    ``standing``, ordered, best first.

    Args:
        rows: of :func:`courses`; with other numbers, if they are to be read otherwise.
        at: the period at whose end all values are taken to stand, if not each at its own.
    """
    periods = [at or period for period in rows.index.get_level_values("at")]
    columns = [rows[name] for name in ("class", "base", "value", "target")]
    found = [measures(*row) for row in zip(*columns, periods, strict=True)]
    standings = [standing(*row) for row in zip(*columns, (one["pace"] for one in found), strict=True)]
    return rows.assign(
        **{name: FigureArray(one[name] for one in found) for name in MEASURES},
        has_distance=[has_distance(kind, base, target) for kind, base, _, target in zip(*columns, strict=True)],
        standing=pd.Categorical(list(map(str, standings)), list(map(str, Standing)), ordered=True),
    )


def has_distance(kind: str, base: Figure, target: Figure) -> bool:
    """Whether there is a way to go from base to target; not for growth, nor if the base may have met the target."""
    return kind == CUMULATIVE or (kind != GROWTH and _past_target(kind, base, target).high < 0)


def measures(kind: str, base: Figure, value: Figure, target: Figure, at: str) -> dict[str, Any]:
    """What is computed of a course, by name, each a figure, or missing where its class has no such thing.

    ``distance``: from base to target. ``ambition``: that the way it is meant to go, as a share of the base.
    ``covered``: the share of the distance, or of the sum, that is done. ``pace``: 1 is as fast as time; what is covered
    over the time elapsed, or the mean growth over the target. ``compound``: compound growth a year so far over the one
    that leads from base to target, as Eurostat measures progress. ``achieved``: what was done a year. ``required``:
    what is needed in each of the remaining years. ``even``: what each year of a sum would bring if all were alike.
    ``rising``: what of a sum would be done if each year brought the same amount more than the one before.

    Args:
        kind: the class of the indicator.
        base: at the beginning of the plan.
        value: at mid-term.
        target: for the end.
        at: the period at whose end the value stands.
    """
    found: dict[str, Any] = dict.fromkeys(MEASURES, pd.NA)
    passed = Fraction(months(at) - months(START), MONTHS)
    if kind == GROWTH:
        # the value is a mean over the years already
        years = int(passed)
        return found | {"pace": value / target, "required": required_growth(target, value, years, len(YEARS) - years)}
    done = value if kind == CUMULATIVE else _difference(value, base)
    found["achieved"] = done / duration(START, at)
    found["required"] = _difference(target, value) / duration(at, END)
    if kind == CUMULATIVE:
        found["covered"] = value / target
        found["even"] = target / duration(START, END)
        found["rising"] = _rising(base, target, passed)
    elif has_distance(kind, base, target):
        found["distance"] = _difference(target, base)
        share = found["distance"] / base
        found["ambition"] = -share if kind == CEILING else share
        # one mention of what is rounded, so that the interval is the tight one
        found["covered"] = 1 - (target - value) / (target - base)
        so_far = ((value / base) ** passed.denominator).root(passed.numerator) - 1
        found["compound"] = so_far / ((target / base).root(len(YEARS)) - 1)
    if found["covered"] is not pd.NA:
        found["pace"] = found["covered"] / elapsed(at)
    return found


def _rising(base: Figure, target: Figure, passed: Fraction) -> Figure:
    """What of a sum is due after so many years that rise evenly from the base; a year is spread over its months."""
    full = int(passed)
    rises = sum(range(full + 1)) + (passed - full) * (full + 1)
    rise = (target - len(YEARS) * base) / sum(YEARS)
    return _number(passed) * base + _number(rises) * rise


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


def standing(kind: str, base: Figure, value: Figure, target: Figure, pace: Any) -> Standing:
    """Where the whole rounding interval puts a course; the cuts are :data:`ON_PACE` and :data:`HALF_PACE`."""
    past = _past_target(kind, value, target)
    if kind != GROWTH and past.low >= 0:
        return Standing.REACHED
    if pace is pd.NA:
        # the base met the target, at least by its printed digits; has the value left it?
        return Standing.OPEN if past.high >= 0 else Standing.AWAY
    fastest = pace.interval.high
    if pace.interval.low >= ON_PACE:
        return Standing.ON_PACE
    if fastest >= ON_PACE:
        return Standing.OPEN
    if fastest >= HALF_PACE:
        return Standing.BEHIND
    return Standing.FAR_BEHIND if fastest >= 0 else Standing.AWAY


def _past_target(kind: str, figure: Figure, target: Figure) -> Interval:
    """How far a number lies on the good side of the target."""
    gap = figure.interval - Interval.point(target.exact)
    return -gap if kind == CEILING else gap


def _difference(a: Figure, b: Figure) -> Figure:
    gap = a - b
    return gap.to(FigureDtype.unit_called("百分点")) if gap.unit.symbol == "%" else gap
