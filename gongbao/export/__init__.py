"""The data of the book as files for other programs; the same data make the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gongbao.export.archive import package
from gongbao.export.content import Chart, Content, Figure
from gongbao.export.database import database
from gongbao.export.parquet import parquet
from gongbao.export.spreadsheets import for_spreadsheets
from gongbao.export.workbook import workbook
from gongbao.figures.messages import _

GROUPS = ("whole", "tables", "charts", "parquet")
"""The kinds of files, as a page lists them."""

CHECKSUMS = "SHA256SUMS"
"""The file with the digests of the others, as ``sha256sum -c`` reads it."""

__all__ = ["CHECKSUMS", "GROUPS", "Chart", "Download", "Figure", "downloads"]


@dataclass(frozen=True, slots=True)
class Download:
    """A file to download: its kind, its path, what it holds, its bytes."""

    group: str
    path: str
    content: str
    data: bytes

    @property
    def digest(self) -> str:
        """The SHA-256 of the bytes."""
        return hashlib.sha256(self.data).hexdigest()


def downloads(
    data: Path, charts: Sequence[Chart], figures: Sequence[Figure], base: str = "", *, translated: bool = False
) -> list[Download]:
    """Every file that the book offers.

    Args:
        data: the folder of the data package.
        charts: of the book, in its order.
        figures: what the rows of the ledger state, what is from outside, and what the book computes.
        base: the address of the book on the web, if it has one.
        translated: take the English titles of the tables.

    Raises:
        ValueError: if a chart cannot be published, or a table refers to what is not there.
    """
    content = Content.load(data, charts, figures, base, translated=translated)
    name = content.name
    files = [
        Download("whole", f"{name}.xlsx", str(_("工作簿：目录、总账、每幅图一张工作表")), workbook(content)),
        Download("whole", f"{name}.sqlite", str(_("SQLite数据库：各表、书中全部的数、各图的数据")), database(content)),
        Download(
            "whole", f"{name}.zip", str(_("数据包（Frictionless Data Package）：各表原样，附说明")), package(data)
        ),
    ]
    for path in content.paths:
        files.append(Download("tables", path, content.paths[path], for_spreadsheets((data / path).read_text("utf-8"))))
    for chart in charts:
        files.append(Download("charts", f"charts/{chart.name}.csv", chart.heading, for_spreadsheets(chart.data)))
    for table, columns in parquet(content.tables).items():
        files.append(Download("parquet", f"parquet/{table.name}.parquet", table.title, columns))
    sums = "".join(f"{file.digest}  {file.path}\n" for file in files)
    return [*files, Download("whole", CHECKSUMS, str(_("其他各文件的SHA-256")), sums.encode())]
