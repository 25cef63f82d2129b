"""CSV as spreadsheets read it without being asked."""

from __future__ import annotations

import csv
import io

from gongbao.export.content import NUMBER

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def for_spreadsheets(text: str) -> bytes:
    """A CSV with the mark by which spreadsheets know UTF-8, and without cells that they would run as formulas."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerows([harmless(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline="")))
    return buffer.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) and not NUMBER.fullmatch(cell) else cell
