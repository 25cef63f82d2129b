"""Claims of absence on pages: prose leads to their row, an unknown one stops the build."""

from __future__ import annotations

import shutil

from building import PROJECT
from lxml import html

from gongbao.ledger.absences import load_absences

INDEX = """# 书

公报[没有说明]({link})债务率的分子。

```{{toctree}}
ledger
sources
```
"""
SOURCES = "# 来源\n\n```{absences}\n```\n"


def build(book, link: str) -> html.HtmlElement:
    shutil.copy(PROJECT / "data" / "absences.csv", book.root / "data")
    book.write("index.md", INDEX.format(link=link))
    book.write("sources.md", SOURCES)
    book.build()
    return html.fromstring(book.page("index"))


def test_prose_leads_to_the_row_of_a_claim(small_book):
    index = build(small_book, "#absence.debt.ratio-parts")
    assert small_book.warnings == ""
    (link,) = index.xpath("//a[contains(., '没有说明')]")
    assert link.get("href") == "sources.html#absence.debt.ratio-parts"
    sources = html.fromstring(small_book.page("sources"))
    (row,) = sources.xpath("//tr[.//*[@id='absence.debt.ratio-parts']]")
    claim, where, absent, found = (cell.text_content().strip() for cell in row.iter("td"))
    assert claim == "债务率的分子、分母，以及“审计口径”的含义"
    assert where == "第1～113页"
    assert "综合财力" in absent.split()
    assert found == "按审计口径计算的全区政府债务率"


def test_every_claim_has_a_row(small_book):
    build(small_book, "#absence.debt.ratio-parts")
    rows = html.fromstring(small_book.page("sources")).xpath("//table//tbody/tr")
    assert len(rows) == len(load_absences())


def test_a_link_to_no_claim_is_refused(small_book):
    build(small_book, "#absence.debt.ratio-part")
    assert "nothing has the id absence.debt.ratio-part" in small_book.warnings
    assert "did you mean absence.debt.ratio-parts" in small_book.warnings


def test_pages_are_named_as_one_names_them(small_book):
    build(small_book, "#absence.debt.ratio-parts")
    sources = html.fromstring(small_book.page("sources"))

    def where(id: str) -> str:
        return sources.xpath(f"string(//tr[.//*[@id='{id}']]/td[2])").strip()

    assert where("absence.debt.hidden") == "第1～113页"
    assert where("absence.assets.problems") == "第104页"
