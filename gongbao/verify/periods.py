"""Whether the period of a row can be one that its report speaks of: years and months that are printed there.

What a row is about no program reads; but a year that its report never names is a slip, unless the note says where it
comes from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongbao.ledger.rows import Row
from gongbao.ledger.tables import Fault
from gongbao.verify.source import Source

_YEAR = re.compile("(?<![0-9])((?:19|20)[0-9]{2})(?=年|[-—至、]|届)")
_PLANS = {f"十{han}五": range(first, first + 5) for han, first in zip("二三四五", range(2011, 2031, 5), strict=True)}
_MONTHS = re.compile("(?<![0-9.])([0-9]{1,2})(?:[-—至]([0-9]{1,2}))?月")
_HALF_YEAR = re.compile("上半年|半年")
_YEAR_END = re.compile("[年期]末|年底|年初|全年")


class Printed:
    """The years and months that a report prints."""

    def __init__(self, text: str) -> None:
        self.years = {int(year) for year in _YEAR.findall(text)}
        self.years.update(*(years for plan, years in _PLANS.items() if plan in text))
        # from the beginning of the year: no month has to be named
        self.months = {1, *(int(month) for months in _MONTHS.findall(text) for month in months if month)}
        self.months |= {last for last, words in ((6, _HALF_YEAR), (12, _YEAR_END)) if words.search(text)}

    def lacks(self, period: str) -> str:
        """The first part of a period that is not printed; empty if all is."""
        for end in period.split("/"):
            year, month = [*map(int, end.split("-")), 0][:2]
            if year not in self.years:
                return f"the year {year}"
            if month and month not in self.months:
                return f"the month {month}"
        return ""


def period_faults(rows: tuple[Row, ...], source: Source) -> Iterator[Fault]:
    """Rows of a time that their report does not name, and whose note does not say why."""
    printed: dict[str, Printed] = {}
    known = Printed(source.text).years
    for row in rows:
        report = row.report
        if report.last_page > len(source.pages):
            continue
        if report.key not in printed:
            start, end = source.stretch(report.first_page, report.last_page)
            printed[report.key] = Printed(source.text[start:end])
        lacking = printed[report.key].lacks(row.record["period"])
        ends = [int(end[:4]) for end in row.record["period"].split("/")]
        in_reach = not known or (min(known) <= min(ends) and max(ends) <= max(known))
        if lacking and not (row.record["note"] and in_reach):
            problem = f"the period is {row.record['period']}, {report.key} does not print {lacking}"
            yield row.record.fault(problem, "a period of the report, or a note that says how it is known")
