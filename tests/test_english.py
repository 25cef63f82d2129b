"""The English edition: the same pages and the same figures as the Chinese one, in English, one click away."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from building import PROJECT, Built
from lxml import etree, html
from pypdf import PdfReader

from gongbao.ledger.rows import Ledger, load_units

HAN = re.compile("[\u3400-\u9fff]")
IDENTIFIER = re.compile(r"\b[a-z]+(?:\.[a-z0-9-]+){2,}|\b[a-z]+\.[a-z-]+@")
NOT_ENGLISH = re.compile(
    # Chinese units, and a currency on both sides
    r"\b(?:yi|wan|qianwan)\b.{0,20}|\bCNY [−0-9.,±]+(?: [mb]illion)? yuan"
    # one of many, and a noun that unit and sentence both have
    r"|(?<![0-9.,±–-])(?<!to )1 (?!less\b|series\b|was\b|is\b|has\b)[a-z]+s\b|[0-9] ([a-z]{3,}) \1\b"
    # a counter in the place of what is counted
    r"|\b[0-9]+ (?:item/|entities/)"
)
# a phrase of the gazette may have quotation marks of its own, not always both
BRACKETS = re.compile(r"\([^()]*\)|“.*”", re.S)


@cache
def site(folder: Path) -> dict[str, html.HtmlElement]:
    """The pages of an edition by their paths in it."""
    found = {}
    for path in sorted(folder.rglob("*.html")):
        parts = path.relative_to(folder).parts
        # index.html only leads to the first page; the site has one page for wrong addresses
        if not {"_static", "en"} & set(parts) and parts not in {("index.html",), ("404.html",)}:
            found[path.relative_to(folder).as_posix()] = html.fromstring(path.read_bytes())
    return found


@pytest.fixture(scope="module")
def chinese(built: Built) -> dict[str, html.HtmlElement]:
    return site(built.html)


@pytest.fixture(scope="module")
def english(built: Built) -> dict[str, html.HtmlElement]:
    return site(built.html / "en")


def figures(page: html.HtmlElement) -> dict[str, set[str]]:
    """The figures that a page links to, by the ids of their rows, with the digits that it prints for them.

    Where the point stands, and how many zeros, depends on the unit, which the editions do not share.
    """
    found: dict[str, set[str]] = {}
    for link in page.xpath("//article//a[span[contains(@class, 'figure-value')]][@title]"):
        number = re.search(r"[−-]?\d+(?:[.,]\d+)*(?:±\d+(?:[.,]\d+)*)?", link.text_content())
        digits = [re.sub("[^−0-9]", "", part).strip("0") for part in number[0].split("±")] if number else []
        found.setdefault(urldefrag(link.get("href"))[1], set()).add("±".join(digits))
    return found


# --- the same book


def test_both_editions_have_the_same_pages(chinese, english):
    assert english.keys() == chinese.keys()
    assert len(english) > 20


def test_both_editions_link_the_same_figures_with_the_same_numbers(chinese, english):
    linked = 0
    # a fifteenth of a hectare has other digits in English, and words may have some
    other = {row.id for row in Ledger.load().rows if row.unit.symbol in ("亩", "文字")}
    for name, page in chinese.items():
        there, here = figures(page), figures(english[name])
        assert here.keys() == there.keys(), name
        for id, numbers in here.items():
            # what a sentence needs twice in one language, it may need in two forms in the other
            assert numbers & there[id] or id in other, (name, id)
        linked += len(here)
    assert linked > 1000


IDS = "//article//@id[not(ancestor::svg)]"
"""Addresses; what a drawing refers to within itself has ids, too."""


def test_addresses_are_the_same_in_both_editions(chinese, english):
    for name, page in chinese.items():
        # works are sorted by the names of their authors
        assert sorted(english[name].xpath(IDS)) == sorted(page.xpath(IDS)), name


def test_every_link_of_the_english_edition_leads_somewhere(built, english):
    ids = {name: {*page.xpath("//@id"), ""} for name, page in english.items()}
    root = built.html / "en"
    broken = []
    for name, page in english.items():
        for href in page.xpath("//a/@href"):
            file, fragment = urldefrag(href)
            if re.match("[a-z]+:", href):
                continue
            if file.endswith(".pdf"):
                assert href.getparent().xpath("ancestor::*[@class='printed']"), (name, href)
                continue
            target = (root / name).parent.joinpath(unquote(file)).resolve() if file else root / name
            place = target.relative_to(root).as_posix() if target.is_relative_to(root) else ""
            if not target.exists() or (place in ids and unquote(fragment) not in ids[place]):
                broken.append((name, href))
    assert broken == []


def test_the_card_has_the_number_as_the_chinese_edition_prints_it(built):
    folder = Path("_static", "figures", "notebooks", "debt.js")
    english, chinese = (place.joinpath(folder).read_text("utf-8") for place in (built.html / "en", built.html))
    assert "CNY\\u00a012.68\\u00a0billion" in english or "CNY\u00a012.68\u00a0billion" in english
    assert 'In the Chinese edition: <span lang=\\"zh\\">126.8' in english
    assert "中文版印作" not in chinese


def test_every_figure_has_an_english_name(english):
    rows = english["book/ledger.html"].xpath("//table//tr[@id]")
    names = [row.xpath("string(./td[1]//*[@class='figure-name'])").strip() for row in rows]
    assert len(names) > 1500
    # sentence case; only names such as “eBay” begin otherwise
    assert [name for name in names if IDENTIFIER.search(name) or not re.match(r"[A-Z0-9“]", name)] == []


def test_the_ledger_is_filtered_by_whole_units_and_sorts_what_is_in_words_last(built, browser):
    page = browser.new_page()
    page.goto((built.html / "en/book/ledger.html").as_uri())
    units = page.get_by_label("Unit")
    words = units.locator("option").all_inner_texts()
    assert {"CNY 100 million (亿元)", "percent (%)"} <= set(words)
    assert not [word for word in words if NOT_ENGLISH.search(word)]
    value = page.get_by_role("columnheader", name="Value").get_by_role("button")
    for _order in ("ascending", "descending"):
        value.press("Enter")
        shown = page.locator("table.ledger tbody tr").evaluate_all("(rows) => rows.map((row) => row.dataset.value)")
        assert len(shown) == 50
        assert all(shown)
    page.close()


def test_the_data_have_keys_that_join_and_english_words(built):
    folder = built.html / "en" / "data"
    (place,) = folder.glob("*.sqlite")
    with closing(sqlite3.connect(place)) as database:
        apart = "SELECT count(*) FROM ledger JOIN figures USING (id) WHERE ledger.unit != figures.unit"
        assert database.execute(apart).fetchone() == (0,)
        joined = "SELECT DISTINCT unit_en FROM chart_data JOIN units USING (unit) WHERE unit = '亿元'"
        assert database.execute(joined).fetchall() == [("CNY 100 million",)]
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            for column in (name for name in columns if name.endswith("_en") and name != "meaning_en"):
                words = database.execute(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL").fetchall()
                assert [word for (word,) in words if NOT_ENGLISH.search(str(word))] == [], (table, column)
        sources = database.execute("SELECT source_en FROM chart_data WHERE source LIKE '%第93页%'").fetchall()
    assert sources
    assert not [source for (source,) in sources if HAN.search(source)]


# --- the switch


def test_the_switch_of_each_page_leads_to_the_same_page_in_the_other_language(built, chinese, english):
    for folder, pages, language, there in (
        (built.html, chinese, "en", built.html / "en"),
        (built.html / "en", english, "zh", built.html),
    ):
        for name, page in pages.items():
            (switch,) = page.xpath("//a[contains(@class, 'language-switch')]")
            assert (switch.get("lang"), switch.get("hreflang")) == (language, language)
            assert (folder / name).parent.joinpath(switch.get("href")).resolve() == (there / name).resolve()
            assert page.xpath("//head/link[@hreflang]") == [], "search engines take whole addresses only"
            assert page.get("lang", "").startswith("en" if language == "zh" else "zh")


def test_the_page_for_wrong_addresses_leads_to_the_first_page_of_the_other_edition(built):
    (switch,) = built.page("404.html").xpath("//a[contains(@class, 'language-switch')]")
    assert switch.get("href") == "/en/index.html"
    assert (built.html / "en" / "index.html").exists()


def test_the_switch_keeps_the_place(built, browser):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto((built.html / "notebooks/debt.html").as_uri() + "#fig-debt-repayment")
    page.wait_for_load_state("load")
    # a click of the mouse would first scroll to the switch, which hides while one reads on
    page.evaluate("document.querySelector('a.language-switch').click()")
    page.wait_for_url(re.compile("/en/notebooks/debt.html"))
    assert page.url.endswith("#fig-debt-repayment")
    page.close()


def test_the_switch_keeps_the_view_of_the_ledger_and_the_row(built, browser):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto((built.html / "book/ledger.html").as_uri() + "?claim=external&unit=亿元&sort=-value")
    rows = page.locator("table.ledger tbody tr").evaluate_all("(rows) => rows.map((row) => row.id)")
    page.evaluate("(id) => location.hash = id", rows[-1])
    page.evaluate("document.querySelector('a.language-switch').click()")
    page.wait_for_url(re.compile("/en/book/ledger.html"))
    assert page.locator("tr:target").get_attribute("id") == rows[-1]
    assert page.locator("table.ledger tbody tr").evaluate_all("(rows) => rows.map((row) => row.id)") == rows
    page.close()


def test_the_switch_needs_no_script(built, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((built.html / "en/book/glossary.html").as_uri())
    page.locator("a.language-switch").first.click()
    page.wait_for_url("**/html/book/glossary.html")
    context.close()


# --- in English


def said(page: html.HtmlElement) -> str:
    """What a page says in English, without code and the ids of figures."""
    hidden = "ancestor-or-self::*[self::script or self::style or self::pre or self::code or @lang='zh' or self::math]"
    texts = page.xpath(f"//article//text()[not({hidden})][not(ancestor::*[contains(@class, 'figure-id')])]")
    return re.sub(r"\s+", " ", "".join(map(str, texts)))


def foreign(page: html.HtmlElement) -> set[str]:
    """The Chinese of a page that is neither marked as Chinese nor in brackets or quotation marks, nor code."""
    found = set()
    for element in page.iter(etree.Element):
        around = [element, *element.iterancestors()]
        if any(e.get("lang", "").startswith("zh") or e.tag in ("pre", "script") for e in around):
            continue
        texts = [element.text, *(child.tail for child in element)]
        texts += [element.get(name) for name in ("alt", "title", "aria-label", "placeholder", "content")]
        found |= {text.strip()[:80] for text in texts if text and HAN.search(BRACKETS.sub("", text))}
    return found


def test_no_page_is_left_in_chinese(english):
    left = {name: texts for name, page in english.items() if (texts := foreign(page))}
    assert left == {}


def test_drawings_are_in_english(built):
    for path in sorted((built.html / "en" / "_images").glob("*.svg")):
        drawing = path.read_text("utf-8")
        assert not HAN.search(drawing), path
        # letters are paths; what they say stands in comments
        assert not NOT_ENGLISH.search(" ".join(re.findall("<!-- (.*?) -->", drawing, re.S))), path


def test_units_are_english_on_every_page(english):
    found = {name: [match[0] for match in NOT_ENGLISH.finditer(said(page))] for name, page in english.items()}
    assert {name: places for name, places in found.items() if places} == {}


def test_every_count_is_of_something(built):
    """No “12” or “12 items” where the Chinese has 12件; errors of counts are of nothing."""
    units = load_units()
    records = json.loads((built.root / "_build" / "results.json").read_text("utf-8"))["records"]
    counts = {
        id: record["en"]["text"]
        for id, record in records.items()
        if any(units[part].counts for part in record["unit"].split("/") if part in units)
    }
    assert len(counts) > 500
    bare = [id for id, text in counts.items() if not re.search("[a-z]", text) and ".caught." not in id]
    assert bare == []


def test_notes_of_charts_name_the_scale_of_the_largest_number(built, english):
    results = json.loads((built.root / "_build" / "results.json").read_text("utf-8"))
    scales = []
    for name, chapter in results["chapters"].items():
        for chart in chapter["charts"]:
            drawn = (results["records"][id] for id in chart["uses"])
            sized = [(float(one["high"]) * one["factor"], one["en"]["text"]) for one in drawn if one["unit"] != "文字"]
            scale = re.findall("[mb]illion", max(sized)[1])
            note = english[f"{name}.html"].xpath(f"string(//figure[@id='fig-{chart['name']}']//figcaption)")
            assert re.findall("[mb]illion", note.partition("Unit: ")[2].partition(".")[0]) == scale, (
                chart["name"],
                note,
            )
            scales += scale
    assert {"million", "billion"} <= set(scales)


def test_files_to_download_have_english_titles(built):
    sums = (built.html / "en" / "data" / "SHA256SUMS").read_text("utf-8")
    assert "shudu-qingpu.xlsx" in sums
    rows = html.fromstring((built.html / "en" / "book" / "downloads.html").read_bytes()).xpath("//article//tbody/tr")
    assert len(rows) > 50


# --- printed


@pytest.fixture(scope="module")
def pdf(built) -> PdfReader:
    done = built.build_editions("pdf", "en")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert (built.html / "en" / "qingpu-in-figures.pdf").exists(), "the pages have it for download"
    return PdfReader(built.root / "_build" / "pdf" / "qingpu-in-figures.pdf")


def test_the_printed_book_is_in_english(pdf):
    assert pdf.trailer["/Root"]["/Lang"] == "en"
    assert pdf.metadata.title == "Qingpu in Figures"
    first = [re.sub(r"\s+", " ", page.extract_text()) for page in pdf.pages[:40]]
    text = " ".join(first)
    assert "Version 3.0.0" in first[0]
    assert "License Text, charts, and data" in first[0]
    for words in ("Contents", "Chapter 1 Local government debt", "Table 1.1", "Figure 1.1", "CNY 12.68 billion"):
        assert words in text, words
    assert "目录" not in text
    assert not NOT_ENGLISH.search(text)
    assert "](#" not in text


def test_the_printed_book_is_no_longer_than_it_need_be_and_breaks_no_amount(pdf):
    assert len(pdf.pages) <= 145
    text = "\n".join(page.extract_text() for page in pdf.pages)
    assert "CNY\xa019.21\xa0billion" in text
    assert re.findall(r"CNY\xa0(?:[\d.,±]+\xa0)?\n.*", text) == []  # names may break, numbers do not


# --- described


def test_both_readmes_name_the_same_commands():
    def commands(name: str) -> list[str]:
        text = (PROJECT / name).read_text("utf-8")
        found = re.findall(r"`(make [^`]+)`", text)
        blocks = re.findall(r"```shell\n(.*?)```", text, re.S)
        return sorted(found) + [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]

    assert commands("README.md") == commands("README.zh-CN.md")
    assert "make messages" in commands("README.md")


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md", "CITATION.cff", "LICENSE", "locale/en/_config.yml"])
def test_the_book_has_one_english_title(name):
    text = (PROJECT / name).read_text("utf-8")
    assert "Qingpu in Figures" in text
    assert "Reading Qingpu" not in text
