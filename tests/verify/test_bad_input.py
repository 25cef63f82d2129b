"""Whatever stands in the data, it is told in one line a fault, with the file, and never as a traceback."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from gongbao.verify.check import data_faults, schema_faults

Spoil = Callable[[Path], object]


def replaced(name: str, pattern: str, by: str) -> Spoil:
    def spoil(data: Path) -> None:
        path = data / name
        text = path.read_text("utf-8")
        changed = re.sub(pattern, lambda _: by, text, count=1, flags=re.M)
        assert changed != text
        path.write_text(changed, "utf-8", newline="")

    return spoil


def appended(name: str, line: str) -> Spoil:
    return lambda data: (data / name).write_text((data / name).read_text("utf-8") + line, "utf-8", newline="")


def made(name: str, text: str) -> Spoil:
    def spoil(data: Path) -> None:
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text(text, "utf-8")

    return spoil


RELATION = "debt.x@2023,identity,{},exact,因,why\n"
CONTEXT = "external.x.y,{},名,name,5,亿元,{},A,\n"

CASES: dict[str, tuple[Spoil, str, str]] = {
    # cells
    "cell of a megabyte": (
        replaced("ledger/debt.csv", "a forecast", "x" * 1_000_000),
        "ledger/debt.csv",
        "",  # Python's csv refuses it, or ours does where another library has lifted that limit
    ),
    "long cell": (replaced("ledger/debt.csv", "a forecast", "x" * 5_000), "ledger/debt.csv", "5000 characters"),
    "value of 5,000 digits": (replaced("ledger/debt.csv", ",16\\.3,", f",{'9' * 5000},"), "ledger/debt.csv", ""),
    "page of 5,000 digits": (replaced("ledger/debt.csv", ",96,债务率", f",{'9' * 5000},债务率"), "ledger/debt.csv", ""),
    "line break in a note": (replaced("ledger/debt.csv", "a forecast", '"a\nforecast"'), "ledger/debt.csv", "U+000A"),
    "direction mark in a note": (
        replaced("ledger/debt.csv", "a forecast", "a \u202eforecast"),
        "ledger/debt.csv",
        "U+202E",
    ),
    "blank note": (replaced("ledger/debt.csv", "a forecast", "  "), "ledger/debt.csv", "begins or ends with a blank"),
    "NUL": (replaced("ledger/debt.csv", "a forecast", "a\0b"), "ledger/debt.csv", ""),
    # files
    "table in capitals": (made("ledger/law.CSV", "x"), "ledger/law.CSV", "no program reads it"),
    "copy of a table": (made("ledger/debt.csv.bak", "x"), "ledger/debt.csv.bak", "no program reads it"),
    "folder in a folder": (made("ledger/old", "x"), "ledger/old", "no program"),
    # relations
    "deep formula": (
        appended("relations.csv", RELATION.format("{a@1} = " + "(" * 900 + "{b@1}" + ")" * 900)),
        "relations.csv",
        "",
    ),
    "deeper formula": (
        appended("relations.csv", RELATION.format("{a@1} = " + "-" * 1900 + "{b@1}")),
        "relations.csv",
        "",
    ),
    "long formula": (
        appended("relations.csv", RELATION.format("{a@1} = " + "{b@1} + " * 150 + "1")),
        "relations.csv",
        "characters",
    ),
    "relation with itself": (
        replaced(
            "relations.csv",
            "{debt.limit.total@2022} = .*?,exact",
            "{debt.limit.total@2022} = {debt.limit.total@2022},exact",
        ),
        "relations.csv",
        "with itself",
    ),
    "relation of constants": (appended("relations.csv", RELATION.format("1 + 1 = 2")), "relations.csv", "of constants"),
    "relation of another kind": (
        replaced("relations.csv", ",identity,", ",share,"),
        "relations.csv",
        "none of the kind share",
    ),
    # units
    "factor of 1e400": (replaced("units.csv", "万元,money,10000,", "万元,money,1e400,"), "units.csv", "'1e400'"),
    "factor of 400 digits": (
        replaced("units.csv", "万元,money,10000,", f"万元,money,1{'0' * 400},"),
        "units.csv",
        "the factor",
    ),
    "wrong factor": (replaced("units.csv", "万元,money,10000,", "万元,money,1000,"), "units.csv", "the factor of 万元"),
    "wrong hour": (replaced("units.csv", "小时,time,60", "小时,time,24"), "units.csv", "the factor of 小时"),
    "wrong mu": (replaced("units.csv", "666.6667", "667"), "units.csv", "the factor of 亩"),
    "dollars as money": (
        replaced("units.csv", "亿美元,money-usd", "亿美元,money"),
        "units.csv",
        "亿美元 measures money",
    ),
    "count of two": (replaced("units.csv", "count-item,1", "count-item,2"), "units.csv", "the factor of 个"),
    "unit of digits": (replaced("units.csv", "^家次,", "10,"), "units.csv", "the unit is '10'"),
    "unknown measure": (appended("units.csv", "斤,weight,500,斤,jin,,jin,jin,,,\n"), "units.csv", "in no registry"),
    # context and reports
    "month 99": (appended("context.csv", CONTEXT.format("2023-99", "https://a.cn/b")), "context.csv", "is no date"),
    "30 February": (
        appended("context.csv", CONTEXT.format("2023-02-30", "https://a.cn/b")),
        "context.csv",
        "is no date",
    ),
    "period backwards": (
        appended("context.csv", CONTEXT.format("2023/2022", "https://a.cn/b")),
        "context.csv",
        "does not run",
    ),
    "year 9999": (appended("context.csv", CONTEXT.format("9999", "https://a.cn/b")), "context.csv", "of 1900 to 2100"),
    "script as a source": (
        appended("context.csv", CONTEXT.format("2023", "javascript:alert(1)")),
        "context.csv",
        "the source",
    ),
    "blank source": (appended("context.csv", CONTEXT.format("2023", " ")), "context.csv", "the source"),
    "reports that overlap": (replaced("reports.csv", ",93,94$", ",92,94"), "reports.csv", "within debt-resolution"),
    # indicators
    "indicator with a gap": (replaced("indicators.csv", "^5,", "6,"), "indicators.csv", "the number is 6"),
    # set-aside
    "pattern that does not end": (
        appended("set-aside.csv", "x,general,(([^x])+)+x!,因,why\n"),
        "set-aside.csv",
        "without end",
    ),
    # the package
    "empty package": (made("datapackage.yaml", ""), "datapackage.yaml", "describes no resources"),
    "package that is a list": (
        made("datapackage.yaml", "- a\n"),
        "datapackage.yaml",
        "says nothing by keys",
    ),
    "package without resources": (
        made("datapackage.yaml", "name: x\n"),
        "datapackage.yaml",
        "describes no resources",
    ),
    "resource without path": (
        made("datapackage.yaml", "resources: [{name: x}]\n"),
        "datapackage.yaml",
        "describes no resources",
    ),
    "Python in the package": (made("datapackage.yaml", "!!python/object:os.system x\n"), "datapackage.yaml", "no YAML"),
    "deep package": (made("datapackage.yaml", "[" * 600), "datapackage.yaml", "no YAML"),
}


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_told_in_one_line(data, name):
    spoil, file, problem = CASES[name]
    spoil(data)
    found = data_faults(data)
    own = [fault for fault in found if fault.file == f"data/{file}" and problem in fault.problem]
    assert own, [str(fault)[:300] for fault in found]
    assert all(len(str(fault).splitlines()) == 1 for fault in found)


@pytest.mark.parametrize(
    "name", ["empty package", "package that is a list", "package without resources", "deep package"]
)
def test_a_package_that_is_none_is_told_by_the_schemas_too(data, name):
    CASES[name][0](data)
    assert [fault.file for fault in schema_faults(data)] == ["data/datapackage.yaml"]


def test_a_schema_that_is_gone_is_told(data):
    (data / "ledger-schema.yaml").unlink()
    (fault,) = schema_faults(data)
    assert fault.file == "data/datapackage.yaml"
    assert len(str(fault).splitlines()) == 1


def test_what_editors_and_systems_keep_hidden_beside_tables_is_none_of_them(data):
    for name in (".ipynb_checkpoints/debt-checkpoint.csv", "._debt.csv", ".~lock.debt.csv#"):
        made(f"ledger/{name}", "series,value\ndebt.x, 1\n")(data)
    assert data_faults(data) == []
