"""Figures as objects: roles, links, the text over a number, and pages that are written again."""

from __future__ import annotations

import re

import pytest
from lxml import html

from gongbao.figures.bundles import FIGURES_MIME
from gongbao.ledger.rows import Ledger

INDEX = """# 书

```{toctree}
ledger
```

限额[192.1亿元](#debt.limit.total@2023)，即[192.1](#debt.limit.total@2023)，在[192.05～192.15亿元](#debt.limit.total@2023)之间。
"""


def links(page: str, text: str) -> list[html.HtmlElement]:
    return [a for a in html.fromstring(page).iter("a") if a.text_content() == text]


def computed_record(id: str = "debt.headroom.total@2023") -> dict:
    ledger = Ledger.load()
    difference = ledger["debt.limit.total@2023"] - ledger["debt.balance.total@2023-12-31"]
    return difference.named(id, "限额余量", "headroom").record()


def test_a_number_in_prose_leads_to_its_row(small_book):
    small_book.write("index.md", INDEX)
    small_book.build()
    (link,) = links(small_book.page("index"), "192.1亿元")
    address = link.get("href")
    assert address == "ledger.html#debt.limit.total@2023"
    rows = html.fromstring(small_book.page("ledger")).xpath("//*[@id='debt.limit.total@2023']/ancestor-or-self::tr")
    assert len(rows) == 1
    assert "地方政府债务限额" in rows[0].text_content()
    assert small_book.warnings == ""


def test_the_text_over_a_stated_number_names_kind_report_page_and_phrase(small_book):
    small_book.write("index.md", INDEX)
    small_book.build()
    (link,) = links(small_book.page("index"), "192.1亿元")
    assert "公报所载" in link.get("title")
    assert "债务决议第92页“债务限额为192.1亿元”" in link.get("title")
    assert "等7处" in link.get("title")
    small_book.build(language="en")
    assert "Debt resolution, p.&nbsp;92 “债务限额为192.1亿元”" in small_book.page("index")


def test_forms_of_a_number(small_book):
    small_book.write("index.md", INDEX)
    small_book.build()
    page = small_book.page("index")
    assert links(page, "192.1")
    assert links(page, "192.05～192.15亿元")


def test_a_computed_number_leads_to_its_row_and_says_what_it_is(small_book, notebook):
    record = computed_record()
    prose = "# 章\n\n余量[62.0±0.1亿元](#debt.headroom.total@2023)。"
    small_book.write("chapter.ipynb", notebook({FIGURES_MIME: [record], "text/html": "x"}, markdown=prose))
    small_book.write("index.md", INDEX.replace("ledger\n", "ledger\nchapter\n"))
    small_book.build()
    (link,) = links(small_book.page("chapter"), "62.0±0.1亿元")
    assert link.get("title") == "推算：限额余量（2023）"
    assert link.get("href") == "ledger.html#debt.headroom.total@2023"
    assert small_book.warnings == ""


def test_other_pages_may_print_what_a_notebook_published(small_book, notebook):
    small_book.write("chapter.ipynb", notebook({FIGURES_MIME: [computed_record()]}))
    index = INDEX.replace("ledger\n", "ledger\nchapter\n") + "\n余量[62亿元](#debt.headroom.total@2023)。\n"
    small_book.write("index.md", index)
    small_book.build()
    assert links(small_book.page("index"), "62亿元")
    assert small_book.warnings == ""


def test_an_unknown_figure_is_a_warning(small_book):
    small_book.write("index.md", INDEX + "\n[](#debt.limit.total@1999)\n")
    small_book.build()
    assert (
        "index.md:9: WARNING: nothing has the id debt.limit.total@1999; did you mean debt.limit.total@20"
        in small_book.warnings
    )


def test_a_figure_published_twice_is_a_warning(small_book, notebook):
    for name in ("one", "two"):
        small_book.write(f"{name}.ipynb", notebook({FIGURES_MIME: [computed_record()]}, markdown=f"# {name}"))
    small_book.write("index.md", INDEX.replace("ledger\n", "ledger\none\ntwo\n"))
    small_book.build()
    assert "published more than once" in small_book.warnings


