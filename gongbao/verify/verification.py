"""Verify the ledger against the gazette: every row says what its page says, and no number is left out.

The page is read without the row: a number's place, unit, sign and precision follow from the words around it
(:mod:`gongbao.verify.around`), and are then compared with the row.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from gongbao.figures.origin import Precision
from gongbao.figures.units import Unit
from gongbao.ledger.absences import Absence
from gongbao.ledger.periods import YEARS
from gongbao.ledger.rows import Ledger, Report, Row
from gongbao.ledger.tables import Fault, Record
from gongbao.verify.around import RANK, Reading, reader, within
from gongbao.verify.indicator_table import indicator_faults
from gongbao.verify.lexicon import ALIASES, FORECAST, RATE, TIMES
from gongbao.verify.names import exchanged
from gongbao.verify.numerals import Numeral, counting_numerals, numerals
from gongbao.verify.patterns import miscounted, period_faults, refuted, title_faults
from gongbao.verify.registry import known_size
from gongbao.verify.rules import GENERAL, Rule, under_rules
from gongbao.verify.source import Source, folded

PHRASE_LIMIT = 24
"""The longest phrase, in characters: it is an address, not a quotation."""

_COUNTS = frozenset({"count", "count-month", "years", "rank", "issue", "age", "score"})
"""Dimensions whose whole numbers count things one by one."""

_SENTENCE = 80

_DENIAL = re.compile("(?:[不未无没非]|没有|未能|缺乏|难以)$")
"""Negations right before a phrase in words, which reverse its meaning."""


@dataclass
class Verification:
    """The result of a verification.

    ``set_aside`` counts the numerals under each rule; ``unaccounted`` are those in no row and under no rule.
    ``left_out`` counts those on pages of no report, which a verification of the listed reports alone leaves out.
    """

    rows: int
    faults: list[Fault] = field(default_factory=list)
    set_aside: Counter[str] = field(default_factory=Counter)
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
        self.reader = reader(tuple(units))
        # before these units a Chinese number is a figure; not before 分, as 十分 is a word
        counting = [symbol for symbol, one in units.items() if one.counts or len(symbol) > 1 or symbol in "元%倍亩年"]
        self.numerals: list[Numeral] = numerals(source.text, counting)
        # (start, end) of the phrase that claims a number, by the start of the number
        self.phrases: dict[int, tuple[int, int]] = {}

    @cached_property
    def readings(self) -> list[Reading]:
        """All numbers read, in their order, with ordinals and years in Chinese numerals, which need no row."""
        text = self.source.text
        return self.reader.read_all(text, (*counting_numerals(text, self.units), *self.numerals))

    def occurrences(self, row: Row) -> list[tuple[int, int]]:
        """Where the phrase of a row begins and ends, on its page or near it."""
        phrase = folded(row.phrase)
        places = self.source.occurrences(phrase, row.page, PHRASE_LIMIT)
        return [(place, place + len(phrase)) for place in places]

    def in_context(self, numeral: Numeral) -> str:
        """A number with its page and the words around it."""
        around = self.source.text[max(0, numeral.start - 12) : numeral.end + 8]
        return f"page {self.source.page_at(numeral.start)}: {numeral.value:f} in {around!r}"


def verify(
    ledger: Ledger,
    source: Source,
    rules: Sequence[Rule],
    indicators: Sequence[Record] = (),
    absences: Sequence[Absence] = (),
    titled: Iterable[Report] = (),
    *,
    listed: bool = False,
) -> Verification:
    """Compare rows, indicators and titles with their pages, search for what must be absent, account for all numerals.

    With ``listed``, for a gazette that is half entered, only numerals on pages of reports.csv are accounted for.
    """
    result = Verification(rows=len(ledger.rows), faults=[*_beyond(source, ledger, absences)])
    if result.faults:
        return result
    pages = Pages(source, ledger.units)
    claimed: dict[int, Row] = {}
    result.faults += [*refuted(absences, source), *title_faults(titled, source)]
    # words may hold the number of another row: all numbers are claimed first
    for row in sorted(ledger.rows, key=lambda row: row.precision is Precision.TEXT):
        if row.precision is Precision.COUNTED:
            result.faults += miscounted(row, source)
        elif row.numeric:
            result.faults += check_number(row, pages, claimed)
        else:
            result.faults += check_words(row, pages, claimed)
    result.faults += indicator_faults(indicators, ledger, source, claimed)
    result.faults += period_faults(ledger.rows, source)
    result.faults += exchanged({pages.phrases[start]: row for start, row in claimed.items()}, source.text)
    if listed:
        reports = ledger.reports.values()
        entered = {page for one in reports for page in range(one.first_page, one.last_page + 1)}
        kept = [numeral for numeral in pages.numerals if source.page_at(numeral.start) in entered]
        result.left_out, pages.numerals = len(pages.numerals) - len(kept), kept
        result.pages_left_out = [page for page in range(1, len(source.pages) + 1) if page not in entered]
    _account(result, pages, rules, claimed)
    return result


def _beyond(source: Source, ledger: Ledger, absences: Iterable[Absence]) -> Iterator[Fault]:
    """Reports and claims whose pages go beyond the source; if there are any, nothing is compared."""
    last = len(source.pages)
    expected = f"pages from 1 to {last}" if last > 1 else "the gazette itself, its text with a form feed between pages"
    for report in ledger.reports.values():
        if report.last_page > last:
            problem = f"the source has no page {report.last_page}, on which {report.key} ends"
            yield Fault("data/reports.csv", None, problem, expected)
            if last == 1:
                return
    for absence in absences:
        if (beyond := max((place.last_page for place in absence.places), default=0)) > last:
            yield absence.record.fault(f"the source has no page {beyond}", expected)


# --- a row against its page


def check_words(row: Row, pages: Pages, claimed: Mapping[int, Row]) -> Iterator[Fault]:
    """Faults of a row in words: its phrase has to be on the page, without a denial before it, and to be words."""
    first, last = pages.source.stretch(row.page)
    places = [(start, end) for start, end in pages.occurrences(row) if first < end <= last]
    if not places:
        yield row.record.fault(f"page {row.page} does not hold {row.phrase!r}", "a phrase of that page")
    for start, end in places:
        inside = within(pages.readings, start, end)
        if denied := _DENIAL.search(pages.source.text, max(0, start - 3), start):
            yield row.record.fault(f"before {row.phrase!r} stands {denied[0]!r}", "a phrase that holds it")
        yield from not_words(row, [r for r in inside if r.unit in row.units and r.numeral.start not in claimed])
        if len(places) == 1:
            yield from _cut(row, pages, start, end)


def not_words(row: Row, numbers: Sequence[Reading]) -> Iterator[Fault]:
    """Faults of a row in words: value and phrase have to be the same, and without a number with a unit."""
    if row.value != row.phrase:
        yield row.record.fault(f"the value is {row.value!r}, the phrase {row.phrase!r}", "the same words in both")
    if row.unit.dimension != (("text", 1),):
        yield row.record.fault(f"a row in words is in {row.unit.symbol}", "the unit 文字")
    if len(row.phrase) < 2:
        yield row.record.fault(f"the words {row.phrase!r} say nothing", "words that can be understood")
    for reading in numbers:
        problem = f"the words {row.phrase!r} hold the number {reading.numeral.value:f} in {reading.unit}"
        yield row.record.fault(problem, "a row with that number, or words without it")


def check_number(row: Row, pages: Pages, claimed: dict[int, Row]) -> Iterator[Fault]:
    """Find the number of a row, claim it, and compare what the page says of it with the row."""
    fault = row.record.fault
    found: list[tuple[int, int, Reading]] = []
    others: list[Reading] = []
    for first, last in pages.occurrences(row):
        inside = within(pages.readings, first, last)
        here = [r for r in inside if pages.source.page_at(r.numeral.start) == row.page]
        found += [(first, last, reading) for reading in meant(row, here, last)]
        others += here
    if not found and others:
        stated = "、".join(f"{reading.numeral.value:f} in {reading.unit or 'no unit'}" for reading in others[:3])
        problem = f"on page {row.page} {row.phrase!r} states no number in {row.unit.symbol}, but {stated}"
        yield fault(problem, "the unit that stands on the page")
    elif len(found) != 1:
        expected = "a phrase that stands there once" + ("; make it longer" if found else "")
        yield fault(f"page {row.page} holds {row.phrase!r} {len(found)} times", expected)
    else:
        ((first, last, reading),) = found
        start = reading.numeral.start
        if other := claimed.get(start):
            problem = f"the number of {row.phrase!r} on page {row.page} is already the one of {other.record.place}"
            yield fault(problem, "one row for one statement")
        claimed[start], pages.phrases[start] = row, (first, last)
        yield from _disagreements(row, reading, pages)
        yield from _cut(row, pages, first, last)


def phrase_faults(row: Row) -> list[Fault]:
    """Faults of a row by its phrase alone: it has to state one number in the row's unit, the value."""
    phrase = folded(row.phrase)
    readings = reader(tuple(row.units)).read_all(phrase, numerals(phrase, row.units))
    found = meant(row, readings, len(phrase))
    if len(found) != 1:
        problem = f"the phrase {row.phrase!r} states {len(found)} numbers in {row.unit.symbol}"
        return [row.record.fault(problem, "a phrase with exactly one")]
    return [*_wrong_value(row, found[0])]


