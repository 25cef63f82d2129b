"""Verify the ledger against the gazette: every row says what its page says, and no number is left out."""

from __future__ import annotations

import bisect
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gongbao.figures.origin import Precision
from gongbao.figures.units import Unit
from gongbao.ledger.absences import Absence
from gongbao.ledger.rows import Ledger, Row
from gongbao.ledger.tables import DATA, Fault, FaultyDataError, Record, read_rows, tables_in
from gongbao.verify.absences import refuted
from gongbao.verify.counted import miscounted
from gongbao.verify.numerals import Numeral, arabic_numerals, counting_numerals, stated_with
from gongbao.verify.source import Source

PHRASE_LIMIT = 24
"""The longest phrase, in characters: it is an address, not a quotation."""

RECORD = "verified.json"


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of numeral that is no figure: a regular expression over the text without spaces, and why."""

    name: str
    pattern: re.Pattern[str]
    reason_en: str


@dataclass
class Verification:
    """What a verification found.

    ``hits`` are the numerals that a rule sets aside, each with the rule and the words around it; ``unaccounted`` are
    those that are in no row and under no rule.
    """

    rows: int
    faults: list[Fault] = field(default_factory=list)
    stated: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    hits: list[str] = field(default_factory=list)
    unaccounted: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether every row is right and every numeral is accounted for."""
        return not self.faults and not self.unaccounted


def load_rules(data: Path = DATA) -> list[Rule]:
    """The rules of set-aside.csv.

    Raises:
        FaultyDataError: if a pattern is not a regular expression.
    """
    return read_rows(data / "set-aside.csv", _rule)


def _rule(record: Record) -> Rule:
    try:
        return Rule(record["rule"], re.compile(record["pattern"]), record["reason_en"])
    except re.error as error:
        fault = record.fault(f"the pattern cannot be read: {error}", "a regular expression")
        raise FaultyDataError([fault]) from None


def verify(ledger: Ledger, source: Source, rules: Iterable[Rule], absences: Iterable[Absence] = ()) -> Verification:
    """Compare every row with its page, look for what is said to be absent, then account for every numeral."""
    result = Verification(rows=len(ledger.rows), faults=[*refuted(absences, source)])
    claimed: dict[int, Row] = {}
    for row in ledger.rows:
        if row.precision is Precision.TEXT:
            result.faults += _absent_text(row, source)
            continue
        if row.precision is Precision.COUNTED:
            result.faults += miscounted(row, source)
            continue
        position, faults = _locate(row, source)
        result.faults += faults
        if position is None:
            continue
        if position in claimed:
            other = claimed[position]
            problem = f"the number of {row.phrase!r} on page {row.page} is already the one of {other.place}"
            result.faults.append(row.record.fault(problem, "one row for one statement"))
        claimed[position] = row
    result.stated = len(claimed)
    _account(result, ledger, source, rules, claimed)
    return result


def _absent_text(row: Row, source: Source) -> list[Fault]:
    if row.page <= len(source.pages) and source.occurrences(row.phrase, row.page, 0):
        return []
    return [row.record.fault(f"page {row.page} does not hold {row.phrase!r}", "a phrase of that page")]


def _locate(row: Row, source: Source) -> tuple[int | None, list[Fault]]:
    """Where in the source the number of a row stands (None if it does not), and what is wrong with the row."""
    if row.page > len(source.pages):
        problem = f"the source has no page {row.page}"
        return None, [row.record.fault(problem, f"a page from 1 to {len(source.pages)}")]
    numeral, faults = read_phrase(row)
    if numeral is None:
        return None, faults
    places = [
        start + numeral.start
        for start in source.occurrences(row.phrase, row.page, PHRASE_LIMIT)
        if source.page_at(start + numeral.start) == row.page
    ]
    if len(places) != 1:
        problem = f"page {row.page} holds {row.phrase!r} {len(places)} times"
        expected = "a phrase that stands there once" + ("; make it longer" if places else "")
        return None, [*faults, row.record.fault(problem, expected)]
    return places[0], faults


