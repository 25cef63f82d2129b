"""The words for keys of ids, and the series that chapters compute: names as data, apart from code.

``data/words/<chapter>.csv`` has the words for keys such as ``general``; ``data/derived/<chapter>.csv`` has a row for
each series that the chapter computes. Patterns such as ``{kind}限额余量`` are filled with words, those of ids with the
keys themselves. A chapter reads its own two files only, so that a changed word in one does not run the others
again. ``data/nouns.csv`` has the English nouns of things that are counted: 家 and 件 count anything, English names it.
"""

from __future__ import annotations

import re
import string
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gongbao.figures.errors import UnusableNameError, nearest
from gongbao.figures.units import Unit
from gongbao.ledger.tables import (
    Fault,
    Record,
    book_data,
    display_name,
    each,
    read_rows,
    read_table,
    tables_in,
    while_unchanged,
)

if TYPE_CHECKING:
    import pandas as pd

_PATTERN = re.compile(r"(?:[^{}｛｝]|\{\w+\})*")
"""Text with placeholders such as ``{kind}``; full-width braces are a typing error, and would be printed."""


@dataclass(frozen=True, slots=True)
class Word:
    """A key in both languages, and its label where it stands alone, as in a chart."""

    zh: str
    en: str
    label: str


class Series(NamedTuple):
    """A series that a chapter computes: names, unit to print it in (empty: its own), assumption that it rests on.

    ``series`` ends with a period, or a pattern of periods, if name or assumption hold for such a period only.
    """

    series: str
    name_zh: str
    name_en: str
    unit: str
    inference: str


class Words:
    """The words and the computed series of one chapter, as the files have them now.

    A file that cannot be used is a FaultyDataError.
    """

    def __init__(self, chapter: str, data: Path | None = None) -> None:
        data = data or book_data()
        self.chapter = chapter
        self.file = data / "words" / f"{chapter}.csv"
        self.derived_file = data / "derived" / f"{chapter}.csv"

    @property
    def words(self) -> dict[str, dict[str, Word]]:
        """The words of the keys of each level; none if the chapter has no file of words."""
        return _read_words(self.file)

    @property
    def derived(self) -> dict[str, Series]:
        """The series that the chapter computes, by the patterns of their ids without period."""
        return _read_series(self.derived_file)

    def series(self, id: str, filled_id: str) -> Series:
        """The row of a computed series: the one of the notebook's pattern, else the one of the id itself.

        A row for the period comes before one for all periods. ``filled_id`` is the pattern ``id`` with keys in place of
        its levels. An UnusableNameError if there is none.
        """
        derived, pattern, name = self.derived, *(one.partition("@")[0] for one in (id, filled_id))
        found = next((derived[one] for one in (id, filled_id, pattern, name) if one in derived), None)
        if found is None:
            row = f"a row in {display_name(self.derived_file)} ({','.join(Series._fields)})"
            raise UnusableNameError(f"{pattern} has no name: give it {row}{nearest(pattern, derived)}")
        return found

    def fill(self, pattern: str, keys: Mapping[str, str | Word], part: str = "") -> str:
        """A pattern with the keys of its levels, or with a part of their words: ``zh``, ``en`` or ``label``.

        A key may also be a word itself. An UnusableNameError if the pattern names a level without a key.
        """
        named = levels(pattern)
        if unknown := [level for level in named if level not in keys]:
            there = ", ".join(keys) or "none"
            raise UnusableNameError(f"{pattern} names the level {{{unknown[0]}}}; the levels of the index are: {there}")
        return pattern.format_map({level: self.word(level, keys[level], part) for level in named})

    def word(self, level: str, key: str | Word, part: str = "label") -> str:
        """The word for a key; the key itself if it has none."""
        if isinstance(key, Word):
            return str(getattr(key, part or "zh"))
        word = self.words.get(level, {}).get(key)
        return str(getattr(word, part)) if part and word else key

    def labels(self, index: pd.Index, pattern: str | None = None) -> list[str]:
        """The label of each row: its words with blanks between, or a pattern filled with them."""
        pattern = pattern or " ".join(f"{{{name}}}" for name in map(str, index.names))
        return [self.fill(pattern, row, "label") for row in keys(index)]

    def unpublished(self, ids: Iterable[str]) -> Iterator[Fault]:
        """Rows of ``data/derived/`` that match no published id: they are misspelt, or left over."""
        own = (id for id in ids if id.startswith((f"{self.chapter}.", "scenario.")))
        names = {name for id in own for name in (id, id.partition("@")[0])}
        # the id of a parameter with a value is scenario.<name>, without the chapter: see Chapter.assume
        names |= {f"{self.chapter}.{name}" for name in names if name.startswith("scenario.")}
        for pattern in self.derived:
            # a parameter for which the gazette has no value may be left without one, and is not published then
            if pattern.startswith(f"{self.chapter}.scenario.{self.chapter}-"):
                continue
            if not any(map(matching(pattern).fullmatch, names)):
                expected = f"a series of notebooks/{self.chapter}.ipynb"
                yield Fault(display_name(self.derived_file), None, f"no figure is published as {pattern}", expected)


