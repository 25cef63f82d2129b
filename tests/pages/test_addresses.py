"""Addresses of sections: words of a file, which nothing on the page moves."""

from __future__ import annotations

import pytest
from lxml import html

ADDRESSES = """
every page:
  how-sure: 有多大把握
index:
  limits: [限额, id7, id9]
"""
PAGE = "# 书\n\n## 限额\n\n一句话。\n\n## 有多大把握\n\n另一句。\n\n```{toctree}\nledger\n```\n"


@pytest.fixture
def book(small_book):
    (small_book.root / "book").mkdir()
    small_book.write("book/addresses.yaml", ADDRESSES)
    small_book.write("ledger.md", "# 总账\n\n## 有多大把握\n\n又一句。\n")
    small_book.write("index.md", PAGE)
    small_book.build()
    return small_book


def sections(book) -> list[str]:
    return html.fromstring(book.page("index")).xpath("//section/@id")


def test_sections_have_the_addresses_of_the_file_and_former_ones_lead_to_them(book):
    assert book.warnings == ""
    assert sections(book) == ["index", "limits", "how-sure"]
    (section,) = html.fromstring(book.page("index")).xpath("//section[@id='limits']")
    assert section.xpath(".//span/@id") == ["id7", "id9"]
    assert 'href="#how-sure"' in book.page("index")


def test_what_is_added_before_a_section_moves_no_address(book):
    cited = "[^note]\n\n[^note]: 注。\n\n## 新的一节\n\n有话。\n\n## 限额"
    book.write("index.md", PAGE.replace("## 限额", cited))
    book.build()
    assert [id for id in sections(book) if not id.startswith("section-")] == ["index", "limits", "how-sure"]
    assert "the section “新的一节” has no address; expected: a line for it in book/addresses.yaml" in book.warnings


def test_a_title_that_is_worded_anew_keeps_its_address(book):
    book.write("index.md", PAGE.replace("## 限额", "## 债务限额"))
    book.write("book/addresses.yaml", ADDRESSES.replace("限额", "债务限额"))
    book.build()
    assert book.warnings == ""
    assert sections(book) == ["index", "limits", "how-sure"]
