"""The gazette itself, page by page, for whoever has it; it is not part of the project."""

from __future__ import annotations

import bisect
import hashlib
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from pathlib import Path

from gongbao.verify.normal import BREAK, folded, without_furniture

_WRITING = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef0-9A-Za-z.,%()·—“”]")


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


@dataclass(frozen=True)
class Source:
    """The pages of a gazette without meaningless space, joined, so that a phrase may run over a page break."""

    pages: tuple[str, ...]
    sha256: str
    furniture: int = 0
    """How many lines were page numbers and running heads, which are no text."""

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
        pages, furniture = without_furniture(pages)
        return cls(tuple(_apart(map(folded, pages))), hashlib.sha256(raw).hexdigest(), furniture)

    @cached_property
    def unreadable(self) -> list[int]:
        """The pages, from 1, that have no text, or one that is mostly no writing: a scan, a font without its table."""
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
