"""The book as its readers get it: built once from a copy of the project, read back as HTML, PDF and in a browser."""

from __future__ import annotations

import hashlib
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from itertools import combinations
from pathlib import Path
from urllib.parse import unquote, urldefrag

import duckdb
import nbformat
import openpyxl
import pylopdf_fonts_zh_cn
import pytest
import yaml
from building import PROJECT, Built, copy_project
from lxml import html
from PIL import ImageFont
from pypdf import PdfReader

CHAPTERS = sorted(path.stem for path in (PROJECT / "notebooks").glob("*.ipynb"))
FACE = ImageFont.truetype(str(pylopdf_fonts_zh_cn.sans_path()), 100)
"""The font of charts."""

each_chapter = pytest.mark.parametrize("chapter", CHAPTERS)


@pytest.fixture(scope="module")
def pdf(built) -> PdfReader:
    done = built.build_editions("pdf")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return PdfReader(built.root / "_build" / "pdf" / "shudu-qingpu.pdf")


def pages(built: Built) -> Iterator[tuple[Path, html.HtmlElement]]:
    """The pages of the Chinese edition; those of the other are in test_english.py."""
    for path in sorted(built.html.rglob("*.html")):
        if not {"_static", "en"} & set(path.relative_to(built.html).parts):
            yield path, html.fromstring(path.read_bytes())


def article(page: html.HtmlElement) -> html.HtmlElement:
    (found,) = page.xpath("//article")
    return found


# --- HTML


def test_every_internal_link_leads_somewhere(built):
    ids = {path: {*page.xpath("//@id"), ""} for path, page in pages(built)}
    broken = []
    for path, page in pages(built):
        for href in page.xpath("//a/@href"):
            if re.match("[a-z]+:", href):
                continue
            file, fragment = urldefrag(href)
            # a page that answers any address has links from the root of the site
            folder = built.html if file.startswith("/") else path.parent
            target = folder.joinpath(unquote(file).lstrip("/")).resolve() if file else path
            if "en" in target.relative_to(built.html).parts[:1] and target.exists():
                continue  # the places in it are in test_english.py
            if target.suffix == ".pdf":
                # `make pdf` puts it there; until then, the style sheet hides what leads to it
                assert href.getparent().xpath("ancestor::*[@class='printed']"), (path.name, href)
                continue
            if not target.exists() or (target.suffix == ".html" and unquote(fragment) not in ids[target]):
                broken.append((path.name, href))
    assert broken == []


def test_every_section_has_an_address_in_words_and_every_address_is_used(built):
    given = yaml.safe_load((PROJECT / "book" / "addresses.yaml").read_text("utf-8"))
    wanted, found = {page: set(titles) for page, titles in given.items() if page != "every page"}, {}
    for path, page in pages(built):
        ids = page.xpath("//article//@id")
        assert len(ids) == len(set(ids)), path.name
        sections = page.xpath("//article//section/@id")
        assert [id for id in sections if re.fullmatch(r"(id|section-)\d+", id)] == [], path.name
        found[path.relative_to(built.html).with_suffix("").as_posix()] = set(sections)
    assert {page: addresses - found[page] for page, addresses in wanted.items() if addresses - found[page]} == {}


@pytest.mark.parametrize("folder", ["", "en/"])
def test_what_prose_cites_a_work_by_is_its_label_in_the_list(built, folder):
    labels = [
        label.text_content() for label in built.page(f"{folder}book/bibliography.html").xpath("//*[@class='label']")
    ]
    assert len(set(labels)) == len(labels) > 25
    assert sorted(labels, key=str.casefold) == labels
    cited = {
        " ".join(link.text_content().split())
        for chapter in CHAPTERS
        for link in built.page(f"{folder}notebooks/{chapter}.html").xpath("//a[contains(@href, 'bibliography.html#')]")
    }
    assert len(cited) > 20
    assert {f"[{words}]" for words in cited} <= set(labels)


