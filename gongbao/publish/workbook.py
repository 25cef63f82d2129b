"""The workbook: contents, ledger, and a sheet for each chart."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence
from urllib.parse import quote

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from gongbao.language import _
from gongbao.publish.archive import EPOCH
from gongbao.publish.content import NUMBER, Content, Row

CONTENTS, LEDGER = _("目录"), _("总账")
HEADS = (_("工作表"), _("图号"), _("标题"), _("章"), _("单位"), _("来源"), _("网页"))
"""Of the list of sheets; they take the language when they are written."""

LONGEST_NAME = 31
"""Characters that Excel allows in the name of a sheet."""

_NUMERIC = {"value", "low", "high", "page"}
_WIDTHS = {"id": 42, "series": 34, "name_zh": 28, "name_en": 28, "source": 28, "phrase": 26, "formula": 28, "note": 28}
_WIDTHS_OF_CONTENTS = (30, 8, 60, 16, 14, 40, 10)
_WIDTH = 11


class Book:
    """A workbook while it is written; ``places`` leads from the id of a figure to its row in the book."""

    def __init__(self, buffer: io.BytesIO, content: Content, places: Mapping[str, str]) -> None:
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.file = xlsxwriter.Workbook(buffer, options)
        # the same each time
        self.file.set_properties({"title": content.title, "created": datetime.datetime(*EPOCH)})
        self.places = places
        self.base = content.base.rstrip("/")
        self.bold = self.file.add_format({"bold": True})
        self.link = self.file.get_default_url_format()
        self._formats: dict[int, Format] = {}

    def sheet(self, name: str) -> Worksheet:
        """A new sheet."""
        return self.file.add_worksheet(name)

    def table(self, sheet: Worksheet, head: int, rows: Sequence[Row]) -> None:
        """Rows under a head that stays in sight; what is a number is one, with its decimals as printed."""
        for column, name in enumerate(rows[0]):
            sheet.write_string(head, column, name, self.bold)
            sheet.set_column(column, column, _WIDTHS.get(name, _WIDTH))
        for number, row in enumerate(rows, head + 1):
            for column, (name, text) in enumerate(row.items()):
                self._cell(sheet, number, column, name, text)
        sheet.freeze_panes(head + 1, 0)
        sheet.autofilter(head, 0, head + len(rows), len(rows[0]) - 1)

    def _cell(self, sheet: Worksheet, row: int, column: int, name: str, text: str) -> None:
        if name in _NUMERIC and NUMBER.fullmatch(text):
            sheet.write_number(row, column, float(text), self._decimals(text))
        elif name == "id" and text in self.places:
            sheet.write_url(row, column, beside(self.places[text]), self.link, text)
        else:
            sheet.write_string(row, column, text)

    def _decimals(self, text: str) -> Format | None:
        """The format that shows as many decimals as a number has; none for one with a power of ten."""
        decimals = len(text.partition(".")[2])
        if "e" in text.lower() or not decimals:
            return None
        if decimals not in self._formats:
            self._formats[decimals] = self.file.add_format({"num_format": f"0.{'0' * decimals}"})
        return self._formats[decimals]


def workbook(content: Content) -> bytes:
    """All charts and the ledger as one file of Excel's format.

    Raises:
        ValueError: if the name of a chart is too long for a sheet.
    """
    buffer = io.BytesIO()
    places = {figure.record["id"]: figure.place for figure in content.figures if figure.place}
    book = Book(buffer, content, places)
    with book.file:
        rows = [{name: row[name] for name in content.ledger.columns if name != "number"} for row in content.ledger.rows]
        place = places.get(rows[0]["id"], "").partition("#")[0]
        _contents(book, content, place)
        _sheet(
            book,
            str(LEDGER),
            (content.ledger.title, content.title, str(_("单位：见unit一列")), str(_("来源：见page一列"))),
            place,
            rows,
        )
        for chart in content.charts:
            if len(chart.name) > LONGEST_NAME:
                raise ValueError(f"{chart.place}: the chart name {chart.name} is longer than {LONGEST_NAME} characters")
            lines = (chart.heading, chart.note, _("单位：{units}").format(units=chart.units), chart.source)
            _sheet(book, chart.name, lines, chart.place, chart.rows)
    return buffer.getvalue()


def _contents(book: Book, content: Content, ledger: str) -> None:
    """The list of the sheets; each entry leads to its sheet and to the place in the book, the first to the ledger."""
    sheet = book.sheet(str(CONTENTS))
    heads = [str(head) for head in HEADS]
    rows = [(str(LEDGER), "", content.ledger.title, "", "", "", "")]
    for chart in content.charts:
        rows.append((chart.name, chart.label, chart.title, chart.chapter, chart.units, chart.source, ""))
    book.table(sheet, 0, [dict(zip(heads, row, strict=True)) for row in rows])
    for column, width in enumerate(_WIDTHS_OF_CONTENTS):
        sheet.set_column(column, column, width)
    for number, (name, *_words) in enumerate(rows, 1):
        sheet.write_url(number, 0, f"internal:'{name}'!A1", book.link, name)
    for number, place in enumerate([ledger, *(chart.place for chart in content.charts)], 1):
        if place:
            sheet.write_url(number, len(heads) - 1, beside(place), book.link, heads[-1])


def _sheet(book: Book, name: str, lines: Sequence[str], place: str, rows: Sequence[Row]) -> None:
    """A table under its title, its note, its units, its source, and the way back to the book."""
    sheet = book.sheet(name)
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line, book.bold if row == 0 else None)
    if place:
        sheet.write_url(len(lines), 0, beside(place), book.link, _("网页：{place}").format(place=place))
    if place and book.base:
        sheet.write_url(len(lines) + 1, 0, f"{book.base}/{place}", book.link)
    book.table(sheet, len(lines) + 3, rows)


def beside(place: str) -> str:
    """The link to a place in the book from the folder of the files."""
    page, _, anchor = place.partition("#")
    # XlsxWriter turns every slash, also in the anchor, as Excel does in paths
    return f"external:../{page}" + (f"#{quote(anchor, safe='@')}" if anchor else "")
