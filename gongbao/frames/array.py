"""Figures in pandas: a column of them has the dtype ``figure[亿元]``.

Arithmetic on columns is that of the figures in them, so unit, rounding interval and lineage are carried along; what is
missing stays missing, also in a sum: a sum that passed over an unknown number would be false. Comparisons have three
answers: where intervals overlap, neither is known to be larger, and the answer is ``<NA>``.
"""

from __future__ import annotations

import builtins
import operator
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray, ExtensionDtype, register_extension_dtype, take
from pandas.api.indexers import check_array_indexer

from gongbao.figure import Figure
from gongbao.units import Unit

NOTHING = "—"
"""What is printed where a number is missing."""


@register_extension_dtype
class FigureDtype(ExtensionDtype):
    """A column of figures in one unit, ``figure[亿元]``; ``figure`` is one of several units."""

    type = Figure
    kind = "O"
    na_value = pd.NA
    _metadata = ("unit",)
    _units: dict[str, Unit] = {}

    @property
    def _is_numeric(self) -> bool:
        return True

    def __init__(self, unit: Unit | None = None) -> None:
        self.unit = unit
        if unit:
            self._units.setdefault(unit.symbol, unit)

    @property
    def name(self) -> str:  # type: ignore[override]
        """As pandas prints it."""
        return "figure" if self.unit is None else f"figure[{self.unit.symbol}]"

    @classmethod
    def construct_array_type(cls) -> builtins.type[FigureArray]:
        """The array of this dtype."""
        return FigureArray

    @classmethod
    def construct_from_string(cls, string: str) -> FigureDtype:
        """``figure[%]``: any declared unit, or one that has come up.

        Raises:
            TypeError: if it is another dtype, or a unit that there is not.
        """
        match = re.fullmatch(r"figure(?:\[(?P<symbol>.*)\])?", string)
        if match is None:
            raise TypeError(f"Cannot construct a 'FigureDtype' from {string!r}")
        return cls() if match["symbol"] is None else cls(cls.unit_called(match["symbol"]))

    @classmethod
    def unit_called(cls, symbol: str) -> Unit:
        """The unit that is printed so: any declared one, or one that has come up in arithmetic.

        Raises:
            TypeError: if there is none.
        """
        if symbol not in cls._units:
            from gongbao.ledger import load_units

            cls._units |= load_units()
        if symbol not in cls._units:
            raise TypeError(f"there is no unit {symbol!r}; data/units.csv declares them")
        return cls._units[symbol]

    def _get_common_dtype(self, dtypes: list[Any]) -> FigureDtype | None:
        if not all(isinstance(dtype, FigureDtype) for dtype in dtypes):
            return None
        return self if all(dtype == self for dtype in dtypes) else FigureDtype()


