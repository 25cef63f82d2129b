"""The indicators of a plan: what its table says of each, how far each has come, and at what pace.

:func:`indicators` has a row for each of them, :func:`courses` one for each that has numbers, or for each part of a
compound one. Time is counted in months, from the end of the base period to the end of the plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

from gongbao.figures.expression import how_many
from gongbao.figures.figure import Figure, plain
from gongbao.figures.interval import Interval
from gongbao.figures.origin import Precision
from gongbao.figures.units import unit_called
from gongbao.ledger.indicator_words import CEILING, CUMULATIVE, END, FINAL, GROWTH, MIDTERM, START, YEARS
from gongbao.ledger.rows import Ledger
from gongbao.ledger.tables import book_data, read_table

MONTHS = 12
ON_PACE, HALF_PACE = Fraction(1), Fraction(1, 2)
"""The paces that separate standings: as fast as time, and half as fast. The book sets them, not the plan."""

STANDINGS = {
    "reached": ("confirmed", "ahead"),
    "on-pace": ("confirmed", "as-expected"),
    "open": ("open", ""),
    "behind": ("slow", "below-expected"),
    "far-behind": ("slow", "below-expected"),
    "away": ("slow", "below-expected"),
    "unknown": ("unknown", ""),
}
"""Each standing of an indicator by its own numbers, best first, with its verdict on being on time and the official
judgement at mid-term that corresponds.

``open``: there are numbers, but rounding leaves it undecided. ``unknown``: there are no numbers to compute with.
Neither of the two says that an indicator is late.
"""

_STANDING = pd.CategoricalDtype(list(STANDINGS), ordered=True)

LEVELS = ["course", "number", "at", "short", "name_zh", "name_en"]
"""The index levels of :func:`courses`; ids and names of derived figures are composed of them."""

MEASURES = ("distance", "ambition", "covered", "pace", "compound", "achieved", "required", "even", "rising")
"""The figures that :func:`progress` computes."""


# --- the table


def load_indicators(data: Path | None = None) -> pd.DataFrame:
    """The rows of indicators.csv by ``number``; datapackage.yaml says what is in the columns."""
    data = data or book_data()
    table = pd.DataFrame([record.cells for record in read_table(data / "indicators.csv")])
    return table.astype({"number": int}).set_index("number").rename_axis(columns="measure")


def indicators(ledger: Ledger) -> pd.DataFrame:
    """A row for each indicator, by ``number``.

    Columns: ``series``, ``name_zh`` and ``short`` (Chinese), ``nature`` and ``class``; ``date``, at whose end its
    mid-term value is measured; ``target`` in words, empty where it is a number; ``midterm`` and ``final``, the
    judgements of the table; ``standing``, one of :data:`STANDINGS`, that of the part that is farthest behind;
    ``finding``, its verdict on being on time; ``agrees``, whether ``midterm`` corresponds to it; ``stated``, the
    figures of the table.
    """
    table = load_indicators()
    worst = courses(ledger)["standing"].groupby("number").max()
    standing = worst.reindex(table.index).fillna("unknown")
    midterm = table["judgement_midterm"].map(MIDTERM)
    return table[["series", "name_zh", "nature", "class"]].assign(
        short=table["short_zh"],
        date=table["midterm_period"].map(_date),
        target=table["series"].map(
            lambda series: "；".join(w[0].value for id, w in ledger.words.items() if id.startswith(f"{series}.target"))
        ),
        midterm=midterm,
        final=table["judgement_end"].map(FINAL),
        stated=table["series"].map(lambda series: [ledger[id] for id in ledger if id.startswith(f"{series}.")]),
        standing=standing,
        finding=[STANDINGS[one][0] for one in standing],
        agrees=[STANDINGS[one][1] == judgement for one, judgement in zip(standing, midterm, strict=True)],
    )


def count(rows: pd.DataFrame) -> Figure:
    """The number of these indicators, with their ordinals as its formula: ``table.groupby("standing").apply(count)``.

    The rows are some of :func:`indicators`. Unlike :meth:`gongbao.chapter.Chapter.count` it rests on what the table
    states of them, so that a chart of such counts names the pages that a reader has to open.
    """
    numbers = "、".join(map(str, rows.index.get_level_values("number"))) or "无"
    leaves = {id: leaf for figures in rows["stated"] for one in figures for id, leaf in one.leaves.items()}
    of = f"data/indicators.csv中序号：{numbers}"
    return Figure(how_many(Fraction(len(rows)), of), unit_called("项"), leaves)


# --- time


def _date(period: str) -> str:
    """The date of a period: a year or day stays; a month, also the last of a range, becomes its last day."""
    last = period.rpartition("/")[2]
    return str(pd.Period(last).end_time.date()) if last.count("-") == 1 else last


def months(period: str) -> int:
    """The months up to the end of a period: a year ends in December, a day counts as its month."""
    year, month = [*map(int, period.rpartition("/")[2].split("-")), MONTHS][:2]
    return MONTHS * year + month


def elapsed(at: str) -> Figure:
    """The share of the plan's time that had passed at the end of a period."""
    return plain(months(at) - months(START)) / (months(END) - months(START))


