"""Searching the whole book in a browser, as its readers do: from disk, and from a server that allows only the book."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote, urldefrag, urlsplit

import pytest
from lxml import html

POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:"

# What readers ask in their own words: other characters, sounds, other words for it, another language, pages
OWN_WORDS = [
    ("債務率", "debt.ratio.audit@2022-12-31"),
    ("債務限額", "debt.limit.total@2023"),
    ("國有資產", "notebooks/assets"),
    ("敗訴率", "notebooks/law"),
    ("體育場地", "notebooks/sport"),
    ("zhaiwulv", "debt.ratio.audit@2022-12-31"),
    ("zhaiwu", "notebooks/debt"),
    ("zhai wu lv", "debt.ratio.audit@2022-12-31"),
    ("guoyouzichan", "notebooks/assets"),
    ("baisulv", "notebooks/law"),
    ("kehoufuwu", "notebooks/shuangjian"),
    ("债务律", "debt.ratio.audit@2022-12-31"),
    ("败诉律", "notebooks/law"),
    ("国有自产", "notebooks/assets"),
    ("债务上限", "debt.limit.total@2023"),
    ("举债上限", "debt.limit.total@2023"),
    ("借新还旧", "notebooks/debt"),
    ("补习", "notebooks/shuangjian"),
    ("到会率", "notebooks/session"),
    ("赤字率上升", None),
    ("debt ceiling", "debt.limit.total@2023"),
    ("debt cap", "debt.limit.total@2023"),
    ("turnout", "notebooks/session"),
    ("tutoring", "notebooks/shuangjian"),
    ("rollover", "notebooks/debt"),
    ("p93", "book/pages.html#p93"),
    ("p.93", "book/pages.html#p93"),
    ("第93页", "book/pages.html#p93"),
    ("第 93 页", "book/pages.html#p93"),
    ("page 58", "book/pages.html#p58"),
    ("p 008", "book/pages.html#p8"),
    ("p113", "book/pages.html#p113"),
    ("p114", None),
    ("16.3 %", "debt.ratio.audit@2022-12-31"),
    ("１６．３％", "debt.ratio.audit@2022-12-31"),
]

IN_ENGLISH = [
    ("debt ceiling", "notebooks/debt"),
    ("debt cap", "debt.limit.total@2023"),
    ("borrowing room", "notebooks/debt"),
    ("rollover", "notebooks/debt"),
    ("cost of borrowing", "notebooks/debt"),
    ("can the district afford its debt", "notebooks/debt"),
    ("who repays the bonds", "notebooks/debt"),
    ("public assets", "notebooks/assets"),
    ("gearing", "notebooks/assets"),
    ("gearing of enterprises", "notebooks/assets"),
    ("value of forests", "notebooks/assets"),
    ("private tutoring", "book/glossary"),
    ("after-school care", "notebooks/shuangjian"),
    ("teachers on duty", "notebooks/shuangjian"),
    ("lawsuits lost", "notebooks/law"),
    ("loss rate", "law.litigation.loss-rate.units@2021"),
    ("heads in court", "notebooks/law"),
    ("reversal rate", "notebooks/law"),
    ("behind schedule", "notebooks/plan"),
    ("missed target", "notebooks/plan"),
    ("life expectancy", "notebooks/plan"),
    ("GDP", "notebooks/economy"),
    ("capital expenditure", "economy.investment@2023-01/2023-08"),
    ("retail sales", "notebooks/economy"),
    ("loss-making firms", "notebooks/economy"),
    ("non-tax revenue", "notebooks/economy"),
    ("sports facilities", "notebooks/sport"),
    ("medals", "notebooks/sport"),
    ("sports instructors", "notebooks/sport"),
    ("audit recommendations", "notebooks/audit"),
    ("project audit", "notebooks/audit"),
    ("turnout", "notebooks/session"),
    ("ballot", "notebooks/session"),
    ("absent members", "notebooks/session"),
    ("contradictions", "notebooks/crosschecks"),
    ("mismatch", "notebooks/crosschecks"),
    ("rounding", "book/methods"),
    ("licence", "book/sources"),
    ("how to cite", "book/reuse"),
    ("page 93", "book/pages"),
    ("88.04 %", "law.litigation.attendance-rate@2023-01/2023-08"),
    ("債務限額", "debt.limit.total@2023"),
    ("quantum computer", None),
]

ROWS = [
    ("126.8", "debt.balance.total@2022-12-31"),
    ("192.1亿元", "debt.limit.total@2023"),
    ("政府债务限额", "debt.limit.total@2023"),
    ("debt.limit.total", "debt.limit.total@2023"),
    ("debt.limit.total@2023", "debt.limit.total@2023"),
    ("General debt limit", "debt.limit.general@2023"),
    ("的政府债务限额为192.1", "debt.limit.total@2023"),
    ("业负债总额", "assets.enterprise.all.liabilities@2022-12-31"),
    ("57.95%", "assets.enterprise.all.leverage@2022-12-31"),
    ("909件", "sport.complaints.hotline@2019/2023-08"),
    ("12345 hotline", "sport.complaints.hotline@2019/2023-08"),
    ("108.5", "economy.construction@2023-01/2023-08"),
    ("出庭应诉率目标", "law.litigation.attendance-rate.target@2023-09"),
    ("3.04±0.05%", "debt.effective-rate.average.qingpu@2023"),
]

ALIKE = [
    ("１２６．８亿元", "126.8亿元"),
    ("126.8 亿元", "126.8亿元"),
    ("57.95％", "57.95%"),
    ("GENERAL debt Limit", "general debt limit"),
    ("1,300亿元", "1300亿元"),
    ("  债务余额 ", "债务余额"),
    ("2023 年末", "2023　年末"),
    ('"双减"', "“双减”"),
    ("「债务余额」", "债务余额"),
    ("General debts", "general debt"),
    ("“债务限额” “平均付息率”", "债务限额 平均付息率"),
]


@pytest.fixture(scope="module")
def server(built) -> Iterator[str]:
    class Handler(SimpleHTTPRequestHandler):
        def end_headers(self):
            self.send_header("Content-Security-Policy", POLICY)
            super().end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=built.html)) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{served.server_port}"
        served.shutdown()


@pytest.fixture(scope="module")
def tab(browser):
    """One tab for all queries: every search is a new page in it."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    yield page
    page.close()


