"""Notebooks are plain Markdown; pages have of it what only MyST can say."""

from __future__ import annotations

from nbformat.v4 import new_markdown_cell

from gongbao.pages.notebooks import _for_pages


def shown(text: str, *tags: str) -> str:
    return _for_pages(new_markdown_cell(text, metadata={"tags": list(tags)}), {})["source"]


def test_a_cell_with_the_tag_of_a_box_is_that_box():
    box = ":::{{admonition}} {}\n:class: {}\n\n- 甲。\n  又甲。\n- 乙。\n:::"
    for title, kind in (("要点", "findings"), ("该追问什么", "questions")):
        assert shown(f"**{title}**\n\n- 甲。\n  又甲。\n- 乙。", kind) == box.format(title, kind)


def test_works_are_cited_by_their_keys_and_other_links_stay():
    work = "[国务院, 2014](../book/bibliography.md#{})"
    assert shown(f"见 [{work.format('a')}, {work.format('b')}]。") == "见 {cite:p}`a,b`。"
    assert shown("见[方法](../book/methods.md)[1]") == "见[方法](../book/methods.md)[1]"


def test_what_pages_alone_need_is_said_by_the_tags_of_a_cell():
    assert shown("## 证据表\n\n一句。", "evidence") == "## 证据表\n\n一句。\n\n```{figures} here\n```"
    assert shown("## 数据下载\n\n一句。", "only-html") == "## 数据下载\n\n:::{only} html\n一句。\n:::"
    assert shown("## 别的\n\n一句。") == "## 别的\n\n一句。"
