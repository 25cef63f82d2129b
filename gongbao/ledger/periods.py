"""The periods of figures: a day, month or year, or a stretch from one to another, by ISO 8601."""

from __future__ import annotations

import datetime
import re

YEARS = range(1900, 2101)
"""The years that a period may lie in."""

EXPECTED = "ISO 8601, as in 2023-01/2023-08"

_DAY = "[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?"
_PERIOD = re.compile(f"{_DAY}(?:/{_DAY})?")


def misdated(period: str) -> str:
    """What is wrong with a period; empty if nothing is."""
    try:
        if not _PERIOD.fullmatch(period):
            raise ValueError
        days = [datetime.date(*[*map(int, end.split("-")), 1, 1][:3]) for end in period.split("/")]
    except ValueError:
        return f"the period {period!r} is no date"
    if days != sorted(set(days)) or any(day.year not in YEARS for day in days):
        return f"the period {period!r} does not run from an earlier to a later date of {YEARS[0]} to {YEARS[-1]}"
    return ""
