"""What the theme brings is cut down to what the pages of a book use."""

from __future__ import annotations

import pytest

from gongbao.pages.theme import styles

THEME = {"html_theme": "sphinx_book_theme", "html_static_path": ["static"], "html_css_files": ["own.css"]}


@pytest.fixture
def book(small_book):
    (small_book.root / "static").mkdir()
    small_book.write("static/own.css", ".figure-value { color: red; }\n.never-there { color: blue; }\n")
    small_book.write("index.md", "# 书\n\n[192.1亿元](#debt.limit.total@2023)\n\n```{toctree}\nledger\n```\n")
    return small_book


def sheet(book) -> str:
    return (book.root / "_build/html/_static/theme.css").read_text("utf-8")


def test_a_page_has_one_style_sheet_with_what_pages_use(book):
    book.build(**THEME)
    assert book.warnings == ""
    assert book.page("index").count('rel="stylesheet"') == 1
    assert ".figure-value { color: red; }" in sheet(book)
    assert "never-there" not in sheet(book)
    assert ".bd-main" in sheet(book)
    left = {path.suffix for path in (book.root / "_build/html/_static").rglob("*")}
    assert not {".map", ".ttf", ".woff2"} & left


def test_a_style_sheet_that_changes_alone_is_renewed(book):
    book.build(**THEME)
    book.write("static/own.css", ".figure-value { color: green; }\n")
    book.build(**THEME)
    assert ".figure-value { color: green; }" in sheet(book)
    assert "red" not in sheet(book).partition(".figure-value {")[2]


def test_another_theme_keeps_its_own_pages(book):
    book.build(**THEME | {"html_theme": "alabaster"})
    assert book.warnings == ""
    assert "alabaster.css" in book.page("index")
    assert "Content-Security-Policy" not in book.page("index")
    assert "搜索" in book.page("search")


def test_style_sheets_are_reduced_again_only_if_what_counts_has_changed(tmp_path, monkeypatch):
    kept = tmp_path / "kept"
    sheets, used = [".a{color:red}.b{color:blue}", "#c{top:0}"], {"a", "c"}
    assert styles.reduced_once(kept, sheets, used, 1) == ".a{color:red}\n#c{top:0}\n"
    made = []
    monkeypatch.setattr(styles, "reduced", lambda sheet, names: made.append(sheet) or sheet)
    # a word that no sheet names counts for nothing
    assert styles.reduced_once(kept, sheets, used | {"word"}, 1) == ".a{color:red}\n#c{top:0}\n"
    assert made == []
    for arguments in ((sheets, used | {"b"}, 1), (sheets[:1], used | {"b"}, 1), (sheets[:1], used | {"b"}, 2)):
        made.clear()
        assert styles.reduced_once(kept, *arguments) == "".join(arguments[0])
        assert made == arguments[0]
