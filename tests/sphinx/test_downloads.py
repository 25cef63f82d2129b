"""The page that lists the files to download."""

from __future__ import annotations

import hashlib

from lxml import html

INDEX = "# 下载\n\n```{toctree}\nledger\n```\n\n```{downloads}\n```\n"


def test_the_page_states_size_and_digest_of_every_file(small_book):
    small_book.write("index.md", INDEX)
    small_book.build()
    folder = small_book.root / "_build" / "html"
    rows = html.fromstring(small_book.page("index")).xpath("//tbody/tr")
    listed = set()
    for row in rows:
        (link,) = row.xpath(".//a/@href")
        data = (folder / link).read_bytes()
        size, digest = (cell.text_content().strip() for cell in row.xpath("td")[2:])
        assert (size, digest) == (f"{len(data):,}", hashlib.sha256(data).hexdigest())
        listed.add(folder / link)
    assert listed == {path for path in (folder / "data").rglob("*") if path.is_file()}
    assert small_book.warnings == ""


def test_changed_data_change_the_page(small_book):
    small_book.write("index.md", INDEX)
    small_book.build()
    before = small_book.page("index")
    path = small_book.root / "data" / "reports.csv"
    path.write_text(path.read_text("utf-8").replace("债务决议,", "债务的决议,"), "utf-8")
    small_book.build()
    assert small_book.page("index") != before
