"""What is done with many figures at once: sums and their kind, of all of them or as they grow.

A cell is a figure, or ``pd.NA``; one that is missing makes the result missing.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import accumulate, takewhile
from typing import Any

import pandas as pd

from gongbao.figures.errors import RefusedError
from gongbao.figures.figure import Figure

Cell = Any
"""A :class:`Figure`, or ``pd.NA``."""

Pairing = Callable[[Figure, Figure], Figure]


def order_key(figure: Figure) -> Any:
    """What figures are ordered by, whatever their units: the exact value in base units."""
    return figure.exact * figure.unit.factor


def require_order(cells: Iterable[Cell]) -> None:
    """A UnitError if two of the figures do not measure the same, so that they have no order."""
    one_of_each = list({cell.unit: cell for cell in cells if cell is not pd.NA}.values())
    for other in one_of_each[1:]:
        one_of_each[0].require_same_quantity(other, "compare")


def _joined(pairing: Pairing, figures: Sequence[Figure]) -> Figure:
    """All of them joined, in halves of halves: one after the other they would make a formula too deep to read."""
    if len(figures) == 1:
        return figures[0]
    middle = len(figures) // 2
    return pairing(_joined(pairing, figures[:middle]), _joined(pairing, figures[middle:]))


def _mean(figures: Sequence[Figure]) -> Figure:
    return _joined(operator.add, figures) / len(figures)


def _median(figures: Sequence[Figure]) -> Figure:
    """Of an odd number the one in the middle, of an even number the mean of the two, by their printed values."""
    ranked = sorted(figures, key=order_key)
    middle = len(ranked) // 2
    return ranked[middle] if len(ranked) % 2 else _mean(ranked[middle - 1 : middle + 1])


_smallest = partial(min, key=order_key)
_largest = partial(max, key=order_key)

ORDERED = {"min", "max", "median", "cummin", "cummax"}
"""Names of what needs an order."""

REDUCTIONS: dict[str, Callable[[Sequence[Figure]], Figure]] = {
    "sum": partial(_joined, operator.add),
    "prod": partial(_joined, operator.mul),
    "mean": _mean,
    "median": _median,
    "min": _smallest,
    "max": _largest,
}
"""What makes one figure of many, by pandas' names."""

ACCUMULATIONS: dict[str, Pairing] = {
    "cumsum": operator.add,
    "cumprod": operator.mul,
    "cummin": _smallest,
    "cummax": _largest,
}
"""What joins each figure with all before it, by pandas' names."""


def refuse(name: str) -> RefusedError:
    """The error of what figures do not have."""
    return RefusedError(
        f"a column of figures does not support operation {name!r}: "
        "column.astype(float) gives plain numbers, for a look or a plot"
    )


def reduced(name: str, cells: Sequence[Cell]) -> Cell:
    """Sum, product, mean, median, smallest or largest; missing if any is, or if there is none.

    A RefusedError for what figures do not have, a UnitError for figures that do not measure the same.
    """
    if name not in REDUCTIONS:
        raise refuse(name)
    if not len(cells) or any(cell is pd.NA for cell in cells):
        return pd.NA
    if name in ORDERED:
        require_order(cells)
    return REDUCTIONS[name](cells)


def accumulated(name: str, cells: Sequence[Cell]) -> list[Cell]:
    """Sums, products, smallest or largest so far, missing from the first on that is; errors as of :func:`reduced`."""
    if name not in ACCUMULATIONS:
        raise refuse(name)
    if name in ORDERED:
        require_order(cells)
    known = takewhile(lambda cell: cell is not pd.NA, cells)
    so_far = list(accumulate(known, ACCUMULATIONS[name]))
    return so_far + [pd.NA] * (len(cells) - len(so_far))
