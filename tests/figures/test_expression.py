"""Formulas: what they read, what they write, and how narrow an interval they prove."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from gongbao.figures.expression import (
    Constant,
    Expression,
    FormulaError,
    Named,
    Operation,
    Reference,
    Root,
    Whole,
    parse,
    tight_interval,
)
from gongbao.figures.interval import Interval

IDS = ("a.b@2022", "a.b@2023", "c@2022-12-31", "d@2023")
constants = st.integers(0, 99999).map(lambda cents: Constant(Fraction(cents, 100)))
references = st.sampled_from(IDS).map(Reference)
formulas = st.recursive(
    references | constants,
    lambda sides: st.builds(Operation, st.sampled_from("+-*/"), sides, sides),
    max_leaves=8,
)
shares = st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(1, 2), Fraction(1)])


@st.composite
def printed(draw: st.DrawFn) -> Interval:
    """The interval of a number printed with one decimal, as the ledger's are."""
    value = Fraction(draw(st.integers(10, 5000)), 10)
    return Interval(value - Fraction("0.05"), value + Fraction("0.05"))


@st.composite
def any_interval(draw: st.DrawFn) -> Interval:
    """An interval that may be wide, and may hold zero."""
    low, high = sorted((draw(st.integers(-50, 50)), draw(st.integers(-50, 50))))
    return Interval(Fraction(low), Fraction(high))


def corners(expression: Expression, box: dict[str, Interval]) -> Interval:
    """From the smallest to the largest value at the corners of a box."""
    ends = [(box[id].low, box[id].high) for id in box]
    values = [expression.evaluate(dict(zip(box, corner, strict=True))) for corner in itertools.product(*ends)]
    return Interval(min(values), max(values))


# --- roots and whole numbers


def test_root_of_a_square_is_exact():
    assert Root(2, Constant(Fraction("1.21"))).evaluate({}) == Fraction("1.1")
    assert Root(3, Constant(Fraction(10**18, 8))).evaluate({}) == Fraction(10**6, 2)
    assert Root(7, Constant(Fraction(128))).evaluate({}) == 2


@given(st.integers(1, 10**6), st.integers(2, 7))
def test_root_is_undone_by_its_power(cents, degree):
    value = Fraction(cents, 100)
    root = Root(degree, Constant(value)).evaluate({})
    assert abs(root**degree / value - 1) < Fraction(1, 10**35)


@pytest.mark.parametrize("low", [Fraction(-1), -math.inf])
def test_root_of_a_negative_number_is_refused(low):
    with pytest.raises(FormulaError, match="negative"):
        tight_interval(Root(2, Reference("a")), {"a": Interval(low, Fraction(1))})


@given(printed(), printed(), st.integers(2, 5), st.data())
def test_interval_of_a_root_holds_every_value_and_is_the_tight_one(a, b, degree, data):
    # a appears twice: the naive interval would count its rounding twice
    ratio = Operation("/", Reference("a"), Operation("+", Reference("a"), Reference("b")))
    box = {"a": a, "b": b}
    tight = tight_interval(Root(degree, ratio), box)
    assert tight == corners(Root(degree, ratio), box)
    point = {id: i.low + (i.high - i.low) * data.draw(shares) for id, i in box.items()}
    assert tight.low <= Root(degree, ratio).evaluate(point) <= tight.high


def test_whole_numbers_lie_within_the_interval():
    box = {"a": Interval(Fraction("6.2"), Fraction("8.9"))}
    assert tight_interval(Whole(Reference("a")), box) == Interval(Fraction(7), Fraction(8))
    assert Whole(Reference("a")).evaluate({"a": Fraction("7.5")}) == 8


def test_whole_numbers_without_bound_stay_so():
    box = {"a": Interval(Fraction("6.2"), math.inf)}
    assert tight_interval(Whole(Reference("a")), box) == Interval(Fraction(7), math.inf)


def test_whole_numbers_of_a_repeated_input_lie_within_the_interval():
    # 9.92 to 10.56: neither end alone says that 11 is too many
    square = Named("b", Whole(Operation("*", Reference("a"), Reference("a"))))
    assert tight_interval(square, {"a": Interval(Fraction("3.15"), Fraction("3.25"))}) == Interval.point(Fraction(10))


