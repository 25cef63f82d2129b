"""The gazette itself, page by page, for whoever has it; it is not part of the project."""

from __future__ import annotations

import bisect
import hashlib
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from gongbao.verify.numerals import BREAK

# Line breaks and the spaces of justified lines carry no meaning in Chinese, except between two numbers of a table
_BETWEEN_NUMBERS = re.compile(r"(?<=[0-9])\s+(?=[0-9])")
_SPACE = re.compile(r"\s+")


def without_space(text: str) -> str:
    """A text without spaces and line breaks, with :data:`BREAK` between numbers they kept apart."""
    return _SPACE.sub("", _BETWEEN_NUMBERS.sub(BREAK, text))


def _apart(pages: Iterable[str]) -> Iterator[str]:
    """Keep a number at the end of a page from running into one at the beginning of the next."""
    for page, after in pairwise([*pages, ""]):
        yield page + BREAK if page[-1:].isdigit() and after[:1].isdigit() else page


def _pdf_pages(path: Path) -> list[str]:
    from pypdf import PdfReader  # only here: reading a text must not wait for it
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what matters of its complaints comes as an error
    try:
        return [page.extract_text() for page in PdfReader(path).pages]
    except PyPdfError as error:
        raise ValueError(f"{path.name} cannot be read as a PDF: {error}") from None


@dataclass(frozen=True)
class Source:
    """The pages of a gazette without meaningless space, joined, so that a phrase may run over a page break."""

    pages: tuple[str, ...]
    sha256: str

    @classmethod
    def read(cls, path: Path) -> Source:
        """Read a PDF, or a text with one form feed between pages, as pdftotext writes it.

        Raises:
            OSError: if the file cannot be read.
            ValueError: if it is neither.
        """
        raw = path.read_bytes()
        if raw.startswith(b"%PDF"):
            pages = _pdf_pages(path)
        else:
            try:
                pages = raw.decode("utf-8").removesuffix("\f").split("\f")
            except UnicodeDecodeError:
                raise ValueError(f"{path.name} is neither a PDF nor a UTF-8 text with form feeds") from None
        return cls(tuple(_apart(map(without_space, pages))), hashlib.sha256(raw).hexdigest())

    @cached_property
    def text(self) -> str:
        """All pages in one."""
        return "".join(self.pages)

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for page in self.pages:
            starts.append(starts[-1] + len(page))
        return starts

    def page_at(self, position: int) -> int:
        """The number of the page, from 1, on which a character of :attr:`text` stands."""
        return bisect.bisect_right(self._starts, position)

    def span(self, page: int) -> tuple[int, int]:
        """Where a page begins and ends in :attr:`text`."""
        return self._starts[page - 1], self._starts[page]

    def stretch(self, first: int, last: int) -> tuple[int, int]:
        """Where a run of pages begins and ends in :attr:`text`."""
        return self._starts[first - 1], self._starts[last]

    def occurrences(self, phrase: str, page: int, margin: int) -> list[int]:
        """Where a phrase begins on a page, or within so many characters before it or across its end."""
        first, last = self.span(page)
        window = self.text[max(0, first - margin) : last + margin]
        offset = max(0, first - margin)
        return [offset + match.start() for match in re.finditer(f"(?={re.escape(phrase)})", window)]