def test_the_dictionary_explains_every_column_in_the_language_of_the_edition(built):
    for folder, explained in (
        ("", re.compile("[\u4e00-\u9fff]")),
        ("en/", re.compile("^[^\u4e00-\u9fff]+$|提前达到目标|预期性")),
    ):
        cells = built.page(f"{folder}book/dictionary.html").xpath("//article//tbody/tr/td[3]")
        assert len(cells) > 60
        assert [cell.text_content() for cell in cells if not explained.search(cell.text_content())] == []


@pytest.fixture(scope="module")
def rows(built) -> set[str]:
    """The addresses of all rows of the ledger page."""
    return set(built.page("book/ledger.html").xpath("//tr//@id"))


@each_chapter
def test_every_number_of_a_chapter_leads_to_its_row_and_says_where_it_is_from(built, rows, chapter):
    page = article(built.page(f"notebooks/{chapter}.html"))
    numbers = [link for link in page.iter("a") if link.xpath("span[contains(@class, 'figure-value')]")]
    assert len(numbers) > 50
    for link in numbers:
        page, id = urldefrag(link.get("href"))
        assert page == "../book/ledger.html"
        assert id in rows
        title = link.get("title")
        if title is None:  # the name of a figure in a formula
            assert link.text_content().endswith("）")  # with its period
            continue
        assert re.match("(公报所载|推算|推断|外部)：", title)
        if title.startswith("公报所载"):
            assert re.search(r"第\d+页“", title), title


@each_chapter
def test_a_chapter_begins_with_findings_and_what_to_ask_and_ends_with_how_sure_it_is_and_evidence(built, chapter):
    page = article(built.page(f"notebooks/{chapter}.html"))
    (box,) = page.xpath(".//div[contains(@class, 'findings')]")
    assert "？" in "".join(paragraph.text_content() for paragraph in box.xpath("preceding-sibling::p"))
    with_numbers = [li for li in box.iter("li") if li.xpath(".//a/span[contains(@class, 'figure-value')]")]
    assert 3 <= len(with_numbers) <= 6
    headings = [heading.text_content().strip("#¶ ") for heading in page.iter("h2")]
    (questions,) = page.xpath(".//div[contains(@class, 'questions')]")
    asked = [item.text_content().strip() for item in questions.iter("li")]
    assert 2 <= len(asked) <= 4
    # each to an office
    assert all(re.match("[^，。？：]{2,40}：", question) for question in asked), asked
    # findings stand by themselves; what rounding leaves open is said in the argument
    assert "±" not in box.text_content()
    assert any("有多大把握" in heading for heading in headings)
    assert any("证据表" in heading for heading in headings)


@each_chapter
def test_the_front_page_leads_to_the_chapter_with_a_picture_and_its_numbers(built, chapter):
    cards = built.page("book/index.html").xpath("//div[contains(@class, 'overview')]/div")
    (card,) = [card for card in cards if f"../notebooks/{chapter}.html" in card.xpath(".//a/@href")]
    (picture,) = card.iter("svg")
    assert re.search(r"\d", picture.get("aria-label"))
    assert 2 <= len(card.xpath(".//dt//a[span[contains(@class, 'figure-value')]]")) <= 3


COMPUTED = ["69.0±0.2亿元", "61.1±0.2亿元", "62.0±0.1亿元", "3.04±0.05%", "778±3亿元"]


DEBT = [("debt", number) for number in ["126.8亿元", "130.1亿元", "192.1亿元", *COMPUTED]]
# a bound, and what exceeds it, with the same digits in either chapter
BOUND = [("economy", "16.6"), ("economy", "16.6个百分点"), ("crosschecks", "2.5个百分点")]


@pytest.mark.parametrize(("chapter", "number"), [*DEBT, *BOUND])
def test_the_numbers_of_the_chapter(built, chapter, number):
    links = built.page(f"notebooks/{chapter}.html").xpath("//a[span[contains(@class, 'figure-value')]]")
    assert number in {link.text_content() for link in links}


def size_of(text: html.HtmlElement) -> float:
    """The size of a text of a chart in points; its own, or that of the drawing."""
    return float(text.xpath("ancestor-or-self::*/@font-size")[-1].removesuffix("px"))


