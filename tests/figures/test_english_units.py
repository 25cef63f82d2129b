"""The same figure in English: other digits for the same number, converted in the figure."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongbao.figures.figure import Figure, common_scales, stated
from gongbao.figures.interval import Interval
from gongbao.figures.origin import Claim, Leaf, Precision
from gongbao.figures.units import SCALES
from gongbao.ledger.rows import load_units

UNITS = load_units()
SCALED = ["亿元", "万元", "元", "亿美元", "万人", "万平方米", "亿立方米", "公顷", "%"]


def figure(value: str, symbol: str, precision: Precision = Precision.ROUNDED, id: str = "t.x@2023") -> Figure:
    number, decimals, unit = Fraction(value), len(value.partition(".")[2]), UNITS[symbol]
    interval = precision.interval(number, decimals) * Interval.point(unit.factor)
    return stated(Leaf(id, number * unit.factor, interval, Claim.STATED), unit, decimals, "甲", "A")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def in_base_units(text: str, size: Fraction) -> list[Fraction]:
    """The numbers of an English text in base units, each with the scale that stands behind the last."""
    scale = next((word for word in ("billion", "million") if word in text), "")
    numbers = re.findall(r"−?[0-9][0-9,]*(?:\.[0-9]+)?", text)
    return [Fraction(n.replace(",", "").replace("−", "-")) * 10 ** SCALES[scale] * size for n in numbers]


@pytest.mark.parametrize(
    ("value", "symbol", "said"),
    [
        ("126.8", "亿元", "CNY 12.68 billion"),
        ("100", "亿元", "CNY 10.0 billion"),
        ("5.6", "亿元", "CNY 560 million"),
        ("-0.7", "亿元", "CNY −70 million"),
        ("350", "万元", "CNY 3.50 million"),
        ("35", "万元", "CNY 350,000"),
        ("842.7", "万美元", "US$8.427 million"),
        ("31.6", "万人", "316,000 people"),
        ("126", "万平方米", "1.26 million m²"),
        ("152.81", "亿立方米", "15.281 billion m³"),
        ("2823.4", "亩", "188.23 hectares"),
        ("66852.27", "公顷", "66,852.27 hectares"),
        ("3.2", "%", "3.2%"),
        ("0.5", "百分点", "0.5 percentage points"),
        ("2", "位次", "No. 2"),
        ("0.018", "人/亿元", "0.018 deaths per CNY 100 million of GDP"),
    ],
)
def test_units_are_those_of_the_house_style(value, symbol, said):
    assert plain(figure(value, symbol).english("text")) == said


numbers = st.decimals("-99999", "99999", places=2).map(lambda value: f"{value:f}")


@given(numbers, numbers, st.sampled_from(SCALED))
def test_value_tolerance_and_interval_are_those_of_the_chinese_text(left, right, symbol):
    for made in (
        figure(left, symbol),
        figure(left, symbol) + figure(right, symbol, id="t.y@2023"),
        figure(left, symbol) / 7,
    ):
        size = made.unit.english.factor
        for form, chinese in (
            ("text", made.number),
            ("tolerance", made.printed("tolerance_number")),
            ("range", made.range_text.removesuffix(symbol)),
        ):
            there = [Fraction(n.replace("−", "-")) * made.unit.factor for n in re.split("[±～]", chinese)]
            assert in_base_units(plain(made.english(form)), size) == there, (form, chinese)


@given(numbers, st.sampled_from(SCALED))
def test_the_digits_stay_and_only_zeros_are_added(value, symbol):
    made = figure(value, symbol)
    there, here = (re.sub("[^0-9]", "", text).lstrip("0") for text in (made.number, made.english("number")))
    assert here.startswith(there)
    assert set(here.removeprefix(there)) <= {"0"}


@pytest.mark.parametrize(("values", "scale"), [(["192.1", "0.5"], "billion"), (["9.5", "0.5"], "million")])
def test_a_table_or_picture_has_the_scale_of_its_largest_number(values, scale):
    made = [figure(value, "亿元") for value in values]
    assert common_scales(made) == {UNITS["亿元"]: scale}
    assert [plain(one.english("tolerance", scale)).split()[2] for one in made] == [scale] * 2
    assert made[1].english("tolerance_number", scale) == ("0.05" if scale == "billion" else "50")


def test_what_may_be_nothing_has_the_scale_of_its_tolerance():
    gap = figure("6.3", "亿元") - figure("6.30", "亿元", id="t.y@2023")
    assert plain(gap.english("tolerance")) == "CNY 0±6 million"


def test_what_has_no_upper_bound_keeps_its_digits():
    assert plain(figure("3000", "亩", Precision.OVER).english("tolerance")) == "200.0 hectares"
    assert plain(figure("10", "万人", Precision.OVER).english("range")) == "at least 100,000 people"
    assert plain(figure("3", "亿元", Precision.UNDER).english("range")) == "at most CNY 300 million"


def test_a_ratio_is_called_so_in_heads_and_times_behind_a_number():
    ratio = figure("1.67", "倍")
    assert ratio.unit.unit_en == "ratio"
    assert [plain(ratio.english("text", scale)) for scale in (None, "")] == ["1.67 times"] * 2
    assert plain(figure("1", "倍").english("text")) == "1"