@while_unchanged
def _read_words(file: Path) -> dict[str, dict[str, Word]]:
    found: dict[str, dict[str, Word]] = {}
    for row in read_table(file) if file.is_file() else ():
        found.setdefault(row["level"], {})[row["key"]] = Word(row["zh"], row["en"], row["label"] or row["zh"])
    return found


@while_unchanged
def _read_series(file: Path) -> dict[str, Series]:
    def series(row: Record) -> Series:
        if not row["series"].startswith(f"{file.stem}."):
            raise row.error(f"the series is {row['series']!r}", f"one that starts with {file.stem}.")
        for column in Series._fields[:3]:
            if not _PATTERN.fullmatch(row[column]):
                raise row.error(f"the {column} is {row[column]!r}", "a level as in {kind}, between ASCII braces")
        return Series(*(row[column] for column in Series._fields))

    return {one.series: one for one in (read_rows(file, series) if file.is_file() else ())}


def load_words(data: Path | None = None) -> dict[str, Words]:
    """The words and computed series of all chapters, by chapter.

    A FaultyDataError, which names all faults at once, if a file cannot be used.
    """
    data = data or book_data()
    chapters = {path.stem for folder in ("words", "derived") for path in tables_in(data / folder)}
    loaded = {chapter: Words(chapter, data) for chapter in sorted(chapters)}
    each(lambda words: (words.words, words.derived), loaded.values())
    return loaded


def levels(pattern: str) -> list[str]:
    """The levels that a pattern names, once each, in their order."""
    return list(dict.fromkeys(name for _, name, *_ in string.Formatter().parse(pattern) if name))


def matching(pattern: str) -> re.Pattern[str]:
    """A regular expression for the ids of a pattern, with a group for each level."""
    shape = re.escape(pattern)
    for level in levels(pattern):
        first, *others = shape.split(re.escape(f"{{{level}}}"))
        shape = f"{first}(?P<{level}>[^@{{}}]+?){f'(?P={level})'.join(others)}"
    return re.compile(shape)


def keys(index: pd.Index) -> list[dict[str, str]]:
    """The keys of each row, by level."""
    columns = [map(str, index.get_level_values(place)) for place in range(index.nlevels)]
    return [dict(zip(map(str, index.names), row, strict=True)) for row in zip(*columns, strict=True)]


# --- nouns of counted things


@while_unchanged
def load_nouns(file: Path) -> dict[str, tuple[str, str]]:
    """The nouns for one and for many, by series or beginning of series; of several that fit, the longest is used.

    Empty for data without such a table; a FaultyDataError if it cannot be read.
    """
    return {row["series"]: (row["one_en"], row["many_en"]) for row in read_table(file, optional=True)}


def counting(unit: Unit, series: str, data: Path | None = None) -> Unit:
    """The unit with the English for what a series counts in it; one that does not count stays as it is.

    An UnusableNameError if English needs a noun, and the table has none.
    """
    if not unit.is_of_counts or not (nouns := load_nouns((data or book_data()) / "nouns.csv")):
        return unit
    if row := _row_of(series, nouns):
        return unit.counting(*nouns[row])
    if unit.needs_noun:
        raise UnusableNameError(f"data/nouns.csv has no English for what {series} counts, in {unit.symbol}")
    return unit


def unused(counted: Iterable[str], data: Path) -> Iterator[Fault]:
    """The rows that no counting series needs: they are misspelt, or left over."""
    nouns = load_nouns(data / "nouns.csv")
    for row in sorted(nouns.keys() - {_row_of(series, nouns) for series in counted}):
        yield Fault(display_name(data / "nouns.csv"), None, f"no series counts under {row}", "one that does")


def _row_of(series: str, nouns: Container[str]) -> str:
    """The longest entry that is the series or a beginning of it; empty if there is none."""
    parts = series.split(".")
    starts = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((start for start in starts if start in nouns), "")
