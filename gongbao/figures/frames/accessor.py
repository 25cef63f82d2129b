"""Attributes and methods of figures for columns and frames: ``debt["rate"].figure.to("%")``, ``debt.figure.text``."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, Generic, TypeVar

import pandas as pd
from pandas.api.extensions import register_dataframe_accessor, register_series_accessor

from gongbao.figures.figure import Figure
from gongbao.figures.frames.array import FigureDtype
from gongbao.figures.units import Unit, unit_called

Data = TypeVar("Data", "pd.Series[Any]", pd.DataFrame)


def _attribute(path: str, dtype: Any, doc: str) -> property:
    """A property that collects the attribute at a dotted path of each figure."""
    return property(lambda accessor: accessor._each(attrgetter(path), dtype), doc=doc)


@register_series_accessor("figure")
@register_dataframe_accessor("figure")
class FigureAccessor(Generic[Data]):
    """The attributes and methods of :class:`gongbao.figures.figure.Figure`, one for each figure of a column or frame.

    What comes back has the same index and name; where there is no figure, there is nothing (``NaN`` among strings and
    floats, ``None`` among exact values, ``<NA>`` among figures). A column of objects that holds figures only is taken
    for a column of figures, since that is what pandas makes of a list of them. Anything else, also in one column of a
    frame, is an AttributeError.
    """

    def __init__(self, data: Data) -> None:
        self._data: Data = _by_column(_figures, data)

    # --- other figures

    def to(self, unit: str | Unit) -> Data:
        """The same quantities in another unit, by its symbol: ``to("%")``.

        A TypeError if there is no such unit, a UnitError if it measures something else.
        """
        other = unit_called(unit)
        return self._each(lambda figure: figure.to(other), FigureDtype(other))

    def with_unit(self, unit: str | Unit) -> Data:
        """The same numbers in a unit that arithmetic cannot know: organizations that are counted as teams."""
        other = unit_called(unit)
        return self._each(lambda figure: figure.with_unit(other), FigureDtype(other))

    def with_decimals(self, decimals: int) -> Data:
        """The same numbers, printed with so many decimals."""
        return self._each(lambda figure: figure.with_decimals(decimals), FigureDtype())

    def root(self, degree: int) -> Data:
        """The positive roots of ratios, such as yearly factors of growth; a UnitError if they are no ratios."""
        return self._each(lambda figure: figure.root(degree), FigureDtype())

    def whole(self) -> Data:
        """The whole numbers that counts can be; a ValueError if for one of them none is possible."""
        return self._each(Figure.whole, FigureDtype())

    # --- as they are printed, strings

    text = _attribute("text", "str", "Honest digits and unit, such as ``65亿元``.")
    number = _attribute("number", "str", "Honest digits without the unit, such as ``65``.")
    tolerance = _attribute("tolerance_text", "str", "Where digits are few, with how far off: as a column prints them.")
    range = _attribute("range_text", "str", "What rounding leaves open, such as ``65.2～65.4亿元``.")

    # --- for computing and plotting, in the units of the figures

    exact = _attribute("exact", object, "The values, :class:`fractions.Fraction`; for a plot ``astype(float)``.")
    low = _attribute("interval.low", float, "The lower ends of the intervals, floats; ``-inf`` where there is none.")
    high = _attribute("interval.high", float, "The upper ends of the intervals, floats; ``inf`` where there is none.")

    # --- what they are, strings

    id = _attribute("id", "str", "``debt.limit.total@2023``; empty for what has not been published.")
    series = _attribute("series", "str", "The ids before the ``@``.")
    period = _attribute("period", "str", "The ids behind the ``@``: ``2022``, ``2022-12-31``, ``2023-01/2023-08``.")
    name_zh = _attribute("name_zh", "str", "The Chinese names.")
    name_en = _attribute("name_en", "str", "The English names.")
    unit = _attribute("unit.symbol", "str", "The symbols of the units.")
    formula = _attribute("formula", "str", "How they are computed, with ids in braces; empty for what is stated.")
    claim = _attribute("claim", "str", "Kinds of claims: ``stated``, ``derived``, ``inferred``, ``external``.")
    inference = _attribute("inference", "str", "The assumptions that they rest on; empty for what rests on none.")

    # --- one by one

    def _each(self, function: Callable[[Figure], Any], dtype: Any) -> Data:
        def column(figures: pd.Series[Any]) -> pd.Series[Any]:
            found = [function(one) if isinstance(one, Figure) else None for one in figures]
            return pd.Series(found, figures.index, dtype=dtype, name=figures.name)

        return _by_column(column, self._data)


def _by_column(function: Callable[[pd.Series[Any]], pd.Series[Any]], data: Data) -> Data:
    if isinstance(data, pd.Series):
        return function(data)
    # not apply(), which does not call the function if there are no rows
    columns = [function(column) for _, column in data.items()]
    return pd.concat(columns, axis=1).set_axis(data.columns, axis=1) if columns else data


def _figures(column: pd.Series[Any]) -> pd.Series[Any]:
    try:
        return column if isinstance(column.dtype, FigureDtype) else column.astype(FigureDtype())
    except TypeError:
        name = "" if column.name is None else f" {column.name!r}"
        raise AttributeError(f"the column{name} holds {column.dtype}, not figures: .figure is for figures") from None
