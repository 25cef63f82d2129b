"""Rows that no numeral states: what their pattern finds on the pages is counted.

An appointment is a line of a list, and nobody prints how many lines there are. The phrase of such a row is a pattern;
its value is how often that matches from the row's page to the end of the report, and the page is that of the first
match. So a count can be checked, and no name has to be kept.
"""

from __future__ import annotations

import re

from gongbao.ledger.rows import Row
from gongbao.ledger.tables import Fault
from gongbao.verify.source import Source


def pattern_faults(row: Row) -> list[Fault]:
    """What is wrong with a counted row, whatever the pages say."""
    try:
        pattern = re.compile(row.phrase)
    except re.error as error:
        return [row.record.fault(f"the phrase {row.phrase!r} cannot be read: {error}", "a regular expression")]
    if pattern.fullmatch(""):
        return [row.record.fault(f"the phrase {row.phrase!r} is found in nothing at all", "a longer pattern")]
    if not row.value.isdigit():
        return [row.record.fault(f"the value {row.value!r} is not a count", "a whole number")]
    return []


def miscounted(row: Row, source: Source) -> list[Fault]:
    """What the pages say against a counted row."""
    if faults := pattern_faults(row):
        return faults
    if row.report.last_page > len(source.pages):
        return [row.record.fault(f"the source has no page {row.report.last_page}", f"{len(source.pages)} pages")]
    start, end = source.stretch(row.page, row.report.last_page)
    matches = list(re.compile(row.phrase).finditer(source.text, start, end))
    if len(matches) != int(row.value):
        problem = f"the value is {row.value}, {row.phrase!r} is found {len(matches)} times from page {row.page} on"
        return [row.record.fault(problem, f"the value {len(matches)}")]
    if matches and source.page_at(matches[0].start()) != row.page:
        first = source.page_at(matches[0].start())
        return [row.record.fault(f"{row.phrase!r} is not found on page {row.page}", f"page {first}, where it begins")]
    return []
