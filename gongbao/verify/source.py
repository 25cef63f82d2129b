"""The gazette itself, page by page, for whoever has it; it is not part of the project.

Only numbers are verified, so texts are folded to one spelling of what documents write in many ways: widths, radicals,
dashes, spaces, page furniture. A character becomes one character or none: pages and phrases are folded alike, and
places in a folded page are places of what is printed there.
"""

from __future__ import annotations

import bisect
import hashlib
import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate, pairwise
from pathlib import Path

BREAK = "·"
"""Replaces the space between two numbers of a table."""

_WRITING = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef0-9A-Za-z.,%()·—“”]")
_DASHES = frozenset("−－﹣‐‑")
# NFKC would make ASCII of them, but Chinese text, phrases and rules are written with them
_KEPT = frozenset("，：；！？（）［］｛｝＂＇＆＃＠＊～．")
# Line breaks and the spaces of justified lines carry no meaning in Chinese, except between two numbers of a table, the
# second of which may be negative
_BETWEEN_NUMBERS = re.compile(r"(?<=[0-9])\s+(?=-?[0-9])")
_SPACE = re.compile(r"\s+")
# 1．2022年 is a heading that begins with a year
_WIDE_POINT = re.compile(r"(?<=[0-9])．(?=[0-9])(?!(?:19|20)[0-9]{2}年)")
_WIDE_SEPARATORS = re.compile(r"(?<![0-9.,，])[0-9]{1,3}(?:，[0-9]{3})+(?![0-9，])")


@cache
def _folded(character: str) -> str:
    """The NFKC form of a letter, digit, sign or Han character; empty for an invisible character."""
    if unicodedata.category(character) == "Cf":
        return ""
    plain = str(unicodedata.decimal(character, "")) or unicodedata.normalize("NFKC", character)
    # a superscript is a mark of a note or a power, and no digit of the number before it
    is_mark = unicodedata.decomposition(character).startswith(("<super>", "<sub>", "<circle>"))
    if character in _DASHES:
        return "-"
    return character if character in _KEPT or is_mark or len(plain) != 1 or plain.isspace() else plain


def folded(text: str) -> str:
    """A text with one spelling of digits, signs and Han characters, without space, :data:`BREAK` between numbers."""
    plain = _SPACE.sub("", _BETWEEN_NUMBERS.sub(BREAK, "".join(map(_folded, text))))
    plain = _WIDE_POINT.sub(".", plain)
    return _WIDE_SEPARATORS.sub(lambda match: match[0].replace("，", ","), plain)


@dataclass(frozen=True)
class Source:
    """The pages of a gazette without meaningless space, joined, so that a phrase may run over a page break."""

    pages: tuple[str, ...]
    sha256: str
    furniture: int = 0
    """How many lines were left out as page numbers and running heads."""

    @classmethod
    def read(cls, path: Path) -> Source:
        """Read a PDF, or a text of pdftotext, with form feeds between pages; a ValueError if it is neither."""
        raw = path.read_bytes()
        is_pdf = b"%PDF-" in raw[:1024]  # some begin with a few other bytes, which readers of PDF skip
        try:
            pages = _pdf_pages(path) if is_pdf else raw.decode("utf-8").removesuffix("\f").split("\f")
        except UnicodeDecodeError:
            raise ValueError(f"{path.name} is neither a PDF nor a UTF-8 text with form feeds") from None
        pages, furniture = without_furniture(pages)
        return cls(tuple(_apart(map(folded, pages))), hashlib.sha256(raw).hexdigest(), furniture)

    @cached_property
    def unreadable(self) -> list[int]:
        """The pages, from 1, without text, or with mostly unknown characters: scans, or fonts without their table."""
        return [n for n, page in enumerate(self.pages, 1) if not page or 2 * len(_WRITING.findall(page)) < len(page)]

    @cached_property
    def text(self) -> str:
        """All pages in one."""
        return "".join(self.pages)

    @cached_property
    def _starts(self) -> list[int]:
        return [*accumulate(map(len, self.pages), initial=0)]

    def page_at(self, position: int) -> int:
        """The number of the page, from 1, on which a character of :attr:`text` stands."""
        return bisect.bisect_right(self._starts, position)

    def stretch(self, first: int, last: int = 0) -> tuple[int, int]:
        """Where a page, or a run of pages, begins and ends in :attr:`text`."""
        return self._starts[first - 1], self._starts[last or first]

    def occurrences(self, phrase: str, page: int, margin: int) -> list[int]:
        """Where a phrase begins on a page, or within so many characters before it or across its end."""
        first, last = self.stretch(page)
        pattern = re.compile(f"(?={re.escape(phrase)})")
        return [match.start() for match in pattern.finditer(self.text, max(0, first - margin), last + margin)]


def _apart(pages: Iterable[str]) -> Iterator[str]:
    """Keep a number at the end of a page from running into one at the beginning of the next."""
    for page, after in pairwise([*pages, ""]):
        yield page + BREAK if page[-1:].isdigit() and after[:1].isdigit() else page


def _pdf_pages(path: Path) -> list[str]:
    from pypdf import PdfReader  # only here: reading a text must not wait for it

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it logs much that does not matter; what does, it raises
    try:
        return [page.extract_text() for page in PdfReader(path).pages]
    except MemoryError:
        raise
    except Exception as error:  # broken files make pypdf raise more than its own errors
        problem = f"{path.name} cannot be read as a PDF: {type(error).__name__}: {error}"
        raise ValueError(" ".join(problem.split())) from None


# --- page furniture

_EDGE = 2
"""How many lines at the head and at the foot of a page may be furniture."""

_REPEATED = 3
"""On how many pages a line has to stand to be a running head, or page numbers have to count up."""

_FRAMED = "-1-"
_FRAMED_NUMBER = re.compile("[-—–·~]+[0-9]{1,4}[-—–·~]+")
_BARE_NUMBER = re.compile(r"第?([0-9]{1,4})页?")
_NUMBER = re.compile("[0-9]+")
_DATE = re.compile("月[0-9]+日")


def without_furniture(pages: Sequence[str]) -> tuple[list[str], int]:
    """Pages without page numbers and running heads, and how many lines those were.

    A line is furniture only at the edge of a page: a number in dashes; a number that counts up with the pages; a line
    with a number that is the same on several pages.
    """
    split = ["".join(map(_folded, page)).split("\n") for page in pages]
    marks = {(page, place): mark for page, lines in enumerate(split) for place, mark in _marks(lines, page)}
    pages_with = Counter(mark for _, mark in {(page, mark) for (page, _), mark in marks.items()})
    furniture = {line for line, mark in marks.items() if mark == _FRAMED or pages_with[mark] >= _REPEATED}
    kept = (
        "\n".join(line for place, line in enumerate(lines) if (page, place) not in furniture)
        for page, lines in enumerate(split)
    )
    return [*kept], len(furniture)


def _marks(lines: Sequence[str], page: int) -> Iterator[tuple[int, str]]:
    """Candidate headers and footers at the edges of a page, each with a key that recurs on other pages."""
    filled = [place for place, line in enumerate(lines) if line.strip()]
    for place in (*filled[:_EDGE], *filled[-_EDGE:]):
        line = "".join(lines[place].split())
        if _FRAMED_NUMBER.fullmatch(line):
            yield place, _FRAMED
        elif number := _BARE_NUMBER.fullmatch(line):
            yield place, f"page {int(number[1]) - page}"
        # dates below titles repeat on several pages, but are no running heads
        elif _NUMBER.search(line) and not _DATE.search(line) and len(_NUMBER.sub("", line)) > 2:
            yield place, line
