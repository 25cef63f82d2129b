"""Numbers in prose: what is a link to a figure, the form that its text has, and how texts are brought up to date."""

from __future__ import annotations

import json

import pytest

from gongbao.prose import numbers

RECORD = {
    "text": "62亿元",
    "number": "62",
    "tolerance": "62.0±0.1亿元",
    "tolerance_number": "62.0±0.1",
    "range": "61.9～62.1亿元",
    "least": "至少61.9亿元",
    "most": "至多62.1亿元",
}


RECORDS = {"debt.headroom.total@2023": RECORD, "债务限额": {}}


def link(text: str, id: str = "debt.headroom.total@2023") -> str:
    return f"[{text}](#{id})"


@pytest.mark.parametrize("form", RECORD)
def test_the_form_is_seen_from_the_text_and_from_the_mark(form):
    assert numbers.form(RECORD[form]) == form
    assert numbers.form(numbers.MARKS[form]) == form


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("126.8亿元", "tolerance"),
        ("3.4%", "text"),
        ("0.51%", "text"),
        ("0.510%", "tolerance"),
        ("780亿元", "text"),
        ("7805亿元", "tolerance"),
        ("15040±633件", "tolerance"),
        ("2.996 to 3.077%", "range"),
        ("至少340人", "least"),
        ("at most 3.30%", "most"),
        ("较高", "text"),
        ("−3", "number"),
    ],
)
def test_a_number_of_enough_digits_would_have_a_tolerance_if_it_needed_one(text, form):
    assert numbers.form(text) == form


@pytest.mark.parametrize(
    "id", ["a.b@2023", "law.x-y@2023-01/2023-08", "a.b@2021/2022", "scenario.law-z", "fig-debt-uses", "equation-bridge"]
)
def test_ids_are_links(id):
    assert numbers.LINK.fullmatch(link("5", id))["id"] == id


@pytest.mark.parametrize(
    "text", ["[限额](#债务限额)", "[5](#debt-uses)", "[账](../book/ledger.md)", "[5](a.b@2023)", "[a [5]](#a.b@2023)"]
)
def test_other_links_are_none(text):
    assert not numbers.LINK.fullmatch(text)


def test_texts_are_brought_up_to_date_in_their_form():
    old = " ".join(link(text) for text in ("61亿元", "61", "61.0±0.1亿元", "60～61亿元", "", "±"))
    new, changes = numbers.refreshed(old, RECORDS, "page")
    shown = ("62亿元", "62", "62.0±0.1亿元", "61.9～62.1亿元", "62亿元", "62.0±0.1亿元")
    assert new == " ".join(link(text) for text in shown)
    assert len(changes) == 6
    assert str(changes[0]) == "page, line 1: debt.headroom.total@2023: 61亿元 → 62亿元"
    assert numbers.refreshed(new, RECORDS) == (new, [])


@pytest.mark.parametrize(
    ("id", "near"),
    [
        ("debt.headroom.totl@2023", "; did you mean debt.headroom.total@2023?"),
        ("debt.headroom.total", "; did you mean debt.headroom.total@2023?"),
        ("债务限", "; did you mean 债务限额?"),
        ("fig-else", ""),
    ],
)
def test_a_link_that_leads_nowhere_is_left_and_said_with_what_is_near(id, near):
    text = link("5", id)
    left, changes = numbers.refreshed(text, RECORDS, "page")
    assert left == text
    assert list(map(str, changes)) == [f"page, line 1: nothing has the id {id}{near}"]


@pytest.mark.parametrize(
    "text",
    [
        link("限额", "债务限额"),
        f"`{link('5', 'nothing')}`",
        f"```markdown\n{link('5', 'nothing')}\n```",
        "[账](../book/ledger.md)",
    ],
)
def test_what_prints_no_number_is_left(text):
    assert numbers.refreshed(text, RECORDS) == (text, [])


def test_directives_hold_prose_and_code_ends_with_its_fence():
    between = f"```{{sketch}} debt\n```\n{link('61亿元')}\n\n```{{sketch}} law\n```\n"
    text = f"{between}```{{note}}\n{link('61亿元')}\n```\n\n```python\nlimit\n```\n\n{link('61亿元')}\n"
    assert numbers.refreshed(text, RECORDS)[0] == text.replace("61亿元", "62亿元")


def test_a_message_does_not_change_with_its_numbers():
    one, other = (
        f"余量{link(text)}，即{link(number)}" for text, number in (("62亿元", "62"), ("61.0±0.1亿元", "61.0±0.1"))
    )
    assert numbers.marked(one) == numbers.marked(other) == f"余量{link('')}，即{link('#')}"


def test_a_translation_has_a_tolerance_where_its_source_has_one():
    source, translation = link("62.0±0.1亿元"), f"{link('')} of headroom"
    assert numbers.unlinked(translation, RECORDS.get, source) == "62.0±0.1亿元 of headroom"
    assert numbers.unlinked(translation, RECORDS.get, link("62亿元")) == "62亿元 of headroom"


def test_a_text_has_its_own_form_beside_others_of_the_same_number():
    id, both = "a@2023", {("a@2023", "text"), ("a@2023", "tolerance")}
    assert numbers.form_in_translation("62亿元", id, both) == "text"
    assert numbers.form_in_translation("", id, both) == "tolerance"
    assert numbers.form_in_translation("", id, {(id, "tolerance_number")}) == "text"


def test_notebooks_and_pages_are_written_and_nothing_else_in_them_changes(tmp_path):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: a\nchapters: [{file: notebooks/b}]\n", "utf-8")
    (tmp_path / "a.md").write_text(f"# 章\n\n{link('61亿元')}\n", "utf-8")
    cells = [
        {"cell_type": "markdown", "id": "1", "metadata": {}, "source": ["一\n", link("61")]},
        {"cell_type": "code", "id": "2", "metadata": {}, "outputs": [], "execution_count": None, "source": [link("")]},
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path = tmp_path / "notebooks" / "b.ipynb"
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", "utf-8")
    assert len(list(numbers.refresh(tmp_path, RECORDS, write=False))) == 2
    assert "61" in path.read_text("utf-8")
    assert len(list(numbers.refresh(tmp_path, RECORDS, write=True))) == 2
    assert list(numbers.refresh(tmp_path, RECORDS, write=True)) == []
    cells[0]["source"] = ["一\n", link("62")]
    assert path.read_text("utf-8") == json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize(
    ("before", "said", "behind", "unit", "found"),
    [
        ("余额", "192.1", "万元。", "亿元", "万元"),
        ("余额", "192.1", "%。", "亿元", "%"),
        ("余额", "192.1亿元", "美元。", "亿元", "美元"),
        ("余额百", "192.1亿元", "。", "亿元", "百"),
        ("余额为负", "192.1亿元", "。", "亿元", "负"),
        ("上升", "3.1", "个百分点。", "百分点", ""),
        ("为", "4.5", "倍。", "倍", ""),
        ("每立方米", "0.1", "元，", "亿元/亿立方米", ""),
        ("达到", "1300亿元", "台阶", "亿元", ""),
        ("第", "3轮", "。", "轮", ""),
    ],
)
def test_what_stands_at_a_number_does_not_make_it_another(before, said, behind, unit, found):
    assert numbers.misfit(before, said, behind, unit) == found
