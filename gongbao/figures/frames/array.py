"""The dtype of figures, and the array behind a column of them."""

from __future__ import annotations

import builtins
import operator
import re
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import partial, partialmethod
from typing import Any, NoReturn, Self, cast

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionDtype, register_extension_dtype
from pandas.api.types import is_integer, is_list_like, pandas_dtype
from pandas.core.arraylike import OpsMixin
from pandas.core.arrays._mixins import NDArrayBackedExtensionArray

from gongbao.figures.errors import RefusedError, UnusableValueError
from gongbao.figures.expression import Constant
from gongbao.figures.figure import NOT_ROUNDED, TYPED, Figure
from gongbao.figures.units import KNOWN, Unit, UnitError, unit_called

NOTHING = "—"
"""Printed in tables of the book for a missing number."""


@register_extension_dtype
class FigureDtype(ExtensionDtype):
    """The dtype of figures in one unit, ``figure[亿元]``; plain ``figure`` is for several units, or for none yet."""

    type = Figure
    na_value = pd.NA
    _is_numeric = True
    _metadata = ("unit",)

    def __init__(self, unit: Unit | None = None) -> None:
        self.unit = unit
        if unit:
            KNOWN.setdefault(unit.symbol, unit)

    @property
    def name(self) -> str:  # type: ignore[override]
        """The name that pandas prints."""
        return "figure" if self.unit is None else f"figure[{self.unit.symbol}]"

    def __repr__(self) -> str:
        return self.name

    @classmethod
    def construct_array_type(cls) -> builtins.type[FigureArray]:
        """The array of this dtype."""
        return FigureArray

    @classmethod
    def construct_from_string(cls, string: str) -> FigureDtype:
        """The dtype that is written ``figure[%]``; a TypeError for another dtype, or an unknown unit."""
        if not isinstance(string, str):
            raise TypeError(f"'construct_from_string' expects a string, got {type(string)}")
        match = re.fullmatch(r"figure(?:\[(?P<symbol>.*)\])?", string)
        if match is None:
            raise TypeError(f"Cannot construct a 'FigureDtype' from '{string}'")
        return cls() if match["symbol"] is None else cls(unit_called(match["symbol"]))

    def _get_common_dtype(self, dtypes: list[Any]) -> FigureDtype | None:
        if not all(isinstance(dtype, FigureDtype) for dtype in dtypes):
            return None
        return self if all(dtype == self for dtype in dtypes) else FigureDtype()


def _example(side: Any) -> Any:
    """A figure 1 in the array's unit, to find the unit of an all-missing result; other operands unchanged."""
    unit = side.dtype.unit if isinstance(side, FigureArray) else None
    return Figure(Constant(Fraction(1)), unit, {}) if unit else side


