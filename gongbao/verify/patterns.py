"""What is proved by looking for patterns on the pages: rows that no numeral states, and claims of absence.

An appointment is a line of a list, and nobody prints how many lines there are. The phrase of such a row is a pattern;
its value is how often that matches from the row's page to the end of the report, and the page is that of the first
match. So a count can be checked, and no name has to be kept. What the book says is not in the gazette
(:mod:`gongbao.ledger.absences`) must not be found where it was looked for, and the subject must.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gongbao.ledger.absences import Absence, Place
from gongbao.ledger.rows import Row
from gongbao.ledger.tables import Fault, FaultyDataError
from gongbao.verify.source import Source

QUOTED = 24
"""How many characters of what was found a message repeats."""


def pattern_faults(row: Row) -> list[Fault]:
    """What is wrong with a counted row, whatever the pages say."""
    try:
        row.record.pattern("phrase", row.phrase)
    except FaultyDataError as error:
        return [*error.faults]
    return (
        [] if row.value.isdigit() else [row.record.fault(f"the value {row.value!r} is not a count", "a whole number")]
    )


def miscounted(row: Row, source: Source) -> list[Fault]:
    """What the pages say against a counted row."""
    if faults := pattern_faults(row):
        return faults
    if row.report.last_page > len(source.pages):
        return [row.record.fault(f"the source has no page {row.report.last_page}", f"{len(source.pages)} pages")]
    start, end = source.stretch(row.page, row.report.last_page)
    matches = list(row.record.pattern("phrase", row.phrase).finditer(source.text, start, end))
    if len(matches) != int(row.value):
        problem = f"the value is {row.value}, {row.phrase!r} is found {len(matches)} times from page {row.page} on"
        return [row.record.fault(problem, f"the value {len(matches)}")]
    if matches and (first := source.page_at(matches[0].start())) != row.page:
        return [row.record.fault(f"{row.phrase!r} is not found on page {row.page}", f"page {first}, where it begins")]
    return []


def refuted(absences: Iterable[Absence], source: Source) -> Iterator[Fault]:
    """The claims that some page contradicts, and those that were looked for where their subject is not."""
    for absence in absences:
        for place in absence.places:
            if place.last_page > len(source.pages):
                expected = f"pages from 1 to {len(source.pages)}"
                yield absence.record.fault(f"the source has no page {place.last_page}", expected)
            else:
                yield from _against(absence, place, source)


def _against(absence: Absence, place: Place, source: Source) -> Iterator[Fault]:
    start, end = source.stretch(place.first_page, place.last_page)
    for pattern in absence.absent:
        for match in pattern.finditer(source.text, start, end):
            page, said = source.page_at(match.start()), match[0][:QUOTED]
            problem = f"{absence.id}: page {page} holds {said!r}, which {pattern.pattern} finds"
            yield absence.record.fault(problem, "a claim that is true, or a pattern that finds only what refutes it")
    for pattern in absence.found:
        if not pattern.search(source.text, start, end):
            problem = f"{absence.id}: {pattern.pattern} is not on pages {place.first_page} to {place.last_page}"
            yield absence.record.fault(problem, "a place that speaks of the subject")
