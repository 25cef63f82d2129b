"""The words for the keys of ids: what ``general`` is called in names, charts and tables.

A chapter declares those of each level of its frames (:meth:`gongbao.chapter.Chapter.words`); patterns such as
``{kind}限额余量`` are filled with them, patterns of ids with the keys themselves.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd


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


WORDS: dict[str, dict[str, Word]] = {}
"""The words of the keys of each level."""


def filled(pattern: str, keys: Mapping[str, str], part: str = "") -> str:
    """A pattern with the keys of its levels, or with a part of their words."""
    return pattern.format_map({level: _said(level, key, part) for level, key in keys.items()})


def _said(level: str, key: str, part: str) -> str:
    word = WORDS.get(level, {}).get(key)
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
