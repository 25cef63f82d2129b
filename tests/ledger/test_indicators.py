"""The 31 indicators as a table of their own, and what the prose says of them."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

MIDTERM = {"提前达到目标": "ahead", "符合预期": "as-expected", "不及预期": "below-expected"}
FINAL = {"可以完成": "achievable", "加大力度可以完成": "achievable-with-effort", "存在很大压力": "under-pressure"}
NATURE = {"expected": "anticipatory", "binding": "binding"}


@pytest.fixture(scope="module")
def indicators() -> list[dict[str, str]]:
    path = Path(__file__).resolve().parents[2] / "data" / "indicators.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def stated(ledger, series: str) -> int | None:
    found = [id for id in ledger if id.startswith(f"{series}@")]
    return int(ledger[found[0]].exact) if found else None


def test_indicators_are_numbered_from_1_to_31(indicators):
    assert [int(row["number"]) for row in indicators] == list(range(1, 32))


def test_every_series_of_an_indicator_is_in_the_ledger(indicators, whole_ledger):
    known = {id.partition("@")[0] for id in (*whole_ledger, *whole_ledger.words)}
    for row in indicators:
        for part in ("target", "base", "midterm"):
            assert any(id.startswith(row["series"] + ".") and f".{part}" in id for id in known), (row["number"], part)


@pytest.mark.parametrize(
    ("column", "words", "stage"), [("judgement_midterm", MIDTERM, "midterm"), ("judgement_end", FINAL, "final")]
)
def test_the_prose_counts_the_judgements_of_the_table(indicators, whole_ledger, column, words, stage):
    table = Counter(words[row[column]] for row in indicators)
    for judgement, count in table.items():
        assert stated(whole_ledger, f"plan.judgement.{stage}.{judgement}.count") == count
    by_nature = Counter((words[row[column]], NATURE[row["nature"]]) for row in indicators)
    for (judgement, nature), count in by_nature.items():
        prose = stated(whole_ledger, f"plan.judgement.{stage}.{judgement}.{nature}.count")
        assert prose in (None, count), (judgement, nature)
