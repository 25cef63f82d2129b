"""Whether an exported row says one thing: the number for computing, its interval, and what the book prints."""

from __future__ import annotations

import csv
import io
import math
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any

import fastparquet
import openpyxl

EXACT = ("value", "low", "high")
PRINTED = re.compile(r"(?P<number>−?\d+(?:\.(?P<decimals>\d+))?)(?:±(?P<off>\d+(?:\.\d+)?))?(?P<unit>\D.*)?")
ULPS = 1 + Fraction(1, 10**12)
"""What floats may add to a difference that is exact."""

Row = Mapping[str, Any]


def faults(rows: Iterable[Row]) -> Iterator[str]:
    """A line for each row whose parts do not agree; an end that is open is an infinity."""
    for row in rows:
        value, low, high = (float(row[name]) if row[name] not in ("", None) else math.nan for name in EXACT)
        said = f"{row['id']}: {value!r} in [{low!r}, {high!r}], printed {row['printed']!r}, {row['printed_en']!r}"
        match = PRINTED.fullmatch(row["printed"])
        if math.isnan(value):
            # stated in words; no other row is without its numbers
            if row["claim"] != "stated" or not (math.isnan(low) and math.isnan(high)):
                yield f"no number: {said}"
        elif not low <= value <= high:
            yield f"outside of its interval: {said}"
        elif not match or not _rounds(value, match):
            yield f"is not what is printed: {said}"
        elif match["off"] and not _spans(low, high, match):
            yield f"the tolerance leaves out part of the interval: {said}"
        elif not row["printed"].endswith("亩") and _significant(row["printed_en"]) != _significant(row["printed"]):
            yield f"the languages differ: {said}"


def _number(text: str) -> Fraction:
    return Fraction(text.replace("−", "-"))


def _rounds(value: float, match: re.Match[str]) -> bool:
    """Whether the value is within half of the last digit; zeros before the point may stand for unknown digits."""
    decimals = len(match["decimals"] or "")
    unknown = 0 if decimals else len(match["number"]) - len(match["number"].rstrip("0"))
    half = Fraction(1, 2) * Fraction(10) ** (unknown - decimals)
    return abs(Fraction(value) - _number(match["number"])) <= half * ULPS


def _spans(low: float, high: float, match: re.Match[str]) -> bool:
    middle, off = _number(match["number"]), _number(match["off"])
    return max(middle - Fraction(low), Fraction(high) - middle) <= off * ULPS


def _significant(printed: str) -> list[str]:
    """The digits of each number without zeros at its ends: the point, and zeros, go with the unit.

    No more than the first two: units have numbers, too, as in “per CNY 100 million”. A fifteenth of a hectare (亩) has
    other digits in English.
    """
    numbers = re.findall(r"−?\d[\d,.]*", printed)[: 1 + ("±" in printed)]
    return [re.sub("^(−?)0+", r"\1", re.sub("[,.]", "", number)).rstrip("0") for number in numbers]


def exported(folder: Path) -> Iterator[tuple[str, list[Row]]]:
    """Every table of the files of an edition that has numbers for computing: its place, and its rows."""
    with closing(sqlite3.connect(folder / "shudu-qingpu.sqlite")) as database:
        database.row_factory = sqlite3.Row
        for table in ("figures", "chart_data"):
            yield f"sqlite {table}", [dict(row) for row in database.execute(f"SELECT * FROM {table}")]
    for table in ("figures", "chart_data"):
        frame = fastparquet.ParquetFile(str(folder / "parquet" / f"{table}.parquet")).to_pandas()
        yield f"parquet {table}", frame.astype(object).where(frame.notna(), None).to_dict("records")
    for path in sorted((folder / "charts").glob("*.csv")):
        yield f"csv {path.stem}", list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    book = openpyxl.load_workbook(folder / "shudu-qingpu.xlsx")
    for sheet in book.worksheets[2:]:
        head, *rows = sheet.values
        yield f"sheet {sheet.title}", [dict(zip(map(str, head), row, strict=True)) for row in rows]
