"""Charts, tables, formulas and line breaks on the page."""

from __future__ import annotations

import pytest
from lxml import html

from gongbao.chapter import Chapter
from gongbao.figures.bundles import CHART_MIME, TABLE_MIME

INDEX = "# 书\n\n```{toctree}\nledger\nchapter\n```\n"


@pytest.fixture
def chapter_page(small_book, notebook, monkeypatch):
    """The page of a notebook that drew a chart and made a table."""
    chapter = Chapter("debt")
    figures = chapter.frame("debt.limit.{kind}@2023", kind=["general", "special"])
    emitted: list[dict] = []
    monkeypatch.setattr("gongbao.chapter.chapter.publish_display_data", lambda data, metadata: emitted.append(data))
    drawn = figures.plot(kind="bars", height=2)
    chapter.chart(drawn, "limits", title="限额共[192.1亿元](#debt.limit.total@2023)")
    chapter.table("limits", {"债务": ["一般", "专项"], "限额": list(figures)}, title="限额")
    small_book.write("chapter.ipynb", notebook(*emitted))
    small_book.write("index.md", INDEX)
    small_book.build()
    assert small_book.warnings == ""
    return html.fromstring(small_book.page("chapter"))


def test_a_chart_has_title_alt_text_source_and_data(small_book, chapter_page):
    (figure,) = chapter_page.xpath("//figure")
    wide, narrow = figure.iter("svg")
    for drawing in (wide, narrow):
        assert drawing.get("aria-label").startswith("横条图。一般债务限额（2023）104.8亿元；")
        assert {"一般债务", "104.8亿元"} <= {text.text_content() for text in drawing.iter("text")}
        assert next(drawing.iter("title")).text_content() == "一般债务限额（2023）104.8亿元"
    caption = figure.find("figcaption")
    assert "限额共192.1亿元" in caption.text_content()
    assert "公报第92、93、94、96页" in caption.text_content()
    links = {
        link.text_content(): link.get("href")
        for link in caption.xpath(".//div[@class='chart-files docutils container']//a")
    }
    folder = small_book.root / "_build/html"
    assert (folder / links["PNG"]).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert ">104.8亿元</text>" in (folder / links["SVG"]).read_text("utf-8")
    assert links["此图链接"] == f"#{figure.get('id')}"
    data = (folder / links["数据（CSV）"]).read_text("utf-8-sig").splitlines()
    assert data[0].startswith("id,name_zh")
    printed, exact = "104.8亿元,CNY 10.48 billion", "104.8,104.75,104.85"
    assert data[1].startswith(
        f"debt.limit.general@2023,一般债务限额,General debt limit,{printed},{exact},亿元,CNY 100 million,stated"
    )


def test_a_chart_is_a_table_of_its_values_for_those_who_ask(chapter_page):
    (values,) = chapter_page.xpath("//figure//details")
    cells = [[cell.text_content() for cell in row.iter("td")] for row in values.iter("tr")]
    assert [cell for cell in cells if cell] == [
        ["一般债务限额（2023）", "104.8亿元"],
        ["专项债务限额（2023）", "87.3亿元"],
    ]
    assert len(values.xpath(".//a[contains(@href, 'ledger.html#debt.limit')]")) == 2


def test_the_number_in_a_chart_title_is_a_link(chapter_page):
    (link,) = chapter_page.xpath("//figcaption/p/span/a[contains(@class, 'internal')][contains(@href, 'debt.limit')]")
    assert link.get("href") == "ledger.html#debt.limit.total@2023"


def test_a_table_has_a_head_with_units_and_numbers_that_are_links(chapter_page):
    (table,) = chapter_page.xpath("//table[not(ancestor::figure)]")
    assert [cell.text_content().strip() for cell in table.iter("th")] == ["债务", "限额（亿元）"]
    assert [link.text_content() for link in table.iter("a") if "debt.limit" in link.get("href")] == ["104.8", "87.3"]
    assert {cell.get("class") for cell in table.xpath(".//td[2]")} == {"text-right"}


