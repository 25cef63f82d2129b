"""Figures in pandas: arithmetic that carries units and lineage, what is missing, and comparisons with three answers.

What pandas expects of every dtype is tested by its own tests, in ``test_frames_pandas.py``.
"""

from __future__ import annotations

import copy
import json
import operator
import pickle
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongbao.figures.errors import RefusedError
from gongbao.figures.figure import Figure, stated
from gongbao.figures.frames import FigureArray, FigureDtype
from gongbao.figures.interval import Interval
from gongbao.figures.origin import Claim, Leaf
from gongbao.figures.units import UnitError
from gongbao.ledger.rows import Ledger, load_units

KINDS = ["total", "general", "special"]
YI, PERCENT = (load_units()[symbol] for symbol in ("亿元", "%"))


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


@pytest.fixture
def rates(ledger, balance):
    """Rates of which rounding leaves open which is larger."""
    return column(ledger, "debt.interest.{}@2023") / balance


@pytest.fixture
def gap(limit):
    """A column of which the one in the middle is missing."""
    return limit.reindex(["general", "other", "special"])


def texts(column: pd.Series) -> list[str]:
    return column.figure.tolerance.tolist()


# --- dtype


def test_a_column_has_the_unit_in_its_dtype(limit, balance):
    assert str(limit.dtype) == "figure[亿元]"
    assert str((balance / limit).dtype) == "figure[]"
    assert str((balance / limit).astype("figure[%]").dtype) == "figure[%]"


def test_figures_of_one_unit_make_a_column_of_it_and_others_one_without(limit, rates):
    assert str(pd.Series(list(limit), dtype="figure").dtype) == "figure[亿元]"
    assert str(pd.Series([limit["total"], None], dtype="figure[万元]").dtype) == "figure[万元]"
    assert str(pd.Series([limit["total"], rates["total"]], dtype="figure").dtype) == "figure"
    assert str(pd.concat([limit, rates]).dtype) == "figure"
    assert str(pd.concat([limit, pd.Series([pd.NA], dtype="figure")]).dtype) == "figure[亿元]"


def test_what_is_no_figure_is_not_taken_for_one(limit, gap, rates):
    for attempt in (
        lambda: pd.Series([1.5], dtype="figure"),
        lambda: FigureArray([1.5]),
        lambda: gap.fillna(1.5),
        lambda: limit.reindex(["other"], fill_value=0),
        lambda: limit.__setitem__("total", 1.5),
    ):
        with pytest.raises(TypeError, match=r"is no figure: a typed number has no source; take it from the ledger, or"):
            attempt()
    with pytest.raises(UnitError, match=r"cannot convert between 亿元 and %: debt.limit.total@2023"):
        pd.Series(list(limit), dtype="figure[%]")
    with pytest.raises(UnitError, match="cannot convert between a ratio and 亿元"):
        limit["total"] = rates["total"]
    with pytest.raises(TypeError):
        pd.Series(list(limit), dtype="figure[元宝]")


def test_assignment_converts(limit):
    limit["total"] = limit["total"].to(load_units()["万元"])
    assert {figure.unit for figure in limit} == {YI}
    frame = pd.DataFrame({"limit": limit})
    frame.loc["special", "limit"] = frame.loc["general", "limit"]
    assert texts(frame["limit"])[1:] == ["104.8亿元", "104.8亿元"]


# --- arithmetic


def test_arithmetic_is_that_of_the_figures(limit, balance):
    room = limit - balance
    assert texts(room) == ["65.3±0.1亿元", "41.3±0.1亿元", "24.0±0.1亿元"]
    assert room["total"].formula == "{debt.limit.total@2023} − {debt.balance.total@2022-12-31}"
    assert room["total"].interval == (limit["total"] - balance["total"]).interval


def test_a_figure_may_stand_before_a_column(limit):
    assert (limit["total"] - limit)["general"].formula == "{debt.limit.total@2023} − {debt.limit.general@2023}"
    assert (1 - limit / limit["total"])["general"].text == "0.45"
    assert texts(limit["total"] / limit)[0] == "1"  # whatever it is