def meant(row: Row, found: Sequence[Reading], end: int) -> list[Reading]:
    """The numbers of a phrase that a row may mean.

    The one in its unit, or the last of several, if the phrase ends with it. If there is none, as for cells of a table
    whose head names the unit, the number without unit with which the phrase ends.
    """
    in_unit = [reading for reading in found if _fits(row, reading)]
    last = [reading for reading in in_unit if reading.numeral.end <= end <= reading.end]
    if len(in_unit) > 1 and last:
        return last
    return in_unit or [reading for reading in found if reading.cell and reading.numeral.end <= end <= reading.end]


def _fits(row: Row, reading: Reading) -> bool:
    """Whether a number is in the unit of a row."""
    is_rank = row.unit.dimension == (("rank", 1),)
    if reading.ordinal or is_rank:
        return is_rank and reading.unit == RANK
    return row.unit.symbol in (reading.unit, ALIASES.get(reading.unit))


def _cut(row: Row, pages: Pages, start: int, end: int) -> Iterator[Fault]:
    """Faults of a phrase that begins or ends within a number, its sign, its unit or its words of precision."""
    for reading in within(pages.readings, start - PHRASE_LIMIT, end + PHRASE_LIMIT):
        for edge in (start, end):
            if reading.start < edge < reading.end:
                whole = pages.source.text[reading.start : reading.end]
                problem = f"the phrase {row.phrase!r} cuts {whole!r} on page {row.page}"
                yield row.record.fault(problem, "a phrase that holds it whole, or nothing of it")


