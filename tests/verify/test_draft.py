"""Proposals of rows for a text without a ledger."""

from __future__ import annotations

import re

import pytest

from gongbao.figures.origin import Precision
from gongbao.ledger.rows import load_units
from gongbao.verify.draft import propose, score
from gongbao.verify.source import Source
from gongbao.verify.verification import Rule, load_rules

YEAR = Rule("year", re.compile("20[0-9]{2}年"), "a year")


def proposals(*pages: str):
    return list(propose(Source(pages, "0" * 64), load_units().values(), [YEAR]))


@pytest.mark.parametrize(
    ("text", "value", "unit", "precision"),
    [
        ("债务余额126.8亿元。", "126.8", "亿元", Precision.ROUNDED),
        ("检查125家。", "125", "家", Precision.EXACT),
        ("设立两个。", "2", "个", Precision.EXACT),
        ("服务5万余人次。", "5", "万人次", Precision.OVER),
        ("约300人次。", "300", "人次", Precision.ABOUT),
        ("同比下降3.2%。", "-3.2", "%", Precision.ROUNDED),
        ("高于全市2个百分点。", "2", "百分点", Precision.ROUNDED),
        ("低于全市2个百分点。", "-2", "百分点", Precision.ROUNDED),
    ],
)
def test_a_number_is_proposed_with_unit_sign_and_precision(text, value, unit, precision):
    (proposal,) = proposals(text)
    assert (proposal.value, proposal.unit, proposal.precision) == (value, unit, precision)


def test_a_number_under_a_rule_is_not_proposed():
    assert [p.value for p in proposals("2023年余额5亿元，到2024年止。")] == ["5"]


def test_a_phrase_stands_once_on_its_page():
    first, second = proposals("", "甲方5亿元，乙方5亿元。")
    assert (first.page, first.phrase, second.phrase) == (2, "甲方5亿元", "乙方5亿元")


def test_recall_and_precision_on_the_gazette(whole_ledger, real_gazette):
    source = Source.read(real_gazette)
    result = score(propose(source, whole_ledger.units.values(), load_rules()), whole_ledger)
    assert result.precision > 0.97
    assert result.recall > 0.8
