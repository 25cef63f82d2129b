"""What a page loads: the style sheets of the theme, the one of the library, that of the author, and the icons."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from fontTools.ttLib import TTFont
from lxml import html

from gongbao.pages.once import MADE
from gongbao.pages.web import STATIC

THEME = {"html_theme": "sphinx_book_theme", "html_static_path": ["static"], "html_css_files": ["own.css"]}


@pytest.fixture
def book(small_book):
    (small_book.root / "static").mkdir()
    small_book.write("static/own.css", ".figure-value { color: red; }\n")
    small_book.write("index.md", "# 书\n\n[192.1亿元](#debt.limit.total@2023)\n\n```{toctree}\nledger\n```\n")
    return small_book


def test_the_sheet_of_the_author_comes_last_and_that_of_the_library_before_it(book):
    book.build(**THEME)
    assert book.warnings == ""
    sheets = html.fromstring(book.page("index")).xpath("//link[@rel='stylesheet']/@href")
    assert [Path(sheet.partition("?")[0]).name for sheet in sheets[-2:]] == ["book.css", "own.css"]
    assert [Path(sheet.partition("?")[0]).name for sheet in sheets[:-3]] == ["sheets.css"]


def test_catalogues_of_the_theme_are_not_published(book):
    book.build(**THEME)
    static = book.root / "_build/html/_static"
    assert (static / "scripts" / "sphinx-book-theme.js").exists()
    assert not (static / "locales").exists()


def test_pages_name_the_digest_of_the_sheet_also_those_that_are_not_written_again(book):
    def named() -> list[str]:
        pages = (book.page(name) for name in ("index", "ledger"))
        return [re.search(r'_static/sheets\.css\?v=(\w{8})"', page)[1] for page in pages]

    book.build(**THEME, templates_path=[])  # to Sphinx's own list the theme adds in each build, and all is written
    first = named()
    book.write("index.md", (book.root / "index.md").read_text("utf-8") + BOX)
    book.build(**THEME, templates_path=[])
    assert len({*first}) == len({*named()}) == 1
    assert first != named()


STYLES = """() => [...document.querySelectorAll("body, body *")].flatMap((element) => [null, "::before", "::after"].map(
  (part) => { const style = getComputedStyle(element, part); return Object.fromEntries([...style]
    .filter((name) => !name.startsWith("--")).map((name) => [name, style.getPropertyValue(name)])); }))"""
THEIRS = """(urls) => Promise.all(urls.map((url) => new Promise((done, failed) => {
  const sheet = Object.assign(document.createElement("link"), {rel: "stylesheet", href: url});
  Object.assign(sheet, {onload: done, onerror: failed});
  document.querySelector("link[href*='sheets.css']").before(sheet);
}))).then(() => document.querySelector("link[href*='sheets.css']").remove())"""
BOX = "```{note}\n一点。\n```\n\n| 一 | 二 |\n|---|---|\n| 1 | 2 |\n\n```python\n1  # 一\n```\n\n"


def test_the_joined_sheet_shows_a_page_as_the_sheets_of_the_theme_do_and_is_small(book, browser):
    book.write("index.md", f"# 书\n\n{BOX}```{{toctree}}\nledger\n```\n")
    book.build(**THEME | {"extensions": [*book.extensions, "sphinx_copybutton"]})
    static = book.root / "_build/html/_static"
    page = browser.new_page(reduced_motion="reduce")
    page.goto((book.root / "_build/html/index.html").as_uri())
    joined = page.evaluate(STYLES)
    names = ("basic", "styles/pydata-sphinx-theme", "pygments", "styles/sphinx-book-theme", "copybutton")
    sheets = [*(static / f"{name}.css" for name in names), *static.glob("mystnb.*.css")]
    page.evaluate(THEIRS, [sheet.as_uri() for sheet in sheets])
    for one, other in zip(joined, page.evaluate(STYLES), strict=True):
        changed = {name: (one[name], other[name]) for name in one if one[name] != other[name]}
        assert changed.pop("background-position", ("0px 0px", "0% 0%")) == ("0px 0px", "0% 0%"), "written shorter"
        assert not changed
    assert len(joined) > 300
    page.close()
    assert (static / "sheets.css").stat().st_size < sum(sheet.stat().st_size for sheet in sheets) / 3


def test_a_page_loads_no_icons_as_a_script_and_waits_for_none(book):
    book.build(**THEME)
    scripts = html.fromstring(book.page("index")).xpath("//script")
    assert [script.get("src") for script in scripts if script.get("defer") is None] == ["_static/mode.js"]
    assert "fontawesome.js" not in book.page("index")
    assert "sphinx_highlight.js" not in book.page("index"), "it keeps Escape from closing menus"


def test_a_style_sheet_that_changes_alone_is_renewed(book):
    book.build(**THEME)
    book.write("static/own.css", ".figure-value { color: green; }\n")
    book.build(**THEME)
    assert "green" in (book.root / "_build/html/_static/own.css").read_text("utf-8")


def test_templates_are_compiled_for_the_first_build_only(book):
    book.build(**THEME)
    compiled = {path: path.stat().st_mtime_ns for path in (book.root / MADE / "templates").iterdir()}
    assert compiled
    book.build(**THEME)
    assert {path: path.stat().st_mtime_ns for path in compiled} == compiled
    for path in compiled:
        path.write_bytes(path.read_bytes()[:-100])
    book.build(**THEME | {"html_title": "另一个"})
    assert "另一个" in book.page("index")


def test_another_theme_keeps_its_own_pages(book):
    book.build(**THEME | {"html_theme": "alabaster", "version": "1"})
    assert book.warnings == ""
    assert "alabaster.css" in book.page("index")
    assert "Content-Security-Policy" not in book.page("index")
    assert "搜索" in book.page("search")


def test_the_font_has_the_icons_that_the_style_sheet_names_and_they_are_those_of_the_theme():
    (named,) = re.findall("unicode-range: ([^;]+);", (STATIC / "book.css").read_text("utf-8"))
    points = {int(point.removeprefix("U+"), 16) for point in named.split(", ")}
    theme = Path(find_spec("pydata_sphinx_theme").origin).parent
    (whole,) = theme.rglob("fa-solid-900.ttf")
    here, there = TTFont(STATIC / "icons" / "icons.woff"), TTFont(whole)
    assert set(here.getBestCmap()) == points
    for point in points:
        drawn = [font["glyf"][font.getBestCmap()[point]].getCoordinates(font["glyf"]) for font in (here, there)]
        assert drawn[0] == drawn[1], f"U+{point:x}: renew icons.woff (gongbao/pages/static/icons/README.md)"


def test_a_page_has_one_viewport(book):
    book.build(**THEME)
    assert book.page("index").count('name="viewport"') == 1


@pytest.mark.parametrize(("language", "spaces"), [("zh_CN", "nowrap"), ("en", "normal"), ("fr", "normal")])
def test_a_number_breaks_where_units_are_words(book, browser, language, spaces):
    book.build(**THEME, language=language)
    page = browser.new_page()
    page.goto((book.root / "_build/html/index.html").as_uri())
    number = page.locator("article a.reference:has(.figure-value)").first
    assert number.evaluate("(number) => getComputedStyle(number).whiteSpace") == spaces
    page.close()


@pytest.mark.parametrize("width", [700, 1280])
def test_no_word_of_a_number_in_the_evidence_is_broken(book, browser, width):
    evidence = "[](#debt.limit.total@2023)\n\n## 证据\n\n```{figures} here\n```\n"
    book.write("index.md", f"# 书\n\n{evidence}\n```{{toctree}}\nledger\n```\n")
    book.build(**THEME, language="en")
    page = browser.new_page(viewport={"width": width, "height": 700})
    page.goto((book.root / "_build/html/index.html").as_uri())
    page.locator("details.evidence summary").click()
    number = page.locator("details.evidence td.text-right .figure-value").first
    assert number.inner_text().split() == ["CNY", "19.21", "billion"]
    assert number.evaluate("(number) => number.getClientRects().length") == 1
    page.close()


def test_on_a_phone_the_name_of_the_book_leads_home_glyphs_are_not_read_and_a_button_leads_up(book, browser):
    box = "```{admonition} 要点\n:class: findings\n\n一点。\n```\n\n"
    book.write("long.md", "# 长\n\n" + box + "一段。\n\n" * 200)
    book.write("index.md", "# 书\n\n## 一节\n\n```{toctree}\nledger\nlong\n```\n")
    book.build(**THEME | {"html_title": "小书"})
    page = browser.new_page(viewport={"width": 360, "height": 700})
    page.goto((book.root / "_build/html/long.html").as_uri())
    assert not re.search("[\ue000-\uf8ff]", page.locator("body").aria_snapshot())
    up = page.get_by_role("button", name="回到顶部", exact=True)
    assert not up.is_visible()
    page.mouse.wheel(0, 4000)
    up.wait_for()
    barriers = Axe().run(page, "#pst-back-to-top", {"runOnly": ["color-contrast"]}).response
    assert (barriers["violations"], len(barriers["passes"])) == ([], 1)
    up.click()
    page.wait_for_function("scrollY === 0")
    home = page.locator(".bd-header-article").get_by_role("link", name="小书", exact=True)
    assert home.is_visible()
    home.click()
    page.wait_for_url("**/index.html")
    page.close()