def test_whole_numbers_beside_a_percentage_are_none_of_per_cent(limit, balance):
    share = (balance / limit).figure.to("%")
    for unclear in (lambda: share > 5, lambda: share - 3, lambda: 100 - share["total"], lambda: share.clip(upper=50)):
        with pytest.raises(UnitError, match=r"in %, is \d+ times the whole"):
            unclear()
    assert texts(1 - share) and (share > 0).all() and (share < 1).all()


def test_a_unit_is_known_by_its_symbol(limit):
    assert limit["total"].to("万元").text == limit.figure.to("万元")["total"].text
    with pytest.raises(RefusedError, match="there is no unit '亿'"):
        limit["total"].to("亿")
    assert repr(limit.dtype) == "figure[亿元]"


def test_whole_numbers_of_numpy_are_whole_numbers(limit):
    twice = texts(limit * 2)
    assert texts(np.int64(2) * limit) == texts(limit * np.array([2, 2, 2])) == texts(limit * [2, 2, 2]) == twice
    assert texts(np.multiply(2, limit)) == twice
    assert texts(pd.Series([2, 2, 2], limit.index) * limit) == twice
    assert (np.int64(2) * limit["total"]).text == twice[0]


def test_ratios_have_powers_and_money_has_them_with_its_unit(limit, balance):
    share = balance / limit
    assert (share**2)["total"].exact == share["total"].exact ** 2
    assert str((limit * limit).dtype) == "figure[亿元·亿元]"
    for exponent in (0, -1, 0.5):
        with pytest.raises(TypeError, match=r"1, 2, 3 …, not to .*say root"):
            share**exponent


@pytest.mark.parametrize(
    "typed", [1.5, np.float64(1.5), [1.5] * 3, np.array([1.5] * 3), pd.Series([1.5] * 3, KINDS)], ids=str
)
@pytest.mark.parametrize("symbol", [operator.add, operator.sub, operator.mul, operator.truediv])
def test_typed_decimals_are_refused(limit, symbol, typed):
    for attempt in (lambda: symbol(limit, typed), lambda: symbol(typed, limit)):
        with pytest.raises(TypeError, match=r"not with .*1\.5.*: a typed number has no source; .*chapter.assume"):
            attempt()


def test_unlike_units_are_named_with_their_figures(limit, rates):
    words = r"cannot add or subtract 亿元 and a ratio: debt.limit.total@2023 and \{debt.interest.total@2023\} ÷"
    with pytest.raises(UnitError, match=words):
        limit + rates
    with pytest.raises(UnitError, match=r"cannot add or subtract 亿元 and a ratio: debt.limit.total@2023 and 1"):
        limit + 1
    with pytest.raises(UnitError, match="cannot compare 亿元 and a ratio"):
        limit > rates  # noqa: B015
    with pytest.raises(UnitError, match="cannot add or subtract 亿元 and a ratio"):
        pd.DataFrame({"limit": limit, "rate": rates}).sum(axis=1)


def test_lengths_have_to_match(limit):
    with pytest.raises(ValueError, match="Lengths must match: 3 figures and 2"):
        limit * [1, 2]


def test_absolute_values_need_a_sign_that_is_known(limit, balance):
    assert str(limit[[]].abs().dtype) == "figure[亿元]"
    assert texts(+limit) == texts(limit)
    assert texts((balance - limit).abs()) == texts(limit - balance)
    assert texts(abs(limit - balance)) == texts(limit - balance)
    smaller = pd.Series([stated_at("1.0", "1.0", "a") - stated_at("1.0", "1.0", "b")], dtype="figure")
    with pytest.raises(ValueError, match=r"whether \{debt.a@2023\} − \{debt.b@2023\} is above or below zero is open"):
        smaller.abs()


def test_frames_compute_too(limit, balance):
    frame = pd.DataFrame({"limit": limit, "balance": balance})
    assert texts(frame.eval("limit - balance")) == texts(limit - balance)
    assert texts(frame.sum(axis=1)) == texts(limit + balance)
    assert texts(frame.div(frame.loc["total"])["limit"]) == texts(limit / limit["total"])
    assert frame.sum()["limit"].formula == limit.sum().formula
    assert texts(limit.pct_change().dropna()) == texts((limit / limit.shift() - 1).dropna())
    assert texts(limit.diff().dropna())[0] == "−87.3±0.1亿元"


# --- missing


