"""The words for the keys of ids: what ``general`` is called in names, charts and tables.

They are in ``data/words.csv``; the names of what chapters compute are in ``data/derived/``, one row a series. Patterns
such as ``{kind}限额余量`` are filled with words, those of ids with the keys themselves.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from gongbao.tables import DATA, read_table

WORD_COLUMNS = ("level", "key", "zh", "en", "label")
SERIES_COLUMNS = ("series", "name_zh", "name_en", "unit", "inference")


@dataclass(frozen=True, slots=True)
class Word:
    """A key in both languages, and what it is called where it stands alone, as in a chart."""

    zh: str
    en: str
    alone: str = ""

    @property
    def label(self) -> str:
        """The word that stands alone."""
        return self.alone or self.zh


@dataclass(frozen=True, slots=True)
class Series:
    """What a chapter computes: its names, the unit to print it in, and the assumption that it rests on."""

    name_zh: str
    name_en: str
    unit: str
    inference: str


@cache
def words(data: Path = DATA) -> dict[str, dict[str, Word]]:
    """The words of the keys of each level."""
    found: dict[str, dict[str, Word]] = {}
    for row in read_table(data / "words.csv", WORD_COLUMNS):
        found.setdefault(row["level"], {})[row["key"]] = Word(row["zh"], row["en"], row["label"])
    return found


def derived(chapter: str, data: Path = DATA) -> dict[str, Series]:
    """The series that a chapter computes."""
    path = data / "derived" / f"{chapter}.csv"
    rows = read_table(path, SERIES_COLUMNS) if path.exists() else []
    return {row["series"]: Series(*(row[column] for column in SERIES_COLUMNS[1:])) for row in rows}


def filled(pattern: str, keys: Mapping[str, str], part: str = "") -> str:
    """A pattern with the keys of its levels, or with a part of their words."""
    return pattern.format_map({level: _said(level, key, part) for level, key in keys.items()})


def _said(level: str, key: str, part: str) -> str:
    word = words().get(level, {}).get(key)
    return str(getattr(word, part)) if part and word else key


def keys(index: pd.Index) -> list[dict[str, str]]:
    """The keys of each row, by level."""
    names = [str(name) for name in index.names]
    rows = index if isinstance(index, pd.MultiIndex) else [(key,) for key in index]
    return [dict(zip(names, map(str, row), strict=True)) for row in rows]


def labels(index: pd.Index, pattern: str | None = None) -> list[str]:
    """What each row is called: its words, or what a pattern makes of them."""
    pattern = pattern or " ".join(f"{{{name}}}" for name in map(str, index.names))
    return [filled(pattern, row, "label") for row in keys(index)]


def label(level: Any, key: Hashable) -> str:
    """What a column is called."""
    return _said(str(level), str(key), "label")
