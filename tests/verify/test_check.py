"""Bad input: one line a fault, with file, row, what is wrong and what is expected."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from gongbao.verify.check import data_faults, faults, schema_faults

DEBT, DERIVED, WORDS = "ledger/debt.csv", "derived/debt.csv", "words/debt.csv"
RELATIONS, CONTEXT, PLAN = "relations.csv", "context.csv", "indicators.csv"
DATA = Path(__file__).resolve().parents[2] / "data"


def lines(data: Path, file: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO((data / file).read_text("utf-8"), newline="")))


def rows_of(file: str, **cells: str) -> list[int]:
    """The rows with these cells, as the project has them."""
    header, *rows = lines(DATA, file)
    named = [dict(zip(header, row, strict=True)) for row in rows]
    return [number for number, row in enumerate(named, 2) if cells.items() <= row.items()]


(RATIO,) = rows_of(DEBT, series="debt.ratio.audit")
"""Stated once, and in no relation, so that a wrong cell of it has no consequences."""

LIMIT, LIMIT_AGAIN, *_ = rows_of(DEBT, series="debt.limit.total", period="2023")
"""The first two of seven rows that state the limit of 2023."""

(OLD_LIMIT,) = rows_of(DEBT, series="debt.limit.total", period="2022")
(REFINANCING,) = rows_of(DEBT, series="debt.bond.refinancing.special")
(REPAID,) = rows_of(DEBT, series="debt.principal.repaid.special")
(SERVICE,) = rows_of(DEBT, series="debt.service.total")
(SUM,) = rows_of(RELATIONS, relation="debt.limit.sum@2022")


def write(data: Path, file: str, rows: list[list[str]]) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    (data / file).write_text(buffer.getvalue(), "utf-8")


Spoil = Callable[[Path], None]


def cells(file: str, row: int, **changed: str) -> Spoil:
    """Change cells of a row by their columns; the header is row 1."""

    def spoil(data: Path) -> None:
        rows = lines(data, file)
        for column, cell in changed.items():
            assert rows[row - 1][rows[0].index(column)] != cell
            rows[row - 1][rows[0].index(column)] = cell
        write(data, file, rows)

    return spoil


def copied(file: str, row: int, **changed: str) -> Spoil:
    """Add a copy of a row at the end, with changed cells."""

    def spoil(data: Path) -> None:
        rows = lines(data, file)
        rows.append(list(rows[row - 1]))
        for column, cell in changed.items():
            rows[-1][rows[0].index(column)] = cell
        write(data, file, rows)

    return spoil


def rewritten(file: str, change: Callable[[bytes], bytes]) -> Spoil:
    """Change the bytes of a file."""

    def spoil(data: Path) -> None:
        before = (data / file).read_bytes()
        after = change(before)
        assert after != before
        (data / file).write_bytes(after)

    return spoil


def recoded(file: str, encoding: str, row: int = 0) -> Spoil:
    """Save a file, or one of its rows, in another encoding."""

    def change(raw: bytes) -> bytes:
        if not row:
            return raw.decode("utf-8").encode(encoding)
        parts = raw.splitlines(keepends=True)
        parts[row - 1] = parts[row - 1].decode("utf-8").encode(encoding)
        return b"".join(parts)

    return rewritten(file, change)


def without_column(file: str, column: str) -> Spoil:
    """Leave out a column."""

    def spoil(data: Path) -> None:
        rows = lines(data, file)
        place = rows[0].index(column)
        write(data, file, [row[:place] + row[place + 1 :] for row in rows])

    return spoil


def resized(file: str, row: int, change: Callable[[list[str]], list[str]]) -> Spoil:
    """Change how many cells a row has."""

    def spoil(data: Path) -> None:
        rows = lines(data, file)
        rows[row - 1] = change(rows[row - 1])
        write(data, file, rows)

    return spoil


def removed(file: str) -> Spoil:
    """Delete a file."""
    return lambda data: (data / file).unlink()


TOTAL, PART = "debt.limit.total@2023", "debt.limit.general@2023"


@dataclass(frozen=True)
class Case:
    """A spoiling and the one fault that is to be found."""

    name: str
    spoil: Spoil
    file: str
    row: int | None
    problem: str
    expected: str


(HECTARE,) = rows_of("units.csv", unit="公顷")
(MANY_PEOPLE,) = rows_of("units.csv", unit="万人")
GENERAL, *_ = rows_of(CONTEXT, name_zh="上海市一般债务限额")

last = {file: len(lines(DATA, file)) + 1 for file in (DEBT, DERIVED, WORDS, RELATIONS, CONTEXT, "units.csv")}
"""The row that is added at the end of a file."""

CASES = [
    # value
    Case("wrong value", cells(DEBT, RATIO, value="16.4"), DEBT, RATIO, "16.4", "the value 16.3"),
    Case("wrong sign", cells(DEBT, RATIO, value="-16.3"), DEBT, RATIO, "-16.3", "the value 16.3"),
    Case("a zero less", cells(DEBT, REFINANCING, value="2"), DEBT, REFINANCING, "the value is 2,", "the value 2.0"),
    Case("a zero more", cells(DEBT, RATIO, value="16.30"), DEBT, RATIO, "16.30", "the value 16.3"),
    Case(
        "wrong value of a figure stated before",
        cells(DEBT, LIMIT_AGAIN, value="192.2"),
        DEBT,
        LIMIT_AGAIN,
        "192.2",
        "192.1",
    ),
    Case(
        "wrong value where a figure is first stated",
        cells(DEBT, LIMIT, value="192.2"),
        DEBT,
        LIMIT,
        "192.2",
        "192.1",
    ),
    Case("text in a number", cells(DEBT, RATIO, value="约16.3"), DEBT, RATIO, "'约16.3'", "digits 0-9"),
    Case("no number", cells(DEBT, RATIO, value=""), DEBT, RATIO, "''", "ASCII digits"),
    Case("space in a number", cells(DEBT, RATIO, value=" 16.3"), DEBT, RATIO, "' 16.3'", "digits 0-9"),
    Case("full-width digits", cells(DEBT, RATIO, value="１６.３"), DEBT, RATIO, "'１６.３'", "digits 0-9"),
    Case("thousands separator", cells(DEBT, RATIO, value="1,016.3"), DEBT, RATIO, "'1,016.3'", "without separators"),
    Case("exponent", cells(DEBT, RATIO, value="1.63e1"), DEBT, RATIO, "'1.63e1'", "digits 0-9"),
    Case("minus sign", cells(DEBT, RATIO, value="−16.3"), DEBT, RATIO, "'−16.3'", "leading -"),
    # unit, precision
    Case(
        "wrong unit",
        cells(DEBT, RATIO, unit="亿元"),
        DEBT,
        RATIO,
        "states 0 numbers in 亿元",
        "exactly one",
    ),
    Case("undeclared unit", cells(DEBT, RATIO, unit="亿圆"), DEBT, RATIO, "'亿圆'", "data/units.csv"),
    Case("unknown precision", cells(DEBT, RATIO, precision="roughly"), DEBT, RATIO, "'roughly'", "rounded, about"),
    Case("count with decimals", cells(DEBT, RATIO, precision="exact"), DEBT, RATIO, "16.3", "rounded"),
    # report, page
    Case("unknown report", cells(DEBT, RATIO, report="debt-notes"), DEBT, RATIO, "'debt-notes'", "data/reports.csv"),
    Case("page of another report", cells(DEBT, RATIO, page="94"), DEBT, RATIO, "page 94", "from 95 to 98"),
    Case("page beyond the gazette", cells(DEBT, RATIO, page="114"), DEBT, RATIO, "page 114", "from 95 to 98"),
    Case("page in words", cells(DEBT, RATIO, page="九六"), DEBT, RATIO, "'九六'", "printed number"),
    Case("full-width page", cells(DEBT, RATIO, page="９６"), DEBT, RATIO, "'９６'", "page number"),
    Case("page zero", cells(DEBT, RATIO, page="0"), DEBT, RATIO, "'0'", "printed number"),
    # phrase
    Case("long phrase", cells(DEBT, RATIO, phrase="甲" * 17 + "债务率为16.3%"), DEBT, RATIO, "甲", "at most 24"),
    Case("space in a phrase", cells(DEBT, RATIO, phrase="债务率为 16.3%"), DEBT, RATIO, "为 16", "without spaces"),
    Case("phrase of another number", cells(DEBT, RATIO, phrase="为16.2%"), DEBT, RATIO, "states 16.2", "16.2"),
    Case("phrase of two numbers", cells(DEBT, RATIO, phrase="16.3%或3%之间"), DEBT, RATIO, "states 2", "exactly one"),
    Case("phrase of none", cells(DEBT, RATIO, phrase="债务率"), DEBT, RATIO, "states 0", "exactly one"),
    Case("phrase of a fall", cells(DEBT, RATIO, phrase="债务率下降16.3%"), DEBT, RATIO, "-16.3", "the value -16.3"),
    Case("no phrase", cells(DEBT, RATIO, phrase=""), DEBT, RATIO, "the phrase is ''", "shortest run"),
    # period, series
    *(
        Case(f"period {period!r}", cells(DEBT, RATIO, period=period), DEBT, RATIO, repr(period), "ISO 8601")
        for period in (
            "2022-13",
            "2022-02-30",
            "0000",
            "2022-08/2022-01",
            "2022/2022",
            "２０２２",
            "年末",
        )
    ),
    Case(
        "period of a related figure",
        cells(DEBT, REPAID, period="２０２３"),
        DEBT,
        REPAID,
        "２０２３",
        "ISO 8601",
    ),
    Case(
        "series of another file", cells(DEBT, RATIO, series="law.ratio"), DEBT, RATIO, "law.ratio", "starts with debt"
    ),
    Case("no series", cells(DEBT, RATIO, series=""), DEBT, RATIO, "''", "start with the name of the file"),
    Case(
        "capital in a series",
        cells(DEBT, SERVICE, series="debt.Service.total"),
        DEBT,
        SERVICE,
        "debt.Service",
        "lower-case",
    ),
    # rows
    Case(
        "duplicate row",
        copied(DEBT, RATIO),
        DEBT,
        last[DEBT],
        f"the same as in the row at position {RATIO}",
        "no row twice",
    ),
    Case(
        "rows of one figure with different values",
        copied(DEBT, OLD_LIMIT, value="185.2", page="96", phrase="债务限额185.2亿元"),
        DEBT,
        last[DEBT],
        "'185.2'",
        "'185.1' as in its other rows",
    ),
    Case(
        "rows of one figure with different names",
        copied(DEBT, OLD_LIMIT, name_zh="债务限额", page="96"),
        DEBT,
        last[DEBT],
        "'债务限额'",
        "'地方政府债务限额' as in its other rows",
    ),
    Case(
        "rows of one figure with different units",
        copied(DEBT, OLD_LIMIT, unit="万元", page="96", phrase="债务限额185.1万元"),
        DEBT,
        last[DEBT],
        "'万元'",
        "'亿元' as in its other rows",
    ),
    Case(
        "other name where a figure is first stated",
        cells(DEBT, LIMIT, name_zh="债务限额"),
        DEBT,
        LIMIT,
        "'债务限额'",
        "'地方政府债务限额'",
    ),
    Case("missing column", without_column(DEBT, "value"), DEBT, 1, "the columns are series,", "value,unit,"),
    Case("renamed column", cells(DEBT, 1, value="amount"), DEBT, 1, "name_en,amount,unit", "name_en,value,unit"),
    Case(
        "tabs for commas", rewritten(DEBT, lambda raw: raw.replace(b",", b"\t")), DEBT, 1, "is missing", "the columns"
    ),
    Case("extra cell", resized(DEBT, RATIO, lambda row: [*row, "x"]), DEBT, RATIO, "an extra value", "as many cells"),
    Case("missing cell", resized(DEBT, RATIO, lambda row: row[:-1]), DEBT, RATIO, "a missing cell", "as many cells"),
    Case("blank row", resized(DEBT, RATIO, lambda _: []), DEBT, RATIO, "completely blank", "as many cells"),
    Case(
        "open quote",
        rewritten(DEBT, lambda raw: raw.replace(",政府债务率".encode(), ',"政府债务率'.encode())),
        DEBT,
        RATIO,
        "a missing cell",
        "quotes",
    ),
    Case(
        "series misspelt",
        cells(DEBT, 2, series="debt.limt.total"),
        DEBT,
        2,
        "debt.limt.total is called 地方政府债务限额, as debt.limit.total is",
        "the series debt.limit.total",
    ),
    # bytes
    Case("GBK", recoded(DEBT, "gbk"), DEBT, 2, "is not UTF-8", "UTF-8"),
    Case("one row in GBK", recoded(DEBT, "gbk", RATIO), DEBT, RATIO, "is not UTF-8", "UTF-8"),
    Case("byte order mark", recoded(DEBT, "utf-8-sig"), DEBT, 1, "byte order mark", "UTF-8 without"),
    Case("UTF-16", recoded(DEBT, "utf-16"), DEBT, 1, "byte order mark", "UTF-8"),
    Case("relations in GBK", recoded(RELATIONS, "gb18030"), RELATIONS, 2, "is not UTF-8", "UTF-8"),
    Case("reports in GBK", recoded("reports.csv", "gbk"), "reports.csv", 2, "is not UTF-8", "UTF-8"),
    Case("context with a mark", recoded(CONTEXT, "utf-8-sig"), CONTEXT, 1, "byte order mark", "UTF-8 without"),
    Case(
        "units with a mark",
        recoded("units.csv", "utf-8-sig"),
        "units.csv",
        1,
        "byte order mark",
        "UTF-8 without",
    ),
    # relations
    Case(
        "relation of an unknown figure",
        cells(RELATIONS, SUM, kind="restatement", formula="{debt.limit.total@1999} = {debt.limit.total@2022}"),
        RELATIONS,
        SUM,
        "debt.limit.total@1999",
        "ids of the ledger",
    ),
    Case("bad formula", cells(RELATIONS, SUM, formula="{a} = {b} +"), RELATIONS, SUM, "{b} +", "{a@2023} ="),
    Case(
        "formula without =",
        cells(RELATIONS, SUM, formula="{a} + {b}"),
        RELATIONS,
        SUM,
        "cannot read the formula ''",
        "{a@2023} =",
    ),
    Case("two =", cells(RELATIONS, SUM, formula="{a} = {b} = {c}"), RELATIONS, SUM, "{b} = {c}", "{a@2023} ="),
    Case(
        "wrong verdict",
        cells(RELATIONS, SUM, verdict="contradicts"),
        RELATIONS,
        SUM,
        "holds exactly",
        "verdict contradicts",
    ),
    Case(
        "verdict too good",
        cells(RELATIONS, SUM, kind="restatement", formula="{debt.limit.total@2022} = {debt.limit.total@2023}"),
        RELATIONS,
        SUM,
        "leaves -7 亿元",
        "verdict exact",
    ),
    Case("unknown verdict", cells(RELATIONS, SUM, verdict="true"), RELATIONS, SUM, "'true'", "exact, rounding"),
    Case(
        "figure that does not matter",
        cells(RELATIONS, SUM, formula=f"{{{TOTAL}}} + {{{PART}}} - {{{PART}}} = {{{TOTAL}}}"),
        RELATIONS,
        SUM,
        f"the same whatever {PART} is",
        "",
    ),
    Case(
        "two ones",
        cells(RELATIONS, SUM, formula=f"{{{TOTAL}}} / {{{TOTAL}}} = {{{PART}}} / {{{PART}}}"),
        RELATIONS,
        SUM,
        f"the same whatever {PART} is",
        "",
    ),
    Case("unknown kind", cells(RELATIONS, SUM, kind="sum"), RELATIONS, SUM, "'sum'", "identity, share"),
    Case(
        "mixed units",
        cells(RELATIONS, SUM, kind="restatement", formula="{debt.limit.total@2022} = {debt.ratio.audit@2022-12-31}"),
        RELATIONS,
        SUM,
        "亿元 and %",
        "the same quantity",
    ),
    Case(
        "divisor that is zero",
        cells(
            RELATIONS,
            SUM,
            kind="growth",
            formula="1 = {debt.limit.total@2023} / ({debt.limit.total@2022} - {debt.limit.total@2022})",
        ),
        RELATIONS,
        SUM,
        "zero",
        "",
    ),
    Case(
        "word in a formula",
        cells(RELATIONS, SUM, formula="{a} = _x"),
        RELATIONS,
        SUM,
        "_x",
        "{a@2023} =",
    ),
    Case(
        "two relations of one name",
        cells(RELATIONS, 3, relation="debt.limit.sum@2022"),
        RELATIONS,
        3,
        "row at position 2",
        "",
    ),
    # context
    Case("no grade", cells(CONTEXT, 3, grade=""), CONTEXT, 3, "grade is ''", "A: an official page"),
    Case("no source", cells(CONTEXT, 3, source=""), CONTEXT, 3, "the source is ''", "where it can be found"),
    Case("context in words", cells(CONTEXT, 3, value="很多"), CONTEXT, 3, "'很多'", "ASCII digits"),
    Case(
        "context of an undeclared unit", cells(CONTEXT, 3, unit="元人民币"), CONTEXT, 3, "'元人民币'", "data/units.csv"
    ),
    Case(
        "context twice",
        copied(CONTEXT, 3),
        CONTEXT,
        last[CONTEXT],
        "the same as in the row at position 3",
        "no row twice",
    ),
    Case("context as if stated", cells(CONTEXT, 3, series="debt.limit"), CONTEXT, 3, "'debt.limit'", "external."),
    Case(
        "period of the context",
        cells(CONTEXT, 3, period="2023年"),
        CONTEXT,
        3,
        "2023年",
        "ISO 8601",
    ),
    # words and computed series
    Case(
        "series twice",
        copied(DERIVED, 2),
        DERIVED,
        last[DERIVED],
        "the same as in the row at position 2",
        "no row twice",
    ),
    Case("series without a name", cells(DERIVED, 2, name_en=""), DERIVED, 2, "the name_en is ''", "the English name"),
    Case(
        "unit of a series", cells(DERIVED, 2, unit="亿圆"), DERIVED, 2, "the unit is '亿圆'", "a unit of data/units.csv"
    ),
    Case("level left open", cells(DERIVED, 2, name_zh="{kind余额"), DERIVED, 2, "'{kind余额'", "ASCII braces"),
    Case("full-width braces", cells(DERIVED, 2, name_zh="｛kind｝余额"), DERIVED, 2, "'｛kind｝余额'", "ASCII braces"),
    Case("series of another chapter", cells(DERIVED, 2, series="law.a"), DERIVED, 2, "'law.a'", "starts with debt."),
    Case("word twice", copied(WORDS, 2), WORDS, last[WORDS], "the same as in the row at position 2", "no row twice"),
    Case("key without a word", cells(WORDS, 2, zh=""), WORDS, 2, "the zh is ''", "the Chinese word"),
    # the other tables
    Case("indicator of no class", cells(PLAN, 2, **{"class": "speed"}), PLAN, 2, "'speed'", "level, share"),
    Case("period of an indicator", cells(PLAN, 2, midterm_period="early"), PLAN, 2, "'early'", "mid-term value"),
    Case("unknown judgement", cells(PLAN, 2, judgement_midterm="很好"), PLAN, 2, "'很好'", "mid-term rating"),
    Case(
        "rule that is no pattern",
        cells("set-aside.csv", 3, pattern="[0-9"),
        "set-aside.csv",
        3,
        "cannot be read",
        "regular expression",
    ),
    Case("missing table", removed("set-aside.csv"), "set-aside.csv", None, "no such file", "CSV"),
    Case(
        "empty reports", rewritten("reports.csv", lambda raw: b""), "reports.csv", 1, "there is no head", "columns of"
    ),
    Case("empty units", rewritten("units.csv", lambda raw: b""), "units.csv", 1, "there is no head", "columns of"),
    Case(
        "report of another gazette",
        cells("reports.csv", 3, gazette="qingpu-2023-8"),
        "reports.csv",
        3,
        "'qingpu-2023-8'",
        "'qingpu-2023-7'",
    ),
    Case(
        "rule of another gazette",
        cells("set-aside.csv", 3, scope="qingpu-2023-8"),
        "set-aside.csv",
        3,
        "'qingpu-2023-8'",
        "'qingpu-2023-7'",
    ),
    Case("missing units", removed("units.csv"), "units.csv", None, "no such file", "UTF-8"),
    Case("missing ledger", removed(DEBT), DEBT, None, "no such file", "CSV"),
    Case(
        "money of the wrong English size",
        cells("units.csv", 2, factor_en="10000"),
        "units.csv",
        2,
        "1",
        "CNY, of size 1",
    ),
    Case(
        "people counted by the hundred in English",
        cells("units.csv", MANY_PEOPLE, factor_en="100"),
        "units.csv",
        MANY_PEOPLE,
        "100 at a time",
        "factor_en 1",
    ),
    Case(
        "a name whose English is of another kind",
        cells(CONTEXT, GENERAL, name_en="Shanghai: special debt limit"),
        CONTEXT,
        GENERAL,
        "special debt limit",
        "general",
    ),
    Case("money in another currency", cells("units.csv", 2, prefix_en="US$"), "units.csv", 2, "US$", "CNY, of size 1"),
    Case(
        "a word for another size",
        cells("units.csv", HECTARE, one_en="acre", many_en="acres"),
        "units.csv",
        HECTARE,
        "'acres', of size 10000",
        "a word for area",
    ),
    Case(
        "hearsay as an official page", cells(CONTEXT, 3, grade="A", source="听说"), CONTEXT, 3, "听说", "or the grade B"
    ),
    Case("page with a zero before it", cells(DEBT, RATIO, page="095"), DEBT, RATIO, "'095'", ""),
    Case(
        "unit without a size",
        cells("units.csv", 2, factor="many"),
        "units.csv",
        2,
        "'many'",
        "",
    ),
    Case(
        "unit of size zero",
        cells("units.csv", 2, factor="0"),
        "units.csv",
        2,
        "'0'",
        "",
    ),
    Case(
        "unit declared twice",
        copied("units.csv", 2),
        "units.csv",
        last["units.csv"],
        "the same as in the row at position 2",
        "no row twice",
    ),
    Case(
        "page of a report in words",
        cells("reports.csv", 17, first_page="九二"),
        "reports.csv",
        17,
        "'九二'",
        "",
    ),
    Case(
        "report that ends before it begins",
        cells("reports.csv", 18, first_page="94", last_page="93"),
        "reports.csv",
        18,
        "93",
        "",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_fault_is_found_in_one_line(data, case):
    case.spoil(data)
    found = faults(data)
    assert len(found) == 1, "\n".join(map(str, found)) or "no fault"
    (fault,) = found
    assert (fault.file, fault.row) == (f"data/{case.file}", case.row)
    assert case.problem in fault.problem
    assert case.expected in fault.expected
    assert fault.expected
    line = str(fault)
    assert line.splitlines() == [line]
    assert line.startswith(f"data/{case.file}")


def test_data_of_the_project_has_no_faults(project):
    assert data_faults(project / "data") == []
    assert schema_faults(project / "data") == []


def test_independent_faults_are_reported_together(data):
    cells(DEBT, RATIO, value="16.4")(data)
    cells(DEBT, SERVICE, page="99")(data)
    cells(CONTEXT, 3, grade="C")(data)
    cells(RELATIONS, 5, kind="sum")(data)
    assert {(fault.file, fault.row) for fault in faults(data)} == {
        (f"data/{DEBT}", RATIO),
        (f"data/{DEBT}", SERVICE),
        (f"data/{CONTEXT}", 3),
        (f"data/{RELATIONS}", 5),
    }


@pytest.mark.parametrize(
    ("spoil", "file", "row"),
    [
        (cells(DEBT, RATIO, name_en=""), DEBT, RATIO),
        (cells("reports.csv", 2, title_en=""), "reports.csv", 2),
        (cells(RELATIONS, 3, note_zh=""), RELATIONS, 3),
        (cells("units.csv", 3, meaning_en=""), "units.csv", 3),
    ],
)
def test_fault_that_only_the_package_knows_is_reported_with_file_and_row(data, spoil, file, row):
    spoil(data)
    assert data_faults(data) == []
    (fault,) = schema_faults(data)
    assert (fault.file, fault.row) == (f"data/{file}", row)
    assert len(str(fault).splitlines()) == 1
    assert schema_faults(data, [file]) == [fault]


def test_tables_that_nothing_refers_to_are_looked_at_only_if_they_changed(data):
    cells(DEBT, RATIO, name_en="")(data)
    assert schema_faults(data, ["derived/debt.csv"]) == []
    assert schema_faults(data, ["derived/debt.csv", "reports.csv"]) == schema_faults(data) != []


def test_a_reference_that_another_table_breaks_is_found(data):
    rows = lines(data, "units.csv")
    write(data, "units.csv", [row for row in rows if row[0] != "%"])
    assert f"data/{DEBT}" in {fault.file for fault in schema_faults(data, ["units.csv"])}


def test_a_column_that_reports_lack_is_told_without_the_schemas(data):
    without_column("reports.csv", "gazette")(data)
    assert [fault.problem for fault in data_faults(data)] == ["the column 'gazette' is missing"]


def test_fault_of_the_package_quotes_what_the_package_expects(data):
    cells(DEBT, RATIO, name_en="")(data)
    (fault,) = schema_faults(data)
    assert "the English name of the series" in fault.expected


def test_a_package_that_cannot_be_read_is_a_fault(data):
    (data / "datapackage.yaml").write_text("resources: [{name: reports, path: [}", "utf-8")
    (fault,) = faults(data)
    assert (fault.file, len(str(fault).splitlines())) == ("data/datapackage.yaml", 1)


def test_ledger_that_the_package_does_not_describe_is_a_fault(data):
    rows = lines(data, DEBT)[:1]
    write(data, "ledger/law.csv", rows)
    assert [fault.file for fault in faults(data)] == ["data/ledger/law.csv"]


def test_line_break_in_a_cell_does_not_break_the_line_of_its_fault(data):
    cells(DEBT, RATIO, series="debt.ratio\nof")(data)
    assert all(len(str(fault).splitlines()) == 1 for fault in faults(data))


def test_limit_that_does_not_add_up_is_noticed(data):
    """192.1 = 185.1 + 7.0: a limit that is wrong in rows and phrases alike contradicts its relation."""
    rows = lines(data, DEBT)
    for row in rows[1:]:
        if row[:2] == ["debt.limit.total", "2023"]:
            row[4], row[9] = "193.1", row[9].replace("192.1", "193.1")
    write(data, DEBT, rows)
    faults = data_faults(data)
    assert all(fault.file == f"data/{RELATIONS}" for fault in faults)
    broken = ["debt.limit.sum@2023", "debt.limit.total.step@2023"]
    assert [fault.row for fault in faults] == [rows_of(RELATIONS, relation=name)[0] for name in broken]
    assert ["is contradicted" in fault.problem for fault in faults] == [True, True]


def test_bridge_that_does_not_meet_is_noticed(data):
    """126.8 − 11.3 + 5.6 + 3.2 + 5.8 = 130.1."""
    rows = lines(data, DEBT)
    for row in rows[1:]:
        if row[:2] == ["debt.balance.total", "2023-12-31"]:
            row[4], row[9] = "130.8", row[9].replace("130.1", "130.8")
    write(data, DEBT, rows)
    (fault,) = data_faults(data)
    assert "debt.balance.bridge@2023 is contradicted" in fault.problem
    assert "leaves 0.7 亿元" in fault.problem


@pytest.mark.parametrize("name", ["absences", "context", "indicators", "relations", "set-aside"])
def test_data_may_do_without_a_table_that_their_package_does_not_describe(data, name):
    (data / f"{name}.csv").unlink()
    (missing,) = faults(data)
    assert (missing.file, missing.problem) == (f"data/{name}.csv", "there is no such file")
    package = data / "datapackage.yaml"
    resource = rf"^  - name: {name}\n.*?(?=^  - name: |\Z)"
    package.write_text(re.sub(resource, "", package.read_text("utf-8"), flags=re.S | re.M), "utf-8")
    assert faults(data) == []