def test_pages_with_a_changed_figure_are_written_again(small_book, notebook):
    """The index and the ledger do not change; the number that they print does."""
    small_book.write("chapter.ipynb", notebook({FIGURES_MIME: [computed_record()]}))
    index = INDEX.replace("ledger\n", "ledger\nchapter\n") + "\n余量[62亿元](#debt.headroom.total@2023)。\n"
    small_book.write("index.md", index)
    small_book.build()
    changed = computed_record() | {"text": "63亿元", "tolerance": "63亿元"}
    small_book.write("chapter.ipynb", notebook({FIGURES_MIME: [changed]}))
    small_book.build()
    assert links(small_book.page("index"), "63亿元")
    assert not links(small_book.page("index"), "62亿元")
    assert "63亿元" in small_book.page("ledger")


def test_a_word_of_another_page_leaves_the_ledger_as_it_was(small_book):
    numbered = "```{toctree}\n:numbered:\nnumbers\nledger\nother\n```\n"
    small_book.write("index.md", f"# 书\n\n{numbered}")
    small_book.write("numbers.md", "# 章\n\n## 节\n\n[192.1亿元](#debt.limit.total@2023)\n")
    small_book.write("other.md", "# 别章\n\n一个字。\n")
    small_book.build()
    small_book.write("other.md", "# 别章\n\n两个字。\n")
    small_book.build()
    written = re.findall(r"writing output\.\.\. \[[ \d]+%\] (\S+)", small_book.status)
    assert "other" in written
    assert "ledger" not in written


def test_a_changed_ledger_changes_every_page_that_prints_it(small_book):
    small_book.write("index.md", INDEX)
    small_book.build()
    path = small_book.root / "data" / "ledger" / "debt.csv"
    path.write_text(path.read_text("utf-8").replace("地方政府债务限额,Local", "债务的上限,Local"), "utf-8")
    small_book.build()
    assert "债务的上限" in small_book.page("ledger")
    assert "债务的上限" in links(small_book.page("index"), "192.1亿元")[0].get("title")


def test_an_evidence_table_is_written_again_when_an_input_of_its_figures_is_stated_elsewhere(small_book, notebook):
    prose = "# 章\n\n[62.0±0.1亿元](#debt.headroom.total@2023)\n\n```{figures} here\n```"
    small_book.write("chapter.ipynb", notebook({FIGURES_MIME: [computed_record()]}, markdown=prose))
    small_book.write("index.md", INDEX.replace("ledger\n", "ledger\nchapter\n"))
    small_book.build()
    path = small_book.root / "data" / "reports.csv"
    path.write_text(path.read_text("utf-8").replace("债务决议,", "债务的决议,"), "utf-8")
    small_book.build()
    assert "债务的决议第92页" in small_book.page("chapter")


def test_faulty_data_stop_the_build_and_leave_the_last_pages(small_book):
    small_book.write("index.md", INDEX)
    small_book.build()
    before = small_book.page("index")
    path = small_book.root / "data" / "ledger" / "debt.csv"
    path.write_text(path.read_text("utf-8").replace(",192.1,", ",193.1,", 1), "utf-8")
    with pytest.raises(Exception, match=re.compile("debt.csv, row 2: the value is 193.1", re.S)):
        small_book.build()
    assert small_book.page("index") == before


def test_the_evidence_table_lists_what_the_page_prints_and_the_inputs_of_it(small_book, notebook):
    said = "[62.0±0.1亿元](#debt.headroom.total@2023)和[3.9亿元](#debt.interest.total@2023)"
    prose = f"# 章\n\n{said}。\n\n```{{figures}} here\n```"
    small_book.write("chapter.ipynb", notebook({FIGURES_MIME: [computed_record()]}, markdown=prose))
    small_book.write("index.md", INDEX.replace("ledger\n", "ledger\nchapter\n"))
    small_book.build()
    page = html.fromstring(small_book.page("chapter"))
    # links of rows, which are written here, are those that Sphinx writes of prose
    prose, row = page.xpath("//a[@title][contains(., '62.0±0.1亿元')]")
    assert html.tostring(prose, with_tail=False) == html.tostring(row, with_tail=False)
    (table,) = page.xpath("//table")
    rows = [[cell.text_content().strip() for cell in row.iter("td")] for row in table.xpath(".//tbody/tr")]
    assert [row[0] for row in rows] == ["130.1亿元", "3.9亿元", "192.1亿元", "62.0±0.1亿元"]
    assert rows[1][2:] == ["公报所载", "债务说明第97页"]
    assert rows[3][2:] == ["推算", "地方政府债务限额（2023） − 地方政府债务余额（2023-12-31）"]
    assert len(table.xpath(".//tbody/tr[4]/td[4]//a")) == 2


