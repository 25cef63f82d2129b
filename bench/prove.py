"""Lie in every way that is known, one change at a time over all data, and count how many lies are noticed.

Needs the gazette: ``make prove SOURCE=gazette.txt``. A lie is noticed if ``check`` or ``verify`` finds a fault, or a
numeral of the gazette is left in no row; the record of verification is taken as renewed, as a curator would.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pandas as pd

from gongbao.figures.origin import Precision
from gongbao.ledger.relations import load_relations
from gongbao.ledger.rows import Ledger, Row
from gongbao.ledger.tables import FaultyDataError, book_data, read_table
from gongbao.verify.check import data_faults, row_faults
from gongbao.verify.patterns import miscounted, period_faults
from gongbao.verify.rules import load_rules, under_rules
from gongbao.verify.source import Source
from gongbao.verify.verification import Pages, check_number, check_words, verify

Lie = tuple[str, dict[str, str]]
"""The kind of a lie, and the cells that it changes."""

FLIPPED = {"可以完成": "存在很大压力", "符合预期": "不及预期", "expected": "binding", "binding": "expected"}
"""Judgements and natures that become others; all else becomes the first of its kind."""

SAMPLE = 12
"""How many other units, series or rows are tried for each row."""


class Court:
    """The ledger and its gazette, read once, before which each lie is told."""

    def __init__(self, source: Source, data: Path) -> None:
        self.ledger = Ledger.load(data)
        self.source = source
        self.pages = Pages(source, self.ledger.units)
        self.claimed: dict[int, Row] = {}
        for row in self.numeric:
            list(check_number(row, self.pages, self.claimed))
        self.place = {row.record.place: start for start, row in self.claimed.items()}
        excused = {numeral.start for _, numeral in under_rules(source.text, self.pages.numerals, load_rules(data))}
        self.counted = {numeral.start for numeral in self.pages.numerals} - excused
        self.relations = load_relations(data)
        self.by_id: dict[str, list[Row]] = defaultdict(list)
        for row in self.ledger.rows:
            self.by_id[row.id].append(row)

    @property
    def numeric(self) -> list[Row]:
        """The rows that a numeral states."""
        return [row for row in self.ledger.rows if row.numeric]

    def changed(self, row: Row, cells: dict[str, str]) -> Row | None:
        """A row with other cells; None if it cannot be read."""
        record = replace(row.record, cells=row.record.cells | cells)
        try:
            report, precision = self.ledger.reports[record["report"]], Precision(record["precision"])
            unit, page = self.ledger.units[record["unit"]], record.page("page")
        except (KeyError, ValueError):
            return None
        id = f"{record['series']}@{record['period']}"
        return replace(
            row, record=record, id=id, value=record["value"], unit=unit, precision=precision, report=report, page=page
        )

    def notices(self, row: Row, lie: Row | None) -> bool:
        """Whether a lie in place of a row is noticed."""
        if lie is None or any(row_faults(lie)) or any(period_faults((lie,), self.source)):
            return True
        start = self.place.get(row.record.place)
        others = {place: other for place, other in self.claimed.items() if place != start}
        if lie.precision is Precision.TEXT:
            found = [*check_words(lie, self.pages, others)]
        elif lie.precision is Precision.COUNTED:
            found = miscounted(lie, self.source)
        else:
            found = [*check_number(lie, self.pages, others)]
        left_out = start is not None and start not in others and start in self.counted
        return bool(found or left_out or self._breaks(row, lie))

    def _breaks(self, row: Row, lie: Row) -> bool:
        """Whether a lie contradicts the other rows of its figure, or a relation."""
        same = [other for other in self.by_id[lie.id] if other.record.place != row.record.place]
        if any(self._differs(other, lie) for other in same):
            return True
        touched = [relation for relation in self.relations if {row.id, lie.id} & relation.ids]
        if not touched:
            return False
        rows = [lie if other.record.place == row.record.place else other for other in self.ledger.rows]
        ledger = Ledger(rows, self.ledger.units, self.ledger.reports)
        try:
            return any(relation.verdict(ledger) != relation.expected for relation in touched)
        except (FaultyDataError, ValueError, KeyError):
            return True

    @staticmethod
    def _differs(other: Row, lie: Row) -> bool:
        columns = ("value", "unit", "name_zh", "name_en")
        key = ("period", "report", "page", "phrase")
        return any(other.record[c] != lie.record[c] for c in columns) or all(
            other.record[c] == lie.record[c] for c in key
        )


# --- lies about one row


def lies(row: Row, court: Court, chance: random.Random) -> Iterator[Lie]:
    """All kinds of lies about a row."""
    if row.precision is Precision.TEXT:
        yield from _lies_in_words(row)
    elif row.precision is Precision.COUNTED:
        yield "counted: value", {"value": str(int(row.value) + 1)}
        yield "counted: pattern", {"phrase": "不会出现的字"}
    else:
        yield from _lies_about_values(row)
        yield from _lies_by_cutting(row)
        yield from _lies_about_units(row, court, chance)
        yield "text for a number", {"value": row.phrase, "precision": "text", "unit": "文字"}
        yield from _lies_about_precision(row)
    yield from _lies_about_places(row, court)
    yield from _lies_about_meaning(row, court, chance)


def _lies_about_values(row: Row) -> Iterator[Lie]:
    value = Decimal(row.value)
    yield "value: last digit", {"value": str(value + Decimal(1).scaleb(int(value.as_tuple().exponent)))}
    yield "value: ten times", {"value": f"{value * 10:f}"}
    yield "value: sign", {"value": row.value.removeprefix("-") if value < 0 else f"-{row.value}"}
    yield "value: a decimal more", {"value": row.value + ("0" if "." in row.value else ".0")}


def _lies_by_cutting(row: Row) -> Iterator[Lie]:
    """Phrases that end or begin within what belongs to the number; the value goes along."""
    phrase = row.phrase
    for match in re.finditer(r"[0-9][0-9,.]*", phrase):
        for end in range(match.start() + 1, match.end()):
            value = phrase[match.start() : end].replace(",", "").rstrip(".")
            yield "phrase cuts the number behind", {"phrase": phrase[:end], "value": value}
        for start in range(match.start() + 1, match.end()):
            value = phrase[start : match.end()].replace(",", "").lstrip(".")
            yield "phrase cuts the number before", {"phrase": phrase[start:], "value": value}
        if match.end() < len(phrase):
            yield "phrase cuts the unit", {"phrase": phrase[: match.end()]}
    if row.value.startswith("-"):
        number = re.search(r"[0-9]", phrase)
        if number and number.start():
            cut = phrase[number.start() :]
            yield "phrase cuts the sign", {"phrase": cut, "value": row.value.removeprefix("-")}
            yield "phrase cuts the sign", {"phrase": cut}


def _lies_about_units(row: Row, court: Court, chance: random.Random) -> Iterator[Lie]:
    others = [symbol for symbol in court.ledger.units if symbol != row.unit.symbol]
    for symbol in others:
        yield "unit", {"unit": symbol}
    number = list(re.finditer(r"[0-9]", row.phrase))
    if number:
        for symbol in chance.sample(others, SAMPLE):
            yield "unit behind a cut phrase", {"unit": symbol, "phrase": row.phrase[: number[-1].end()]}


def _lies_about_precision(row: Row) -> Iterator[Lie]:
    for precision in Precision:
        if precision not in (row.precision, Precision.TEXT, Precision.COUNTED):
            yield f"precision: {row.precision} as {precision}", {"precision": str(precision)}


def _lies_in_words(row: Row) -> Iterator[Lie]:
    yield "words: value", {"value": row.value + "不"}
    yield "words: value cut", {"value": row.value[:-1]}
    yield "words: phrase", {"phrase": "的"}
    yield "words: value and phrase", {"phrase": "的", "value": "的"}
    yield "words: unit", {"unit": "公里"}
    yield "words: number", {"precision": "exact", "unit": "个", "value": "1"}


def _lies_about_places(row: Row, court: Court) -> Iterator[Lie]:
    for page in (row.page - 1, row.page + 1):
        yield "page", {"page": str(page)}
    others = [key for key in court.ledger.reports if key != row.report.key]
    yield "report", {"report": others[row.page % len(others)]}


def _lies_about_meaning(row: Row, court: Court, chance: random.Random) -> Iterator[Lie]:
    year = int(row.record["period"][:4])
    rest = row.record["period"][4:]
    for other in (year - 1, year + 1, 2099):
        yield ("period: 2099" if other == 2099 else "period: a year off"), {"period": f"{other}{rest}"}
    for other_row in chance.sample(court.ledger.rows, 2):
        if other_row.topic == row.topic and other_row.id != row.id:
            cells = {column: other_row.record[column] for column in ("series", "name_zh", "name_en")}
            yield "series of another row", cells


# --- lies about tables


def _itself(formula: str) -> str:
    first = re.findall(r"\{[^}]*\}", formula)[0]
    return f"{first} = {first}"


TABLE_LIES: dict[str, list[tuple[str, str, Callable[[str], str]]]] = {
    "units": [
        ("factor", "factor", lambda value: value + "0"),
        ("dimension", "dimension", lambda value: "length" if value == "money" else "money"),
        ("symbol", "unit", lambda value: value + "1"),
    ],
    "indicators": [
        ("judgement", "judgement_end", lambda value: FLIPPED.get(value, "可以完成")),
        ("mid-term", "judgement_midterm", lambda value: FLIPPED.get(value, "符合预期")),
        ("nature", "nature", FLIPPED.__getitem__),
        ("class", "class", lambda value: "share" if value == "level" else "level"),
        ("number", "number", lambda value: str(int(value) + 1)),
        ("row deleted", "", str),
    ],
    "set-aside": [
        ("all digits", "pattern", lambda _: "[0-9]{1,20}"),
        ("nothing", "pattern", lambda _: "不会出现的字"),
        ("row deleted", "", str),
    ],
    "reports": [
        ("last page", "last_page", lambda value: str(int(value) + 3)),
        ("page 9999", "last_page", lambda _: "9999"),
    ],
    "context": [
        ("period", "period", lambda _: "2023-02-30"),
        ("source", "source", lambda _: "javascript:alert(1)"),
    ],
    "relations": [
        ("itself", "formula", _itself),
        ("kind", "kind", lambda value: "share" if value != "share" else "growth"),
        ("constants", "formula", lambda _: "1 = 1"),
    ],
}
"""Kind, column and change of lies in the other tables; without a column the row is deleted."""


def noticed_in_tables(source: Source, chance: random.Random) -> Iterator[tuple[str, bool]]:
    """Kind of each lie about the other tables, and whether it is noticed; of some rows, since all is read anew."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        shutil.copytree(book_data(), data)
        for name, kinds in TABLE_LIES.items():
            path = data / f"{name}.csv"
            before = path.read_bytes()
            table = pd.read_csv(path, dtype=str, keep_default_na=False)
            for row in chance.sample(range(len(table)), min(SAMPLE, len(table))):
                for kind, column, change in kinds:
                    told = table.drop(row) if not column else table.copy()
                    if column:
                        told.loc[row, column] = change(table.loc[row, column])
                    told.to_csv(path, index=False, lineterminator="\n")
                    yield f"{name}: {kind}", told.equals(table) or _is_faulty(data, source)
            path.write_bytes(before)


