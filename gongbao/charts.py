"""The charts of the book: one style, one font, a few forms that draw figures with their units and intervals."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

import matplotlib as mpl
import numpy as np
import pylopdf_fonts_zh_cn as fonts
from matplotlib import font_manager, style
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from gongbao.figure import Figure

WIDTH = 5.0
"""Inches; narrow, so that labels stay legible on a phone."""

# After Okabe & Ito, in the order of their lightness, so that they also differ in grey
STRONG, DARK, ACCENT, LIGHT, PALE = "#8a3600", "#0072b2", "#2aa87f", "#7cc4ee", "#c9c9c9"
INK = "#4d4d4d"

Level = tuple[str, Figure]
"""A name and what it is."""

Flow = tuple[str, int, Figure]
"""A name, +1 or -1, and how much it adds or takes away."""


@cache
def use_style() -> None:
    """Make matplotlib draw in the style of the book, with the fonts that come with it."""
    for path in (fonts.sans_path(), resources.files("gongbao") / "fonts" / "NotoSansSC-Bold.otf"):
        font_manager.fontManager.addfont(str(path))
    style.use(str(resources.files("gongbao") / "book.mplstyle"))
    family = font_manager.FontProperties(fname=str(fonts.sans_path())).get_name()
    mpl.rcParams["font.family"] = [family]


def canvas(height: float, rows: int = 1, columns: int = 1, **options: Any) -> tuple[Canvas, Any]:
    """An empty chart of the book's width: the canvas and its axes, as ``subplots`` gives them.

    Args:
        height: inches.
        rows: of axes.
        columns: of axes.
        options: for ``Figure.subplots``.
    """
    use_style()
    figure = Canvas(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.subplots(rows, columns, **options)


def svg(figure: Canvas) -> str:
    """The drawing, the same bytes each time."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def _category_axis(axes: Axes, labels: Sequence[str]) -> np.ndarray:
    """One row a label, the first on top."""
    places = np.arange(len(labels))
    axes.set_yticks(places, labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.spines["left"].set_visible(False)
    return places


def _room_for_labels(axes: Axes, values: Sequence[float], share: float = 0.22) -> None:
    """Start at zero, and leave room for what is written at the ends of bars."""
    low, high = min(0.0, *values), max(0.0, *values)
    span = high - low
    axes.set_xlim(low - (share * span if low < 0 else 0), high + share * span)


def bars(axes: Axes, labels: Sequence[str], figures: Sequence[Figure], colors: Sequence[str] | str = DARK) -> None:
    """Horizontal bars from zero, each with its number at its end."""
    places = _category_axis(axes, labels)
    values = [float(f) for f in figures]
    axes.barh(places, values, color=colors, height=0.62)
    for place, value, figure in zip(places, values, figures, strict=True):
        axes.annotate(
            figure.tolerance_text, (value, place), (4 if value >= 0 else -4, 0), textcoords="offset points",
            va="center", ha="left" if value >= 0 else "right",
        )  # fmt: skip
    _room_for_labels(axes, values)
    _hide_value_axis(axes)


def filled_bars(
    axes: Axes, labels: Sequence[str], filled: Sequence[Figure], whole: Sequence[Figure], words: tuple[str, str]
) -> None:
    """What is used of a whole: a bar within a bar; ``words`` name the inner and the outer one."""
    places = _category_axis(axes, labels)
    axes.barh(places, [float(f) for f in whole], color=PALE, height=0.66)
    axes.barh(places, [float(f) for f in filled], color=DARK, height=0.66)
    for place, inner, outer in zip(places, filled, whole, strict=True):
        # the words stand in the first bar; below it, the numbers alone are read the same way
        used, limit = words if place == 0 else ("", "")
        inside, outside = f"{used}{inner.tolerance_number}", f"{limit}{outer.tolerance_text}"
        axes.annotate(inside, (0, place), (5, 0), textcoords="offset points", va="center", color="white")
        axes.annotate(outside, (float(outer), place), (4, 0), textcoords="offset points", va="center")
    _room_for_labels(axes, [float(f) for f in whole], 0.34)
    _hide_value_axis(axes)


def stacked_bars(axes: Axes, labels: Sequence[str], parts: Sequence[tuple[str, str, Sequence[Figure]]]) -> None:
    """Bars made of parts; each part has a name, a colour and one figure a label; numbers stand in the parts."""
    places = _category_axis(axes, labels)
    starts = np.zeros(len(labels))
    whole = max(sum(float(figures[row]) for _, _, figures in parts) for row in range(len(labels)))
    for name, color, figures in parts:
        values = np.array([float(f) for f in figures])
        axes.barh(places, values, left=starts, color=color, height=0.62, label=name)
        for place, start, value, figure in zip(places, starts, values, figures, strict=True):
            if value > 0.08 * whole:  # else there is no room for the number; the table has it
                ink = "white" if color == DARK else "black"
                axes.text(start + value / 2, place, figure.tolerance_number, ha="center", va="center", color=ink)
        starts += values
    axes.set_xlim(0, whole * 1.02)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(parts), frameon=False, handlelength=1.2)
    _hide_value_axis(axes)