def text_boxes(drawing: html.HtmlElement) -> Iterator[tuple[str, float, float, float, float]]:
    """Each text of a chart with the ends of its box, left, top, right, bottom, in points."""
    for text in drawing.iter("text"):
        size = size_of(text)
        width = FACE.getlength(text.text) * size / FACE.size
        moved = re.findall(r"-?[\d.]+", text.get("transform", ""))
        x, y = (float(one) for one in moved or (text.get("x"), text.get("y")))
        x -= {"start": 0, "middle": width / 2, "end": width}[text.get("text-anchor", "start")]
        yield text.text, x, y - 0.78 * size, x + width, y + 0.1 * size


@each_chapter
@pytest.mark.parametrize("edition", ["", "en/"])
def test_no_text_of_a_chart_touches_another_or_ends_at_the_edge_or_is_too_small_for_a_phone(built, chapter, edition):
    for drawing in built.page(f"{edition}notebooks/{chapter}.html").iter("svg"):
        width, height = (float(side) for side in drawing.get("viewbox").split()[2:])
        boxes = list(text_boxes(drawing))
        for text, left, top, right, bottom in boxes:
            assert left > -1, text
            assert right < width + 1, text
            assert top > -1, text
            assert bottom < height + 1, text
        for (one, *a), (other, *b) in combinations(boxes, 2):
            apart = a[0] > b[2] - 0.5 or b[0] > a[2] - 0.5 or a[1] > b[3] - 0.5 or b[1] > a[3] - 0.5
            assert apart, f"{one} / {other}"
        if "narrow" in drawing.get("class"):
            # where a screen of 360 pixels leaves 328 to the text
            sizes = {size_of(text) for text in drawing.iter("text")}
            assert min(sizes) * 328 / width >= 11


@each_chapter
def test_charts_say_what_they_show(built, chapter):
    figures = article(built.page(f"notebooks/{chapter}.html")).xpath(".//figure")
    assert figures
    for figure in figures:
        wide, narrow = figure.iter("svg")
        assert wide.get("aria-label") == narrow.get("aria-label")
        assert re.search(r"\d", wide.get("aria-label"))
        text = figure.text_content()
        assert re.search(r"图 \d+\.\d", text)
        assert "单位：" in text
        assert re.search(r"来源：(公报第[\d、]+页|外部|作者推算)", text)
        download, *_pictures = figure.xpath(".//a[contains(@class, 'download')]/@href")
        data = (built.html / "notebooks" / download).resolve().read_text("utf-8").splitlines()
        assert len(data) > 2


def offered(built: Built) -> dict[str, tuple[str, str]]:
    """The files of the page of downloads with the sizes and digests that it states."""
    found = {}
    for row in built.page("book/downloads.html").xpath("//article//tbody/tr"):
        (href,) = row.xpath(".//a/@href")
        size, digest = (cell.text_content().strip() for cell in row.xpath("td")[2:])
        found[href] = (size, digest)
    return found


def test_the_page_of_downloads_lists_every_file_with_its_size_and_digest(built):
    stated = offered(built)
    files = {f"../{path.relative_to(built.html)}": path for path in (built.html / "data").rglob("*") if path.is_file()}
    assert stated.keys() == files.keys()
    for href, path in files.items():
        data = path.read_bytes()
        assert stated[href] == (f"{len(data):,}", hashlib.sha256(data).hexdigest())


def test_each_chart_has_a_sheet_that_leads_back_and_a_file_of_its_data(built):
    charts = {}
    for chapter in CHAPTERS:
        for figure in article(built.page(f"notebooks/{chapter}.html")).xpath(".//figure[.//svg]"):
            href, *_pictures = figure.xpath(".//a[contains(@class, 'download')]/@href")
            charts[Path(href).stem] = f"..\\notebooks\\{chapter}.html"
            assert figure.xpath(".//a[text()='其他格式' or .//*[text()='其他格式']]/@href") == [
                "../book/downloads.html"
            ]
    book = openpyxl.load_workbook(built.html / "data" / "shudu-qingpu.xlsx")
    assert sorted(book.sheetnames) == sorted([*charts, "目录", "总账"])
    assert [row[0] for row in book["目录"].values] == ["工作表", *book.sheetnames[1:]]
    for name, *_, back in book["目录"].iter_rows(min_row=3):
        assert (back.hyperlink.target, back.hyperlink.location) == (charts[name.value], f"fig-{name.value}")


