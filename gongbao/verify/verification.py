"""Verify the ledger against the gazette: every row says what its page says, and no number is left out.

The page is read, not the row: where a number stands, its unit, its sign and its precision follow from the words around
it (:mod:`gongbao.verify.around`), and are then compared with the row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from gongbao.figures.origin import Precision
from gongbao.figures.units import Unit
from gongbao.ledger.absences import Absence
from gongbao.ledger.rows import Ledger, Row
from gongbao.ledger.tables import Fault, Record
from gongbao.verify.around import Reader, Reading, numerals, ranks, reader, within
from gongbao.verify.indicator_table import indicator_faults
from gongbao.verify.normal import folded
from gongbao.verify.numerals import Numeral, counting_numerals
from gongbao.verify.patterns import miscounted, refuted
from gongbao.verify.periods import period_faults
from gongbao.verify.rules import GENERAL, Rule, under_rules
from gongbao.verify.source import Source
from gongbao.verify.statements import PHRASE_LIMIT, disagreements, meant, not_words


@dataclass
class Verification:
    """What a verification found.

    ``hits`` are the numerals that a rule sets aside, each with the rule and the words around it; ``unaccounted`` are
    those that are in no row and under no rule. ``left_out`` counts those on pages of no report, which a verification of
    the listed reports alone does not look at.
    """

    rows: int
    faults: list[Fault] = field(default_factory=list)
    stated: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    hits: list[str] = field(default_factory=list)
    unaccounted: list[str] = field(default_factory=list)
    left_out: int = 0
    pages_left_out: list[int] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether every row is right and every numeral is accounted for."""
        return not self.faults and not self.unaccounted


class Pages:
    """The pages of a source with all their numbers read."""

    def __init__(self, source: Source, units: Mapping[str, Unit]) -> None:
        self.source = source
        self.units = [symbol for symbol, unit in units.items() if unit.dimension != (("text", 1),)]
        self.reader: Reader = reader(tuple(units))
        self.numerals: list[Numeral] = numerals(source.text, scanned(units.values()))

    @cached_property
    def readings(self) -> list[Reading]:
        """All numbers read, in their order; with ordinals and years in Chinese numerals, which only a row may want."""
        text = self.source.text
        found = {
            numeral.start: numeral for numeral in (*ranks(text), *counting_numerals(text, self.units), *self.numerals)
        }
        return [self.reader.read(text, found[start]) for start in sorted(found)]

    def occurrences(self, row: Row) -> list[int]:
        """Where the phrase of a row begins on its page, or near it."""
        return self.source.occurrences(folded(row.phrase), row.page, PHRASE_LIMIT)


def verify(
    ledger: Ledger,
    source: Source,
    rules: Iterable[Rule],
    indicators: Sequence[Record] = (),
    absences: Iterable[Absence] = (),
    *,
    listed: bool = False,
) -> Verification:
    """Compare rows and indicators with their pages, look for what is said to be absent, account for every numeral.

    Args:
        ledger: the rows.
        source: the gazette.
        rules: which numerals are no figures.
        indicators: the rows of indicators.csv.
        absences: what is said not to be there.
        listed: whether to account for the pages of the reports in reports.csv only, of a gazette half entered.
    """
    result = Verification(rows=len(ledger.rows), faults=[*refuted(absences, source)])
    pages = Pages(source, ledger.units)
    claimed: dict[int, Row] = {}
    for row in ledger.rows:
        if row.page > len(source.pages):
            problem = f"the source has no page {row.page}"
            result.faults.append(row.record.fault(problem, f"a page from 1 to {len(source.pages)}"))
        elif row.precision is Precision.COUNTED:
            result.faults += miscounted(row, source)
        elif row.numeric:
            check_number(row, pages, claimed, result)
    for row in ledger.rows:
        if row.precision is Precision.TEXT and row.page <= len(source.pages):
            result.faults += check_words(row, pages, claimed)
    result.faults += indicator_faults(indicators, ledger, source)
    result.faults += period_faults(ledger.rows, source)
    result.stated = len(claimed)
    if listed:
        _leave_out(result, pages, ledger)
    _account(result, pages, list(rules), claimed)
    return result


def check_words(row: Row, pages: Pages, claimed: Mapping[int, Row]) -> Iterator[Fault]:
    """What is wrong with a row in words: they have to stand on the page, and to be words."""
    phrase = folded(row.phrase)
    first, last = pages.source.stretch(row.page)
    places = [place for place in pages.occurrences(row) if first < place + len(phrase) <= last]
    if not places:
        yield row.record.fault(f"page {row.page} does not hold {row.phrase!r}", "a phrase of that page")
        return
    for place in places:
        end = place + len(phrase)
        inside = within(pages.readings, place, end)
        numbers = [r for r in inside if r.unit in row.units and r.numeral.start not in claimed]
        yield from not_words(row, numbers)
        if len(places) == 1:
            yield from _cut(row, pages, place, end)


