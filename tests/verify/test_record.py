"""The record of verification: it covers all that a number rests on, and shows when it was changed itself."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from gongbao.ledger.rows import Ledger
from gongbao.verify.record import RECORD, fingerprints, shrunk, stale_data, write_record
from gongbao.verify.rules import GENERAL, load_rules
from gongbao.verify.source import Source
from gongbao.verify.verification import verify

GENERAL_RULES = [rule for rule in load_rules() if rule.scope == GENERAL]


@pytest.fixture
def verified(data, gazette):
    """Data that was just verified."""
    source = Source.read(gazette)
    write_record(verify(Ledger.load(data), source, GENERAL_RULES), source, "2026-01-01", data)
    return data


@pytest.mark.parametrize(
    "table", ["units", "indicators", "relations", "set-aside", "reports", "context", "ledger/debt"]
)
def test_a_change_of_any_table_that_numbers_rest_on_shows(verified, table):
    assert stale_data(verified) == []
    path = verified / f"{table}.csv"
    path.write_bytes(path.read_bytes() + b"\n")
    assert [(fault.file, fault.problem) for fault in stale_data(verified)] == [
        (f"data/{table}.csv", "the row changed after it was last verified")
    ]


@pytest.mark.parametrize("change", [{"rows": 99999}, {"unaccounted": 7}, {"set_aside": {}}, {"source": "0" * 64}])
def test_a_field_that_is_changed_alone_shows(verified, change):
    path = verified / RECORD
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | change), "utf-8")
    (fault,) = stale_data(verified)
    assert fault.problem.startswith("the record was changed by hand")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"data": []}', "null", "[" * 100_000, "{}"])
def test_a_record_that_is_none_is_one_fault_and_is_written_anew(verified, text):
    (verified / RECORD).write_text(text, "utf-8")
    (fault,) = stale_data(verified)
    assert fault.file == f"data/{RECORD}"
    assert "verify SOURCE" in fault.expected


def test_the_record_counts_relations_by_topic_and_kind(verified):
    counts = json.loads((verified / RECORD).read_text("utf-8"))["counts"]
    assert counts["relations of debt, identity"] > 10


def test_relations_that_shrink_are_named(verified):
    path = verified / "relations.csv"
    assert shrunk(verified) == []
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:1] + lines[2:]), "utf-8")
    (line,) = shrunk(verified)
    assert line.startswith("relations of debt, identity: 2")


def test_all_tables_are_covered(verified):
    assert {"units.csv", "indicators.csv", "relations.csv", "set-aside.csv", "reports.csv", "context.csv"} < set(
        fingerprints(verified)
    )


def test_rows_that_are_deleted_are_named(verified):
    path = verified / "ledger" / "debt.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), "utf-8")
    (line,) = shrunk(verified)
    assert line.startswith("rows of debt: 85 when last verified, now 84")


def test_record_of_the_project_is_up_to_date(project, whole_ledger):
    record = json.loads((project / "data" / "verified.json").read_text("utf-8"))
    assert record["data"] == fingerprints(project / "data")
    assert (record["rows"], record["unaccounted"]) == (len(whole_ledger.rows), 0)
    assert re.fullmatch(r"[0-9a-f]{64}", record["source"])
    assert stale_data(project / "data") == []


def test_verifying_the_gazette_again_changes_nothing(project, tmp_path, whole_ledger, real_gazette):
    data = Path(shutil.copytree(project / "data", tmp_path / "whole"))
    before = (data / "verified.json").read_bytes()
    source = Source.read(real_gazette)
    write_record(verify(whole_ledger, source, load_rules()), source, "2099-01-01", data)
    assert (data / "verified.json").read_bytes() == before


def test_record_keeps_its_date_until_something_changes(data, ledger, gazette):
    def write(date: str) -> dict[str, object]:
        source = Source.read(gazette)
        path = write_record(verify(ledger, source, GENERAL_RULES), source, date, data)
        return json.loads(path.read_text("utf-8"))

    first = write("2026-01-01")
    assert first["date"] == "2026-01-01"
    assert write("2026-01-02") == first
    gazette.write_text(gazette.read_text("utf-8").replace("。", "，2023年9月。", 1), "utf-8")
    second = write("2026-01-03")
    assert second["date"] == "2026-01-03"
    assert second["set_aside"]["year"] == first["set_aside"]["year"] + 2
    assert second["source"] != first["source"]


def test_new_ledger_was_never_verified(verified):
    (verified / "ledger" / "law.csv").write_text("series\n", "utf-8")
    (fault,) = stale_data(verified)
    assert (fault.file, fault.problem) == ("data/ledger/law.csv", "the file was never verified")


def test_nothing_is_verified_without_a_record(data):
    (data / "verified.json").unlink()
    assert [fault.problem for fault in stale_data(data)] == ["the file was never verified"] * len(fingerprints(data))


def test_ledger_that_was_verified_and_is_gone_is_noticed(verified):
    (verified / "ledger" / "debt.csv").unlink()
    assert [fault.file for fault in stale_data(verified)] == ["data/ledger/debt.csv"]