def test_a_chapter_ends_with_links_to_its_data(built):
    for chapter in CHAPTERS:
        (heading,) = [
            h for h in article(built.page(f"notebooks/{chapter}.html")).iter("h2") if "数据下载" in h.text_content()
        ]
        links = heading.getparent().xpath(".//a/@href")
        assert "../data/shudu-qingpu.xlsx" in links
        assert "../book/downloads.html" in links


def test_charts_and_figures_give_one_number_for_one_id(built):
    with closing(sqlite3.connect(built.html / "data" / "shudu-qingpu.sqlite")) as database:
        pairs = "chart_data AS drawn JOIN figures AS given USING (id)"
        differs = " OR ".join(f"drawn.{column} IS NOT given.{column}" for column in ("value", "low", "high", "claim"))
        assert database.execute(f"SELECT count(*) FROM {pairs}").fetchone()[0] > 100
        assert database.execute(f"SELECT id FROM {pairs} WHERE {differs}").fetchall() == []


def test_the_example_queries_of_the_page_run(built, monkeypatch):
    queries = re.findall(r"```sql\n(.*?)```", (PROJECT / "book/downloads.md").read_text("utf-8"), re.S)
    assert len(queries) > 2
    monkeypatch.chdir(built.html / "data")
    connection = sqlite3.connect("shudu-qingpu.sqlite")
    for query in queries:
        run = duckdb.sql if "parquet" in query else connection.execute
        assert run(query).fetchall(), query
    connection.close()


@each_chapter
def test_code_is_folded_and_not_removed(built, chapter):
    notebook = nbformat.read(PROJECT / "notebooks" / f"{chapter}.ipynb", as_version=4)
    folded = [cell for cell in notebook.cells if "hide-input" in cell.metadata.get("tags", ())]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    page = article(built.page(f"notebooks/{chapter}.html"))
    assert len(page.xpath(".//details[contains(@class, 'hide')]//pre")) == len(folded)
    assert len(page.xpath(".//div[contains(@class, 'cell_input')]")) == len(code)


def test_no_role_or_identifier_is_left_as_text(built):
    for path, page in pages(built):
        for body in page.xpath("//article//*[self::p or self::li or self::td or self::figcaption]"):
            assert not re.search(r"\{(val|num|pm|range|eq|doc|cite)[:}]", body.text_content()), path


def test_every_page_says_which_version_of_which_day_it_is(built):
    for path, page in pages(built):
        if page.xpath("//article"):
            assert re.search(
                r"版本\d+\.\d+\.\d+，2023-11-14", " ".join(footer.text_content() for footer in page.iter("footer"))
            ), path


def test_chinese_lines_are_joined_without_spaces(built):
    for path, page in pages(built):
        for paragraph in page.xpath(
            "//article//p[not(ancestor::table) and not(ancestor::ul[contains(@class, 'gazette-figures')])]"
        ):
            assert not re.search(r"[\u4e00-\u9fff，。；：、]\s+[\u4e00-\u9fff]", paragraph.text_content()), path


# --- in a browser


def test_a_number_is_followed_to_its_row_in_the_browser(built, browser):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto((built.html / "notebooks/debt.html").as_uri())
    page.get_by_role("link", name="126.8亿元").first.click()
    page.wait_for_url("**/ledger.html#debt.balance.total@2022-12-31")
    row = page.locator("tr[id='debt.balance.total@2022-12-31']")
    assert "债务说明第96页" in row.inner_text()
    assert row.is_visible()
    page.close()


# --- PDF


@cache  # reading all pages takes several seconds
def pdf_text(pdf: PdfReader) -> str:
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pdf.pages))


def test_the_pdf_holds_the_chapter_in_chinese(pdf):
    text = pdf_text(pdf)
    for words in (
        "地方政府债务",
        "增加的是一般债务",
        "公报没有印出",
        "数据总账",
        "126.8亿元",
        "69.0±0.2亿元",
    ):
        assert words in text
    assert "\ufffd" not in text
    # the page on notebooks shows how a link is written
    assert "](#" not in re.sub(r"\[\]\(#debt\.(?:limit\.total|repaid-of-opening\.[a-z]+)@2023\)", "", text)


