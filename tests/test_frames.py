"""Figures in pandas: arithmetic that carries units and lineage, what is missing, and comparisons with three answers."""

from __future__ import annotations

from fractions import Fraction

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


# --- column.figure


def test_accessor_converts_and_keeps_index_and_name(limit, balance):
    share = (balance / limit).rename("share").figure.to("%")
    assert str(share.dtype) == "figure[%]"
    assert (share.name, list(share.index)) == ("share", KINDS)
    assert share["total"].text == (balance["total"] / limit["total"]).to(share.dtype.unit).text
    with pytest.raises(UnitError, match="convert between 亿元 and %"):
        limit.figure.to("%")
    with pytest.raises(TypeError, match="no unit '元宝'"):
        limit.figure.to("元宝")


def test_accessor_says_what_figures_say(limit, balance):
    room = (limit - balance).figure
    assert room.text.tolist() == ["65亿元", "41亿元", "24亿元"]
    assert room.number.tolist() == ["65", "41", "24"]
    assert room.tolerance["total"] == "65.3±0.1亿元"
    assert room.range["total"] == "65.2～65.4亿元"
    assert room.exact["total"] == Fraction("65.3")
    assert (room.low["total"], room.high["total"]) == (65.2, 65.4)
    assert room.low.dtype == float
    assert room.formula["total"] == "{debt.limit.total@2023} − {debt.balance.total@2022-12-31}"
    assert set(room.claim) == {"derived"}
    assert set(room.unit) == {"亿元"}
    assert limit.figure.id["special"] == "debt.limit.special@2023"
    assert limit.figure.series["special"] == "debt.limit.special"
    assert set(limit.figure.period) == {"2023"}
    assert limit.figure.name_zh["total"] == limit["total"].name_zh
    assert limit.figure.name_en["total"] == limit["total"].name_en


def test_accessor_computes_what_figures_compute(limit, balance):
    share = balance / limit
    assert share.figure.root(2)["total"] == share["total"].root(2)
    assert share.figure.as_count("件")["total"] == share["total"].as_count(FigureDtype.unit_called("件"))
    # a full count of lawsuits times a rate with rounding
    ratio = limit * 1000 / balance["total"]
    assert ratio.figure.whole()["total"] == ratio["total"].whole()


def test_what_is_missing_stays_missing_in_the_accessor(limit):
    gap = limit.reindex(["general", "other"])
    for name in ("text", "number", "tolerance", "range", "exact", "low", "high", "id", "period", "name_zh", "claim"):
        assert getattr(gap.figure, name).isna().tolist() == [False, True]
    assert gap.figure.to("万元").isna().tolist() == [False, True]
    assert limit[[]].figure.text.tolist() == []
    assert str(limit[[]].figure.to("万元").dtype) == "figure[万元]"


def test_frames_have_the_accessor_too(limit, balance):
    frame = pd.DataFrame({"limit": limit, "balance": balance})
    assert frame.figure.text.loc["total", "limit"] == limit["total"].text
    assert set(frame.figure.to("万元").dtypes.map(str)) == {"figure[万元]"}
    assert frame.figure.high["balance"].tolist() == balance.figure.high.tolist()
    assert frame.rename_axis(columns="measure").figure.text.columns.name == "measure"
    assert set(frame.head(0).figure.low.dtypes) == {np.dtype(float)}


def test_accessor_takes_objects_that_are_figures_and_refuses_others(limit):
    assert pd.Series(dict(limit.items())).figure.text["total"] == limit["total"].text
    with pytest.raises(AttributeError, match=r"column 'x' holds float64, not figures"):
        pd.Series([1.5], name="x").figure  # noqa: B018
    assert not hasattr(pd.Series(["text"]), "figure")
