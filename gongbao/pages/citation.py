"""How to cite a figure: in words and as BibTeX, with the page of the gazette, the version of the book and the id."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from gongbao.figures.figure import period
from gongbao.figures.messages import _
from gongbao.figures.origin import Claim

Record = Mapping[str, Any]
"""What :meth:`gongbao.figures.figure.Figure.record` returns."""


@dataclass(frozen=True, slots=True)
class Work:
    """The book that is cited, and the gazette that it reads."""

    title: str
    author: str
    version: str
    year: int
    gazette: str


def in_words(record: Record, pages: Collection[int], work: Work, address: str = "") -> str:
    """A sentence that cites a figure.

    Args:
        record: of the figure.
        pages: of the gazette that state it or what it was computed from.
        work: the book.
        address: of the row of the figure, if the book is published.
    """
    parts = {"title": work.title, "version": work.version, "year": work.year, "id": record["id"]}
    book = _("《{title}》{version}版，{year}年，编号{id}。").format(**parts)
    after = _("据{book}").format(book=book) if record["claim"] == Claim.STATED else book
    words = {"name": _named(record), "value": record["tolerance"], "origin": _origin(record, pages, work)}
    return " ".join(filter(None, [_("{name}{value}。{origin}。{book}").format(**words, book=after), address]))


def bibtex(record: Record, pages: Collection[int], work: Work, address: str = "") -> str:
    """An entry for a bibliography; arguments as for :func:`in_words`."""
    fields = {
        "author": f"{{{work.author}}}",
        "title": _escaped(_("{kind}：{name}").format(kind=_named(record), name=record["tolerance"])),
        "howpublished": _escaped(
            _("《{title}》{version}版，编号{id}").format(title=work.title, version=work.version, id=record["id"])
        ),
        "note": _escaped(_origin(record, pages, work)),
        "year": str(work.year),
        **({"url": address} if address else {}),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{{re.sub('[^a-z0-9.]+', '-', record['id'])},\n{lines}}}"


def _origin(record: Record, pages: Collection[int], work: Work) -> str:
    numbers = _("、").join(map(str, sorted(pages)))
    # English has a mark for one page and another for more
    form = _("{gazette}，第{page}页") if len(pages) == 1 else _("{gazette}，第{pages}页")
    where = form.format(gazette=work.gazette, page=numbers, pages=numbers) if pages else ""
    outside = [s["place"] for s in record["statements"] if not s["page"]]
    claim = Claim(record["claim"])
    form = "{claim}" if not (outside or where) else _("{claim}：") if outside else _("{claim}，据")
    kind = "" if claim is Claim.STATED else form.format(claim=_(claim.zh))
    assumed = _("；假设：{assumption}").format(assumption=record["inference"]) if record["inference"] else ""
    return f"{kind}{_('；').join([where, *outside] if where else outside)}{assumed}"


def _named(record: Record) -> str:
    return _("{name}（{period}）").format(name=record["name"], period=period(record["id"]) or _("参数"))


def _escaped(text: str) -> str:
    return re.sub(r"([%&#_$])", r"\\\1", text)
