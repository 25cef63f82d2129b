"""What notebooks computed, as pages and exports take it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from gongbao.results.results import _wrong_units


@pytest.mark.parametrize(
    ("note", "named"),
    [
        ("单位：亿元。", ""),
        ("单位：亿元一年，目标为虚线。", ""),
        ("单位：占全区的%。", ""),
        ("两期相比。", ""),
        ("单位：万元。", "万元"),
        ("2023年；单位：百分点。", "百分点"),
    ],
)
def test_the_note_of_a_chart_names_a_unit_that_is_drawn(note, named):
    records = {"debt.limit.total@2023": {"unit": "亿元"}, "debt.ratio.audit@2022": {"unit": "%"}}
    chart = {"name": "limit", "uses": [*records, "unknown"], "note": note}
    results = SimpleNamespace(records=records, chapters={"debt": SimpleNamespace(charts=[chart])})
    found = list(_wrong_units(results))
    said = f"debt: the note of the chart limit names the unit {named}, drawn is % and 亿元"
    assert found == ([said] if named else [])
