"""Tables: from docutils rows to columns that fit the page."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cached_property

from docutils import nodes

from gongbao.typst import markup

# The width of the text in ems of a table's type, and the padding of one column; in smaller type, both of that.
LINE_WIDTH, COLUMN_PADDING = 50.0, 1.3
SMALL_LINE_WIDTH, SMALL_COLUMN_PADDING = 60.0, 0.8
# In a table that is too wide, a column of no more than this does not wrap, the narrowest first, as long as the others
# have this for text.
NARROW_COLUMN = WRAPPED_COLUMN = 14.0
# What estimates of a word's width may be short of.
SLACK = 0.4
# A table of more rows than these is there to look things up in.
LONG_ROWS = 30
# A table of no more rows and ems of text than these takes less than half a page.
SHORT_ROWS = 12
SHORT_TEXT = 500.0


class Grid:
    """A docutils table as rows of cells, one for each column."""

    def __init__(self, group: nodes.tgroup, compact: bool = False) -> None:
        self.columns = int(group["cols"])
        self.colspecs = list(group.findall(nodes.colspec))
        self.header = _rows(group, nodes.thead)
        self.body = _rows(group, nodes.tbody)
        self.even = {len(row) for row in self.header + self.body} == {self.columns}
        """Whether no cell takes the place of several."""
        self.compact = compact or len(self.body) > LONG_ROWS

    def alignments(self) -> list[str]:
        """The alignment of each column: what most of its cells in the body ask for."""
        return [_alignment([row[column] for row in self.body]) for column in range(self.columns)]

    def widths(self, explicit: bool) -> list[str]:
        """Column widths as Typst expressions, such that the table never leaves the page.

        ``explicit`` says that the author gave the widths (``:widths:``); they hold unless one is
        too narrow for what it has to hold. Otherwise a table that fits keeps its natural width; in one that does not,
        each column has room for its longest word, a short one for all that it says below its head, and what is left
        goes to those that have more to say, so that rows become low.
        """
        if explicit and self._colspecs_suffice():
            return [f"{spec['colwidth']}fr" for spec in self.colspecs]
        columns = range(self.columns)
        heads = [self._natural_width(column, self.header) for column in columns]
        texts = [self._natural_width(column, self.body) for column in columns]
        if sum(map(max, heads, texts)) <= self._room:
            return ["auto"] * self.columns
        least = [self._longest_run(column) + SLACK for column in columns]
        # a head may take two lines
        most = [max(few, text + SLACK, head / 2 + SLACK) for few, text, head in zip(least, texts, heads, strict=True)]
        for limit in sorted((m for m in most if m <= NARROW_COLUMN), reverse=True):
            whole = [m if m <= limit else few for m, few in zip(most, least, strict=True)]
            if sum(max(few, min(m, WRAPPED_COLUMN)) for m, few in zip(most, whole, strict=True)) <= self._room:
                least = whole
                break
        widths = _share(self._room, least, most, [self._weight(column) for column in columns])
        return [f"{width + self._padding:.1f}fr" for width in widths]

    @property
    def _padding(self) -> float:
        return SMALL_COLUMN_PADDING if self.dense or self.compact else COLUMN_PADDING

    @property
    def _room(self) -> float:
        """What is left of the line for the text of all columns."""
        return (SMALL_LINE_WIDTH if self.dense or self.compact else LINE_WIDTH) - self._padding * self.columns

    @cached_property
    def dense(self) -> bool:
        """Tell whether the words alone nearly fill the line, so that smaller type is due."""
        words = sum(self._longest_run(column) for column in range(self.columns))
        return words + COLUMN_PADDING * self.columns > LINE_WIDTH

    @property
    def short(self) -> bool:
        """Tell whether the table surely fits on a page, so that no page need break it."""
        text = sum(_text_width(cell.astext()) for row in self.body for cell in row)
        return len(self.body) <= SHORT_ROWS and text < SHORT_TEXT

    def _texts(self, column: int, rows: list[list[nodes.entry]]) -> Iterator[str]:
        for cell in (row[column] for row in rows):
            picture = next(cell.findall(nodes.image), None)
            yield from cell.astext().split("\n\n") if picture is None else ["图" * int(LINE_WIDTH / 2)]

    def _longest_run(self, column: int) -> float:
        texts = self._texts(column, self.header + self.body)
        return max((_text_width(run) for text in texts for run in markup.unbreakable_runs(text)), default=0.0)

    def _colspecs_suffice(self) -> bool:
        share = self._room / sum(spec["colwidth"] for spec in self.colspecs)
        return all(share * spec["colwidth"] >= self._longest_run(column) for column, spec in enumerate(self.colspecs))

    def _natural_width(self, column: int, rows: list[list[nodes.entry]]) -> float:
        return max(map(_text_width, self._texts(column, rows)), default=0.0)

    def _weight(self, column: int) -> float:
        """Widths in this proportion make the sum of the cubes of all cells' heights least, and so the rows low."""
        texts = self._texts(column, self.header + self.body)
        return math.pow(sum(_text_width(text) ** 3 for text in texts), 1 / 4)


def _rows(group: nodes.tgroup, part: type[nodes.Element]) -> list[list[nodes.entry]]:
    """The rows of a part of a table."""
    rows = (row for section in group.children if isinstance(section, part) for row in section.children)
    return [[cell for cell in row.children if isinstance(cell, nodes.entry)] for row in rows]


def _alignment(cells: list[nodes.entry]) -> str:
    """What most cells ask for, of those that ask: ``left``, ``right`` or ``center``."""
    names = ("left", "right", "center")
    return max(names, key=lambda name: sum(f"text-{name}" in cell["classes"] for cell in cells))


def _share(room: float, least: list[float], most: list[float], weights: list[float]) -> list[float]:
    """Part the room in proportion to the weights, but to none less or more than it can do with."""

    def widths(scale: float) -> list[float]:
        return [min(max(few, scale * weight), m) for few, weight, m in zip(least, weights, most, strict=True)]

    low, high = 0.0, room
    for _ in range(40):
        scale = (low + high) / 2
        low, high = (scale, high) if sum(widths(scale)) < room else (low, scale)
    found = widths(low)
    return [width * room / sum(found) for width in found]


def _text_width(text: str) -> float:
    """Estimate the width of a text in ems: a Chinese character is one, others what the serif face has on average."""
    return sum(map(_character_width, text))


def _character_width(character: str) -> float:
    if markup.is_cjk(character):
        return 1.0
    if character.isalpha():
        return 0.52 if character.islower() else 0.7
    return 0.33 if character in ".,:;()/- \xa0" else 0.56
