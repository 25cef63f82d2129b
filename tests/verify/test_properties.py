"""Numbers in Chinese text against an independent oracle: one that writes, where the library reads."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongbao.figures.origin import Precision
from gongbao.ledger.rows import load_units
from gongbao.verify.around import Reader
from gongbao.verify.numerals import han_value, numerals, shares
from gongbao.verify.source import folded, without_furniture

UNITS = load_units()
READER = Reader(UNITS)
DIGITS = "零一二三四五六七八九"


def spelled(number: int) -> str:
    """A whole number as it is written in Chinese, group by group of four digits: the oracle."""
    if number == 0:
        return "零"
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text = ""
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if group:
            # a group that is not full, or that follows an empty one, is joined by a zero
            joined = text and (group < 1000 or groups[place + 1] == 0)
            text += ("零" if joined else "") + _group(group) + ("", "万", "亿")[place]
    return text


def _group(number: int) -> str:
    text = ""
    gap = False
    for power, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, power)
        if digit:
            text += ("零" if gap else "") + DIGITS[digit] + sign
            gap = False
        elif text and number:
            gap = True
    return text


def wide(text: str) -> str:
    """A text in full-width digits and signs."""
    return "".join(chr(ord(character) + 0xFEE0) if character in "0123456789%.-," else character for character in text)


numbers = st.integers(0, 999_999_999_999)
decimals = st.decimals(Decimal("0.001"), Decimal("99999"), places=3, allow_nan=False)
symbols = st.sampled_from(
    sorted({"亿元", "万元", "%", "百分点", "家", "个", "人次", "万人次", "公顷", "平方公里", "件"})
)


@given(numbers)
def test_what_is_spelled_is_read(number):
    assert han_value(spelled(number)) == number


@given(numbers)
def test_what_is_spelled_formally_is_read(number):
    formal = spelled(number).translate(str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟"))
    assert han_value(formal) == number


@given(st.text("零〇一二三四五六七八九十百千万亿两", max_size=12))
def test_any_run_of_numerals_has_a_value_or_none(text):
    value = han_value(text)
    assert value is None or value >= 0


@given(st.text(max_size=60))
def test_any_text_is_read(text):
    plain = folded(text)
    for numeral in numerals(plain, UNITS):
        reading = READER.read(plain, numeral)
        assert 0 <= reading.start <= numeral.start < numeral.end <= reading.end <= len(plain)
        assert not numeral.value.is_nan()


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing_more(text):
    assert folded(folded(text)) == folded(text)


@given(decimals, symbols)
def test_width_and_space_change_nothing(number, unit):
    text = f"余额{number:f}{unit}，其余"
    assert folded(wide(text).replace("，", " ，")) == folded(text)
    (numeral,) = numerals(folded(wide(text)), UNITS)
    assert numeral.value == number


@given(st.integers(1000, 10**12), symbols)
def test_separators_of_any_width_are_read(number, unit):
    for text in (f"余额{number:,}{unit}", wide(f"余额{number:,}{unit}"), f"余额{number:,}{unit}".replace(",", "，")):
        (numeral,) = numerals(folded(text), UNITS)
        assert numeral.value == number


@given(
    decimals,
    symbols,
    st.sampled_from(
        [("", 1), ("增长", 1), ("下降", -1), ("减少了", -1), ("左右-", -1), ("左右－", -1), ("负增长", -1)]
    ),
    st.sampled_from([("", None), ("左右", Precision.ABOUT), ("以上", Precision.OVER), ("以内", Precision.UNDER)]),
)
def test_sign_unit_and_precision_are_those_that_were_written(number, unit, sign, precision):
    text = folded(f"全年{sign[0]}{number:f}{unit}{precision[0]}，其余")
    (numeral,) = numerals(text, UNITS)
    reading = READER.read(text, numeral)
    meant = precision[1]
    if sign[1] < 0 and not sign[0].endswith(("-", "－")):
        # what bounds a fall bounds its negative number from the other side
        meant = {Precision.OVER: Precision.UNDER, Precision.UNDER: Precision.OVER}.get(meant, meant)
    assert (reading.numeral.value, reading.unit, reading.precision) == (sign[1] * number, unit, meant)
    assert text[reading.end] == "，"


@given(st.integers(1, 99), st.sampled_from(["百分之", "千分之"]))
def test_shares_are_read(number, beginning):
    (numeral,) = shares(f"占{beginning}{spelled(number)}。")
    assert (numeral.value, numeral.unit) == (number, "%" if beginning == "百分之" else "‰")


@given(st.integers(1, 9), st.integers(2, 9))
def test_fractions_are_read(part, whole):
    (numeral,) = shares(f"占{DIGITS[whole]}分之{DIGITS[part]}。")
    assert numeral.value == Decimal(part) / whole


@given(st.lists(st.text("甲乙丙0123456789-— \n", max_size=40), max_size=8))
def test_only_whole_lines_are_furniture(pages):
    kept, dropped = without_furniture(pages)
    before = sum(len(page.split("\n")) for page in pages)
    assert len(kept) == len(pages)
    assert sum(len(page.split("\n")) for page in kept) + dropped >= before


@pytest.mark.parametrize("pages", [["正文\n- 12 -", "- 13 -\n正文"], ["正文\n7", "正文甲\n8", "正文乙\n9"]])
def test_page_numbers_are_furniture(pages):
    kept, dropped = without_furniture(pages)
    assert dropped == len(pages)
    assert not any(character.isdigit() for page in kept for character in page)


def test_running_heads_are_furniture_and_titles_are_not():
    head, title = "公报第七号（总第15号）", "——2023年9月26日在会议"
    kept, dropped = without_furniture([f"{head}\n{title}\n正文{n}甲" for n in range(3)])
    assert dropped == 3
    assert all(page.startswith(title) for page in kept)
