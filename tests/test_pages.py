"""Every page in a browser: what it asks for, whom it shuts out, in which language it speaks."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from building import PROJECT
from playwright.sync_api import Page
from pypdf import PdfReader
from sphinx_external_toc.parsing import parse_toc_yaml

PAGES = sorted([*parse_toc_yaml(PROJECT / "_toc.yml"), "search", "404"])
CHAPTER = "notebooks/debt"
IN_ENGLISH = [
    f"en/{name}"
    for name in ("book/index", "book/ledger", "notebooks/debt", "notebooks/plan", "search", "book/notebooks")
]
"""A sample: templates, scripts and styles are those of the Chinese pages."""

FIRST_VIEW = {"book/ledger": 235_000}
LIGHT = 150_000
"""Bytes, compressed, that a page may ask for until it is loaded: the ledger, and any other."""

each_page = pytest.mark.parametrize("name", PAGES)

STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
BESIDES = ["heading-order", "page-has-heading-one", "landmark-one-main", "region", "empty-table-header", "skip-link"]
OPTIONS = {"preload": False, "resultTypes": ["violations"]}
RULES = {
    **OPTIONS,
    "runOnly": {"type": "tag", "values": STANDARD},
    "rules": {rule: {"enabled": True} for rule in BESIDES} | {"color-contrast": {"enabled": False}},
}
AT_ANOTHER_SIZE = {
    **OPTIONS,
    "runOnly": {"type": "rule", "values": ["target-size", "scrollable-region-focusable", "region", "skip-link"]},
}
CONTRAST = {**OPTIONS, "runOnly": {"type": "rule", "values": ["color-contrast"]}}

MARK_SAMPLES = """() => {
  const seen = new Set();
  for (const element of document.querySelectorAll("body *")) {
    if (![...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())) continue;
    const { color, fontSize, fontWeight } = getComputedStyle(element);
    const key = [color, fontSize, fontWeight];
    for (let place = element; place; place = place.parentElement) {
      const { backgroundColor, opacity } = getComputedStyle(place);
      key.push(backgroundColor, opacity);
    }
    if (seen.has(String(key))) continue;
    seen.add(String(key));
    element.dataset.sample = "";
  }
}"""
"""One text of each look: the contrast of thousands takes long, and that of two with the same look is the same."""

LATIN = {"Ctrl", "K", "English", "ipynb", "md", "PDF", "CSV", "BibTeX", "JavaScript", "Python", "debt", "limit"}
"""What the interface may say in Latin letters: keys, formats, the other edition, and the id of a figure in a hint."""

INTERFACE = """() => {
  const attributes = ["aria-label", "aria-description", "placeholder", "title", "alt", "data-tooltip"];
  const controls = "summary, .headerlink, button, form, .ledger-parts";
  const titles = "script, style, noscript, #pst-primary-sidebar nav, .page-toc, .prev-next-title";
  const isInterface = (element) =>
    (!element.closest(".bd-article") || element.closest(controls)) && !element.closest(titles);
  const said = [];
  for (const element of document.querySelectorAll("body *")) {
    if (isInterface(element) || element.closest("nav"))
      for (const name of attributes) said.push(element.getAttribute(name) ?? "");
    if (isInterface(element))
      for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) said.push(node.data);
  }
  return said;
}"""
"""Everything that is said outside of the text of a page, also by what scripts have made, but for titles of pages."""


TABLES = """async () => {
  for (const details of document.querySelectorAll("details.evidence")) details.open = true;
  // those who watch for sizes are told before the second frame
  for (const _ of "12") await new Promise(requestAnimationFrame);
  return [...document.querySelectorAll(".pst-scrollable-table-container")]
    .filter((box) => getComputedStyle(box).overflowX !== "visible" && box.scrollWidth > box.clientWidth + 1)
    .map((box) => ({
      heads: box.querySelector("thead")?.innerText,
      named: box.matches("[role=region][tabindex='0'].has-more") && box.ariaLabel !== "",
    }));
}"""
"""The tables that scroll to the side: their heads, and whether they have a name and show that there is more."""


@pytest.fixture(scope="module")
def address(built, serve) -> dict[str, str]:
    """Where the book is: on the disk, and on a server."""
    return {"file": built.html.as_uri(), "http": serve(built.html)}


@contextmanager
def opened(browser, url: str, width: int = 1280, **options: object) -> Iterator[Page]:
    """A page in a browser of its own."""
    context = browser.new_context(viewport={"width": width, "height": 800}, **options)
    page = context.new_page()
    page.goto(url)
    yield page
    context.close()


def test_every_page_is_looked_at(built):
    built_pages = {path.relative_to(built.html).with_suffix("").as_posix() for path in built.html.rglob("*.html")}
    # tests/test_english.py looks at the pages in English
    assert {name for name in built_pages if not name.startswith(("_", "en/"))} == {*PAGES, "index"}


VISITS = [("file", "light", 1280, RULES), ("http", "dark", 320, AT_ANOTHER_SIZE)]
"""320 px is the width at which pages have to reflow: https://www.w3.org/TR/WCAG22/#reflow."""


