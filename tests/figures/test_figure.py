"""Figures: honest units, honest digits, and where a number comes from."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gongbao.figures.errors import RefusedError
from gongbao.figures.figure import Figure, assumption, stated
from gongbao.figures.interval import Interval
from gongbao.figures.origin import Claim, Leaf, Precision, Statement
from gongbao.figures.units import PURE, UnitError
from gongbao.ledger.rows import load_context, load_units

UNITS = load_units()
YI, WAN, PERCENT, POINTS, TIMES = (UNITS[symbol] for symbol in ("亿元", "万元", "%", "百分点", "倍"))


def figure(value: str, unit=YI, precision=Precision.ROUNDED, id="debt.x@2023", claim=Claim.STATED) -> Figure:
    """A figure as a row would state it."""
    number, decimals = Fraction(value), len(value.partition(".")[2])
    interval = precision.interval(number, decimals) * Interval.point(unit.factor)
    statement = Statement("债务说明", 96, f"为{value}{unit.symbol}", precision, "data/ledger/debt.csv:2")
    return stated(Leaf(id, number * unit.factor, interval, claim, (statement,)), unit, decimals, "甲", "a")


def number(text: str) -> Fraction:
    """What a reader reads."""
    return Fraction(Decimal(text.replace("−", "-")))


tenths = st.integers(-20000, 20000).map(lambda n: f"{Decimal(n) / 10:.1f}")
positive = st.integers(1, 20000).map(lambda n: f"{Decimal(n) / 10:.1f}")


@st.composite
def computed(draw: st.DrawFn) -> Figure:
    """A figure computed from printed ones, as chapters compute them."""
    a, b, c = (figure(draw(positive), id=f"debt.{name}@2023") for name in "abc")
    shape: Callable[[], Figure] = draw(
        st.sampled_from(
            [
                lambda: a - b,
                lambda: a + b + c,
                lambda: (a / b).to(PERCENT),
                lambda: (a / (b + c)).to(PERCENT),
                lambda: a / ((b + c) / 2),
                lambda: (a - b) / c,
                lambda: a * 1000,
                lambda: (a * 10000).to(WAN),
            ]
        )
    )
    return shape()


# --- units


def test_money_and_a_ratio_do_not_add_up():
    with pytest.raises(UnitError, match="cannot add or subtract 亿元 and %"):
        figure("1.0") + figure("2.0", PERCENT)
    with pytest.raises(UnitError, match="cannot add or subtract 亿元 and a ratio"):
        figure("1.0") - 1


def test_money_over_money_is_a_ratio():
    ratio = figure("3.0", id="a") / figure("2.0", id="b")
    assert ratio.unit == PURE
    assert ratio.exact == Fraction(3, 2)
    assert ratio.to(PERCENT).exact == 150
    assert ratio.to(TIMES).exact == Fraction(3, 2)


def test_money_times_a_percentage_is_money_either_way():
    money, rate = figure("130.1", id="a"), figure("3.0", PERCENT, id="b")
    for product in (money * rate, rate * money):
        assert product.unit == YI
        assert product.exact == Fraction("3.903")
    assert (money / rate).unit == YI


def test_units_of_one_quantity_convert_in_sums():
    total = figure("1.0", YI, id="a") + figure("500", WAN, id="b")
    assert (total.unit, total.exact) == (YI, Fraction("1.05"))
    assert total.to(WAN).exact == 10500
    assert figure("500", WAN, id="b") + figure("1.0", YI, id="a") != total
    assert (figure("500", WAN, id="b") + figure("1.0", YI, id="a")).unit == WAN


def test_a_percentage_times_a_whole_number_is_a_percentage():
    share = figure("10.2", PERCENT)
    for made, number in ((share * 2, "20.4"), (2 * share, "20.4"), (share / 2, "5.1"), (-share, "-10.2")):
        assert (made.unit, made.exact) == (PERCENT, Fraction(number))
    assert (1 / share).unit != PERCENT


def test_percentage_points_add_to_percentages():
    rise = figure("16.3", PERCENT, id="a") + figure("1.2", POINTS, id="b")
    assert (rise.unit, rise.exact) == (PERCENT, Fraction("17.5"))
    assert figure("1.2", POINTS).text == "1.2个百分点"


def test_one_less_a_percentage_is_a_percentage():
    rest = 1 - figure("40.0", PERCENT)
    assert (rest.unit, rest.exact) == (PERCENT, 60)


@pytest.mark.parametrize("unit", [PERCENT, PURE])
def test_money_does_not_convert_to_a_ratio(unit):
    with pytest.raises(UnitError, match="cannot convert between 亿元 and"):
        figure("1.0").to(unit)


# --- arithmetic


@pytest.mark.parametrize("typed", [0.5, 1.0, Decimal("0.5"), "2", None])
@pytest.mark.parametrize(
    "operation",
    [
        lambda f, x: f + x,
        lambda f, x: f - x,
        lambda f, x: f * x,
        lambda f, x: f / x,
        lambda f, x: x + f,
        lambda f, x: x - f,
        lambda f, x: x * f,
        lambda f, x: x / f,
    ],
)
def test_typed_decimal_takes_no_part_in_arithmetic(operation, typed):
    with pytest.raises(TypeError, match="joined with a figure or an integer"):
        operation(figure("5", PERCENT), typed)


def test_whole_numbers_take_part_and_show_in_the_formula():
    a, b = figure("126.8", id="a"), figure("130.1", id="b")
    mean = (a + b) / 2
    assert mean.exact == Fraction("128.45")
    assert mean.formula == "({a} + {b}) ÷ 2"
    assert (2 * a).exact == Fraction("253.6")
    assert (-a).exact == Fraction("-126.8")


def test_sum_adds_figures_up():
    parts = [figure(value, id=value) for value in ("5.6", "3.2", "5.8")]
    total = sum(parts)
    assert total.exact == Fraction("14.6")
    assert total.formula == "{5.6} + {3.2} + {5.8}"


@given(tenths, tenths, tenths)
def test_interval_is_carried_through_sums(a, b, c):
    result = figure(a, id="a") - figure(b, id="b") + figure(c, id="c")
    assert result.exact == Fraction(a) - Fraction(b) + Fraction(c)
    assert result.interval.half_width == Fraction("0.15")
    assert result.exact - result.interval.low == Fraction("0.15")


def test_figure_used_twice_is_rounded_once():
    a, b = figure("126.8", id="a"), figure("63.3", id="b")
    assert (a - a).interval == Interval.point(Fraction(0))
    share = ((a - b) / a).to(PERCENT)
    assert share.interval.low == (1 - Fraction("63.35") / Fraction("126.75")) * 100
    assert share.interval.high == (1 - Fraction("63.25") / Fraction("126.85")) * 100


def test_interval_of_a_converted_figure_is_in_its_unit():
    assert figure("1.2").to(WAN).interval == Interval(Fraction(11500), Fraction(12500))


# --- comparison


def test_comparison_has_three_answers():
    a, b, more = figure("1.0", id="a"), figure("1.1", id="b"), figure("2.0", id="c")
    assert (more > a, more >= a, more < a, more <= a) == (True, True, False, False)
    assert more.is_equal(a) is False
    twin = figure("1.0", id="twin")
    for answer in (b > a, twin < a, twin >= a, a.is_equal(twin)):
        assert answer is pd.NA
    # the ends may meet: not larger for certain, and not smaller
    assert (b >= a) is True
    with pytest.raises(TypeError, match="ambiguous"):
        bool(b > a)


def test_figure_is_equal_to_itself_however_it_is_rounded():
    ratio = figure("3.0", id="a") / (figure("2.0", id="b") + figure("3.0", id="a"))
    assert ratio.is_equal(ratio.to(PERCENT)) is True
    assert (ratio < ratio, ratio <= ratio) == (False, True)


def test_nothing_is_nothing_in_any_unit():
    assert (figure("1.0") > 0) is True
    assert (0 < figure("1.0")) is True  # noqa: SIM300
    with pytest.raises(UnitError, match=r"compare 亿元 and a ratio: debt.x@2023 and 1: a typed number has no source"):
        figure("1.0") > 1  # noqa: B015
    with pytest.raises(UnitError, match=r"add or subtract 亿元 and a ratio: debt.x@2023 and 1: a typed number has no"):
        figure("1.0") + 1


def test_comparison_across_quantities_or_with_typed_numbers_is_refused():
    with pytest.raises(UnitError, match="cannot compare 亿元 and %: a and b"):
        figure("1.0", id="a") < figure("1.0", PERCENT, id="b")  # noqa: B015
    with pytest.raises(TypeError, match="a typed number has no source"):
        figure("1.0") < 1.5  # noqa: B015


def test_sources_decide_how_many_digits_there_are_also_where_python_formats_and_rounds():
    assert f"{figure('126.8')}|{figure('126.8'):>9}|{figure('126.8'):s}" == "126.8亿元|  126.8亿元|126.8亿元"
    for print_it in (lambda one: f"{one:.1f}", lambda one: f"{one:,}", lambda one: f"{one:.2}", round):
        with pytest.raises(RefusedError, match=r"debt.x@2023 is not rounded: .* as many digits as their sources"):
            print_it(figure("126.8"))


def test_figures_with_one_formula_are_one_in_sets():
    a, b = figure("1.0", id="a"), figure("1.0", id="b")
    assert len({a - b, a - b, b - a, a, b}) == 4
    assert a != b


# --- precision


@pytest.mark.parametrize(
    ("precision", "low", "high"),
    [
        (Precision.EXACT, "12.5", "12.5"),
        (Precision.ROUNDED, "12.45", "12.55"),
        (Precision.ABOUT, "12.45", "12.55"),
        (Precision.OVER, "12.5", math.inf),
        (Precision.UNDER, -math.inf, "12.5"),
    ],
)
def test_words_of_precision_open_what_they_say(precision, low, high):
    interval = figure("12.5", precision=precision).interval
    assert interval == Interval(*(end if isinstance(end, float) else Fraction(end) for end in (low, high)))


# --- digits


@pytest.mark.parametrize("value", ["100.0", "0.15", "7.0", "0", "1234567", "-3.50"])
def test_stated_number_keeps_the_digits_of_its_page(value):
    assert figure(value).text == value.replace("-", "−") + "亿元"
    assert figure(value).tolerance_text == figure(value).text


@given(computed())
def test_half_width_is_no_more_than_half_of_the_last_digit(f):
    assert f.interval.half_width <= Fraction(1, 2) / Fraction(10) ** f.decimals
    assert abs(number(f.number) - f.exact) <= Fraction(1, 2) / Fraction(10) ** f.decimals
    assert len(f.number.partition(".")[2]) == max(0, f.decimals)


@given(computed())
def test_no_digit_is_withheld_that_rounding_supports(f):
    assume(f.decimals < 2)
    assert f.interval.half_width > Fraction(1, 2) / Fraction(10) ** (f.decimals + 1)


@given(computed())
def test_printed_tolerance_covers_the_whole_interval(f):
    middle, sign, off = f.printed("tolerance_number").partition("±")
    if not sign:
        assert f.printed("tolerance_number") == f.number
        return
    assert number(middle) - number(off) <= f.interval.low
    assert f.interval.high <= number(middle) + number(off)
    # two printed digits more than the honest ones must not make it look worse than it is
    assert number(off) <= 2 * f.interval.half_width + Fraction(1, 100)
    assert len(middle.partition(".")[2]) == len(off.partition(".")[2])


@given(computed())
def test_printed_range_covers_the_interval_and_little_more(f):
    low, sign, high = f.range_text.removesuffix(f.unit.symbol).partition("～")
    assert sign
    assert number(low) <= f.interval.low
    assert f.interval.high <= number(high)
    width = f.interval.high - f.interval.low
    assert number(high) - number(low) <= width * Fraction(12, 10)


@pytest.mark.parametrize(
    ("a", "b", "text"),
    [
        ("1.25", "0.30", "1.0"),  # 0.95 ± 0.01
        ("1.0", "0.3", "1"),  # 0.7 ± 0.1
        ("63.0", "64.5", "−2"),  # −1.5 ± 0.1 goes away from zero, not to even
        ("64.5", "63.0", "2"),
        ("64.5", "62.0", "3"),  # 2.5: to even it would be 2
        ("62.0", "64.5", "−3"),
        ("1.0", "1.0", "0"),
    ],
)
def test_halves_are_rounded_away_from_zero(a, b, text):
    shown = (figure(a, id="a") - figure(b, id="b")).number
    assert shown == text


def test_negative_numbers_have_a_minus_sign():
    fall = figure("61.1", id="a") - figure("63.3", id="b")
    assert fall.text == "−2亿元"
    assert fall.tolerance_text == "−2.2±0.1亿元"
    assert fall.range_text == "−2.3～−2.1亿元"
    assert "-" not in fall.text + fall.tolerance_text + fall.range_text


def test_zero_has_no_sign():
    assert (figure("0.4", id="a") - figure("0.8", id="b") * 1).to(YI).number == "0"
    assert (figure("5.0", id="a") - figure("5.2", id="b")).number == "0"


def test_unknown_last_digits_are_zeros():
    assert figure("16.3", id="a").decimals == 1
    large = figure("126.8", id="a") / figure("16.3", PERCENT, id="b")
    assert (large.decimals, large.text) == (-1, "780亿元")


def test_quotient_of_counts_is_cut_at_two_decimals():
    counts = [figure(value, YI, Precision.EXACT, id=value) for value in ("10", "3")]
    assert (counts[0] / counts[1]).number == "3.33"
    assert (counts[1] / counts[0] / 1000).number == "0.0003"
    assert (counts[0] / counts[1] / 1000).number == "0.0033"


def test_sum_of_counts_is_a_count():
    counts = [figure(value, YI, Precision.EXACT, id=value) for value in ("10", "3")]
    assert sum(counts).text == "13亿元"


def test_figure_without_upper_bound_is_not_printed_as_a_point_once_computed():
    over = figure("100", precision=Precision.OVER)
    assert over.text == "100亿元"
    assert over.range_text == "至少100亿元"
    with pytest.raises(UnitError, match="no upper or lower bound"):
        (over * 2).text  # noqa: B018


def test_exact_number_has_no_range():
    assert figure("7", precision=Precision.EXACT).range_text == "7亿元"


def test_a_bound_is_the_outer_end_of_the_interval():
    ratio = figure("6.2", id="a") / figure("192.1", id="b") * 100
    assert ratio.range_text == "3.200～3.255"
    assert (ratio.printed("least"), ratio.printed("most")) == ("至少3.20", "至多3.26")
    assert ratio.english("most") == "at most 3.26"


def test_a_bound_that_is_exact_or_open_at_the_other_end_says_so_too():
    assert figure("7", precision=Precision.EXACT).printed("most") == "至多7亿元"
    assert figure("100", precision=Precision.OVER).printed("least") == "至少100亿元"


def test_converted_statement_prints_what_its_page_supports():
    # 1.2亿元 is 11500 to 12500 万元: its hundreds are unknown
    assert figure("1.2").to(WAN).number == "12000"
    assert figure("1.2").to(YI).number == "1.2"


# --- what a notebook shows


def test_repr_is_short_and_says_how_far_it_may_be_off():
    room = figure("192.1", id="a") - figure("126.8", id="b")
    assert repr(room) == "<65.3±0.1亿元 {a} − {b}>"
    assert repr(room.named("debt.headroom@2023", "余量", "headroom")) == "<65.3±0.1亿元 debt.headroom@2023>"
    assert str(room) == "65.3±0.1亿元"
    many = sum(figure("1.0", id=f"debt.some.long.series-{n}@2023") for n in range(9))
    assert len(repr(many)) < 100
    assert repr(many).endswith(" …>")


def test_html_says_how_far_it_may_be_off_and_where_it_stands():
    room = (figure("192.1", id="a") - figure("126.8", id="b")).named("c@2023", "余量<", "headroom")
    assert room._repr_html_() == "<span title='债务说明第96页'>余量&lt;：65.3±0.1亿元（推算）</span>"


@pytest.mark.parametrize(
    ("precision", "text"),
    [(Precision.OVER, "至少200亿元"), (Precision.UNDER, "至多200亿元"), (Precision.EXACT, "200亿元")],
)
def test_figure_without_a_bound_is_shown_by_its_range(precision, text):
    assert str(figure("100", precision=precision) * 2) == text


def test_divisor_that_may_be_zero_is_named_with_its_formula():
    a, b = figure("1.0", id="a"), figure("1.0", id="b")
    for said in (lambda: str(a / (a - b)), lambda: (a / (a - b)).exact, lambda: pd.Series([a / (a - b)]).to_string()):
        with pytest.raises(ZeroDivisionError, match=r"is or may be zero: \{a\} ÷ \(\{a\} − \{b\}\)"):
            said()


# --- claims


def test_row_is_stated_and_what_is_computed_is_derived():
    a, b = figure("1.0", id="a"), figure("2.0", id="b")
    assert a.claim is Claim.STATED
    assert (a + b).claim is Claim.DERIVED
    assert a.named("c@2023", "丙", "c").claim is Claim.DERIVED


def test_external_figures_make_external_ones():
    ours, theirs = figure("1.0", id="a"), figure("2.0", id="b", claim=Claim.EXTERNAL)
    assert theirs.claim is Claim.EXTERNAL
    assert (ours / theirs).claim is Claim.EXTERNAL
    assert (ours / theirs).named("c", "丙", "c").claim is Claim.EXTERNAL


def test_assumptions_make_inferences_of_all_that_rests_on_them():
    step = assumption("scenario.step", 1, POINTS, "利率上升", "rise")
    external = figure("2.0", id="b", claim=Claim.EXTERNAL)
    assert step.claim is Claim.INFERRED
    assert (figure("130.1", id="a") * step).claim is Claim.INFERRED
    assert (external * step).claim is Claim.INFERRED


def test_stated_assumption_is_handed_on_once():
    a, b = figure("126.8", id="a"), figure("16.3", PERCENT, id="b")
    denominator = (a / b).named("d@2022", "分母", "denominator", inference="分子是余额")
    assert denominator.claim is Claim.INFERRED
    assert (denominator / a).inference == "分子是余额"
    assert (denominator - denominator * 2).inference == "分子是余额"
    assert (denominator / a).named("e", "戊", "e", inference="另设").inference == "另设；分子是余额"
    assert (denominator / a).claim is Claim.INFERRED


@pytest.mark.parametrize(("value", "text"), [(5, "5%"), ("2.5", "2.5%"), ("40.0", "40.0%"), (0, "0%")])
def test_assumption_is_exact_and_keeps_its_digits(value, text):
    assumed = assumption("scenario.x", value, PERCENT, "甲", "a")
    assert assumed.text == text
    assert assumed.interval == Interval.point(Fraction(str(value)))
    assert assumed.statements == ()


# --- lineage


def test_formula_and_inputs_name_what_it_was_computed_from():
    a, b = figure("63.5", id="a@2022"), figure("5.6", id="b@2023")
    assert (a.formula, a.inputs) == ("", ("a@2022",))
    grown = (a + b) / a
    assert grown.formula == "({a@2022} + {b@2023}) ÷ {a@2022}"
    assert grown.inputs == ("a@2022", "b@2023")
    assert [s.place for s in grown.statements] == ["债务说明第96页"] * 2


def test_formula_of_a_named_figure_shows_one_step_back():
    a, b = figure("63.5", id="a"), figure("5.6", id="b")
    total = (a + b).named("total@2023", "合计", "total")
    share = (a / total).named("share@2023", "比重", "share")
    assert total.formula == "{a} + {b}"
    assert share.formula == "{a} ÷ {total@2023}"
    assert share.inputs == ("a", "total@2023")
    # and yet the rounding of a is followed through
    assert share.interval.high == Fraction("63.55") / (Fraction("63.55") + Fraction("5.55"))


def test_named_keeps_value_and_unit():
    ratio = (figure("3.0", id="a") / figure("2.0", id="b")).to(PERCENT)
    named = ratio.named("r@2023", "比", "ratio")
    assert (named.exact, named.interval, named.unit) == (ratio.exact, ratio.interval, ratio.unit)
    assert (named.id, named.name_zh, named.name_en) == ("r@2023", "比", "ratio")


def test_record_is_plain_and_complete():
    a, b = figure("126.8", id="a@2022"), figure("16.3", PERCENT, id="b@2022")
    record = (a / b).named("d@2022", "分母", "denominator", inference="分子是余额").record()
    assert json.loads(json.dumps(record, ensure_ascii=False)) == record
    assert record["text"] == "780亿元"
    assert record["claim"] == "inferred"
    assert record["formula"] == "{a@2022} ÷ {b@2022}"
    assert record["inputs"] == ["a@2022", "b@2022"]
    assert record["inference"] == "分子是余额"
    # the inputs have rows of their own, where their pages stand
    assert record["statements"] == []


def test_record_of_a_row_says_where_it_stands():
    record = figure("16.3", PERCENT).record()
    assert record["formula"] == ""
    place = {"report": "债务说明", "place": "债务说明第96页", "report_en": "", "place_en": ", p. 96", "page": 96}
    assert record["statements"] == [{**place, "phrase": "为16.3%", "note": ""}]


@given(computed())
def test_data_are_the_nearest_floats_within_the_interval(figure):
    data = figure.data
    value, low, high = (float(data[name]) for name in ("value", "low", "high"))
    assert (value, low, high) == tuple(map(float, (figure.exact, figure.interval.low, figure.interval.high)))
    assert low <= value <= high
    assert data["printed"] == figure.tolerance_text
    # as printed, but for the blank that does not break
    assert data["printed_en"].split() == figure.record()["en"]["tolerance"].split()


@pytest.mark.parametrize(
    ("precision", "ends"),
    [(Precision.OVER, ("40", "inf")), (Precision.UNDER, ("-inf", "40")), (Precision.EXACT, ("40", "40"))],
)
def test_data_have_infinity_where_the_source_leaves_an_end_open(precision, ends):
    data = figure("40", PERCENT, precision).data
    assert data == {"printed": "40%", "printed_en": "40%", "value": "40", "low": ends[0], "high": ends[1]}


# --- what the gazette's figures make


def test_new_limit_takes_the_old_one_to_the_limit_of_the_year(ledger):
    step = ledger["debt.limit.total@2022"] + ledger["debt.limit.new.total@2023"]
    assert step.exact == ledger["debt.limit.total@2023"].exact == Fraction("192.1")
    assert step.interval == Interval(Fraction("192.0"), Fraction("192.2"))


def test_bridge_leads_from_balance_to_balance(ledger):
    closing = (
        ledger["debt.balance.total@2022-12-31"]
        - ledger["debt.principal.due.total@2023"]
        + ledger["debt.bond.new.general@2023"]
        + ledger["debt.bond.new.special@2023"]
        + ledger["debt.bond.refinancing.total@2023"]
    )
    assert closing.exact == ledger["debt.balance.total@2023-12-31"].exact == Fraction("130.1")
    assert closing.interval.half_width == Fraction("0.25")


def closing_balance(ledger, kind: str) -> Figure:
    return (
        ledger[f"debt.balance.{kind}@2022-12-31"]
        + ledger[f"debt.bond.new.{kind}@2023"]
        + ledger[f"debt.bond.refinancing.{kind}@2023"]
        - ledger[f"debt.principal.repaid.{kind}@2023"]
    )


@pytest.mark.parametrize(("kind", "text"), [("general", "69.0±0.2亿元"), ("special", "61.1±0.2亿元")])
def test_balance_by_type_at_the_end_of_the_year(ledger, kind, text):
    assert closing_balance(ledger, kind).tolerance_text == text


def test_effective_rate(ledger):
    mean = (ledger["debt.balance.total@2022-12-31"] + ledger["debt.balance.total@2023-12-31"]) / 2
    rate = (ledger["debt.interest.total@2023"] / mean).to(PERCENT)
    assert rate.text == "3.0%"


def test_denominator_of_the_debt_ratio(ledger):
    implied = ledger["debt.balance.total@2022-12-31"] / ledger["debt.ratio.audit@2022-12-31"]
    assert implied.text == "780亿元"
    assert round(implied.interval.low) == 775
    assert round(implied.interval.high) == 781
    assert re.fullmatch(r"775\.\d～780\.\d亿元", implied.range_text)


def test_comparison_with_the_nation_is_external(ledger):
    context = load_context()
    kinds = ("general", "special")
    nation = sum(context[f"external.china.debt.balance.{kind}@2022-12-31"] for kind in kinds)
    share = (ledger["debt.balance.total@2022-12-31"] / nation).to(PERCENT)
    assert share.claim is Claim.EXTERNAL
    assert {s.page for s in share.statements} == {93, 96, None}


# --- roots, powers, whole numbers


def test_mean_growth_is_a_root_of_a_factor():
    factor = figure("121.0", PERCENT, id="a")
    assert factor.root(2).to(PERCENT).text == "110.0%"
    assert (factor.root(2) ** 2).exact == Fraction("1.21")
    assert factor.root(2).id == ""


def test_root_of_money_is_refused():
    with pytest.raises(UnitError, match="root"):
        figure("4.0").root(2)


def test_numerator_of_a_rounded_rate_is_recovered_where_one_is_possible():
    cases, rate = figure("37", UNITS["件"], Precision.EXACT, "n"), figure("8.1", PERCENT, id="p")
    recovered = (cases * rate).whole()
    assert recovered.text == "3件"
    assert recovered.interval == Interval.point(Fraction(3))


def test_numerator_that_is_not_unique_is_a_set():
    cases, rate = figure("5559", UNITS["人"], Precision.EXACT, "n"), figure("97.2", PERCENT, id="p")
    assert (cases * rate).whole().range_text == "5401～5406人"
    assert (cases / rate).whole().range_text == "5717～5722人"


def test_number_may_be_given_a_unit_and_decimals_and_keeps_formula_and_interval():
    number = figure("37", UNITS["件"], Precision.EXACT, "n") / figure("5", UNITS["件"], Precision.EXACT, "m")
    given = number.with_unit("件")
    assert (given.text, given.formula) == ("7.4件", number.formula)
    assert given.with_decimals(0).text == "7件"
    assert given.interval == given.with_decimals(0).interval == number.interval
    stated = figure("3.0")
    assert stated.with_unit("件").id == "", "another unit makes it another figure"
    with pytest.raises(TypeError, match="there is no unit '东西'"):
        number.with_unit("东西")


def test_rate_that_no_count_gives_is_refused():
    cases, rate = figure("10", UNITS["件"], Precision.EXACT, "n"), figure("8.1", PERCENT, id="p")
    with pytest.raises(ValueError, match="no whole number lies in"):
        (cases * rate).whole()


def test_sign_is_taken_off_where_it_is_known():
    a, b = figure("1.0", id="a"), figure("2.0", id="b")
    assert abs(a - b).interval == (b - a).interval
    assert abs(b) is b
    with pytest.raises(ValueError, match=r"above or below zero is open: −0\.1～0\.1亿元"):
        abs(a - figure("1.0", id="c"))


@pytest.mark.parametrize("exponent", [0, -1, 0.5])
def test_power_that_is_none_is_refused(exponent):
    with pytest.raises(TypeError, match="1, 2, 3"):
        figure("40.0", PERCENT) ** exponent


def test_whole_numbers_are_counted_in_the_smallest_unit():
    people = figure("1.26", UNITS["万人"], id="n")
    assert people.whole().interval == Interval(Fraction("1.255"), Fraction("1.265"))


def test_id_is_series_and_period():
    stated_one = figure("1.0", id="economy.gdp@2023-01/2023-06")
    assert (stated_one.series, stated_one.period) == ("economy.gdp", "2023-01/2023-06")
    assert (stated_one + 0 * stated_one).series == ""
    assumed = assumption("scenario.step", 1, POINTS, "利率上升", "rise")
    assert (assumed.series, assumed.period) == ("scenario.step", "")


def test_an_assumption_that_inputs_share_is_said_once(ledger):
    limit, balance = ledger["debt.limit.total@2023"], ledger["debt.balance.total@2023-12-31"]
    room = (limit - balance).named("debt.room@2023", "余量", "room", "全部发行；不再还本")
    used = (balance / limit).named("debt.used@2023", "使用率", "use", "全部发行")
    assert (room * used).named("debt.both@2023", "两者", "both", "不再还本").inference == "不再还本；全部发行"
