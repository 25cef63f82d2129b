"""Statistics of counts, computed on figures so that rounding, origin and assumptions stay with the result.

Each function takes figures, or columns of figures, and then gives columns: rows are matched by their index, as pandas
does, and a missing value stays missing. Exact statistics take full counts: one that is not known to the unit is an
UnusableValueError, counts of different things are a UnitError. Shares and probabilities are plain ratios.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from typing import Any, TypeAlias

import pandas as pd

from gongbao.figures.errors import UnusableValueError
from gongbao.figures.expression import Constant
from gongbao.figures.figure import Figure, assuming
from gongbao.figures.frames import FigureArray, FigureDtype
from gongbao.figures.units import PURE, Unit, unit_called

Figures: TypeAlias = "Figure | pd.Series[Any]"
"""A figure, or a column of figures."""

_STEPS = 50  # bisection steps for an exact limit: 2^-50 is finer than the accuracy of doubles here


def clopper_pearson(successes: Figures, trials: Figures, confidence: Figures) -> tuple[Any, Any]:
    """The ends of the exact confidence interval of a share.

    For shares beyond an end, a count as extreme has at most half of the probability that the confidence leaves.
    Clopper & Pearson, *The Use of Confidence or Fiducial Limits* (1934): never narrower than the confidence asks, also
    where all or none succeeded. A full count has no sampling error: the interval speaks of the process behind it, if
    cases are independent and alike.

    The successes are part of the trials; the confidence is an assumption, such as 95 per cent. The ends are ratios,
    the lower one first.
    """
    low = _each(lambda *row: _limit(*row, upper=False), successes, trials, confidence)
    return low, _each(lambda *row: _limit(*row, upper=True), successes, trials, confidence)


def _limit(successes: Figure, trials: Figure, confidence: Figure, *, upper: bool) -> Figure:
    k, n = _counts(successes, trials)
    tail = (1 - float(confidence.in_base_units)) / 2
    # the upper limit is 1 less the lower limit of the share of failures
    failures = n - k if upper else k
    low, high = 0.0, 1.0
    for _ in range(_STEPS if failures else 0):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_least(failures, n, middle) < tail else (low, middle)
    end = Fraction(low) if failures else Fraction(0)
    side = "上端" if upper else "下端"
    return _known(f"精确区间{side}", 1 - end if upper else end, successes, trials, confidence)


def _at_least(successes: int, trials: int, share: float) -> float:
    """The probability of at least so many successes."""
    each = (
        math.exp(_log_ways(trials, k) + k * math.log(share) + (trials - k) * math.log1p(-share))
        for k in range(successes, trials + 1)
    )
    return math.fsum(each)


def _log_ways(of: int, take: int) -> float:
    return math.lgamma(of + 1) - math.lgamma(take + 1) - math.lgamma(of - take + 1)


def fisher(successes: Figures, trials: Figures, others: Figures, other_trials: Figures) -> Any:
    """The p-value of Fisher's exact two-sided test: how likely such a difference is if both shares are of one process.

    Successes and trials of one series share a unit; the two series need not.
    """
    return _each(_fisher, successes, trials, others, other_trials)


def _fisher(successes: Figure, trials: Figure, others: Figure, other_trials: Figure) -> Figure:
    (k, n), (j, m) = _counts(successes, trials), _counts(others, other_trials)
    ways = [math.comb(n, one) * math.comb(m, k + j - one) for one in range(max(0, k + j - m), min(n, k + j) + 1)]
    seen = math.comb(n, k) * math.comb(m, j)
    chance = Fraction(sum(way for way in ways if way <= seen), math.comb(n + m, k + j))
    return _known("费希尔精确检验", chance, successes, trials, others, other_trials)


def _each(compute: Callable[..., Figure], *given: Figures) -> Any:
    """From figures a figure; if columns are among them, a column, missing where an input is missing."""
    if not any(isinstance(one, pd.Series) for one in given):
        return compute(*given)
    rows = pd.DataFrame(dict(enumerate(given)))
    made = (
        compute(*row) if all(isinstance(one, Figure) for one in row) else pd.NA
        for row in rows.itertuples(index=False, name=None)
    )
    return pd.Series(FigureArray(made), rows.index)


def _counts(part: Figure, whole: Figure) -> tuple[int, int]:
    part.require_same_quantity(whole, "relate")
    k, n = part.in_base_units, whole.in_base_units
    if part.interval.half_width or whole.interval.half_width or k % 1 or n % 1 or not 0 <= k <= n:
        raise UnusableValueError(f"an exact test takes whole numbers, each known; not {part!r} of {whole!r}")
    return int(k), int(n)


def _known(name: str, value: Fraction, *arguments: Figure) -> Figure:
    """A figure for a number computed outside formulas from exact counts; its formula is ``name(arguments)``."""
    shown = Constant(value, f"{name}({', '.join(one.expression.text() for one in arguments)})")
    leaves = {id: leaf for one in arguments for id, leaf in one.leaves.items()}
    inference = assuming(*(one.inference for one in arguments))
    return Figure(shown, PURE, leaves, inference=inference)


def possible_totals(rate: Figures, unit: str | Unit) -> Iterator[Any]:
    """The totals, in the unit, that are compatible with a printed rate, smallest first.

    One for each numerator from 1 on for which a whole total is possible; a rate of 0 has none. For a column of rates:
    a column of the smallest total of each, then one of the next, and so on.
    """
    counted = unit_called(unit)
    if isinstance(rate, Figure):
        return _totals(rate, counted)
    each = [_totals(one, counted) if isinstance(one, Figure) else iter(()) for one in rate]
    rows = itertools.zip_longest(*each, fillvalue=pd.NA)
    return (pd.Series(FigureArray(row, FigureDtype(counted)), rate.index) for row in rows)


def _totals(rate: Figure, unit: Unit) -> Iterator[Figure]:
    if not rate.interval.bounded:
        raise UnusableValueError(f"how many cases there are follows from a rate as it is, not from {rate.range_text}")
    for numerator in itertools.count(1) if rate.exact else ():
        with suppress(ValueError):
            yield (numerator / rate).whole().with_unit(unit)


def cases_needed(p: Any, q: Any, z: Figure) -> Any:
    """How many cases on each side make the difference of two shares as large as ``z`` times its standard error.

    The normal approximation for two independent series of equal length; a plain number, see
    :meth:`gongbao.figures.figure.Figure.with_unit`. The shares must differ; ``z`` is the quantile of the normal
    distribution, 1.96 for 95 per cent. The power is about one half.
    """
    return z * z * (p * (1 - p) + q * (1 - q)) / ((p - q) * (p - q))
