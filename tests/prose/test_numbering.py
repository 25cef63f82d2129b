"""Numbers of charts, tables and equations, counted without Sphinx; the build of the book compares them with its own."""

from __future__ import annotations

import json

import pytest

from gongbao.figures.bundles import CHART_MIME, TABLE_MIME
from gongbao.prose.numbering import numbered, places

TOC = """format: jb-book
root: index
parts:
  - numbered: 2
    chapters: [{file: notebooks/two}]
  - numbered: 2
    chapters: [{url: "https://example.org"}, {file: notebooks/one, sections: [{file: section}]}]
  - chapters: [{file: methods}, {file: more}]
"""
CONFIG = 'sphinx: {config: {numfig_format: {figure: "图 %s", table: "表 %s"}}}'
METHODS = "```{math}\n:label: a\nx\n```\n\n```{math}\ny\n```\n\n$$z$$ (b)\n"
MORE = (
    "(there)=\n# 附\n\n````{glossary}\n限额\n债务限额\n  上限。\n\n余额\n  数。\n````\n\n```{math}\n:label: c\nx\n```\n"
)


@pytest.fixture
def book(tmp_path):
    texts = {
        "_toc.yml": TOC,
        "_config.yml": CONFIG,
        "methods.md": METHODS,
        "more.md": MORE,
        "section.md": "$$x$$ (e)\n",
    }
    texts["index.md"] = "(here)=\n# 书\n"
    cells = [{"cell_type": "markdown", "source": ["```{math}\n", ":label: d\n", "x\n", "```"]}]
    (tmp_path / "notebooks").mkdir()
    for name in ("one", "two"):
        texts[f"notebooks/{name}.ipynb"] = json.dumps({"cells": cells if name == "one" else []})
    for name, text in texts.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_chapters_count_in_the_order_of_the_book_and_appendices_go_on(book):
    emitted = {
        "one": [{CHART_MIME: {"name": "p"}}, {TABLE_MIME: {"name": "q"}}, {}, {CHART_MIME: {"name": "r"}}],
        "two": [{CHART_MIME: {"name": "s"}}],
    }
    assert numbered(book, emitted) == {
        "fig-s": "图 1.1",
        "fig-p": "图 2.1",
        "tab-q": "表 2.1",
        "fig-r": "图 2.2",
        "equation-d": "(2.1)",
        "equation-e": "(2.2)",
        "equation-a": "(1)",
        "equation-b": "(2)",
        "equation-c": "(3)",
    }


def test_terms_and_labels_are_places(book):
    assert places(book) == {"限额", "债务限额", "余额", "there", "here"}
