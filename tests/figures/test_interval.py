"""Interval arithmetic holds the result for every point of its operands."""

from __future__ import annotations

import math
import operator
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongbao.figures.interval import Interval

rationals = st.fractions(min_value=-1000, max_value=1000, max_denominator=1000)
shares = st.fractions(min_value=0, max_value=1, max_denominator=1000)


@st.composite
def boxes(draw: st.DrawFn) -> tuple[Interval, Fraction]:
    """An interval and a point of it; the ends come up often."""
    low, high = sorted((draw(rationals), draw(rationals)))
    share = draw(st.sampled_from([Fraction(0), Fraction(1)]) | shares)
    return Interval(low, high), low + (high - low) * share


@given(boxes(), boxes(), st.sampled_from([operator.add, operator.sub, operator.mul, operator.truediv]))
def test_result_of_points_lies_in_result_of_intervals(a, b, operation):
    (left, x), (right, y) = a, b
    if operation is operator.truediv and 0 in right:
        with pytest.raises(ZeroDivisionError, match="may be zero"):
            operation(left, right)
    else:
        assert operation(x, y) in operation(left, right)


@given(boxes(), boxes(), st.sampled_from([operator.add, operator.sub, operator.mul, operator.truediv]))
def test_ends_of_the_result_are_reached_at_ends_of_the_operands(a, b, operation):
    left, right = a[0], b[0]
    if operation is operator.truediv and 0 in right:
        return
    corners = [operation(x, y) for x in (left.low, left.high) for y in (right.low, right.high)]
    result = operation(left, right)
    assert (result.low, result.high) == (min(corners), max(corners))


def test_product_with_what_may_have_either_sign_has_its_ends_at_the_larger_one():
    large, either = Interval(Fraction(2), Fraction(3)), Interval(Fraction(-1), Fraction(1))
    assert large * either == either * large == Interval(Fraction(-3), Fraction(3))


@given(boxes())
def test_negative_holds_the_negative(a):
    interval, x = a
    negative = -interval
    assert -x in negative
    assert -negative == interval


@given(boxes(), boxes())
def test_intersection_is_what_both_hold(a, b):
    left, right = a[0], b[0]
    if left.low <= right.high and right.low <= left.high:
        common = left.intersection(right)
        for end in (common.low, common.high):
            assert end in left
            assert end in right
    else:
        with pytest.raises(ValueError, match="empty"):
            left.intersection(right)


def test_touching_intervals_share_their_end():
    left, right = Interval(Fraction(1), Fraction(2)), Interval(Fraction(2), Fraction(3))
    assert left.intersection(right) == Interval.point(Fraction(2))


def test_empty_interval_is_refused():
    with pytest.raises(ValueError, match="from 2 to 1 is empty"):
        Interval(Fraction(2), Fraction(1))


@pytest.mark.parametrize(
    ("interval", "bounded"),
    [
        (Interval(Fraction(1), Fraction(2)), True),
        (Interval(Fraction(1), math.inf), False),
        (Interval(-math.inf, Fraction(1)), False),
    ],
)
def test_open_ends_are_not_bounded(interval, bounded):
    assert interval.bounded is bounded
    assert math.isinf(interval.half_width) is not bounded


def test_half_width_is_half_of_the_distance():
    assert Interval(Fraction("7.65"), Fraction("7.75")).half_width == Fraction("0.05")


def test_open_ends_stay_open_in_sums_and_close_in_reciprocals():
    over = Interval(Fraction(4), math.inf)
    assert over + Interval.point(Fraction(1)) == Interval(Fraction(5), math.inf)
    assert -over == Interval(-math.inf, Fraction(-4))
    assert Interval.point(Fraction(1)) / over == Interval(Fraction(0), Fraction(1, 4))
    assert over - over == Interval(-math.inf, math.inf)


def test_zero_times_an_open_end_is_zero():
    over = Interval(Fraction(4), math.inf)
    assert over * Interval.point(Fraction(0)) == Interval.point(Fraction(0))
    assert over * Interval(Fraction(0), Fraction(1)) == Interval(Fraction(0), math.inf)


@given(st.fractions(min_value=1, max_value=10**6), st.fractions(min_value=Fraction(1, 10), max_value=10))
def test_what_may_be_any_large_number_covers_every_quotient(x, y):
    over, divisor = Interval(Fraction(1), math.inf), Interval(Fraction(1, 10), Fraction(10))
    assert x / y in over / divisor
    assert y / x in divisor / over
