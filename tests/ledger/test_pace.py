"""How far and how fast the indicators of the plan have come: the arithmetic, and what it says of the real table."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest

from gongbao.figures.figure import Figure, stated
from gongbao.figures.frames import FigureArray
from gongbao.figures.interval import Interval
from gongbao.figures.origin import Claim, Leaf, Precision
from gongbao.figures.units import PURE
from gongbao.ledger.indicators import (
    END,
    LEVELS,
    STANDINGS,
    count,
    courses,
    duration,
    elapsed,
    indicators,
    load_indicators,
    months,
    progress,
    required_growth,
)

JUDGED = ["ahead", "as-expected", "below-expected", ""]


@pytest.fixture(scope="module")
def table(whole_ledger):
    return indicators(whole_ledger)


@pytest.fixture(scope="module")
def every(whole_ledger):
    return courses(whole_ledger)


@pytest.fixture(scope="module")
def course(every):
    """The course of an indicator by its number; of a compound one, the part that is asked for."""

    def find(number: int, part: int = 0) -> pd.Series:
        return every.xs(number, level="number", drop_level=False).iloc[part]

    return find


def changed(course: pd.Series, at: str = "", **figures: Figure) -> pd.Series:
    """The course with other figures, or at another period."""
    row = course.to_frame().T.rename_axis(index=LEVELS)
    columns = {name: FigureArray([figures.get(name, course[name])]) for name in ("base", "value", "target")}
    return progress(row.assign(**columns), at).iloc[0]


# --- the table


def test_the_table_has_a_row_for_each_indicator(table):
    assert list(table.index) == list(range(1, 32))
    unemployed = table.loc[24]
    assert (unemployed["nature"], unemployed["class"], unemployed["target"]) == ("binding", "ceiling", "完成市下达目标")
    assert (unemployed["midterm"], unemployed["final"]) == ("as-expected", "effort")
    assert all(figure.series.startswith(f"{unemployed['series']}.") for figure in unemployed["stated"])
    assert table.loc[[12, 1, 3, 5], "date"].tolist() == ["2021", "2022", "2023-06-30", "2023-06-30"]
    assert table.loc[29, "target"].count("；") == 1


def test_indicators_are_those_of_the_file(data):
    path = data / "indicators.csv"
    path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[:3]), "utf-8")
    assert load_indicators(data)["short_en"].to_dict() == {1: "GDP", 2: "budget revenue"}


# --- time


def test_a_sum_is_dated_by_the_end_of_its_last_month(whole_ledger, monkeypatch):
    table = load_indicators()
    table.loc[[1, 2, 3], "midterm_period"] = ["2021/2024-02", "2021/2024", "2024-07"]
    monkeypatch.setattr("gongbao.ledger.indicators.load_indicators", lambda: table)
    assert indicators(whole_ledger).loc[[1, 2, 3], "date"].tolist() == ["2024-02-29", "2024", "2024-07-31"]


@pytest.mark.parametrize(
    ("period", "share"),
    [("2020", 0), ("2021", "1/5"), ("2022", "2/5"), ("2021/2023-06", "1/2"), ("2023-06-30", "1/2"), ("2025-12-31", 1)],
)
def test_time_is_counted_in_months_from_the_end_of_the_base(period, share):
    assert elapsed(period).exact == Fraction(share)
    assert elapsed(period).interval.half_width == 0


def test_a_duration_is_in_years():
    half = duration("2020", "2023-06-30")
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
    p, e = villages.covered.exact, elapsed("2023-06-30").exact
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
    assert output.rising.exact == years[0] + years[1] + years[2] / 2
    assert changed(output, at="2025").rising.exact == 10000
    assert output.rising.unit == output.target.unit


def test_going_on_at_the_pace_so_far_reaches_the_target_just_if_the_pace_is_1(course):
    platforms = course(6, part=1)
    assert platforms.pace.exact == 1
    to_come = platforms.achieved * duration("2023-06-30", END)
    assert (platforms.value + to_come).exact == platforms.target.exact
    assert (platforms.value + 2 * to_come).exact == platforms.target.exact + 1


def test_required_growth_closes_the_gap(course):
    gdp = course(1)
    rest = gdp.required
    left, right = (1 + gdp.target) ** 5, (1 + gdp.value) ** 2 * (1 + rest) ** 3
    assert float(left / right) == pytest.approx(1, abs=1e-12)
    assert required_growth(gdp.target, gdp.target, 2, 3).exact == pytest.approx(gdp.target.exact / 100, abs=1e-12)


def test_compound_pace_is_growth_over_the_growth_needed(course):
    assert float(course(14).compound) == pytest.approx((2.5 ** (2 / 5) - 1) / (5 ** (1 / 5) - 1))


# --- standing


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (8, "reached"),
        (12, "reached"),  # the base met the target, and the value does
        (25, "reached"),  # a ceiling: below is good
        (5, "on-pace"),
        (23, "on-pace"),  # to outgrow the city
        (9, "open"),
        (14, "behind"),
        (1, "far-behind"),
        (6, "far-behind"),  # the worse of two parts
        (7, "away"),
        (19, "away"),  # the base met the target, the value does not
        (31, "away"),
        (24, "unknown"),
        (28, "unknown"),
    ],
)
def test_an_indicator_stands_where_its_numbers_put_it(table, number, expected):
    assert table.loc[number, "standing"] == expected


def test_a_standing_agrees_with_the_judgement_that_says_the_same_of_time():
    agreeing = {judgement: [one for one, (_, same) in STANDINGS.items() if same == judgement] for judgement in JUDGED}
    assert agreeing == {
        "ahead": ["reached"],
        "as-expected": ["on-pace"],
        "below-expected": ["behind", "far-behind", "away"],
        "": ["open", "unknown"],
    }
    slow = [one for one, (finding, _) in STANDINGS.items() if finding == "slow"]
    assert slow == agreeing["below-expected"]
    assert [STANDINGS[one][0] for one in ("reached", "on-pace", "open", "unknown")] == [
        *("confirmed", "confirmed", "open", "unknown"),
    ]


def test_a_higher_ceiling_would_still_be_met_and_a_lower_one_not(course):
    deaths = course(25)
    assert deaths.standing == "reached"
    assert changed(deaths, target=deaths.value * 0 + deaths.base / 2).standing != "reached"


def printed(course: pd.Series, *, counts: bool = False, **numbers: str) -> pd.Series:
    """The course with other printed numbers: full counts, or rounded as they are printed."""

    def figure(part: str, digits: str) -> Figure:
        value, decimals = Fraction(digits), len(digits.partition(".")[2])
        interval = Interval.point(value) if counts or part == "target" else Precision.ROUNDED.interval(value, decimals)
        leaf = Leaf(part, value, interval, Claim.STATED)
        return stated(leaf, PURE, decimals, "数", "number")

    return changed(course, **{part: figure(part, digits) for part, digits in numbers.items()})


@pytest.mark.parametrize(
    ("base", "value", "expected"),
    [
        ("10", "20", "on-pace"),  # perhaps there, faster than time for certain
        ("10", "20.5", "reached"),
        ("10.0", "15.1", "on-pace"),
        ("10.0", "15.0", "open"),
        ("10.0", "14.9", "behind"),
        ("10.0", "12.5", "behind"),  # about half as fast: late for certain, how late is not
        ("10.0", "12.4", "far-behind"),
        ("10.0", "10.0", "far-behind"),
        ("10.0", "9.8", "away"),
        ("21.0", "20.0", "open"),  # the base met the target, the value perhaps
        ("21.0", "19.9", "away"),
        ("20.0", "20.0", "open"),
        ("20.0", "19.9", "away"),
    ],
)
def test_rounding_decides_nothing(course, base, value, expected):
    """Half of the time is over."""
    assert printed(course(14), base=base, value=value, target="20").standing == expected


@pytest.mark.parametrize(("value", "expected"), [("15", "on-pace"), ("12.5", "behind")])
def test_a_pace_on_the_cut_belongs_to_the_better_side(course, value, expected):
    assert printed(course(14), counts=True, base="10", value=value, target="20").standing == expected


def test_rounding_decides_nothing_under_a_ceiling(course):
    deaths = course(25)
    assert printed(deaths, base="19.0", value="20.0", target="20").standing == "open"
    assert printed(deaths, base="19.0", value="20.1", target="20").standing == "away"


def test_another_date_changes_the_pace_alone(course):
    output = course(4)
    then = changed(output, at="2022")
    assert then.pace.exact == output.covered.exact / Fraction(2, 5)
    assert then.covered.exact == output.covered.exact
    assert then.standing == "on-pace"


def test_what_is_stated_as_a_lower_bound_is_taken_at_it(course):
    water = course(30)
    assert water.value.interval.bounded
    assert "下限" in water.covered.inference
    assert water.standing == "reached"


def test_what_is_early_by_the_table_has_reached_its_target(table):
    """All that the page calls early has met its target, and nothing that it calls below expectation is on pace."""
    assert table.loc[table["midterm"] == "ahead", "standing"].eq("reached").all()
    assert table.loc[table["midterm"] == "below-expected", "finding"].eq("slow").all()
    assert not table.loc[table["midterm"] == "as-expected", "agrees"].all()


# --- the courses as a frame


def test_a_row_has_what_its_class_has(every):
    """What a class has no such thing of is missing, not a number that means nothing."""
    there = every.notna().groupby("number").first()
    cumulative, growth, level, no_way = (there.loc[number] for number in (4, 1, 14, 19))
    assert set(there.columns[~cumulative]) == {"distance", "ambition", "compound"}
    assert set(there.columns[~growth]) >= {"covered", "achieved", "compound", "even"}
    assert set(there.columns[~level]) == {"even", "rising"}
    assert set(there.columns[~no_way]) >= {"distance", "covered", "pace"}
    assert no_way["required"]


def test_a_frame_of_courses_prints(every):
    printed = every.droplevel(["name_zh", "name_en"]).to_string()
    assert "0.830±0.012" in printed
    assert "<NA>" in printed


def test_how_far_a_target_lies_from_its_base_has_no_sign(every):
    """A ceiling that lies below the base lies ahead."""
    ambition = every["ambition"].dropna()
    assert (ambition > 0).all()
    assert ambition.xs(14, level="number").item().exact == 4


def test_the_same_rows_may_be_read_otherwise(every):
    then = progress(every, "2022")
    moved = every.index[then["standing"] != every["standing"]].unique("number")
    assert list(moved) == [4, 13, 21]
    done = progress(every.assign(value=every["target"]))
    going = done[done["has_distance"]]
    assert going["standing"].eq("reached").all()
    assert (going["covered"].figure.exact == 1).all()
    # what was read so is not changed
    pd.testing.assert_index_equal(then.index, every.index)
    assert then["value"].figure.id.tolist() == every["value"].figure.id.tolist()


# --- counts and names


def test_a_count_lists_its_indicators_and_their_pages(table):
    two = count(table.loc[[14, 24]])
    assert two.text == "2项"
    assert two.formula == "计数[data/indicators.csv中序号：14、24]"
    assert {statement.page for statement in two.statements} == {59}
    assert count(table[:0]).text == "0项"
    by_standing = table.groupby("standing").apply(count)
    assert by_standing["open"].formula == "计数[data/indicators.csv中序号：9、13、21]"


def test_parts_have_names_of_their_own(every):
    assert every.index.names == LEVELS
    names = every.index.to_frame().set_index("course")
    assert names.loc["industry-platforms.ten-billion", "short"] == "百亿级产业平台"
    assert names.loc["emerging-industry-share", "short"] == "战新产业占比"
    assert names.loc["emerging-industry-share", "name_en"].endswith("above designated size")
