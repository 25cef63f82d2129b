"""The ledger on the web: what a row says without scripts, and what scripts make of the rows."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from building import PROJECT
from lxml import html
from playwright.sync_api import Page, expect

from gongbao.chapter import Chapter
from gongbao.figures.bundles import FIGURES_MIME
from gongbao.ledger.rows import Ledger

STATIC = Path(__file__).parents[2] / "gongbao/pages/static"
LAST = "external.china.debt.interest.general@2023"
INDEX = """# 书

限额[192.1亿元](#debt.limit.total@2023)。

```{toctree}
:numbered: 2
chapter
ledger
```
"""
PROSE = """# 章

## 一节

余量[62.0±0.1亿元](#debt.headroom.total@2023)。

## 又一节

限额[192.1亿元](#debt.limit.total@2023)。
"""
LEDGER = """# 总账

说明。

## 债务

```{figures} debt
```

## 推算

```{figures} computed
```

## 外部

```{figures} external
```
"""


@pytest.fixture
def book(small_book, notebook):
    ledger = Ledger.load()
    difference = ledger["debt.limit.total@2023"] - ledger["debt.balance.total@2023-12-31"]
    record = difference.named("debt.headroom.total@2023", "限额余量", "headroom").record()
    small_book.write("chapter.ipynb", notebook({FIGURES_MIME: [record]}, markdown=PROSE))
    small_book.write("ledger.md", LEDGER)
    small_book.write("index.md", INDEX)
    small_book.build()
    assert small_book.warnings == ""
    return small_book


@pytest.fixture
def ledger_page(book, browser) -> Iterator[Callable[..., Page]]:
    contexts = []

    def go(fragment: str = "", width: int = 1000, **options: object) -> Page:
        contexts.append(browser.new_context(viewport={"width": width, "height": 700}, **options))
        page = contexts[-1].new_page()
        page.goto((book.root / "_build/html/ledger.html").as_uri() + fragment)
        return page

    yield go
    for context in contexts:
        context.close()


def row(book, id: str) -> html.HtmlElement:
    (found,) = html.fromstring(book.page("ledger")).xpath(f"//tr[@id='{id}']")
    return found


def shown(page: Page) -> list[str]:
    return page.locator("table.ledger tbody tr").evaluate_all("(rows) => rows.map((row) => row.id)")


def test_a_row_says_what_states_it_what_uses_it_and_what_checks_it(book):
    name, value, origin, used = row(book, "debt.limit.total@2023").iter("td")
    assert "地方政府债务限额（2023） debt.limit.total@2023" in name.text_content()
    assert value.text_content().split() == ["192.1亿元", "192.05～192.15亿元"]
    assert origin.text_content().startswith("债务决议第92页“债务限额为192.1亿元”；")
    assert "债务议案第94页“本区债务限额192.1亿元”“建议按192.1亿元”；" in origin.text_content()
    assert "用于：书·篇首；章 1.2" in used.text_content()
    assert "chapter.html#section-3" in used.xpath(".//a/@href")
    assert "限额按债务类型相加：精确成立" in used.text_content()


def test_the_row_of_a_computed_figure_has_its_formula(book):
    _, _, origin, used = row(book, "debt.headroom.total@2023").iter("td")
    assert origin.text_content() == "地方政府债务限额（2023） − 地方政府债务余额（2023-12-31）"
    assert len(list(origin.iter("a"))) == 2
    assert used.text_content().strip() == "用于：章 1.1"


def test_a_contradiction_is_marked(small_book):
    shutil.copytree(PROJECT / "data", small_book.root / "data", dirs_exist_ok=True)
    small_book.write("ledger.md", "# 总账\n\n```{figures} assets\n```\n\n```{figures} plan\n```\n")
    small_book.write("index.md", "# 书\n\n```{toctree}\nledger\n```\n")
    small_book.build()
    found = html.fromstring(small_book.page("ledger")).xpath("//p[contains(@class, 'contradicts')]")
    assert found
    assert all(paragraph.text_content().endswith("：矛盾") for paragraph in found)


def test_what_a_chart_draws_is_used_in_its_section(book, notebook, monkeypatch):
    chapter = Chapter("debt")
    figures = chapter.frame("debt.limit.{kind}@2023", kind=["special"])
    emitted: list[dict] = []
    monkeypatch.setattr("gongbao.chapter.chapter.publish_display_data", lambda data, metadata: emitted.append(data))
    chapter.chart(figures.plot(kind="bars", height=1), "limits", title="限额")
    book.write("drawn.ipynb", notebook(*emitted, markdown="# 图章\n\n## 画图"))
    book.write("index.md", INDEX.replace("ledger\n", "ledger\ndrawn\n"))
    book.build()
    # the ledger was not edited
    assert "用于：图章 3.1" in row(book, "debt.limit.special@2023").text_content()


def test_the_ledger_follows_where_pages_use_a_figure(book):
    book.write("index.md", INDEX.replace("限额[192.1亿元](#debt.limit.total@2023)。", "没有。"))
    book.build()
    used = row(book, "debt.limit.total@2023").text_content()
    assert "书 篇首" not in used
    assert "章 1.2" in used


def test_without_scripts_the_page_is_complete(ledger_page, book):
    page = ledger_page("#debt.headroom.total@2023", java_script_enabled=False)
    rows = html.fromstring(book.page("ledger")).xpath("//table//tr[@id]")
    assert page.locator("table.ledger tbody tr").count() == len(rows) > 80
    expect(page.locator("tr[id='debt.headroom.total@2023']")).to_be_in_viewport()
    expect(page.get_by_role("heading", name="外部")).to_have_count(1)


def test_one_table_with_some_of_the_rows_and_their_number(ledger_page, book):
    page = ledger_page()
    assert page.locator("table.ledger").count() == 1
    assert len(shown(page)) == 50
    total = len(html.fromstring(book.page("ledger")).xpath("//table//tr[@id]"))
    expect(page.get_by_role("status")).to_have_text(f"第1～50行，共{total}行")
    page.get_by_label("下一页").click()
    expect(page.get_by_role("status")).to_have_text(f"第51～{min(100, total)}行，共{total}行")
    assert len(shown(page)) == min(50, total - 50)


def test_rows_are_searched_and_filtered(ledger_page):
    page = ledger_page()
    page.get_by_role("searchbox").fill("债务限额 一般")
    expect(page.locator("tr[id='debt.limit.general@2023']")).to_be_visible()
    expect(page.locator("tr[id='debt.limit.special@2023']")).to_have_count(0)
    page.get_by_role("button", name="清除").click()
    page.get_by_label("性质").select_option("推算")
    assert shown(page) == ["debt.headroom.total@2023"]
    page.get_by_label("性质").select_option("全部")
    page.get_by_label("公报页码").select_option("92")
    assert shown(page) == ["debt.limit.total@2023", "debt.limit.general@2023", "debt.limit.special@2023"]
    page.get_by_label("公报页码").select_option("全部")
    page.get_by_label("主题").select_option("外部")
    page.get_by_label("单位").select_option("亿元")
    assert {id.partition(".")[0] for id in shown(page)} == {"external"}
    page.get_by_label("篇目").select_option("债务决议")
    expect(page.get_by_text("没有这样的行")).to_be_visible()


def test_rows_are_sorted_by_number_and_the_order_is_announced(ledger_page):
    page = ledger_page()
    page.get_by_label("主题").select_option("债务")
    page.get_by_label("单位").select_option("亿元")
    header = page.get_by_role("columnheader", name="数值")
    header.get_by_role("button").press("Enter")
    expect(header).to_have_attribute("aria-sort", "ascending")
    values = page.locator("table.ledger tbody tr").evaluate_all("(rows) => rows.map((row) => +row.dataset.value)")
    assert values == sorted(values)
    assert len(set(values)) > 10


@pytest.mark.parametrize("scheme", ["file", "http"])
def test_the_address_of_a_row_shows_it_whatever_hides_it(ledger_page, book, browser, serve, scheme):
    page = ledger_page()
    if scheme == "http":
        page.goto(serve(book.root / "_build/html") + "/ledger.html")
    target = page.locator(f"tr[id='{LAST}']")
    expect(target).to_have_count(0)
    page.get_by_label("性质").select_option("推算")
    page.evaluate(f"location.hash = '{LAST}'")
    expect(target).to_be_in_viewport()
    assert target.evaluate("(row) => row.matches(':target')")
    page.reload()
    expect(target).to_be_in_viewport()
    assert target.evaluate("(row) => row.matches(':target')")


def test_the_address_of_a_topic_shows_its_rows(ledger_page, book):
    (section,) = html.fromstring(book.page("ledger")).xpath("//h2[contains(., '外部')]/ancestor::section[1]/@id")
    page = ledger_page(f"#{section}")
    expect(page.get_by_label("主题")).to_have_value("外部")
    assert {id.partition(".")[0] for id in shown(page)} == {"external"}


def test_a_formula_leads_to_a_row_on_another_part_of_the_table(ledger_page):
    page = ledger_page("#debt.headroom.total@2023")
    page.locator("tr:target").get_by_role("link", name="地方政府债务余额（2023-12-31）").click()
    expect(page.locator("tr:target")).to_be_in_viewport()
    assert page.locator("tr:target").get_attribute("id") == "debt.balance.total@2023-12-31"


def test_the_scripts_obey_a_strict_policy(book, browser, serve):
    """No inline script, no inline style, no eval."""
    path = book.root / "_build/html/ledger.html"
    policy = '<meta http-equiv="Content-Security-Policy" content="default-src \'self\'">'
    path.write_text(path.read_text("utf-8").replace("<head>", f"<head>{policy}"), "utf-8")
    page = browser.new_page()
    refused = []
    page.on("console", lambda message: refused.append(message) if message.type == "error" else None)
    page.goto(serve(book.root / "_build/html") + "/ledger.html")
    page.get_by_label("性质").select_option("推算")
    assert shown(page) == ["debt.headroom.total@2023"]
    # the theme of this small book has inline scripts of its own
    assert [message.text for message in refused if message.location["url"].endswith(".js")] == []
    page.close()


def test_datatables_is_the_file_that_its_note_names():
    folder = STATIC / "datatables"
    digest = hashlib.sha256((folder / "dataTables.min.js").read_bytes()).hexdigest()
    note = (folder / "README.md").read_text("utf-8")
    assert digest in note
    version = re.search(r"DataTables ([\d.]+)", (folder / "dataTables.min.js").read_text("utf-8"))[1]
    assert f"version {version}" in note
    assert "MIT" in (folder / "LICENSE.txt").read_text("utf-8")
