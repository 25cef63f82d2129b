"""Numbers in Chinese text."""

from __future__ import annotations

import pytest

from gongbao.verify.numerals import arabic_numerals, counting_numerals, han_value, shares


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
    ("text", "expected"),
    [
        ("两个方案", ["2"]),
        ("第三个方案", []),
        ("前两个方案", []),
        ("目前两个方案", ["2"]),
        ("O3两个方案", ["2"]),
        ("一万二家", ["12000"]),
        ("百家争鸣", []),
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


def test_a_multiplier_belongs_to_the_unit_that_begins_with_it():
    (numeral,) = counting_numerals("一千二百三十四万元", ["元", "万元"])
    assert (str(numeral.value), numeral.end) == ("1234", 7)
    (numeral,) = counting_numerals("一千二百三十四万元", ["元"])
    assert str(numeral.value) == "12340000"


@pytest.mark.parametrize(
    ("number", "value"),
    [
        ("三万二", 32000),
        ("二百五", 250),
        ("三千二", 3200),
        ("一万亿", 10**12),
        ("一亿零五百", 100_000_500),
        ("两千零三", 2003),
        ("一百一十", 110),
        ("十", 10),
        ("零", 0),
        ("壹佰贰拾", 120),
        ("三点五", 3.5),
        ("十十", None),
        ("一二三", None),
        ("一百零", None),
        ("万", None),
        ("百", None),
        ("三千万二", None),
        ("亿亿", None),
        ("万一", None),
        ("", None),
    ],
)
def test_chinese_numbers_are_read_as_they_are_said(number, value):
    read = han_value(number)
    assert read is None if value is None else float(read) == value


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("占百分之九十五。", "95", "%"),
        ("占百分之3.5。", "3.5", "%"),
        ("占千分之五。", "5", "‰"),
        ("占四分之三。", "0.75", "分之"),
        ("七成以上", "7", "成"),
        ("占7成。", "7", "成"),
        ("翻一番", "1", "番"),
        ("翻了两番", "2", "番"),
        ("收入翻番", "1", "番"),
    ],
)
def test_shares_hold_their_own_unit(text, value, unit):
    (numeral,) = shares(text)
    assert (str(numeral.value), numeral.unit) == (value, unit)


@pytest.mark.parametrize("text", ["三成功", "一成不变", "分之二", "十分", "组成"])
def test_words_are_no_shares(text):
    assert list(shares(text)) == []
