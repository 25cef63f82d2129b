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
"""The modules that register something; what they register at one priority is called in this order."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything a gongbao book needs; Sphinx reads all pages again when the library or packages change."""
    for part in PARTS:
        import_module(f"gongbao.pages.{part}").setup(app)
    return {
        "version": "1",
        "env_version": programs(),
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
