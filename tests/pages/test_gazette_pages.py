"""The gazette page by page: what each page states, where the book uses it, and what leads there."""

from __future__ import annotations

import re

import pytest
from lxml import html

from gongbao.ledger.rows import Ledger

INDEX = """# 书

限额[192.1亿元](#debt.limit.total@2023)。

## 一节

还是[192.1亿元](#debt.limit.total@2023)。

```{toctree}
ledger
pages
```
"""
PAGES = "# 逐页\n\n```{gazette-pages}\n```\n"


@pytest.fixture
def book(small_book):
    small_book.write("pages.md", PAGES)
    small_book.write("index.md", INDEX)
    small_book.build()
    assert small_book.warnings == ""
    return small_book


def figures_of(book, page: int) -> list[html.HtmlElement]:
    """The items after the line that is the address of a page, up to the next such line."""
    (line,) = html.fromstring(book.page("pages")).xpath(f"//p[span[@id='p{page}']]")
    following = line.getnext()
    return list(following.iter("li")) if following.tag == "ul" else []


def test_every_page_has_an_address_and_every_statement_its_place(book):
    page = html.fromstring(book.page("pages"))
    assert page.xpath("//span[starts-with(@id, 'p')]/@id") == [f"p{number}" for number in range(1, 114)]
    for number in (7, 58, 92, 100):
        ids = dict.fromkeys(row.id for row in Ledger.load(book.root / "data").rows if row.page == number)
        links = [item.xpath(".//a/@href")[0] for item in figures_of(book, number)]
        assert links == [f"ledger.html#{id}" for id in ids]


def test_a_page_says_what_it_states_and_where_the_book_uses_it(book):
    first = figures_of(book, 92)[0]
    text = " ".join(first.text_content().split())
    assert text == "192.1亿元，地方政府债务限额（2023）“债务限额为192.1亿元” 书·篇首、一节"
    assert first.xpath(".//a/@href")[1].startswith("index.html#")


def test_pages_and_texts_without_figures_say_so(book):
    page = html.fromstring(book.page("pages"))
    (resignation,) = page.xpath("//section[@id='report-resignation']")
    assert "第5页" in resignation.text_content()
    assert "这一篇没有统计数" in resignation.text_content()
    ledger = Ledger.load()
    stating = {row.page for row in ledger.rows}
    silent = {
        n
        for report in ledger.reports.values()
        for n in range(report.first_page, report.last_page + 1)
        if n not in stating
    }
    assert silent
    for number in silent:
        assert figures_of(book, number) == []


def test_the_ledger_and_the_cards_lead_to_the_page(book):
    (row,) = html.fromstring(book.page("ledger")).xpath("//tr[@id='debt.limit.total@2023']")
    assert row.xpath(".//a[text()='债务决议第92页']/@href") == ["pages.html#p92"]
    cards = (book.root / "_build/html/_static/figures/index.js").read_text("utf-8")
    assert r"<a href=\"pages.html#p92\">债务决议第92页</a>" in cards


def test_in_english_one_page_and_several_have_their_marks(book):
    book.build(language="en")
    page = html.fromstring(book.page("pages"))
    one, several = (page.xpath(f"string(//section[@id='report-{key}']/p)") for key in ("resignation", "debt-note"))
    assert one.endswith(", p.\N{NO-BREAK SPACE}5)") and several.endswith(", pp.\N{NO-BREAK SPACE}95–98)")


def test_in_english_a_phrase_stands_apart_from_the_words_before_it(book):
    book.build(language="en")
    cards = (book.root / "_build/html/_static/figures/index.js").read_text("utf-8")
    texts = (html.fromstring(page).text_content() for page in (book.page("ledger"), book.page("pages"), cards))
    assert {found for text in texts for found in re.findall(".“债务限额为", text)} == {" “债务限额为"}


def test_in_print_a_page_is_a_line_of_numbers(book):
    book.build("typst")
    assert book.warnings == ""
    typst = (book.root / "_build/typst/book.typ").read_text("utf-8")
    assert re.search(r"第92页.{,9}：#link\(label\(\"ledger#debt.limit.total@2023\"\)\)\[#box\[192.1亿元\];\];、", typst)
    assert "这一篇没有统计数" in typst
