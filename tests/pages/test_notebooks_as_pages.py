"""Notebooks are plain Markdown; pages have of it what only MyST can say."""

from __future__ import annotations

from nbformat.v4 import new_markdown_cell

from gongbao.pages.notebooks import _for_pages


def shown(text: str, *tags: str) -> str:
    return _for_pages(new_markdown_cell(text, metadata={"tags": list(tags)}), {})["source"]


def test_a_list_below_the_title_of_a_box_is_that_box_with_all_lines_of_its_items():
    text = shown("# 章\n\n**要点**\n\n- 甲。\n  又甲。\n- 乙。\n\n**该追问什么**\n\n- 谁？")
    assert ":::{admonition} 要点\n:class: findings\n\n- 甲。\n  又甲。\n- 乙。\n:::" in text
    assert text.endswith(":::{admonition} 该追问什么\n:class: questions\n\n- 谁？\n:::")


def test_works_are_cited_by_their_keys_and_other_links_stay():
    work = "[国务院, 2014](../book/bibliography.md#{})"
    assert shown(f"见 [{work.format('a')}, {work.format('b')}]。") == "见 {cite:p}`a,b`。"
    assert shown("见[方法](../book/methods.md)[1]") == "见[方法](../book/methods.md)[1]"


def test_what_pages_alone_need_is_said_by_the_tags_of_a_cell():
    assert shown("## 证据表\n\n一句。", "evidence") == "## 证据表\n\n一句。\n\n```{figures} here\n```"
    assert shown("## 数据下载\n\n一句。", "only-html") == "## 数据下载\n\n:::{only} html\n一句。\n:::"
    assert shown("## 别的\n\n一句。") == "## 别的\n\n一句。"
