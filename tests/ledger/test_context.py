"""Figures from outside: external, with source and grade."""

from __future__ import annotations

import re

import pytest

from gongbao.figures.origin import Claim
from gongbao.ledger.context import load_context
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
    assert figure.statements[0].place == "somewhere.org（B级：官方数据的镜像）"
    assert (figure.statements[0].row, figure.statements[0].note) == ("data/context.csv:2", "见注")


def test_context_and_ledger_have_no_id_in_common(ledger):
    assert not set(load_context()) & set(ledger)


def test_all_faults_are_named_at_once(data):
    rows = (
        "external.x.a,2022,甲,A,1.5,亿元,somewhere.org,C,\n"
        "debt.b,2022,乙,B,1.5,亿元,somewhere.org,A,\n"
        "external.x.c,2022,丙,C,１.5,亿元,somewhere.org,A,\n"
        "external.x.d,2022,丁,D,1.5,亿元,somewhere.org,A,\n"
        "external.x.d,2022,丁,D,1.5,亿元,somewhere.org,A,\n"
    )
    (data / "context.csv").write_text(HEADER + rows, "utf-8")
    with pytest.raises(FaultyDataError) as faulty:
        load_context(data)
    assert [fault.row for fault in faulty.value.faults] == [2, 3, 4, 6]


def test_missing_source_is_called_a_missing_source(data):
    (data / "context.csv").write_text(HEADER + "external.x.a,2022,甲,A,1.5,亿元,,B,\n", "utf-8")
    with pytest.raises(FaultyDataError) as faulty:
        load_context(data)
    assert "source" in faulty.value.faults[0].problem
