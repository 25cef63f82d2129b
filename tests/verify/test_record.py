"""The record of verification: it covers all that a number rests on, and shows when it was changed itself."""

from __future__ import annotations

import json

import pytest

from gongbao.ledger.rows import Ledger
from gongbao.verify.record import RECORD, fingerprints, shrunk, stale_data, write_record
from gongbao.verify.rules import GENERAL, load_rules
from gongbao.verify.source import Source
from gongbao.verify.verification import verify


@pytest.fixture
def verified(data, gazette):
    """Data that was just verified."""
    rules = [rule for rule in load_rules(data) if rule.scope == GENERAL]
    source = Source.read(gazette)
    write_record(verify(Ledger.load(data), source, rules), source, "2026-01-01", data)
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