def test_the_pdf_has_its_fonts_outline_and_language(pdf):
    fonts = {}
    for page in pdf.pages:
        fonts |= page["/Resources"].get("/Font", {})
    for font in fonts.values():
        for descendant in font.get_object().get("/DescendantFonts", [font]):
            descriptor = descendant.get_object()["/FontDescriptor"].get_object()
            assert any(key.startswith("/FontFile") for key in descriptor), descriptor.get("/FontName")
    titles = [entry.title for entry in pdf.outline if not isinstance(entry, list)]
    assert any("财政与资产" in title or "地方政府债务" in title for title in titles + _nested(pdf.outline))
    assert str(pdf.trailer["/Root"]["/Lang"]).startswith("zh")
    assert "数读青浦" in pdf.metadata.title
    assert pdf.metadata.author
    assert "公报" in pdf.metadata["/Keywords"]
    assert "20231114" in pdf.metadata["/CreationDate"]
    assert re.search(r"版本\S+2023年11月14日", re.sub(r"\s", "", pdf.pages[0].extract_text()))
    assert 120 <= len(pdf.pages) <= 140


def test_the_pages_of_the_pdf_are_full_but_at_the_ends_of_chapters(pdf):
    top, bottom = pdf.pages[0].mediabox.height - 70.9, 59.5  # 25 and 21 mm
    starts = {pdf.get_destination_page_number(item) for item in _outline(pdf.outline, depth=2)}
    short = []
    for number, page in enumerate(pdf.pages[:-1]):
        heights = []

        def look(text, cm, tm, font, size, heights=heights):
            height = cm[5] + tm[5] * cm[3]
            heights.extend([height] if text.strip() and bottom - 3 < height < top + 12 else [])

        page.extract_text(visitor_text=look)
        if number + 1 not in starts and (top - min(heights, default=top)) / (top - bottom) < 0.75:
            short.append(number + 1)
    assert len(short) <= len(pdf.pages) / 20, short


def test_no_section_of_the_pdf_is_empty(pdf):
    """Such as that of the files to download, which are on the web."""
    assert not [title for title in _nested(pdf.outline) if title.endswith("数据下载")]


def test_a_search_for_a_number_with_its_unit_finds_it_in_the_pdf(pdf):
    text = "\n".join(page.extract_text() for page in pdf.pages)
    assert "192.1亿元" in text
    assert re.findall(r".*\d +(?:亿元|亿美元|个百分点|万平方米|家|件)", text) == []
    # nor does a line end within it
    assert re.findall(r".*\d\n(?:亿元|亿美元|个百分点)", text) == []


def test_the_pdf_lists_computed_numbers_with_formulas_in_names(pdf):
    text = pdf_text(pdf)
    assert "一般债务限额余量（2022）35.7±0.1亿元=一般债务限额−一般债务余额。同式：" in text
    evidence = [line for line in text.split("。") if "同式：" in line]
    assert len(evidence) > 100
    assert not [line for line in evidence if re.search(r"[a-z]+\.[a-z.-]+@\d", line)]


def _outline(outline: list, depth: int) -> list:
    """The entries of the upper levels of the outline."""
    found = []
    for entry in outline:
        if not isinstance(entry, list):
            found.append(entry)
        elif depth > 1:
            found += _outline(entry, depth - 1)
    return found


def _nested(outline: list) -> list[str]:
    found = []
    for entry in outline:
        found += _nested(entry) if isinstance(entry, list) else [entry.title]
    return found


def test_numbers_in_the_pdf_are_links_within_it(pdf):
    inner = 0
    for page in pdf.pages:
        for annotation in page.get("/Annots", []):
            target = annotation.get_object()
            inner += "/Dest" in target or target.get("/A", {}).get("/S") == "/GoTo"
    assert inner > 150


