"""How a figure is cited: what it is, where the gazette states it, in which version of the book it stands."""

from __future__ import annotations

from gongbao.ledger.rows import load_context
from gongbao.pages.cards import Work, cite

WORK = Work("数读青浦", "编写组", "1.0.0", 2026, "某公报2023年第七号")
ID = "debt.balance.total@2022-12-31"


def test_a_stated_figure_is_cited_with_its_pages(ledger):
    record = ledger[ID].record()
    pages = {s.page for s in ledger[ID].statements}
    assert cite(record, pages, WORK)["words"] == (
        "地方政府债务余额（2022-12-31）126.8亿元。某公报2023年第七号，第93、96页。"
        "据《数读青浦》1.0.0版，2026年，编号debt.balance.total@2022-12-31。"
    )


def test_a_computed_figure_says_that_it_is(ledger):
    gap = ledger["debt.limit.total@2022"] - ledger[ID]
    record = gap.named("debt.room@2022", "余量", "room").record()
    assert cite(record, {96, 93}, WORK)["words"].startswith(
        "余量（2022）58.3±0.1亿元。推算，据某公报2023年第七号，第93、96页。《"
    )


def test_an_inference_names_its_assumption(ledger):
    record = (ledger[ID] / 2).named("debt.half@2022", "一半", "half", "各占一半").record()
    assert "推断，据某公报2023年第七号，第93页；假设：各占一半。" in cite(record, {93}, WORK)["words"]


def test_an_outside_figure_names_its_source_and_no_page():
    record = load_context()["external.china.debt.interest.general@2023"].record()
    words = cite(record, set(), WORK)["words"]
    assert "外部：yqcao/China-Fiscal-Data" in words
    assert "某公报" not in words


def test_bibtex_has_a_key_a_page_and_escaped_signs(ledger):
    record = ledger["debt.ratio.audit@2022-12-31"].record()
    entry = cite(record, {96}, WORK._replace(author="编写组&同事"))["bibtex"]
    assert entry.startswith("@misc{debt.ratio.audit-2022-12-31,\n  author = {{编写组\\&同事}},\n")
    assert r"16.3\%" in entry
    assert "note = {某公报2023年第七号，第96页}," in entry
    assert "year = {2026},\n}" in entry