def test_whole_number_of_a_repeated_input_is_enclosed():
    share = Operation("/", Whole(Reference("a")), Reference("a"))
    held = tight_interval(share, {"a": Interval(Fraction("6.2"), Fraction("8.9"))})
    assert held.low <= Fraction(7) / Fraction("6.8") <= held.high


def test_roots_and_whole_numbers_say_what_they_are():
    ratio = Operation("/", Reference("a"), Reference("b"))
    assert Root(3, ratio).text() == "({a} ÷ {b})^(1/3)"
    assert Whole(ratio).text() == "整数[{a} ÷ {b}]"
    assert list(Root(3, ratio).mentions()) == list(Whole(ratio).leaves()) == ["a", "b"]


# --- intervals


@given(formulas, st.fixed_dictionaries(dict.fromkeys(IDS, any_interval() | printed())), st.data())
def test_tight_interval_lies_in_the_naive_one_and_holds_every_value(expression, box, data):
    try:
        naive, _ = expression.enclose(box)
    except ZeroDivisionError:
        assume(False)
    tight = tight_interval(expression, box)
    assert naive.low <= tight.low <= tight.high <= naive.high
    for _ in range(4):
        point = {id: i.low + (i.high - i.low) * data.draw(shares) for id, i in box.items()}
        assert expression.evaluate(point) in tight


@pytest.mark.parametrize(
    "formula",
    [
        "({a} - {b}) / {a}",
        "{a} / ({a} + {b})",
        "{a} - {b} + {c} + {d}",
        "({a} - {b} + {c} + {d}) / {a}",
        "{c} / (({a} + ({a} - {b} + {c} + {d})) / 2)",
    ],
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.filter_too_much])
@given(st.data())
def test_interval_of_the_books_formulas_is_reached_at_corners(formula, data):
    expression = parse(formula)
    box = {id: data.draw(printed()) for id in dict.fromkeys(expression.leaves())}
    if "{d}" in formula:
        # what is repaid is less than what is owed, and the balance moves, as balances do
        flow = box["c"] + box["d"] - box["b"]
        assume(box["a"].low > box["b"].high and (flow.low > Fraction(1, 2) or flow.high < Fraction(-1, 2)))
    assert tight_interval(expression, box) == corners(expression, box)


def test_a_slope_that_has_a_sign_once_others_are_at_their_ends_tightens_the_interval():
    rest = parse("({a} - {b}) / ({a} / {c} - {b} / {d}) - 1")
    stated = {"a": ("99.5", "100.5"), "b": ("39.5", "40.5"), "c": ("1.09", "1.11"), "d": ("1.04", "1.06")}
    box = {id: Interval(*map(Fraction, ends)) for id, ends in stated.items()}
    assert tight_interval(rest, box) == corners(rest, box)


def test_repeated_figure_is_counted_once():
    expression = parse("({a} - {b}) / {a}")
    box = {"a": Interval(Fraction(9), Fraction(11)), "b": Interval.point(Fraction(5))}
    assert tight_interval(expression, box) == Interval(Fraction(4, 9), Fraction(6, 11))
    assert expression.enclose(box)[0] == Interval(Fraction(4, 11), Fraction(6, 9))


def test_figure_less_itself_is_zero():
    box = {"a": Interval(Fraction(1), Fraction(2))}
    assert tight_interval(parse("{a} - {a}"), box) == Interval.point(Fraction(0))


def test_undecided_slope_keeps_the_whole_interval():
    # x · (1 − x) turns within [0, 1]: no end of x gives its largest value, a quarter
    box = {"x": Interval(Fraction(0), Fraction(1))}
    assert Fraction(1, 4) in tight_interval(parse("{x} * (1 - {x})"), box)


@pytest.mark.parametrize("formula", ["{a} / {b}", "{a} / ({b} - {b})", "1 / (2 - 2)"])
def test_divisor_that_may_be_zero_is_refused(formula):
    box = {"a": Interval.point(Fraction(1)), "b": Interval(Fraction(-1), Fraction(1))}
    with pytest.raises(ZeroDivisionError):
        tight_interval(parse(formula), box)


def test_figure_that_may_be_any_large_number_less_itself_is_a_number():
    tight = tight_interval(
        parse("{a} - {a} + {b}"), {"a": Interval(Fraction(1), math.inf), "b": Interval(Fraction(1), Fraction(2))}
    )
    assert not math.isnan(tight.high)
    assert Fraction(2) in tight


