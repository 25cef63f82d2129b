"""Propose ledger rows for a gazette that has none yet: its numbers with units, pages and phrases.

A proposal is no row: series, period, names and scope are left to a curator who reads the page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from gongbao.figures.origin import Precision
from gongbao.figures.units import Unit
from gongbao.ledger.rows import Ledger
from gongbao.verify.around import Reading
from gongbao.verify.lexicon import ALIASES
from gongbao.verify.rules import Rule, under_rules
from gongbao.verify.source import Source
from gongbao.verify.verification import PHRASE_LIMIT, Pages, is_year, precisions

_QUOTE = re.compile("“[^“”，。；]{0,4}$")
_SHOWN = 30


class Proposal(NamedTuple):
    """A number of the source with the unit after it, its precision by the words around it, and its phrase."""

    page: int
    value: str
    unit: str
    precision: Precision
    phrase: str


@dataclass
class Draft:
    """The proposals, and the numbers that are not proposed.

    ``undeclared`` counts the proposals in units that units.csv does not have; ``left`` counts the words after numbers
    that are not proposed because no unit was recognised there.
    """

    proposals: list[Proposal] = field(default_factory=list)
    undeclared: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)

    def summary(self) -> list[str]:
        """Lines that tell a curator what is not among the proposals, and which units are not declared."""
        lines = [f"{len(self.proposals)} numbers proposed, {self.left.total()} not: no unit is known that follows them"]
        undeclared = "proposed in units that units.csv does not declare yet"
        for head, counts in {"not proposed, by what follows": self.left, undeclared: self.undeclared}.items():
            shown = [f"{word or 'nothing'} {count}" for word, count in counts.most_common(_SHOWN)]
            shown += [f"and {len(counts) - _SHOWN} others"] if len(counts) > _SHOWN else []
            lines += [f"{head}: {', '.join(shown)}"] if counts else []
        return lines


def propose(source: Source, units: Iterable[Unit], rules: Iterable[Rule]) -> Draft:
    """Propose each number that no rule sets aside and that a unit follows, declared or not."""
    declared = {unit.symbol: unit for unit in units}
    pages, text = Pages(source, declared), source.text
    excused = {numeral.start for _, numeral in under_rules(text, pages.numerals, rules)}
    open_ = {numeral.start for numeral in pages.numerals} - excused
    within_numbers = {place for reading in pages.readings for place in range(reading.start + 1, reading.end)}
    draft = Draft()
    for reading in pages.readings:
        if reading.numeral.start not in open_ or is_year(reading):
            continue
        if reading.unit and not _is_indefinite(reading, text):
            page, value = source.page_at(reading.numeral.start), f"{reading.numeral.value:f}"
            unit, precision = ALIASES.get(reading.unit, reading.unit), precisions(reading, text, reading.unit)[0]
            draft.proposals.append(Proposal(page, value, unit, precision, _address(reading, source, within_numbers)))
            draft.undeclared.update({unit} - declared.keys())
        elif not reading.ordinal:
            draft.left[text[reading.numeral.end : reading.numeral.end + 2]] += 1
    return draft


def _is_indefinite(reading: Reading, text: str) -> bool:
    """Whether a number counts nothing: 一批 is some, 一个 is a, 500强 names a list, “20条” a policy."""
    start, end = reading.numeral.start, reading.numeral.end
    is_policy = text.startswith("条”", end) and bool(_QUOTE.search(text, max(0, start - 5), start))
    return text[start:end] == "一" or reading.unit == "强" or is_policy


def _address(reading: Reading, source: Source, within_numbers: Container[int]) -> str:
    """The shortest run of characters that ends with a reading, cuts no number, and occurs once on its page.

    If none does, the longest that is allowed.
    """
    first, last = source.stretch(source.page_at(reading.numeral.start))
    around = source.text[max(0, first - PHRASE_LIMIT) : last + PHRASE_LIMIT]
    # the 6 of 第3、2、6位 is a rank only with the 第, which belongs to all three
    start = source.text.rfind("第", 0, reading.start + 1) if reading.ordinal else reading.start
    longest = min(start, max(0, reading.end - PHRASE_LIMIT))
    begins = [begin for begin in range(start, longest - 1, -1) if begin not in within_numbers] or [start]
    phrases = [source.text[begin : reading.end] for begin in begins]
    return next((phrase for phrase in phrases if around.find(phrase) == around.rfind(phrase)), phrases[-1])


def score(proposals: Iterable[Proposal], ledger: Ledger) -> tuple[int, int, int]:
    """The numbers of proposals, of statements of a finished ledger, and of those that agree in page, value and unit."""
    proposed = Counter((p.page, p.value, p.unit) for p in proposals)
    stated = Counter((r.page, r.value, r.unit.symbol) for r in ledger.rows if r.numeric)
    return proposed.total(), stated.total(), (proposed & stated).total()


def page_ranges(pages: Sequence[int]) -> str:
    """Page numbers as a reader lists them: 3, 5-7."""
    runs = ([page for _, page in run] for _, run in groupby(enumerate(pages), lambda pair: pair[1] - pair[0]))
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
