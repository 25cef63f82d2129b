"""Tables: from docutils rows to columns that fit the page."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import chain, pairwise
from math import ceil, inf

from docutils import nodes

from gongbao.typst import markup

# The width of the text in ems of a table's type, and the padding of one column; in smaller type, both of that.
LINE_WIDTH, COLUMN_PADDING = 50.0, 1.3
SMALL_LINE_WIDTH, SMALL_COLUMN_PADDING = 60.0, 0.8
# In smaller type, the gap between a number and the text in the next column: 6 pt in the template.
SMALL_GAP = 0.8
# In a table that is too wide, columns up to this width do not wrap, the narrowest first, if the others keep as much.
NARROW_COLUMN = WRAPPED_COLUMN = 14.0
# The first column names the rows: it has at least this, if names are as long.
FIRST_COLUMN = 6.0
# How much the estimated width of a word may be too small.
SLACK = 0.4
# A table with more rows than this is for reference.
LONG_ROWS = 30
# A third of a page in lines of a table's type, and the white of a row in those.
THIRD_OF_PAGE, ROW_PADDING = 19.5, 0.33

Rows = list[list[nodes.entry]]
"""The cells of each row."""

Ems = list[float]
"""A width for each column."""


class Grid:
    """A docutils table as rows of cells, one for each column.

    Attributes:
        header: the rows of its head.
        body: its other rows.
        compact: whether it is for reference.
        dense: whether its words alone nearly fill the line, so that smaller type is due.

    Raises:
        ValueError: if a cell takes several columns or rows.
    """

    def __init__(self, group: nodes.tgroup, compact: bool = False) -> None:
        self.header, self.body = _rows(group, nodes.thead), _rows(group, nodes.tbody)
        self._given: list[int] = [spec["colwidth"] for spec in group.children if isinstance(spec, nodes.colspec)]
        columns = len(self._given)
        if {len(row) for row in self.header + self.body} != {columns}:
            raise ValueError("a table whose cells take several columns or rows cannot be printed")
        self._heads, self._texts = _texts(self.header, columns), _texts(self.body, columns)
        self._all = [heads + texts for heads, texts in zip(self._heads, self._texts, strict=True)]
        self._longest_words = _widest([[*chain(*map(markup.unbreakable_runs, texts))] for texts in self._all])
        self.compact = compact or len(self.body) > LONG_ROWS
        self.dense = sum(self._longest_words) + COLUMN_PADDING * columns > LINE_WIDTH
        small = self.dense or self.compact
        line, padding = (SMALL_LINE_WIDTH, SMALL_COLUMN_PADDING) if small else (LINE_WIDTH, COLUMN_PADDING)
        follows_number = [pair == ("right", "left") for pair in pairwise(["", *self.alignments()])]
        self._padding = [padding + SMALL_GAP * small * follows for follows in follows_number]
        self._line, self._room = line, line - sum(self._padding)

    def alignments(self) -> list[str]:
        """The alignment of each column: the one that most of its cells in the body have."""
        return [_alignment([row[column] for row in self.body]) for column in range(len(self._given))]

    def widths(self, explicit: bool) -> list[str]:
        """Column widths as Typst expressions, such that the table never leaves the page.

        ``explicit`` says that the author gave the widths (``:widths:``); they hold unless one is
        too narrow for what it has to hold. Otherwise a table that fits keeps its natural width; in one that does not,
        each column has room for its longest word, a short one for all that it says below its head, and what is left
        goes to those that have more to say, so that rows become low.
        """
        given, scale = self._given, self._room / sum(self._given)
        if explicit and all(width * scale >= word for width, word in zip(given, self._longest_words, strict=True)):
            return [f"{width}fr" for width in given]
        heads, texts = _widest(self._heads), _widest(self._texts)
        if sum(map(max, heads, texts)) <= self._room:
            return ["auto"] * len(heads)
        least = [word + SLACK for word in self._longest_words]
        least[0] = max(least[0], min(texts[0] + SLACK, FIRST_COLUMN))
        # a head may take two lines
        most = [max(low, text + SLACK, head / 2 + SLACK) for low, text, head in zip(least, texts, heads, strict=True)]
        for limit in sorted((width for width in most if width <= NARROW_COLUMN), reverse=True):
            whole = [high if high <= limit else low for low, high in zip(least, most, strict=True)]
            needed = (max(width, min(high, WRAPPED_COLUMN)) for width, high in zip(whole, most, strict=True))
            if sum(needed) <= self._room:
                least = whole
                break
        # widths in this proportion make the sum of the cubes of all cells' heights least, and so the rows low
        weights = [sum(_width(text) ** 3 for text in texts) ** (1 / 4) for texts in self._all]
        shared = zip(_share(self._room, least, most, weights), self._padding, strict=True)
        return [f"{width + padding:.1f}fr" for width, padding in shared]

    def is_whole(self, widths: Sequence[str]) -> bool:
        """Whether a page break may not part its rows: in columns of these widths it takes less than a third of a page.

        No more than that stays empty before it. It is estimated: the compiler would lay out the table twice to tell.
        """
        shares = [inf if width == "auto" else float(width.removesuffix("fr")) for width in widths]
        room = [
            share if share == inf else share * self._line / sum(shares) - padding
            for share, padding in zip(shares, self._padding, strict=True)
        ]
        height = 0.0
        for row in self.body:
            lines = (sum(_lines(text, width) for text in _said(cell)) for cell, width in zip(row, room, strict=True))
            height += max(lines) + ROW_PADDING
        return height < THIRD_OF_PAGE


def _rows(group: nodes.tgroup, part: type[nodes.Element]) -> Rows:
    """The rows of a part of a table."""
    rows = (row for section in group.children if isinstance(section, part) for row in section.children)
    return [[cell for cell in row.children if isinstance(cell, nodes.entry)] for row in rows]


def _texts(rows: Rows, columns: int) -> list[list[str]]:
    """The texts of the rows in each column."""
    texts: list[list[str]] = [[] for _ in range(columns)]
    for row in rows:
        for cell, said in zip(row, texts, strict=True):
            said += _said(cell)
    return texts


def _said(cell: nodes.entry) -> list[str]:
    """The paragraphs of a cell; a picture counts as half a line of text."""
    return ["图" * int(LINE_WIDTH / 2)] if any(cell.findall(nodes.image)) else cell.astext().split("\n\n")


def _alignment(cells: list[nodes.entry]) -> str:
    """The most common alignment of cells that have one: ``left``, ``right`` or ``center``."""
    names = ("left", "right", "center")
    return max(names, key=lambda name: sum(f"text-{name}" in cell["classes"] for cell in cells))


def _share(room: float, least: Ems, most: Ems, weights: Ems) -> Ems:
    """Divide the room in proportion to the weights, within the least and most of each column."""

    def widths(scale: float) -> Ems:
        return [min(max(scale * weight, low), high) for weight, low, high in zip(weights, least, most, strict=True)]

    low, high = 0.0, room
    for _ in range(40):
        scale = (low + high) / 2
        low, high = (scale, high) if sum(widths(scale)) < room else (low, scale)
    found = widths(low)
    return [width * room / sum(found) for width in found]


def _widest(columns: list[list[str]]) -> Ems:
    """The width of the widest text of each column."""
    return [max(map(_width, texts), default=0.0) for texts in columns]


def _width(text: str) -> float:
    """Estimate the width of a text in ems: a Chinese character is one, others what the serif face has on average."""
    return sum(map(_character_width, text))


def _lines(text: str, width: float) -> int:
    """Estimate how many lines a text takes in a column."""
    return max(1, ceil(_width(text) / width))


def _character_width(character: str) -> float:
    if character in "—‘’“”…" or unicodedata.east_asian_width(character) in "WF":  # those are shared with Latin type
        return 1.0
    if character.isalpha():
        return 0.52 if character.islower() else 0.7
    return 0.33 if character in ".,:;()/- \xa0" else 0.56