@pytest.fixture
def search(built, tab):
    """Ask the search page; the tab shows the answer."""

    def ask(query: str, base: str = built.html.as_uri()) -> list[str]:
        tab.goto(f"{base}/search.html?q={quote(query)}", wait_until="domcontentloaded")
        return [link.get_attribute("href") for link in tab.locator("#search-found li a").all()]

    return ask


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def place(built, address: str) -> html.HtmlElement:
    """What an address leads to: a section, a chart, a table, the row of a figure, or the page itself."""
    file, anchor = urldefrag(address)
    page = built.page(file)
    if not anchor:
        return page.xpath("//article")[0]
    (found,) = page.xpath("//*[@id=$id]", id=unquote(anchor))
    row = found.xpath("ancestor-or-self::tr")
    return row[0] if row else found


LENGTH, EACH = 9, 6


def paragraphs(built, folder: str) -> dict[str, list[str]]:
    """The text of each chapter of an edition."""
    return {
        path.stem: [
            " ".join(paragraph.text_content().split())
            for paragraph in built.page(f"{folder}notebooks/{path.name}").xpath("//article//section/p[not(@class)]")
        ]
        for path in sorted((built.html / "notebooks").glob("*.html"))
    }


@pytest.fixture(scope="module")
def sentences(built) -> list[tuple[str, str]]:
    """Runs of characters from the middle of sentences, with their chapter: six of each, always the same."""
    texts = {page: list(map(squeezed, found)) for page, found in paragraphs(built, "").items()}
    everything = "\n".join(text for found in texts.values() for text in found)
    runs = []
    for page, found in texts.items():
        middles = [text[len(text) // 2 :][:LENGTH] for text in found if len(text) > 6 * LENGTH]
        once = [run for run in middles if everything.count(run) == 1 and re.fullmatch(r"[\u4e00-\u9fff，、]+", run)]
        runs += [(run, page) for run in random.Random(page).sample(once, min(EACH, len(once)))]
    return runs


def test_words_from_the_middle_of_a_sentence_lead_to_their_place(built, search, sentences):
    assert len(sentences) >= 40
    for query, page in sentences:
        first, *_ = [address for address in search(query) if not address.startswith("book/ledger.html#")]
        assert urldefrag(first)[0] == f"notebooks/{page}.html", query
        assert query in squeezed(place(built, first).text_content())


@pytest.mark.parametrize(("query", "target"), OWN_WORDS)
def test_readers_own_words_lead_where_the_words_of_the_book_would(search, query, target):
    found = search(query)
    if target is None:
        assert found == []
    elif target.startswith("book/pages"):
        assert found[0] == target
    elif "@" not in target:
        assert any(address.startswith(f"{target}.html") for address in found[:5]), found[:5]
    else:
        assert f"book/ledger.html#{target}" in [address for address in found if "ledger.html#" in address][:3]


def test_words_from_the_middle_of_an_english_sentence_lead_to_its_chapter(built, search):
    texts = paragraphs(built, "en/")
    pages = (path.relative_to(built.html).as_posix() for path in (built.html / "en").rglob("*.html"))
    articles = (built.page(page).xpath("string(//article)") for page in pages)
    everything = " ".join(" ".join(articles).split()).lower()
    asked = 0
    for page, found in texts.items():
        runs = re.findall(r"(?<=[a-z] )[a-z]+ [a-z]+ [a-z]{3,} [a-z]+ [a-z]+(?= [a-z])", "\n".join(found))
        once = [run for run in runs if everything.count(run) == 1]
        for query in random.Random(page).sample(once, EACH):
            found = [address for address in search(query, f"{built.html.as_uri()}/en")[:3] if page in address]
            assert any(query in " ".join(place(built, f"en/{one}").text_content().split()) for one in found), query
            asked += 1
    assert asked >= 40


@pytest.mark.parametrize(("query", "target"), IN_ENGLISH)
def test_readers_of_the_english_edition_ask_in_their_own_words(built, search, query, target):
    found = search(query, f"{built.html.as_uri()}/en")
    rows = [unquote(urldefrag(address)[1]) for address in found if address.startswith("book/ledger.html#")]
    pages = list(dict.fromkeys(address.partition(".html")[0] for address in found if "@" not in address))
    if target is None:
        assert found == []
    else:
        assert target in (rows if "@" in target else pages)[:3]


@pytest.mark.parametrize("query", ["assests", "govenment debt", "debt limt", "reconsideraton"])
def test_misspelt_english_words_find_what_is_spelt_alike(built, search, tab, query):
    assert search(query, f"{built.html.as_uri()}/en")
    assert tab.locator("#search-status").inner_text().startswith(f"No match for “{query}”; similar in spelling")


@pytest.mark.parametrize(("edition", "typed"), [("", "债务限"), ("en/", "debt limit")])
def test_names_are_offered_once_while_a_query_is_typed(built, tab, edition, typed):
    tab.goto(f"{built.html.as_uri()}/{edition}search.html")
    tab.locator(".search-page input").press_sequentially(typed)
    offered = tab.locator("#search-names option").evaluate_all("all => all.map(one => one.value)")
    assert 0 < len(offered) <= 8
    assert all(typed in name and "2023" not in name for name in offered)


@pytest.mark.parametrize(("query", "id"), ROWS)
def test_numbers_and_names_of_figures_lead_to_their_row(built, search, query, id):
    rows = [address for address in search(query) if address.startswith("book/ledger.html#")]
    assert f"book/ledger.html#{id}" in rows[:3]
    assert place(built, rows[0]).tag == "tr"


@pytest.mark.parametrize(("query", "other"), ALIKE)
def test_how_a_query_is_written_does_not_matter(search, tab, query, other):
    found = search(query)
    assert found and "" not in tab.locator("mark").all_text_contents()
    assert found == search(other)


def test_a_number_is_found_whole_and_with_its_tolerance(search, tab):
    search("8.8")
    assert "8.8" in tab.locator("mark").all_text_contents()
    before = "marks => marks.map(mark => mark.previousSibling?.textContent.at(-1) ?? '')"
    assert not set("0123456789") & set(tab.locator("mark").evaluate_all(before))
    search("62.0亿元")
    assert "62.0±0.1亿元" in tab.locator("mark").all_text_contents()


def test_part_of_a_number_is_found_where_the_whole_is_nowhere(search):
    assert "book/ledger.html#debt.balance.total@2022-12-31" in search("26.8亿元")


def test_several_words_must_all_be_there_in_any_order(built, search):
    for address in search("利率 再融资"):
        file, _ = urldefrag(address)
        around = place(built, address).text_content() + built.page(file).xpath("string(//h1)")
        assert "利率" in around
        assert "再融资" in around


def test_a_query_that_stands_nowhere_finds_what_is_near(search, tab):
    found = search("债务余额为什么增加")
    assert tab.locator("#search-status").inner_text().startswith("没有完全相同的“债务余额为什么增加”")
    assert found[0].startswith("notebooks/debt.html")


@pytest.mark.parametrize("query", ["增速5.6%", "2023年新增债券用途"])
def test_a_word_and_a_number_are_found_where_both_stand(search, tab, query):
    assert search(query)
    assert tab.locator("#search-status").inner_text().startswith(f"没有完全相同的“{query}”")


@pytest.mark.parametrize("query", ["量子计算机", "qwertyuiop", "98765.4321", "没有这样的话呀", "a.*b", "<b>债务</b>"])
def test_what_is_not_in_the_book_is_not_found(search, tab, query):
    assert search(query) == []
    assert tab.locator("#search-status").inner_text().startswith(f"没有找到“{query}”")


@pytest.mark.parametrize("query", ["，", "（）", "[", "\\", "***", "%", "。。。！"])
def test_punctuation_alone_is_no_query(search, tab, query):
    assert search(query) == []
    assert tab.locator("#search-status").inner_text() == "请输入字词或数字。"


def test_odd_queries_do_no_harm(search, tab):
    errors = []
    tab.on("pageerror", lambda error: errors.append(error))
    tab.on("dialog", lambda error: errors.append(error))
    assert len(search("债")) > 20
    assert search("<script>alert(1)</script>") == []
    assert search('"><img src=x onerror=alert(1)>') == []
    assert tab.locator("main img[src=x]").count() == 0
    search("债务" * 2000)
    assert len(tab.locator(".search-page input").input_value()) == 100
    search("")
    assert tab.evaluate("document.activeElement.name") == "q"
    assert errors == []


def test_results_say_where_they_are_from_and_show_their_words(search, tab):
    search("新增债券")
    assert tab.title() == "“新增债券”的搜索 — 数读青浦"
    assert re.fullmatch(r"“新增债券”：正文\d+处，数据总账\d+行。", tab.locator("#search-status").inner_text())
    assert tab.locator("#search-found h3").first.inner_text() == "第1章 地方政府债务"
    assert set(tab.locator("mark").all_text_contents()) == {"新增债券"}
    for entry in tab.locator("#in-text li").all():
        assert entry.locator("mark").count()


def test_numbers_show_their_rows_first_and_words_the_text(search, tab):
    search("126.8")
    assert tab.locator("#search-found h2").first.inner_text().startswith("数据总账")
    search("债务余额")
    assert tab.locator("#search-found h2").first.inner_text().startswith("正文")


def test_a_reader_searches_with_the_keyboard_alone(built, tab):
    tab.goto((built.html / "notebooks/debt.html").as_uri())
    tab.keyboard.press("Control+k")
    tab.locator("dialog[open] input[name=q]").wait_for()
    tab.keyboard.type("192.1")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/search.html?q=192.1")
    assert tab.evaluate("document.activeElement.id") == "search-status"
    assert tab.locator("[role=status]").count() == 1
    tab.get_by_role("link", name="地方政府债务限额（2023）").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/ledger.html#debt.limit.total@2023")
    assert tab.locator("tr[id='debt.limit.total@2023']").is_visible()


def test_a_server_that_allows_only_the_book_is_enough(server, browser, built, search, tab):
    refused, asked = [], []
    tab.on("console", lambda message: refused.append(message.text) if "search" in message.text else None)
    tab.on("request", lambda request: asked.append(urlsplit(request.url).netloc))
    for query in ("意味着一个778±3亿元的分母", "126.8", "debt.limit.total"):
        assert search(query, server) == search(query)
    assert refused == []
    assert {host for host in asked if host} == {urlsplit(server).netloc}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_results_fit_a_phone(built, browser, theme):
    page = browser.new_page(viewport={"width": 360, "height": 800}, color_scheme=theme)
    page.goto(f"{(built.html / 'search.html').as_uri()}?q=debt.limit")
    page.locator("#search-found li").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()


def test_without_scripts_the_page_leads_to_the_contents(built, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((built.html / "search.html").as_uri())
    page.locator("main").get_by_role("link", name="目录").click()
    page.wait_for_url("**/book/index.html")
    context.close()


def test_no_other_page_carries_the_index(built):
    for path in built.html.rglob("*.html"):
        if path.name != "search.html":
            assert "search-index.js" not in path.read_text("utf-8"), path
