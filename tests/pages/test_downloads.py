"""The files beside the pages, and the page that lists them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from lxml import html

LISTS = "\n\n".join(f"```{{downloads}} {group}\n```" for group in ("whole", "tables", "parquet"))
INDEX = f"# 下载\n\n```{{toctree}}\nledger\n```\n\n见[债务](data/ledger/debt.csv)。\n\n{LISTS}\n"


def files(small_book) -> dict[Path, bytes]:
    folder = small_book.root / "_build" / "html" / "data"
    return {path.relative_to(folder.parent): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def book(small_book):
    small_book.write("index.md", INDEX)
    small_book.build()
    assert small_book.warnings == ""
    return small_book


def test_the_page_states_size_and_digest_of_every_file(book):
    listed = {}
    for row in html.fromstring(book.page("index")).xpath("//tbody/tr"):
        (link,) = row.xpath(".//a/@href")
        listed[Path(link)] = tuple(cell.text_content().strip() for cell in row.xpath("td")[2:])
    assert listed == {path: (f"{len(d):,}", hashlib.sha256(d).hexdigest()) for path, d in files(book).items()}


def test_prose_leads_to_a_file(book):
    (link,) = [a for a in html.fromstring(book.page("index")).iter("a") if a.text_content() == "债务"]
    assert link.get("href") == "data/ledger/debt.csv"


def test_a_file_that_is_not_there_is_a_warning(book):
    book.write("index.md", INDEX.replace("debt.csv", "dept.csv") + "\n```{downloads} tabels\n```\n")
    book.build()
    assert "the book offers no file ledger/dept.csv" in book.warnings
    assert "the book offers no files of the kind tabels" in book.warnings


def test_a_pdf_among_the_data_is_no_volume_of_the_book(book):
    book.write("index.md", INDEX.replace("debt.csv", "debt.pdf"))
    book.build()
    assert "the book offers no file ledger/debt.pdf" in book.warnings


def test_changed_data_change_the_files_and_the_page(book):
    before, page = files(book), book.page("index")
    path = book.root / "data" / "reports.csv"
    path.write_text(path.read_text("utf-8").replace("债务决议,", "债务的决议,"), "utf-8")
    book.build()
    changed = {path.name for path, data in files(book).items() if before[path] != data}
    assert {"reports.csv", "shudu-qingpu.sqlite", "reports.parquet", "SHA256SUMS"} <= changed
    assert "units.csv" not in changed
    assert book.page("index") != page


def test_nothing_is_made_twice_and_what_was_lost_is_made_again(book, monkeypatch):
    made = []
    with monkeypatch.context() as patch:
        patch.setattr("gongbao.export.downloads", lambda *_: made.append(1) or pytest.fail("made twice"))
        book.build()
    assert not made
    before = files(book)
    (book.root / "_build/html/data/units.csv").unlink()
    (book.root / "_build/html/data/old.csv").write_bytes(b"")
    book.build()
    assert files(book) == before


def test_on_paper_there_is_no_link(book):
    book.build("typst")
    assert book.warnings == ""
