"""How to cite a figure: in words and as BibTeX, with the page of the gazette, the version of the book and the id."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from gongbao.figure import Claim, labelled

Record = Mapping[str, Any]
"""What :meth:`gongbao.figure.Figure.record` returns."""


@dataclass(frozen=True, slots=True)
class Work:
    """The book that is cited, and the gazette that it reads."""

    title: str
    author: str
    version: str
    year: int
    gazette: str


def in_words(record: Record, pages: Collection[int], work: Work) -> str:
    """A sentence that cites a figure.

    Args:
        record: of the figure.
        pages: of the gazette that state it or what it was computed from.
        work: the book.
    """
    what = f"{labelled(record['name'], record['id'])}{record['tolerance']}"
    book = f"《{work.title}》{work.version}版，{work.year}年，编号{record['id']}。"
    return f"{what}。{_origin(record, pages, work)}。{'据' if record['claim'] == Claim.STATED else ''}{book}"


def bibtex(record: Record, pages: Collection[int], work: Work) -> str:
    """An entry for a bibliography; arguments as for :func:`in_words`."""
    fields = {
        "author": f"{{{work.author}}}",
        "title": _escaped(f"{labelled(record['name'], record['id'])}：{record['tolerance']}"),
        "howpublished": _escaped(f"《{work.title}》{work.version}版，编号{record['id']}"),
        "note": _escaped(_origin(record, pages, work)),
        "year": str(work.year),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{{re.sub('[^a-z0-9.]+', '-', record['id'])},\n{lines}}}"


def _origin(record: Record, pages: Collection[int], work: Work) -> str:
    where = f"{work.gazette}，第{'、'.join(map(str, sorted(pages)))}页" if pages else ""
    outside = [s["place"] for s in record["statements"] if not s["page"]]
    claim = Claim(record["claim"])
    kind = "" if claim is Claim.STATED else f"{claim.zh}：" if outside else f"{claim.zh}，据" if where else claim.zh
    assumed = f"；假设：{record['inference']}" if record["inference"] else ""
    return f"{kind}{'；'.join([where, *outside] if where else outside)}{assumed}"


def _escaped(text: str) -> str:
    return re.sub(r"([%&#_$])", r"\\\1", text)