def test_what_is_missing_stays_missing(limit, gap):
    assert (gap + gap).isna().tolist() == [False, True, False]
    for nothing in (pd.NA, None, [pd.NA, pd.NA, pd.NA]):
        assert (limit + nothing).isna().all()
    for name in ("sum", "mean", "median", "min", "max", "prod"):
        assert getattr(gap, name)() is pd.NA
        assert getattr(gap, name)(skipna=True) is pd.NA
        assert getattr(limit[[]], name)() is pd.NA
    assert gap.dropna().sum().formula == "{debt.limit.general@2023} + {debt.limit.special@2023}"
    assert gap.cumsum().isna().tolist() == [False, True, True]
    assert gap.groupby([0, 0, 1]).sum().isna().tolist() == [True, False]
    assert gap.groupby([0, 0, 1]).first().isna().sum() == 0
    assert gap.count() == 2


def test_figures_and_missing_ones_by_themselves(limit):
    for result in (limit["total"] + pd.NA, pd.NA * limit["total"], limit["total"] > pd.NA):
        assert result is pd.NA


def test_the_largest_of_what_is_not_known_is_not_known(limit, gap):
    assert (limit.idxmax(), limit.idxmin()) == ("total", "special")
    assert pd.DataFrame({"limit": limit}).idxmax()["limit"] == "total"
    with pytest.raises(ValueError, match="might be the largest"):
        gap.idxmax()


def test_money_that_is_missing_is_money(limit):
    missing = limit.where([False] * 3)
    assert str((missing + missing).dtype) == "figure[亿元]"
    assert str((missing / limit["total"]).dtype) == "figure[]"
    assert str((missing * 2).dtype) == "figure[亿元]"
    with pytest.raises(UnitError):
        missing + missing / limit


# --- comparison


def test_a_comparison_is_open_where_rounding_leaves_it_open(limit, balance, rates):
    assert (rates > rates["special"])["general"] is pd.NA
    assert (rates > rates["special"])["special"] is np.False_
    assert (rates > rates["special"] * 2)["general"] is np.False_
    assert (rates["special"] * 2 > rates).all()
    assert (limit > balance).all()
    assert (limit > 0).all()
    assert str((rates > rates).dtype) == "boolean"


def test_what_both_sides_rest_on_is_not_rounded_twice(limit, balance, rates):
    assert ((limit + balance) > limit).all()
    # not even where no derivative tells
    assert (rates == rates).all()
    assert (rates <= rates).all()


def test_equality_is_of_values_in_columns_and_of_things_among_figures(limit, rates):
    twin = stated_at("192.1", "192.1", "twin")
    assert (limit == limit["total"]).tolist() == [True, False, False]
    assert (limit["total"] == limit).tolist() == [True, False, False]
    assert (limit != limit["total"]).tolist() == [False, True, True]
    assert (rates == rates["special"])["general"] is pd.NA
    assert (limit == twin)["total"] is pd.NA
    assert limit.isin([limit["total"], twin]).tolist() == [True, False, False]
    doubled = pd.concat([limit, limit])
    assert texts(doubled.drop_duplicates()) == texts(limit)
    assert doubled.value_counts().tolist() == [2, 2, 2]
    assert (doubled.nunique(), len(doubled.unique())) == (3, 3)
    assert len(set(doubled)) == 3
    assert rates.equals(rates.copy())


def test_what_a_selection_keeps_is_certain(limit, gap, rates):
    assert rates[rates > rates["special"]].empty
    assert rates.where(rates > rates["special"]).isna().all()
    assert rates.mask(rates > rates["special"]).dropna().index.tolist() == ["special"]
    assert gap[gap > limit["special"]].index.tolist() == ["general"]
    assert texts(limit.clip(upper=limit["general"])) == ["104.8亿元", "104.8亿元", "87.3亿元"]
    assert rates.clip(upper=rates["special"])["general"] is rates["special"]


def test_comparison_with_what_is_no_figure_is_refused(limit):
    for other in (1.5, "亿元"):
        with pytest.raises(TypeError, match="joined with a figure or an integer"):
            limit == other  # noqa: B015


# --- order


