"""The plotting backend of pandas that draws figures: ``frame.plot(kind="bars", height=2.9)``.

Rows are labels, columns are what the kind draws: one series, parts of a whole, two ends. It returns axes of
matplotlib, to which anything may be added; :meth:`gongbao.chapter.Chapter.chart` puts them on the page. The module
keeps which figures were drawn in which axes, and the description of the chart for those who cannot see it.

The kinds are those of :mod:`gongbao.chapter.kinds`; pandas' own (``line``, ``hist`` …) are drawn as usual.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from inspect import signature
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from matplotlib import pyplot, units
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from pandas.api.types import is_object_dtype

from gongbao.chapter import charts
from gongbao.chapter.kinds import KINDS, Column, Kind
from gongbao.figures.errors import UnusableValueError, nearest
from gongbao.figures.figure import Figure
from gongbao.figures.frames.array import FigureArray, FigureDtype, require_one_scale, require_order
from gongbao.figures.units import Unit, UnitError
from gongbao.ledger.words import Words

_OF_PANDAS = "line", "bar", "barh", "hist", "box", "kde", "density", "area", "pie", "scatter", "hexbin"

Mark: TypeAlias = tuple[str, float | Figure]
"""The meaning of a line, and its place."""

Figures: TypeAlias = Figure | Iterable[Figure] | pd.DataFrame
"""Figures that were drawn: one, a list, a column, a frame."""

_HOW_MANY = {2: "两幅", 3: "三幅", 4: "四幅"}


@dataclass
class Drawing:
    """The contents of axes, or of a picture: figures in the order of the columns, and the kind of chart in words."""

    figures: list[Figure]
    form: str


_drawings: WeakKeyDictionary[Axes, Drawing] = WeakKeyDictionary()


class _Converter(units.ConversionInterface):
    """Converts figures that matplotlib draws by itself to floats in the first unit along an axis; others do not fit.

    Without it, matplotlib computes with figures themselves: some drawings fail, others have no limits.
    """

    @staticmethod
    def default_units(x: Any, axis: Any) -> Unit | None:
        figures = FigureArray(np.ravel(np.asarray(x, dtype=object)))
        require_order(figures)
        require_one_scale(figures)
        if axis.units:  # here, since matplotlib hides an error of `convert` behind one of its own
            FigureArray(figures, FigureDtype(axis.units))
        return figures.dtype.unit

    @staticmethod
    def convert(obj: Any, unit: Any, axis: Any) -> np.ndarray:
        figures = np.asarray(obj, dtype=object)
        return np.asarray(FigureArray(figures.ravel(), FigureDtype(unit)), dtype=float).reshape(figures.shape)


units.registry[Figure] = _Converter()

words = Words("", Path())
"""The labels of rows and columns: the words of the chapter that was made last."""


def drawing(canvas: Canvas, form: str = "", also: Figures = ()) -> Drawing:
    """All figures of a picture, once each, and its kind: the kinds of its axes, each once, unless ``form`` is given.

    Figures that matplotlib drew without this module are not known; ``also`` names them, an UnusableValueError if they
    are none. Missing values among them are left out: nothing was drawn.
    """
    found = [_drawings[axes] for axes in canvas.axes if axes in _drawings]
    named = also.to_numpy().flat if isinstance(also, pd.DataFrame) else [also] if isinstance(also, Figure) else also
    drawn = [*(figure for one in found for figure in one.figures), *(one for one in named if one is not pd.NA)]
    if strange := [one for one in drawn if not isinstance(one, Figure)]:
        raise UnusableValueError(f"{strange[0]!r} is no figure: also= names those that were drawn")
    figures = {figure.id or str(id(figure)): figure for figure in drawn}
    forms = list(dict.fromkeys(one.form for one in found))
    how_many = _HOW_MANY.get(len(found), "") if len(forms) == 1 else ""
    return Drawing(list(figures.values()), form or how_many + "；".join(forms))


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
    mark: Mark | None = None,
    width: float = charts.WIDTH,
    **options: Any,
) -> Any:
    """Draw a frame.

    Args:
        data: the figures.
        kind: one of :mod:`gongbao.chapter.kinds`, or one that pandas has itself.
        height: of the picture in inches, if there are no axes to draw in.
        ax: axes to draw in, such as one of :func:`gongbao.chapter.charts.canvas`.
        x: only for pandas' own kinds.
        y: the columns to draw, if not all.
        rows: the pattern of the labels of the rows, such as ``{kind}，{year}年末``; without one, their words.
        columns: the pattern of the labels of the columns, such as the titles of panels.
        panels: a chart for each column, in so many rows and columns of charts, whose axes come back as an array.
        sharey: whether panels have one vertical axis: horizontal bars then name their rows once.
        mark: the meaning of a vertical line, and its place.
        width: of the picture in inches.
        options: for the kind, the arguments of its function.

    An UnusableValueError for an unknown kind, no height, a column too many, or one that is not made of figures.
    """
    if kind not in KINDS:
        size = (width, height) if height and ax is None else None
        return _plain(data, kind, {"figsize": size, "ax": ax, "x": x, "y": y, "sharey": sharey, **options})
    drawn = KINDS[kind]
    chosen = data if y is None else data[y]
    frame = chosen.to_frame() if isinstance(chosen, pd.Series) else chosen
    _require_figures(frame, drawn)
    _require_mark(mark)
    if ax is None and not (isinstance(height, int | float) and height > 0):
        raise UnusableValueError(
            f"a chart of the kind {kind} needs a height in inches: plot(kind={kind!r}, height=2.4)"
        )
    names, heads = words.labels(frame.index, rows), words.labels(frame.columns, columns)
    labelled = [
        pd.Series(list(column), names, dtype=object, name=head)
        for head, (_, column) in zip(heads, frame.items(), strict=True)
    ]
    if not panels:
        axes = charts.canvas(height, width=width)[1] if ax is None else ax
        _draw(drawn, axes, labelled, options, mark)
        return axes
    if not isinstance(panels, tuple) or len(labelled) != math.prod(panels):
        expected = "rows and columns of charts, one for each column"
        raise UnusableValueError(f"there are {len(labelled)} columns, and panels={panels!r}; expected: {expected}")
    shared = drawn.shares_scale if sharey is None else sharey
    grid = np.atleast_1d(charts.canvas(height, *panels, width=width, sharey=shared)[1])
    for axes, column in zip(grid.flat, labelled, strict=True):
        _draw(drawn, axes, [column], options, mark)
        axes.set_title(column.name)
    return grid


def _draw(kind: Kind, axes: Axes, columns: Sequence[Column], options: Mapping[str, Any], mark: Mark | None) -> None:
    heads = [str(column.name) for column in columns]
    try:
        signature(kind.draw).bind(axes, *columns, **options)
    except TypeError as error:
        takes = ", ".join(list(signature(kind.draw).parameters)[1:])
        raise UnusableValueError(
            f"{error}: this chart takes {takes}, and the columns are {', '.join(heads)}: choose some, or panels=(…); "
            "title and note are given to chapter.chart, and what else is drawn to the axes that plot returns"
        ) from None
    levels = [one for option in (*options.values(), mark) if isinstance(option, tuple) for one in option]
    known = _drawings.setdefault(axes, Drawing([], ""))
    drawn = known.figures + [one for one in (*chain(*columns), *levels) if isinstance(one, Figure)]
    require_one_scale(drawn)
    kind.draw(axes, *columns, **options)
    known.figures = drawn
    known.form = kind.form.format(*heads, all="、".join(heads))
    if mark:
        name, place = mark
        axes.axvline(float(place), color=charts.REQUIRED, linewidth=1, zorder=0)
        known.form += f"，竖线为{name}"


def _require_mark(mark: Any) -> None:
    match mark:
        case None | (str(), int() | float() | Figure()):
            return
    raise UnusableValueError(f"mark={mark!r}; expected: what a vertical line stands for, and where it is")


def _require_figures(frame: pd.DataFrame, kind: Kind) -> None:
    for head, column in frame.items():
        for one in column:
            if isinstance(one, Figure) or (kind.has_gaps and one is pd.NA):
                continue
            what = "a missing figure" if one is pd.NA else repr(one)
            raise UnusableValueError(
                f"the column {head!r} holds {what}, which this chart cannot draw: leave rows out with dropna(); plain "
                f"numbers are drawn by pandas' own kinds, such as kind='line'"
            )


def _floats(data: Any) -> Any:
    """A column or frame with floats in place of figures; anything else as it is."""
    if isinstance(data, pd.DataFrame):
        return data.apply(_floats)
    if isinstance(data, pd.Series) and is_object_dtype(data) and any(isinstance(one, Figure) for one in data):
        return data.astype(FigureDtype()).astype(float)
    return data.astype(float) if isinstance(getattr(data, "dtype", None), FigureDtype) else data


def __getattr__(name: str) -> Any:
    """The other functions of a backend, such as ``hist_frame``: pandas' own backend draws them."""
    if name.startswith("_"):
        raise AttributeError(f"there is no {name}")
    draw = getattr(pd.plotting, name)
    return lambda data, *given, **options: _on_one_scale(
        draw(_floats(data), *given, backend="matplotlib", **options), data, options.get("column")
    )


