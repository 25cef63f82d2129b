"""Propose ledger rows for a gazette that has none yet: where the numbers stand, and how they can be addressed.

A proposal is no row: series, period, names and scope are for a curator who reads the page.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from gongbao.figures.origin import Precision
from gongbao.figures.units import Unit
from gongbao.ledger.rows import Ledger
from gongbao.verify.around import Reading
from gongbao.verify.lexicon import ALIASES
from gongbao.verify.rules import Rule, set_aside
from gongbao.verify.source import Source
from gongbao.verify.verification import PHRASE_LIMIT, Pages, is_year, precisions

_QUOTE = re.compile("“[^“”，。；]{0,4}$")
_SHOWN = 30


class Proposal(NamedTuple):
    """A number of the source with the unit behind it, its precision by the words around it, and its address."""

    page: int
    value: str
    unit: str
    precision: Precision
    phrase: str


@dataclass
class Draft:
    """What is proposed, and what is not.

    ``undeclared`` counts the proposals in units that units.csv does not have; ``left`` what follows the numbers that
    were not proposed, since no unit was recognised there.
    """

    proposals: list[Proposal] = field(default_factory=list)
    undeclared: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)

    def summary(self) -> list[str]:
        """What a curator should know of it besides the proposals."""
        lines = [f"{len(self.proposals)} numbers proposed, {self.left.total()} not: no unit is known that follows them"]
        heads = "not proposed, by what follows: ", "proposed in units that units.csv does not declare yet: "
        for head, counts in zip(heads, (self.left, self.undeclared), strict=True):
            shown = [f"{word or 'nothing'} {count}" for word, count in counts.most_common(_SHOWN)]
            rest = [f"and {len(counts) - _SHOWN} others"] if len(counts) > _SHOWN else []
            lines += [head + ", ".join([*shown, *rest])] if counts else []
        return lines


def propose(source: Source, units: Iterable[Unit], rules: Iterable[Rule]) -> Draft:
    """A proposal for each number that no rule sets aside and that has a unit behind it, declared or not."""
    declared = {unit.symbol: unit for unit in units}
    pages = Pages(source, declared)
    open_ = {numeral.start for numeral in pages.numerals} - set_aside(source.text, pages.numerals, rules).keys()
    draft = Draft()
    wanted: list[Reading] = []
    for reading in pages.readings:
        if reading.numeral.start not in open_ or is_year(reading):
            continue
        if reading.unit and not _is_indefinite(reading, source.text):
            wanted.append(reading)
        elif not reading.ordinal:
            draft.left[source.text[reading.numeral.end : reading.numeral.end + 2]] += 1
    phrases = addresses(source, pages.readings, wanted)
    for reading in wanted:
        start, unit = reading.numeral.start, ALIASES.get(reading.unit, reading.unit)
        if unit not in declared:
            draft.undeclared[unit] += 1
        precision = precisions(reading, source.text, reading.unit)[0]
        value = f"{reading.numeral.value:f}"
        draft.proposals.append(Proposal(source.page_at(start), value, unit, precision, phrases[start]))
    return draft


def _is_indefinite(reading: Reading, text: str) -> bool:
    """Whether a number counts nothing: 一批 is some, 一个 is a, 500强 names a list, “20条” a policy."""
    start, end = reading.numeral.start, reading.numeral.end
    is_policy = text.startswith("条”", end) and bool(_QUOTE.search(text, max(0, start - 5), start))
    return text[start:end] == "一" or reading.unit == "强" or is_policy


def addresses(source: Source, readings: Sequence[Reading], wanted: Iterable[Reading]) -> dict[int, str]:
    """The phrase of each reading, by where its number begins.

    That is the shortest run of characters that ends with the reading, cuts no other, and stands once on its page; the
    longest that is allowed, where none does. Page by page and length by length, all runs are counted in one go: a page
    of a hundred thousand numbers takes as long as a hundred pages of a thousand.
    """
    text = source.text
    cutting = {place for reading in readings for place in range(reading.start + 1, reading.end)}
    by_page: dict[int, list[Reading]] = defaultdict(list)
    for reading in wanted:
        by_page[source.page_at(reading.numeral.start)].append(reading)
    found: dict[int, str] = {}
    for page, on_page in by_page.items():
        first, last = source.stretch(page)
        window = text[max(0, first - PHRASE_LIMIT) : last + PHRASE_LIMIT]
        for length in range(1, PHRASE_LIMIT + 1):
            often = Counter(window[place : place + length] for place in range(len(window) - length + 1))
            for reading in on_page:
                begin = reading.end - length
                fits = 0 <= begin <= reading.start and begin not in cutting
                if fits and often[text[begin : reading.end]] == 1:
                    found.setdefault(reading.numeral.start, text[begin : reading.end])
        for reading in on_page:
            begin = min(reading.start, max(0, reading.end - PHRASE_LIMIT))
            found.setdefault(reading.numeral.start, text[begin : reading.end])
    return found


def score(proposals: Iterable[Proposal], ledger: Ledger) -> tuple[int, int, int]:
    """How well proposals meet a finished ledger, on page, value and unit: how many there are, are stated, and agree."""
    proposed = Counter((p.page, p.value, p.unit) for p in proposals)
    stated = Counter((r.page, r.value, r.unit.symbol) for r in ledger.rows if r.numeric)
    return proposed.total(), stated.total(), (proposed & stated).total()


def page_ranges(pages: Sequence[int]) -> str:
    """Page numbers as a reader lists them: 3, 5-7."""
    runs = ([page for _, page in run] for _, run in groupby(enumerate(pages), lambda pair: pair[1] - pair[0]))
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