def test_order_goes_by_value(limit, gap):
    assert limit.sort_values().index.tolist() == ["special", "general", "total"]
    assert gap.sort_values().index.tolist() == ["special", "general", "other"]
    assert gap.sort_values(ascending=False, na_position="first").index.tolist() == ["other", "general", "special"]
    assert limit.rank().tolist() == [3, 2, 1]
    assert limit.sort_values(ascending=False).head(1).index.tolist() == ["total"]


def test_order_goes_across_units_of_a_quantity_and_no_further(limit, rates):
    mixed = pd.Series([limit["special"].to(load_units()["万元"]), limit["general"]], dtype="figure")
    assert mixed.sort_values().index.tolist() == [0, 1]
    assert mixed.max().text == "104.8亿元"
    for attempt in (pd.Series.sort_values, pd.Series.max, pd.Series.median, pd.Series.cummax):
        with pytest.raises(UnitError, match="cannot compare 亿元 and a ratio"):
            attempt(pd.Series([limit["total"], rates["total"]], dtype="figure"))


def test_median_is_the_middle_one_or_the_mean_of_two(limit):
    assert limit.median() is limit["general"]
    assert limit[["total", "special"]].median().formula == "({debt.limit.special@2023} + {debt.limit.total@2023}) ÷ 2"


# --- groups and shapes


def test_groups_are_summed_with_their_formulas(limit):
    sums = limit.groupby([0, 1, 1]).sum()
    assert sums[1].formula == "{debt.limit.general@2023} + {debt.limit.special@2023}"
    assert isinstance(sums.dtype, FigureDtype)


def test_groups_have_what_columns_have(limit):
    groups = limit.groupby([0, 1, 1])
    table = groups.agg(["first", "last", "min", "max", "sum", "mean", "median", "size", "count"])
    last = ["104.8亿元", "87.3亿元", "87.3亿元", "104.8亿元", "192亿元", "96.1亿元", "96.1亿元"]
    assert [figure.tolerance_text for figure in table.loc[1].iloc[:7]] == last
    assert table[["size", "count"]].loc[1].tolist() == [2, 2]
    assert texts(groups.transform("sum")) == ["192.1亿元", "192亿元", "192亿元"]
    assert texts(groups.cumsum()) == ["192.1亿元", "104.8亿元", "192亿元"]
    for refused in (groups.std, groups.rank, groups.quantile):
        with pytest.raises(RefusedError, match="does not support operation"):
            refused()


def test_reshaping_keeps_the_dtype(limit, balance):
    frame = pd.DataFrame({"limit": limit, "balance": balance})
    long = frame.reset_index().melt(id_vars="kind", var_name="what")
    wide = long.pivot(index="kind", columns="what", values="value").loc[KINDS, ["limit", "balance"]]
    pivoted = long.pivot_table(index="kind", columns="what", values="value", aggfunc="sum")
    for shaped in (
        frame.stack(),
        frame.stack().unstack()["limit"],
        frame.T["total"],
        pd.concat([limit, balance]),
        frame.reset_index()["limit"],
        frame.merge(pd.DataFrame({"more": limit}), on="kind")["more"],
        frame.join(limit.rename("more"))["more"],
        long["value"],
        wide["limit"],
        pivoted["balance"],
        limit.combine_first(balance),
        limit.shift(fill_value=balance["total"]),
        limit.map(lambda figure: figure * 2),
        limit.explode(),
    ):
        assert str(shaped.dtype) == "figure[亿元]"
    assert frame.stack().unstack().equals(frame)
    assert texts(wide["balance"]) == texts(balance)


def test_what_is_made_of_figures_one_by_one_is_what_it_is(limit, gap):
    assert str(gap.map(lambda figure: figure * 2, na_action="ignore").dtype) == "figure[亿元]"
    assert limit.map(lambda figure: figure.exact > 100).tolist() == [True, True, False]
    mixed = limit.map({limit["total"]: limit["total"], limit["general"]: "一般"})
    assert mixed["total"] is limit["total"]
    assert mixed["general"] == "一般"


def test_copies_and_pickles_are_the_same_figures(limit):
    for again in (limit.copy(), copy.deepcopy(limit), pickle.loads(pickle.dumps(limit))):
        pd.testing.assert_series_equal(again, limit)


# --- output