def _plain(data: pd.DataFrame | pd.Series[Any], kind: str, options: Mapping[str, Any]) -> Any:
    """Draw one of pandas' own kinds: figures become floats, and it is not kept which were drawn."""
    if kind not in _OF_PANDAS:
        raise UnusableValueError(f"there is no chart of the kind {kind!r}{nearest(kind, [*KINDS, *_OF_PANDAS])}")
    given = {name: value for name, value in options.items() if value is not None}
    axes = _floats(data).plot(kind=kind, backend="matplotlib", **given)
    # in these each column has an axis of its own
    if kind in ("scatter", "hexbin"):
        return axes
    return _on_one_scale(axes, data, given.get("y"), given.get("x"), given.get("secondary_y"))


def _listed(names: Any) -> list[Any]:
    return list(names) if pd.api.types.is_list_like(names) else [names]


def _on_one_scale(axes: Any, data: Any, chosen: Any = None, *apart: Any) -> Any:
    """Return the axes; a UnitError if units drawn on one axis, now or before, do not go together."""
    if isinstance(axes, Axes) and isinstance(data, pd.Series | pd.DataFrame):
        frame: Any = pd.DataFrame(data)
        named, others = _listed(chosen), [name for given in apart for name in _listed(given)]
        drawn = [name for name in frame.columns if name in named] or list(frame.columns)
        shared = frame[[name for name in drawn if name not in others]]
        figures = [one for one in shared.to_numpy().flat if isinstance(one, Figure)]
        try:  # matplotlib keeps the unit of an axis
            axes.yaxis.update_units(figures)  # type: ignore[no-untyped-call]
        except UnitError as error:
            pyplot.close(axes.get_figure(root=True))
            raise UnitError(f"on one axis: {error}; subplots=True draws columns apart, y=[…] chooses some") from None
    return axes
