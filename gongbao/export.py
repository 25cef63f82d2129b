"""The data of the book as files for other programs; the same data give the same bytes."""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import json
import re
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from copy import deepcopy
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import quote

import duckdb
import pandas as pd
from xlsxwriter import Workbook

from gongbao.figures import messages
from gongbao.figures.bundles import DATA_COLUMNS, EXACT_COLUMNS, NUMBER_COLUMNS
from gongbao.figures.digits import decimals_of
from gongbao.ledger.tables import read_yaml

CHECKSUMS = "SHA256SUMS"
"""The file with the digests of the others, as ``sha256sum -c`` reads it."""

Chart = Mapping[str, str]
"""A chart: ``name``, ``label`` (图 1.1), ``chapter``, ``title``, ``note``, ``source``, ``place`` (its path in the
book), ``data``, a CSV with a row a figure, and ``svg``."""

Draw = Callable[..., list[bytes]]
"""Makes PNGs as :func:`gongbao.typst.typesetting.compile_png` does, and takes a name for them before its arguments."""

Record = Mapping[str, Any]
"""A figure: its record (:meth:`gongbao.figures.figure.Figure.record`) with the ``place`` of its row in the book."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""A fixed timestamp, so that files are reproducible: the earliest that zip supports."""

_PICTURES = """
#set page(width: 456pt, height: auto, margin: 12pt, fill: white)
// the Chinese face has quotation marks as wide as a character, as template.typ of the printed book knows
#let marks = if sys.inputs.language == "zh" { () } else {
  ((name: "Libertinus Serif", covers: regex("[‘’“”…—]")),)
}
#set text(font: (..marks, "Noto Sans SC"), size: 8pt, lang: sys.inputs.language)
#for chart in json(bytes(sys.inputs.charts)) {
  text(11pt, strong(chart.label + " " + chart.title))
  parbreak()
  image(bytes(chart.svg), format: "svg")
  (chart.note, chart.source).filter(text => text != "").join(linebreak())
  pagebreak(weak: true)
}
"""
"""A page for each chart: label and title above, note and source below."""

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_SHEET = re.compile(r"[^\[\]:*?/\\']{1,31}")
"""The names of sheets that Excel allows; names that differ in capitals only are the same to it."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_ENDLESS = {number: str(number) for number in (float("inf"), float("-inf"))}
_TYPES = {"number": "float64", "integer": "Int32"}
"""The types of pandas for those of the data package."""
_EXACT = dict.fromkeys(EXACT_COLUMNS, _TYPES["number"])
_CHART_COLUMNS = ["name", "label", "chapter", "title", "note", "source", "place"]
_FIGURE_COLUMNS = ["id", "name_zh", "name_en", "claim", *NUMBER_COLUMNS, "unit", "unit_en", "formula", "inference"]


def _(message: str) -> str:
    """The message in the language of the edition, translated at once, since the formats take only text."""
    return str(messages._(message))


class Download(NamedTuple):
    """A file to download: its kind, its path, what it holds, its bytes."""

    group: str
    path: str
    content: str
    data: bytes

    @property
    def digest(self) -> str:
        """The SHA-256 of the bytes."""
        return hashlib.sha256(self.data).hexdigest()


class Table(NamedTuple):
    """Rows with numbers as numbers and empty cells as null; ``references`` are columns that name rows of other tables.

    In a table of the data package, ``value`` is the text of its source, a number or words; ``number`` beside it is for
    computing.
    """

    title: str
    rows: pd.DataFrame
    key: Sequence[str] = ()
    references: Mapping[str, str] = MappingProxyType({})


def downloads(
    data: Path, charts: Sequence[Chart], figures: Sequence[Record], base: str, language: str, draw: Draw
) -> list[Download]:
    """Every file that the book offers.

    Args:
        data: the folder of the data package.
        charts: of the book, in its order.
        figures: what the rows of the ledger state, what is from outside, and what the book computes.
        base: the address of the book on the web; empty if it has none.
        language: empty for titles and units in Chinese; for any other language they are in English.
        draw: makes the pictures.

    A ValueError if a chart cannot be published, or a table refers to a missing row.
    """
    package, suffix = read_package(data), "_en" if language else ""
    name, title_key = package["name"], "title" if language else "title_zh"
    with ThreadPoolExecutor(1) as beside:  # the compiler of pictures lets other threads run
        drawing = beside.submit(list, pictures(charts, language, draw))
        tables = book_tables(data, package, title_key, charts, figures)
        sheets = workbook(package[f"title{suffix}"], tables, charts, base.rstrip("/"), f"unit{suffix}")
        sqlite, package_file = database(tables), archive(data, package)
        columns = list(parquet(table.rows for table in tables.values()))
        drawn = drawing.result()
    files = [
        Download("whole", f"{name}.xlsx", _("工作簿：目录、总账、每幅图一张工作表"), sheets),
        Download("whole", f"{name}.sqlite", _("SQLite数据库：各表、书中全部的数、各图的数据"), sqlite),
        Download("whole", f"{name}.zip", _("数据包（Frictionless Data Package）：各表原样，附说明"), package_file),
    ]
    for resource in package["resources"]:
        text = (data / resource["path"]).read_text("utf-8")
        files.append(Download("tables", resource["path"], resource[title_key], for_spreadsheets(text)))
    for chart, picture in zip(charts, drawn, strict=True):
        place, heading = f"charts/{chart['name']}", f"{chart['label']} {chart['title']}".strip()
        files.append(Download("charts", f"{place}.csv", heading, for_spreadsheets(chart["data"])))
        files.append(Download("pictures", f"{place}.svg", heading, chart["svg"].encode()))
        files.append(Download("pictures", f"{place}.png", heading, picture))
    for (table, content), column in zip(tables.items(), columns, strict=True):
        files.append(Download("parquet", f"parquet/{table}.parquet", content.title, column))
    sums = "".join(f"{file.digest}  {file.path}\n" for file in files)
    return [*files, Download("whole", CHECKSUMS, _("其他各文件的SHA-256"), sums.encode())]


# --- tables


def read_package(data: Path) -> dict[str, Any]:
    """The description of the data, with the contents of schemas that it names by file."""
    package: dict[str, Any] = deepcopy(read_yaml(data / "datapackage.yaml"))
    for resource in package["resources"]:
        if isinstance(resource["schema"], str):
            resource["schema"] = read_yaml(data / resource["schema"])
    return package


def pictures(charts: Sequence[Chart], language: str, draw: Draw) -> Iterator[bytes]:
    """Charts as PNG with their titles and sources."""
    for _chapter, group in groupby(charts, key=itemgetter("chapter")):
        shown = [{key: chart[key] for key in ("name", "label", "title", "note", "source", "svg")} for chart in group]
        place = f"charts/{language or 'zh'}/{shown[0]['name']}"
        yield from draw(place, _PICTURES, 2, charts=json.dumps(shown), language=language or "zh")


def book_tables(
    data: Path, package: Mapping[str, Any], title_key: str, charts: Sequence[Chart], figures: Sequence[Record]
) -> dict[str, Table]:
    """The tables of the data package, the figures of the book and its charts, by name.

    Files in one folder have one schema, and become one table. A table comes after those that it refers to.
    """
    titles = {"ledger": _("总账：一行一处陈述"), "derived": _("推算的序列"), "words": _("各章的用词")}
    parts: dict[str, list[Mapping[str, Any]]] = {}
    for resource in package["resources"]:
        folder = resource["path"].rpartition("/")[0]
        name = folder if folder in titles else resource["name"].replace("-", "_")
        parts.setdefault(name, []).append(resource)
    tables = {name: _package_table(data, of, titles.get(name, of[0][title_key])) for name, of in parts.items()}
    ledger = tables.pop("ledger")
    computed = pd.DataFrame([*figures], columns=[*_FIGURE_COLUMNS, "place"])
    of_figures = {"figure": "figures(id)", "input": "figures(id)"}
    inputs = pd.DataFrame([(one["id"], id) for one in figures for id in one["inputs"]], columns=[*of_figures])
    listed = _typed(pd.DataFrame([*charts], columns=_CHART_COLUMNS))
    of_charts = {"chart": "charts(name)", "id": "figures(id)"}
    return {
        **tables,
        "figures": Table(_("书中全部的数"), _typed(computed), ["id"]),
        "inputs": Table(_("每个算出来的数由哪些数得到"), inputs, [*of_figures], of_figures),
        "ledger": ledger,
        "charts": Table(_("各图"), listed, ["name"]),
        "chart_data": Table(_("各图的数据"), _drawn(charts), (), of_charts),
    }


def _package_table(data: Path, resources: Sequence[Mapping[str, Any]], title: str) -> Table:
    """A table of the package; rows that state a figure get its id, and words get the name of their chapter."""
    schema, files = resources[0]["schema"], [data / resource["path"] for resource in resources]
    rows = pd.concat([_text(file.read_text("utf-8")).assign(chapter=file.stem) for file in files])
    types = {column["name"]: column["type"] for column in schema["fields"]}
    references = {
        key["fields"]: f"{key['reference']['resource']}({key['reference']['fields']})"
        for key in schema.get("foreignKeys", ())
    }
    named = schema.get("primaryKey", [])
    key = [named] if isinstance(named, str) else named
    chapter = rows.pop("chapter")
    if {"series", "period"} <= types.keys():
        rows.insert(0, "id", rows["series"] + "@" + rows["period"])
        references["id"] = "figures(id)"
    if files[0].parent.name == "words":
        rows.insert(0, "chapter", chapter)
        key = ["chapter", *key]
    if "value" in types:
        numbers = rows["value"].where(rows["value"].str.fullmatch(_NUMBER.pattern), "")
        rows.insert([*rows].index("value") + 1, "number", numbers)
    columns = {name: _TYPES[type] for name, type in types.items() if type in _TYPES}
    return Table(title, _typed(rows, {"number": "float64", **columns}), key, references)


def _drawn(charts: Sequence[Chart]) -> pd.DataFrame:
    """The data of all charts."""
    rows = {}
    for chart in charts:
        name, place, key = chart["name"], chart["place"], chart["name"].casefold()
        if key in rows:
            raise ValueError(f"{place}: the chart {name} is there twice; expected: a name of its own")
        if not _SHEET.fullmatch(name):
            raise ValueError(f"{place}: no sheet may be called {name}; expected: up to 31 characters, not []:*?/\\'")
        rows[key] = _text(chart["data"]).assign(chart=name)
        if rows[key].empty:
            raise ValueError(f"{place}: the chart has no data; expected: the figures that it draws in `uses`")
    columns = ["chart", *DATA_COLUMNS]
    return _typed(pd.concat([pd.DataFrame(columns=columns, dtype=str), *rows.values()])[columns])


def _text(table: str) -> pd.DataFrame:
    # pandas' own reader takes ten times as long for a table of a few rows, of which there are many
    head, *rows = filter(None, csv.reader(io.StringIO(table)))
    return pd.DataFrame(rows, columns=head, dtype="str")


def _typed(text: pd.DataFrame, types: Mapping[str, str] = _EXACT) -> pd.DataFrame:
    """The rows with numbers as numbers, to the last digit as Python reads them, and empty cells as null."""
    rows = text.replace("", None).astype("str")
    return rows.astype({name: type for name, type in types.items() if name in rows})


# --- formats


def for_spreadsheets(text: str) -> bytes:
    """A CSV with the mark by which spreadsheets recognise UTF-8, and without cells that they would run as formulas."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerows([harmless(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline="")))
    return buffer.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell) else cell


