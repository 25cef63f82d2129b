"""What is proved by looking for patterns on the pages: counts, titles, periods, and claims of absence.

An appointment is a line of a list, and nobody prints how many lines there are. The phrase of such a row is a pattern;
its value is the number of matches from the row's page to the end of the report, and the page is that of the first
match. So a count can be checked without keeping any name. What the book says is not in the gazette
(:mod:`gongbao.ledger.absences`) must not match on the pages searched, and the subject must. Periods are checked, too: a
year or month that a report never prints needs a note that says where it comes from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from gongbao.ledger.absences import Absence
from gongbao.ledger.rows import Report, Row
from gongbao.ledger.tables import Fault, FaultyDataError
from gongbao.verify.source import Source, folded

QUOTED = 24
"""How many characters of a match a message quotes."""

_BEFORE = 60
"""How many characters may be before a title: 附件, the body, a name of the gazette."""

_NAME = ".{0,12}?"
"""What a page may print in one place of a title that leaves it out, such as the name of an official."""

_YEAR = re.compile("(?<![0-9])((?:19|20)[0-9]{2})(?=年|[-–—~～至、]|届)")
_PLANS = {f"十{han}五": range(first, first + 5) for han, first in zip("一二三四五", range(2006, 2031, 5), strict=True)}
_MONTHS = re.compile("(?<![0-9.])([0-9]{1,2})(?:[-–—~～至]([0-9]{1,2}))?月")
_CLAUSE = 30
"""How many characters before a phrase are searched for a year: in a table, a clause has no end."""

_CLAUSE_ENDS = re.compile("[，。；：（）]")
_HALF_YEAR = re.compile("上半年|半年")
_YEAR_END = re.compile("[年期]末|年底|年初|全年")


def pattern_faults(row: Row) -> Iterator[Fault]:
    """Faults of a counted row that show without the pages."""
    try:
        row.record.pattern("phrase", row.phrase)
    except FaultyDataError as error:
        yield from error.faults
    if not row.value.isdigit() or row.value == "0":
        yield row.record.fault(f"the value {row.value!r} is not a count", "a whole number, 1 or more")
    if not row.unit.counts:
        yield row.record.fault(f"what is counted is in {row.unit.symbol}", "a unit that counts things")


def miscounted(row: Row, source: Source) -> list[Fault]:
    """Faults of a counted row that show on the pages; it has no :func:`pattern_faults`."""
    start, end = source.stretch(row.page, row.report.last_page)
    matches = [m for m in row.record.pattern("phrase", row.phrase).finditer(source.text, start, end) if m[0]]
    if len(matches) != int(row.value):
        problem = f"the value is {row.value}, {row.phrase!r} is found {len(matches)} times from page {row.page} on"
        return [row.record.fault(problem, f"the value {len(matches)}")]
    if matches and (first := source.page_at(matches[0].start())) != row.page:
        return [row.record.fault(f"{row.phrase!r} is not found on page {row.page}", f"page {first}, where it begins")]
    return []


def refuted(absences: Iterable[Absence], source: Source) -> Iterator[Fault]:
    """The claims that some page contradicts, and those whose pages do not mention their subject."""
    for absence, place in ((claim, place) for claim in absences for place in claim.places):
        fault = absence.record.fault
        start, end = source.stretch(place.first_page, place.last_page)
        for pattern in absence.absent:
            for match in pattern.finditer(source.text, start, end):
                page, said = source.page_at(match.start()), match[0][:QUOTED]
                problem = f"{absence.id}: page {page} holds {said!r}, which {pattern.pattern} finds"
                yield fault(problem, "a claim that is true, or a pattern that finds only what refutes it")
        for pattern in absence.found:
            if not pattern.search(source.text, start, end):
                problem = f"{absence.id}: {pattern.pattern} is not on pages {place.first_page} to {place.last_page}"
                yield fault(problem, "a place that speaks of the subject")


def title_faults(reports: Iterable[Report], source: Source) -> Iterator[Fault]:
    """Reports whose first page does not begin with their title.

    Words in brackets distinguish reports with the same title, and are printed near it. 人大 and 常委会 are short for
    their full names.
    """
    for report in reports:
        head, parts = _short(source.pages[report.first_page - 1]), re.split("[（）]", _short(report.title_zh))
        if missing := next((part for part in parts if not _begins(head[: _BEFORE + len(part)], part)), ""):
            problem = f"page {report.first_page} does not begin with {missing!r}, the title of {report.key}"
            yield Fault("data/reports.csv", None, problem, "the title as it stands there; one name may be left out")


def _begins(head: str, title: str) -> bool:
    cuts = (re.escape(title[:place]) + _NAME + re.escape(title[place:]) for place in range(1, len(title)))
    return title in head or any(re.search(pattern, head) for pattern in cuts)


def _short(text: str) -> str:
    return folded(text).replace("人民代表大会", "人大").replace("人大常务委员会", "人大常委会")


def period_faults(rows: Iterable[Row], source: Source) -> Iterator[Fault]:
    """Rows of a period that their report does not print, without a note that says how it is known."""
    known, _ = _printed_times(source.text)
    for row in rows:
        first, last = source.stretch(row.report.first_page, row.report.last_page)
        years, months = _printed_times(source.text[first:last])
        ends = [[*map(int, end.split("-")), 0][:2] for end in row.record["period"].split("/")]
        lacking = [
            f"the year {year}" if year not in years else f"the month {month}"
            for year, month in ends
            if year not in years or month not in {0, *months}
        ]
        beside = _years_beside(row, source)
        if beside and not beside & {year for year, _ in ends} and not row.record["note"]:
            problem = f"the period is {row.record['period']}, beside {row.phrase!r} stands {min(beside)}"
            yield row.record.fault(problem, "that year, or a note that says why it is another")
            continue
        in_reach = not known or all(min(known) <= year <= max(known) for year, _ in ends)
        if lacking and not (row.record["note"] and in_reach):
            problem = f"the period is {row.record['period']}, {row.report.key} does not print {lacking[0]}"
            yield row.record.fault(problem, "a period of the report, or a note that says how it is known")


def _years_beside(row: Row, source: Source) -> set[int]:
    """The years that the clause of a phrase prints before its number, or within it."""
    phrase, (start, _) = folded(row.phrase), source.stretch(row.page)
    found = source.occurrences(phrase, row.page, 0)
    if not found:  # a pattern, or a phrase that other checks name
        return set()
    before = source.text[max(start, found[0] - _CLAUSE) : found[0] + len(phrase)]
    return {int(year) for year in _YEAR.findall(_CLAUSE_ENDS.split(before)[-1])}


@cache
def _printed_times(text: str) -> tuple[set[int], set[int]]:
    """The years and months that a text prints."""
    years = {int(year) for year in _YEAR.findall(text)}
    years.update(*(plan_years for plan, plan_years in _PLANS.items() if plan in text))
    # January always: a period from the beginning of the year names no month
    months = {1, *(int(month) for months in _MONTHS.findall(text) for month in months if month)}
    return years, months | {last for last, words in ((6, _HALF_YEAR), (12, _YEAR_END)) if words.search(text)}