class FigureArray(OpsMixin, NDArrayBackedExtensionArray):
    """An array of figures and missing values; :mod:`gongbao.figures.frames` says how it behaves.

    Args:
        figures: figures and what pandas takes for missing; others are a TypeError: a typed number has no source.
        dtype: with a unit, to which all are converted (or a UnitError); without, that of the figures, if they agree.
    """

    _internal_fill_value = pd.NA
    _readonly: bool  # pandas sets it where frames share memory

    def __init__(self, figures: Iterable[Any], dtype: FigureDtype | None = None) -> None:
        listed = [_cell(figure, dtype.unit if dtype else None) for figure in figures]
        cells = np.empty(len(listed), dtype=object)
        cells[:] = listed
        if not (dtype and dtype.unit):
            units = {one.unit for one in listed if one is not pd.NA}
            dtype = FigureDtype(units.pop()) if len(units) == 1 else FigureDtype()
        super().__init__(cells, dtype)  # type: ignore[call-arg]  # the stubs leave it out

    # --- what pandas asks of an array

    @classmethod
    def _from_sequence(cls, scalars: Iterable[Any], *, dtype: Any = None, copy: bool = False) -> Self:
        return cls(scalars, dtype if dtype is None else cast(FigureDtype, pandas_dtype(dtype)))

    @classmethod
    def _concat_same_type(cls, to_concat: Sequence[Self]) -> Self:
        dtypes = {array.dtype for array in to_concat}
        return cls(np.concatenate(to_concat), dtypes.pop() if len(dtypes) == 1 else None)

    def _cast_pointwise_result(self, values: Any) -> Any:
        known = [one for one in map(_or_missing, values) if one is not pd.NA]
        if known and all(isinstance(one, Figure) for one in known):
            return type(self)(values)
        return super()._cast_pointwise_result(values)  # type: ignore[misc]

    @property
    def dtype(self) -> FigureDtype:
        """The dtype, with its unit."""
        return cast(FigureDtype, self._dtype)

    def _validate_scalar(self, value: Any) -> Any:
        return _cell(value, self.dtype.unit)

    def _validate_setitem_value(self, value: Any) -> Any:
        return type(self)(value, self.dtype)._ndarray if is_list_like(value) else self._validate_scalar(value)

    def __setitem__(self, key: Any, value: Any) -> None:
        if is_integer(key) and is_list_like(value):
            raise ValueError("setting an array element with a sequence")
        super().__setitem__(key, value)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        kind = "O" if dtype is None else np.dtype(dtype).kind
        if kind == "f":
            require_one_scale(self._ndarray)
            return np.array([float(one) if isinstance(one, Figure) else np.nan for one in self._ndarray], dtype=dtype)
        if kind not in "OUS":
            raise RefusedError(f"figures are no {np.dtype(dtype)}; astype(float) gives plain numbers")
        if copy or kind != "O":
            return self._ndarray.astype(dtype or object)
        seen = self._ndarray.view()
        seen.flags.writeable = not self._readonly
        return seen

    def _formatter(self, boxed: bool = False) -> Callable[[Any], str]:
        return lambda one: one.shown if isinstance(one, Figure) else str(one)

    def isna(self) -> np.ndarray:
        """Which cells have no figure."""
        return pd.isna(self._ndarray)

    def _values_for_json(self) -> np.ndarray:
        return np.array([None if one is pd.NA else str(one) for one in self._ndarray], dtype=object)

    # --- order

    def _values_for_argsort(self) -> np.ndarray:
        require_order(self._ndarray)
        return np.array([np.nan if one is pd.NA else float(one.in_base_units) for one in self._ndarray], dtype=float)

    def _extreme(self, name: str, wanted: str, skipna: bool = True) -> int:
        """The place of the smallest or largest figure; a ValueError if a figure is missing."""
        if self.isna().any():
            raise UnusableValueError(
                f"Encountered an NA value: it might be the {wanted}; dropna() leaves those that are known"
            )
        return int(getattr(super(), name)())

    argmin = partialmethod(_extreme, "argmin", "smallest")
    argmax = partialmethod(_extreme, "argmax", "largest")

    def isin(self, values: Any) -> Any:
        """Which figures are among these, with the same formula, too; other values than figures are a TypeError."""
        return super().isin(type(self)(values))  # type: ignore[misc]  # the stubs leave it out

    # --- arithmetic and comparison, figure by figure

    def _arith_method(self, other: Any, op: Callable[[Any, Any], Any]) -> Self:
        found = self._pairwise(op, other)
        examples = _example(self), _example(other)
        if all(one is pd.NA for one in found) and all(isinstance(one, Figure | int) for one in examples):
            # all missing: the unit follows from the operands
            return type(self)(found, FigureDtype(op(*examples).unit))
        return type(self)(found)

    def _cmp_method(self, other: Any, op: Callable[[Any, Any], Any]) -> Any:
        if op is operator.ne:
            return ~self._cmp_method(other, operator.eq)
        return pd.array(self._pairwise(Figure.is_equal if op is operator.eq else op, other), dtype="boolean")

    def _pairwise(self, function: Callable[[Any, Any], Any], other: Any) -> list[Any]:
        """The function of each figure and its partner in a list, or one other for all; missing where either is."""
        if not is_list_like(other):
            others = [_or_missing(other)] * len(self)
        elif len(other) == len(self):
            others = [_or_missing(one) for one in other]
        else:
            raise ValueError(f"Lengths must match: {len(self)} figures and {len(other)} to join them with")
        return list(map(function, self._ndarray, others))

    def __neg__(self) -> Any:
        return self._arith_method(-1, operator.mul)

    def __pos__(self) -> Any:
        return self.copy()

    def __abs__(self) -> Any:
        return type(self)(map(abs, self._ndarray), self.dtype)

    # --- many figures

    def _reduce(self, name: str, *, skipna: bool = True, keepdims: bool = False, **kwargs: Any) -> Any:
        if name in ("argmin", "argmax"):
            place = getattr(self, name)()
            return np.array([place]) if keepdims else place
        result = reduced(name, self._ndarray)
        return type(self)([result]) if keepdims else result

    def _accumulate(self, name: str, *, skipna: bool = True, **kwargs: Any) -> Self:
        return type(self)(accumulated(name, self._ndarray))

    def _groupby_op(self, *, how: str, ngroups: int, ids: np.ndarray, **kwargs: Any) -> Any:
        if how in ("first", "last"):
            return super()._groupby_op(how=how, ngroups=ngroups, ids=ids, **kwargs)  # type: ignore[misc]
        groups = [ids == group for group in range(ngroups)]
        if not how.startswith("cum"):
            return type(self)([reduced(how, self._ndarray[group]) for group in groups])
        made = np.full(len(self), pd.NA, dtype=object)
        for group in groups:
            made[group] = accumulated(how, self._ndarray[group])
        return type(self)(made)

    def _quantile(self, *arguments: Any, **options: Any) -> NoReturn:
        raise refuse("quantile")

    _groupby_quantile = _quantile

    def round(self, decimals: int = 0) -> NoReturn:
        """Refused: they print as many digits as their sources support."""
        raise RefusedError(f"the column {NOT_ROUNDED}")