def test_evidence_that_no_page_lists_is_named(small_book, notebook):
    prose = (
        "# 章\n\n[62.0±0.1亿元](#debt.headroom.total@2023)。\n\n```{figures} here\n```\n\n```{figures} computed\n```"
    )
    small_book.write("chapter.ipynb", notebook({FIGURES_MIME: [computed_record()]}, markdown=prose))
    small_book.write("index.md", "# 书\n\n```{toctree}\nchapter\n```\n")
    (small_book.root / "ledger.md").unlink(missing_ok=True)
    small_book.build()
    assert "no figure has the id debt.limit.total@2023, or no page lists it" in small_book.warnings


def test_what_the_ledger_has_no_rows_of_is_told_to_the_author_and_of_what_is_empty_nothing_is_said(small_book):
    small_book.write("ledger.md", "# 总账\n\n```{figures} dept\n```\n\n```{figures} computed\n```\n")
    small_book.write("index.md", "# 书\n\n```{toctree}\nledger\n```\n")
    small_book.build("typst")
    assert "ledger.md:3: WARNING: the ledger has no topic dept" in small_book.warnings
    assert "推算与推断" not in (small_book.root / "_build" / "typst" / "book.typ").read_text("utf-8")


def test_an_external_figure_is_marked(small_book):
    small_book.write("index.md", INDEX + "\n[4927.9679亿元](#external.china.debt.interest.general@2023)\n")
    small_book.build()
    (link,) = links(small_book.page("index"), "4927.9679亿元")
    assert link.find("span").get("class") == "figure-value claim-external"
    assert link.get("title").startswith("外部：")


def in_print(small_book, notebook, listing: str) -> str:
    """The Typst file of a book whose chapter and index print a computed figure."""
    prose = "# 章\n\n[62.0±0.1亿元](#debt.headroom.total@2023)和[192.1亿元](#debt.limit.total@2023)。\n\n" + listing
    small_book.write("chapter.ipynb", notebook({FIGURES_MIME: [computed_record()]}, markdown=prose))
    index = INDEX.replace("ledger\n", "ledger\nchapter\n") + "\n余量[62亿元](#debt.headroom.total@2023)。\n"
    small_book.write("index.md", index)
    small_book.build("typst")
    assert small_book.warnings == ""
    return (small_book.root / "_build" / "typst" / "book.typ").read_text("utf-8")


def test_in_print_a_computed_number_leads_to_its_formula_in_names_and_these_to_the_ledger(small_book, notebook):
    typst = in_print(small_book, notebook, "```{figures} here\n```")
    assert '#link(label("chapter#debt.headroom.total@2023"))[#box[62.0±0.1亿元];];和' in typst
    assert '和#link(label("ledger#debt.limit.total@2023"))[#box[192.1亿元];];。' in typst
    name = '#anchor("chapter#debt.headroom.total@2023");限额余量（2023）#strong[#box[62.0±0.1亿元];]; \\= '
    formula = '#link(label("ledger#debt.limit.total@2023"))[地方政府债务限额]; − '
    assert name + formula + '#link(label("ledger#debt.balance.total@2023-12-31"))[地方政府债务余额];' in typst
    assert "chapter#debt.limit" not in typst


def test_in_print_a_page_without_evidence_table_leads_to_ledger_and_publisher(small_book, notebook):
    typst = in_print(small_book, notebook, "```{figures} here\n```")
    assert '限额#link(label("ledger#debt.limit.total@2023"))' in typst
    assert '余量#link(label("chapter#debt.headroom.total@2023"))' in typst
    assert '#anchor("ledger#debt.headroom' not in typst
    assert "各自列在所在章的证据表中" in typst


def test_in_print_the_ledger_keeps_what_no_evidence_table_lists(small_book, notebook):
    typst = in_print(small_book, notebook, "")
    assert '余量#link(label("ledger#debt.headroom.total@2023"))' in typst
    assert '#anchor("ledger#debt.headroom.total@2023");' in typst
    assert "各自列在所在章的证据表中" not in typst
