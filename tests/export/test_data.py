"""The files to download, opened by programs that did not write them."""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Sequence
from pathlib import Path

import fastparquet
import openpyxl
import pandas as pd
import pytest
import turso
from exported import exported, faults
from frictionless import Package

from gongbao.export import CHECKSUMS, Chart, Download, downloads, harmless, pictures
from gongbao.ledger.labels import Labels
from gongbao.ledger.rows import Ledger, load_units
from gongbao.ledger.tables import book_data
from gongbao.results.results import Record, records_of_data
from gongbao.typst.typesetting import compile_png

ID = "debt.limit.total@2023"
HEAD = "id,name_zh,name_en,printed,printed_en,value,low,high,unit,unit_en,claim,formula,source,source_en\n"
ROW = f"{ID},=cmd(),limit,192.1亿元,192.1 yi yuan,192.1,192.05,inf,亿元,yi yuan,stated,,第92页,p. 92\n"
PLACE = "notebooks/debt.html#fig-debt-a"
CHART = {
    "name": "debt-a", "label": "图 1.1", "chapter": "债务", "title": "标题", "note": "说明",
    "source": "来源：公报第92页。", "place": PLACE, "data": HEAD + ROW,
    "svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
}  # fmt: skip


def make(*charts: Chart, base: str = "", more: Sequence[Record] = ()) -> dict[str, bytes]:
    return {file.path: file.data for file in made(*charts, base=base, more=more)}


def made(*charts: Chart, base: str = "", more: Sequence[Record] = ()) -> list[Download]:
    records = records_of_data(book_data(), Labels.load(load_units(book_data())))
    records |= {record["id"]: record for record in more}
    figures = [{**record, "place": f"book/ledger.html#{id}"} for id, record in sorted(records.items())]
    return downloads(
        book_data(), charts, figures, base, "", lambda _name, *markup, **inputs: compile_png(*markup, **inputs)
    )


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


def test_a_chart_is_called_the_same_in_every_format():
    called = {file.path: file.content for file in made(CHART) if file.path.startswith("charts/")}
    assert called == {f"charts/debt-a.{suffix}": "图 1.1 标题" for suffix in ("csv", "svg", "png")}


def test_a_picture_has_its_source_on_a_line_of_its_own():
    """Joined to the note, as in Chinese, it would want a space in English."""
    drawn = [make({**CHART, "note": note})["charts/debt-a.png"] for note in ("", "说明")]
    without, beneath = (int.from_bytes(png[20:24]) for png in drawn)
    assert beneath > without


def test_an_apostrophe_is_as_wide_as_a_character_in_chinese_only():
    """In the Chinese face it is; a title that is full of them then takes a second line."""

    def height(language: str) -> int:
        chart = {**CHART, "title": "it’s " * 20}
        (png,) = pictures([chart], language, lambda _name, *markup, **inputs: compile_png(*markup, **inputs))
        return int.from_bytes(png[20:24])

    assert height("en") < height("")


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
    assert (row["name_zh"], row["value"], row["high"]) == ("'=cmd()", "192.1", "inf")


