"""Claims of absence: read from absences.csv, or refused with the row and what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from building import columns
from hypothesis import Phase, find, settings
from hypothesis.strategies import from_regex

from gongbao.ledger.absences import ID, load_absences
from gongbao.ledger.tables import FaultyDataError

COLUMNS = columns("absences.csv")


def claim(data: Path, **cells: str) -> None:
    """Leave one claim in absences.csv."""
    usual = dict(zip(COLUMNS, ("absence.debt.a", "甲", "a", "debt-note", "乙", "丙"), strict=True))
    line = ",".join((usual | cells).values())
    (data / "absences.csv").write_text(f"{','.join(COLUMNS)}\n{line}\n", "utf-8")


def test_a_claim_knows_its_places_and_patterns(data):
    claim(data, where="debt-note 58 60-61", absent="乙[0-9] 丁", found="丙")
    (absence,) = load_absences(data)
    assert absence.id == "absence.debt.a"
    assert [(place.first_page, place.last_page) for place in absence.places] == [(95, 98), (58, 58), (60, 61)]
    assert [place.report and place.report.short_zh for place in absence.places] == ["债务说明", None, None]
    assert [pattern.pattern for pattern in absence.absent] == ["乙[0-9]", "丁"]
    assert [pattern.pattern for pattern in absence.found] == ["丙"]


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("where", "debt-notes", "'debt-notes' in where is no place"),
        ("where", "61-60", "'61-60' in where is no place"),
        ("where", "0", "'0' in where is no place"),
        ("absent", "乙(", "the absent '乙(' cannot be read"),
        ("found", "[丙", "the found '[丙' cannot be read"),
        ("absent", "乙*", "the absent '乙*' is found in nothing at all"),
    ],
)
def test_what_cannot_be_looked_for_is_named(data, column, cell, problem):
    claim(data, **{column: cell})
    with pytest.raises(FaultyDataError) as raised:
        load_absences(data)
    (fault,) = raised.value.faults
    assert (fault.file, fault.row) == ("data/absences.csv", 2)
    assert fault.problem.startswith(problem)


PATTERNS = sorted({pattern.pattern for absence in load_absences() for pattern in (*absence.absent, *absence.found)})


def test_every_pattern_of_the_project_can_be_found_in_some_text():
    quick = settings(max_examples=5, database=None, derandomize=True, phases=[Phase.generate])
    for pattern in PATTERNS:
        assert find(from_regex(pattern), bool, settings=quick)


def test_ids_are_what_links_look_for():
    assert all(ID.fullmatch(absence.id) for absence in load_absences())
