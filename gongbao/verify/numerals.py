"""Read numbers out of Chinese text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

BREAK = "·"
"""Stands between two numbers of a table that only space keeps apart; :mod:`gongbao.verify.source` puts it there."""

RANK = "位次"
"""The unit of a place in an order: its number follows 第."""

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}

# A comma is a separator only in front of three digits: 66,852.27
_ARABIC = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?")
_HAN = "零〇一二三四五六七八九十百千万亿两"
# A number at the end of a phrase, at most with a word of precision behind it
_CELL = re.compile(r"(?<![0-9.,])([0-9][0-9.,]*)(?:左右|以上|以下|以内|余|多)?$")
# 低于全市2个百分点: what is compared with may stand between
_FALL = re.compile(r"(?:(?:下降|减少|回落|降低|缩小)了?|(?<!不)低于[^，。；、0-9]{0,8}|微?跌)约?$")
# 5万余人次 is in 万人次, 2个百分点 is in 百分点
_BETWEEN = re.compile(r"^(?:个(?=百分点)|([万亿千百]?)[余多])")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as it stands in a text."""

    start: int
    end: int
    value: Decimal


def arabic_numerals(text: str) -> Iterator[Numeral]:
    """The Arabic numbers of a text, in its order."""
    for match in _ARABIC.finditer(text):
        yield Numeral(match.start(), match.end(), Decimal(match[0].replace(",", "")))


def counting_numerals(text: str, units: Iterable[str]) -> Iterator[Numeral]:
    """The Chinese numbers of a text that one of the units follows: 两个, 三轮, but not 第三轮 or 3万家."""
    words = "|".join(sorted(map(re.escape, units), key=len, reverse=True))
    if not words:
        return
    for match in re.finditer(f"(?<![第0-9{_HAN}])([{_HAN}]+)[余多]?(?:{words})", text):
        value = _han_value(match[1])
        if value is not None:
            yield Numeral(match.start(1), match.end(1), value)


def _han_value(number: str) -> Decimal | None:
    """The value of a Chinese number; None for a run of characters that is none, such as 一二三."""
    total = section = digit = 0
    for place, character in enumerate(number):
        if character in _DIGITS:
            if digit and place:
                return None
            digit = _DIGITS[character]
        elif _POWERS[character] < 10_000:
            section += (digit or 1) * _POWERS[character]
            digit = 0
        else:
            total += (section + digit or 1) * _POWERS[character]
            section = digit = 0
    return Decimal(total + section + digit)


def stated_with(phrase: str, unit: str, units: Iterable[str] = ()) -> list[Numeral]:
    """The numbers that a phrase states in a unit.

    Where no number has the unit behind it, as in the cells of a table whose head names it, the number with which the
    phrase ends is meant. A word of falling right in front makes a number negative. Of
    the declared ``units`` the longest counts: 300人次 is not in 人.
    """
    if unit == RANK:
        return [n for n in _all(phrase, "") if phrase[: n.start].endswith("第")]
    longer = tuple(other for other in units if other != unit and other.startswith(unit))
    behind = [(n, _BETWEEN.sub(r"\1", phrase[n.end :])) for n in _all(phrase, unit)]
    found = [n for n, rest in behind if rest.startswith(unit) and not (longer and rest.startswith(longer))]
    if not found:
        cell = _CELL.search(phrase)
        found = [n for n in arabic_numerals(phrase) if cell and n.start == cell.start(1)]
    return [_signed(n, phrase) for n in found]


def _all(phrase: str, unit: str) -> Iterator[Numeral]:
    yield from arabic_numerals(phrase)
    for match in re.finditer(f"(?<![0-9{_HAN}])[{_HAN}]+", phrase):
        # 万 and 亿 at the end of a number may belong to the unit: 3万人次 has none, 三万元 counts 万元
        text = match[0]
        while text and unit and unit[0] == text[-1]:
            text = text[:-1]
        value = _han_value(text) if text else None
        if value is not None:
            yield Numeral(match.start(), match.start() + len(text), value)


def _signed(numeral: Numeral, phrase: str) -> Numeral:
    before = phrase[: numeral.start]
    negative = bool(_FALL.search(before)) or (before.endswith("-") and not re.search(r"[0-9]-$", before))
    return Numeral(numeral.start, numeral.end, -numeral.value) if negative else numeral
