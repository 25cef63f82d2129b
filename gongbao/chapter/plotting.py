"""The charts of the book as a plotting backend of pandas: ``frame.plot(kind="bars", height=2.9)``.

Rows are labels, columns are what the kind draws: one series, parts of a whole, two ends. What comes back are axes of
matplotlib, to which anything may be added; :meth:`gongbao.chapter.Chapter.chart` puts them on the page. Which figures
were drawn in which axes is kept, and what the kind of chart is called for those who cannot see it.

The kinds that pandas has itself (``line``, ``hist`` …) are drawn by pandas and matplotlib as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from gongbao.chapter import charts
from gongbao.figures.errors import UnusableValueError, nearest
from gongbao.figures.expression import Constant
from gongbao.figures.figure import Figure
from gongbao.figures.units import PURE
from gongbao.ledger.words import Words

PALETTE = (charts.DARK, charts.STRONG, charts.LIGHT, charts.ACCENT, charts.PALE)
"""The colours of groups and lines that are given none, in their order."""


@dataclass
class Drawing:
    """What axes show: the figures in the order of the columns, and the kind of chart in words."""

    figures: list[Figure] = field(default_factory=list)
    form: str = ""


_drawings: WeakKeyDictionary[Axes, Drawing] = WeakKeyDictionary()

_words = [Words("")]
"""The words of the chapter that draws; the last one made counts."""


def use_words(words: Words) -> None:
    """Label rows and columns with the words of a chapter from now on."""
    _words[:] = [words]


def drawing(canvas: Canvas) -> Drawing:
    """All figures of a picture, once each, and what it is: the forms of its axes, each once.

    Args:
        canvas: the picture; what matplotlib drew in it without this module is not known.
    """
    found = [_drawings[axes] for axes in canvas.axes if axes in _drawings]
    figures = {figure.id or str(id(figure)): figure for one in found for figure in one.figures}
    forms = list(dict.fromkeys(one.form for one in found))
    form = "；".join(forms)
    if len(forms) == 1 and len(found) in _HOW_MANY:
        form = f"{_HOW_MANY[len(found)]}{form}"
    return Drawing(list(figures.values()), form)


_HOW_MANY = {2: "两幅", 3: "三幅", 4: "四幅"}


def plot(
    data: pd.DataFrame | pd.Series[Any],
    kind: str,
    *,
    height: float = 0,
    ax: Axes | None = None,
    x: Any = None,
    y: Any = None,
    rows: str | None = None,
    columns: str | None = None,
    panels: tuple[int, int] | None = None,
    sharey: bool | None = None,
    mark: tuple[str, float] | None = None,
    width: float = charts.WIDTH,
    **options: Any,
) -> Any:
    """Draw a frame.

    Args:
        data: the figures.
        kind: one of :data:`KINDS`, or one that pandas has itself.
        height: of the picture in inches, if there are no axes to draw in.
        ax: axes to draw in, such as one of :func:`gongbao.chapter.charts.canvas`.
        x: only for pandas' own kinds.
        y: the columns to draw, if not all.
        rows: the pattern of the labels of the rows, such as ``{kind}，{year}年末``; without one, their words.
        columns: the same of the columns, such as the titles of panels.
        panels: a chart for each column, in so many rows and columns of charts.
        sharey: whether panels have one vertical axis: horizontal bars then name their rows once.
        mark: what a vertical line stands for, and where it is.
        width: of the picture in inches.
        options: for the kind: see :data:`KINDS`.

    Returns:
        The axes; an array of them for panels.

    Raises:
        UnusableValueError: if there is no such kind, no height, or a column that is not made of figures.
    """
    if kind not in KINDS:
        return _plain(data, kind, {"ax": ax, "x": x, "y": y, **options})
    frame = data.to_frame() if isinstance(data, pd.Series) else data if y is None else data[y]
    _require_figures(frame, KINDS[kind])
    words = _words[-1]
    names = words.labels(frame.index, rows)
    heads = words.labels(frame.columns, columns)
    drawn_columns = {head: list(column) for head, (_, column) in zip(heads, frame.items(), strict=True)}
    drawn = KINDS[kind]
    if ax is None and not height:
        raise UnusableValueError(
            f"a chart of the kind {kind} needs a height in inches: plot(kind={kind!r}, height=2.4)"
        )
    if not panels:
        axes = charts.canvas(height, width=width)[1] if ax is None else ax
        _draw(drawn, axes, names, drawn_columns, options)
        _draw_mark(axes, mark)
        return axes
    shared = drawn.shares_scale if sharey is None else sharey
    grid = np.atleast_1d(charts.canvas(height, *panels, width=width, sharey=shared)[1])
    for axes, (title, figures) in zip(grid.flat, drawn_columns.items(), strict=True):
        _draw(drawn, axes, names, {title: figures}, options)
        _draw_mark(axes, mark)
        axes.set_title(title)
    return grid


def _draw(
    kind: Kind, axes: Axes, names: list[str], columns: Mapping[str, list[Figure]], options: Mapping[str, Any]
) -> None:
    kind.draw(axes, names, list(columns.items()), **options)
    figures = [figure for drawn in columns.values() for figure in drawn]
    for option in options.values():
        figures += [one for one in (option if isinstance(option, tuple) else ()) if isinstance(one, Figure)]
    known = _drawings.setdefault(axes, Drawing())
    known.figures += [figure for figure in figures if isinstance(figure, Figure)]
    known.form = kind.form.format(*columns, all="、".join(columns))


def _draw_mark(axes: Axes, mark: tuple[str, float] | None) -> None:
    if mark:
        name, place = mark
        axes.axvline(place, color=charts.STRONG, linewidth=1, zorder=0)
        _drawings[axes].form += f"，竖线为{name}"


def _require_figures(frame: pd.DataFrame, kind: Kind) -> None:
    for head, column in frame.items():
        wrong = [one for one in column if not isinstance(one, Figure) and not (kind.has_gaps and one is pd.NA)]
        if wrong:
            what = "a missing figure" if wrong[0] is pd.NA else repr(wrong[0])
            raise UnusableValueError(
                f"the column {head!r} holds {what}, which this chart cannot draw: leave rows out with dropna(); plain "
                f"numbers are drawn by pandas' own kinds, such as kind='line'"
            )


def _plain(data: pd.DataFrame | pd.Series[Any], kind: str, options: Mapping[str, Any]) -> Any:
    """One of pandas' own kinds: figures become floats, and nothing is known of what was drawn."""
    own = "line", "bar", "barh", "hist", "box", "kde", "density", "area", "pie", "scatter", "hexbin"
    if kind not in own:
        raise UnusableValueError(f"there is no chart of the kind {kind!r}{nearest(kind, [*KINDS, *own])}")
    given = {name: value for name, value in options.items() if value is not None}
    draw: Any = data.plot
    return draw(kind=kind, backend="matplotlib", **given)