def read_phrase(row: Row) -> tuple[Numeral | None, list[Fault]]:
    """The one number that the phrase of a row states in the row's unit, and a fault if the row says otherwise."""
    found = stated_with(row.phrase, row.unit.symbol, row.units)
    if len(found) != 1:
        problem = f"the phrase {row.phrase!r} states {len(found)} numbers in {row.unit.symbol}"
        return None, [row.record.fault(problem, "a phrase with exactly one")]
    numeral = found[0]
    # as printed: 5.60 is not 5.6, although the numbers are equal; a Chinese number becomes digits
    printed = row.phrase[numeral.start : numeral.end].replace(",", "")
    digits = printed if printed.isascii() else str(abs(numeral.value))
    expected = f"-{digits}" if numeral.value < 0 else digits
    if row.value == expected:
        return numeral, []
    problem = f"the value is {row.value}, the phrase {row.phrase!r} states {expected}"
    return numeral, [row.record.fault(problem, f"the value {expected}")]


def _account(
    result: Verification, ledger: Ledger, source: Source, rules: Iterable[Rule], claimed: dict[int, Row]
) -> None:
    """Sort the numerals of the source that no row states into set aside and unaccounted."""
    found = all_numerals(source, ledger.units.values())
    excused = set_aside(source, found, rules)
    for numeral in found:
        if numeral.start in claimed:
            continue
        if numeral.start in excused:
            result.set_aside[excused[numeral.start]] += 1
            result.hits.append(f"{excused[numeral.start]}: {_in_context(source, numeral)}")
        else:
            result.unaccounted.append(f"{_in_context(source, numeral)} is in no row and under no rule")


def _in_context(source: Source, numeral: Numeral) -> str:
    around = source.text[max(0, numeral.start - 12) : numeral.end + 8]
    return f"page {source.page_at(numeral.start)}: {numeral.value} in {around!r}"


def all_numerals(source: Source, units: Iterable[Unit]) -> list[Numeral]:
    """The numbers of a source: the Arabic ones, and the Chinese ones that count something, in its order."""
    counted = counting_numerals(source.text, [unit.symbol for unit in units if unit.counts])
    return sorted([*arabic_numerals(source.text), *counted], key=lambda numeral: numeral.start)


def set_aside(source: Source, found: Sequence[Numeral], rules: Iterable[Rule]) -> dict[int, str]:
    """The rule under which a numeral is no figure, by where the numeral begins; the first rule counts."""
    starts = [numeral.start for numeral in found]
    excused: dict[int, str] = {}
    for rule in rules:
        for match in rule.pattern.finditer(source.text):
            for numeral in found[bisect.bisect_left(starts, match.start()) : bisect.bisect_left(starts, match.end())]:
                if numeral.end <= match.end():
                    excused.setdefault(numeral.start, rule.name)
    return excused


def fingerprints(data: Path = DATA) -> dict[str, str]:
    """The SHA-256 of each ledger file, by name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in tables_in(data / "ledger")}


def write_record(result: Verification, source: Source, date: str, data: Path = DATA) -> Path:
    """Keep the result of a verification that passed, so that a later change of the ledger shows.

    A record that says the same already keeps its date.
    """
    path = data / RECORD
    record: dict[str, Any] = {
        "source": source.sha256,
        "ledger": fingerprints(data),
        "rows": result.rows,
        "set_aside": dict(sorted(result.set_aside.items())),
        "unaccounted": len(result.unaccounted),
    }
    if path.exists():
        old = json.loads(path.read_text("utf-8"))
        if old | {"date": None} == record | {"date": None}:
            return path
    path.write_text(json.dumps(record | {"date": date}, indent=2) + "\n", "utf-8")
    return path


def stale_ledgers(data: Path = DATA) -> list[Fault]:
    """The ledger files that changed since they were verified, or never were."""
    path = data / RECORD
    verified = json.loads(path.read_text("utf-8"))["ledger"] if path.exists() else {}
    there = fingerprints(data)
    gone = [
        Fault(f"data/ledger/{name}", None, "the file was verified and is gone", "the file, or a new verification")
        for name in sorted(verified.keys() - there.keys())
    ]
    return gone + [
        Fault(
            f"data/ledger/{name}",
            None,
            "the file changed after it was last verified" if name in verified else "the file was never verified",
            "a run of: python -m gongbao verify SOURCE",
        )
        for name, digest in there.items()
        if verified.get(name) != digest
    ]