def test_in_english_a_unit_is_named_once_and_no_part_of_a_word_names_it(small_book, notebook):
    heads = [{"head": head, "zh": unit, "en": unit} for head, unit in (("Upper bound", "pp"), ("Pages", "pages"))]
    made = {"name": "heads", "title": "Heads", "heads": heads, "rows": [["1", "2"]], "numeric": [True, True]}
    small_book.write("chapter.ipynb", notebook({TABLE_MIME: made}))
    small_book.write("index.md", INDEX)
    small_book.build(language="en")
    heads = html.fromstring(small_book.page("chapter")).xpath("//th")
    assert [head.text_content().strip() for head in heads] == ["Upper bound (pp)", "Pages"]


def test_only_the_book_form_of_an_output_is_on_the_page(chapter_page):
    assert CHART_MIME not in html.tostring(chapter_page, encoding="unicode")
    assert TABLE_MIME not in html.tostring(chapter_page, encoding="unicode")
    assert len(chapter_page.xpath("//table[not(ancestor::figure)]")) == 1


def test_a_picture_that_is_gone_since_the_last_build_is_removed(small_book):
    folder = small_book.root / "_build" / "html" / "_images"
    (small_book.root / "one.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>', "utf-8")
    small_book.write("index.md", "# 图\n\n![一点](one.svg)\n\n```{toctree}\nledger\n```\n")
    small_book.build()
    assert [path.name for path in folder.iterdir()] == ["one.svg"]
    small_book.write("ledger.md", "# 总账\n")
    small_book.build()
    assert [path.name for path in folder.iterdir()] == ["one.svg"], "the page that shows it is not written again"
    small_book.write("index.md", "# 图\n\n```{toctree}\nledger\n```\n")
    small_book.build()
    assert not [*folder.iterdir()]


def test_line_breaks_between_chinese_leave_no_space(small_book):
    small_book.write("chapter.md", "# 章\n\n第一句。\n第二句，见`code`\n之后。\nTwo English\nlines.\n")
    small_book.write("index.md", INDEX)
    small_book.build()
    text = html.fromstring(small_book.page("chapter")).xpath("//section")[0].text_content()
    assert "第一句。第二句，见code之后。Two English\nlines." in text


def test_line_breaks_in_code_stay(small_book):
    small_book.write("chapter.md", "# 章\n\n```\n甲\n乙\n```\n")
    small_book.write("index.md", INDEX)
    small_book.build()
    assert "甲\n乙" in html.fromstring(small_book.page("chapter")).text_content()


def test_formulas_need_no_script(small_book):
    small_book.write("chapter.md", "# 章\n\n行内$D_0$与\n\n$$\\frac{I}{2}$$\n")
    small_book.write("index.md", INDEX)
    small_book.build()
    page = html.fromstring(small_book.page("chapter"))
    assert len(page.xpath("//math")) == 2
    assert len(page.xpath("//mfrac")) == 1
    assert not [script for script in page.iter("script") if "math" in (script.get("src") or "").lower()]


FORMULAS = r"""# 书

\begin{pmatrix}
a
\end{pmatrix}

\begin{align}
a &= b
\end{align}

$$ b = c $$ (law)

见[(1)](#equation-law)。
"""


def test_only_formulas_with_a_label_have_a_number_and_one_that_cannot_be_shown_is_named(small_book):
    small_book.write("index.md", FORMULAS)
    small_book.build(myst_enable_extensions=["dollarmath", "amsmath"], numfig=True)
    page = html.fromstring(small_book.page("index"))
    assert page.xpath("//*[starts-with(@id, 'equation-')]/@id") == ["equation-law"]
    assert [number.text_content() for number in page.find_class("eqno")] == ["(1)"]
    assert "index.md:7: WARNING: formula" in small_book.warnings
    assert 'Environment "align" not supported!' in small_book.warnings
    assert "make numbers" not in small_book.warnings
