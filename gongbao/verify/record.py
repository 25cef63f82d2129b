"""The record of the last verification, so that a later change of what a number rests on shows."""

from __future__ import annotations

import contextlib
import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gongbao.ledger.relations import Relation, load_relations
from gongbao.ledger.tables import DATA, Fault, FaultyDataError, display_name, read_table, tables_in

if TYPE_CHECKING:
    from gongbao.verify.result import Verification
    from gongbao.verify.source import Source

RECORD = "verified.json"

TABLES = ("units", "indicators", "relations", "set-aside", "reports", "context", "absences")
"""What a number rests on beside the ledger: the files of the data folder, those that there are."""

RENEW = "a run of: python -m gongbao verify SOURCE"


def fingerprints(data: Path = DATA) -> dict[str, str]:
    """The SHA-256 of each file that a number rests on, by its path within the data."""
    tables = [path for path in (data / f"{name}.csv" for name in TABLES) if path.is_file()]
    paths = [*tables_in(data / "ledger"), *tables]
    return {path.relative_to(data).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def row_marks(path: Path) -> list[str]:
    """A checksum of each row of a file, by which a later change shows its row."""
    return [f"{zlib.crc32(line):08x}" for line in path.read_bytes().splitlines()]


def relations_by_topic(relations: list[Relation]) -> dict[str, dict[str, int]]:
    """How many relations there are, by topic and kind: a file that shrinks shows where."""
    counts = Counter((relation.id.split(".")[0], relation.kind) for relation in relations)
    found: dict[str, dict[str, int]] = {}
    for (topic, kind), count in sorted(counts.items()):
        found.setdefault(topic, {})[kind] = count
    return found


def statements_by_topic(data: Path) -> dict[str, int]:
    """How many rows each file of the ledger has."""
    return {path.stem: len(read_table(path)) for path in tables_in(data / "ledger")}


def shrunk(data: Path = DATA) -> list[str]:
    """Where there are fewer rows or relations than when the data were last verified, as lines."""
    record: dict[str, Any] = {}
    with contextlib.suppress(FaultyDataError):  # a record that cannot be read is a fault of its own
        record = read_record(data)
    statements = statements_by_topic(data)
    lines = [
        f"rows of {topic}: {count} when last verified, now {statements.get(topic, 0)}"
        for topic, count in record.get("statements", {}).items()
        if statements.get(topic, 0) < count
    ]
    old: dict[str, dict[str, int]] = record.get("relations", {})
    new = relations_by_topic(load_relations(data))
    return lines + [
        f"relations of {topic}, {kind}: {count} when last verified, now {new.get(topic, {}).get(kind, 0)}"
        for topic, kinds in old.items()
        for kind, count in kinds.items()
        if new.get(topic, {}).get(kind, 0) < count
    ]


def write_record(result: Verification, source: Source, date: str, data: Path = DATA) -> Path:
    """Keep the result of a verification that passed.

    A record that says the same already keeps its date.
    """
    path = data / RECORD
    verified = fingerprints(data)
    record: dict[str, Any] = {
        "source": source.sha256,
        "data": verified,
        "row_marks": {name: " ".join(row_marks(data / name)) for name in verified},
        "rows": result.rows,
        "statements": statements_by_topic(data),
        "relations": relations_by_topic(load_relations(data)),
        "set_aside": dict(sorted(result.set_aside.items())),
        "unaccounted": len(result.unaccounted),
    }
    if result.pages_left_out:
        record["left_out"] = result.left_out
    record["seal"] = _seal(record)
    old: dict[str, Any] = {}
    with contextlib.suppress(FaultyDataError):  # what cannot be read is written anew
        old = read_record(data)
    if old | {"date": None} == record | {"date": None}:
        return path
    path.write_text(json.dumps(record | {"date": date}, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return path


def _seal(record: Mapping[str, Any]) -> str:
    """A checksum over the record, so that one of its fields does not change alone: a mistake shows, a forger could."""
    fields = {name: value for name, value in record.items() if name not in {"date", "seal"}}
    return hashlib.sha256(json.dumps(fields, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def read_record(data: Path = DATA) -> dict[str, Any]:
    """The record; empty if there is none.

    Raises:
        FaultyDataError: if it is no record.
    """
    path = data / RECORD
    if not path.exists():
        return {}
    try:
        record: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise FaultyDataError([Fault(display_name(path), None, f"it cannot be read: {error}", RENEW)]) from None
    shapes = (
        [record.get("data"), *(record.get(name, {}) for name in ("relations", "statements", "row_marks"))]
        if isinstance(record, dict)
        else [None]
    )
    if not all(isinstance(shape, dict) for shape in shapes):
        raise FaultyDataError([Fault(display_name(path), None, "it is no record of a verification", RENEW)])
    return record


def stale_data(data: Path = DATA) -> list[Fault]:
    """The files that changed since they were verified, or never were, and a record that was changed itself."""
    try:
        record = read_record(data)
    except FaultyDataError as error:
        return list(error.faults)
    verified: dict[str, str] = record.get("data", {})
    there = fingerprints(data)
    found = [
        Fault(f"data/{name}", None, "the file was verified and is gone", "the file, or a new verification")
        for name in sorted(verified.keys() - there.keys())
    ]
    for name, digest in there.items():
        if verified.get(name) != digest:
            if name not in verified:
                found.append(Fault(f"data/{name}", None, "the file was never verified", RENEW))
                continue
            known = set(record.get("row_marks", {}).get(name, "").split())
            rows = [number for number, mark in enumerate(row_marks(data / name), 1) if mark not in known]
            found += [
                Fault(f"data/{name}", row, "the row changed after it was last verified", RENEW) for row in rows
            ] or [Fault(f"data/{name}", None, "the file changed after it was last verified", RENEW)]
    if record and record.get("seal") != _seal(record):
        found.append(Fault(f"data/{RECORD}", None, "the record was changed by hand", RENEW))
    return found
