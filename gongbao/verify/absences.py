"""Look for what the book says is not in the gazette."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gongbao.ledger.absences import Absence, Place
from gongbao.ledger.tables import Fault
from gongbao.verify.source import Source

QUOTED = 24
"""How many characters of what was found a message repeats."""


def refuted(absences: Iterable[Absence], source: Source) -> Iterator[Fault]:
    """The claims that some page contradicts, and those that were looked for where their subject is not."""
    for absence in absences:
        for place in absence.places:
            if place.last_page > len(source.pages):
                expected = f"pages from 1 to {len(source.pages)}"
                yield absence.record.fault(f"the source has no page {place.last_page}", expected)
            else:
                yield from _occurring(absence, place, source)
                yield from _beside_the_subject(absence, place, source)


def _occurring(absence: Absence, place: Place, source: Source) -> Iterator[Fault]:
    start, end = source.stretch(place.first_page, place.last_page)
    for pattern in absence.absent:
        for match in pattern.finditer(source.text, start, end):
            page, said = source.page_at(match.start()), match[0][:QUOTED]
            problem = f"{absence.id}: page {page} holds {said!r}, which {pattern.pattern} finds"
            yield absence.record.fault(problem, "a claim that is true, or a pattern that finds only what refutes it")


def _beside_the_subject(absence: Absence, place: Place, source: Source) -> Iterator[Fault]:
    start, end = source.stretch(place.first_page, place.last_page)
    for pattern in absence.found:
        if not pattern.search(source.text, start, end):
            pages = f"pages {place.first_page} to {place.last_page}"
            problem = f"{absence.id}: {pattern.pattern} is not on {pages}"
            yield absence.record.fault(problem, "a place that speaks of the subject")