def _is_faulty(data: Path, source: Source) -> bool:
    if data_faults(data):
        return True
    result = verify(Ledger.load(data), source, load_rules(data), read_table(data / "indicators.csv"))
    return not result.passed


# --- the count


def main() -> int:
    """Tell all lies and print, by kind, how many there were and how many were noticed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("--missed", metavar="KIND", help="print the lies of a kind that pass")
    arguments = parser.parse_args()
    source = Source.read(arguments.source)
    court = Court(source, book_data())
    told: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    chance = random.Random(1)
    for row in court.ledger.rows:
        for kind, cells in lies(row, court, chance):
            told[kind] += 1
            if all(row.record[column] == cell for column, cell in cells.items()):
                told[kind] -= 1
            elif court.notices(row, court.changed(row, cells)):
                caught[kind] += 1
            elif arguments.missed and kind.startswith(arguments.missed):
                print(row.record.place, row.phrase, cells)
        if row.numeric:
            told["row deleted"] += 1
            start = court.place[row.record.place]
            caught["row deleted"] += start in court.counted or any(row.id in r.ids for r in court.relations)
    for kind, seen in noticed_in_tables(source, chance):
        told[kind] += 1
        caught[kind] += seen
    for kind in sorted(told):
        if told[kind]:
            print(f"{kind:34} {caught[kind]:6} of {told[kind]:6} {caught[kind] / told[kind]:8.2%}")
    print(f"{'all':34} {caught.total():6} of {told.total():6} {caught.total() / told.total():8.2%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
