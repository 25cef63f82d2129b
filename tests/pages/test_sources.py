"""The tables of the page on sources: made of the data, and made again when they change."""

from __future__ import annotations

import json

from lxml import html

from gongbao.ledger.rows import Ledger
from gongbao.verify.record import seal

INDEX = """# 来源

```{toctree}
ledger
```

```{reports}
```

```{external-sources}
```

```{verification}
```
"""


def rows(page: str, number: int) -> list[list[str]]:
    table = html.fromstring(page).xpath("//table")[number]
    return [[cell.text_content().strip() for cell in row.iter("td")] for row in table.xpath(".//tbody/tr")]


def test_every_text_has_its_pages_and_the_number_of_its_figures(small_book):
    small_book.write("index.md", INDEX)
    small_book.build()
    *texts, total = rows(small_book.page("index"), 0)
    ledger = Ledger.load(small_book.root / "data")
    assert [row[0] for row in texts] == [report.short_zh for report in ledger.reports.values()]
    by_name = {row[0]: row[3:] for row in texts}
    stated = [row.id for row in ledger.rows if row.report.key == "debt-resolution"]
    assert by_name["债务决议"] == ["92", str(len(stated)), str(len(set(stated)))]
    assert by_name["债务说明"][0] == "95～98"
    assert by_name["辞职决定"][1:] == ["0", "0"]
    # a figure that two reports state counts once
    assert total[4:] == [str(len(ledger.rows)), str(len({row.id for row in ledger.rows}))]
    assert sum(int(row[4]) for row in texts) == len(ledger.rows)
    assert sum(int(row[5]) for row in texts) > int(total[5])
    assert small_book.warnings == ""


def test_external_sources_show_their_grade_and_their_figures(small_book):
    head = "series,period,name_zh,name_en,value,unit,source,grade,note\n"
    figures = [
        f"external.place.debt-{letter},{year},{name},debt,1,亿元,{source},{grade},\n"
        for letter, year, name, source, grade in (
            ("a", 2022, "甲", "镜像", "B"),
            ("a", 2023, "甲", "镜像", "B"),
            ("b", 2023, "乙", "镜像", "B"),
            ("c", 2023, "丙", "https://www.a.gov.cn/x", "A"),
        )
    ]
    small_book.write("data/context.csv", head + "".join(figures))
    small_book.write("index.md", INDEX)
    small_book.build()
    assert rows(small_book.page("index"), 1) == [
        ["https://www.a.gov.cn/x", "A：官方网页", "丙", "1"],
        ["镜像", "B：官方数据的转载", "甲、乙", "3"],
    ]
    table = html.fromstring(small_book.page("index")).xpath("//table")[1]
    assert [link.get("href") for link in table.iter("a")] == ["https://www.a.gov.cn/x"]


def test_many_figures_of_a_source_are_counted_not_named(small_book):
    head = "series,period,name_zh,name_en,value,unit,source,grade,note\n"
    figures = [f"external.place.{name},2023,{name},{name},1,亿元,来源,B,\n" for name in "abcdef"]
    small_book.write("data/context.csv", head + "".join(figures))
    small_book.write("index.md", INDEX)
    small_book.build()
    assert rows(small_book.page("index"), 1) == [["来源", "B：官方数据的转载", "a、b、c、d等6项", "6"]]


def test_the_record_of_the_verification_is_shown(small_book):
    small_book.write("index.md", INDEX)
    small_book.build()
    record = json.loads((small_book.root / "data" / "verified.json").read_text("utf-8"))
    shown = dict(rows(small_book.page("index"), 2))
    assert shown["公报文本的SHA-256"] == record["source"]
    assert shown["与原页一致的陈述"] == str(record["rows"])
    counts = record["set_aside"].values()
    assert shown["按写明理由的规则排除的数字"] == f"{sum(counts)}（{len(counts)}条规则）"


def test_data_that_were_never_verified_have_no_record_to_show(small_book):
    small_book.write("index.md", INDEX)
    (small_book.root / "data" / "verified.json").unlink()
    small_book.build()
    assert "公报文本的SHA-256" not in small_book.page("index")


def test_changed_data_change_the_page(small_book):
    small_book.write("index.md", INDEX)
    small_book.build()
    path = small_book.root / "data" / "reports.csv"
    path.write_text(path.read_text("utf-8").replace("债务决议,", "债务的决议,"), "utf-8")
    small_book.build()
    assert "债务的决议" in [row[0] for row in rows(small_book.page("index"), 0)]


def test_numbers_of_pages_that_were_left_for_later_are_shown(small_book):
    small_book.write("index.md", INDEX)
    path = small_book.root / "data" / "verified.json"
    record = json.loads(path.read_text("utf-8")) | {"left_out": 7}
    path.write_text(json.dumps(record | {"seal": seal(record)}), "utf-8")
    small_book.build()
    assert dict(rows(small_book.page("index"), 2))["还没有录入的页上的数字"] == "7"
