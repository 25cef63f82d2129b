"""The files to download, opened by programs that did not write them."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
from pathlib import Path

import fastparquet
import openpyxl
import pytest
import turso
from frictionless import Package

from gongbao.context import load_context
from gongbao.labels import Labels
from gongbao.ledger import Ledger
from gongbao.publish import CHECKSUMS, Chart, Figure, downloads
from gongbao.publish.spreadsheets import harmless
from gongbao.sphinx.domain import words_record
from gongbao.tables import DATA

ID = "debt.limit.total@2023"
HEAD = "id,name_zh,name_en,value,low,high,unit,unit_en,claim,formula,source,source_en\n"
ROW = f"{ID},=cmd(),limit,192.10,192.05,inf,亿元,yi yuan,stated,,第92页,p. 92\n"
PLACE = "notebooks/debt.html#fig-debt-a"
CHART = Chart("debt-a", "图 1.1", "债务", "标题", "说明", "来源：公报第92页。", PLACE, HEAD + ROW)


def make(*charts: Chart, base: str = "") -> dict[str, bytes]:
    ledger = Ledger.load()
    records = {id: figure.record() for id, figure in {**ledger, **load_context()}.items()}
    records |= {id: words_record(rows, Labels.load(ledger.units)) for id, rows in ledger.words.items()}
    figures = [Figure(record, f"book/ledger.html#{id}") for id, record in sorted(records.items())]
    return {file.path: file.data for file in downloads(DATA, charts, figures, base)}


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return make(CHART)


@pytest.fixture(scope="module")
def database(files, tmp_path_factory):
    path = tmp_path_factory.mktemp("database") / "data.sqlite"
    path.write_bytes(files["shudu-qingpu.sqlite"])
    return turso.connect(str(path)).cursor()


def test_two_runs_give_the_same_bytes(files):
    assert make(CHART) == files


def test_the_checksums_are_those_of_all_other_files(files):
    lines = [line.split("  ") for line in files[CHECKSUMS].decode().splitlines()]
    assert {path: digest for digest, path in lines} == {
        path: hashlib.sha256(data).hexdigest() for path, data in files.items() if path != CHECKSUMS
    }


# --- CSV


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
    assert (row["name_zh"], row["value"]) == ("'=cmd()", "192.10")


def test_the_tables_have_all_their_rows(files):
    for path in DATA.glob("**/*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        offered = files[path.relative_to(DATA).as_posix()].decode("utf-8-sig")
        assert [
            [cell.removeprefix("'") for cell in row] for row in csv.reader(io.StringIO(offered, newline=""))
        ] == rows


# --- the package


def test_the_package_is_valid(files, tmp_path):
    path = tmp_path / "package.zip"
    path.write_bytes(files["shudu-qingpu.zip"])
    assert Package(str(path)).validate().valid


# --- the workbook


def test_the_workbook_has_numbers_as_numbers_with_their_decimals(files):
    book = openpyxl.load_workbook(io.BytesIO(files["shudu-qingpu.xlsx"]))
    assert book.sheetnames == ["目录", "总账", "debt-a"]
    sheet = book["debt-a"]
    assert [sheet.cell(row, 1).value for row in range(1, 5)] == [
        "图 1.1 标题",
        "说明",
        "单位：亿元",
        "来源：公报第92页。",
    ]
    assert [cell.value for cell in sheet[8]] == HEAD.strip().split(",")
    id, name, _, value, _, high, *_ = sheet[9]
    assert (id.hyperlink.target, id.hyperlink.location) == ("..\\book\\ledger.html", ID)
    assert (name.value, name.data_type) == ("=cmd()", "s")
    assert (value.value, value.number_format) == (192.1, "0.00")
    assert (high.value, high.data_type) == ("inf", "s")
    assert sheet.freeze_panes == "A9"
    assert book["总账"].max_row == 8 + len(Ledger.load().rows)


def test_a_slash_in_an_id_stays_in_the_link(files):
    book = openpyxl.load_workbook(io.BytesIO(files["shudu-qingpu.xlsx"]))
    links = {cell.value: cell.hyperlink.location for (cell,) in book["总账"]["A9:A1000"] if cell.hyperlink}
    assert links["economy.fdi.contracted@2023-01/2023-08"] == "economy.fdi.contracted@2023-01%2F2023-08"


def test_a_book_with_an_address_has_it_in_the_workbook():
    files = make(CHART, base="https://example.org/book/")
    sheet = openpyxl.load_workbook(io.BytesIO(files["shudu-qingpu.xlsx"]))["debt-a"]
    assert sheet["A5"].hyperlink.target == "..\\notebooks\\debt.html"
    assert sheet["A6"].value == f"https://example.org/book/{PLACE}"


# --- database and Parquet


def test_the_database_holds_what_the_data_hold(database):
    database.execute("SELECT page, value, number, note FROM ledger WHERE id = ? ORDER BY page", (ID,))
    page, value, number, note = database.fetchall()[0]
    assert (page, value, number, note) == (92, "192.1", 192.1, None)
    database.execute("SELECT count(*) FROM ledger")
    assert database.fetchall() == [(len(Ledger.load().rows),)]
    database.execute("SELECT value, number FROM ledger WHERE precision = 'text' LIMIT 1")
    ((words, nothing),) = database.fetchall()
    assert isinstance(words, str)
    assert nothing is None


def test_the_views_join_the_tables(database):
    database.execute("SELECT id, chart, label FROM charts_by_figure")
    assert database.fetchall() == [(ID, "debt-a", "图 1.1")]
    database.execute("SELECT count(*) FROM contradictions")
    assert database.fetchall()[0][0] > 0


def test_parquet_has_types_and_every_row(files, tmp_path):
    path = tmp_path / "ledger.parquet"
    path.write_bytes(files["parquet/ledger.parquet"])
    frame = fastparquet.ParquetFile(str(path)).to_pandas()
    rows = Ledger.load().rows
    stated = zip(frame["id"], frame["page"], frame["value"], strict=True)
    assert sorted(stated) == sorted((row.id, row.page, row.value) for row in rows)
    assert frame["number"].dtype == float


def test_parquet_and_database_hold_the_same(files, database, tmp_path):
    for name in [path for path in files if path.endswith(".parquet")]:
        path = tmp_path / Path(name).name
        path.write_bytes(files[name])
        frame = fastparquet.ParquetFile(str(path)).to_pandas()
        database.execute(f"SELECT * FROM {path.stem}")
        assert frame.columns.tolist() == [column[0] for column in database.description]
        cells = frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None)
        assert list(cells) == [tuple(row) for row in database.fetchall()], path.stem


# --- what goes wrong


@pytest.mark.parametrize(
    ("charts", "message"),
    [
        ([dataclasses.replace(CHART, data=HEAD)], r"fig-debt-a: the chart has no data"),
        ([CHART, CHART], r"fig-debt-a: the chart debt-a is there twice"),
        ([dataclasses.replace(CHART, name="a" * 32)], r"fig-debt-a: the chart name a+ is longer than 31 characters"),
        ([dataclasses.replace(CHART, data=HEAD + ROW.replace("2023", "2032", 1))], "chart_data refers to .* figures"),
    ],
)
def test_a_fault_is_named(charts, message):
    with pytest.raises(ValueError, match=message):
        make(*charts)
