"""Propose ledger rows for a gazette that has none yet: where the numbers stand, and how they can be addressed.

A proposal is no row: series, period, names and scope are for a curator who reads the page.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple, TextIO

from gongbao.figures.origin import Precision
from gongbao.figures.units import Unit
from gongbao.ledger.rows import Ledger
from gongbao.verify.around import Reading
from gongbao.verify.lexicon import ALIASES, FORECAST
from gongbao.verify.rules import Rule, set_aside
from gongbao.verify.source import Source
from gongbao.verify.statements import PHRASE_LIMIT, counts_all, printed
from gongbao.verify.verification import Pages, is_year

_CLAUSE = re.compile("[，。；：]")
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
        if self.left:
            lines.append("not proposed, by what follows: " + _listed(self.left))
        if self.undeclared:
            lines.append("proposed in units that units.csv does not declare yet: " + _listed(self.undeclared))
        return lines


def _listed(counts: Counter[str]) -> str:
    shown = [f"{word or 'nothing'} {count}" for word, count in counts.most_common(_SHOWN)]
    rest = len(counts) - len(shown)
    return ", ".join(shown) + (f", and {rest} others" if rest > 0 else "")


def propose(source: Source, units: Iterable[Unit], rules: Iterable[Rule]) -> Draft:
    """A proposal for each number that no rule sets aside and that has a unit behind it, declared or not."""
    declared = {unit.symbol: unit for unit in units}
    pages = Pages(source, declared)
    excused = set_aside(source.text, pages.numerals, rules)
    accounted = {numeral.start for numeral in pages.numerals}
    draft = Draft()
    wanted: list[Reading] = []
    for reading in pages.readings:
        start = reading.numeral.start
        if start in excused or start not in accounted or is_year(reading):
            continue
        if reading.unit and not _is_indefinite(reading, source.text):
            wanted.append(reading)
        elif not reading.ordinal:
            draft.left[source.text[reading.numeral.end : reading.numeral.end + 2]] += 1
    phrases = addresses(source, pages.readings, wanted)
    for reading in wanted:
        unit = ALIASES.get(reading.unit, reading.unit)
        if unit not in declared:
            draft.undeclared[unit] += 1
        page = source.page_at(reading.numeral.start)
        value = printed(reading.numeral, source.text)
        precision = _precision(reading, declared, source.text)
        draft.proposals.append(Proposal(page, value, unit, precision, phrases[reading.numeral.start]))
    return draft


def _is_indefinite(reading: Reading, text: str) -> bool:
    """Whether a number counts nothing: 一批 is some, 一个 is a, 500强 names a list, “20条” a policy."""
    start, end = reading.numeral.start, reading.numeral.end
    is_policy = text.startswith("条”", end) and bool(_QUOTE.search(text, max(0, start - 5), start))
    return text[start:end] == "一" or reading.unit == "强" or is_policy


def _precision(reading: Reading, declared: Mapping[str, Unit], text: str) -> Precision:
    if reading.precision:
        return reading.precision
    clause = _CLAUSE.split(text[max(0, reading.numeral.start - PHRASE_LIMIT) : reading.numeral.start])[-1]
    if FORECAST.search(clause):
        return Precision.ABOUT
    return Precision.EXACT if counts_all(reading, text, declared.get(reading.unit)) else Precision.ROUNDED


def addresses(source: Source, readings: Sequence[Reading], wanted: Iterable[Reading]) -> dict[int, str]:
    """The phrase of each reading, by where its number begins.

    That is the shortest run of characters that ends with the reading, cuts no other, and stands once on its page; the
    longest that is allowed, where none does. Page by page and length by length, all candidates are counted in one go:
    a page of a hundred thousand numbers takes as long as a hundred pages of a thousand.
    """
    text = source.text
    spans = [(reading.start, reading.end) for reading in readings if reading.end - reading.start > 1]
    cutting = {place for start, end in spans for place in range(start + 1, end)}
    by_page: dict[int, list[Reading]] = defaultdict(list)
    for reading in wanted:
        by_page[source.page_at(reading.numeral.start)].append(reading)
    found: dict[int, str] = {}
    for page, open_ in by_page.items():
        first, last = source.stretch(page)
        window = text[max(0, first - PHRASE_LIMIT) : last + PHRASE_LIMIT]
        remaining = open_
        for length in range(1, PHRASE_LIMIT + 1):
            begins = ((reading, reading.end - length) for reading in remaining)
            candidates = {
                reading.numeral.start: text[begin : reading.end]
                for reading, begin in begins
                if 0 <= begin <= reading.start and begin not in cutting
            }
            phrases = set(candidates.values())
            runs = (window[place : place + length] for place in range(len(window) - length + 1))
            often = Counter(run for run in runs if run in phrases)
            for start, phrase in candidates.items():
                if often[phrase] == 1:
                    found[start] = phrase
            remaining = [reading for reading in remaining if reading.numeral.start not in found]
        for reading in remaining:
            found[reading.numeral.start] = text[min(reading.start, max(0, reading.end - PHRASE_LIMIT)) : reading.end]
    return found


def write_draft(proposals: Iterable[Proposal], stream: TextIO) -> None:
    """Write proposals as CSV."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(Proposal._fields)
    writer.writerows(proposals)


class Score(NamedTuple):
    """How well proposals meet a finished ledger: on page, value and unit."""

    proposed: int
    stated: int
    met: int

    @property
    def recall(self) -> float:
        """The share of the ledger's statements that were proposed; none of none is none."""
        return self.met / self.stated if self.stated else 0.0

    @property
    def precision(self) -> float:
        """The share of the proposals that are statements of the ledger."""
        return self.met / self.proposed if self.proposed else 0.0


def score(proposals: Iterable[Proposal], ledger: Ledger) -> Score:
    """Compare proposals with the numeric rows of a ledger."""
    proposed = Counter((p.page, p.value, p.unit) for p in proposals)
    stated = Counter((r.page, r.value, r.unit.symbol) for r in ledger.rows if r.numeric)
    return Score(proposed.total(), stated.total(), (proposed & stated).total())


def page_ranges(pages: Sequence[int]) -> str:
    """Page numbers as a reader lists them: 3, 5-7."""
    runs = ([page for _, page in run] for _, run in groupby(enumerate(pages), lambda pair: pair[1] - pair[0]))
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