def _or_missing(scalar: Any) -> Any:
    """None, NaN and NaT as ``pd.NA``; anything else unchanged."""
    return pd.NA if not isinstance(scalar, Figure) and pd.api.types.is_scalar(scalar) and pd.isna(scalar) else scalar


def _cell(scalar: Any, unit: Unit | None) -> Any:
    found = _or_missing(scalar)
    if isinstance(found, Figure):
        return found if unit is None or found.unit == unit else found.to(unit)
    if found is not pd.NA:
        raise RefusedError(f"{scalar!r} is no figure: {TYPED}")
    return found


# --- many figures: a cell is a figure, or ``pd.NA``, and one that is missing makes the result missing


def require_order(cells: Iterable[Any]) -> None:
    """A UnitError if two of the figures do not measure the same, so that they have no order."""
    one_of_each = list({cell.unit: cell for cell in cells if cell is not pd.NA}.values())
    for other in one_of_each[1:]:
        one_of_each[0].require_same_quantity(other, "compare")


def _ordered(choose: Callable[..., Any], figures: Sequence[Figure]) -> Any:
    """Apply ``min``, ``max`` or ``sorted`` to figures by their values, whatever their units."""
    require_order(figures)
    return choose(figures, key=operator.attrgetter("in_base_units"))


def require_one_scale(cells: Iterable[Any]) -> None:
    """A UnitError if figures have units of different size: as plain numbers, or on an axis, they would mislead."""
    symbols = {one.unit.factor: one.unit.symbol or "a ratio" for one in cells if isinstance(one, Figure)}
    if len(symbols) > 1:
        raise UnitError(
            f"no plain numbers for {' and '.join(symbols.values())} together: .figure.to(unit) makes them one"
        )


def _joined(pairing: Callable[[Figure, Figure], Figure], figures: Sequence[Figure]) -> Figure:
    """Combine figures as a balanced tree: the formula of a chain would exceed the recursion limit."""
    if len(figures) == 1:
        return figures[0]
    middle = len(figures) // 2
    return pairing(_joined(pairing, figures[:middle]), _joined(pairing, figures[middle:]))


def _mean(figures: Sequence[Figure]) -> Figure:
    return _joined(operator.add, figures) / len(figures)


def _median(figures: Sequence[Figure]) -> Figure:
    """The figure in the middle, or the mean of the two in the middle, in the order of their printed values."""
    ranked, middle = _ordered(sorted, figures), len(figures) // 2
    return ranked[middle] if len(ranked) % 2 else _mean(ranked[middle - 1 : middle + 1])


REDUCTIONS: dict[str, Callable[[Sequence[Figure]], Figure]] = {
    "sum": partial(_joined, operator.add),
    "prod": partial(_joined, operator.mul),
    "mean": _mean,
    "median": _median,
    "min": partial(_ordered, min),
    "max": partial(_ordered, max),
}
"""The functions that make one figure of many, by pandas' names."""


def refuse(name: str) -> RefusedError:
    """The error for an operation that figures do not support."""
    return RefusedError(
        f"a column of figures does not support operation {name!r}: "
        "column.astype(float) gives plain numbers, for a look or a plot"
    )


def reduced(name: str, cells: np.ndarray) -> Any:
    """Sum, product, mean, median, smallest or largest; missing if any is, or if there is none.

    A RefusedError for what figures do not support, a UnitError for figures that do not measure the same.
    """
    if name not in REDUCTIONS:
        raise refuse(name)
    return pd.NA if not len(cells) or pd.isna(cells).any() else REDUCTIONS[name](list(cells))


def accumulated(name: str, cells: np.ndarray) -> list[Any]:
    """Sums, products, minima or maxima so far, missing from the first missing figure on; errors as :func:`reduced`."""
    return [reduced(name.removeprefix("cum"), cells[: place + 1]) for place in range(len(cells))]
