"""Find numbers in Chinese text, and read their values; :mod:`gongbao.verify.around` reads the words around them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_DIGITS |= {character: value for value, character in enumerate("壹贰叁肆伍陆柒捌玖", 1)}
_FORMAL = str.maketrans("拾佰仟", "十百千")
HAN = "".join(_DIGITS) + "十百千万亿拾佰仟"
"""The characters of a Chinese number."""

_DIGIT = f"[{''.join(_DIGITS)}]"
_POWERS = {"亿": 10**8, "万": 10**4, "千": 1000, "百": 100, "十": 10}
# A comma is a separator only in front of three digits: 66,852.27; 1.2022年 is a heading that begins with a year
_ARABIC = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.(?!(?:19|20)[0-9]{2}年)[0-9]+)?")
_RANK = re.compile(f"(?<=第)[{HAN}]{{1,4}}")
_FRACTION = re.compile(f"([{HAN}]{{1,8}}|[0-9]{{1,4}})分之([{HAN}]{{1,8}}(?:点{_DIGIT}{{1,6}})?|[0-9]+(?:\\.[0-9]+)?)")
_TENTHS = re.compile(f"(?<![{HAN}0-9.])((?![零〇]){_DIGIT}|[1-9])成(?=以上|以下|以内|左右|多|的|[，。；、）]|$)")
_DOUBLING = re.compile(f"翻了?({_DIGIT})?番")
# not after 第 (第三轮, an ordinal) or 前 (前两位, a group), unless that ends a word: 目前两个; not after a digit (3万家
# is an Arabic number), unless it begins with a Chinese digit: O3两项 are a name and a number
_NO_ORDINAL = f"(?<![第{HAN}])(?<!(?<![目此当以之年])前)(?:(?<![0-9])|(?={_DIGIT}))"


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in a text, from ``start`` to ``end``.

    ``unit`` is set for a number that includes its own: 百分之五 is in %.
    """

    start: int
    end: int
    value: Decimal
    unit: str = ""


def numerals(text: str, counting: Iterable[str]) -> list[Numeral]:
    """The numbers of a text: Arabic ones, those that include their unit, and Chinese ones that a unit follows."""
    whole = list(shares(text))
    taken = {place for numeral in whole for place in range(numeral.start, numeral.end)}
    others = [n for n in (*arabic_numerals(text), *counting_numerals(text, counting)) if n.start not in taken]
    return sorted([*whole, *others], key=lambda numeral: numeral.start)


def arabic_numerals(text: str) -> Iterator[Numeral]:
    """The Arabic numbers of a text, in its order."""
    for match in _ARABIC.finditer(text):
        yield Numeral(match.start(), match.end(), Decimal(match[0].replace(",", "")))


def counting_numerals(text: str, units: Iterable[str]) -> Iterator[Numeral]:
    """The Chinese numbers of a text that one of the units follows: 两个, 三轮, but not 第三轮 or 3万家.

    万 and 亿 belong to the unit if a unit begins with them: 三万元 counts 万元.
    """
    for match in _counting(tuple(sorted(units, key=len, reverse=True))).finditer(text):
        if (value := han_value(match[1])) is not None:
            yield Numeral(match.start(1), match.end(1), value)


@lru_cache(maxsize=8)
def _counting(symbols: tuple[str, ...]) -> re.Pattern[str]:
    # 余 is before the unit, or within it: 三万余人 is in 万人
    words = "|".join(re.sub("^([百千]?万|亿)", "\\1[余多]?", re.escape(symbol)) for symbol in symbols) or "(?!)"
    number = f"[{HAN}]{{1,20}}?(?:点{_DIGIT}{{1,6}})?"
    return re.compile(f"{_NO_ORDINAL}({number})(?:[余多]|个(?=百分点))?(?:{words})")


def shares(text: str) -> Iterator[Numeral]:
    """Numbers that include their own unit: 百分之九十五, 三分之二, 七成, 翻一番."""
    for match in _FRACTION.finditer(text):
        whole, part = _any_value(match[1]), _any_value(match[2])
        if part is not None and match[1] in ("百", "千"):
            yield Numeral(match.start(), match.end(), part, "%" if match[1] == "百" else "‰")
        elif part is not None and whole:
            yield Numeral(match.start(), match.end(), part / whole, "分之")
    for match in _TENTHS.finditer(text):
        yield Numeral(match.start(), match.end(), _any_value(match[1]) or Decimal(0), "成")
    for match in _DOUBLING.finditer(text):
        yield Numeral(match.start(), match.end(), Decimal(_DIGITS[match[1]] if match[1] else 1), "番")


def ranks(text: str) -> Iterator[Numeral]:
    """The ordinals of a text in Chinese numerals, which may be ranks: 第一."""
    for match in _RANK.finditer(text):
        if (value := han_value(match[0])) is not None:
            yield Numeral(match.start(), match.end(), value)


def _any_value(number: str) -> Decimal | None:
    return Decimal(number) if number[0] in "0123456789" else han_value(number)


def han_value(number: str) -> Decimal | None:
    """The value of a Chinese number as it is read aloud; None for characters that are no number: 一二三, 十十.

    A last digit without a power has the next lower one: 三万二 is 32,000, 二百五 is 250. Nor is a power alone a
    number: 万家 is a word.
    """
    whole, point, decimals = number.partition("点")
    value = _whole_value(whole.translate(_FORMAL))
    digits = "".join(str(_DIGITS[digit]) for digit in decimals)
    return None if value is None else Decimal(f"{value}{point and '.'}{digits}")


def _whole_value(number: str) -> int | None:
    """The value without decimals: the part before the largest power times that power, and the smaller part after it."""
    for sign, power in _POWERS.items():
        head, found, tail = number.rpartition(sign)
        if not found:
            continue
        high = _whole_value(head) if head or sign != "十" else 1
        rest = tail.lstrip("零〇")
        # 一百零 is no number; 千, 百 and 十 follow a single digit
        if not high or (power < 10_000 and high > 9) or (tail and not rest):
            return None
        if tail in _DIGITS:
            # 三万二 leaves out 千; 三千万二 is ambiguous
            return high * power + _DIGITS[tail] * power // 10 if high % 10 else None
        low = _whole_value(rest) if rest else 0
        return high * power + low if low is not None and low < power else None
    return _DIGITS.get(number)
