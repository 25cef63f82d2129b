"""Statistics of counts, computed on figures so that rounding, origin and assumptions stay with the result.

Each takes figures, or columns of figures in their place and then gives columns: brought together by their index, as
pandas does, and what is missing stays missing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeAlias

import pandas as pd

from gongbao.figures.expression import Function
from gongbao.figures.figure import Figure
from gongbao.figures.frames import FigureArray, FigureDtype
from gongbao.figures.units import PURE, Unit

Figures: TypeAlias = "Figure | pd.Series[Any]"
"""A figure, or a column of figures."""


def wilson(successes: Figures, trials: Figures, z: Figures) -> tuple[Any, Any]:
    """The ends of the Wilson interval of a share: what a process that gave these counts may have as its rate.

    Brown, Cai & DasGupta, *Interval Estimation for a Binomial Proportion* (2001), formula (4). A full count has no
    sampling error: the interval speaks of the process behind it, if cases are independent and alike.

    Args:
        successes: counts.
        trials: the counts they are part of; a UnitError if they count something else.
        z: the quantile of the normal distribution, an assumption: 1.96 for 95 per cent.

    Returns:
        The lower and the upper end, plain ratios between 0 and 1: two figures, or two columns.
    """
    given: dict[str, Any] = {"successes": successes, "trials": trials, "z": z}
    if not any(isinstance(one, pd.Series) for one in given.values()):
        return _wilson(**given)
    rows = pd.DataFrame(given)
    ends = [
        _wilson(*row) if all(isinstance(one, Figure) for one in row) else (pd.NA, pd.NA)
        for row in rows.itertuples(index=False, name=None)
    ]
    low, high = (pd.Series(FigureArray(end[side] for end in ends), rows.index) for side in (0, 1))
    return low, high


def _wilson(successes: Figure, trials: Figure, z: Figure) -> tuple[Figure, Figure]:
    successes.require_same_quantity(trials, "relate")
    k, n = (replace(count, unit=PURE, stated_decimals=None) for count in (successes, trials))
    arguments = tuple(figure.expression for figure in (k, n, z))
    middle = 2 * k + z * z
    spread = z * (z * z + 4 * k * (n - k) / n).root(2)
    both = 2 * (n + z * z)
    low, high = (middle - spread) / both, (middle + spread) / both
    return (
        replace(low, expression=Function("威尔逊区间下端", arguments, low.expression)),
        replace(high, expression=Function("威尔逊区间上端", arguments, high.expression)),
    )


def possible_totals(rate: Figures, unit: str | Unit) -> Iterator[Any]:
    """The numbers of cases of which some whole number makes up a printed rate, the fewest first.

    One for each numerator from 1 on that leaves a whole number possible; a rate of 0 has none. Of a column of rates:
    a column of the fewest of each, then one of the next, and so on.

    Args:
        rate: a share above 0, as printed.
        unit: what is counted, for the totals.
    """
    counted = FigureDtype.unit_called(unit)
    if isinstance(rate, Figure):
        return _totals(rate, counted)
    each = [_totals(one, counted) if isinstance(one, Figure) else iter(()) for one in rate]
    rows = itertools.zip_longest(*each, fillvalue=pd.NA)
    return (pd.Series(FigureArray(row, FigureDtype(counted)), rate.index) for row in rows)


def _totals(rate: Figure, unit: Unit) -> Iterator[Figure]:
    for numerator in itertools.count(1) if rate.exact else ():
        with suppress(ValueError):
            yield (numerator / rate).whole().as_count(unit)


def cases_needed(p: Any, q: Any, z: Figure) -> Any:
    """How many cases on each side make the difference of two shares as large as ``z`` times its standard error.

    The normal approximation for two independent series of equal length; a plain number, see
    :meth:`gongbao.figures.figure.Figure.as_count`. The shares must differ; ``z`` is as in :func:`wilson`.
    """
    return z * z * (p * (1 - p) + q * (1 - q)) / ((p - q) * (p - q))