# --- the kinds

Columns = Sequence[tuple[str, list[Figure]]]


@dataclass(frozen=True)
class Kind:
    """A kind of chart: what draws it, and what it is called; the names of the columns fill the places.

    ``{all}`` is the place of all of them. ``shares_scale``: panels side by side have one scale. ``has_gaps``: figures
    may be missing.
    """

    draw: Callable[..., None]
    form: str
    shares_scale: bool = False
    has_gaps: bool = False


def _one(draw: Callable[..., None]) -> Callable[..., None]:
    """A kind of a single column."""

    def drawn(axes: Axes, names: list[str], columns: Columns, **options: Any) -> None:
        if len(columns) != 1:
            heads = ", ".join(name for name, _ in columns)
            raise UnusableValueError(
                f"this chart draws one column, not {len(columns)} ({heads}): choose one, or panels=(…)"
            )
        draw(axes, names, columns[0][1], **options)

    return drawn


def _series(columns: Columns, colors: Sequence[str] | None) -> list[charts.Series]:
    """The columns with their colours."""
    return [
        (name, color, figures)
        for (name, figures), color in zip(columns, colors or PALETTE[: len(columns)], strict=True)
    ]


def _filled_bars(axes: Axes, names: list[str], columns: Columns) -> None:
    (inner, filled), (outer, whole) = columns
    charts.filled_bars(axes, names, filled, whole, (f"{inner} ", f"{outer} ") if len(names) > 2 else (inner, outer))


