"""Exact intervals and tests against published values, and what they keep of their inputs."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongbao.figures.errors import UnusableValueError
from gongbao.figures.figure import Figure, assumption, stated
from gongbao.figures.frames import FigureArray
from gongbao.figures.interval import Interval
from gongbao.figures.origin import Claim, Leaf
from gongbao.figures.statistics import cases_needed, clopper_pearson, fisher, possible_totals
from gongbao.figures.units import UnitError
from gongbao.ledger.rows import load_units

UNITS = load_units()
CONFIDENCE = assumption("scenario.confidence", "95", UNITS["%"], "置信水平", "confidence")
Z = assumption("scenario.z", "1.96", UNITS["倍"], "分位数", "quantile")


def count(value: int, name: str, unit: str = "件") -> Figure:
    """A full count."""
    return assumption(f"scenario.{name}", value, UNITS[unit], name, name)


@given(st.integers(1, 100), st.data())
def test_ends_lie_in_the_unit_interval_around_the_share(n, data):
    k = data.draw(st.integers(0, n))
    low, high = clopper_pearson(count(k, "k"), count(n, "n"), CONFIDENCE)
    assert 0 <= low.exact <= k / n <= high.exact <= 1


def test_unlike_counts_are_refused():
    with pytest.raises(UnitError):
        clopper_pearson(count(3, "k", "人"), count(20, "n", "件"), CONFIDENCE)


def test_counts_are_compared_in_single_cases():
    ends = clopper_pearson(count(20000, "k", "人"), count(10, "n", "万人"), CONFIDENCE)
    assert [float(end) for end in ends] == pytest.approx([0.1975, 0.2025], abs=5e-5)


def as_column(*figures) -> pd.Series:
    return pd.Series(FigureArray(figures), list("xyz")[: len(figures)])


def test_columns_have_the_ends_of_each_row():
    k, n = as_column(count(3, "a"), pd.NA, count(5, "b")), as_column(count(20, "c"), count(9, "d"), count(6, "e"))
    low, high = clopper_pearson(k, n, CONFIDENCE)
    assert low.index.tolist() == ["x", "y", "z"]
    assert (low["x"], high["x"]) == clopper_pearson(k["x"], n["x"], CONFIDENCE)
    assert low["y"] is high["y"] is pd.NA
    assert (low["z"], high["z"]) == clopper_pearson(k["z"], n["z"], CONFIDENCE)


def test_columns_are_brought_together_by_their_index():
    k, n = as_column(count(3, "a"), count(5, "b")), as_column(count(20, "c"), count(9, "d"))
    low, _ = clopper_pearson(k, n[::-1], as_column(CONFIDENCE, CONFIDENCE))
    assert low["y"] == clopper_pearson(k["y"], n["y"], CONFIDENCE)[0]
    ends = clopper_pearson(k, n["x"], CONFIDENCE)
    assert ends[1]["y"] == clopper_pearson(k["y"], n["x"], CONFIDENCE)[1]
    assert [len(end) for end in clopper_pearson(k[:0], n[:0], CONFIDENCE)] == [0, 0]


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        # Newcombe (1998), table I, method 5
        (81, 263, 0.2527, 0.3676),
        (15, 148, 0.0578, 0.1617),
        (0, 20, 0.0, 0.1684),
        (1, 29, 0.0009, 0.1776),
    ],
)
def test_published_exact_limits_come_out(k, n, low, high):
    ends = clopper_pearson(count(k, "k"), count(n, "n"), CONFIDENCE)
    assert [float(end) for end in ends] == pytest.approx([low, high], abs=5e-5)


def test_exact_limits_mirror_and_keep_their_ends():
    low, high = clopper_pearson(count(5, "k"), count(5, "n"), CONFIDENCE)
    assert (high.exact, low.to(UNITS["%"]).text) == (1, "47.82%")
    assert clopper_pearson(count(0, "k"), count(5, "n"), CONFIDENCE)[1].exact == 1 - low.exact
    assert low.formula == "精确区间下端({scenario.k}, {scenario.n}, {scenario.confidence})"
    assert low.claim is Claim.INFERRED


def test_fisher_finds_published_probabilities():
    # Agresti, Categorical Data Analysis, the lady tasting tea: 3 of 4 against 1 of 4
    assert float(fisher(count(3, "k"), count(4, "n"), count(1, "j"), count(4, "m"))) == pytest.approx(34 / 70)
    one, none = count(1, "k"), count(0, "j")
    assert fisher(one, count(1, "n"), none, count(1, "m")).exact == 1
    k, n = as_column(count(3, "a"), pd.NA), as_column(count(4, "b"), count(4, "c"))
    chance = fisher(k, n, count(1, "j"), count(4, "m"))
    assert chance["y"] is pd.NA
    assert float(chance["x"]) == pytest.approx(34 / 70)


def test_exact_tests_refuse_what_is_rounded_and_what_is_no_part():
    with pytest.raises(UnusableValueError, match="whole numbers"):
        clopper_pearson(count(3, "k") / 2, count(20, "n"), CONFIDENCE)
    with pytest.raises(UnusableValueError, match=r"not <5件 scenario\.j> of <4件 scenario\.m>"):
        fisher(count(3, "k"), count(4, "n"), count(5, "j"), count(4, "m"))


def printed(text: str, id: str = "law.rate@2023") -> Figure:
    """A rate as a page prints it."""
    value, half = Fraction(text) / 100, Fraction(1, 200) / 10 ** len(text.partition(".")[2])
    leaf = Leaf(id, value, Interval(value - half, value + half), Claim.STATED)
    return stated(leaf, UNITS["%"], len(text.partition(".")[2]), "比率", "rate")


@pytest.mark.parametrize("rate", ["16.11", "4.70", "5.19", "33.3", "96.63", "50"])
def test_fewest_cases_are_those_of_a_search(rate):
    half = Fraction(1, 200) / 10 ** len(rate.partition(".")[2])
    value = Fraction(rate) / 100
    fewest = next(n for n in itertools.count(1) if any(abs(Fraction(k, n) - value) <= half for k in range(1, n + 1)))
    total = next(possible_totals(printed(rate), UNITS["件"]))
    assert total.interval.low == fewest
    assert total.unit == UNITS["件"]


def test_rate_of_nothing_says_nothing_of_the_cases():
    assert list(possible_totals(printed("0"), UNITS["件"])) == []


def test_rate_without_an_upper_bound_says_nothing_of_the_cases():
    leaf = Leaf("law.rate@2023", Fraction("0.06"), Interval(Fraction("0.06"), math.inf), Claim.STATED)
    with pytest.raises(UnusableValueError, match="not from 至少6%"):
        next(possible_totals(stated(leaf, UNITS["%"], 0, "比率", "rate"), UNITS["件"]))


def test_columns_of_rates_have_columns_of_totals():
    rates = as_column(printed("16.11"), printed("0", "law.none@2023"), printed("4.70", "law.other@2023"))
    totals = possible_totals(rates, "件")
    first, second = next(totals), next(totals)
    assert str(first.dtype) == "figure[件]"
    assert first.isna().tolist() == [False, True, False]
    for place in ("x", "z"):
        assert [first[place], second[place]] == list(itertools.islice(possible_totals(rates[place], UNITS["件"]), 2))


def test_cases_needed_of_columns_are_those_of_their_rows():
    p, q = as_column(printed("16.11"), printed("5.19")), printed("4.70", "law.other@2023")
    for needed, one in ((cases_needed(p, q, Z), lambda x: (x, q)), (cases_needed(q, p, Z), lambda x: (q, x))):
        assert [needed[place] for place in "xy"] == [cases_needed(*one(p[place]), Z) for place in "xy"]


def test_cases_needed_make_the_difference_as_large_as_its_error():
    p, q = printed("16.11"), printed("4.70", "law.other@2023")
    n = float(cases_needed(p, q, Z))
    a, b = float(p) / 100, float(q) / 100
    assert (a - b) == pytest.approx(1.96 * ((a * (1 - a) + b * (1 - b)) / n) ** 0.5)
