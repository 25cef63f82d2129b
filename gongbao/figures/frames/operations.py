"""What is done with many figures at once: joining them two by two, and sums and their kind, whole or as they grow.

What is missing makes the result missing. What needs an order goes by the values as they are printed.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import Any

import pandas as pd

from gongbao.figures.errors import RefusedError
from gongbao.figures.figure import Figure

Cell = Any
"""A :class:`Figure`, or ``pd.NA``."""

Pairing = Callable[[Figure, Figure], Figure]


def matched(function: Callable[[Any, Any], Any], ours: Iterable[Cell], theirs: Iterable[Any]) -> list[Any]:
    """The function of each pair; missing where either is.

    Raises:
        ValueError: if there are more of one than of the other.
    """
    pairs = zip(ours, theirs, strict=True)
    return [pd.NA if mine is pd.NA or other is pd.NA else function(mine, other) for mine, other in pairs]


def order_key(figure: Figure) -> Any:
    """What figures are ordered by, whatever their units: the exact value in base units."""
    return figure.exact * figure.unit.factor


def require_order(figures: Iterable[Cell]) -> None:
    """Refuse to order what does not measure the same.

    Raises:
        UnitError: if two of the figures do not.
    """
    one_of_each = list({figure.unit: figure for figure in figures if figure is not pd.NA}.values())
    for other in one_of_each[1:]:
        one_of_each[0].require_same_quantity(other, "compare")


def _lesser(a: Figure, b: Figure) -> Figure:
    return min(a, b, key=order_key)


def _greater(a: Figure, b: Figure) -> Figure:
    return max(a, b, key=order_key)


def _joined(pairing: Pairing, figures: Sequence[Figure]) -> Figure:
    """All of them, in halves of halves: a thousand figures one behind the other would be a formula too deep to read."""
    if len(figures) == 1:
        return figures[0]
    middle = len(figures) // 2
    return pairing(_joined(pairing, figures[:middle]), _joined(pairing, figures[middle:]))


def _growing(pairing: Pairing, figures: Sequence[Figure]) -> list[Figure]:
    """The first, the first two, the first three of them joined, and so on; in halves, too."""
    if len(figures) < 2:
        return list(figures)
    middle = len(figures) // 2
    before = _growing(pairing, figures[:middle])
    return before + [pairing(before[-1], figure) for figure in _growing(pairing, figures[middle:])]


def _mean(figures: Sequence[Figure]) -> Figure:
    return _joined(operator.add, figures) / len(figures)


def _median(figures: Sequence[Figure]) -> Figure:
    """Of an odd number the one in the middle, of an even number the mean of the two, by their printed values."""
    ranked = sorted(figures, key=order_key)
    middle = len(ranked) // 2
    return ranked[middle] if len(ranked) % 2 else _mean(ranked[middle - 1 : middle + 1])


ORDERED = {"min", "max", "median", "cummin", "cummax"}
"""Names of what needs an order."""

REDUCTIONS: dict[str, Callable[[Sequence[Figure]], Figure]] = {
    "sum": lambda figures: _joined(operator.add, figures),
    "prod": lambda figures: _joined(operator.mul, figures),
    "mean": _mean,
    "median": _median,
    "min": lambda figures: reduce(_lesser, figures),
    "max": lambda figures: reduce(_greater, figures),
}
"""What makes one figure of many, by pandas' names."""

ACCUMULATIONS: dict[str, Pairing] = {
    "cumsum": operator.add,
    "cumprod": operator.mul,
    "cummin": _lesser,
    "cummax": _greater,
}
"""What makes a growing number of figures into one each, by pandas' names."""

INSTEAD = "column.astype(float) gives plain numbers, for a look or a plot"


def refuse(name: str) -> RefusedError:
    """The error of what figures do not have."""
    return RefusedError(f"a column of figures does not support operation {name!r}: {INSTEAD}")


def reduced(name: str, figures: Sequence[Cell]) -> Cell:
    """Sum, product, mean, median, smallest or largest; missing if any is, or if there is none.

    Raises:
        RefusedError: for what figures do not have, such as a standard deviation.
        UnitError: if the figures do not measure the same.
    """
    if name not in REDUCTIONS:
        raise refuse(name)
    if not len(figures) or any(figure is pd.NA for figure in figures):
        return pd.NA
    if name in ORDERED:
        require_order(figures)
    return REDUCTIONS[name](figures)


def accumulated(name: str, figures: Sequence[Cell]) -> list[Cell]:
    """Sums, products, smallest or largest so far; missing from the first on that is.

    Raises:
        RefusedError: for what figures do not have.
        UnitError: if the figures do not measure the same.
    """
    if name not in ACCUMULATIONS:
        raise refuse(name)
    if name in ORDERED:
        require_order(figures)
    known = next((place for place, figure in enumerate(figures) if figure is pd.NA), len(figures))
    return _growing(ACCUMULATIONS[name], figures[:known]) + [pd.NA] * (len(figures) - known)