def bridge(axes: Axes, opening: Level, flows: Sequence[Flow], closing: Level) -> None:
    """From one level over flows to another: columns that stand on each other, from zero."""
    names = [opening[0], *(name for name, _, _ in flows), closing[0]]
    _level_column(axes, 0, opening[1])
    level = float(opening[1])
    for place, (_, sign, flow) in enumerate(flows, 1):
        after = level + sign * float(flow)
        axes.bar(place, after - level, bottom=level, color=ACCENT if sign > 0 else STRONG, width=0.62)
        _connector(axes, place, level)
        _column_label(axes, place, max(level, after), f"{'+' if sign > 0 else '−'}{flow.tolerance_number}")
        level = after
    _connector(axes, len(flows) + 1, level)
    _level_column(axes, len(flows) + 1, closing[1])
    axes.set_xticks(range(len(names)), names)
    axes.tick_params(axis="x", length=0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.margins(y=0.14)
    axes.set_ylim(bottom=0)


def _level_column(axes: Axes, place: int, figure: Figure) -> None:
    axes.bar(place, float(figure), color=DARK, width=0.62)
    _column_label(axes, place, float(figure), figure.tolerance_number)


def _connector(axes: Axes, place: int, level: float) -> None:
    axes.plot([place - 0.69, place + 0.31], [level, level], color=INK, linewidth=0.7)


def _column_label(axes: Axes, place: float, top: float, text: str) -> None:
    # a tolerance goes into a line of its own: columns are narrow
    axes.annotate(text.replace("±", "\n±"), (place, top), (0, 3), textcoords="offset points", ha="center", va="bottom")


def dots(
    axes: Axes,
    labels: Sequence[str],
    figures: Sequence[Figure],
    colors: Sequence[str] | None = None,
    *,
    from_zero: bool = True,
) -> None:
    """One dot a figure with the interval that rounding leaves open as a line, and the number beside it.

    ``from_zero=False`` lets the scale start near the dots, where the differences are the matter.
    """
    places = _category_axis(axes, labels)
    colors = colors or [DARK] * len(figures)
    for place, figure, color in zip(places, figures, colors, strict=True):
        low, high = float(figure.interval.low), float(figure.interval.high)
        if not (math.isinf(low) or math.isinf(high)):
            axes.plot([low, high], [place, place], color=color, linewidth=5, alpha=0.35, solid_capstyle="butt")
        axes.plot(float(figure), place, "o", color=color, markersize=7)
        end = float(figure) if math.isinf(high) else high
        axes.annotate(figure.tolerance_text, (end, place), (7, 0), textcoords="offset points", va="center")
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    lowest = 0.0 if from_zero else min(float(f.interval.low) for f in figures)
    ends = [float(end) for f in figures for end in (f.exact, f.interval.high)]
    highest = max(end for end in ends if not math.isinf(end))
    span = highest - lowest
    axes.set_xlim(lowest - (0 if from_zero else 0.1 * span), highest + 0.45 * span)


def paths(axes: Axes, years: Sequence[int], lines: Sequence[tuple[str, str, Sequence[Figure]]], ceiling: Level) -> None:
    """Lines over years below a ceiling; each has a name at its right end, a colour and a figure a year."""
    name, limit = ceiling[0], float(ceiling[1])
    axes.plot([years[0], years[-1]], [limit, limit], color=INK, linestyle="--", linewidth=1)
    axes.annotate(f"{name} {ceiling[1].text}", (years[0], limit), (0, 4), textcoords="offset points")
    for name, color, figures in lines:
        values = [float(figure) for figure in figures]
        axes.plot(years, values, color=color, marker="o", markersize=4)
        axes.annotate(name, (years[-1], values[-1]), (7, 0), textcoords="offset points", va="center", color=color)
    axes.set_xticks(list(years))
    axes.grid(axis="y")
    axes.set_ylim(bottom=0)
    axes.set_xlim(years[0] - 0.2, years[-1] + 0.35 * (len(years) - 1))


def _hide_value_axis(axes: Axes) -> None:
    # The numbers stand at the bars: a scale would repeat them
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.axvline(0, color=INK, linewidth=0.8)
