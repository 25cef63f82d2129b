"""The record of the last verification, which shows later changes of the files that numbers rest on."""

from __future__ import annotations

import contextlib
import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gongbao.ledger.relations import load_relations
from gongbao.ledger.tables import Fault, read_table, tables_in

if TYPE_CHECKING:
    from gongbao.verify.source import Source
    from gongbao.verify.verification import Verification

RECORD = "verified.json"

TABLES = ("units", "nouns", "indicators", "relations", "set-aside", "reports", "context", "absences")
"""The files that numbers rest on besides the ledger, in the data folder; some may be missing."""

RENEW = "a run of: python -m gongbao verify SOURCE"


def fingerprints(data: Path) -> dict[str, str]:
    """The SHA-256 of each file that numbers depend on, by its path within the data."""
    tables = [path for path in (data / f"{name}.csv" for name in TABLES) if path.is_file()]
    paths = [*tables_in(data / "ledger"), *tables]
    return {path.relative_to(data).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def row_marks(path: Path) -> list[str]:
    """A checksum of each row of a file, by which a later change shows its row."""
    return [f"{zlib.crc32(line):08x}" for line in path.read_bytes().splitlines()]


def counts(data: Path) -> dict[str, int]:
    """How many rows each file of the ledger has, and how many relations there are, by topic and kind."""
    rows = {f"rows of {path.stem}": len(read_table(path)) for path in tables_in(data / "ledger")}
    kinds = Counter(f"relations of {one.id.split('.')[0]}, {one.kind}" for one in load_relations(data))
    return rows | dict(sorted(kinds.items()))


def shrunk(data: Path) -> list[str]:
    """A line for each file or kind with fewer rows or relations than when the data were last verified."""
    now, before = counts(data), read_record(data).get("counts", {})
    fewer = {what: count for what, count in before.items() if now.get(what, 0) < count}
    return [f"{what}: {count} when last verified, now {now.get(what, 0)}" for what, count in fewer.items()]


def write_record(result: Verification, source: Source, date: str, data: Path) -> Path:
    """Keep the result of a verification that passed.

    A record that says the same already keeps its date.
    """
    path, verified = data / RECORD, fingerprints(data)
    record: dict[str, Any] = {
        "source": source.sha256,
        "data": verified,
        "row_marks": {name: " ".join(row_marks(data / name)) for name in verified},
        "rows": result.rows,
        "counts": counts(data),
        "set_aside": dict(sorted(result.set_aside.items())),
        "unaccounted": len(result.unaccounted),
    }
    if result.pages_left_out:
        record["left_out"] = result.left_out
    record["seal"] = seal(record)
    if read_record(data) | {"date": None} != record | {"date": None}:
        path.write_text(json.dumps(record | {"date": date}, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return path


def seal(record: Mapping[str, Any]) -> str:
    """A checksum over the record, which shows that a field was changed by mistake; it is no protection from forgery."""
    fields = {name: value for name, value in record.items() if name not in {"date", "seal"}}
    return hashlib.sha256(json.dumps(fields, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def read_record(data: Path) -> dict[str, Any]:
    """The record; empty if there is none, or one that was changed by hand, or cannot be read."""
    with contextlib.suppress(FileNotFoundError, ValueError, TypeError, KeyError, RecursionError):
        record: dict[str, Any] = json.loads((data / RECORD).read_text("utf-8"))
        if record["seal"] == seal(record):
            return record
    return {}


def stale_data(data: Path) -> list[Fault]:
    """The files that changed since they were verified, or never were, and a record that was changed itself."""
    record, there = read_record(data), fingerprints(data)
    if not record and (data / RECORD).exists():
        return [Fault(f"data/{RECORD}", None, "the record was changed by hand, or cannot be read", RENEW)]
    verified: dict[str, str] = record.get("data", {})
    gone, expected = "the file was verified and is gone", "the file, or a new verification"
    found = [Fault(f"data/{name}", None, gone, expected) for name in sorted(verified.keys() - there.keys())]
    for name in (name for name, digest in there.items() if verified.get(name) != digest):
        known = set(record.get("row_marks", {}).get(name, "").split())
        changed = [number for number, mark in enumerate(row_marks(data / name), 1) if mark not in known]
        rows: list[int | None] = [*changed] if name in verified and changed else [None]
        did = "changed after it was last" if name in verified else "was never"
        found += [Fault(f"data/{name}", row, f"the {'row' if row else 'file'} {did} verified", RENEW) for row in rows]
    return found
