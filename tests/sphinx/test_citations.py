"""Citations on the pages: at the rows of the ledger, and the version at the foot."""

from __future__ import annotations

import datetime

from lxml import html

from gongbao.sphinx.citations import built_on

INDEX = "# 书\n\n{val}`debt.limit.total@2023`\n\n```{toctree}\nledger\n```\n"


def test_each_row_says_how_it_is_cited(small_book):
    small_book.write("index.md", INDEX)
    small_book.build()
    assert small_book.warnings == ""
    page = html.fromstring(small_book.page("ledger"))
    rows = [row for row in page.xpath("//tr") if row.xpath(".//span[@class='figure-id']")]
    assert len(rows) > 30
    for row in rows:
        (cite,) = row.xpath(".//details[@class='cite']")
        assert row.xpath("string(.//span[@class='figure-id'])") in cite.xpath("string(p)")
        assert cite.xpath("string(pre)").startswith("@misc{")
    (limit,) = [row for row in rows if "debt.limit.total@2023" in row.text_content()]
    assert "公报2023年第七号（总第15号），第92、93、94、96页" in limit.xpath("string(.//details/p)")


def test_the_day_of_the_build_can_be_set(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert built_on() == datetime.date(2023, 11, 14)
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert built_on().year >= 2026
