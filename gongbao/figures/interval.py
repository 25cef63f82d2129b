"""Closed intervals of exact rationals: what rounding leaves open about a printed number.

Endpoints are :class:`fractions.Fraction`, or an infinity where the source only says "over" or "under".
Rules: Moore, Kearfott & Cloud, *Introduction to Interval Analysis* (2009), chapters 2 and 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

Endpoint = Fraction | float
"""A rational, or ``±math.inf``; no other float is ever an endpoint."""


def _times(a: Endpoint, b: Endpoint) -> Endpoint:
    # 0 × ∞ is 0 here, not NaN: whatever the unbounded factor is, the product is exactly zero
    return a * b if a and b else Fraction(0)


@dataclass(frozen=True, slots=True)
class Interval:
    """The closed interval ``[low, high]``; a ValueError if ``low`` is above ``high``."""

    low: Endpoint
    high: Endpoint

    def __post_init__(self) -> None:
        if not self.low <= self.high:  # which also refuses NaN
            raise ValueError(f"an interval from {self.low} to {self.high} is empty")

    @classmethod
    def point(cls, value: Endpoint) -> Interval:
        """The interval that holds one value."""
        return cls(value, value)

    @property
    def bounded(self) -> bool:
        """Whether both ends are finite."""
        return not (isinstance(self.low, float) or isinstance(self.high, float))

    @property
    def half_width(self) -> Endpoint:
        """Half of the distance between the ends."""
        return (self.high - self.low) / 2

    def __contains__(self, value: Endpoint) -> bool:
        return self.low <= value <= self.high

    def intersection(self, other: Interval) -> Interval:
        """The values in both; a ValueError if there are none."""
        return Interval(max(self.low, other.low), min(self.high, other.high))

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def __mul__(self, other: Interval) -> Interval:
        if self.low >= 0 and other.low >= 0:  # neither is negative, as usual: two products suffice
            return Interval(_times(self.low, other.low), _times(self.high, other.high))
        products = [_times(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(products), max(products))

    def __truediv__(self, other: Interval) -> Interval:
        if 0 in other:
            raise ZeroDivisionError(f"the divisor may be zero: [{other.low}, {other.high}]")
        reciprocals = (Fraction(0) if isinstance(end, float) else 1 / end for end in (other.high, other.low))
        return self * Interval(*reciprocals)
