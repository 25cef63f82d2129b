"""Chapters as files of their own: what nbconvert makes of a run, and what is cut out of the printed book."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pypdf
import pytest
import typst
from lxml import html
from nbconvert.exporters import get_exporter
from nbconvert.utils.exceptions import ConversionException
from nbformat import NotebookNode

from gongbao.build.chapters import ChapterHtml, ChapterScript, cut, main
from gongbao.figures.bundles import FIGURES_MIME
from gongbao.ledger.rows import Ledger

PROJECT = Path(__file__).parents[2]
TEXT = """# 一章

**要点**

- 限额[192.1亿元](#debt.limit.total@2023)，余量[61.9±0.1亿元](#debt.test.room@2023)。

见 [[国务院, 2014](../book/bibliography.md#guofa2014), [财政部, 2015](../book/bibliography.md#caiyu2015)]，\
[图 1.1](#fig-debt-test)，[960亿元](#debt.test.later@2026)，[[国务院, 2014](../book/bibliography.md#guofa2014)]。
$a < b$。
[限额](#债务限额)，[另一章](another.ipynb)，[书](https://example.org)，[0.1元](#external.shanghai.assets.water.fee@2020-08-14)。
"""
EVIDENCE = nbformat.v4.new_markdown_cell("## 证据表", metadata={"tags": ["evidence"]})
DOWNLOADS = nbformat.v4.new_markdown_cell("## 数据下载\n\n只在网上", metadata={"tags": ["only-html"]})


def run_of(*, parameters: dict | None = None, failed: bool = False) -> NotebookNode:
    """A notebook that published the room below the limit, as papermill left it if there are parameters."""
    ledger = Ledger.load(topics=["debt"])
    room = ledger["debt.limit.total@2023"] - ledger["debt.balance.total@2023-12-31"]
    record = room.named("debt.test.room@2023", "余量", "room").record()
    data = {FIGURES_MIME: [record], "text/html": f"<p id='{record['id']}'>余量</p>", "text/plain": "余量"}
    output = nbformat.v4.new_output("display_data", data=data)
    cells = [
        nbformat.v4.new_markdown_cell(TEXT),
        nbformat.v4.new_code_cell("factor = 1"),
        nbformat.v4.new_code_cell("publish(room)", metadata={"tags": ["hide-input"]}, outputs=[output]),
        EVIDENCE.copy(),
        DOWNLOADS.copy(),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})
    if parameters is not None:
        notebook.metadata["papermill"] = {"parameters": parameters, "exception": failed or None}
    return notebook


def exported(exporter: type, notebook: NotebookNode) -> str:
    return exporter().from_notebook_node(notebook, {"metadata": {"name": "one"}})[0]


@pytest.fixture(scope="module")
def page() -> html.HtmlElement:
    return html.fromstring(exported(ChapterHtml, run_of()))


@pytest.fixture(scope="module")
def script() -> str:
    return exported(ChapterScript, run_of())


def test_numbers_are_those_of_the_run_in_every_format(page, script):
    (item,) = page.xpath("//li[contains(., '限额')][contains(., '余量')]")
    assert item.text_content().strip() == "限额192.1亿元，余量62.0±0.1亿元。"
    assert "余量[62.0±0.1亿元](#debt.test.room@2023)" in script and "61.9" not in script


def test_what_only_myst_reads_is_markdown(page, script):
    for text in (page.xpath("//main")[0].text_content(), script):
        assert not re.search(r":::|\{[a-z]+[:}]", text)
        assert "要点" in text and not re.search("只在网上|数据下载", text)
        assert "见 [1, 2]" in text and "，[1]。" in text
        assert re.search(r"\[1\] 国务院.*\n?.*\n?.*国发〔2014〕43号", text)
        assert "a < b" in text, "a formula stays readable"
    assert page.xpath("//strong[. = '要点']")


def test_numbers_lead_to_where_they_are_published_or_stated(page):
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for id in ("debt.test.room@2023", "debt.limit.total@2023"):
        assert page.xpath(f"//li/a[@href='#{id}']") and id in ids
    (row,) = page.xpath("//li[span[@id='debt.limit.total@2023']]")
    assert re.fullmatch(r"地方政府债务限额：192\.1亿元（.*第92页.*）", row.text_content().strip())


def test_what_is_not_in_the_chapter_is_no_link(page):
    ids, links = page.xpath("//@id"), {link.text_content(): link.get("href") for link in page.iter("a")}
    assert "限额，另一章，书，" in page.xpath("//main")[0].text_content()
    assert not {"限额", "另一章"} & links.keys() and links["书"] == "https://example.org"
    outside = [address for text, address in links.items() if text.startswith("http")]
    assert outside == ["https://swj.sh.gov.cn/sfxm/20200814/4e3f08cd38144d9ca1b6b3e9fecda15a.html"]
    within = {address[1:] for address in links.values() if address.startswith("#")}
    assert within - set(ids) == {"fig-debt-test", "debt.test.later@2026"}, "what this run did not make"


def test_the_page_asks_nobody(page):
    assert "default-src 'none'" in page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert not page.xpath("//script | //link | //iframe")
    assert not [address for address in page.xpath("//@src") if not address.startswith("data:")]
    assert page.get("lang") == "zh" and page.findtext(".//title") == "一章"


def test_the_page_fits_a_phone(tmp_path, browser):
    path = tmp_path / "one.html"
    path.write_text(exported(ChapterHtml, run_of()), "utf-8")
    tab, asked, said = browser.new_page(viewport={"width": 360, "height": 800}), [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    tab.goto(path.as_uri())
    width = tab.evaluate("document.documentElement.scrollWidth")
    tab.close()
    assert asked == [path.as_uri()] and not said and width <= 360


def test_code_is_folded_only_where_it_is_in_the_book(page):
    opened = {cell.text_content().split()[1]: cell.get("open") is not None for cell in page.xpath("//details")}
    assert opened == {"factor": True, "publish(room)": False}


def test_a_program_has_the_code_in_its_place(script):
    places = [script.index(words) for words in ("# # 一章", "\nfactor = 1\n", "\npublish(room)\n", "# ## 证据表")]
    assert places == sorted(places)
    code = [line for line in script.splitlines() if line and not line.startswith("#")]
    assert code == ["factor = 1", "publish(room)"]


def test_a_scenario_says_its_parameters_and_has_no_number_of_another_run():
    text = html.fromstring(exported(ChapterHtml, run_of(parameters={"factor": 2}))).xpath("//main")[0].text_content()
    assert "本章按factor = 2运行" in text and "缺省参数" in text
    assert "图 1.1，（无），" in text and "限额192.1亿元" in text
    assert "960亿元" in exported(ChapterScript, run_of()), "which the book prints"


def test_a_run_that_failed_is_refused():
    with pytest.raises(ConversionException, match="one: the run failed; its error is in the notebook"):
        exported(ChapterHtml, run_of(parameters={}, failed=True))


def test_the_command_of_nbconvert_works_from_any_directory(tmp_path):
    path = tmp_path / "scenario.ipynb"
    nbformat.write(run_of(parameters={"factor": 2}), path)
    command = [sys.executable, "-m", "nbconvert", "--to", "gongbao.build.chapters.ChapterHtml", str(path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "余量" in path.with_suffix(".html").read_text("utf-8")


def test_the_exporters_are_those_that_the_package_names():
    text = (PROJECT / "pyproject.toml").read_text("utf-8")
    named = dict(re.findall(r'^(shudu_\w+) = "([\w.]+:\w+)"$', text, re.M))
    assert {name: get_exporter(path.replace(":", ".")) for name, path in named.items()} == {
        "shudu_html": ChapterHtml,
        "shudu_script": ChapterScript,
    }


# --- PDF

BOOK = """
#set document(title: "书", author: "作者")
#set text(lang: "zh", region: "CN")
#let part(title) = [#heading(title) #pagebreak(weak: true)]
#part[甲]
#heading(level: 2)[一] #label("notebooks/one")
第一页。#link(label("notebooks/two"))[另一章]，#link(label("notebooks/one"))[本章]。
#pagebreak()
#heading(level: 3)[节]
第二页。
#pagebreak()
#heading(level: 2)[二] #label("notebooks/two")
第三页。
#pagebreak()
#part[乙]
#heading(level: 2)[三] #label("notebooks/three")
第四页。
"""


def chapter_of(book: pypdf.PdfReader, name: str) -> pypdf.PdfReader:
    buffer = io.BytesIO()
    cut(book, f"notebooks/{name}").write(buffer)
    return pypdf.PdfReader(buffer)


def test_a_chapter_is_its_pages_of_the_book():
    book = pypdf.PdfReader(io.BytesIO(typst.compile(BOOK.encode())))
    texts = {name: [page.extract_text() for page in chapter_of(book, name).pages] for name in ("one", "two", "three")}
    assert [len(pages) for pages in texts.values()] == [2, 1, 1]
    assert "第一页" in texts["one"][0] and "第二页" in texts["one"][1]
    assert "第三页" in texts["two"][0] and "第四页" in texts["three"][0]


def test_a_chapter_keeps_links_and_outline_within_it_and_says_what_it_is():
    chapter = chapter_of(pypdf.PdfReader(io.BytesIO(typst.compile(BOOK.encode()))), "one")
    (link,) = [link.get_object() for page in chapter.pages for link in page.get("/Annots", ())]
    assert chapter.get_destination_page_number(chapter.named_destinations[link["/Dest"]]) == 0
    assert [entry["/Title"] for entry in flat(chapter.outline)] == ["甲", "一", "节"]
    assert chapter.metadata.title == "一" and chapter.metadata.author == "作者" and chapter.metadata.subject == "书"
    assert chapter.root_object["/Lang"] == "zh-CN"


def flat(outline: list) -> list:
    return [entry for item in outline for entry in (flat(item) if isinstance(item, list) else [item])]


# --- the book


def test_unknown_name_is_refused_with_those_there_are(capsys):
    assert main(PROJECT, ["dept"]) == 1
    assert "there is no chapter 'dept'; there are debt, assets," in capsys.readouterr().err
