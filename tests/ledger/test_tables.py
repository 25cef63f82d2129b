"""Tables are read strictly, and messages lead to the fault."""

from __future__ import annotations

import pytest

from gongbao.ledger.tables import (
    Fault,
    FaultyDataError,
    display_name,
    read_rows,
    read_table,
    read_text,
    tables_in,
)


@pytest.fixture
def table(tmp_path):
    """Write a table and read it."""

    def write(content: str | bytes):
        path = tmp_path / "table.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def faults_of(path) -> list[Fault]:
    with pytest.raises(FaultyDataError) as faulty:
        read_table(path)
    return list(faulty.value.faults)


def test_rows_carry_their_line_and_cells(table):
    records = read_table(table("name,value\n甲,1\n乙,2\n"))
    assert [(r.file, r.row, r["name"], r["value"]) for r in records] == [
        ("table.csv", 2, "甲", "1"),
        ("table.csv", 3, "乙", "2"),
    ]


def test_cells_are_not_trimmed_or_converted(table):
    (record,) = read_table(table("name,value\n 甲 ,1.0\n"))
    assert record.cells == {"name": " 甲 ", "value": "1.0"}


def test_text_with_commas_stands_in_quotes(table):
    (record,) = read_table(table('name,value\n"甲, 乙 ""丙""",1\n'))
    assert record["name"] == '甲, 乙 "丙"'


def test_missing_column_is_named_when_it_is_asked_for(table):
    (record,) = read_table(table("name\n甲\n"))
    with pytest.raises(FaultyDataError, match=r"table\.csv, row 1: the column 'value' is missing"):
        record["value"]


def test_all_rows_that_cannot_be_used_are_named_at_once(table):
    def whole(record):
        return int(record["value"])

    path = table("name,value\n甲,1\n乙,x\n丙,y\n")
    with pytest.raises(FaultyDataError) as faulty:
        read_rows(path, whole)
    assert [(fault.row, "cannot be used" in fault.problem) for fault in faulty.value.faults] == [(3, True), (4, True)]
    assert read_rows(table("name,value\n甲,1\n"), whole) == [1]


def test_tables_of_a_folder_are_its_csv_files(table, tmp_path):
    path = table("name,value\n")
    (tmp_path / "notes.txt").touch()
    assert tables_in(tmp_path) == [path]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_other_systems_are_read(table, end):
    (record,) = read_table(table(f"name,value{end}甲,1{end}"))
    assert record.cells == {"name": "甲", "value": "1"}


def test_every_row_of_a_wrong_length_is_named(table):
    faults = faults_of(table("name,value\n甲,1,x\n乙,2\n丙\n\n"))
    assert [(f.row, f.problem) for f in faults] == [
        (2, "the row has 3 cells"),
        (4, "the row has 1 cells"),
        (5, "the row has 0 cells"),
    ]
    assert all("2 cells" in f.expected for f in faults)


def test_row_with_a_line_break_in_a_cell_stands_where_it_starts(table):
    records = read_table(table('name,value\n"甲\n乙",1\n丙,2\n'))
    assert [r.row for r in records] == [2, 4]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030", "big5", "latin-1"])
def test_other_encodings_are_refused_in_one_line(table, encoding):
    (fault,) = faults_of(table("name,value\n{},1\n".format("é" if encoding == "latin-1" else "甲乙").encode(encoding)))
    assert fault.row in (1, 2)
    assert fault.expected.startswith("UTF-8 without")


def test_byte_that_is_not_utf8_is_found_in_its_row(table):
    (fault,) = faults_of(table("name,value\n甲,1\n".encode() + "乙,2\n".encode("gbk")))
    assert fault.row == 3
    assert "0xd2" in fault.problem
    assert "GBK" in fault.problem


def test_missing_file_is_named(tmp_path):
    with pytest.raises(FaultyDataError, match=r"^none\.csv: there is no such file; expected: "):
        read_text(tmp_path / "none.csv")


def test_files_are_named_from_the_data_folder_on(tmp_path):
    assert display_name(tmp_path / "data" / "ledger" / "debt.csv") == "data/ledger/debt.csv"


def test_project_may_lie_under_a_folder_named_data(tmp_path):
    assert display_name(tmp_path / "data" / "book" / "data" / "units.csv") == "data/units.csv"


def test_error_prints_one_line_a_fault():
    error = FaultyDataError([Fault("a.csv", 2, "it is x", "y"), Fault("b.csv", None, "it is z", "w")])
    assert str(error).splitlines() == ["a.csv, row 2: it is x; expected: y", "b.csv: it is z; expected: w"]
