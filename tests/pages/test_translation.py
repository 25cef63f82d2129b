"""A page in another language, and one that other packages would read."""

from __future__ import annotations

from unittest.mock import Mock

import nbformat
from docutils import frontend
from lxml import html
from markdown_it import MarkdownIt

from gongbao.pages import translation

CATALOGUE = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"

msgid "题"
msgstr "Title"

msgid "见 [总账](ledger.md) 与 $a$。"
msgstr "See the [ledger](ledger.md) and $a$."

msgid "另一句。"
msgstr "Another **sentence**."
"""


def test_sentences_are_translated_with_their_links_and_formulas(small_book):
    cells = "| 1 | 2 |\n| - | - |\n| 另一句。 | 另一句。 |\n"
    prose = "# 题\n\n见 [总账](ledger.md) 与 $a$。\n\n另一句。\n\n"
    small_book.write("index.md", f"{prose}{cells}\n```{{toctree}}\nledger\n```\n")
    folder = small_book.root / "locale" / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "index.po").write_text(CATALOGUE, "utf-8")
    small_book.build(language="en", locale_dirs=["locale"])
    assert small_book.warnings == ""
    page = small_book.page("index")
    assert "<h1>Title" in page
    assert page.count("Another <strong>sentence</strong>.") == 3
    assert "<math" in page


def test_the_translations_of_a_page_are_read_with_one_parser_and_once_for_each_line(small_book, monkeypatch):
    made, read, render = Mock(wraps=translation.create_md_parser), [], MarkdownIt.render
    monkeypatch.setattr(translation, "create_md_parser", made)
    settings = Mock(wraps=frontend.get_default_settings)
    monkeypatch.setattr(frontend, "get_default_settings", settings)
    monkeypatch.setattr(MarkdownIt, "render", lambda self, text: read.append(text) or render(self, text))
    test_sentences_are_translated_with_their_links_and_formulas(small_book)
    assert made.call_count == 1, "of the two pages one is translated"
    assert read.count("Another **sentence**.") == 2, "in the paragraph, and in the row of the table"
    assert settings.call_count < 2, "MyST asks for them with each text, and leaves them unused; Sphinx does once"


def test_pages_that_other_tools_read_are_read_anew(small_book, monkeypatch):
    small_book.write("index.md", "# 书\n\n```{toctree}\nledger\n```\n")
    small_book.build()
    small_book.build()
    assert "0 added, 0 changed" in small_book.status
    monkeypatch.setattr("gongbao.pages.programs", lambda: "others")
    small_book.build()
    assert "2 added" in small_book.status


LABELS = CATALOGUE.partition('msgid "题')[0] + 'msgid "推演几年"\nmsgstr "Years ahead"\n'
ASSUMPTIONS = 'colour = "#1f77b4"  # 颜色\nhorizon = 5  # 推演几年'


def test_what_an_assumption_means_is_translated_and_its_code_is_as_it_runs(small_book):
    cell = nbformat.v4.new_code_cell(ASSUMPTIONS, metadata={"tags": ["parameters"]})
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# 章"), cell])
    nbformat.write(made, small_book.root / "chapter.ipynb")
    small_book.write("index.md", "# 题\n\n```{toctree}\nledger\nchapter\n```\n")
    folder = small_book.root / "locale" / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "labels.po").write_text(LABELS, "utf-8")
    small_book.build(language="en", locale_dirs=["locale"])
    (code,) = html.fromstring(small_book.page("chapter")).xpath("//pre")
    assert code.text_content().strip() == ASSUMPTIONS.replace("推演几年", "Years ahead")


FRENCH = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"

msgid "地方政府债务限额"
msgstr "Plafond de la dette"
"""


def test_a_further_language_falls_back_to_the_english_of_the_data_and_the_chinese_of_pages(small_book):
    small_book.write("index.md", "# 题\n\n一句。\n\n```{toctree}\nledger\n```\n\n```{downloads} whole\n```\n")
    folder = small_book.root / "locale" / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "index.po").write_text(CATALOGUE.replace("Title", "Titre"), "utf-8")
    (folder / "names.po").write_text(FRENCH, "utf-8")
    small_book.build(language="fr", locale_dirs=["locale"])
    assert small_book.warnings == ""
    page, ledger = small_book.page("index"), small_book.page("ledger")
    assert "<h1>Titre" in page and "一句。" in page
    assert "Plafond de la dette" in ledger and "Local government debt limit<" not in ledger
    assert "Local government debt outstanding" in ledger
    assert "Workbook" in page, "what the library says is English for want of French"


def test_names_are_there_to_be_translated_with_their_english(small_book):
    small_book.write("index.md", "# 题\n\n```{toctree}\nledger\n```\n")
    small_book.build("gettext", gettext_compact=False)
    names = (small_book.root / "_build" / "gettext" / "names.pot").read_text("utf-8")
    assert '#. Local government debt limit\nmsgid "地方政府债务限额"\n' in names
