"""The database: the tables of the data, all figures of the book, and the data of the charts."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from gongbao.export.content import Content, Table

_TYPES = {"integer": "INTEGER", "number": "REAL"}
_VIEWS = """
CREATE VIEW figures_by_page AS
  SELECT page, report, id, name_zh, value, unit, precision, phrase FROM ledger ORDER BY page, id;
CREATE VIEW contradictions AS SELECT * FROM relations WHERE verdict = 'contradicts';
CREATE VIEW charts_by_figure AS
  SELECT chart_data.id, charts.name AS chart, charts.label, charts.chapter, charts.title
  FROM chart_data JOIN charts ON charts.name = chart_data.chart ORDER BY chart_data.id, charts.name;
"""


def database(content: Content) -> bytes:
    """A file of SQLite.

    Raises:
        ValueError: if a table refers to a row that another does not have.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.sqlite"
        with closing(sqlite3.connect(path)) as connection, connection:
            _write(connection, content.tables)
            connection.executescript(_VIEWS)
        return path.read_bytes()


def _write(connection: sqlite3.Connection, tables: Iterable[Table]) -> None:
    for table in tables:
        columns = ", ".join(_column(table, name, type) for name, type in table.columns.items())
        key = f", PRIMARY KEY ({', '.join(table.key)})" if table.key else ""
        connection.execute(f'CREATE TABLE "{table.name}" ({columns}{key})')
        places = ", ".join("?" * len(table.columns))
        connection.executemany(f'INSERT INTO "{table.name}" VALUES ({places})', table.cells())
    for name, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        raise ValueError(f"row {row} of the table {name} refers to what the table {parent} does not have")


def _column(table: Table, name: str, type: str) -> str:
    refers = f" REFERENCES {table.references[name]}" if name in table.references else ""
    return f'"{name}" {_TYPES.get(type, "TEXT")}{refers}'
