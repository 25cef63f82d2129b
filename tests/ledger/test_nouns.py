"""What is counted, in English: the longest row that fits, none missing, none left over."""

from __future__ import annotations

import pytest

from gongbao.figures.errors import UnusableNameError
from gongbao.ledger.rows import Ledger, load_units
from gongbao.ledger.tables import FaultyDataError, book_data
from gongbao.ledger.words import counting, load_nouns, unused

UNITS = load_units()


@pytest.fixture
def nouns(data):
    (data / "nouns.csv").write_text(
        "series,one_en,many_en\ndebt.bond,bond,bonds\ndebt.bond.kinds,kind,kinds\n", "utf-8"
    )
    return data


def test_the_longest_row_that_a_series_begins_with_holds(nouns):
    assert counting(UNITS["项"], "debt.bond.kinds.all", nouns).english.many == "kinds"
    assert counting(UNITS["项"], "debt.bond.other", nouns).english.one == "bond"


def test_what_does_not_count_stays_as_it_is(nouns):
    assert counting(UNITS["亿元"], "debt.bond", nouns) is UNITS["亿元"]
    assert counting(UNITS["页"], "debt.pages", nouns).english.many == "pages"


@pytest.mark.parametrize("unit", [UNITS["项"], UNITS["次"] / UNITS["天"]])
def test_a_counter_without_a_noun_is_a_fault(nouns, unit):
    with pytest.raises(UnusableNameError, match=r"nouns\.csv has no English for what debt\.bonds counts"):
        counting(unit, "debt.bonds", nouns)


def test_a_row_of_the_ledger_without_a_noun_is_named(nouns):
    with (nouns / "ledger" / "debt.csv").open("a", encoding="utf-8") as file:
        file.write("debt.lists,2023,清单,Lists,3,项,exact,debt-report,96,3项清单,\n")
    expected = r"debt\.csv, row [0-9]+: data/nouns\.csv has no English .*; expected: a row there, of this series"
    with pytest.raises(FaultyDataError, match=expected):
        Ledger.load(nouns)


def test_rows_that_nothing_needs_are_named(nouns):
    assert [fault.problem for fault in unused(["debt.bond.kinds.all"], nouns)] == ["no series counts under debt.bond"]
    assert list(unused(["debt.bond.kinds", "debt.bond.rest"], nouns)) == []


def test_nouns_have_a_singular_and_a_plural():
    for series, (one, many) in load_nouns(book_data() / "nouns.csv").items():
        assert bool(one) == bool(many), series
        # errors of counts are of nothing
        assert one != many or not one or one.startswith("per ") or one == "headquarters", series
