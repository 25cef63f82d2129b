"""Units: what multiplication and division make of them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from gongbao.figures.units import PURE, Unit, UnitError
from gongbao.ledger.rows import load_units

YI = Unit.declared("亿元", "money", "100000000")
YUAN = Unit.declared("元", "money", "1")
PERCENT = Unit.declared("%", "ratio", "0.01")
HOMES = Unit.declared("家", "company", "1")


def test_money_over_money_has_no_unit():
    assert YI / YUAN == PURE
    assert PERCENT * PERCENT == PURE


def test_money_by_percentage_stays_money():
    assert YI * PERCENT == PERCENT * YI == YI / PERCENT == YI


def test_new_quantities_are_named_after_their_parts():
    each = YI / HOMES
    assert each.symbol == "亿元/家"
    assert each.dimension == (("company", -1), ("money", 1))
    assert each.factor == 10**8
    assert each.measure == "company^-1·money"
    assert (YI * HOMES).symbol == "亿元·家"


def test_quotient_times_its_divisor_measures_what_it_did_before():
    assert ((YI / HOMES) * HOMES).dimension == YI.dimension
    assert ((YI / HOMES) * HOMES).factor == YI.factor


def test_quotient_times_its_divisor_is_called_what_it_was_before():
    thousand = Unit.declared("千家", "company", "1000")
    assert [(YI / HOMES * unit).symbol for unit in (HOMES, thousand)] == ["亿元", "亿元"]
    assert (HOMES * (YI / HOMES), YI / (YI / HOMES)) == (YI, HOMES)


def test_factor_of_a_quotient_is_the_quotient_of_the_factors():
    thousand = Unit.declared("千家", "company", "1000")
    assert (YI / thousand).factor == 10**5


@pytest.mark.parametrize(("left", "right"), [(YI, PERCENT), (YI, HOMES), (PURE, YI)])
def test_different_quantities_do_not_go_together(left, right):
    with pytest.raises(UnitError, match="cannot compare"):
        left.require_same_quantity(right, "compare")


def test_same_quantity_in_other_sizes_goes_together():
    YI.require_same_quantity(YUAN, "add")
    PERCENT.require_same_quantity(PURE, "add")


def test_declared_units_have_their_size():
    units = load_units()
    assert units["亿元"].factor == 10**4 * units["万元"].factor == 10**8 * units["元"].factor
    assert units["%"].factor == units["百分点"].factor == Fraction(1, 100)
    assert units["%"].dimension == units["倍"].dimension == ()


@pytest.mark.parametrize(
    ("symbol", "said"),
    [("亿元", "CNY 100 million"), ("万人", "10,000 people"), ("万平方米", "10,000 m²"), ("公顷", "ha"), ("%", "%")],
)
def test_tables_of_data_say_in_english_what_a_value_is_one_of(symbol, said):
    assert load_units()[symbol].unit_en == said


def test_english_has_a_quotient_of_the_base_units():
    units = load_units()
    assert (units["亿元"] / units["万人"]).english_size == 10**4
    assert (units["亿元"] / units["万人"]).english.printed("5", "million") == "CNY\u00a05\u00a0million\u00a0per person"


def test_what_is_counted_makes_no_other_unit():
    cases = load_units()["件"].counting("case", "cases")
    assert cases == load_units()["件"]
    assert [cases.english.printed(number) for number in ("1", "−1", "0", "12")] == [
        "1\u00a0case",
        "−1\u00a0case",
        "0\u00a0cases",
        "12\u00a0cases",
    ]