@pytest.mark.parametrize(
    ("name", "scheme", "mode", "width", "rules"),
    # the page for wrong addresses has to name files from the root of the server
    [
        pytest.param(name, *visit, id=f"{name}-{visit[0]}")
        for name in PAGES
        for visit in VISITS
        if (name, visit[0]) != ("404", "file")
    ]
    + [pytest.param(name, *VISITS[number % 2], id=name) for number, name in enumerate(IN_ENGLISH)],
)
def test_a_page_shuts_nobody_out_and_asks_only_for_the_book(browser, address, name, scheme, mode, width, rules):
    faults, asked = [], []
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=mode)
    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address[scheme]}/{name}.html")
    assert page.evaluate("document.documentElement.dataset.theme") == mode
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    arrows = page.locator(".prev-next-area i").evaluate_all("(all) => all.map((i) => i.getBoundingClientRect().right)")
    assert max(arrows, default=0) <= width
    tables = page.evaluate(TABLES)
    assert [table for table in tables if not table["named"]] == []
    # on a phone they are read row by row
    assert [table["heads"] for table in tables] == []
    barriers = Axe().run(page, options=rules).response["violations"]
    page.evaluate(MARK_SAMPLES)
    barriers += Axe().run(page, "[data-sample]", CONTRAST).response["violations"]
    assert [(found["id"], node["html"], node["failureSummary"]) for found in barriers for node in found["nodes"]] == []
    assert faults == []
    assert [url for url in asked if not url.startswith((address[scheme], "data:"))] == []
    page.close()


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(
    ("place", "row"),
    [
        ("ledger.html#debt.balance.total@2022-12-31", "tr:target"),
        ("sources.html#absence.debt.ratio-parts", "tr:has(:target)"),
    ],
)
def test_the_row_that_a_link_leads_to_is_marked_and_can_be_read(browser, address, place, row, mode):
    with opened(browser, f"{address['http']}/book/{place}", color_scheme=mode) as page:
        # every other row has the same ground
        rows = page.locator(f"{row}, {row} + tr + tr")
        marked, plain = rows.evaluate_all("(rows) => rows.map((one) => getComputedStyle(one).backgroundColor)")
        assert marked != plain
        assert Axe().run(page, row, CONTRAST).response["violations"] == []


