"""The workbook: contents, ledger, and a sheet for each chart.

A sheet is a table and nothing else, with its head in the first row, as programs read it; what there is to say of a
chart stands in the contents.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence
from urllib.parse import quote

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from gongbao.export.archive import EPOCH
from gongbao.export.content import NUMBER, Content, Row
from gongbao.figures.bundles import EXACT_COLUMNS
from gongbao.figures.messages import _

CONTENTS, LEDGER = _("目录"), _("总账")
HEADS = (_("工作表"), _("图号"), _("标题"), _("说明"), _("章"), _("单位"), _("来源"), _("网页"))
"""Of the list of sheets; they take the language when they are written."""

LONGEST_NAME = 31
"""Characters that Excel allows in the name of a sheet."""

_NUMERIC = {*EXACT_COLUMNS, "page"}
_WIDTHS = {"id": 42, "series": 34, "printed": 18, "printed_en": 18, "phrase": 26}
_WIDTHS |= dict.fromkeys(("name_zh", "name_en", "source", "formula", "note"), 28)
_WIDTHS_OF_CONTENTS = (30, 8, 60, 60, 16, 14, 40, 40)
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

    def table(self, name: str, rows: Sequence[Row], *, as_printed: bool = False) -> Worksheet:
        """A new sheet with rows under a head that stays in sight; what is a number is one.

        ``as_printed`` shows it with the decimals of its text.
        """
        sheet = self.file.add_worksheet(name)
        for column, head in enumerate(rows[0]):
            sheet.write_string(0, column, head, self.bold)
            sheet.set_column(column, column, _WIDTHS.get(head, _WIDTH))
        for number, row in enumerate(rows, 1):
            for column, (head, text) in enumerate(row.items()):
                self._cell(sheet, (number, column), head, text, as_printed)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(rows), len(rows[0]) - 1)
        return sheet

    def _cell(self, sheet: Worksheet, place: tuple[int, int], name: str, text: str, as_printed: bool) -> None:
        if name in _NUMERIC and NUMBER.fullmatch(text):
            sheet.write_number(*place, float(text), self._decimals(text) if as_printed else None)
        elif name == "id" and text in self.places:
            sheet.write_url(*place, beside(self.places[text]), self.link, text)
        else:
            sheet.write_string(*place, text)

    def _decimals(self, text: str) -> Format | None:
        """The format that shows as many decimals as a number has."""
        decimals = len(text.partition(".")[2])
        if not decimals:
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
        _contents(book, content, places.get(rows[0]["id"], "").partition("#")[0])
        book.table(str(LEDGER), rows, as_printed=True)
        for chart in content.charts:
            if len(chart.name) > LONGEST_NAME:
                raise ValueError(f"{chart.place}: the chart name {chart.name} is longer than {LONGEST_NAME} characters")
            book.table(chart.name, chart.rows)
    return buffer.getvalue()


def _contents(book: Book, content: Content, ledger: str) -> None:
    """The list of the sheets; each entry leads to its sheet and to the place in the book, the first to the ledger."""
    sheets = [(str(LEDGER), "", content.ledger.title, "", "", str(_("见unit一列")), str(_("见page一列")), ledger)]
    sheets += [(c.name, c.label, c.title, c.note, c.chapter, c.units, c.source, c.place) for c in content.charts]
    heads = [str(head) for head in HEADS]
    sheet = book.table(str(CONTENTS), [dict(zip(heads, row, strict=True)) for row in sheets])
    for column, width in enumerate(_WIDTHS_OF_CONTENTS):
        sheet.set_column(column, column, width)
    for number, (name, *_words, place) in enumerate(sheets, 1):
        sheet.write_url(number, 0, f"internal:'{name}'!A1", book.link, name)
        if place:
            address = f"{book.base}/{place}" if book.base else beside(place)
            sheet.write_url(number, len(heads) - 1, address, book.link, place)


def beside(place: str) -> str:
    """The link to a place in the book from the folder of the files."""
    page, _, anchor = place.partition("#")
    # XlsxWriter turns every slash, also in the anchor, as Excel does in paths
    return f"external:../{page}" + (f"#{quote(anchor, safe='@')}" if anchor else "")