@each_chapter
def test_the_pdf_has_each_chapter_with_a_number_and_a_phrase(built, pdf, chapter):
    page = article(built.page(f"notebooks/{chapter}.html"))
    title = re.sub(r"^[\d.]+|[#¶\s]", "", page.xpath(".//h1")[0].text_content())
    assert any(re.sub(r"\s", "", entry).endswith(title) for entry in _nested(pdf.outline))
    text = pdf_text(pdf)
    (findings,) = page.xpath(".//div[contains(@class, 'findings')]")
    finding = next(li for li in findings.iter("li") if li.xpath(".//span[contains(@class, 'figure-value')]"))
    number = finding.xpath(".//span[contains(@class, 'figure-value')]")[0].text_content()
    assert re.sub(r"\s", "", number) in text
    assert max(re.findall("[\u4e00-\u9fff]+", finding.text_content()), key=len) in text


def test_the_pdf_lists_its_figures_and_tables_and_shows_only_the_assumptions_of_the_code(pdf):
    text = pdf_text(pdf)
    assert "图目录" in text
    assert "表目录" in text
    assert "horizon=5#推演几年" in text
    # the page on notebooks explains how one begins, with debt and a name; no chapter shows it
    assert set(re.findall(r"chapter=Chapter\(.(\w+)", text)) == {"debt", "名称"}


def test_the_pdf_says_where_the_data_are(built, pdf):
    assert "文件在网页版的“下载”一页" in pdf_text(pdf)
    addresses = [a.get_object().get("/A", {}).get("/URI", "") for page in pdf.pages for a in page.get("/Annots", [])]
    # only to the other volume, which lies beside it
    data = PdfReader(built.root / "_build" / "pdf" / "shudu-qingpu-data.pdf")
    assert data.metadata.title.startswith(f"{pdf.metadata.title} · 数据卷")
    across = {address for address in addresses if "shudu-qingpu" in address}
    assert all(address.startswith("shudu-qingpu-data.pdf#nameddest=") for address in across)
    assert len(across) > 5
    assert {unquote(address.partition("=")[2]) for address in across} <= data.named_destinations.keys()


def test_no_line_of_text_in_the_pdf_begins_with_a_closing_mark(pdf):
    margin = 70.87  # 25 mm; lines in tables and lists begin elsewhere
    begun, found = 0, []

    def look(text, cm, tm, font, size):
        nonlocal begun
        if text.strip() and abs(cm[4] + tm[4] * cm[0] - margin) < 0.1:
            begun += 1
            found.extend([text] if text.strip()[0] in "，。；：、！？）》”’」』】…" else [])

    for page in pdf.pages:
        page.extract_text(visitor_text=look)
    assert begun > 1000
    assert found == []


# --- what goes wrong


def test_a_failing_notebook_stops_the_build_and_leaves_the_last_book(built, tmp_path):
    book = copy_project(tmp_path / "book")
    shutil.copytree(built.root / "_build", book.root / "_build")
    before = (book.html / "notebooks/debt.html").read_bytes()
    path = book.root / "notebooks" / "debt.ipynb"
    notebook = nbformat.read(path, as_version=4)
    number, code = next(pair for pair in enumerate(notebook.cells, 1) if pair[1].cell_type == "code")
    code.source += "\nraise RuntimeError('no such luck')"
    nbformat.write(notebook, path)
    done = book.build()
    output = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
    assert done.returncode != 0
    told = rf"debt\.ipynb, cell {number} .*RuntimeError: no such luck \(the traceback is in (\S+)\)"
    (log,) = set(re.findall(told, output))
    assert 'chapter = Chapter("debt")' in (book.root / log).read_text("utf-8")
    assert (book.html / "notebooks/debt.html").read_bytes() == before


def test_a_changed_figure_changes_the_page_and_nothing_runs_twice(built, tmp_path):
    book = copy_project(tmp_path / "book")
    shutil.copytree(built.root / "_build", book.root / "_build")
    path = book.root / "data" / "context.csv"
    path.write_text(path.read_text("utf-8").replace("4927.9679", "6927.9679"), "utf-8")
    assert "Executed notebook" in book.build().stdout
    text = article(book.page("notebooks/debt.html")).text_content()
    assert "3.77%" in text
    assert "3.24%" not in text
    assert "3.77%" in article(book.page("book/ledger.html")).text_content()
    assert "Executed notebook" not in book.build().stdout
