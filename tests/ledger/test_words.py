"""Names as data: words of keys, and the series that chapters compute."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from gongbao.figures.errors import UnusableNameError
from gongbao.ledger.rows import Ledger
from gongbao.ledger.tables import FaultyDataError
from gongbao.ledger.words import Words, keys, levels, load_words, matching

PROJECT = Path(__file__).parents[2]
SERIES = "series,name_zh,name_en,unit,inference\n"
WORDS = "level,key,zh,en,label\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with units, and no names."""
    data = tmp_path / "data"
    for folder in ("derived", "words"):
        (data / folder).mkdir(parents=True)
    (data / "units.csv").write_bytes((PROJECT / "data" / "units.csv").read_bytes())
    return data


def chapter(data: Path, derived: str = "", words: str = "") -> Words:
    (data / "derived" / "debt.csv").write_text(SERIES + derived, "utf-8")
    (data / "words" / "debt.csv").write_text(WORDS + words, "utf-8")
    return Words("debt", data)


def test_patterns_are_filled_with_keys_or_with_words(data):
    made = chapter(data, words="kind,general,一般债务,general debt,一般\n")
    row = {"kind": "general", "year": "2023"}
    assert made.fill("debt.{kind}@{year}", row) == "debt.general@2023"
    assert made.fill("{kind}，{year}年末", row, "zh") == "一般债务，2023年末"
    assert made.fill("{kind}: {year}", row, "en") == "general debt: 2023"
    assert made.fill("{kind}", row, "label") == "一般"
    assert levels("debt.{kind}.{kind}@{year}") == ["kind", "year"]


def test_rows_and_columns_are_called_by_their_words(data):
    made = chapter(data, words="kind,general,一般债务,general debt,\n")
    index = pd.MultiIndex.from_product([["general", "other"], ["2023"]], names=["kind", "year"])
    assert made.labels(index) == ["一般债务 2023", "other 2023"]
    assert made.labels(index, "{kind}（{year}）") == ["一般债务（2023）", "other（2023）"]
    assert keys(index)[1] == {"kind": "other", "year": "2023"}


def test_rows_added_while_a_notebook_is_open_count(data):
    made = chapter(data)
    with pytest.raises(UnusableNameError, match="has no name"):
        made.series("debt.ratio", "debt.ratio")
    assert made.word("kind", "general") == "general"
    chapter(data, derived="debt.ratio,比率,ratio,,\n", words="kind,general,一般债务,general debt,\n")
    assert made.series("debt.ratio", "debt.ratio").name_zh == "比率"
    assert made.word("kind", "general") == "一般债务"


def test_a_level_that_the_index_lacks_is_named(data):
    with pytest.raises(UnusableNameError, match=r"names the level \{year\}; the levels of the index are: kind"):
        chapter(data).fill("debt.{year}", {"kind": "general"})


def test_a_series_is_found_by_its_pattern_or_by_itself(data):
    made = chapter(data, "debt.a.{kind},甲,a,,\ndebt.b.general,乙,b,,\n")
    assert made.series("debt.a.{kind}@{year}", "debt.a.general@2023").name_zh == "甲"
    assert made.series("debt.b.{kind}@{year}", "debt.b.general@2023").name_zh == "乙"
    with pytest.raises(UnusableNameError, match=r"debt\.b\.\{kind\} has no name: give it a row in .*debt\.csv"):
        made.series("debt.b.{kind}@{year}", "debt.b.special@2023")


@pytest.mark.parametrize(
    ("derived", "words", "problem"),
    [
        ("law.a,甲,a,,\n", "", "expected: one that starts with debt."),
        ("debt.a,甲\n", "", "the row has 2 cells"),
        ("", "kind,a\n", "the row has 2 cells"),
    ],
)
def test_a_faulty_row_is_named_with_its_file(data, derived, words, problem):
    chapter(data, derived, words)
    with pytest.raises(FaultyDataError, match=re.escape(problem)) as raised:
        load_words(data)
    assert re.match(r"data/(derived|words)/debt\.csv", str(raised.value))


def test_what_is_named_and_not_published_is_found(data):
    made = chapter(data, "debt.a.{kind},甲,a,,\ndebt.b,乙,b,,\ndebt.scenario.c@2023,丙,c,,\ndebt.scenario.d,丁,d,,\n")
    faults = [str(fault) for fault in made.unpublished(["debt.a.general@2023", "scenario.d", "law.b@2023"])]
    assert [re.search(r"published as (\S+);", fault)[1] for fault in faults] == ["debt.b", "debt.scenario.c@2023"]


def test_a_parameter_may_have_no_value(data):
    made = chapter(data, "debt.scenario.debt-growth,甲,a,%,\n")
    assert list(made.unpublished([])) == []


def test_the_same_level_twice_is_the_same_key():
    shape = matching("debt.{kind}.of.{kind}@{year}")
    assert shape.fullmatch("debt.a.of.a@2023").groupdict() == {"kind": "a", "year": "2023"}
    assert not shape.fullmatch("debt.a.of.b@2023")


def test_every_word_of_the_book_is_used():
    """A level is named in the notebook or in its computed series, and each key of it occurs in an id, or there."""
    ledger = Ledger.load()
    ids = [*ledger, *ledger.words, *ledger.reports, (PROJECT / "data" / "indicators.csv").read_text("utf-8")]
    for name, words in load_words().items():
        notebook = json.loads((PROJECT / "notebooks" / f"{name}.ipynb").read_text("utf-8"))
        code = "\n".join("".join(cell["source"]) for cell in notebook["cells"])
        series = "\n".join(f"{one.series} {one.name_zh} {one.inference}" for one in words.derived.values())
        for level, found in words.words.items():
            named = re.search(rf"\{{{level}\}}|[\"']{level}[\"']|\b{level}=", f"{code}\n{series}")
            assert named or level == "measure", f"data/words/{name}.csv: no pattern names the level {level}"
            for key in found:
                there = key in code or key in series or any(key in id for id in ids)
                assert there, f"data/words/{name}.csv: nothing has the key {level} {key}"
