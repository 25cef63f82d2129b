"""Statistics of counts, computed on figures so that rounding, origin and assumptions stay with the result."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from gongbao.expression import Function
from gongbao.figure import Figure
from gongbao.units import PURE, Unit


def wilson(successes: Figure, trials: Figure, z: Figure) -> tuple[Figure, Figure]:
    """The ends of the Wilson interval of a share: what a process that gave these counts may have as its rate.

    Brown, Cai & DasGupta, *Interval Estimation for a Binomial Proportion* (2001), formula (4). A full count has no
    sampling error: the interval speaks of the process behind it, if cases are independent and alike.

    Args:
        successes: a count.
        trials: the count it is part of, in the same unit.
        z: the quantile of the normal distribution, an assumption: 1.96 for 95 per cent.

    Returns:
        The lower and the upper end, plain ratios between 0 and 1.

    Raises:
        UnitError: if the counts count different things.
    """
    successes.unit.require_same_quantity(trials.unit, "relate")
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


def possible_totals(rate: Figure, unit: Unit) -> Iterator[Figure]:
    """The numbers of cases of which some whole number makes up a printed rate, the fewest first.

    One for each numerator from 1 on that leaves a whole number possible; a rate of 0 has none.

    Args:
        rate: a share above 0, as printed.
        unit: what is counted, for the totals.
    """
    for numerator in itertools.count(1) if rate.exact else ():
        with suppress(ValueError):
            yield (numerator / rate).whole().as_count(unit)


def cases_needed(p: Figure, q: Figure, z: Figure) -> Figure:
    """How many cases on each side make the difference of two shares as large as ``z`` times its standard error.

    The normal approximation for two independent series of equal length; a plain number, see
    :meth:`gongbao.figure.Figure.as_count`.

    Args:
        p: a share.
        q: another share; not the same.
        z: the quantile of the normal distribution, an assumption.
    """
    return z * z * (p * (1 - p) + q * (1 - q)) / ((p - q) * (p - q))