def _disagreements(row: Row, reading: Reading, pages: Pages) -> Iterator[Fault]:
    """Differences between a page and a row: value, unit in the head of a table for its cells, precision."""
    fault, text = row.record.fault, pages.source.text
    yield from _wrong_value(row, reading)
    if reading.cell and (head := pages.reader.unit_of_head(text, reading.numeral.start)) != row.unit.symbol:
        problem = f"the unit is {row.unit.symbol}, at the head of the cell stands {head or 'none'}"
        yield fault(problem, f"the unit {head}" if head else "a phrase with its unit")
    said = precisions(reading, text, row.unit.symbol)
    if row.precision not in said:
        words = text[max(0, reading.start - 4) : reading.end + 2]
        problem = f"the precision is {row.precision}, the page says {words!r}"
        yield fault(problem, f"the precision {' or '.join(said)}")


def _wrong_value(row: Row, reading: Reading) -> Iterator[Fault]:
    expected = f"{reading.numeral.value:f}"
    if row.value != expected:
        problem = f"the value is {row.value}, the phrase {row.phrase!r} states {expected}"
        yield row.record.fault(problem, f"the value {expected}")


def precisions(reading: Reading, text: str, unit: str) -> list[Precision]:
    """The precisions that a page allows: by the words at the number; without such words by the kind of number.

    A forecast may make all numbers of its sentence approximate. The unit is an argument, since that of a cell of a
    table is elsewhere.
    """
    if reading.precision:
        return [reading.precision]
    start, has_decimals = reading.numeral.start, "." in text[reading.numeral.start : reading.numeral.end]
    allowed = [Precision.ROUNDED if has_decimals or _is_measure(reading, text, unit) else Precision.EXACT]
    if unit in TIMES and not has_decimals:
        # 三年 may be exactly three years or about three: the page does not say
        allowed += {Precision.EXACT, Precision.ROUNDED}.difference(allowed)
    sentence = re.split("[。；]", text[max(0, start - _SENTENCE) : start])[-1]
    return [*allowed, *([Precision.ABOUT] if FORECAST.search(sentence) else [])]


