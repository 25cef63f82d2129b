"""Claims of absence against pages: what stands there after all is named with its page, and so is a wrong place."""

from __future__ import annotations

from pathlib import Path

import pytest

from gongbao.ledger.absences import Absence, load_absences
from gongbao.ledger.rows import Ledger
from gongbao.ledger.tables import Fault
from gongbao.verify.check import data_faults
from gongbao.verify.patterns import refuted
from gongbao.verify.source import Source
from gongbao.verify.verification import verify

PAGES = ["甲 报告说明了限额。", "限额为 10 亿元，", "理由是\n收支平衡。", "附件没有了。"]


@pytest.fixture
def source(tmp_path: Path) -> Source:
    path = tmp_path / "source.txt"
    path.write_text("".join(f"{page}\f" for page in PAGES), "utf-8")
    return Source.read(path)


def claims(data: Path, *rows: str) -> list[Absence]:
    """The claims of these rows: where, absent and found."""
    lines = [f"absence.debt.c{number},甲,a,{row}\n" for number, row in enumerate(rows)]
    (data / "absences.csv").write_text("absence,claim_zh,claim_en,where,absent,found\n" + "".join(lines), "utf-8")
    return load_absences(data)


def faults(data: Path, source: Source, *rows: str) -> list[Fault]:
    return list(refuted(claims(data, *rows), source))


def test_what_does_not_occur_is_absent(data, source):
    assert faults(data, source, "1-4,担保 或有债务,限额|理由", "1 2,收支,限额") == []


def test_what_occurs_after_all_is_named_with_its_page(data, source):
    (fault,) = faults(data, source, "1-4,担保,限额", "1-4,担保 理由是收支[^。]*,限额")
    assert (fault.file, fault.row) == ("data/absences.csv", 3)
    assert fault.problem.startswith("absence.debt.c1: page 3 holds '理由是收支平衡'")


def test_a_pattern_is_found_across_pages_and_spaces(data, source):
    (fault,) = faults(data, source, "2-3,10亿元，理由,限额")
    assert "page 2" in fault.problem
    # but not beyond the place
    assert faults(data, source, "2,10亿元，理由,限额") == []


def test_every_occurrence_is_named(data, source):
    assert ["page 1" in fault.problem for fault in faults(data, source, "1-4,限额,理由")] == [True, False]


def test_a_place_that_does_not_speak_of_the_subject_is_named(data, source):
    (fault,) = faults(data, source, "1 4,担保,限额")
    assert "限额 is not on pages 4 to 4" in fault.problem


def test_a_place_beyond_the_source_is_named(data, ledger, source):
    empty = Ledger([], ledger.units, {})
    (fault,) = verify(empty, source, [], absences=claims(data, "3-5,担保,理由")).faults
    assert (fault.file, fault.problem) == ("data/absences.csv", "the source has no page 5")


def test_verification_looks_for_claims(data, ledger, gazette):
    source = Source.read(gazette)
    result = verify(ledger, source, [], absences=claims(data, "debt-note,债务率,债务"))
    assert not result.passed
    assert [fault.file for fault in result.faults] == ["data/absences.csv"]


def test_check_reads_the_claims(data):
    (data / "absences.csv").write_text(
        "absence,claim_zh,claim_en,where,absent,found\nabsence.debt.a,甲,a,debt-note,(,乙\n", "utf-8"
    )
    assert [(fault.file, fault.row) for fault in data_faults(data)] == [("data/absences.csv", 2)]


def test_claims_of_the_book_hold_against_the_gazette(real_gazette):
    assert list(map(str, refuted(load_absences(), Source.read(real_gazette)))) == []