def archive(data: Path, package: Mapping[str, Any]) -> bytes:
    """The data package as one file: the tables as they are, with their description as the standard names it."""
    members = {resource["path"]: (data / resource["path"]).read_bytes() for resource in package["resources"]}
    members["datapackage.json"] = json.dumps(package, ensure_ascii=False, indent=2).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in sorted(members.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # the same on every system: as Unix does
            file.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def parquet(tables: Iterable[pd.DataFrame]) -> Iterator[bytes]:
    """Tables as Parquet; DuckDB writes it, since pandas would need pyarrow."""
    # one thread: the order of the rows is that of the table
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(config={"threads": 1}) as connection:
        path = Path(folder, "table.parquet")
        for rows in tables:
            connection.from_df(rows).to_parquet(str(path), compression="zstd")
            yield path.read_bytes()


_SQL = {"Int32": "INTEGER", "float64": "REAL"}
_VIEWS = """
CREATE VIEW figures_by_page AS
  SELECT page, report, id, name_zh, value, unit, precision, phrase FROM ledger ORDER BY page, id;
CREATE VIEW contradictions AS SELECT * FROM relations WHERE verdict = 'contradicts';
CREATE VIEW charts_by_figure AS
  SELECT chart_data.id, charts.name AS chart, charts.label, charts.chapter, charts.title
  FROM chart_data JOIN charts ON charts.name = chart_data.chart ORDER BY chart_data.id, charts.name;
"""


def database(tables: Mapping[str, Table]) -> bytes:
    """The tables as a file of SQLite, with their keys.

    A ValueError if a table refers to a row that another does not have.
    """
    with closing(sqlite3.connect(":memory:")) as connection, connection:
        for name, table in tables.items():
            columns = [f'"{column}" {_SQL.get(str(type), "TEXT")}' for column, type in table.rows.dtypes.items()]
            keys = [f"PRIMARY KEY ({', '.join(table.key)})"] if table.key else []
            keys += [f"FOREIGN KEY ({column}) REFERENCES {there}" for column, there in table.references.items()]
            connection.execute(f'CREATE TABLE "{name}" ({", ".join([*columns, *keys])})')
            table.rows.to_sql(name, connection, if_exists="append", index=False)
        for name, row, parent, _key in connection.execute("PRAGMA foreign_key_check"):
            raise ValueError(f"row {row} of the table {name} refers to what the table {parent} does not have")
        connection.executescript(_VIEWS)
        return connection.serialize()


def workbook(title: str, tables: Mapping[str, Table], charts: Sequence[Chart], base: str, unit: str) -> bytes:
    """The contents, the ledger, and a sheet for each chart; units are in the column ``unit``.

    A sheet is a table and nothing else, with its head in the first row, as programs read it; the words about a chart
    are in the contents. Ids lead to their rows in the book.
    """
    figures, ledger = tables["figures"].rows.dropna(subset="place"), tables["ledger"]
    places = dict(zip(figures["id"], figures["place"], strict=True))
    sheets = {_("总账"): _cells(ledger.rows.drop(columns="number"))}
    start = places.get(ledger.rows["id"].iloc[0], "").partition("#")[0]
    listed = [[_("总账"), "", ledger.title, "", "", _("见unit一列"), _("见page一列"), start]]
    drawn = _cells(tables["chart_data"].rows).groupby("chart")
    for chart in charts:
        rows = sheets[chart["name"]] = drawn.get_group(chart["name"]).drop(columns="chart")
        words = [chart[key] for key in ("name", "label", "title", "note", "chapter")]
        listed.append([*words, _("、").join(rows[unit].dropna().unique()), chart["source"], chart["place"]])
    heads = [_("工作表"), _("图号"), _("标题"), _("说明"), _("章"), _("单位"), _("来源"), _("网页")]
    rows_of = {name: f"internal:'{name}'!A1" for name in sheets}
    pages = {place: f"{base}/{place}" if base else _beside(place) for *_words, place in listed if place}
    ids = {"id": {id: _beside(place) for id, place in places.items()}}
    buffer = io.BytesIO()
    with Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}) as book:
        book.set_properties({"title": title, "created": datetime.datetime(*_EPOCH)})
        contents = pd.DataFrame(listed, columns=heads)
        _write_sheet(book, _("目录"), contents, {heads[0]: rows_of, heads[-1]: pages})
        for name, rows in sheets.items():
            _write_sheet(book, name, rows, ids)
    return buffer.getvalue()