def _stacked_bars(axes: Axes, names: list[str], columns: Columns, *, colors: Sequence[str] | None = None) -> None:
    """What is missing is no part of its bar."""
    nothing = Figure(Constant(Fraction(0)), PURE, {})
    parts = [(name, [one if isinstance(one, Figure) else nothing for one in figures]) for name, figures in columns]
    charts.stacked_bars(axes, names, _series(parts, colors))


def _paired_bars(axes: Axes, names: list[str], columns: Columns, *, colors: Sequence[str] | None = None) -> None:
    charts.paired_bars(axes, names, _series(columns, colors))


def _dumbbells(axes: Axes, names: list[str], columns: Columns, **options: Any) -> None:
    (left, starts), (right, ends) = columns
    charts.dumbbells(axes, names, starts, ends, (left, right), **options)


def _slopes(axes: Axes, names: list[str], columns: Columns, *, colors: Sequence[str] | None = None) -> None:
    """Rows are periods, columns are lines."""
    charts.slopes(axes, names, _series(columns, colors))


def _whiskers(axes: Axes, names: list[str], columns: Columns, *, colors: Sequence[str] | None = None) -> None:
    points, lows, highs = (figures for _, figures in columns)
    charts.whiskers(axes, names, points, lows, highs, colors)


def _progress(axes: Axes, names: list[str], columns: Columns) -> None:
    (bar, done), (tick, due) = columns
    charts.progress(axes, names, done, due, (bar, tick))


def _points(axes: Axes, names: list[str], columns: Columns, **options: Any) -> None:
    (across, xs), (up, ys) = columns
    charts.points(axes, names, xs, ys, (across, up), **options)


def _bridge(axes: Axes, names: list[str], columns: Columns, *, falls: Sequence[str] = ()) -> None:
    """The first row is the level before, the last one that after; between them flows, of which ``falls`` take away."""
    ((_, figures),) = columns
    opening, *flows, closing = zip(names, figures, strict=True)
    charts.bridge(axes, opening, [(name, -1 if name in falls else 1, flow) for name, flow in flows], closing)


def _paths(
    axes: Axes,
    names: list[str],
    columns: Columns,
    *,
    ceiling: tuple[str, Figure],
    colors: Sequence[str] = (charts.ACCENT, charts.DARK, charts.STRONG, charts.LIGHT, charts.PALE),
) -> None:
    """Rows are years, columns are lines; ``ceiling`` is a name and a figure."""
    if len(columns) > len(colors):
        raise UnusableValueError(f"there are {len(columns)} lines, and colours for {len(colors)}: leave some out")
    lines = [(name, color, figures) for (name, figures), color in zip(columns, colors, strict=False)]
    charts.paths(axes, list(map(int, names)), lines, ceiling)


KINDS: dict[str, Kind] = {
    "bars": Kind(_one(charts.bars), "横条图"),
    "columns": Kind(_one(charts.columns), "柱形图"),
    "dots": Kind(_one(charts.dots), "点图，带舍入区间"),
    "filled_bars": Kind(_filled_bars, "横条图，{0}画在{1}之内"),
    "stacked_bars": Kind(_stacked_bars, "堆叠横条图", has_gaps=True),
    "paired_bars": Kind(_paired_bars, "分组横条图，每组为{all}"),
    "dumbbells": Kind(_dumbbells, "哑铃图，每行由{0}到{1}"),
    "slopes": Kind(_slopes, "折线图，首尾标数"),
    "whiskers": Kind(_whiskers, "点图，每行由下端到上端"),
    "progress": Kind(_progress, "横条图，竖线为{1}"),
    "points": Kind(_points, "散点图，横轴为{0}，纵轴为{1}"),
    "bridge": Kind(_bridge, "瀑布图", shares_scale=True),
    "paths": Kind(_paths, "折线图"),
}
"""The kinds of charts by name.

The options of each are those of the function of the same name in :mod:`gongbao.chapter.charts`: ``colors`` (one a
row, or one a column where a column is a group), ``from_zero``, ``falls``, ``ceiling``, ``level``, ``diagonal``.
"""
