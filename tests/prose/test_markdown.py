"""What Markdown makes of Chinese, in the sources and their translations: marks that it does not take for marks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from babel.messages.pofile import read_po
from markdown_it import MarkdownIt

PROJECT = Path(__file__).parents[2]
MARKDOWN = MarkdownIt("commonmark", {"linkify": True}).enable("linkify")


def faults(text: str) -> list[str]:
    """Bold type that keeps its asterisks, and bare addresses that swallow the words behind them."""
    found = []
    for block in MARKDOWN.parse(text):
        for before, token in pairwise([block, *(block.children or ())]):
            swallowed = (before.type, before.markup) == ("link_open", "linkify") and not token.content.isascii()
            if token.type == "text" and ("**" in token.content or swallowed):
                found.append(token.content)
    return found


def texts() -> Iterator[tuple[str, str]]:
    for path in sorted([*PROJECT.glob("*.md"), *PROJECT.glob("book/*.md")]):
        yield path.name, path.read_text("utf-8")
    for path in sorted(PROJECT.glob("notebooks/*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                yield path.name, cell.source
    for path in sorted(PROJECT.glob("locale/*/LC_MESSAGES/*.po")):
        for message in read_po(path.open("rb")):
            yield path.name, str(message.string)


def test_no_text_of_the_book_has_marks_that_are_none():
    assert [(name, fault) for name, text in texts() for fault in faults(text)] == []


@pytest.mark.parametrize("text", ["**“双减”**报告", "见https://example.org/页。", "见 https://example.org/a，第二页"])
def test_what_markdown_takes_otherwise_is_found(text):
    assert faults(text)


@pytest.mark.parametrize(
    "text", ["**双减**报告", "**“双减”**。", "<https://example.org/a>，第二页", "见 https://example.org/a 第二页"]
)
def test_what_it_takes_as_meant_is_not(text):
    assert faults(text) == []