class FigureArray(ExtensionArray):
    """Figures, or nothing, one after the other."""

    def __init__(self, figures: Iterable[Figure | Any], dtype: FigureDtype | None = None) -> None:
        listed = [figure if isinstance(figure, Figure) else pd.NA for figure in figures]
        self._figures = np.empty(len(listed), dtype=object)
        self._figures[:] = listed
        self._dtype = dtype or _dtype_of(listed)

    # --- what pandas asks of an array

    @classmethod
    def _from_sequence(cls, scalars: Iterable[Any], *, dtype: Any = None, copy: bool = False) -> Self:
        if isinstance(dtype, str):
            dtype = FigureDtype.construct_from_string(dtype)
        scalars = list(scalars)
        if wrong := [scalar for scalar in scalars if not isinstance(scalar, Figure) and not pd.isna(scalar)]:
            raise TypeError(f"{wrong[0]!r} is no figure: a typed number has no source")
        if dtype is not None and dtype.unit is not None:
            scalars = [scalar.to(dtype.unit) if isinstance(scalar, Figure) else scalar for scalar in scalars]
        return cls(scalars, dtype)

    @classmethod
    def _concat_same_type(cls, to_concat: Sequence[Self]) -> Self:
        figures = [figure for array in to_concat for figure in array._figures]
        return cls(figures, to_concat[0].dtype)

    def _cast_pointwise_result(self, values: Any) -> Any:
        listed = list(values)
        if any(isinstance(value, Figure) for value in listed):
            return type(self)(listed)
        return super()._cast_pointwise_result(values)  # type: ignore[misc]

    @property
    def dtype(self) -> FigureDtype:
        """With the unit."""
        return self._dtype

    @property
    def nbytes(self) -> int:
        """Of the references; figures are shared."""
        return int(self._figures.nbytes)

    def __len__(self) -> int:
        return len(self._figures)

    def __getitem__(self, item: Any) -> Any:
        item = check_array_indexer(self, item)
        found = self._figures[item]
        return type(self)(found, self._dtype) if isinstance(found, np.ndarray) else found

    def __setitem__(self, key: Any, value: Any) -> None:
        if isinstance(value, Figure):
            value = value if self._dtype.unit is None else value.to(self._dtype.unit)
        elif isinstance(value, Iterable):
            value = type(self)._from_sequence(value, dtype=self._dtype)._figures
        self._figures[check_array_indexer(self, key)] = value

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if dtype is not None and np.dtype(dtype).kind == "f":
            return np.array([float(f) if isinstance(f, Figure) else np.nan for f in self._figures], dtype=dtype)
        if dtype is not None and np.dtype(dtype).kind in "US":
            return np.array([self._formatter(True)(f) for f in self._figures])
        return self._figures.copy() if copy else self._figures

    def isna(self) -> np.ndarray:
        """Where there is no figure."""
        return np.array([figure is pd.NA for figure in self._figures], dtype=bool)

    def take(self, indices: Any, *, allow_fill: bool = False, fill_value: Any = None) -> Self:
        """The figures at some places."""
        fill = pd.NA if fill_value is None else fill_value
        return type(self)(take(self._figures, indices, allow_fill=allow_fill, fill_value=fill), self._dtype)

    def copy(self) -> Self:
        """Another array of the same figures."""
        return type(self)(self._figures.copy(), self._dtype)

    def astype(self, dtype: Any, copy: bool = True) -> Any:
        """Figures in another unit, floats for a plot, or texts."""
        if isinstance(dtype, str) and dtype.startswith("figure"):
            dtype = FigureDtype.construct_from_string(dtype)
        if isinstance(dtype, FigureDtype):
            return self._from_sequence(self._figures, dtype=dtype)
        return super().astype(dtype, copy)

    def _formatter(self, boxed: bool = False) -> Callable[[Any], str]:
        return lambda figure: figure.tolerance_text if isinstance(figure, Figure) else NOTHING

    def _values_for_argsort(self) -> np.ndarray:
        return np.asarray(self, dtype=float)

    # --- arithmetic

    def _arithmetic(self, other: Any, symbol: Callable[[Any, Any], Any]) -> Any:
        if isinstance(other, pd.Series | pd.Index | pd.DataFrame):
            return NotImplemented
        others = self._others(other)
        results = [
            symbol(mine, theirs) if isinstance(mine, Figure) and theirs is not pd.NA else pd.NA
            for mine, theirs in zip(self._figures, others, strict=True)
        ]
        return type(self)(results)

    def _others(self, other: Any) -> list[Any]:
        if isinstance(other, Figure) or pd.api.types.is_scalar(other):
            return [_whole(other)] * len(self)
        return [_whole(one) for one in other]

    def __add__(self, other: Any) -> Any:
        return self._arithmetic(other, operator.add)

    def __radd__(self, other: Any) -> Any:
        return self._arithmetic(other, lambda a, b: b + a)

    def __sub__(self, other: Any) -> Any:
        return self._arithmetic(other, operator.sub)

    def __rsub__(self, other: Any) -> Any:
        return self._arithmetic(other, lambda a, b: b - a)

    def __mul__(self, other: Any) -> Any:
        return self._arithmetic(other, operator.mul)

    def __rmul__(self, other: Any) -> Any:
        return self._arithmetic(other, lambda a, b: b * a)

    def __truediv__(self, other: Any) -> Any:
        return self._arithmetic(other, operator.truediv)

    def __rtruediv__(self, other: Any) -> Any:
        return self._arithmetic(other, lambda a, b: b / a)

    def __neg__(self) -> Any:
        return self._arithmetic(-1, operator.mul)

    def _compared(self, other: Any, true: Callable[[Any], bool], false: Callable[[Any], bool]) -> Any:
        """What the difference says of each: true, false, or nothing where rounding leaves both open."""
        if isinstance(other, pd.Series | pd.Index | pd.DataFrame):
            return NotImplemented
        found: list[bool | None] = []
        for mine, theirs in zip(self._figures, self._others(other), strict=True):
            if mine is pd.NA or theirs is pd.NA:
                found.append(None)
                continue
            # the difference of the two, not the two: what both rest on is not rounded in two ways
            gap = mine.interval if isinstance(theirs, int) and theirs == 0 else (mine - theirs).interval
            found.append(True if true(gap) else False if false(gap) else None)
        return pd.array(found, dtype="boolean")

    def __gt__(self, other: Any) -> Any:
        return self._compared(other, lambda gap: gap.low > 0, lambda gap: gap.high <= 0)

    def __ge__(self, other: Any) -> Any:
        return self._compared(other, lambda gap: gap.low >= 0, lambda gap: gap.high < 0)

    def __lt__(self, other: Any) -> Any:
        return self._compared(other, lambda gap: gap.high < 0, lambda gap: gap.low >= 0)

    def __le__(self, other: Any) -> Any:
        return self._compared(other, lambda gap: gap.high <= 0, lambda gap: gap.low > 0)

    def __eq__(self, other: Any) -> Any:
        return self._compared(other, lambda gap: gap.low == gap.high == 0, lambda gap: gap.low > 0 or gap.high < 0)

    def __ne__(self, other: Any) -> Any:
        return self._compared(other, lambda gap: gap.low > 0 or gap.high < 0, lambda gap: gap.low == gap.high == 0)

    # --- reductions

    def _reduce(self, name: str, *, skipna: bool = True, keepdims: bool = False, **kwargs: Any) -> Any:
        result = _reduced(name, list(self._figures))
        return type(self)([result]) if keepdims else result

    def _accumulate(self, name: str, *, skipna: bool = True, **kwargs: Any) -> Self:
        if name != "cumsum":
            raise NotImplementedError(f"figures have no {name}")
        return type(self)([_reduced("sum", list(self._figures[: end + 1])) for end in range(len(self))])

    def _groupby_op(self, *, how: str, ngroups: int, ids: np.ndarray, **kwargs: Any) -> Any:
        groups = [[self._figures[place] for place in np.flatnonzero(ids == group)] for group in range(ngroups)]
        if how in ("first", "last"):
            return type(self)([group[0 if how == "first" else -1] for group in groups])
        return type(self)([_reduced(how, group) for group in groups])


def _whole(value: Any) -> Any:
    """What figures may be joined with: numpy's integers are Python's to them, and floats have no source."""
    return int(value) if isinstance(value, np.integer) else value


def _reduced(name: str, figures: list[Any]) -> Any:
    """Sum, mean, smallest or largest; nothing if any is missing.

    Raises:
        TypeError: for what figures do not have.
    """
    if name not in ("sum", "mean", "min", "max"):
        raise TypeError(f"figures have no {name}")
    if not figures or any(figure is pd.NA for figure in figures):
        return pd.NA
    if name in ("min", "max"):
        return (min if name == "min" else max)(figures, key=lambda figure: figure.exact)
    total = sum(figures[1:], start=figures[0])
    return total if name == "sum" else total / len(figures)


def _dtype_of(figures: Iterable[Any]) -> FigureDtype:
    units = {figure.unit for figure in figures if isinstance(figure, Figure)}
    return FigureDtype(units.pop()) if len(units) == 1 else FigureDtype()
