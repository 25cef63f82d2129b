"""Tables as Parquet.

DuckDB writes them: pandas would import pyarrow, once it is there, in every kernel of the book, and drops fastparquet.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable
from pathlib import Path

import duckdb

from gongbao.export.content import Table

_TYPES = {"integer": "INTEGER", "number": "DOUBLE"}


def parquet(tables: Iterable[Table]) -> dict[Table, bytes]:
    """Each table as a file of Parquet; what is empty is null."""
    # one thread: the order of the rows is that of the table
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(config={"threads": 1}) as connection:
        return {table: _written(connection, table, Path(folder)) for table in tables}


def _written(connection: duckdb.DuckDBPyConnection, table: Table, folder: Path) -> bytes:
    source, target = folder / "table.csv", folder / "table.parquet"
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(table.columns), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(table.rows)
    types = {name: _TYPES.get(type, "VARCHAR") for name, type in table.columns.items()}
    connection.read_csv(str(source), dtype=types, header=True, delimiter=",", quotechar='"', escapechar='"').to_parquet(
        str(target), compression="zstd"
    )
    return target.read_bytes()
