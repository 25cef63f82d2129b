"""Read a number with the words around it: its unit, its sign, its precision, and where these begin and end.

``verify`` reads pages with it and compares the rows; ``draft`` proposes rows from what it reads.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from gongbao.figures.origin import Precision
from gongbao.verify import lexicon
from gongbao.verify.numerals import HAN, Numeral, ranks

RANK = "位次"
"""The unit of a rank; its number follows 第."""

_REACH = 24
"""How many characters before a number are read."""

_MORE = re.compile("[余多]")
_QUANTITY = tuple(f"0123456789余多{HAN}")
_ORDINAL = re.compile(f"第(?:[0-9{HAN}]+[、和-])*$")
# the number of a session follows 第 or another number (第三次、四次会议), or the name of the body (六届人大四次会议)
_BEFORE_SESSION = re.compile(f"(?:第|届|人大|委会)(?:[0-9{HAN}]+次[、和])*$")
_SESSION = re.compile("次(?:会议|全会|全体会议|[、和])")
# nor are 第一责任人 and 第三方 ranks
_RANK_BEHIND = re.compile(
    "[、和][0-9]|位(?!数)|名(?!单|称)|[，。；、）]|$"
    "|(?!责任人|被告|方|时间|者|人称|产业|梯队|阶段|书记|课堂)[^0-9期次届条章节个轮批号季版]"
)
_LISTED = r"(?:[0-9.,%]+[^0-9，。；]{0,4}[、和及])*"
_FALL = re.compile(f"(?:(?:{lexicon.FALLING})了?(?:大?约|接?近|超过?|逾|不足|不到|至少)?|{lexicon.LOWER}){_LISTED}$")
_MINUS = re.compile(r"(?<![0-9A-Za-z])(?<![0-9][%年月日家个元人万亿])-$")
_BEFORE = {precision: re.compile(f"(?:{words})$") for precision, words in lexicon.BOUND_BEFORE.items()}
_BEHIND = {precision: re.compile(words) for precision, words in lexicon.BOUND_BEHIND.items()}
_OF_A_FALL = {Precision.OVER: Precision.UNDER, Precision.UNDER: Precision.OVER}
"""A bound of a fall is the other bound of its negative number: 下降5%以上 is under -5%."""


def _unit_pattern(declared: Iterable[str]) -> str:
    """A pattern for the longest unit at a place, with words before or within it: 个百分点, 万余人次, 年多."""
    signs = sorted(filter(None, lexicon.MULTIPLIERS), key=len, reverse=True)
    bases = {*lexicon.BASES, *declared}
    bases -= {sign + base for sign in signs for base in bases}
    words = [re.escape(base) + lexicon.NO_UNIT.get(base, "") for base in sorted(bases, key=len, reverse=True)]
    whole = "|".join(word for word in words if word.startswith(tuple(signs)))  # 百分点 is no hundred of 分
    sign = f"(?:{'|'.join(signs)})?"
    unit = f"(?:{whole}|{sign}[余多]?{sign}(?:{'|'.join(words)}))(?:{'|'.join(lexicon.PERIODS)})?"
    more = "|".join(f"(?<={time})[余多]" for time in lexicon.TIMES)
    return f"(?:个(?=[余多]?(?:百分点|千分点|基点)))?[余多]?(?P<unit>{unit})(?:{more})?|{sign}[余多]"


def _symbol(unit: re.Match[str]) -> str:
    return _MORE.sub("", unit["unit"] or "")


@dataclass(frozen=True, slots=True)
class Reading:
    """A number with its unit and precision as read from the text.

    The ``value`` of the numeral has the sign. All that belongs to the number runs from ``start`` to ``end``: words of
    direction and precision, sign, digits, unit. ``unit`` is as printed, multiplier and base; empty where none follows.
    """

    numeral: Numeral
    start: int
    end: int
    unit: str
    precision: Precision | None
    ordinal: bool = False

    @property
    def cell(self) -> bool:
        """Whether its unit has to be elsewhere, as in the head of a table."""
        return not self.unit and not self.ordinal


class Reader:
    """Reads numbers in the units that a book declares, and in those that any document may use."""

    def __init__(self, declared: Iterable[str]) -> None:
        self.declared = frozenset(declared)
        self._unit = re.compile(_unit_pattern(self.declared))

    def unit_behind(self, text: str, end: int) -> tuple[str, int, bool]:
        """The unit after a number, where it ends, and whether it has 余 or 多: 5万余人次 is in 万人次."""
        found = self._unit.match(text, end)
        return (_symbol(found), found.end(), bool(_MORE.search(found[0]))) if found else ("", end, False)

    def read_all(self, text: str, found: Iterable[Numeral]) -> list[Reading]:
        """Read the numbers found in a text, and ordinals in Chinese numerals, which may be ranks, in their order."""
        by_start = {one.start: one for one in (*ranks(text), *found)}
        return [self.read(text, by_start[start]) for start in sorted(by_start)]

    def read(self, text: str, numeral: Numeral) -> Reading:
        """A number with unit, sign and precision."""
        before = text[max(0, numeral.start - _REACH) : numeral.start]
        ordinal = _ORDINAL.search(before)
        if ordinal or (_SESSION.match(text, numeral.end) and _BEFORE_SESSION.search(before)):
            # 第10期 and 第7次 are ordinals, and no ranks
            unit = RANK if _RANK_BEHIND.match(text, numeral.end) else ""
            start = numeral.start - (before.endswith("第") and ordinal is not None)
            end = numeral.end + (text[numeral.end : numeral.end + 1] in {"位", "名"})
            return Reading(numeral, start, end, unit, None, ordinal=True)
        if numeral.unit:
            unit, end, more = numeral.unit, numeral.end, False
        else:
            unit, end, more = self.unit_behind(text, numeral.end)
        if below := lexicon.BELOW.search(before) if unit not in {"百分点", "千分点"} else None:
            # 低于5% is a limit, 低于5%的平均水平 a comparison
            limit = None if text.startswith("的", end) else Precision.UNDER
            return Reading(numeral, numeral.start - len(below[0]), end, unit, limit)
        minus, fall = _MINUS.search(before), _FALL.search(before)
        sign = minus or fall
        start = numeral.start - (len(before) - sign.start() if sign else 0)
        precision, start, end = _precision(text, numeral.start, start, end, unit)
        precision = Precision.OVER if more else precision
        if fall and not minus and precision:
            precision = _OF_A_FALL.get(precision, precision)
        signed = replace(numeral, value=-numeral.value) if sign else numeral
        return Reading(signed, start, end, unit, precision)

    def unit_of_head(self, text: str, position: int) -> str:
        """The nearest declared unit before a cell of a table that is not the unit of another number."""
        # heads of tables are no farther from their cells
        units = self._unit.finditer(text, max(0, position - 60), position)
        found = [unit for unit in units if not text[: unit.start("unit")].endswith(_QUANTITY)]
        return next((symbol for symbol in map(_symbol, reversed(found)) if symbol in self.declared), "")


reader = lru_cache(maxsize=8)(Reader)
"""A reader for a tuple of units, made once."""


def _precision(text: str, number: int, start: int, end: int, unit: str) -> tuple[Precision | None, int, int]:
    """How exactly a number is meant, by the words right around it or its sign, and where they begin and end."""
    found: Precision | None = None
    for place in (number, start):
        for precision, words in _BEFORE.items():
            if not found and (match := words.search(text, max(0, place - 6), place)):
                found, start = precision, min(start, match.start())
    if unit in lexicon.SCOPES:
        return found, start, end
    for precision, words in _BEHIND.items():
        if match := words.match(text, end):
            # 控制在2%左右 is no limit
            return precision if found is None or match[0] == "左右" else found, start, match.end()
    return found, start, end


def within(found: Sequence[Reading], start: int, end: int) -> Sequence[Reading]:
    """The readings whose number begins between two places, out of readings sorted by place."""
    first, last = (bisect_left(found, place, key=lambda reading: reading.numeral.start) for place in (start, end))
    return found[first:last]