def test_frames_print_honest_digits(limit, balance):
    page = pd.DataFrame({"room": limit - balance})._repr_html_()
    assert "<td>65.3±0.1亿元</td>" in page
    assert "65.3±0.1亿元" in str(limit - balance)


def test_files_hold_what_is_printed(limit, balance, gap):
    room = (limit - balance).rename("room")
    assert room.to_csv() == "kind,room\ntotal,65.3±0.1亿元\ngeneral,41.3±0.1亿元\nspecial,24.0±0.1亿元\n"
    assert json.loads(gap.to_json()) == {"general": "104.8亿元", "other": None, "special": "87.3亿元"}
    assert room.astype(str).tolist() == texts(room)
    assert room.to_dict()["total"] is room["total"]


def test_figure_that_has_no_upper_bound_prints_its_range():
    over = Leaf("debt.x@2023", Fraction(100), Interval(Fraction(100), float("inf")), Claim.STATED)
    twice = pd.Series([stated(over, PERCENT, 0, "甲", "a") * 2], dtype="figure")
    assert "至少200" in str(twice)


def test_numbers_for_a_plot_are_asked_for(limit, gap):
    assert limit.astype(float).tolist() == limit.to_numpy(float).tolist() == [192.1, 104.8, 87.3]
    assert np.isnan(gap.astype(float)["other"])
    with pytest.raises(TypeError, match="figures are no int64"):
        limit.astype(int)
    mixed = pd.concat([limit.figure.to(load_units()["万元"]), limit])
    with pytest.raises(UnitError, match=r"no plain numbers for 万元 and 亿元 together: \.figure\.to\(unit\)"):
        mixed.astype(float)
    assert limit.plot(backend="matplotlib").lines[0].get_ydata(orig=False).tolist() == [192.1, 104.8, 87.3]


# --- refused, and the few that pandas makes floats of


@pytest.mark.parametrize("name", ["std", "var", "sem", "skew", "kurt", "quantile", "describe", "any", "all"])
def test_what_figures_do_not_have_says_what_to_do(limit, name):
    with pytest.raises(RefusedError, match=r"does not support operation .*astype\(float\) gives plain numbers"):
        getattr(limit, name)()


