"""Figures from outside: external, with source and grade."""

from __future__ import annotations

import re

import pytest

from gongbao.figures.origin import Claim
from gongbao.ledger.rows import load_context
from gongbao.ledger.tables import FaultyDataError

HEADER = "series,period,name_zh,name_en,value,unit,source,grade,note\n"


def test_every_figure_is_external_and_says_where_it_is_from():
    context = load_context()
    assert context
    for id, figure in context.items():
        assert figure.claim is Claim.EXTERNAL
        (statement,) = figure.statements
        assert id.startswith("external.")
        assert statement.page is None
        assert re.search("（[AB] ?级：", statement.place)


def test_value_is_rounded_as_printed(data):
    (data / "context.csv").write_text(HEADER + "external.x.debt,2022,甲,A,4867.5,亿元,somewhere.org,B,见注\n", "utf-8")
    (figure,) = load_context(data).values()
    assert (figure.id, figure.text, figure.range_text) == (
        "external.x.debt@2022",
        "4867.5亿元",
        "4867.45～4867.55亿元",
    )
    assert figure.statements[0].place == "somewhere.org（B级：官方数据的转载）"
    assert (figure.statements[0].row, figure.statements[0].note) == ("data/context.csv:2", "见注")


def test_context_and_ledger_have_no_id_in_common(ledger):
    assert not set(load_context()) & set(ledger)


def test_a_value_that_is_no_number_is_named_with_its_row(data):
    rows = "external.x.c,2022,丙,C,１.5,亿元,somewhere.org,A,\nexternal.x.d,2022,丁,D,1.5,亿圆,somewhere.org,A,\n"
    (data / "context.csv").write_text(HEADER + rows, "utf-8")
    with pytest.raises(FaultyDataError) as faulty:
        load_context(data)
    assert [(fault.row, fault.problem) for fault in faulty.value.faults] == [
        (2, "the value '１.5' is not a number"),
        (3, "the row cannot be used: '亿圆'"),
    ]
