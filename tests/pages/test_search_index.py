"""What the search page of a book is given to search; how it searches is seen in a browser (tests/test_search.py)."""

from __future__ import annotations

import json
import re
import shutil

import pytest
from lxml import html

INDEX = "# 书\n\n```{toctree}\n:numbered:\n\nledger\nchapter\n```\n"
CHAPTER = """# 债务

限额为[192.1亿元](#debt.limit.total@2023)。
另一句。

## 余额

余额的**增加**来自$D_1$。

```python
nobody = "searches for code"
```

```{list-table} 限额的表
:name: tab-limits
* - 一般
  - [104.8](#debt.limit.general@2023)
```

```{figures} here
```
"""


@pytest.fixture
def book(small_book):
    small_book.write("index.md", INDEX)
    small_book.write("chapter.md", CHAPTER)
    small_book.build()
    assert small_book.warnings == ""
    return small_book


def index(book) -> dict:
    script = (book.root / "_build/html/_static/search-index.js").read_text("utf-8")
    assert script.startswith("globalThis.searchIndex = ")
    return json.loads(script.partition(" = ")[2].rstrip(";\n"))


def places(book, url: str) -> list[list[str]]:
    (page,) = [page for page in index(book)["pages"] if page["url"] == url]
    return page["places"]


def test_each_section_and_table_is_a_place_with_its_number_and_its_own_text(book):
    assert places(book, "chapter.html") == [
        ["", "债务", "限额为192.1亿元。另一句。"],
        ["section-2", "2.1 余额", "余额的增加来自D1。"],
        ["tab-limits", "限额的表", "一般 104.8"],
    ]


def test_charts_are_places_with_their_alternative_text(book, notebook):
    picture = "# 章\n\n```{figure} picture.svg\n:name: fig-limits\n:alt: 横条图，104.8亿元。\n\n限额\n```\n"
    (book.root / "picture.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', "utf-8")
    book.write("chapter.md", picture)
    book.build()
    assert ["fig-limits", "限额", "横条图，104.8亿元。"] in places(book, "chapter.html")


def test_pages_stand_in_the_order_of_the_book_and_chapters_have_their_number(book):
    assert [page["title"] for page in index(book)["pages"]] == ["书", "第1章 总账", "第2章 债务"]


def test_every_row_of_the_ledger_is_a_figure_with_its_address(book):
    figures = {url: rest for url, *rest in index(book)["figures"]}
    name, value, english, origin = figures["ledger.html#debt.limit.total@2023"]
    assert (name, value, english) == ("地方政府债务限额（2023）", "192.1亿元", "Local government debt limit")
    assert origin.startswith("公报所载：债务决议第92页“债务限额为192.1亿元”")
    rows = html.fromstring(book.page("ledger")).xpath("//tr//@id")
    assert sorted(url.partition("#")[2] for url in figures) == sorted(rows)


def test_a_page_that_is_not_written_again_is_still_found_and_one_that_is_gone_is_not(book):
    before = places(book, "index.html")
    book.write("chapter.md", "# 债务\n\n改过的句子。\n")
    book.build()
    assert places(book, "index.html") == before
    assert places(book, "chapter.html") == [["", "债务", "改过的句子。"]]
    (book.root / "chapter.md").unlink()
    book.write("index.md", INDEX.replace("chapter\n", ""))
    book.build()
    assert [page["url"] for page in index(book)["pages"]] == ["index.html", "ledger.html"]


def test_a_changed_number_is_changed_in_the_index(book):
    path = book.root / "data/ledger/debt.csv"
    path.write_text(path.read_text("utf-8").replace("Local government debt limit", "Limit of debt"), "utf-8")
    book.build()
    assert "Limit of debt" in json.dumps(index(book)["figures"])


def test_builds_one_after_the_other_and_anew_write_the_same_bytes(book):
    path = book.root / "_build/html/_static/search-index.js"
    first = path.read_bytes()
    book.write("chapter.md", "# 别的\n")
    book.build()
    assert path.read_bytes() != first
    book.write("chapter.md", CHAPTER)
    book.build()
    assert path.read_bytes() == first
    shutil.rmtree(book.root / "_build")
    book.build()
    assert path.read_bytes() == first


def test_only_the_search_page_loads_the_index_and_its_scripts_are_files(book):
    for name in ("index", "ledger", "chapter"):
        assert "search-index.js" not in book.page(name)
    page = html.fromstring(book.page("search"))
    assert [source for source in page.xpath("//script/@src") if "search" in source] == [
        "_static/search-index.js",
        "_static/search.js",
    ]
    (main,) = page.xpath("//div[contains(@class, 'search-page')]")
    assert main.xpath(".//script | .//@onclick | .//@style") == []


def test_nothing_of_the_search_that_it_replaces_is_left(book):
    built = book.root / "_build/html"
    assert not (built / "searchindex.js").exists()
    for name in ("index", "search"):
        assert not re.search("searchindex|searchtools|language_data", book.page(name))


def test_without_scripts_the_search_page_leads_to_the_contents(book):
    (noscript,) = html.fromstring(book.page("search")).xpath("//div[contains(@class, 'search-page')]//noscript")
    assert "搜索需要JavaScript" in noscript.text_content()
    assert noscript.xpath(".//a/@href") == ["index.html"]


def test_the_field_has_a_chinese_name(book):
    (field,) = html.fromstring(book.page("search")).xpath("//form[@role='search']//input[@name='q']")
    assert "搜索" in field.get("aria-label")
