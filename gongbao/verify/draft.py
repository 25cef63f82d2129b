"""Propose ledger rows for a gazette that has none yet: where the numbers stand, and how they can be addressed.

A proposal is no row: series, period, names and scope are for a curator who reads the page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from gongbao.figures.origin import Precision
from gongbao.figures.units import Unit
from gongbao.ledger.rows import Ledger
from gongbao.verify.numerals import Numeral, stated_with
from gongbao.verify.source import Source
from gongbao.verify.verification import PHRASE_LIMIT, Rule, all_numerals, set_aside

DRAFT_COLUMNS = ("page", "value", "unit", "precision", "phrase")

_PRECISION = (
    (Precision.ABOUT, re.compile(r"(?:约|预计)[^，。；0-9]{0,6}$"), re.compile("左右")),
    (Precision.OVER, re.compile(r"(?:超过|逾|超)$"), re.compile("余|多(?!个)|以上")),
    (Precision.UNDER, re.compile(r"(?:近|不足|不超过)$"), re.compile("以内|以下")),
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A number of the source with the unit behind it, its precision by the words around it, and its address."""

    page: int
    value: str
    unit: str
    precision: Precision
    phrase: str


def propose(source: Source, units: Collection[Unit], rules: Iterable[Rule]) -> Iterator[Proposal]:
    """A proposal for each number that no rule sets aside and that has a declared unit behind it."""
    by_symbol = {unit.symbol: unit for unit in sorted(units, key=lambda unit: len(unit.symbol), reverse=True)}
    behind = {symbol: _behind_a_number(symbol) for symbol in by_symbol}
    found = all_numerals(source, units)
    excused = set_aside(source, found, rules)
    for numeral in found:
        if numeral.start in excused:
            continue
        for symbol, pattern in behind.items():
            if match := pattern.match(source.text, numeral.end):
                yield _proposal(source, numeral, by_symbol[symbol], match.end(), by_symbol)
                break


def _behind_a_number(symbol: str) -> re.Pattern[str]:
    """How a unit follows its number: 亿元, 2个百分点, 5万余人次."""
    word = re.escape(symbol)
    split = f"{word[0]}[余多]{word[1:]}" if symbol[0] in "万亿" else word
    return re.compile(f"(?:个(?=百分点)|[余多])?{word}|{split}")


def _proposal(source: Source, numeral: Numeral, unit: Unit, end: int, symbols: Collection[str]) -> Proposal:
    before, after = source.text[max(0, numeral.start - 12) : numeral.start], source.text[numeral.end : end + 2]
    precision = next((p for p, left, right in _PRECISION if left.search(before) or right.search(after)), None)
    if precision is None:
        precision = Precision.EXACT if unit.counts else Precision.ROUNDED
    value, phrase = _address(source, numeral, end, unit.symbol, symbols)
    return Proposal(source.page_at(numeral.start), value, unit.symbol, precision, phrase)


def _address(source: Source, numeral: Numeral, end: int, unit: str, symbols: Collection[str]) -> tuple[str, str]:
    """The value, and the shortest run of characters that ends with the unit, states it and stands once on its page.

    A word of falling may stand some characters before the number: the longest phrase tells the sign.
    """
    page = source.page_at(numeral.start)
    phrases = [source.text[start:end] for start in range(numeral.start, max(0, end - PHRASE_LIMIT) - 1, -1)]
    value = _value(phrases[-1], unit, symbols) or f"{numeral.value:f}"
    for phrase in phrases:
        if _value(phrase, unit, symbols) == value and len(source.occurrences(phrase, page, PHRASE_LIMIT)) == 1:
            return value, phrase
    return value, phrases[0]


def _value(phrase: str, unit: str, symbols: Collection[str]) -> str:
    """The last number that a phrase states in a unit, as digits."""
    read = stated_with(phrase, unit, symbols)
    return f"{read[-1].value:f}" if read else ""


@dataclass(frozen=True, slots=True)
class Score:
    """How well proposals meet a finished ledger: on page, value and unit."""

    proposed: int
    stated: int
    met: int

    @property
    def recall(self) -> float:
        """The share of the ledger's statements that were proposed."""
        return self.met / self.stated

    @property
    def precision(self) -> float:
        """The share of the proposals that are statements of the ledger."""
        return self.met / self.proposed


def score(proposals: Iterable[Proposal], ledger: Ledger) -> Score:
    """Compare proposals with the numeric rows of a ledger."""
    proposed = Counter((p.page, p.value, p.unit) for p in proposals)
    stated = Counter((r.page, r.value, r.unit.symbol) for r in ledger.rows if r.precision is not Precision.TEXT)
    return Score(proposed.total(), stated.total(), (proposed & stated).total())