def duration(start: str, end: str) -> Figure:
    """The years between the ends of two periods."""
    return (plain(months(end) - months(start)) / MONTHS).with_unit("年")


# --- progress


def courses(ledger: Ledger) -> pd.DataFrame:
    """A row for each indicator that has numbers, or for each part of a compound one, by the :data:`LEVELS`.

    Columns: ``class`` and ``date``, as of :func:`indicators`; the figures ``base``, ``value`` at mid-term and
    ``target``; and those of :func:`progress`.

    There is no row where a target is not printed as a number. If a target is a range, its low end is taken. If it is
    to outgrow the city, it is the growth of the city so far. A value that the page gives with 以上 is taken at that
    bound.
    """
    rows = [part for number, row in load_indicators().iterrows() for part in _parts(number, row, ledger)]
    figures = dict.fromkeys(("base", "value", "target"), "figure")
    return progress(pd.DataFrame(rows).astype(figures).set_index(LEVELS).rename_axis(columns="measure"))


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
            "target": _as_set(target) if target else rival,
        }


def _as_set(target: Figure) -> Figure:
    """A target at its printed number; where the page says 左右, that is an assumption."""
    about = any(statement.precision is Precision.ABOUT for statement in target.statements)
    return _at_print(target, "目标所写的“左右”按印出的数计算" if about else "")


def _at_print(figure: Figure, inference: str) -> Figure:
    leaves = {id: replace(leaf, interval=Interval.point(leaf.value)) for id, leaf in figure.leaves.items()}
    return replace(figure, leaves=leaves, inference=inference)


def progress(rows: pd.DataFrame, at: str = "") -> pd.DataFrame:
    """How far the rows have come, computed from their base, value and target.

    Columns, figures that are missing where they make no sense for a class:

    - ``distance``: from base to target; ``ambition``: that as a share of the base, positive in the wanted direction;
    - ``covered``: the share of the distance, or of the sum, that is done;
    - ``pace``: 1 is as fast as time: what is covered over the time elapsed, or the mean growth over the target;
    - ``compound``: compound growth a year so far over the one that leads from base to target, as Eurostat measures
      progress;
    - ``achieved``: what was done a year; ``required``: what is needed in each of the remaining years;
    - ``even``: what each year of a sum would bring if all were alike; ``rising``: what of a sum would be done if each
      year brought the same amount more than the one before.

    And ``has_distance``, whether there is a distance to cover: not for growth, nor if the base may have met the target;
    ``standing``, ordered, one of :data:`STANDINGS`.

    Args:
        rows: of :func:`courses`, or the same with other base, value or target.
        at: the period at whose end all values are taken to be measured, if not each at its own.
    """
    periods = [at or period for period in rows.index.get_level_values("at")]
    given = zip(*(rows[name] for name in ("class", "base", "value", "target")), periods, strict=True)
    found = pd.DataFrame([_progress(*row) for row in given], rows.index)
    found = found.reindex(columns=[*MEASURES, "has_distance", "standing"])
    return rows.assign(**found.astype({**dict.fromkeys(MEASURES, "figure"), "standing": _STANDING}))


