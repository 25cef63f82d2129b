"""The ledger on the web: what a row says without scripts, and what scripts make of the rows."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import groupby

import pytest
from building import PROJECT
from lxml import html
from playwright.sync_api import Page, expect

from gongbao.chapter import Chapter
from gongbao.figures.bundles import FIGURES_MIME
from gongbao.ledger.rows import Ledger, load_units

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
    book.build(language="en")
    assert "书 · Opening; 章 1.2" in row(book, "debt.limit.total@2023").text_content()


def test_the_row_of_a_computed_figure_has_its_formula(book):
    _, _, origin, used = row(book, "debt.headroom.total@2023").iter("td")
    assert origin.text_content() == "地方政府债务限额（2023） − 地方政府债务余额（2023-12-31）"
    assert len(list(origin.iter("a"))) == 2
    assert used.text_content().strip() == "用于：章 1.1"


def test_what_is_stated_has_all_its_digits_to_sort_and_to_take_away(small_book):
    table = small_book.root / "data" / "ledger" / "debt.csv"
    stated = "debt.paid,2023,付款,Payments,12345678901,元,exact,debt-resolution,92,付款12345678901元,\n"
    table.write_text(table.read_text("utf-8") + stated, "utf-8")
    small_book.write("index.md", "# 书\n\n```{toctree}\nledger\n```\n")
    small_book.build()
    assert row(small_book, "debt.paid@2023").get("data-value") == "12345678901"


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
    assert "书·篇首" not in used
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
    page.get_by_label("每页行数").select_option("全部")
    assert len(shown(page)) == total


def test_rows_are_searched_and_filtered(ledger_page):
    page = ledger_page()
    page.get_by_role("searchbox").fill("债务限额 一般 １０４．８亿元")
    assert shown(page) == ["debt.limit.general@2023"]
    page.get_by_role("button", name="清除").click()
    page.get_by_label("性质").select_option("推算")
    assert shown(page) == ["debt.headroom.total@2023"]
    page.get_by_label("性质").select_option("全部")
    page.get_by_label("公报页码").select_option("92")
    assert shown(page) == ["debt.limit.total@2023", "debt.limit.general@2023", "debt.limit.special@2023"]
    page.get_by_label("公报页码").select_option("全部")
    page.get_by_label("主题").select_option(label="外部")
    page.get_by_label("单位").select_option("亿元")
    assert {id.partition(".")[0] for id in shown(page)} == {"external"}
    page.get_by_label("篇目").select_option("债务决议")
    expect(page.get_by_text("没有这样的行")).to_be_visible()


def test_what_an_input_method_composes_is_not_searched_before_it_is_chosen(ledger_page):
    page = ledger_page()
    before = shown(page)
    keyboard = page.context.new_cdp_session(page)
    page.get_by_role("searchbox").focus()
    keyboard.send("Input.imeSetComposition", {"text": "xiane", "selectionStart": 5, "selectionEnd": 5})
    assert page.get_by_role("searchbox").input_value() == "xiane"
    assert shown(page) == before
    keyboard.send("Input.insertText", {"text": "限额"})
    assert shown(page) != before
    assert page.url.endswith("?q=%E9%99%90%E9%A2%9D")


def test_rows_are_sorted_by_what_they_measure_in_either_order(ledger_page, book):
    page = ledger_page()
    page.get_by_label("每页行数").select_option("全部")
    header = page.get_by_role("columnheader", name="数值")
    header.get_by_role("button").press("Enter")
    expect(header).to_have_attribute("aria-sort", "ascending")
    units = load_units()
    rows = {id: row(book, id) for id in shown(page)}
    measured = [id for id in rows if rows[id].get("data-value") and "/" not in rows[id].get("data-unit", "")]
    sizes: dict[object, list[Fraction]] = {}
    for id in measured:
        unit = units[rows[id].get("data-unit", "%")]
        sizes.setdefault(unit.dimension, []).append(Fraction(rows[id].get("data-value")) * unit.factor)
    kinds = [units[rows[id].get("data-unit", "%")].dimension for id in measured]
    assert len([*groupby(kinds)]) == len(sizes) > 2
    assert all(found == sorted(found) for found in sizes.values())
    # the two units of money are mixed
    money = [rows[id].get("data-unit") for id in measured if rows[id].get("data-unit") in ("亿元", "万元", "元")]
    assert len([*groupby(money)]) > len(set(money)) > 1
    header.get_by_role("button").press("Enter")
    expect(header).to_have_attribute("aria-sort", "descending")
    header.get_by_role("button").press("Enter")
    assert header.get_attribute("aria-sort") is None


def test_a_view_is_an_address_that_back_and_forward_follow(ledger_page):
    page = ledger_page()
    page.get_by_label("性质").select_option("外部")
    page.get_by_label("单位").select_option("亿元")
    page.get_by_role("searchbox").press_sequentially("debt")
    page.get_by_role("button", name="数值").click()
    views = [view(page)]
    assert len(views[0]["rows"]) > 1
    for _ in range(3):
        page.go_back()
        views.append(view(page))
    assert [found["q"] for found in views] == ["debt", "debt", "", ""]
    assert views[0]["order"] != views[1]["order"] == []
    assert [found["unit"] for found in views] == ["亿元", "亿元", "亿元", ""]
    for expected in views[2::-1]:
        page.go_forward()
        assert view(page) == expected
    # what was shared is what is opened
    url = page.url
    page.goto("about:blank")
    page.goto(url)
    assert view(page) == views[0]
    # and to come back from another page is to come back to it
    page.goto(page.url.split("ledger.html")[0] + "chapter.html")
    page.go_back()
    assert view(page) == views[0]


def view(page: Page) -> dict[str, object]:
    """What the controls say, and what is shown."""
    labels = {"unit": "单位", "claim": "性质", "topic": "主题"}
    said = {key: page.get_by_label(label).input_value() for key, label in labels.items()}
    return {
        **said,
        "q": page.get_by_role("searchbox").input_value(),
        "rows": shown(page),
        "order": page.locator("th[aria-sort]").all_inner_texts(),
    }


def test_an_address_with_what_there_is_not_shows_all_rows(ledger_page):
    page = ledger_page("?unit=fathom&sort=beauty&rows=7&part=99&topic=x#100%")
    assert view(page)["unit"] == ""
    expect(page.get_by_role("status")).to_contain_text("第")
    assert "fathom" not in page.url


def test_what_is_shown_can_be_taken_away(ledger_page):
    page = ledger_page()
    page.get_by_label("公报页码").select_option("92")
    with page.expect_download() as found:
        page.get_by_role("button", name="下载这些行").click()
    data = found.value.path().read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert [row["id"] for row in rows] == shown(page)
    assert rows[0] | {"source": "", "address": ""} == {
        "id": "debt.limit.total@2023",
        "name": "地方政府债务限额（2023）",
        "claim": "公报所载",
        "printed": "192.1亿元",
        "value": "192.1",
        "low": "192.05",
        "high": "192.15",
        "unit": "亿元",
        "page": "92 93 94 96",
        "source": "",
        "address": "",
    }
    assert rows[0]["address"].endswith("/ledger.html#debt.limit.total@2023")


@pytest.mark.parametrize("scheme", ["file", "http"])
def test_the_address_of_a_row_shows_it_whatever_hides_it(ledger_page, book, browser, serve, scheme):
    page = ledger_page()
    if scheme == "http":
        page.goto(serve(book.root / "_build/html") + "/ledger.html")
    target = page.locator(f"tr[id='{LAST}']")
    expect(target).to_have_count(0)
    page.get_by_label("性质").select_option("推算")
    page.get_by_role("searchbox").fill("余量")
    page.evaluate(f"location.hash = '{LAST}'")
    expect(target).to_be_in_viewport()
    assert (view(page)["claim"], view(page)["q"]) == ("", "")
    page.go_back()
    assert (view(page)["q"], shown(page)) == ("余量", ["debt.headroom.total@2023"])
    page.go_forward()
    expect(target).to_be_in_viewport()
    assert target.evaluate("(row) => row.matches(':target')")
    page.reload()
    expect(target).to_be_in_viewport()
    assert target.evaluate("(row) => row.matches(':target')")


def test_the_address_of_a_topic_shows_its_rows(ledger_page, book):
    (section,) = html.fromstring(book.page("ledger")).xpath("//h2[contains(., '外部')]/ancestor::section[1]/@id")
    page = ledger_page(f"#{section}")
    expect(page.get_by_label("主题")).to_have_value(section)
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
