"""Numbers in Chinese text."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gongbao.verify.numerals import arabic_numerals, counting_numerals, stated_with


def values(text: str) -> list[str]:
    return [str(numeral.value) for numeral in arabic_numerals(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("余额126.8亿元", ["126.8"]),
        ("额度7.0亿元，其中5.60亿元", ["7.0", "5.60"]),
        ("共66,852.27万元", ["66852.27"]),
        ("1,234,567家", ["1234567"]),
        ("3、5、12号", ["3", "5", "12"]),
        ("1,2和3", ["1", "2", "3"]),
        ("2023年9月26日", ["2023", "9", "26"]),
        ("2．标题", ["2"]),
        ("1. 附件", ["1"]),
        ("192 1", ["192", "1"]),
        ("十二个，没有数字", []),
        ("１２个", []),
        ("", []),
    ],
)
def test_numbers_are_found_in_order(text, expected):
    assert values(text) == expected


def test_comma_in_front_of_four_digits_separates_two_numbers():
    assert values("12,3456") == ["12", "3456"]


def test_places_are_those_of_the_digits():
    text = "余额1,126.8亿元"
    (numeral,) = arabic_numerals(text)
    assert text[numeral.start : numeral.end] == "1,126.8"


@pytest.mark.parametrize(
    ("phrase", "unit", "expected"),
    [
        ("债务率为16.3%", "%", ["16.3"]),
        ("使用2023年新增债务限额7.0亿元", "亿元", ["7.0"]),
        ("提高1.2个百分点", "百分点", ["1.2"]),
        ("提高两个百分点", "百分点", ["2"]),
        ("培训5万余人次", "万人次", ["5"]),
        ("共有三轮", "轮", ["3"]),
        ("检查一百二十三家", "家", ["123"]),
        ("12·34·56", "家", ["56"]),
        ("5.6亿元、3.2亿元", "亿元", ["5.6", "3.2"]),
        ("增长5.2%", "%", ["5.2"]),
        ("下降5.2%", "%", ["-5.2"]),
        ("减少了3.1亿元", "亿元", ["-3.1"]),
        ("回落约0.5个百分点", "百分点", ["-0.5"]),
        ("低于全市2.0个百分点", "百分点", ["-2.0"]),
        ("下降到5.2%", "%", ["5.2"]),
        ("下降5.2%后回升3.0%", "%", ["-5.2", "3.0"]),
    ],
)
def test_phrase_states_numbers_in_its_unit(phrase, unit, expected):
    assert [str(numeral.value) for numeral in stated_with(phrase, unit)] == expected


def test_fall_keeps_the_place_of_the_digits():
    (numeral,) = stated_with("同比下降5.2%", "%")
    assert (numeral.start, numeral.end, numeral.value) == (4, 7, Decimal("-5.2"))


def test_not_less_than_is_no_fall():
    assert [str(n.value) for n in stated_with("覆盖率不低于80%", "%")] == ["80"]


def test_unit_is_not_the_beginning_of_another():
    assert stated_with("参加300人次", "人", ["人", "人次"]) == []


@pytest.mark.parametrize(
    ("phrase", "unit"),
    [
        ("余额5亿元", "元"),
        ("余额5亿元", "万元"),
        ("债务率为16.3%", "亿元"),
        ("提高1.2个百分点", "%"),
        ("余额5亿元，增长3%", "家"),
    ],
)
def test_number_in_another_unit_is_not_stated(phrase, unit):
    assert stated_with(phrase, unit) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("两个方案", ["2"]),
        ("第三个方案", []),
        ("一百零五家", ["105"]),
        ("二十余家", ["20"]),
        ("一万二千家", ["12000"]),
        ("3万家", []),
        ("一二三家", []),
        ("十四五时期", []),
        ("一般家庭", []),
    ],
)
def test_chinese_numbers_count_in_front_of_what_is_counted(text, expected):
    assert [str(n.value) for n in counting_numerals(text, ["个", "家"])] == expected


def test_nothing_counts_without_units_that_count():
    assert list(counting_numerals("两个方案", [])) == []
