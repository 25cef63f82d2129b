"""The kinds of charts of the book: what ``frame.plot(kind="bars")`` draws, one function a kind.

A new kind is a function below :func:`kind`, here and nowhere else: ``frame.plot`` then knows it by its name. It draws
columns of figures in axes of matplotlib; the name of a column is what readers call it, its index what the rows are
called. Keywords are options of ``frame.plot``: ``colors`` has one a row, or one a column where a column is a group.

Every number is written as the figure prints it, never formatted by matplotlib, which would show digits that rounding
does not support.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import offset_copy

from gongbao.chapter import charts
from gongbao.chapter.charts import INK, MISMATCH, NEUTRAL, PALE, PART, PLACE, REQUIRED, Label, keep_inside, point_at
from gongbao.figures.errors import UnusableValueError
from gongbao.figures.figure import Figure

PALETTE = (PLACE, PART, NEUTRAL)
"""The colours of columns, in their order, if none are given."""

_THICKNESS = 0.62  # of a bar, as a share of its row

Column: TypeAlias = "pd.Series[Any]"
Colors: TypeAlias = Sequence[str] | None
Level: TypeAlias = tuple[str, Figure]
"""A level to compare with: its name and its figure."""

Draw = Callable[..., None]


@dataclass(frozen=True)
class Kind:
    """A kind of chart: the function that draws columns in axes, and its properties."""

    draw: Draw
    form: str
    """Its description for those who cannot see it; ``{0}``, ``{1}`` … are the columns, ``{all}`` all of them."""
    shares_scale: bool = False
    """Whether panels side by side have one scale."""
    has_gaps: bool = False
    """Whether figures may be missing."""


KINDS: dict[str, Kind] = {}
"""The kinds of charts by name."""


def kind(form: str, **traits: bool) -> Callable[[Draw], Draw]:
    """Register a function as a kind of chart; the arguments are attributes of :class:`Kind`."""

    def register(draw: Draw) -> Draw:
        KINDS[draw.__name__] = Kind(draw, form, **traits)
        return draw

    return register


@kind("横条图")
def bars(axes: Axes, figures: Column, *, colors: Sequence[str] | str = PLACE) -> None:
    """Horizontal bars from zero, each with its number at its end."""
    drawn = axes.barh(_name_rows(axes, figures), _floats(figures), _THICKNESS, color=_one_a_row(colors, figures))
    _label_bars(axes, drawn, figures, _texts(figures), padding=4)
    _hide_scale(axes)


@kind("柱形图")
def columns(axes: Axes, figures: Column, *, colors: Sequence[str] | str = PLACE, level: Level | None = None) -> None:
    """Columns from zero in the order of time, each with its number; ``level`` is what to compare them with."""
    drawn = axes.bar(_name_periods(axes, figures), _floats(figures), _THICKNESS, color=_one_a_row(colors, figures))
    _label_bars(axes, drawn, figures, list(map(_in_column, figures)), padding=3)
    axes.axhline(0, color=INK, linewidth=0.8)
    if level:
        if not (isinstance(level, tuple) and isinstance(level[-1], Figure)):
            raise UnusableValueError(f"the level is {level!r}; expected: what it is called, and a figure")
        name, figure = level
        axes.axhline(float(figure), color=REQUIRED, linestyle="--")
        place, label = (len(figures) - 1, float(figure)), Label(figure, "text", f"{name} ")
        _annotate(axes, label, place, (0, 2), ha="center", va="bottom")


@kind("点图，带舍入区间")
def dots(axes: Axes, figures: Column, *, colors: Colors = None, from_zero: bool = True) -> None:
    """A dot a figure, the interval that rounding leaves open as a line, and the number beside it.

    ``from_zero=False`` lets the scale leave zero out, if the differences matter.
    """
    rows, values, colors = _name_rows(axes, figures), _floats(figures), _one_a_row(colors or PLACE, figures)
    bounded = [figure.interval.bounded for figure in figures]
    lows, highs = (np.where(bounded, _ends(figures, end), values) for end in ("low", "high"))
    axes.hlines(rows, lows, highs, colors, linewidth=2.5)
    axes.scatter(values, rows, c=colors, s=49, clip_on=False)
    _write(axes, _texts(figures), highs, rows)
    _show_scale(axes, figures)
    if from_zero:
        left, right = axes.get_xlim()
        axes.set_xlim(left if (lows < 0).any() else 0, max(right, 0))


@kind("横条图，{0}画在{1}之内")
def filled_bars(axes: Axes, filled: Column, whole: Column) -> None:
    """The used part of a whole: a bar within a bar."""
    rows = _name_rows(axes, whole)
    outer = axes.barh(rows, _floats(whole), 0.66, color="none", edgecolor=INK, label=whole.name)
    inner = axes.barh(rows, _floats(filled), 0.66, color=PLACE, label=filled.name)
    _label_bars(axes, inner, filled, _numbers(filled), label_type="center", color="white")
    # only the first row has the unit: the others are read the same way
    _label_bars(axes, outer, whole, [*_texts(whole)[:1], *_numbers(whole)[1:]], padding=4)
    axes.legend()
    _hide_scale(axes)


@kind("堆叠横条图", has_gaps=True)
def stacked_bars(axes: Axes, *parts: Column, colors: Colors = None) -> None:
    """Bars made of parts with their numbers in them; a missing part is left out of its bar."""
    if np.min([*map(_floats, parts)], initial=0) < 0:
        raise UnusableValueError("a part is below zero, which no stack can show: choose bars or paired_bars")
    rows, ends = _name_rows(axes, parts[0]), np.zeros(len(parts[0]))
    for part, color in _colored(parts, colors):
        drawn = axes.barh(rows, _floats(part), _THICKNESS, left=ends, color=color, label=part.name)
        ink = "white" if color in (PLACE, charts.NEEDED, MISMATCH, NEUTRAL) else charts.ON_LIGHT
        _label_bars(axes, drawn, part, _numbers(part), label_type="center", color=ink)
        ends = ends + _floats(part)
    axes.set_xlim(0, 1.02 * ends.max())
    axes.legend()
    _hide_scale(axes)


@kind("分组横条图，每组为{all}")
def paired_bars(axes: Axes, *groups: Column, colors: Colors = None) -> None:
    """Two or three bars from zero for each row, side by side, each with its number at its end."""
    rows, height = _name_rows(axes, groups[0]), 0.78 / len(groups)
    for number, (group, color) in enumerate(_colored(groups, colors)):
        places = rows + (number - (len(groups) - 1) / 2) * height
        drawn = axes.barh(places, _floats(group), 0.9 * height, color=color, label=group.name)
        _label_bars(axes, drawn, group, _texts(group), padding=4)
    axes.legend()
    _hide_scale(axes)


@kind("哑铃图，每行由{0}到{1}")
def dumbbells(axes: Axes, left: Column, right: Column, *, colors: Sequence[str] = (PART, PLACE)) -> None:
    """From one value to another for each row: two dots, joined, with both numbers on their outer sides."""
    rows, starts, ends = _name_rows(axes, left), _floats(left), _floats(right)
    axes.hlines(rows, starts, ends, color=PALE, linewidth=4)
    for places, color, name in zip((starts, ends), colors, (left.name, right.name), strict=True):
        axes.plot(places, rows, "o", color=color, markersize=7, label=name)
    rises = ends > starts
    _write(axes, _numbers(left.where(rises, right)), np.minimum(starts, ends), rows, -7)
    _write(axes, _numbers(right.where(rises, left)), np.maximum(starts, ends), rows)
    axes.legend()
    _show_scale(axes, left)


@kind("点图，每行由下端到上端")
def whiskers(axes: Axes, points: Column, lower: Column, upper: Column, *, colors: Colors = None) -> None:
    """A dot a row with a line from a lower to an upper figure, such as the ends of an exact interval.

    The line includes the rounding intervals of these ends.
    """
    rows, colors = _name_rows(axes, points), _one_a_row(colors or PLACE, points)
    lows, highs = _ends(lower, "low"), _ends(upper, "high")
    axes.hlines(rows, lows, highs, colors, linewidth=2)
    for ends in (lows, highs):
        axes.scatter(ends, rows, c=colors, marker="|", s=81, linewidths=2)
    axes.scatter(_floats(points), rows, c=colors, s=49)
    _write(axes, _texts(points), highs, rows)
    _show_scale(axes, points)


@kind("瀑布图", shares_scale=True)
def bridge(axes: Axes, figures: Column, *, falls: Sequence[str] = (), opening: str = PLACE) -> None:
    """From the level of the first row over flows to the level of the last one; each flow begins where the last ends.

    ``falls`` are the names of the rows whose flows are subtracted, ``opening`` is the colour of the first level.
    """
    if unknown := [one for one in falls if one not in figures.index]:
        raise UnusableValueError(f"no row is called {unknown[0]}: falls= has some of {', '.join(figures.index)}")
    places, falling, values = _name_periods(axes, figures), figures.index.isin(falls), _floats(figures)
    flows = np.where(falling, -values, values)
    levels = np.cumsum(flows[:-1])
    starts, ends = np.array([0, *levels[:-1], 0]), np.array([*levels, values[-1]])
    colors = [opening, *np.where(flows[1:-1] < 0, NEUTRAL, PART), PLACE]
    drawn = axes.bar(places, abs(ends - starts), _THICKNESS, bottom=np.minimum(starts, ends), color=colors)
    # a flow below zero prints its own sign
    marks = ["", *np.select([falling, values < 0], ["−", ""], "+")[1:-1], ""]
    labels = [replace(_in_column(one), before=mark) for mark, one in zip(marks, figures, strict=True)]
    _label_bars(axes, drawn, figures, labels, padding=3)
    axes.hlines(levels, places[1:] - 0.69, places[1:] + 0.31, color=INK, linewidth=0.7)


# --- what the kinds have in common


def _colored(columns: Sequence[Column], colors: Colors) -> Iterable[tuple[Column, str]]:
    given = colors or PALETTE[: len(columns)]
    if len(given) != len(columns):
        raise UnusableValueError(f"there are {len(columns)} columns, and colours for {len(given)}: leave some out")
    return zip(columns, given, strict=True)


def _one_a_row(colors: Sequence[str] | str, figures: Column) -> Sequence[str]:
    given = [colors] * len(figures) if isinstance(colors, str) else colors
    if len(given) != len(figures):
        raise UnusableValueError(f"there are {len(figures)} rows, and colours for {len(given)}: give one a row, or one")
    return given


def _floats(figures: Column) -> np.ndarray:
    """Values for the drawing; 0 for missing figures."""
    return np.array([float(one) if isinstance(one, Figure) else 0.0 for one in figures])


def _ends(figures: Column, end: str) -> np.ndarray:
    """The lower or upper ends of the rounding intervals: ``low`` or ``high``."""
    return np.array([float(getattr(figure.interval, end)) for figure in figures])


def _texts(figures: Column) -> list[Label]:
    return list(map(Label, figures))


def _numbers(figures: Column) -> list[Any]:
    """Labels without the unit; empty for missing figures."""
    return [Label(one, "tolerance_number") if isinstance(one, Figure) else "" for one in figures]


def _in_column(figure: Figure) -> Label:
    """The label of a column, which is narrow: without unit, the tolerance on its own line."""
    return Label(figure, "tolerance_number", narrow=True)


def _label_bars(axes: Axes, bars: Any, figures: Column, texts: Sequence[Label | str], **look: Any) -> None:
    """Write texts at the bars of figures, or in their middle; bars show their values to readers who point at them."""
    point_at(bars, figures)
    written = axes.bar_label(bars, list(map(str, texts)), annotation_clip=False, **look)
    for artist, text, bar in zip(written, texts, bars, strict=True):
        if isinstance(text, Label):
            charts.labels[artist] = text
        if look.get("label_type") == "center":
            keep_inside(artist, bar)


def _annotate(axes: Axes, label: Label, place: tuple[float, float], offset: tuple[float, float], **look: Any) -> None:
    """Write the number of a figure so many points from a place."""
    # a plain text: an annotation computes its place anew whenever it is measured, and whether that lies in the axes
    beside = offset_copy(axes.transData, charts.canvas_of(axes), *offset, units="points")
    charts.labels[axes.text(*place, str(label), transform=beside, **look)] = label


def _name_rows(axes: Axes, column: Column) -> np.ndarray:
    """Make a row for each label, the first on top; returns their places."""
    rows = np.arange(len(column))
    axes.set_yticks(rows, list(column.index))
    axes.set_ylim(len(column) - 0.5, -0.5)
    axes.spines["left"].set_visible(False)
    return rows


def _name_periods(axes: Axes, column: Column) -> np.ndarray:
    """Make a column for each label, from left to right, with room for numbers above; returns their places."""
    places = np.arange(len(column))
    axes.set_xticks(places, list(column.index))
    axes.tick_params(axis="x", length=0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.margins(y=0.15)
    return places


def _write(axes: Axes, labels: Iterable[Label], xs: Iterable[float], ys: Iterable[float], gap: float = 7) -> None:
    """Write numbers so many points to the right of places, or to the left of them if the gap is negative."""
    side = "left" if gap > 0 else "right"
    for label, x, y in zip(labels, xs, ys, strict=True):
        _annotate(axes, label, (x, y), (gap, 0), va="center", ha=side)


class _FewTicks(MaxNLocator):
    """At most four steps of a scale, and no more than there is room for."""

    def tick_values(self, vmin: float, vmax: float) -> Any:
        assert self.axis is not None
        self.set_params(nbins=min(4, 1 + self.axis.get_tick_space()))
        return super().tick_values(vmin, vmax)


def _show_scale(axes: Axes, figures: Column) -> None:
    """Show a scale below for the figures, with lines behind the drawing."""
    units = {figure.unit for figure in figures}
    if len(units) == 1:
        charts.measures[axes.xaxis] = units.pop()
    axes.xaxis.set_major_locator(_FewTicks(steps=[1, 2, 2.5, 5, 10], min_n_ticks=1))
    axes.grid(axis="x")
    axes.set_axisbelow(True)


def _hide_scale(axes: Axes) -> None:
    """Hide the scale: the numbers are at the bars already."""
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.axvline(0, color=INK, linewidth=0.8)
