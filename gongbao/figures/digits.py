"""Honest digits: how many of a computed number its rounding supports, and how they are printed.

Values and intervals are exact and in the unit that is printed; the text has no unit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache

from gongbao.figures.interval import Interval

ENOUGH_DIGITS = 3
"""A computed number with fewer digits is printed with its tolerance where there is room for it."""

MOST_OVERSTATED = Fraction(3, 2)
"""If rounding up makes the tolerance larger than this multiple of the true one, one more digit is printed."""

MOST_DECIMALS = 2
"""The most decimals of a computed number whose interval would allow more, such as a quotient of two exact counts."""

Rounding = Callable[[Fraction], int]
"""``math.floor``, ``math.ceil`` or :func:`half_up`."""


@dataclass(frozen=True, slots=True)
class Style:
    """How digits are written. How many is decided before, so that all styles show the same ones."""

    shift: int = 0
    """How many places the point moves to the right: 126.8 亿元 are 12.68 billion."""
    thousands: str = ""
    to: str = "～"
    """The word or sign between the ends of a range."""
    least: str = "至少"
    most: str = "至多"
    """The words before the only end of a range that is open at the other."""


CHINESE = Style()


def half_up(value: Fraction) -> int:
    """The nearest whole number; a half goes away from zero, as in printed statistics, not to the even one."""
    rounded = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return rounded if value.numerator >= 0 else -rounded


def honest_decimals(value: Fraction, half_width: Fraction) -> int:
    """The most decimals that may be printed of a number that is known to ``± half_width``.

    Negative: the last digits before the point are unknown. A printed number is read as true to half of its last digit,
    so the half-width must not be larger than that. An exact number has no more decimals than its value, and none has
    more than :data:`MOST_DECIMALS`, unless it is so small that it needs them for two digits.
    """
    decimals = MOST_DECIMALS
    if value and not half_up(value * _power(decimals)):  # it would be rounded to zero
        decimals = 1 - Decimal(float(value)).adjusted()
    if half_width == 0:
        return _without_zeros([value], decimals)
    while 2 * half_width * _power(decimals) > 1:
        decimals -= 1
    return decimals


def printed(value: Fraction, decimals: int, rounding: Rounding = half_up, style: Style = CHINESE) -> str:
    """The value rounded to ``decimals``, counted before ``style.shift`` moves the point.

    Negative decimals make zeros of the last digits before the point.
    """
    rounded = _rounded(value, decimals, rounding)
    moved = (Decimal(rounded.numerator) / rounded.denominator).scaleb(style.shift)
    return f"{moved:{style.thousands}.{max(0, decimals - style.shift)}f}".replace("-", "−")


PRINTED = r"[−-]?[0-9]+(?:\.[0-9]+)?"
"""A printed Chinese number, as part of a pattern."""


def decimals_of(number: str) -> int:
    """How many decimals a printed number has."""
    return len(number.partition(".")[2])


def printed_again(number: str, style: Style) -> str:
    """A printed Chinese number in another style, with the same digits."""
    return printed(Fraction(number.replace("−", "-")), decimals_of(number), style=style)


@cache  # several forms of a record need the same text
def printed_with_tolerance(value: Fraction, interval: Interval, decimals: int, style: Style = CHINESE) -> str:
    """A value with few honest digits, printed with one or two more and its tolerance: ``65.3±0.1``.

    A value with enough honest digits, or an exact one, is printed alone. The value lies in the interval, which is
    bounded; ``decimals`` are those of :func:`honest_decimals`.
    """
    if interval.half_width == 0 or abs(round(value * _power(decimals))) >= 10 ** (ENOUGH_DIGITS - 1):
        return printed(value, decimals, style=style)
    for extra in (1, 2):
        more = max(0, decimals + extra)
        shown = _rounded(value, more, half_up)
        # rounding the value has moved it: measured from where it is now, the tolerance still covers the interval
        furthest = Fraction(max(interval.high - shown, shown - interval.low))
        off = _rounded(furthest, more, math.ceil)
        if off <= interval.half_width * MOST_OVERSTATED:
            break
    return f"{printed(shown, more, style=style)}±{printed(off, more, style=style)}"


def printed_range(interval: Interval, stated_decimals: int, style: Style = CHINESE, bound: str = "") -> str:
    """An interval, its ends rounded outwards by no more than a tenth of its width: ``65.2～65.4``.

    Where one end is open (``至少340``), the other is the number printed on the page: it keeps at least
    ``stated_decimals``. With ``style.least`` or ``style.most`` as ``bound``, that end is printed alone.
    """
    width = interval.high - interval.low
    if math.isinf(width):
        least, decimals = stated_decimals, max(MOST_DECIMALS, stated_decimals)
    else:
        first_digit = Decimal(float(width / 10)).adjusted()
        least, decimals = 0, max(0, -first_digit)
    finite = [Fraction(end) for end in (interval.low, interval.high) if not math.isinf(end)]
    if bound and finite:  # a single end needs no more decimals than it has
        decimals = min(decimals, honest_decimals(finite[0 if bound == style.least else -1], Fraction(0)))
    decimals = _without_zeros(finite, decimals, least)
    low, high = (
        "" if math.isinf(end) else printed(Fraction(end), decimals, rounding, style)
        for end, rounding in ((interval.low, math.floor), (interval.high, math.ceil))
    )
    if bound:
        low, high = (low, "") if bound == style.least else ("", high)
    if low and high:
        return f"{low}{style.to}{high}"
    if low or high:
        return f"{style.least}{low}" if low else f"{style.most}{high}"
    return f"−∞{style.to}∞"


def _rounded(value: Fraction, decimals: int, rounding: Rounding) -> Fraction:
    scale = _power(decimals)
    return rounding(value * scale) / scale


@cache
def _power(decimals: int) -> Fraction:
    return Fraction(10) ** decimals


def _without_zeros(values: list[Fraction], decimals: int, least: int = 0) -> int:
    """``decimals`` without the last ones that would be zeros in all values; at least ``least``."""
    while decimals > least and all(value * 10 ** (decimals - 1) % 1 == 0 for value in values):
        decimals -= 1
    return decimals
