"""The Sphinx side of the book: figures as objects of a domain, charts and tables out of notebooks, local formulas.

Start at :mod:`gongbao.pages.domain`. Imports ``figures``, ``ledger``, ``verify``, ``prose``, ``results``, ``export``,
and the compiler of ``typst``, which draws pictures.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from sphinx.application import Sphinx

from gongbao.results.runs import programs

PARTS = (
    "notebooks",
    "language",
    "domain",
    "tables",
    "listings",
    "bibliography",
    "cards",
    "sources",
    "downloads",
    "translation",
    "markup",
    "numbers",
    "numbering",
    "addresses",
    "search",
    "web",
    "sheets",
)
"""The modules that register something, in the order in which what they register at one priority is called."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything that a book built on gongbao needs; pages that other tools read are read anew."""
    for part in PARTS:
        import_module(f"gongbao.pages.{part}").setup(app)
    return {
        "version": "1",
        "env_version": programs(),
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