def test_the_tables_have_all_their_rows(files):
    for path in book_data().glob("**/*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        offered = files[path.relative_to(book_data()).as_posix()].decode("utf-8-sig")
        assert [
            [cell.removeprefix("'") for cell in row] for row in csv.reader(io.StringIO(offered, newline=""))
        ] == rows


# --- the package


def test_the_package_is_valid(files, tmp_path):
    path = tmp_path / "package.zip"
    path.write_bytes(files["shudu-qingpu.zip"])
    assert Package(str(path)).validate().valid


# --- the workbook


def test_a_sheet_is_a_table_with_numbers_as_numbers(files):
    book = openpyxl.load_workbook(io.BytesIO(files["shudu-qingpu.xlsx"]))
    assert book.sheetnames == ["目录", "总账", "debt-a"]
    sheet = book["debt-a"]
    assert [cell.value for cell in sheet[1]] == HEAD.strip().split(",")
    id, name, _, printed, _, value, _, high, *_ = sheet[2]
    assert (id.hyperlink.target, id.hyperlink.location) == ("..\\book\\ledger.html", ID)
    assert (name.value, name.data_type) == ("=cmd()", "s")
    assert printed.value == "192.1亿元"
    assert (value.value, value.number_format) == (192.1, "General")
    assert (high.value, high.data_type) == ("inf", "s")
    assert (sheet.freeze_panes, sheet.max_row) == ("A2", 2)
    assert book["总账"].max_row == 1 + len(Ledger.load().rows)


def test_the_ledger_of_the_workbook_shows_the_decimals_of_the_page(files):
    sheet = openpyxl.load_workbook(io.BytesIO(files["shudu-qingpu.xlsx"]))["总账"]
    column = [cell.value for cell in sheet[1]].index("value")
    shown = {row[0].value: row[column] for row in sheet.iter_rows(min_row=2)}
    assert (shown[ID].value, shown[ID].number_format) == (192.1, "0.0")


def test_the_contents_say_what_a_sheet_shows(files):
    sheet = openpyxl.load_workbook(io.BytesIO(files["shudu-qingpu.xlsx"]))["目录"]
    said = {cell.value: chart for cell, chart in zip(sheet[1], sheet[3], strict=True)}
    assert [said[head].value for head in ("工作表", "图号", "标题", "说明", "单位", "来源", "网页")] == [
        "debt-a", "图 1.1", "标题", "说明", "亿元", "来源：公报第92页。", PLACE,
    ]  # fmt: skip
    assert said["工作表"].hyperlink.location == "'debt-a'!A1"
    assert (said["网页"].hyperlink.target, said["网页"].hyperlink.location) == (
        "..\\notebooks\\debt.html",
        "fig-debt-a",
    )


def test_pandas_reads_a_sheet_without_being_told_how(files):
    frame = pd.read_excel(io.BytesIO(files["shudu-qingpu.xlsx"]), sheet_name="debt-a")
    assert frame[["value", "low", "high"]].to_dict("records") == [{"value": 192.1, "low": 192.05, "high": math.inf}]


def test_a_slash_in_an_id_stays_in_the_link(files):
    book = openpyxl.load_workbook(io.BytesIO(files["shudu-qingpu.xlsx"]))
    links = {cell.value: cell.hyperlink.location for (cell,) in book["总账"]["A2:A1000"] if cell.hyperlink}
    assert links["economy.fdi.contracted@2023-01/2023-08"] == "economy.fdi.contracted@2023-01%2F2023-08"


def test_a_book_with_an_address_has_it_in_the_workbook():
    files = make(CHART, base="https://example.org/book/")
    sheet = openpyxl.load_workbook(io.BytesIO(files["shudu-qingpu.xlsx"]))["目录"]
    (link,) = [cell.hyperlink for cell in sheet[3] if cell.value == PLACE]
    assert (link.target, link.location) == ("https://example.org/book/notebooks/debt.html", "fig-debt-a")


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


# --- numbers for computing, and as printed


def chart_of(ledger: Ledger) -> tuple[Chart, list[Record]]:
    """A chart whose figures have few digits, many, an open end, none before the point, and nothing unknown."""
    limit, balance = ledger["debt.limit.total@2023"], ledger["debt.balance.total@2023-12-31"]
    road = ledger["plan.indicator.13-road-density.target@2025"]
    drawn = {"a": limit - balance, "b": balance / limit, "c": balance - limit, "d": road / 3, "e": limit / limit * 2}
    drawn |= {"f": (limit - balance) / balance, "g": (limit - balance) * (limit - balance) * 1000}
    figures = [figure.named(f"debt.{name}@2023", name, name) for name, figure in drawn.items()]
    figures += [limit, next(f for f in ledger.values() if f.interval.high == math.inf)]
    rows = io.StringIO()
    writer = csv.writer(rows, lineterminator="\n")
    for f in figures:
        writer.writerow([f.id, f.name_zh, f.name_en, *f.data.values(), f.unit.symbol, "", f.claim, "", "", ""])
    return CHART | {"data": HEAD + rows.getvalue()}, [figure.record() for figure in figures[:-2]]


@pytest.fixture(scope="module")
def computed(tmp_path_factory) -> Path:
    """The files of a book with one chart of computed figures."""
    folder = tmp_path_factory.mktemp("computed")
    chart, records = chart_of(Ledger.load())
    for name, data in make(chart, more=records).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def test_every_file_has_the_exact_number_in_its_interval_beside_what_is_printed(computed):
    tables = dict(exported(computed))
    assert len(tables["sheet debt-a"]) == len(tables["csv debt-a"]) == len(tables["sqlite chart_data"]) == 9
    assert {name: found for name, rows in tables.items() if (found := list(faults(rows)))} == {}


def test_the_exact_number_is_the_nearest_float_in_every_file(computed):
    ledger = Ledger.load()
    exact = ledger["debt.balance.total@2023-12-31"].exact / ledger["debt.limit.total@2023"].exact
    for name, rows in exported(computed):
        (value,) = [float(row["value"]) for row in rows if row["id"] == "debt.b@2023"]
        # a workbook keeps the digits that Excel does
        wanted = pytest.approx(float(exact), rel=1e-14) if name.startswith("sheet") else float(exact)
        assert value == wanted, name


GOOD = {"id": "a", "claim": "derived", "value": 55.28, "low": 47.6, "high": 60.9}
GOOD |= {"printed": "55±8%", "printed_en": "55±8%"}


@pytest.mark.parametrize(
    ("spoilt", "fault"),
    [
        ({"value": 100.0}, "outside of its interval"),
        ({"value": None}, "no number"),
        ({"low": math.nan}, "outside of its interval"),
        ({"value": 56.0}, "is not what is printed"),
        ({"printed": "无"}, "is not what is printed"),
        ({"high": 70.0}, "the tolerance leaves out"),
        ({"printed_en": "56±8%"}, "the languages differ"),
    ],
)
def test_a_row_that_does_not_agree_is_found(spoilt, fault):
    assert list(faults([GOOD])) == []
    (found,) = faults([GOOD | spoilt])
    assert found.startswith(fault)


@pytest.mark.parametrize("edition", ["", "en"])
def test_every_row_of_the_book_has_its_exact_number_in_its_interval(built, edition):
    tables = dict(exported(built.html / edition / "data"))
    rows = sum(map(len, tables.values()))
    assert len(tables["sqlite figures"]) > 1500, "the figures of the book"
    assert rows > 5000, "charts, sheets and Parquet, too"
    assert {name: found for name, rows in tables.items() if (found := list(faults(rows)))} == {}


# --- what goes wrong


@pytest.mark.parametrize(
    ("charts", "message"),
    [
        ([CHART | {"data": HEAD}], r"fig-debt-a: the chart has no data"),
        ([CHART, CHART], r"fig-debt-a: the chart debt-a is there twice"),
        ([CHART, CHART | {"name": "Debt-a"}], r"fig-debt-a: the chart Debt-a is there twice"),
        ([CHART | {"name": "a" * 32}], r"fig-debt-a: no sheet may be called a+; expected: up to 31 characters"),
        ([CHART | {"name": "debt:a"}], r"fig-debt-a: no sheet may be called debt:a"),
        ([CHART | {"data": HEAD + ROW.replace("2023", "2032", 1)}], "chart_data refers to .* figures"),
    ],
)
def test_a_fault_is_named(charts, message):
    with pytest.raises(ValueError, match=message):
        make(*charts)