@each_page
def test_the_policy_of_a_page_allows_the_book_only(built, name):
    page = built.page(f"{name}.html")
    (content,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    allowed = {words[0]: words[1:] for words in map(str.split, content.split(";"))}
    assert allowed["default-src"] == ["'none'"]
    assert {word for words in allowed.values() for word in words} <= {"'self'", "'none'", "data:"}
    assert allowed["script-src"] == ["'self'"]
    assert page.xpath("//@*[starts-with(name(), 'on')] | //script[not(@src)][not(@type)] | //@style") == []


def test_the_policy_refuses_what_is_not_of_the_book(browser, address):
    with opened(browser, f"{address['http']}/{CHAPTER}.html") as page:
        refused = page.evaluate(
            """async () => {
              const found = [];
              document.addEventListener("securitypolicyviolation", (event) => found.push(event.effectiveDirective));
              const script = document.createElement("script");
              script.textContent = "window.ran = true";
              document.body.append(script);
              document.body.append(Object.assign(new Image(), { src: "https://example.org/x.png" }));
              await fetch("https://example.org/").catch(() => null);
              await new Promise((resolve) => setTimeout(resolve, 50));
              return [found.sort(), window.ran];
            }"""
        )
    assert refused == [["connect-src", "img-src", "script-src-elem"], None]


@each_page
def test_the_interface_of_a_page_is_in_chinese(browser, address, name):
    with opened(browser, f"{address['http']}/{name}.html") as page:
        assert page.get_attribute("html", "lang") == "zh-CN"
        said = page.evaluate(INTERFACE)
        said.append(page.title())
    words = {word: text for text in said for word in re.findall("[A-Za-z]{2,}", text)}
    assert {word: text for word, text in words.items() if word not in LATIN} == {}


@each_page
def test_pictures_say_what_they_show(built, name):
    page = built.page(f"{name}.html")
    assert all(re.search(r"\d", picture.get("aria-label") or picture.get("alt")) for picture in page.iter("svg", "img"))


@pytest.mark.parametrize("name", ["book/ledger", *(name for name in PAGES if name.startswith("notebooks/"))])
def test_the_first_view_of_a_chapter_or_the_ledger_is_light_and_needs_no_other_icons(browser, address, built, name):
    asked: list[str] = []
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.on("request", lambda request: asked.append(urlsplit(request.url).path.lstrip("/")))
    page.goto(f"{address['http']}/{name}.html")
    page.evaluate("document.fonts.ready")
    page.close()
    assert "_static/icons/icons.woff" in asked
    assert [path for path in asked if "fontawesome" in path] == []
    assert sum(len(gzip.compress((built.html / path).read_bytes())) for path in asked) < FIRST_VIEW.get(name, LIGHT)


def test_on_a_phone_titles_are_not_broken_within_a_word(browser, address):
    lines = """(title) => {
      const words = [...title.childNodes].find((node) => node.data?.includes("负债率")), range = new Range();
      range.setStart(words, words.data.indexOf("负"));
      range.setEnd(words, words.data.indexOf("率") + 1);
      return [range.getClientRects().length, title.offsetHeight / parseFloat(getComputedStyle(title).fontSize)];
    }"""
    with opened(browser, f"{address['file']}/notebooks/assets.html", 360) as page:
        of_the_word, of_the_title = page.locator("h2", has_text="行政事业单位").evaluate(lines)
    assert of_the_word == 1
    assert of_the_title > 2


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_line_begins_with_the_stop_after_a_formula(browser, address, width):
    stops = """(formulas) => formulas.map((formula) => {
      const after = formula.nextSibling, range = new Range();
      if (!/^[，。；：、）,.;:)]/.test(after?.data)) return null;
      range.setStart(after, 0);
      range.setEnd(after, 1);
      return range.getBoundingClientRect().top < formula.getBoundingClientRect().bottom;
    })"""
    with opened(browser, f"{address['file']}/book/methods.html", width) as page:
        on_its_line = page.locator("p math").evaluate_all(stops)
    assert on_its_line.count(True) > 50
    assert on_its_line.count(False) == 0


# --- by keyboard


def test_the_first_key_leads_past_the_menus_and_the_focus_is_seen(browser, address):
    with opened(browser, f"{address['file']}/{CHAPTER}.html") as page:
        page.keyboard.press("Tab")
        link = page.locator(":focus")
        assert link.inner_text() == "跳至主要内容" or link.get_attribute("href") == "#main-content"
        assert link.bounding_box()["y"] >= 0
        for _ in range(12):
            page.keyboard.press("Tab")
            style = page.evaluate(
                "(({ outlineStyle, outlineWidth }) => [outlineStyle, parseFloat(outlineWidth)])"
                "(getComputedStyle(document.activeElement))"
            )
            assert style[0] != "none" and style[1] >= 2


def test_a_menu_opens_by_keyboard_and_closes_with_escape(browser, address):
    with opened(browser, f"{address['file']}/{CHAPTER}.html") as page:
        page.get_by_role("button", name="下载本页").press("Enter")
        link = page.get_by_role("link", name="笔记本及运行结果（.ipynb）")
        assert link.is_visible()
        assert page.get_by_role("link", name="怎样重跑").get_attribute("href").endswith("book/reuse.html")
        link.press("Escape")
        assert not link.is_visible()
        assert page.evaluate("document.activeElement.title") == "下载本页"


@pytest.mark.parametrize(("width", "menu"), [(360, "全书目录"), (360, "本页目录")])
def test_on_a_phone_the_contents_open_over_the_page_and_close_with_escape(browser, address, width, menu):
    with opened(browser, f"{address['file']}/{CHAPTER}.html", width) as page:
        contents = page.locator("dialog[open] a").first
        page.get_by_role("button", name=menu).click()
        contents.wait_for()
        page.keyboard.press("Escape")
        contents.wait_for(state="detached")


def test_dark_and_light_are_chosen_and_kept(browser, address):
    with opened(browser, f"{address['http']}/{CHAPTER}.html", color_scheme="light") as page:
        button = page.get_by_role("button", name="明暗")
        while page.evaluate("document.documentElement.dataset.theme") != "dark":
            button.click()
        page.goto(f"{address['http']}/book/index.html")
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"


# --- as the reader asks for it


def test_nothing_moves_where_readers_want_none_of_it(browser, address):
    with opened(browser, f"{address['file']}/{CHAPTER}.html", reduced_motion="reduce") as page:
        moving = page.evaluate(
            """() => [...document.querySelectorAll("*")].filter((element) => {
              const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
              return parseFloat(transitionDuration) || animationName !== "none" || scrollBehavior === "smooth";
            }).length"""
        )
    assert moving == 0


def test_on_paper_a_chapter_is_its_text_its_charts_its_tables_and_its_assumptions(browser, address):
    with opened(browser, f"{address['file']}/{CHAPTER}.html", 794, color_scheme="dark") as page:
        page.emulate_media(media="print")
        shown = {
            name: page.evaluate(
                "(name) => [...document.querySelectorAll(name)].filter((e) => e.checkVisibility()).length", name
            )
            for name in (".bd-sidebar", ".bd-header-article", ".prev-next-footer", ".headerlink", ".cell_input")
        }
        assumptions = page.locator(".tag_parameters .cell_input").count()
        assert assumptions > 0
        assert shown.pop(".cell_input") == assumptions
        assert set(shown.values()) == {0}
        for name in ("h1", "article figure svg", "article table:not(figure *)"):
            assert page.locator(name).first.is_visible()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate("getComputedStyle(document.querySelector('article p')).color") == "rgb(0, 0, 0)"
        assert page.evaluate("document.documentElement.scrollWidth") <= 794


@pytest.mark.parametrize("claim", ["derived", "external"])
def test_a_topic_of_the_ledger_has_what_is_computed_of_it_and_what_is_from_outside(browser, address, claim):
    with opened(browser, f"{address['file']}/book/ledger.html?topic=assets&claim={claim}", 1280) as page:
        rows = page.locator("table.ledger tbody tr")
        rows.first.wait_for()
        ids = rows.evaluate_all("(rows) => rows.map((row) => row.id)")
    assert ids
    assert all(id.startswith("assets.") or ".assets." in id for id in ids)


def test_on_paper_the_ledger_begins_on_its_first_page_and_shows_no_arrows(browser, address, tmp_path):
    with opened(browser, f"{address['file']}/book/ledger.html", 794) as page:
        page.locator("table.ledger button.sort").first.wait_for()
        page.pdf(path=tmp_path / "ledger.pdf", format="A4")
    first, *others = (sheet.extract_text() for sheet in PdfReader(tmp_path / "ledger.pdf").pages)
    assert "debt.limit.total@2023" in first
    assert not [mark for text in (first, *others) for mark in "↕↑↓" if mark in text]


def test_on_paper_the_first_page_asks_for_nothing_and_breaks_no_card(browser, address):
    with opened(browser, f"{address['file']}/book/index.html", 794, color_scheme="dark") as page:
        page.emulate_media(media="print")
        assert not page.get_by_text("搜索本书").is_visible()
        assert not page.get_by_role("search").locator("visible=true").count()
        breaks = "(cards) => cards.map((card) => getComputedStyle(card).breakInside)"
        assert set(page.locator(".overview > .admonition").evaluate_all(breaks)) == {"avoid"}
        assert page.evaluate("getComputedStyle(document.body).getPropertyValue('--pst-color-border')") == "#ccc"


def test_without_scripts_a_page_is_complete_and_offers_nothing_that_needs_them(browser, address):
    with opened(browser, f"{address['file']}/{CHAPTER}.html", java_script_enabled=False) as page:
        assert page.locator("article h1").is_visible()
        assert not page.locator(".theme-switch-button, .search-button").first.is_visible()
        # a script tells cells of what they are: without it, the head stays on phones, too
        page.set_viewport_size({"width": 360, "height": 740})
        head = page.locator("table.chapter-table thead").first
        assert head.evaluate("(head) => getComputedStyle(head).display") == "table-header-group"
