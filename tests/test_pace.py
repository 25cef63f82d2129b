"""How far and how fast the indicators of the plan have come: the arithmetic, and what it says of the real table."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from gongbao.figure import Claim, Figure, Leaf, Precision, stated
from gongbao.indicators import (
    Course,
    Kind,
    Nature,
    Standing,
    count,
    courses,
    duration,
    elapsed,
    load_indicators,
    months,
    required_growth,
    standing,
)
from gongbao.interval import Interval
from gongbao.tables import FaultyDataError
from gongbao.units import PURE


@pytest.fixture(scope="module")
def indicators():
    return {one.number: one for one in load_indicators()}


@pytest.fixture(scope="module")
def course(indicators, whole_ledger):
    """The course of an indicator by its number; of a compound one, the part that is asked for."""

    def find(number: int, part: int = 0) -> Course:
        return courses(indicators[number], whole_ledger)[part]

    return find


# --- the table


def test_the_rows_are_read_in_the_order_of_the_table(indicators):
    assert list(indicators) == list(range(1, 32))
    assert indicators[24].nature is Nature.BINDING
    assert indicators[24].kind is Kind.CEILING


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (",expected,growth,plan.indicator.01", ",hoped,growth,plan.indicator.01", "hoped"),
        (",expected,growth,plan.indicator.01", ",expected,speed,plan.indicator.01", "speed"),
        ("01-gdp-growth,2020,2022", "01-gdp-growth,2020,early", "early"),
        ("\n2,", "\n7,", "the number is 7"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(data, old, new, problem):
    table = data / "indicators.csv"
    text = table.read_text("utf-8")
    assert text.count(old) == 1
    table.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(FaultyDataError, match=rf"data/indicators\.csv, row [23]: .*{problem}"):
        load_indicators(data)


def test_kinds_and_standings_have_chinese_words():
    for words in (Kind, Nature, Standing):
        assert all(word.zh for word in words)


# --- time


@pytest.mark.parametrize(
    ("period", "share"),
    [("2020", 0), ("2021", "1/5"), ("2022", "2/5"), ("2021/2023-06", "1/2"), ("2023-06-30", "1/2"), ("2025-12-31", 1)],
)
def test_time_is_counted_in_months_from_the_end_of_the_base(period, share):
    assert elapsed(period).exact == Fraction(share)
    assert elapsed(period).interval.half_width == 0


def test_a_duration_is_in_years(whole_ledger):
    half = duration("2020", "2023-06-30", whole_ledger.units["年"])
    assert half.text == "2.5年"
    assert months("2023-06") - months("2020") == 30


# --- distance and pace


def test_covered_is_progress_over_distance_and_its_interval_is_the_tight_one(course):
    area = course(18)  # 13 to 16, at 15.4
    assert area.covered.exact == Fraction("2.4") / 3
    # every corner of the rounding box, by hand
    corners = [
        (x - b) / (16 - b) for b in (Fraction("12.5"), Fraction("13.5")) for x in map(Fraction, ("15.35", "15.45"))
    ]
    assert (area.covered.interval.low, area.covered.interval.high) == (min(corners), max(corners))
    assert area.pace.exact == area.covered.exact * 2


def test_a_target_has_no_rounding_and_about_is_an_assumption(course):
    assert course(18).target.interval.half_width == 0
    assert course(18).covered.claim is Claim.DERIVED
    assert course(5).covered.claim is Claim.INFERRED
    assert "左右" in course(5).covered.inference


def test_needed_over_achieved_follows_from_covered_and_elapsed(course):
    villages = course(14)
    p, e = villages.covered.exact, villages.elapsed.exact
    assert (villages.required / villages.achieved).exact == (1 - p) / p * e / (1 - e)
    assert villages.achieved.text == "2.4个/年"
    assert villages.required.text == "4个/年"


def test_a_change_of_a_share_is_in_percentage_points(course):
    assert course(5).achieved.unit.symbol == "百分点/年"


def test_a_cumulative_indicator_is_measured_from_nothing(course):
    output = course(4)
    assert output.covered.exact == Fraction(4264, 10000)
    assert output.achieved.exact == Fraction(4264 * 2, 5)
    assert output.required.exact == Fraction(10000 - 4264) * 2 / 5
    assert output.even.exact == 2000


def test_what_is_due_of_a_sum_that_rises_from_the_base(course):
    output = course(4)
    rise = Fraction(10000 - 5 * 1591, 15)  # 1 + 2 + 3 + 4 + 5 rises in all
    years = [1591 + year * rise for year in range(1, 6)]
    assert sum(years) == 10000
    assert output.due_if_rising.exact == years[0] + years[1] + years[2] / 2
    assert output.as_of("2025").due_if_rising.exact == 10000
    assert output.due_if_rising.unit == output.target.unit


def test_going_on_at_the_pace_so_far_reaches_the_target_just_if_the_pace_is_1(course, whole_ledger):
    platforms = course(6, part=1)
    assert platforms.pace.exact == 1
    once = duration("2020", "2021", whole_ledger.units["年"]) / duration("2020", "2021", whole_ledger.units["年"])
    assert platforms.projected(once).exact == platforms.target.exact
    assert platforms.projected(once + once).exact == platforms.target.exact + 1


def test_required_growth_closes_the_gap(course):
    gdp = course(1)
    rest = gdp.required
    left, right = (1 + gdp.target) ** 5, (1 + gdp.value) ** 2 * (1 + rest) ** 3
    assert float(left / right) == pytest.approx(1, abs=1e-12)
    assert required_growth(gdp.target, gdp.target, 2, 3).exact == pytest.approx(gdp.target.exact / 100, abs=1e-12)


def test_compound_pace_is_growth_over_the_growth_needed(course):
    assert float(course(14).compound_pace) == pytest.approx((2.5 ** (2 / 5) - 1) / (5 ** (1 / 5) - 1))


# --- standing


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (8, Standing.REACHED),
        (12, Standing.REACHED),  # the base met the target, and the value does
        (25, Standing.REACHED),  # a ceiling: below is good
        (5, Standing.ON_PACE),
        (23, Standing.ON_PACE),  # to outgrow the city
        (9, Standing.OPEN),
        (14, Standing.BEHIND),
        (1, Standing.FAR_BEHIND),
        (6, Standing.FAR_BEHIND),  # the worse of two parts
        (7, Standing.AWAY),
        (19, Standing.AWAY),  # the base met the target, the value does not
        (31, Standing.AWAY),
        (24, Standing.UNKNOWN),
        (28, Standing.UNKNOWN),
    ],
)
def test_an_indicator_stands_where_its_numbers_put_it(indicators, whole_ledger, number, expected):
    assert standing(courses(indicators[number], whole_ledger)) is expected


def test_a_higher_ceiling_would_still_be_met_and_a_lower_one_not(course):
    deaths = course(25)
    assert deaths.standing is Standing.REACHED
    assert replace(deaths, target=deaths.value * 0 + deaths.base / 2).standing is not Standing.REACHED


def printed(course: Course, *, counts: bool = False, **numbers: str) -> Course:
    """The course with other printed numbers: full counts, or rounded as they are printed."""

    def figure(part: str, digits: str) -> Figure:
        value, decimals = Fraction(digits), len(digits.partition(".")[2])
        interval = Interval.point(value) if counts or part == "target" else Precision.ROUNDED.interval(value, decimals)
        leaf = Leaf(part, value, interval, Claim.STATED)
        return stated(leaf, PURE, decimals, "数", "number")

    return replace(course, **{part: figure(part, digits) for part, digits in numbers.items()})


@pytest.mark.parametrize(
    ("base", "value", "expected"),
    [
        ("10", "20", Standing.ON_PACE),  # perhaps there, faster than time for certain
        ("10", "20.5", Standing.REACHED),
        ("10.0", "15.1", Standing.ON_PACE),
        ("10.0", "15.0", Standing.OPEN),
        ("10.0", "14.9", Standing.BEHIND),
        ("10.0", "12.5", Standing.BEHIND),  # about half as fast: late for certain, how late is not
        ("10.0", "12.4", Standing.FAR_BEHIND),
        ("10.0", "10.0", Standing.FAR_BEHIND),
        ("10.0", "9.8", Standing.AWAY),
        ("21.0", "20.0", Standing.OPEN),  # the base met the target, the value perhaps
        ("21.0", "19.9", Standing.AWAY),
        ("20.0", "20.0", Standing.OPEN),
        ("20.0", "19.9", Standing.AWAY),
    ],
)
def test_rounding_decides_nothing(course, base, value, expected):
    """Half of the time is over."""
    assert printed(course(14), base=base, value=value, target="20").standing is expected


@pytest.mark.parametrize(("value", "expected"), [("15", Standing.ON_PACE), ("12.5", Standing.BEHIND)])
def test_a_pace_on_the_cut_belongs_to_the_better_side(course, value, expected):
    assert printed(course(14), counts=True, base="10", value=value, target="20").standing is expected


def test_rounding_decides_nothing_under_a_ceiling(course):
    deaths = course(25)
    assert printed(deaths, base="19.0", value="20.0", target="20").standing is Standing.OPEN
    assert printed(deaths, base="19.0", value="20.1", target="20").standing is Standing.AWAY


def test_another_date_changes_the_pace_alone(course):
    output = course(4)
    assert output.as_of("2022").pace.exact == output.covered.exact / Fraction(2, 5)
    assert output.as_of("2022").covered.exact == output.covered.exact
    assert output.as_of("2022").standing is Standing.ON_PACE


def test_what_is_stated_as_a_lower_bound_is_taken_at_it(course):
    water = course(30)
    assert water.value.interval.bounded
    assert "下限" in water.covered.inference
    assert water.standing is Standing.REACHED


def test_what_is_early_by_the_table_has_reached_its_target(indicators, whole_ledger):
    """All that the page calls early has met its target, and nothing that it calls below expectation is on pace."""
    for one in indicators.values():
        stands = standing(courses(one, whole_ledger))
        if one.judgement_midterm == "提前达到目标":
            assert stands is Standing.REACHED
        if one.judgement_midterm == "不及预期":
            assert stands in (Standing.BEHIND, Standing.FAR_BEHIND, Standing.AWAY)


# --- counts and names


def test_a_count_lists_its_indicators_and_their_pages(indicators, whole_ledger):
    two = count([indicators[14], indicators[24]], whole_ledger)
    assert two.text == "2项"
    assert two.formula == "计数[data/indicators.csv中序号：14、24]"
    assert {statement.page for statement in two.statements} == {59}
    assert count([], whole_ledger).text == "0项"


def test_parts_have_names_of_their_own(course):
    assert course(6).slug == "industry-platforms.ten-billion"
    assert course(6).short_zh == "百亿级产业平台"
    assert course(5).short_zh == "战新产业占比"
    assert course(5).name_en.endswith("above designated size")
