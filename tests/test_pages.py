"""Every page in a browser: what it asks for, whom it shuts out, in which language it speaks."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from building import PROJECT
from lxml import html

SOURCES = [*(PROJECT / "book").glob("*.md"), *(PROJECT / "notebooks").glob("*.ipynb")]
PAGES = sorted([*(f"{path.parent.name}/{path.stem}" for path in SOURCES), "search", "genindex"])
each_page = pytest.mark.parametrize("name", PAGES)

STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
BESIDES = ["heading-order", "page-has-heading-one", "landmark-one-main", "region", "empty-table-header", "skip-link"]

LATIN = {"Ctrl", "K", "ipynb", "md", "PDF", "JavaScript", "debt", "limit"}
"""What the interface may say in Latin letters: keys, formats, and the id of a figure that a hint gives as an example."""


@pytest.fixture(scope="module")
def rules():
    return {
        "preload": False,
        "runOnly": {"type": "tag", "values": STANDARD},
        "rules": dict.fromkeys(BESIDES, {"enabled": True}),
    }


@each_page
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_a_page_from_disk_shuts_nobody_out_and_stays_within_its_policy(built, browser, rules, name, scheme, width):
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    faults, asked = [], []
    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto((built.html / f"{name}.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    barriers = Axe().run(page, options=rules).response["violations"]
    assert [(found["id"], node["html"], node["failureSummary"]) for found in barriers for node in found["nodes"]] == []
    assert faults == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    page.close()


def policy(page: html.HtmlElement) -> dict[str, list[str]]:
    (content,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    return {words[0]: words[1:] for words in map(str.split, content.split(";"))}


@each_page
def test_the_policy_of_a_page_allows_its_own_files_only(built, name):
    page = built.page(f"{name}.html")
    allowed = policy(page)
    assert allowed["default-src"] == ["'none'"]
    assert all(
        re.fullmatch("'self'|data:|'none'|'unsafe-hashes'|'sha256-.*'", word)
        for words in allowed.values()
        for word in words
    )
    assert "'unsafe-hashes'" not in allowed["script-src"]
    assert page.xpath("//@*[starts-with(name(), 'on')]") == []


@each_page
def test_the_policy_of_a_page_refuses_what_is_not_in_it(built, browser, name):
    if name != "notebooks/debt":
        pytest.skip("one page stands for all: their policies differ in hashes only")
    page = browser.new_page()
    page.goto((built.html / f"{name}.html").as_uri())
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
    page.close()


@each_page
def test_the_interface_of_a_page_is_in_chinese(built, name):
    page = built.page(f"{name}.html")
    assert page.get("lang") == "zh-CN"
    said = page.xpath(
        "//@aria-label | //@placeholder | //@title[not(ancestor::article)] | //article//a[contains(@class, 'headerlink')]/@title"
    )
    said += page.xpath("//summary//text() | //title/text()")
    for article in page.xpath("//article"):
        article.getparent().remove(article)
    said += page.xpath("//body//text()[not(ancestor::script or ancestor::nav)]")
    words = {word for text in said for word in re.findall("[A-Za-z]+", text)}
    assert words <= LATIN


@each_page
def test_pictures_have_their_size_and_wait_until_they_are_near(built, name):
    for picture in built.page(f"{name}.html").iter("img"):
        assert int(picture.get("width")) > 0
        assert int(picture.get("height")) > 0
        assert picture.get("loading") == "lazy"
        assert picture.get("alt")


def test_the_icons_of_the_buttons_are_in_the_font(built, browser):
    page = browser.new_page()
    page.goto((built.html / "notebooks/debt.html").as_uri())
    # a glyph that is missing is drawn in another font, with another width
    assert page.evaluate(
        """async () => {
          await document.fonts.ready;
          return [...document.querySelectorAll("i.fas, i.fa-solid, span.fa-solid")].map((icon) => {
            const style = getComputedStyle(icon, "::before");
            return document.fonts.check(`900 16px "Font Awesome 6 Free"`) && !["none", "normal"].includes(style.content);
          }).every(Boolean);
        }"""
    )
    page.close()


def test_a_menu_opens_by_keyboard_and_closes_with_escape(built, browser):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto((built.html / "notebooks/debt.html").as_uri())
    menu = page.locator("details.menu summary").first
    menu.press("Enter")
    link = page.get_by_role("link", name="笔记本（.ipynb）")
    assert link.is_visible()
    link.press("Escape")
    assert not link.is_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.close()