def check_number(row: Row, pages: Pages, claimed: dict[int, Row], result: Verification) -> None:
    """Find the number of a row, claim it, and compare what the page says of it with the row."""
    length = len(folded(row.phrase))
    found: list[tuple[int, Reading]] = []
    others: list[Reading] = []
    for place in pages.occurrences(row):
        inside = within(pages.readings, place, place + length)
        here = [r for r in inside if pages.source.page_at(r.numeral.start) == row.page]
        found += [(place, reading) for reading in meant(row, here, place + length)]
        others += here
    if len(found) != 1:
        result.faults.append(_not_one(row, len(found), others))
        return
    ((place, reading),) = found
    start = reading.numeral.start
    if start in claimed:
        other = claimed[start]
        problem = f"the number of {row.phrase!r} on page {row.page} is already the one of {other.place}"
        result.faults.append(row.record.fault(problem, "one row for one statement"))
    claimed[start] = row
    text = pages.source.text
    head = pages.reader.unit_of_head(text, start) if reading.cell else None
    result.faults += disagreements(row, reading, text, head)
    result.faults += _cut(row, pages, place, place + length)


def _not_one(row: Row, times: int, others: Sequence[Reading]) -> Fault:
    """The fault of a phrase that does not lead to one number of its page."""
    if not times and others:
        stated = "、".join(f"{reading.numeral.value:f} in {reading.unit or 'no unit'}" for reading in others[:3])
        problem = f"on page {row.page} {row.phrase!r} states no number in {row.unit.symbol}, but {stated}"
        return row.record.fault(problem, "the unit that stands on the page")
    problem = f"page {row.page} holds {row.phrase!r} {times} times"
    expected = "a phrase that stands there once" + ("; make it longer" if times else "")
    return row.record.fault(problem, expected)


def _cut(row: Row, pages: Pages, start: int, end: int) -> Iterator[Fault]:
    """A phrase that begins or ends within a number, its sign, its unit or its words of precision."""
    for reading in within(pages.readings, start - PHRASE_LIMIT, end + PHRASE_LIMIT):
        for edge in (start, end):
            if reading.start < edge < reading.end:
                whole = pages.source.text[reading.start : reading.end]
                problem = f"the phrase {row.phrase!r} cuts {whole!r} on page {row.page}"
                yield row.record.fault(problem, "a phrase that holds it whole, or nothing of it")


def _leave_out(result: Verification, pages: Pages, ledger: Ledger) -> None:
    """Take the numerals of pages that belong to no report out of those to account for."""
    listed = {page for one in ledger.reports.values() for page in range(one.first_page, one.last_page + 1)}
    kept = [numeral for numeral in pages.numerals if pages.source.page_at(numeral.start) in listed]
    result.left_out = len(pages.numerals) - len(kept)
    result.pages_left_out = [page for page in range(1, len(pages.source.pages) + 1) if page not in listed]
    pages.numerals = kept


def _account(result: Verification, pages: Pages, rules: Sequence[Rule], claimed: Mapping[int, Row]) -> None:
    """Sort the numerals of the source that no row states into set aside and unaccounted."""
    excused: dict[int, str] = {}
    used: set[str] = set()
    by_start = {reading.numeral.start: reading for reading in pages.readings}
    for rule, numeral in under_rules(pages.source.text, pages.numerals, rules):
        used.add(rule.name)
        excused.setdefault(numeral.start, rule.name)
        result.faults += _overreach(rule, by_start[numeral.start], claimed, pages)
    result.faults += [
        rule.record.fault(f"the rule {rule.name} sets no numeral aside", "a rule that this gazette needs")
        for rule in rules
        if rule.name not in used and rule.scope != GENERAL and rule.record
    ]
    for numeral in pages.numerals:
        if numeral.start in claimed:
            continue
        if numeral.start in excused:
            result.set_aside[excused[numeral.start]] += 1
            result.hits.append(f"{excused[numeral.start]}: {_in_context(pages.source, numeral)}")
        else:
            result.unaccounted.append(f"{_in_context(pages.source, numeral)} is in no row and under no rule")


def _overreach(rule: Rule, reading: Reading, claimed: Mapping[int, Row], pages: Pages) -> Iterator[Fault]:
    """A rule that hides a figure: a number that a row states, or one with a unit that the rule does not spell out."""
    if not rule.record:
        return
    where = _in_context(pages.source, reading.numeral)
    if reading.numeral.start in claimed:
        problem = f"the rule {rule.name} sets aside what {claimed[reading.numeral.start].place} states: {where}"
        yield rule.record.fault(problem, "a narrower pattern")
    elif reading.unit in pages.reader.declared and not is_year(reading):
        printed = pages.source.text[reading.numeral.start : reading.numeral.end]
        if printed not in rule.pattern.pattern:
            problem = f"the rule {rule.name} sets aside a number with a unit: {where}"
            yield rule.record.fault(problem, "a row for it, or a pattern that spells the number out")


def is_year(reading: Reading) -> bool:
    """Whether what looks like a length of time is a year of the calendar."""
    return reading.unit == "年" and 1900 <= reading.numeral.value <= 2100


def _in_context(source: Source, numeral: Numeral) -> str:
    around = source.text[max(0, numeral.start - 12) : numeral.end + 8]
    return f"page {source.page_at(numeral.start)}: {numeral.value:f} in {around!r}"


def scanned(units: Iterable[Unit]) -> list[str]:
    """The units in front of which a Chinese number is a figure; 分 is behind too much that is none: 十分."""
    return [unit.symbol for unit in units if unit.counts or len(unit.symbol) > 1 or unit.symbol in "元%倍亩年"]