def _cells(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with values that a cell can hold: empty for null, a word for an infinite number."""
    return rows.astype(object).where(rows.notna(), None).replace(_ENDLESS)


def _write_sheet(book: Workbook, name: str, rows: pd.DataFrame, links: Mapping[str, Mapping[str, str]]) -> None:
    """A table whose head stays in sight; numbers that are kept as text show the decimals of the text.

    ``links`` has the addresses of the cells of a column, by their contents.
    """
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, rows.columns)
    for number, column in enumerate(rows.columns):
        sheet.write_column(1, number, rows[column])
        addresses = links.get(column, {})
        for row, cell in enumerate(rows[column], 1):
            if cell in addresses:
                sheet.write_url(row, number, addresses[cell], string=cell)
            elif column == "value" and isinstance(cell, str) and _NUMBER.fullmatch(cell):
                decimals = decimals_of(cell)
                shown = book.add_format({"num_format": f"0.{'0' * decimals}" if decimals else "General"})
                sheet.write_number(row, number, float(cell), shown)
    sheet.autofilter(0, 0, len(rows), len(rows.columns) - 1)
    sheet.set_row(0, cell_format=book.add_format({"bold": True}))
    sheet.autofit(360)


def _beside(place: str) -> str:
    """The link to a place in the book from the folder of the files."""
    page, _hash, anchor = place.partition("#")
    # XlsxWriter makes backslashes of all slashes, also of those in an anchor
    return f"external:../{page}" + (f"#{quote(anchor, safe='@')}" if anchor else "")
