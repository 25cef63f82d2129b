"""The table of assumptions: what the parameters cells of the notebooks say."""

from __future__ import annotations

import nbformat
import pytest
from lxml import html

from gongbao.ledger.labels import Labels
from gongbao.results.results import parameters

INDEX = "# 重跑\n\n```{toctree}\nledger\none\ntwo\n```\n\n```{parameters}\n```\n"


@pytest.fixture
def write(small_book):
    def write(name: str, source: str, tag: str = "parameters") -> None:
        cells = [nbformat.v4.new_markdown_cell(f"# 章{name}"), nbformat.v4.new_code_cell(source)]
        cells[1].metadata["tags"] = [tag]
        for number, cell in enumerate(cells):
            cell["id"] = f"{name}-{number}"
        book = nbformat.v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})
        small_book.write(f"{name}.ipynb", nbformat.writes(book))

    return write


def rows(small_book) -> list[list[str]]:
    page = html.fromstring(small_book.page("index"))
    return [[cell.text_content().strip() for cell in row.iter("td")] for row in page.xpath("//tbody/tr")]


def test_every_assumption_has_a_row_that_leads_to_its_chapter(small_book, write):
    write("two", "年数 = 5  # 推演几年\nshares = [0, None, 100]  # 比重，%\n")
    write("one", "step = '0.5'")
    small_book.write("index.md", INDEX)
    small_book.build()
    assert rows(small_book) == [
        ["章one", "step", "", "'0.5'"],
        ["章two", "年数", "推演几年", "5"],
        ["章two", "shares", "比重，%", "[0, None, 100]"],
    ]
    links = html.fromstring(small_book.page("index")).xpath("//tbody//a")
    assert [link.get("href") for link in links] == ["one.html", "two.html", "two.html"]
    assert small_book.warnings == ""


def test_a_changed_assumption_changes_the_page(small_book, write):
    write("one", "step = 1")
    write("two", "x = 1", tag="hide-input")
    small_book.write("index.md", INDEX)
    small_book.build()
    write("one", "step = 2")
    small_book.build()
    assert rows(small_book) == [["章one", "step", "", "2"]]


def test_a_value_may_take_several_lines(small_book, write):
    assert read(small_book, write, "import x\nshares = [\n    1,\n]  # 比重\n") == [["shares", "[\n    1,\n]", "比重"]]


def test_an_assumption_may_have_a_type(small_book, write):
    assert read(small_book, write, "rate: float = (0.5)  # 一半\nother: int\n") == [["rate", "0.5", "一半"]]


def read(small_book, write, source: str) -> list[list[str]]:
    write("one", source)
    notebook = nbformat.read(small_book.root / "one.ipynb", as_version=4)
    found = parameters(notebook, Labels({}, {}))
    return [[one[key] for key in ("name", "value", "meaning")] for one in found]
