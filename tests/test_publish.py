"""The files to download, opened by programs that did not write them."""

from __future__ import annotations

import csv
import io
import sqlite3

import openpyxl
import pytest
from frictionless import Package

from gongbao.context import load_context
from gongbao.ledger import Ledger
from gongbao.publish import downloads, harmless
from gongbao.publish.workbook import Chart
from gongbao.sphinx.domain import words_record
from gongbao.tables import DATA

HEAD = "id,name_zh,name_en,value,low,high,unit,claim,formula,source\n"
ROW = "debt.limit.total@2023,=cmd(),limit,192.1,192.05,192.15,亿元,stated,,第92页\n"
CHART = Chart("debt-a", "债务", "标题", "说明", "来源：公报第92页。", "../notebooks/debt.html#fig-debt-a", HEAD + ROW)


def make() -> dict[str, bytes]:
    ledger = Ledger.load()
    figures = {id: figure.record() for id, figure in {**ledger, **load_context()}.items()}
    figures |= {id: words_record(rows) for id, rows in ledger.words.items()}
    return {file.path: file.data for file in downloads(DATA, [CHART], figures)}


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return make()


def test_two_runs_give_the_same_bytes(files):
    assert make() == files


@pytest.mark.parametrize("cell", ["=1+1", "+a", "-a", "@x", "\tx", "\rx", "＝x"])
def test_formulas_are_neutralised(cell):
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-1.5", "+3", "-2e-05", "债务", "a=b", ""])
def test_numbers_and_words_stay(cell):
    assert harmless(cell) == cell


def test_csv_has_its_mark_and_no_formula(files):
    data = files["charts/debt-a.csv"]
    assert data.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    assert (row["name_zh"], row["value"]) == ("'=cmd()", "192.1")


def test_the_package_is_valid(files, tmp_path):
    path = tmp_path / "package.zip"
    path.write_bytes(files["shudu-qingpu.zip"])
    assert Package(str(path)).validate().valid


def test_the_workbook_has_numbers_as_numbers(files):
    book = openpyxl.load_workbook(io.BytesIO(files["shudu-qingpu.xlsx"]))
    assert book.sheetnames == ["目录", "总账", "debt-a"]
    sheet = book["debt-a"]
    assert [sheet.cell(row, 1).value for row in range(1, 5)] == ["标题", "说明", "单位：亿元", "来源：公报第92页。"]
    assert sheet.cell(8, 4).value == 192.1
    assert (sheet.cell(8, 2).value, sheet.cell(8, 2).data_type) == ("=cmd()", "s")
    assert sheet.freeze_panes == "A8"
    assert book["总账"].max_row == len(Ledger.load().rows) + 1


def test_the_database_keeps_its_references(files, tmp_path):
    path = tmp_path / "data.sqlite"
    path.write_bytes(files["shudu-qingpu.sqlite"])
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    pages = connection.execute("SELECT page FROM figures_by_page WHERE id = 'debt.limit.total@2023'").fetchall()
    assert (92,) in pages
    assert connection.execute("SELECT chart FROM charts_by_figure").fetchall() == [("debt-a",)]
    connection.close()