@pytest.mark.parametrize(
    ("attempt", "error", "words"),
    [
        (lambda column: column.round(1), TypeError, "as many digits as their sources support"),
        (lambda column: column.isin([192.1]), TypeError, "192.1 is no figure: a typed number has no source"),
        (lambda column: column.interpolate(), NotImplementedError, "does not implement interpolate"),
        (lambda column: column // 2, TypeError, "unsupported operand"),
        (lambda column: column % 2, TypeError, "unsupported operand"),
        (lambda column: 2**column, TypeError, "unsupported operand"),
        (lambda column: np.sqrt(column), TypeError, "no callable sqrt"),
        (lambda column: column.nlargest(1), TypeError, "No matching signature"),
    ],
)
def test_what_is_refused(limit, attempt, error, words):
    with pytest.raises(error, match=words):
        attempt(limit)


def test_what_pandas_makes_floats_of(limit, balance):
    """If one of these fails, pandas has learnt it: the docstring of gongbao.figures.frames lists them."""
    for floats in (limit.rolling(2).mean(), limit.expanding().sum(), limit.ewm(1).mean()):
        assert floats.dtype == float
    assert isinstance(limit.corr(balance), float)
    assert isinstance(limit.cov(balance), float)
    assert pd.cut(limit, 2).notna().all()
    bare = pd.Series(list(limit))
    assert bare.dtype == object
    assert isinstance(bare.mean(), float)
    assert isinstance(bare.astype("figure").mean(), Figure)
    assert pd.DataFrame({"limit": limit}).assign(one=limit["total"])["one"].dtype == object


# --- what holds of all figures


def stated_at(value: str | Fraction, text: str, name: str, half: Fraction = Fraction(1, 20), unit=YI) -> Figure:
    """A figure as a page prints it, ``value`` being what it really is."""
    middle = Fraction(text)
    assert abs(Fraction(value) - middle) <= half
    ends = Interval((middle - half) * unit.factor, (middle + half) * unit.factor)
    decimals = len(text.partition(".")[2])
    return stated(Leaf(f"debt.{name}@2023", middle * unit.factor, ends, Claim.STATED), unit, decimals, "甲", "a")


rounded = st.one_of(st.none(), st.integers(1, 2000).map(lambda tenths: f"{tenths // 10}.{tenths % 10}"))
columns = st.integers(1, 6).flatmap(lambda n: st.tuples(*[st.lists(rounded, min_size=n, max_size=n)] * 2))
symbols = st.sampled_from([operator.add, operator.sub, operator.mul, operator.truediv])
questions = st.sampled_from([operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne])


def as_column(values: list[str | None], name: str) -> pd.Series:
    figures = [value and stated_at(value, value, f"{name}{place}") for place, value in enumerate(values)]
    return pd.Series(FigureArray(figures))


@given(columns, symbols)
def test_columns_compute_what_figures_compute_one_by_one(values, symbol):
    ours, theirs = as_column(values[0], "a"), as_column(values[1], "b")
    for mine, other, result in zip(ours, theirs, symbol(ours, theirs), strict=True):
        if mine is pd.NA or other is pd.NA:
            assert result is pd.NA
        else:
            assert result == symbol(mine, other)


def test_a_column_of_thousands_has_a_sum_a_mean_and_an_interval():
    many = as_column(["1"] * 3000, "a")
    assert (many.sum().exact, many.mean().exact) == (3000, 1)
    assert many.sum().interval.half_width == 3000 * many[0].interval.half_width


@given(columns)
def test_sums_are_those_of_the_figures_and_missing_where_one_is(values):
    figures = as_column(values[0], "a")
    running = list(figures.cumsum())
    for length in range(1, len(figures) + 1):
        part = figures[:length]
        if part.isna().any():
            assert part.sum() is part.mean() is running[length - 1] is pd.NA
        else:
            total = sum(list(part)[1:], start=part[0])
            for one in (part.sum(), running[length - 1]):
                assert (one.exact, one.interval, one.formula) == (total.exact, total.interval, total.formula)
            assert part.mean().exact == total.exact / length


@given(columns, questions, st.data())
def test_comparisons_hold_for_all_values_that_rounding_allows(values, question, data):
    ours, theirs = as_column(values[0], "a"), as_column(values[1], "b")
    answers = question(ours, theirs)
    within = st.sampled_from([Fraction(step, 40) for step in (-2, -1, 0, 1, 2)])
    for mine, other, answer in zip(ours, theirs, answers, strict=True):
        if mine is pd.NA or other is pd.NA:
            assert answer is pd.NA
            continue
        a, b = (figure.exact + data.draw(within) for figure in (mine, other))
        assert answer is pd.NA or bool(answer) == question(a, b)
        # an answer is withheld only where values differ in it
        if answer is pd.NA:
            apart = abs(mine.exact - other.exact)
            assert apart <= Fraction(1, 10)


@given(columns)
def test_order_is_that_of_the_exact_values(values):
    known = as_column(values[0], "a").dropna()
    ordered = [figure.exact for figure in known.sort_values()]
    assert ordered == sorted(figure.exact for figure in known)
    if ordered:
        assert (known.min().exact, known.max().exact) == (ordered[0], ordered[-1])
        assert known.cummax().iloc[-1].exact == ordered[-1]


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


def test_a_figure_that_may_be_divided_by_nothing_hides_no_frame(limit, balance):
    ratio = limit / (balance - balance)
    frame = pd.DataFrame({"limit": limit, "ratio": ratio})
    assert "÷0" in repr(frame) and str(limit["total"]) in frame._repr_html_()
    assert repr(ratio["total"]).startswith("<÷0 {")
    with pytest.raises(ZeroDivisionError, match="the divisor is or may be zero"):
        str(ratio["total"])


def test_accessor_computes_what_figures_compute(limit, balance):
    share = balance / limit
    assert share.figure.root(2)["total"] == share["total"].root(2)
    # a full count of lawsuits times a rate with rounding
    ratio = limit * 1000 / balance["total"]
    assert ratio.figure.whole()["total"] == ratio["total"].whole()
    counted = ratio.figure.with_unit("件").figure.with_decimals(0)
    assert counted["total"] == ratio["total"].with_unit("件").with_decimals(0)
    assert str(counted.dtype) == "figure[件]"


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
