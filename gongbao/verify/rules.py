"""The rules of set-aside.csv: which numerals of a source are no figures, and why."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gongbao.ledger.tables import Record, book_data, read_rows
from gongbao.verify.numerals import Numeral

GENERAL = "general"
"""The scope of rules for any document; other rules name the key of one gazette."""

STEPS = 10_000
"""The most ways in which a pattern may try to match at one place; with many more, a search might not end."""

# the parts of a pattern that repeat; classes and escaped characters are matched first, so that a + in them does not
# count; a group that repeats counts as endless, since it may hold repetitions
_REPETITION = re.compile(
    r"\\[^1-9]|\[\^?(?:\\.|[^\]\\])*\]|(?P<endless>\\[1-9]|[*+]|\{[0-9]*,\}|\)\{)|\{(?P<low>[0-9]*),(?P<high>[0-9]+)\}"
    r"|(?<!\()(?P<maybe>\?)"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of numeral that is no figure: a regular expression over the text without spaces."""

    name: str
    pattern: re.Pattern[str]
    scope: str
    record: Record


def load_rules(data: Path | None = None) -> list[Rule]:
    """The rules of set-aside.csv; a FaultyDataError if a pattern is none, or might not end."""
    data = data or book_data()
    return read_rows(data / "set-aside.csv", _rule, optional=True)


def _rule(record: Record) -> Rule:
    pattern, ways = record.pattern("pattern", record["pattern"]), 1
    for part in _REPETITION.finditer(pattern.pattern):
        ways *= STEPS + 1 if part["endless"] else int(part["high"] or bool(part["maybe"])) - int(part["low"] or 0) + 1
    if ways > STEPS:
        problem = "the pattern may try without end: a repetition without a limit, or one within another"
        raise record.error(problem, "repetitions with a limit, such as {1,9}, none within another")
    return Rule(record["rule"], pattern, record["scope"], record)


def under_rules(text: str, found: Sequence[Numeral], rules: Iterable[Rule]) -> Iterator[tuple[Rule, Numeral]]:
    """Pairs of a rule and a numeral that lies whole within a match of it."""
    starts = [numeral.start for numeral in found]
    for rule in rules:
        for match in rule.pattern.finditer(text):
            for numeral in found[bisect.bisect_left(starts, match.start()) : bisect.bisect_left(starts, match.end())]:
                if numeral.end <= match.end():
                    yield rule, numeral
