"""Figures in pandas: arithmetic that carries units and lineage, what is missing, and comparisons with three answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gongbao.frames import FigureArray, FigureDtype
from gongbao.ledger import Ledger
from gongbao.units import UnitError

KINDS = ["total", "general", "special"]


@pytest.fixture(scope="module")
def ledger():
    return Ledger.load(topics=["debt"])


def column(ledger, pattern: str) -> pd.Series:
    return pd.Series(FigureArray(ledger[pattern.format(kind)] for kind in KINDS), pd.Index(KINDS, name="kind"))


@pytest.fixture
def limit(ledger):
    return column(ledger, "debt.limit.{}@2023")


@pytest.fixture
def balance(ledger):
    return column(ledger, "debt.balance.{}@2022-12-31")


def test_a_column_has_the_unit_in_its_dtype(limit, balance):
    assert str(limit.dtype) == "figure[亿元]"
    assert str((balance / limit).dtype) == "figure[]"
    assert str((balance / limit).astype("figure[%]").dtype) == "figure[%]"


def test_arithmetic_is_that_of_the_figures(limit, balance):
    room = limit - balance
    assert [figure.tolerance_text for figure in room] == ["65.3±0.1亿元", "41.3±0.1亿元", "24.0±0.1亿元"]
    assert room["total"].formula == "{debt.limit.total@2023} − {debt.balance.total@2022-12-31}"
    assert room["total"].interval == (limit["total"] - balance["total"]).interval


def test_a_figure_may_stand_before_a_column(limit):
    assert (limit["total"] - limit)["general"].formula == "{debt.limit.total@2023} − {debt.limit.general@2023}"
    assert (1 - limit / limit["total"])["general"].text == "0.45"


def test_units_that_do_not_go_together_and_typed_numbers_are_refused(limit, balance):
    with pytest.raises(UnitError):
        limit + balance / limit
    with pytest.raises(TypeError, match=r"not with 1\.5"):
        limit * 1.5
    with pytest.raises(TypeError, match="no figure"):
        pd.Series([1.5], dtype="figure")


def test_what_is_missing_stays_missing_also_in_a_sum(limit):
    with_gap = limit.reindex(["general", "special", "other"])
    assert (with_gap + with_gap).isna().tolist() == [False, False, True]
    assert with_gap.sum() is pd.NA
    assert limit[["general", "special"]].sum().formula == "{debt.limit.general@2023} + {debt.limit.special@2023}"


def test_groups_are_summed_with_their_formulas(limit):
    sums = limit.groupby([0, 1, 1]).sum()
    assert sums[1].formula == "{debt.limit.general@2023} + {debt.limit.special@2023}"
    assert isinstance(sums.dtype, FigureDtype)


def test_a_comparison_is_open_where_rounding_leaves_it_open(ledger):
    rates = column(ledger, "debt.interest.{}@2023") / column(ledger, "debt.balance.{}@2022-12-31")
    assert (rates > rates["special"])["general"] is pd.NA
    assert (rates > rates["special"] * 2)["general"] is np.False_
    assert (column(ledger, "debt.limit.{}@2023") > column(ledger, "debt.balance.{}@2022-12-31")).all()


def test_what_both_sides_rest_on_is_not_rounded_twice(limit, balance):
    assert ((limit + balance) > limit).all()


def test_frames_print_honest_digits(limit, balance):
    page = pd.DataFrame({"room": limit - balance})._repr_html_()
    assert "<td>65.3±0.1亿元</td>" in page


def test_reshaping_keeps_the_dtype(limit, balance):
    frame = pd.DataFrame({"limit": limit, "balance": balance})
    for shaped in (frame.stack(), frame.T["total"], pd.concat([limit, balance]), frame.reset_index()["limit"]):
        assert isinstance(shaped.dtype, FigureDtype)
    merged = frame.merge(pd.DataFrame({"more": limit}), on="kind")
    assert str(merged["more"].dtype) == "figure[亿元]"


def test_sorting_is_by_value(limit):
    assert limit.sort_values().index.tolist() == ["special", "general", "total"]