def _is_measure(reading: Reading, text: str, unit: str) -> bool:
    """Whether a whole number does not count single things: a rate, a unit with a multiplier, or a measurement."""
    before = text[max(0, reading.numeral.start - PHRASE_LIMIT) : reading.numeral.start]
    if RATE.search(before if reading.cell else re.split("[，。；、]", before)[-1]):
        return True
    dimension, _ = known_size(unit) or ("count", 1)
    return "/" in unit or unit.startswith(tuple("十百千万亿")) or dimension not in _COUNTS


# --- what no row states


def _account(result: Verification, pages: Pages, rules: Sequence[Rule], claimed: Mapping[int, Row]) -> None:
    """Sort the numerals of the source that no row states into set aside and unaccounted."""
    by_start = {reading.numeral.start: reading for reading in pages.readings}
    held = [*under_rules(pages.source.text, pages.numerals, rules)]
    for rule, numeral in held:
        result.faults += _overreach(rule, by_start[numeral.start], claimed, pages)
    used = {rule.name for rule, _ in held}
    excused = {numeral.start: rule.name for rule, numeral in reversed(held)}  # the first rule counts
    for rule in rules:
        if rule.name not in used and rule.scope != GENERAL:
            problem = f"the rule {rule.name} sets no numeral aside"
            result.faults.append(rule.record.fault(problem, "a rule that this gazette needs"))
    left = [numeral for numeral in pages.numerals if numeral.start not in claimed]
    result.set_aside.update(excused[numeral.start] for numeral in left if numeral.start in excused)
    missed = (pages.in_context(numeral) for numeral in left if numeral.start not in excused)
    result.unaccounted += [f"{one} is in no row and under no rule" for one in missed]


def _overreach(rule: Rule, reading: Reading, claimed: Mapping[int, Row], pages: Pages) -> Iterator[Fault]:
    """Faults of a rule that hides a number stated by a row, or one with a unit that the rule does not spell out."""
    start, end = reading.numeral.start, reading.numeral.end
    where = pages.in_context(reading.numeral)
    spelled_out = pages.source.text[start:end] in rule.pattern.pattern
    if start in claimed:
        problem = f"the rule {rule.name} sets aside what {claimed[start].record.place} states: {where}"
        yield rule.record.fault(problem, "a narrower pattern")
    elif reading.unit in pages.reader.declared and not spelled_out and not is_year(reading):
        problem = f"the rule {rule.name} sets aside a number with a unit: {where}"
        yield rule.record.fault(problem, "a row for it, or a pattern that spells the number out")


def is_year(reading: Reading) -> bool:
    """Whether a number in 年 is a calendar year, not a length of time."""
    return reading.unit == "年" and YEARS[0] <= reading.numeral.value <= YEARS[-1]
