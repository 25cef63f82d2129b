"""The card of a number in a browser: with pointer, keyboard and finger, from disk and over HTTP, without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

import pytest
from playwright.sync_api import Page, expect

from gongbao.figures.bundles import FIGURES_MIME
from gongbao.figures.expression import Constant
from gongbao.figures.figure import Figure
from gongbao.ledger.rows import Ledger, load_units
from gongbao.pages.cards import legible, short

INDEX = "# 书\n\n```{toctree}\nledger\nchapter\nterms\n```\n\n```{glossary}\n债务限额\n  余额的上限。\n```\n"
TERMS = "# 又一些词\n\n```{glossary}\n结余\n  收入多于支出的部分。\n```\n"
PROSE = """# 章

限额[192.1亿元](#debt.limit.total@2023)，余额[130.1亿元](#debt.balance.total@2023-12-31)，余量[62.0±0.1亿元](#debt.headroom.total@2023)，
公报有[9项](#debt.reports@2023)，[上限](#债务限额)由会议批准，不是[余下的](#结余)。

后面的一段。

| 一列 |
| ---: |
| [126.8亿元](#debt.balance.total@2022-12-31) |

```{figures} here
```
"""


@pytest.fixture
def book(small_book, notebook):
    """A book with a chapter that prints stated numbers and a computed one."""
    ledger = Ledger.load()
    difference = ledger["debt.limit.total@2023"] - ledger["debt.balance.total@2023-12-31"]
    record = difference.named("debt.headroom.total@2023", "限额余量", "headroom").record()
    counted = Figure(Constant(Fraction(9), "计数[各篇报告]"), load_units()["项"], {}).named(
        "debt.reports@2023", "报告", "reports"
    )
    bundles = [{FIGURES_MIME: [record]}, {FIGURES_MIME: [counted.record()]}]
    small_book.write("chapter.ipynb", notebook(*bundles, markdown=PROSE))
    small_book.write("index.md", INDEX)
    small_book.write("terms.md", TERMS)
    small_book.build()
    assert small_book.warnings == ""
    return small_book


@pytest.fixture
def chapter(book, browser) -> Callable[..., Page]:
    """Opens the chapter from disk."""
    contexts = []

    def go(width: int = 1000, **options: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 700}, **options)
        contexts.append(context)
        page = context.new_page()
        page.goto((book.root / "_build/html/chapter.html").as_uri())
        return page

    yield go
    for context in contexts:
        context.close()


def number(page: Page, text: str):
    return page.get_by_role("link", name=text, exact=True).first


def test_the_pointer_opens_the_card_of_a_stated_number(chapter):
    page = chapter()
    number(page, "192.1亿元").hover()
    card = page.get_by_role("dialog", name="地方政府债务限额（2023）")
    expect(card).to_be_visible()
    text = card.inner_text()
    assert "公报所载" in text
    assert "192.1亿元 192.05～192.15亿元" in text
    assert "债务决议第92页“债务限额为192.1亿元”" in text
    assert "等7处" in text
    assert "其中" not in text
    assert card.get_by_role("link", name="总账中的这一行").get_attribute("href") == "ledger.html#debt.limit.total@2023"


def test_the_card_of_a_computed_number_shows_its_formula_and_where_its_inputs_are_stated(chapter):
    page = chapter()
    number(page, "62.0±0.1亿元").hover()
    card = page.get_by_role("dialog", name="限额余量（2023）")
    text = card.inner_text()
    assert "推算" in text
    assert "地方政府债务限额（2023） − 地方政府债务余额（2023-12-31）" in text
    assert "地方政府债务限额（2023） = 192.1亿元，债务决议第92页“债务限额为192.1亿元”" in text
    inputs = card.get_by_role("link", name=re.compile("^地方政府债务"))
    assert [link.get_attribute("href") for link in inputs.all()] == [
        "ledger.html#debt.limit.total@2023",
        "ledger.html#debt.balance.total@2023-12-31",
    ]


def test_the_card_of_a_count_names_what_was_counted_and_no_inputs(chapter):
    page = chapter()
    number(page, "9项").hover()
    text = page.get_by_role("dialog", name="报告（2023）").inner_text()
    assert "计数[各篇报告]" in text
    assert "其中" not in text


def test_the_card_moves_nothing_and_stays_while_the_pointer_is_on_it(chapter):
    page = chapter()
    after = page.get_by_text("后面的一段")
    before = after.bounding_box()
    number(page, "192.1亿元").hover()
    card = page.get_by_role("dialog")
    expect(card).to_be_visible()
    assert after.bounding_box() == before
    card.hover()
    page.wait_for_timeout(500)
    expect(card).to_be_visible()
    page.mouse.move(900, 650)
    expect(card).to_be_hidden()


def test_the_pointer_goes_from_card_to_card_and_escape_closes(chapter):
    page = chapter()
    number(page, "192.1亿元").hover()
    expect(page.get_by_role("dialog", name="地方政府债务限额（2023）")).to_be_visible()
    number(page, "130.1亿元").hover()
    expect(page.get_by_role("dialog", name="地方政府债务余额（2023-12-31）")).to_be_visible()
    assert number(page, "192.1亿元").get_attribute("title").startswith("公报所载")
    assert number(page, "130.1亿元").get_attribute("title") is None
    page.keyboard.press("Escape")
    expect(page.locator(".figure-card")).to_be_hidden()
    expect(number(page, "130.1亿元")).to_have_attribute("title", re.compile("公报所载"))


def test_enter_opens_the_card_and_tab_goes_from_number_to_number(chapter):
    page = chapter()
    link = number(page, "192.1亿元")
    page.keyboard.press("Tab")
    while not link.evaluate("(link) => link === document.activeElement"):
        page.keyboard.press("Tab")
    described = link.evaluate("(link) => document.getElementById(link.getAttribute('aria-describedby')).textContent")
    assert described.startswith("公报所载：地方政府债务限额（2023），债务决议第92页")
    page.wait_for_timeout(500)
    expect(page.locator(".figure-card")).to_be_hidden()
    page.keyboard.press("Enter")
    card = page.get_by_role("dialog", name="地方政府债务限额（2023）")
    expect(card).to_be_focused()
    page.keyboard.press("Tab")
    expect(card.get_by_role("button", name="关闭")).to_be_focused()
    page.wait_for_timeout(500)
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".figure-card")).to_be_hidden()
    expect(link).to_be_focused()
    page.wait_for_timeout(500)
    expect(page.locator(".figure-card")).to_be_hidden()
    page.keyboard.press("Tab")
    expect(number(page, "130.1亿元")).to_be_focused()
    page.wait_for_timeout(500)
    expect(page.locator(".figure-card")).to_be_hidden()
    page.keyboard.press("Enter")
    card = page.get_by_role("dialog", name="地方政府债务余额（2023-12-31）")
    card.get_by_role("link", name="总账中的这一行").press("Enter")
    page.wait_for_url("**/ledger.html#debt.balance.total@2023-12-31")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_finger_opens_a_sheet_that_fits_the_screen(chapter, scheme):
    page = chapter(360, has_touch=True, color_scheme=scheme)
    number(page, "62.0±0.1亿元").tap()
    card = page.get_by_role("dialog", name="限额余量（2023）")
    expect(card).to_be_visible()
    expect(card).to_be_focused()
    assert page.url.endswith("chapter.html")
    box = card.bounding_box()
    assert box["x"] == 0
    assert box["width"] == 360
    assert box["y"] >= 0
    assert box["y"] + box["height"] == pytest.approx(700, abs=1)
    card.get_by_role("button", name="关闭").tap()
    expect(page.locator(".figure-card")).to_be_hidden()
    number(page, "62.0±0.1亿元").tap()
    card.get_by_role("link", name="总账中的这一行").tap()
    page.wait_for_url("**/ledger.html#debt.headroom.total@2023")


def test_a_second_tap_closes_the_card(chapter):
    page = chapter(1000, has_touch=True)
    number(page, "192.1亿元").tap()
    expect(page.get_by_role("dialog")).to_be_visible()
    number(page, "192.1亿元").tap()
    expect(page.locator(".figure-card")).to_be_hidden()
    page.wait_for_timeout(300)
    expect(page.locator(".figure-card")).to_be_hidden()


def test_without_scripts_a_number_leads_to_its_row_and_says_what_it_is(chapter):
    page = chapter(java_script_enabled=False)
    link = number(page, "192.1亿元")
    assert link.get_attribute("title").startswith("公报所载：地方政府债务限额（2023），债务决议第92页")
    link.click()
    page.wait_for_url("**/ledger.html#debt.limit.total@2023")


def test_where_its_card_cannot_be_had_a_number_leads_to_its_row(book, chapter):
    (book.root / "_build/html/_static/figures/chapter.js").unlink()
    page = chapter()
    number(page, "192.1亿元").press("Enter")
    page.wait_for_url("**/ledger.html#debt.limit.total@2023")


def test_the_evidence_of_a_chapter_is_filtered(chapter):
    page = chapter()
    page.locator("details.evidence summary").click()
    page.get_by_placeholder("筛选这些数").fill("债务限额 １９２．１")
    expect(page.locator("details.evidence output")).to_have_text("1 / 5")
    expect(page.locator("details.evidence tbody tr").filter(visible=True)).to_contain_text("192.1亿元")


def test_a_term_is_explained_where_it_is_used(chapter):
    page = chapter()
    term = number(page, "上限")
    term.hover()
    card = page.get_by_role("dialog", name="债务限额")
    expect(card).to_contain_text("余额的上限。")
    page.mouse.move(900, 650)
    expect(card).to_be_hidden()
    number(page, "9项").focus()
    page.keyboard.press("Tab")
    expect(term).to_be_focused()
    expect(term).to_have_accessible_description("余额的上限。")
    page.keyboard.press("Enter")
    card.get_by_role("link", name="术语表中的这一条").press("Enter")
    page.wait_for_url("**/index.html#term-0")


def test_each_glossary_explains_its_own_terms(chapter):
    page = chapter()
    number(page, "余下的").hover()
    expect(page.get_by_role("dialog", name="结余")).to_contain_text("收入多于支出的部分。")
    number(page, "上限").hover()
    expect(page.get_by_role("dialog", name="债务限额")).to_contain_text("余额的上限。")


def test_a_card_looks_the_same_in_a_table(chapter):
    page = chapter()
    looks = []
    for text in ("192.1亿元", "126.8亿元"):
        number(page, text).hover()
        value = page.locator(".figure-card .value").filter(has_text=text)
        expect(value).to_be_visible()
        looks.append(value.evaluate("(value) => [getComputedStyle(value).textAlign, getComputedStyle(value).margin]"))
    assert looks[0] == looks[1]


def test_the_citation_is_copied_at_once_and_announced(book, browser, serve):
    address = serve(book.root / "_build" / "html")
    with browser.new_context(permissions=["clipboard-read", "clipboard-write"]) as context:
        page = context.new_page()
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{address}/chapter.html")
        number(page, "62.0±0.1亿元").hover()
        page.get_by_role("button", name="复制引用").click()
        page.get_by_role("button", name="已复制").wait_for()
        assert page.get_by_role("status").filter(has_text="已复制").count() == 1
        assert "编号debt.headroom.total@2023" in page.evaluate("navigator.clipboard.readText()")
        assert [url for url in asked if "citations" in url] == []


def test_numbers_from_outside_have_short_names_of_sources_and_legible_digits():
    assert legible("3675.478626653亿元") == "3675.4786亿元"
    assert legible("10.25亿元") == "10.25亿元"
    assert short("https://www.163.com/dy/article/K.html（B级：官方数据的转载）") == "163.com（B级：官方数据的转载）"
    path = "yqcao/China-Fiscal-Data:data/celma/prov_panel.csv@1680afa (mirror of celma.org.cn)（B级：官方数据的转载）"
    assert short(path) == "China-Fiscal-Data (mirror of celma.org.cn)（B级：官方数据的转载）"
    assert short("债务决议第92页“债务限额为192.1亿元”") == "债务决议第92页“债务限额为192.1亿元”"


def test_the_card_is_not_printed_and_needs_no_motion(chapter):
    page = chapter()
    number(page, "192.1亿元").hover()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert page.locator(".figure-card").evaluate("(card) => card.getAnimations().length") == 0
    page.emulate_media(media="print")
    expect(page.locator(".figure-card")).to_be_hidden()


def test_the_script_obeys_a_strict_policy(book, browser, serve):
    """No inline script, no inline style, no eval."""
    path = book.root / "_build" / "html" / "chapter.html"
    policy = '<meta http-equiv="Content-Security-Policy" content="default-src \'self\'">'
    path.write_text(path.read_text("utf-8").replace("<head>", f"<head>{policy}"), "utf-8")
    page = browser.new_page()
    page.goto(serve(book.root / "_build" / "html") + "/chapter.html")
    number(page, "192.1亿元").hover()
    card = page.get_by_role("dialog")
    expect(card).to_be_visible()
    assert card.bounding_box()["y"] > number(page, "192.1亿元").bounding_box()["y"]
    page.close()


def test_a_changed_place_changes_the_cards_and_the_same_data_give_the_same_file(book):
    path = book.root / "_build/html/_static/figures/chapter.js"
    before = path.read_bytes()
    book.build()
    assert path.read_bytes() == before
    reports = book.root / "data" / "reports.csv"
    reports.write_text(reports.read_text("utf-8").replace("债务决议,", "债务的决议,"), "utf-8")
    book.build()
    changed = path.read_text("utf-8")
    assert "债务的决议第92页" in changed
    assert "债务决议第92页" not in changed