@given(printed(), st.integers(0, 10**6))
def test_open_interval_covers_what_it_may_be(divisor, more):
    box = {"a": Interval(Fraction(10), math.inf), "b": divisor}
    for formula in ("({a} - {b}) / {a}", "{a} / ({a} + {b})", "{b} / {a}"):
        expression = parse(formula)
        for end in (divisor.low, divisor.high):
            assert expression.evaluate({"a": Fraction(10 + more), "b": end}) in tight_interval(expression, box)


# --- text


@given(formulas, st.fixed_dictionaries(dict.fromkeys(IDS, st.fractions(-99, 99, max_denominator=20))))
def test_text_read_again_has_the_same_value_and_text(expression, values):
    text = expression.text()
    again = parse(text)
    assert again.text() == text
    try:
        value = expression.evaluate(values)
    except ZeroDivisionError:
        with pytest.raises(ZeroDivisionError):
            again.evaluate(values)
    else:
        assert again.evaluate(values) == value


@pytest.mark.parametrize("number", ["1234567", "123456.78", "0.1234567"])
def test_constant_keeps_its_digits_in_text(number):
    assert parse(Constant(Fraction(number)).text()).evaluate({}) == Fraction(number)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 4 - 3", "3"),
        ("10 - (4 - 3)", "9"),
        ("12 / 6 / 2", "1"),
        ("12 / (6 / 2)", "4"),
        ("2 * 6 / 4", "3"),
        ("-2 + 5", "3"),
        ("-(2 + 5)", "-7"),
        ("-2 * 3", "-6"),
        ("0.1 + 0.2", "0.3"),
        ("10 − 4 × 2", "2"),
        ("（1 + 2）÷ 3", "1"),
    ],
)
def test_operators_bind_as_in_school(formula, value):
    assert parse(formula).evaluate({}) == Fraction(value)


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("{a}-({b}-{c})", "{a} − ({b} − {c})"),
        ("({a}-{b})-{c}", "{a} − {b} − {c}"),
        ("{a}+({b}+{c})", "{a} + {b} + {c}"),
        ("{a}/({b}*{c})", "{a} ÷ ({b} × {c})"),
        ("({a}+{b})/2", "({a} + {b}) ÷ 2"),
        ("{a}+{b}/2", "{a} + {b} ÷ 2"),
    ],
)
def test_text_has_the_brackets_it_needs_and_no_others(formula, text):
    assert parse(formula).text() == text


def test_named_figure_is_shown_by_its_id_and_computed_from_its_meaning():
    total = Named("total@2023", parse("{a} + {b}"))
    half = Operation("/", total, Constant(Fraction(2)))
    assert half.text() == "{total@2023} ÷ 2"
    assert list(half.mentions()) == ["total@2023"]
    assert list(half.leaves()) == ["a", "b"]
    assert half.evaluate({"a": Fraction(1), "b": Fraction(2)}) == Fraction(3, 2)


def test_leaves_come_as_often_as_they_are_mentioned():
    assert list(parse("({a} - {b}) / {a}").leaves()) == ["a", "b", "a"]


# --- what cannot be read


@pytest.mark.parametrize(
    "formula",
    [
        "",
        "{a} +",
        "({a}",
        "{a})",
        "{a",
        "{}",
        "{a} {b}",
        "{a} = {b}",
        "{a} ** 2",
        "{a} // 2",
        "{a} % 2",
        "{a} < {b}",
        "max({a}, {b})",
        "{a}.real",
        "a + b",
        "1.2.3",
        "{a} and {b}",
        "'{a}'",
        "1j * {a}",
        "１ + {a}",
        "__import__('os')",
    ],
)
def test_formula_that_cannot_be_read_is_refused_by_name(formula):
    with pytest.raises(FormulaError) as refused:
        parse(formula)
    assert repr(formula) in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "formula",
    [
        pytest.param("{a} + _0", id="name of a placeholder"),
        pytest.param("{a} + _7", id="placeholder that is not there"),
        pytest.param("{a} + _x", id="name with an underscore"),
        pytest.param("{a}{b}", id="two figures side by side"),
        pytest.param("2{a}", id="number in front of a figure"),
        pytest.param("True + {a}", id="truth value"),
        pytest.param("1e999 + {a}", id="infinite number"),
        pytest.param("{a} # + {b}", id="comment"),
    ],
)
def test_formula_that_python_would_read_otherwise_is_refused(formula):
    with pytest.raises(FormulaError):
        parse(formula)