def _progress(kind: str, base: Figure, value: Figure, target: Figure, at: str) -> dict[str, Any]:
    """The columns of :func:`progress` for one row, without missing ones."""
    passed = Fraction(months(at) - months(START), MONTHS)
    has_distance = kind == CUMULATIVE or (kind != GROWTH and _past_target(kind, base, target).high < 0)
    found: dict[str, Any] = {"has_distance": has_distance}
    if kind == GROWTH:
        # the value is a mean over the years already
        years = int(passed)
        found["pace"] = value / target
        found["required"] = required_growth(target, value, years, YEARS - years)
    else:
        done = value if kind == CUMULATIVE else _difference(value, base)
        found["achieved"] = done / duration(START, at)
        found["required"] = _difference(target, value) / duration(at, END)
    if kind == CUMULATIVE:
        found["covered"] = value / target
        found["even"] = target / duration(START, END)
        found["rising"] = _rising(base, target, passed)
    elif has_distance:
        found["distance"] = _difference(target, base)
        share = found["distance"] / base
        found["ambition"] = -share if kind == CEILING else share
        # in this form each rounded number occurs once, so that interval arithmetic gives the tightest interval
        found["covered"] = 1 - (target - value) / (target - base)
        so_far = ((value / base) ** passed.denominator).root(passed.numerator) - 1
        found["compound"] = so_far / ((target / base).root(YEARS) - 1)
    if has_distance:
        found["pace"] = found["covered"] / elapsed(at)
    return found | {"standing": _standing(kind, value, target, found.get("pace"))}


def _rising(base: Figure, target: Figure, passed: Fraction) -> Figure:
    """The part of a sum due after ``passed`` years if years rise evenly from the base; a year is spread over months."""
    full = int(passed)
    rises = sum(range(full + 1)) + (passed - full) * (full + 1)
    rise = (target - YEARS * base) / sum(range(YEARS + 1))
    return plain(passed) * base + plain(rises) * rise


def required_growth(target: Figure, mean: Figure, done: int, left: int) -> Figure:
    """The mean growth that the years left need, so that the mean over all of them is the target.

    It is r in ``(1+T)^(done+left) = (1+m)^done · (1+r)^left``; that the years done are those from the base on is an
    assumption.
    """
    return ((1 + target) ** (done + left) / (1 + mean) ** done).root(left) - 1


def _standing(kind: str, value: Figure, target: Figure, pace: Figure | None) -> str:
    """The standing that holds for the whole rounding interval; paces are cut at :data:`ON_PACE`, :data:`HALF_PACE`."""
    past = _past_target(kind, value, target)
    if kind != GROWTH and past.low >= 0:
        return "reached"
    if pace is None:
        # no pace, since the base may have met the target: late only if the value misses it for certain
        return "open" if past.high >= 0 else "away"
    slowest, fastest = pace.interval.low, pace.interval.high
    if fastest >= ON_PACE:
        return "on-pace" if slowest >= ON_PACE else "open"
    if fastest >= HALF_PACE:
        return "behind"
    return "far-behind" if fastest >= 0 else "away"


def _past_target(kind: str, figure: Figure, target: Figure) -> Interval:
    """By how much a number is better than the target."""
    gap = figure.interval - Interval.point(target.exact)
    return -gap if kind == CEILING else gap


def _difference(a: Figure, b: Figure) -> Figure:
    gap = a - b
    return gap.to(gap.unit.of_differences)
