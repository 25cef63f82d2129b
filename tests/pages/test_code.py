"""The code of a chapter: one block a section, one switch a page, folded blocks where no script runs."""

from __future__ import annotations

import nbformat
import pytest
from lxml import html
from playwright.sync_api import Page, expect

THEME = {"html_theme": "sphinx_book_theme"}
CELLS = [
    ("markdown", "# 章\n\n## 一节"),
    ("code", "first = 1"),
    ("code", "second = 2"),
    ("markdown", "## 又一节\n\n文字"),
    ("code", "print('印出')"),
]


@pytest.fixture
def book(small_book):
    """A chapter of two sections, with code in three cells, one of which leaves something on the page."""
    made = nbformat.v4.new_notebook(metadata={"language_info": {"name": "python"}})
    for number, (kind, source) in enumerate(CELLS):
        new = nbformat.v4.new_markdown_cell if kind == "markdown" else nbformat.v4.new_code_cell
        cell = new(source, id=f"cell-{number}")
        if kind == "code":
            cell.metadata["tags"] = ["hide-input"]
        if "print" in source:
            cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text="印出\n")]
        made.cells.append(cell)
    nbformat.write(made, small_book.root / "chapter.ipynb")
    small_book.write("index.md", "# 书\n\n```{toctree}\nledger\nchapter\n```\n")
    small_book.build(**THEME)
    assert small_book.warnings == ""
    return small_book


def test_a_section_has_one_block_at_its_end(book):
    page = html.fromstring(book.page("chapter"))
    sections = page.xpath("//section/section")
    blocks = [section.xpath(".//details[contains(@class, 'section-code')]") for section in sections]
    assert [len(found) for found in blocks] == [1, 1]
    assert [len(found[0].xpath(".//pre")) for found in blocks] == [2, 1]
    assert "first = 1" in blocks[0][0].text_content()
    # what a cell leaves on the page stays where it stood
    assert "印出" in sections[1].xpath(".//div[contains(@class, 'cell_output')]")[0].text_content()


def opened(book, browser, **options: object) -> Page:
    context = browser.new_context(**options)
    page = context.new_page()
    page.goto((book.root / "_build/html/chapter.html").as_uri())
    return page


def test_a_reader_sees_code_at_the_switch_only_and_it_is_remembered(book, browser):
    page = opened(book, browser)
    blocks, switch = page.locator("details.section-code"), page.locator("button.code-switch")
    expect(blocks.first).to_be_hidden()
    expect(page.get_by_text("印出", exact=True)).to_be_visible()
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.click()
    expect(blocks.first.locator("pre").first).to_be_visible()
    expect(switch).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(blocks.first.locator("pre").first).to_be_visible()
    switch.click()
    expect(blocks.first).to_be_hidden()
    page.context.close()


def test_without_scripts_there_are_folded_blocks(book, browser):
    page = opened(book, browser, java_script_enabled=False)
    expect(page.locator("details.section-code summary").first).to_be_visible()
    expect(page.locator("details.section-code pre").first).to_be_hidden()
    page.context.close()
