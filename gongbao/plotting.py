"""The charts of the book as a plotting backend of pandas: ``frame.plot(kind="bars", height=2.9)``.

What comes back is the drawing, which knows the figures in it; :meth:`gongbao.chapter.Chapter.chart` shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from gongbao import charts
from gongbao.figure import Figure
from gongbao.words import label, labels


def plot(
    data: pd.DataFrame | pd.Series,
    kind: str,
    *,
    height: float,
    x: None = None,
    y: Any = None,
    rows: str | None = None,
    panels: tuple[int, int] | None = None,
    width: float = charts.WIDTH,
    **options: Any,
) -> Canvas:
    """Draw a frame: rows are labels, columns are groups, parts or panels.

    Args:
        data: the figures.
        kind: one of :data:`KINDS`.
        height: inches.
        x: not used; pandas hands it over.
        y: the columns to draw, if not all.
        rows: the pattern of the labels, such as ``{kind} {year}``.
        panels: a chart for each column, in so many rows and columns of charts.
        width: inches.
        options: for the function of :mod:`gongbao.charts` that draws.
    """
    frame = data.to_frame() if isinstance(data, pd.Series) else data if y is None else data[y]
    names = labels(frame.index, rows)
    columns = [(label(frame.columns.name, key), list(frame[key])) for key in frame]
    draw = KINDS[kind]
    if panels:
        canvas, grid = charts.canvas(height, *panels, width=width, sharey=kind == "bridge")
        for axes, (title, figures) in zip(grid.flat, columns, strict=True):
            draw(axes, names, [(title, figures)], **options)
            axes.set_title(title)
    else:
        canvas, axes = charts.canvas(height, width=width)
        draw(axes, names, columns, **options)
    drawn = [figure for _, figures in columns for figure in figures] + list(options.get("ceiling", ()))
    # once each: what a chart puts below itself, and says to those who cannot see it
    canvas.figures = list({f.id or id(f): f for f in drawn if isinstance(f, Figure)}.values())  # type: ignore[attr-defined]
    canvas.form = FORMS.get(kind, "").format(*(name for name, _ in columns))  # type: ignore[attr-defined]
    return canvas


Columns = Sequence[tuple[str, list[Figure]]]


def _one(draw: Callable[..., None]) -> Callable[..., None]:
    def drawn(axes: Axes, names: list[str], columns: Columns, **options: Any) -> None:
        ((_, figures),) = columns
        draw(axes, names, figures, **options)

    return drawn


def _filled_bars(axes: Axes, names: list[str], columns: Columns) -> None:
    (inner, filled), (outer, whole) = columns
    charts.filled_bars(axes, names, filled, whole, (f"{inner} ", f"{outer} ") if len(names) > 2 else (inner, outer))


def _stacked_bars(axes: Axes, names: list[str], columns: Columns, *, colors: Sequence[str]) -> None:
    parts = [(name, color, figures) for (name, figures), color in zip(columns, colors, strict=True)]
    charts.stacked_bars(axes, names, parts)


def _bridge(axes: Axes, names: list[str], columns: Columns, *, falls: Sequence[str]) -> None:
    ((_, figures),) = columns
    opening, *flows, closing = zip(names, figures, strict=True)
    charts.bridge(axes, opening, [(name, -1 if name in falls else 1, flow) for name, flow in flows], closing)


def _paths(axes: Axes, names: list[str], columns: Columns, *, ceiling: tuple[str, Figure]) -> None:
    colors = [charts.ACCENT, charts.DARK, charts.STRONG, charts.LIGHT, charts.PALE]
    lines = [(name, color, figures) for (name, figures), color in zip(columns, colors, strict=False)]
    charts.paths(axes, list(map(int, names)), lines, ceiling)


KINDS: dict[str, Callable[..., None]] = {
    "bars": _one(charts.bars),
    "columns": _one(charts.columns),
    "dots": _one(charts.dots),
    "filled_bars": _filled_bars,
    "stacked_bars": _stacked_bars,
    "bridge": _bridge,
    "paths": _paths,
}
"""The kinds of charts by name."""

FORMS = {
    "bars": "横条图",
    "columns": "柱形图",
    "dots": "点图，带舍入区间",
    "filled_bars": "横条图，{0}画在{1}之内",
    "stacked_bars": "堆叠横条图",
    "bridge": "瀑布图",
}
"""What each kind is called for those who cannot see it; the columns fill the places."""
