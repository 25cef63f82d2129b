"""What pages say of themselves and offer, with and without the addresses of the book and of its source."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from lxml import html

from gongbao.ledger.tables import Fault

PAGE = "# 债务\n\n区里欠多少债？\n"
THEME = {"html_theme": "sphinx_book_theme", "html_title": "小书", "root_doc": "index"}
ADDRESS = "https://example.org/book"
SOURCE = "https://github.com/someone/book"
LAUNCH = {"binderhub_url": "https://mybinder.org", "colab_url": "https://colab.research.google.com"}


@pytest.fixture
def book(small_book, notebook):
    small_book.write("index.md", "# 书\n\n书的第一段。\n\n```{toctree}\nchapter\nledger\n```\n")
    small_book.write("chapter.ipynb", notebook(markdown=PAGE))
    return small_book


def metas(book, page: str) -> dict[str, str]:
    found = html.fromstring(book.page(page)).xpath("//meta[@content]")
    return {meta.get("name") or meta.get("property") or "": meta.get("content") for meta in found}


def test_without_addresses_a_page_says_what_it_is_about_and_names_none(book):
    book.build(**THEME, html_theme_options={"launch_buttons": LAUNCH})
    assert book.warnings == ""
    assert metas(book, "chapter")["description"] == "区里欠多少债？"
    assert not any(name.startswith("og:") for name in metas(book, "chapter"))
    assert re.findall(r'(?:href|src)="(?:https?:)?//', book.page("chapter")) == []
    assert not (book.root / "_build/html/sitemap.xml").exists()
    assert (book.root / "_build/html/.nojekyll").exists()


def test_every_page_says_what_it_rests_on_that_is_not_verified(book, monkeypatch):
    # the data of these books are a part of what was verified
    book.write("chapter.md", "# 债务\n\n[192.1亿元](#debt.limit.total@2023)\n")
    book.write("other.md", "# 页\n\n没有数。\n")
    (book.root / "chapter.ipynb").unlink()
    book.write("index.md", "# 书\n\n```{toctree}\nchapter\nother\nledger\n```\n")

    def told(*files: str) -> dict[str, str]:
        monkeypatch.setattr(
            "gongbao.pages.domain.stale_data", lambda data: [Fault(file, None, "", "") for file in files]
        )
        book.build(**THEME)
        assert book.warnings == ""
        pages = ("index", "chapter", "other", "ledger")
        return {
            page: html.fromstring(book.page(page)).xpath("string(//*[@aria-label='Announcement'])") for page in pages
        }

    assert all("data/relations.csv没有核对过" in said for said in told("data/relations.csv").values())
    said = told("data/ledger/debt.csv", "data/ledger/law.csv")
    assert all("debt.csv" in said[page] for page in ("index", "chapter", "ledger")) and said["other"] == ""
    assert "law.csv" in said["index"] and "law.csv" not in said["chapter"]
    sheet = book.root / "_build/html/_static/sheets.css"
    assert re.search(r'::before\{content:"[^"]*debt\.csv、data/ledger/law\.csv没有核对过', sheet.read_text("utf-8"))
    assert [*told().values()] == [""] * 4
    assert "没有核对过" not in sheet.read_text("utf-8")


def test_with_an_address_a_page_can_be_shared_and_found(book, monkeypatch):
    monkeypatch.setattr("gongbao.pages.web.wanted", lambda: ["en"])
    book.build(**THEME, html_baseurl=ADDRESS)
    assert book.warnings == ""
    page = metas(book, "chapter")
    assert page["og:title"] == "债务"
    cited = (book.root / "_build/html/_static/figures/citations.js").read_text("utf-8")
    assert f'编号debt.limit.total@2023。 {ADDRESS}/ledger.html#debt.limit.total@2023"' in cited
    assert f"  url = {{{ADDRESS}/ledger.html#debt.limit.total@2023}},\\n" in cited
    assert page["og:description"] == "区里欠多少债？"
    assert page["og:url"] == f"{ADDRESS}/chapter.html"
    editions = html.fromstring(book.page("chapter")).xpath("//link[@rel='alternate'][@hreflang]")
    own = f"{ADDRESS}/chapter.html"
    assert {e.get("hreflang"): e.get("href") for e in editions} == {"zh": own, "en": f"{ADDRESS}/en/chapter.html"}
    assert html.fromstring(book.page("chapter")).xpath("//link[@rel='canonical']/@href") == [own]
    sitemap = ElementTree.parse(book.root / "_build/html/sitemap.xml")
    listed = {element.text for element in sitemap.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")}
    assert listed == {f"{ADDRESS}/{name}.html" for name in ("index", "chapter", "ledger")}


def test_the_title_of_a_page_names_the_book_once(book):
    book.build(**THEME)
    assert "<title>债务 &#8212; 小书</title>" in " ".join(book.page("chapter").split())
    book.write("index.md", "# 小书\n\n```{toctree}\nchapter\nledger\n```\n")
    book.build(**THEME)
    assert "<title>小书</title>" in " ".join(book.page("index").split())


def test_with_a_source_a_page_can_be_edited_reported_and_run(book):
    book.build(**THEME, html_theme_options={"repository_url": SOURCE, "launch_buttons": LAUNCH})
    assert book.warnings == ""
    links = {a.text_content().strip(): a.get("href") for a in html.fromstring(book.page("chapter")).iter("a")}
    assert links["修改本页"] == f"{SOURCE}/edit/main/chapter.ipynb"
    assert links["报告问题"].startswith(f"{SOURCE}/issues/new?")
    assert links["Binder"].startswith("https://mybinder.org/v2/gh/someone/book/")
    assert links["Colab"].startswith("https://colab.research.google.com/github/someone/book/blob/")
    assert links["笔记本及运行结果（.ipynb）"].endswith("_sources/chapter.ipynb")


@pytest.mark.parametrize(("address", "root"), [("", "/"), (ADDRESS, "/book/")])
def test_the_page_for_wrong_addresses_works_at_any_depth(book, address, root):
    book.build(**THEME, html_baseurl=address)
    page = html.fromstring(book.page("404"))
    assert "没有这一页" in page.text_content()
    assert [link.get("href") for link in page.xpath("//article//p/a")] == [f"{root}index.html", f"{root}search.html"]
    local = [a for a in page.xpath("//link/@href | //script/@src | //nav//a/@href") if not a.startswith(("#", "http"))]
    assert f"{root}chapter.html" in local
    assert [address for address in local if not address.startswith(root)] == []


def test_a_link_leads_to_the_volume_that_it_names_and_in_another_edition_to_the_first(book):
    book.write("index.md", "# 书\n\n[一](_build/pdf/other.pdf)[二](_build/pdf/data.pdf)\n\n```{toctree}\nledger\n```\n")
    (book.root / "chapter.ipynb").unlink()
    volumes = [{"filename": "data", "subtitle": "", "pages": ["ledger"]}]
    book.build(**THEME, typst_filename="book", typst_volumes=volumes)
    assert book.warnings == ""
    links = html.fromstring(book.page("index")).xpath("//article//span[@class='printed']/a/@href")
    assert links == ["book.pdf", "data.pdf"]


# with an address, Sphinx forks a process, which would keep a browser from closing: this comes last
def test_what_leads_to_the_pdf_is_seen_only_where_it_is(book, browser):
    book.write("chapter.md", "# 债务\n\n[全书](_build/pdf/book.pdf)\n")
    (book.root / "chapter.ipynb").unlink()
    book.build(**THEME, html_theme_options={"use_download_button": True})
    page = browser.new_page()
    page.goto((book.root / "_build/html/chapter.html").as_uri())
    in_text, missing = page.get_by_role("link", name="全书", exact=True), page.get_by_text("没有随这些网页提供")
    page.get_by_role("button", name="下载本页").click()
    in_menu = page.get_by_role("link", name="本页（PDF）")
    assert [in_text.is_visible(), in_menu.is_visible(), missing.is_visible()] == [False, False, True]
    (book.root / "_build/html/_static/printed.css").write_text(".unprinted { display: none; }", "utf-8")
    page.reload()
    page.get_by_role("button", name="下载本页").click()
    assert [in_text.is_visible(), in_menu.is_visible(), missing.is_visible()] == [True, True, False]
    assert in_menu.get_attribute("href") == "book.pdf#nameddest=chapter"
    page.close()
