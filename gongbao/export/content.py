"""What there is to publish, as tables: the data package, the figures of the book, its charts."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from gongbao.figures.bundles import DATA_COLUMNS, EXACT_COLUMNS, NUMBER_COLUMNS
from gongbao.figures.messages import _

NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
"""A number as the data print it."""

Row = Mapping[str, str]
Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of the book: its data as CSV, and its place as a path from the root of the book."""

    name: str
    label: str
    chapter: str
    title: str
    note: str
    source: str
    place: str
    data: str
    unit_column: str = "unit"

    @property
    def rows(self) -> list[dict[str, str]]:
        """The data, a row a figure."""
        return list(csv.DictReader(io.StringIO(self.data, newline="")))

    @property
    def heading(self) -> str:
        """The title with the number of the chart."""
        return f"{self.label} {self.title}".strip()

    @property
    def units(self) -> str:
        """The units of what is drawn."""
        return _("、").join(dict.fromkeys(row[self.unit_column] for row in self.rows))


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the book: its record (:meth:`gongbao.figures.figure.Figure.record`) and the place of its row."""

    record: Mapping[str, Any]
    place: str


@dataclass(frozen=True, eq=False)
class Table:
    """A table: the types of its columns as Table Schema names them, its cells as text, and what its columns refer to.

    The figures and the data of charts have the numbers of :attr:`Figure.data`. Where a table of the data
    package has ``value``, it is the text of its source, a number or words; ``number`` beside it is for computing.
    """

    name: str
    title: str
    columns: Mapping[str, str]
    rows: Sequence[Row]
    key: Sequence[str] = ()
    references: Mapping[str, str] = field(default_factory=dict)

    def cells(self) -> Iterable[tuple[Cell, ...]]:
        """The rows as values; nothing is None."""
        for row in self.rows:
            yield tuple(_cell(row[column], type) for column, type in self.columns.items())


def _cell(text: str, type: str) -> Cell:
    if text == "":
        return None
    match type:
        case "integer":
            return int(text)
        case "number":
            return float(text)
    return text


@dataclass(frozen=True)
class Content:
    """Everything that the files hold; ``base`` is the address of the book on the web, if it has one."""

    name: str
    title: str
    paths: Mapping[str, str]
    ledger: Table
    others: Sequence[Table]
    charts: Sequence[Chart]
    figures: Sequence[Figure]
    base: str = ""

    @classmethod
    def load(
        cls, data: Path, charts: Sequence[Chart], figures: Sequence[Figure], base: str = "", *, translated: bool = False
    ) -> Content:
        """Read the data package; files that share a folder, and so a schema, become one table."""
        _check(charts)
        title = "title" if translated else "title_zh"
        package = read_package(data)
        folders: dict[str, list[Table]] = {"ledger": [], "derived": [], "words": []}
        others: list[Table] = []
        for resource in package["resources"]:
            table = _table(data, resource, title)
            folders.get(resource["path"].rpartition("/")[0], others).append(table)
        ledger = _joined("ledger", _("总账：一行一处陈述"), folders["ledger"])
        others.append(_joined("derived", _("推算的序列"), folders["derived"]))
        others.append(_joined("words", _("各章的用词"), [_of_chapter(table) for table in folders["words"]]))
        paths = {resource["path"]: resource[title] for resource in package["resources"]}
        return cls(
            package["name"],
            package["title_en" if translated else "title"],
            paths,
            ledger,
            others,
            charts,
            figures,
            base,
        )

    @cached_property
    def tables(self) -> list[Table]:
        """All tables, each after those that it refers to."""
        return [*self.others, *self._figures, self.ledger, *self._charts]

    @property
    def _figures(self) -> list[Table]:
        rows = [{**figure.record, "place": figure.place} for figure in self.figures]
        names = ("id", "name_zh", "name_en", "claim")
        columns = (*names, *NUMBER_COLUMNS, "unit", "unit_en", "formula", "inference", "place")
        inputs = [{"figure": f.record["id"], "input": id} for f in self.figures for id in f.record["inputs"]]
        refers = {"figure": "figures(id)", "input": "figures(id)"}
        return [
            Table("figures", str(_("书中全部的数")), _types(columns), rows, ["id"]),
            Table(
                "inputs",
                str(_("每个算出来的数由哪些数得到")),
                dict.fromkeys(refers, "string"),
                inputs,
                [*refers],
                refers,
            ),
        ]

    @property
    def _charts(self) -> list[Table]:
        columns = dict.fromkeys(("name", "label", "chapter", "title", "note", "source", "place"), "string")
        charts = [{column: getattr(chart, column) for column in columns} for chart in self.charts]
        rows = [{"chart": chart.name, **row} for chart in self.charts for row in chart.rows]
        refers = {"chart": "charts(name)", "id": "figures(id)"}
        listed = Table("charts", str(_("各图")), columns, charts, ["name"])
        drawn = _types(("chart", *DATA_COLUMNS))
        return [listed, Table("chart_data", str(_("各图的数据")), drawn, rows, (), refers)]


def read_package(data: Path) -> dict[str, Any]:
    """The description of the data, with the schemas that it names by file."""
    package: dict[str, Any] = yaml.safe_load((data / "datapackage.yaml").read_text("utf-8"))
    for resource in package["resources"]:
        if isinstance(resource["schema"], str):
            resource["schema"] = yaml.safe_load((data / resource["schema"]).read_text("utf-8"))
    return package


def _check(charts: Sequence[Chart]) -> None:
    names: set[str] = set()
    for chart in charts:
        if not chart.rows:
            raise ValueError(f"{chart.place}: the chart has no data; expected: the figures that it draws in `uses`")
        if chart.name in names:
            raise ValueError(f"{chart.place}: the chart {chart.name} is there twice; expected: a name of its own")
        names.add(chart.name)


def _table(data: Path, resource: Mapping[str, Any], title: str) -> Table:
    """A table of the package; rows that state a figure get its id."""
    schema = resource["schema"]
    columns = {field["name"]: field["type"] for field in schema["fields"]}
    with (data / resource["path"]).open(encoding="utf-8", newline="") as file:
        rows: list[dict[str, str]] = list(csv.DictReader(file))
    references = {
        key["fields"]: f"{key['reference']['resource']}({key['reference']['fields']})"
        for key in schema.get("foreignKeys", ())
    }
    if {"series", "period"} <= columns.keys():
        columns = {"id": "string", **columns}
        rows = [{"id": f"{row['series']}@{row['period']}", **row} for row in rows]
        references["id"] = "figures(id)"
    key = schema.get("primaryKey", ())
    key = [key] if isinstance(key, str) else key
    return _with_number(Table(resource["name"].replace("-", "_"), resource[title], columns, rows, key, references))


def _joined(name: str, title: object, tables: Sequence[Table]) -> Table:
    """One table of the rows of several that have the same columns."""
    first = tables[0]
    rows = [row for table in tables for row in table.rows]
    return Table(name, str(title), first.columns, rows, first.key, first.references)


def _of_chapter(table: Table) -> Table:
    """A table whose rows say which chapter it is of: ``words-debt`` of debt."""
    chapter = table.name.partition("_")[2]
    rows = [{"chapter": chapter, **row} for row in table.rows]
    return Table(table.name, table.title, {"chapter": "string", **table.columns}, rows, ["chapter", *table.key])


def _types(columns: Iterable[str]) -> dict[str, str]:
    return {column: "number" if column in EXACT_COLUMNS else "string" for column in columns}


def _with_number(table: Table) -> Table:
    """The table with ``number`` beside ``value``."""
    if "value" not in table.columns:
        return table
    columns: dict[str, str] = {}
    for column, type in table.columns.items():
        columns |= {column: type, "number": "number"} if column == "value" else {column: type}
    rows = [{**row, "number": row["value"] if NUMBER.fullmatch(row["value"]) else ""} for row in table.rows]
    return Table(table.name, table.title, columns, rows, table.key, table.references)
