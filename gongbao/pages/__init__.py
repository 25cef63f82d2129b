"""The Sphinx side of the book: figures as objects of a domain, charts and tables out of notebooks, local formulas."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

from gongbao.pages import (
    absences,
    bibliography,
    cards,
    citations,
    code,
    dictionary,
    domain,
    downloads,
    gazette_pages,
    language,
    ledger_page,
    linebreaks,
    listings,
    markup,
    messages,
    notebooks,
    numbers,
    outputs,
    parameters,
    publishing,
    results,
    search,
    sketches,
    sources,
    switch,
    theme,
    translation,
)
from gongbao.results.runs import library, packages


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything that a book built on gongbao needs; pages that other tools read are read anew."""
    for part in (
        results,
        language,
        domain,
        listings,
        ledger_page,
        gazette_pages,
        citations,
        code,
        bibliography,
        cards,
        sketches,
        dictionary,
        sources,
        absences,
        downloads,
        parameters,
        linebreaks,
        markup,
        messages,
        notebooks,
        numbers,
        outputs,
        search,
        publishing,
        theme,
        switch,
        translation,
    ):
        part.setup(app)
    return {
        "version": "1",
        "env_version": f"{library()} {packages()}",
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
