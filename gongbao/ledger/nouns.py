"""What is counted, in English: Chinese has words such as 家 and 件 that count anything, English has the noun itself.

``data/nouns.csv`` has it by series, or by what several series start with; the longest that fits holds.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from functools import cache
from pathlib import Path

from gongbao.figures.errors import UnusableNameError
from gongbao.figures.units import Unit
from gongbao.ledger.tables import DATA, Fault, display_name, read_table

Nouns = dict[str, tuple[str, str]]
"""The noun for one and for many, by series."""


def load_nouns(data: Path = DATA) -> Nouns:
    """The table, kept until the file changes; empty for data without one.

    A FaultyDataError if it cannot be read.
    """
    file = data / "nouns.csv"
    return _read(file, file.stat().st_mtime_ns) if file.is_file() else {}


@cache
def _read(file: Path, stamp: int) -> Nouns:
    return {row["series"]: (row["one_en"], row["many_en"]) for row in read_table(file)}


def counting(unit: Unit, series: str, data: Path = DATA) -> Unit:
    """The unit with the English for what a series counts in it; one that does not count stays as it is.

    An UnusableNameError if English needs a noun, and the table has none.
    """
    nouns = load_nouns(data)
    if not nouns or not unit.is_of_counts:
        return unit
    if row := _row_of(series, nouns):
        return unit.counting(*nouns[row])
    if unit.needs_noun:
        raise UnusableNameError(f"data/nouns.csv has no English for what {series} counts, in {unit.symbol}")
    return unit


def unused(counted: Iterable[str], data: Path = DATA) -> Iterator[Fault]:
    """The rows that no series needs, given those that count: they are misspelt, or left over."""
    nouns = load_nouns(data)
    for row in sorted(nouns.keys() - {_row_of(series, nouns) for series in counted}):
        yield Fault(display_name(data / "nouns.csv"), None, f"no series counts under {row}", "one that does")


def _row_of(series: str, nouns: Container[str]) -> str:
    """The longest that a series is, or starts with; empty if there is none."""
    parts = series.split(".")
    starts = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((start for start in starts if start in nouns), "")
