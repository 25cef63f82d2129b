"""Citations on the pages: at the rows of the ledger, and the version at the foot."""

from __future__ import annotations

import datetime
import json

import pytest
from lxml import html
from sphinx.errors import ExtensionError

from gongbao.pages.web import built_on

INDEX = "# 书\n\n[192.1亿元](#debt.limit.total@2023)\n\n```{toctree}\nledger\n```\n"


def cited(book) -> dict[str, dict[str, str]]:
    """What scripts cite, by id."""
    script = (book.root / "_build/html/_static/figures/citations.js").read_text("utf-8")
    return json.loads(script.removeprefix("figureCitations = ").removesuffix(",\n};\n") + "}")


def test_each_row_of_the_ledger_is_cited(small_book):
    small_book.write("index.md", INDEX)
    small_book.build()
    assert small_book.warnings == ""
    rows = html.fromstring(small_book.page("ledger")).xpath("//tr//span[@class='figure-id']")
    assert len(rows) > 30
    found = cited(small_book)
    assert found.keys() == {row.text_content() for row in rows}
    for id, said in found.items():
        assert said["words"].endswith(f"编号{id}。")
        assert said["bibtex"].startswith(f"@misc{{{id.replace('@', '-').replace('/', '-')},")
    assert "公报2023年第七号（总第15号），第92、93、94、96页" in found["debt.limit.total@2023"]["words"]


def test_an_edition_names_the_gazette_in_its_language(small_book):
    small_book.write("index.md", INDEX)
    small_book.build(language="en")
    said = cited(small_book)["debt.limit.total@2023"]
    assert "Qingpu District, Shanghai, No. 7 of 2023 (No. 15 in all), pp. 92, 93, 94, 96" in said["words"]
    assert "公报" not in said["words"] + said["bibtex"]


def test_a_row_is_cited_with_a_click(small_book, browser, serve):
    small_book.write("index.md", INDEX)
    small_book.build()
    address = serve(small_book.root / "_build" / "html")
    with browser.new_context(permissions=["clipboard-read", "clipboard-write"]) as context:
        page = context.new_page()
        page.goto(f"{address}/ledger.html")
        row = page.locator("tr", has_text="debt.limit.total@2023")
        row.get_by_role("button", name="引用").click()
        row.get_by_role("button", name="已复制").click()
        assert page.evaluate("navigator.clipboard.readText()").startswith("地方政府债务限额（2023）192.1亿元。")
        row.get_by_role("button", name="引用").wait_for()
        row.get_by_role("button", name="BibTeX").press(" ")
        page.wait_for_function("navigator.clipboard.readText().then((text) => text.startsWith('@misc{debt.limit'))")


def test_the_day_of_the_build_can_be_set(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert built_on() == datetime.date(2023, 11, 14)
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert built_on().year >= 2026


def test_a_work_without_author_or_year_is_named(small_book):
    small_book.write("index.md", "# 书\n")
    small_book.write("works.bib", "@misc{audit, title = {A work}}\n")
    extensions = ["myst_nb", "gongbao.pages", "sphinxcontrib.bibtex"]
    with pytest.raises(ExtensionError, match=r"^audit in the bibliography: expected an author and a year"):
        small_book.build(extensions=extensions, bibtex_bibfiles=["works.bib"])
