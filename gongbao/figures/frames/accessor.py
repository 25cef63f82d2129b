"""What figures know and can do, for whole columns and frames: ``debt["rate"].figure.to("%")``, ``debt.figure.text``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import pandas as pd
from pandas.api.extensions import register_dataframe_accessor, register_series_accessor

from gongbao.figures.figure import Figure
from gongbao.figures.frames.array import FigureArray, FigureDtype
from gongbao.figures.units import Unit

Data = TypeVar("Data", "pd.Series[Any]", pd.DataFrame)


@register_series_accessor("figure")
@register_dataframe_accessor("figure")
class FigureAccessor(Generic[Data]):
    """The attributes and methods of :class:`gongbao.figures.figure.Figure`, one for each figure of a column or frame.

    What comes back has the same index and name; where there is no figure, there is nothing (``NaN`` among strings and
    floats, ``<NA>`` else). A column of objects that holds figures only is taken for a column of figures, since that is
    what pandas makes of a list of them. In a frame all columns have to be figures.

    Raises:
        AttributeError: if it holds anything but figures; so says pandas that there is no such accessor.
    """

    def __init__(self, data: Data) -> None:
        self._data: Data = _by_column(_figures, data)

    # --- other figures

    def to(self, unit: str | Unit) -> Data:
        """The same quantities in another unit, by its symbol: ``to("%")``.

        Raises:
            TypeError: if there is no such unit.
            UnitError: if it measures something else.
        """
        other = FigureDtype.unit_called(unit)
        return self._figures(lambda figure: figure.to(other), other)

    def as_count(self, unit: str | Unit) -> Data:
        """Plain numbers as counts of something; see :meth:`gongbao.figures.figure.Figure.as_count`.

        Raises:
            TypeError: if there is no such unit.
            UnitError: if they are no plain numbers, or the unit does not count.
        """
        other = FigureDtype.unit_called(unit)
        return self._figures(lambda figure: figure.as_count(other), other)

    def root(self, degree: int) -> Data:
        """The positive roots of ratios, such as yearly factors of growth.

        Raises:
            UnitError: if they are no ratios.
        """
        return self._figures(lambda figure: figure.root(degree))

    def whole(self) -> Data:
        """The whole numbers that counts can be; see :meth:`gongbao.figures.figure.Figure.whole`.

        Raises:
            ValueError: if for one of them no whole number is possible.
        """
        return self._figures(Figure.whole)

    # --- as they are printed

    @property
    def text(self) -> Data:
        """Honest digits and unit, such as ``65亿元``."""
        return self._each(lambda figure: figure.text, "str")

    @property
    def number(self) -> Data:
        """Honest digits without the unit, such as ``65``; strings."""
        return self._each(lambda figure: figure.number, "str")

    @property
    def tolerance(self) -> Data:
        """As a column prints them, with how far they may be off where digits are few: ``65.3±0.1亿元``."""
        return self._each(lambda figure: figure.tolerance_text, "str")

    @property
    def range(self) -> Data:
        """What rounding leaves open, such as ``65.2～65.4亿元``."""
        return self._each(lambda figure: figure.range_text, "str")

    # --- for computing and plotting

    @property
    def exact(self) -> Data:
        """The values in their units, :class:`fractions.Fraction`; for a plot ``astype(float)``."""
        return self._each(lambda figure: figure.exact, object)

    @property
    def low(self) -> Data:
        """The lower ends of the intervals in their units, floats; ``-inf`` where there is none."""
        return self._each(lambda figure: float(figure.interval.low), float)

    @property
    def high(self) -> Data:
        """The upper ends, floats; ``inf`` where there is none."""
        return self._each(lambda figure: float(figure.interval.high), float)

    # --- what they are

    @property
    def id(self) -> Data:
        """``debt.limit.total@2023``; empty for what has not been published."""
        return self._each(lambda figure: figure.id, "str")

    @property
    def series(self) -> Data:
        """The ids before the ``@``."""
        return self._each(lambda figure: figure.series, "str")

    @property
    def period(self) -> Data:
        """The ids behind the ``@``: ``2022``, ``2022-12-31``, ``2023-01/2023-08``."""
        return self._each(lambda figure: figure.period, "str")

    @property
    def name_zh(self) -> Data:
        """The Chinese names."""
        return self._each(lambda figure: figure.name_zh, "str")

    @property
    def name_en(self) -> Data:
        """The English names."""
        return self._each(lambda figure: figure.name_en, "str")

    @property
    def unit(self) -> Data:
        """The symbols of the units."""
        return self._each(lambda figure: figure.unit.symbol, "str")

    @property
    def formula(self) -> Data:
        """How they are computed, with ids in braces; empty for what is stated."""
        return self._each(lambda figure: figure.formula, "str")

    @property
    def claim(self) -> Data:
        """What kinds of claims they are: ``stated``, ``derived``, ``inferred``, ``external``."""
        return self._each(lambda figure: str(figure.claim), "str")

    @property
    def inference(self) -> Data:
        """The assumptions that they rest on; empty for what rests on none."""
        return self._each(lambda figure: figure.inference, "str")

    # --- one by one

    def _each(self, function: Callable[[Figure], Any], dtype: Any) -> Data:
        def column(figures: pd.Series[Any]) -> pd.Series[Any]:
            found = [function(one) if isinstance(one, Figure) else None for one in figures]
            return pd.Series(found, figures.index, dtype=dtype, name=figures.name)

        return _by_column(column, self._data)

    def _figures(self, function: Callable[[Figure], Figure], unit: Unit | None = None) -> Data:
        def column(figures: pd.Series[Any]) -> pd.Series[Any]:
            made = [function(one) if isinstance(one, Figure) else one for one in figures]
            found = FigureArray(made, FigureDtype(unit) if unit else None)
            return pd.Series(found, figures.index, name=figures.name)

        return _by_column(column, self._data)


def _by_column(function: Callable[[pd.Series[Any]], pd.Series[Any]], data: Data) -> Data:
    if isinstance(data, pd.Series):
        return function(data)
    # not apply(), which calls nothing where there are no rows
    columns = [function(column) for _, column in data.items()]
    return pd.concat(columns, axis=1).set_axis(data.columns, axis=1) if columns else data


def _figures(column: pd.Series[Any]) -> pd.Series[Any]:
    try:
        return column if isinstance(column.dtype, FigureDtype) else column.astype(FigureDtype())
    except TypeError:
        name = "" if column.name is None else f" {column.name!r}"
        raise AttributeError(f"the column{name} holds {column.dtype}, not figures: .figure is for figures") from None
