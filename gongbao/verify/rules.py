"""The rules of set-aside.csv: which numerals of a source are no figures, and why."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from re import _parser as parser  # type: ignore[attr-defined]  # gongbao/INTERNALS.md
from typing import Any

from gongbao.ledger.tables import DATA, FaultyDataError, Record, read_rows
from gongbao.verify.numerals import Numeral

GENERAL = "general"
"""The scope of rules that hold in any document; others are those of one gazette, whose key they name."""

STEPS = 10_000
"""In how many ways a pattern may try to match at one place, so that no page keeps it busy."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of numeral that is no figure: a regular expression over the text without spaces, and why."""

    name: str
    pattern: re.Pattern[str]
    reason_en: str
    scope: str = GENERAL
    record: Record | None = None


def load_rules(data: Path = DATA) -> list[Rule]:
    """The rules of set-aside.csv.

    Raises:
        FaultyDataError: if a pattern is not a regular expression, or one that might not end.
    """
    return read_rows(data / "set-aside.csv", _rule, optional=True)


def _rule(record: Record) -> Rule:
    try:
        pattern = re.compile(record["pattern"])
        steps = _ways(parser.parse(record["pattern"]))
    except (re.error, RecursionError, OverflowError) as error:
        fault = record.fault(f"the pattern cannot be read: {error}", "a regular expression")
        raise FaultyDataError([fault]) from None
    if steps > STEPS:
        problem = "the pattern may try without end: a repetition without a limit, or one within another"
        raise FaultyDataError([record.fault(problem, "repetitions with a limit, such as {1,9}, none within another")])
    if pattern.match(""):
        raise FaultyDataError([record.fault("the pattern matches nothing at all", "a pattern that needs a numeral")])
    return Rule(record["rule"], pattern, record["reason_en"], record["scope"], record)


def _ways(pattern: Iterable[Any]) -> int:
    """In how many ways a parsed pattern may match at one place, at most; too many for what has no limit."""
    ways = 1
    for operator, argument in pattern:
        name = str(operator)
        if name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
            low, high, repeated = argument
            inner = _ways(repeated)
            # a repetition of what matches in one way only has as many as it has lengths
            ways *= min(int(high), STEPS + 1) - low + 1 if inner == 1 else inner ** min(int(high), 64)
        elif name == "SUBPATTERN":
            ways *= _ways(argument[-1])
        elif name in {"ASSERT", "ASSERT_NOT"}:
            ways *= _ways(argument[1])
        elif name == "BRANCH":
            ways *= sum(map(_ways, argument[1]))
        elif name == "ATOMIC_GROUP":
            ways *= _ways(argument)
        elif name == "GROUPREF":
            return STEPS + 1
        if ways > STEPS:
            return STEPS + 1
    return ways


def set_aside(text: str, found: Sequence[Numeral], rules: Iterable[Rule]) -> dict[int, str]:
    """The rule under which a numeral is no figure, by where the numeral begins; the first rule counts."""
    excused: dict[int, str] = {}
    for rule, numeral in under_rules(text, found, rules):
        excused.setdefault(numeral.start, rule.name)
    return excused


def under_rules(text: str, found: Sequence[Numeral], rules: Iterable[Rule]) -> Iterator[tuple[Rule, Numeral]]:
    """Each rule with each numeral that it holds whole."""
    starts = [numeral.start for numeral in found]
    for rule in rules:
        for match in rule.pattern.finditer(text):
            for numeral in found[bisect.bisect_left(starts, match.start()) : bisect.bisect_left(starts, match.end())]:
                if numeral.end <= match.end():
                    yield rule, numeral
