"""The commands: exit status and messages."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from gongbao.__main__ import main

DEBT = Path(__file__).resolve().parents[1] / "data" / "ledger" / "debt.csv"
RATIO = 1 + next(
    n for n, line in enumerate(DEBT.read_text("utf-8").splitlines()) if line.startswith("debt.ratio.audit")
)


@pytest.fixture
def copy(project, copy_data, tmp_path, monkeypatch) -> Path:
    """A copy of the library and the data, whose record may be written and whose tables may be spoiled."""
    root = tmp_path / "book"
    shutil.copytree(project / "gongbao", root / "gongbao", ignore=shutil.ignore_patterns("__pycache__", "fonts"))
    copy_data(root / "data")
    monkeypatch.setenv("PYTHONPATH", str(root))
    return root


def gongbao(root: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command as a curator does."""
    command = [sys.executable, "-X", "utf8", "-m", "gongbao", *map(str, arguments)]
    return subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8", check=False)


def spoil(root: Path) -> None:
    path = root / "data" / "ledger" / "debt.csv"
    path.write_text(path.read_text("utf-8").replace(",16.3,%", ",16.4,%"), "utf-8")


# --- help


def test_help_lists_the_commands(project):
    done = gongbao(project, "--help")
    assert done.returncode == 0
    for command in ("check", "verify", "show"):
        assert f"\n    {command} " in done.stdout


@pytest.mark.parametrize("arguments", [[], ["publish"], ["show"], ["verify"]])
def test_wrong_use_is_status_2(arguments, capsys):
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert "usage: gongbao" in capsys.readouterr().err


# --- check


def test_check_passes(capsys, whole_ledger):
    assert main(["check"]) == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines()[-1] == "all is well"
    assert f"{len(whole_ledger.rows)} statements of {len(whole_ledger)} figures" in shown.out
    assert shown.err == ""


@pytest.mark.parametrize(("name", "word"), [("README.md", " statements"), ("README.zh-CN.md", "处陈述")])
def test_the_readme_counts_what_check_counts(project, whole_ledger, name, word):
    assert f"{len(whole_ledger.rows)}{word}" in (project / name).read_text("utf-8")


def test_check_fails_with_a_line_for_a_wrong_value(copy):
    spoil(copy)
    done = gongbao(copy, "check")
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"data/ledger/debt.csv, row {RATIO}: the value is 16.4")
    assert line.endswith("expected: the value 16.3")


def test_check_fails_if_a_ledger_changed_after_it_was_verified(copy):
    path = copy / "data" / "ledger" / "debt.csv"
    path.write_text(path.read_text("utf-8").replace("a forecast", "a forecast of the bill"), "utf-8")
    done = gongbao(copy, "check")
    assert done.returncode == 1
    lines = [line for line in done.stderr.splitlines() if "debt.csv" in line]
    assert lines
    assert all(re.match(r"data/ledger/debt\.csv, row [0-9]+: the row changed after it was", line) for line in lines)


def test_check_names_typed_numbers(copy):
    (copy / "_toc.yml").write_text("format: jb-book\nroot: page\n", "utf-8")
    (copy / "page.md").write_text("共5家\n", "utf-8")
    done = gongbao(copy, "check")
    assert done.returncode == 1
    assert "page.md, line 1: the number 5 is typed" in done.stderr


def test_check_names_a_page_that_is_not_there(copy):
    (copy / "_toc.yml").write_text("format: jb-book\nroot: page\nchapters: [{file: book/lost}]\n", "utf-8")
    (copy / "page.md").write_text("# 页\n", "utf-8")
    (line,) = gongbao(copy, "check").stderr.splitlines()
    assert line.startswith("_toc.yml: there is no page book/lost; expected: ")


def test_check_names_a_pattern_in_the_place_of_pages(copy):
    (copy / "_toc.yml").write_text("format: jb-book\nroot: page\nchapters: [{glob: 'book/*'}]\n", "utf-8")
    (copy / "page.md").write_text("# 页\n", "utf-8")
    (line,) = gongbao(copy, "check").stderr.splitlines()
    assert line == "_toc.yml: book/* is a pattern, not a page; expected: file, for each page"


def test_check_names_a_page_in_another_encoding(copy):
    (copy / "_toc.yml").write_text("format: jb-book\nroot: page\n", "utf-8")
    (copy / "page.md").write_text("# 公报\n", "gbk")
    (line,) = gongbao(copy, "check").stderr.splitlines()
    assert re.match("(.*/)?page.md.*: .*UTF-8", line)


@pytest.mark.parametrize("name", ["_config.yml", "locale/en/_config.yml", "_toc.yml", "book/addresses.yaml"])
def test_check_names_what_describes_the_book_and_cannot_be_read(copy, name):
    for file in ("_config.yml", name):
        (copy / file).parent.mkdir(parents=True, exist_ok=True)
        (copy / file).write_text("title: [\n" if file == name else "title: 书\n", "utf-8")
    done = gongbao(copy, "check")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"{name}, row 2: it is no YAML: ")


# --- installed without the project


@pytest.fixture
def installed(project, tmp_path, monkeypatch) -> Path:
    """The library where `pip install .` puts it: without data beside it."""
    site = tmp_path / "site"
    shutil.copytree(project / "gongbao", site / "gongbao", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("PYTHONPATH", str(site))
    monkeypatch.delenv("GONGBAO_DATA", raising=False)
    return site


CHAPTER = "from gongbao.chapter import Chapter; print(Chapter('debt')['debt.limit.total@2023'].text)"


def python(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-X", "utf8", "-c", code]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)


def test_an_installed_library_finds_the_data_of_the_project_around_it(installed, copy_data, tmp_path):
    copy_data(tmp_path / "book" / "data")
    (tmp_path / "book" / "notebooks").mkdir()
    done = python(tmp_path / "book" / "notebooks", CHAPTER)
    assert (done.stdout, done.returncode) == ("192.1亿元\n", 0), done.stderr


def test_without_a_project_one_line_says_what_to_do(installed):
    said = (
        f"{installed}: it lies in no project: there is no data/datapackage.yaml in it or above it; expected: to be in"
    )
    done = python(installed, CHAPTER)
    assert said in done.stderr.splitlines()[-1]
    for command in (["check"], ["show", "debt.limit.total@2023"]):
        (line,) = gongbao(installed, *command).stderr.splitlines()
        assert said in line


# --- draft


def test_draft_writes_utf8_whatever_the_console(copy, tmp_path, monkeypatch):
    (tmp_path / "text.txt").write_text("余额5亿元，降−3.2%。\f", "utf-8")
    monkeypatch.setenv("PYTHONIOENCODING", "gbk")
    monkeypatch.setenv("PYTHONUTF8", "0")
    command = [sys.executable, "-m", "gongbao", "draft", str(tmp_path / "text.txt")]
    done = subprocess.run(command, cwd=copy, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "1,5,亿元,rounded,5亿元" in done.stdout.decode("utf-8")
    assert "2 numbers proposed, 0 not" in done.stderr.decode("utf-8")


def test_draft_writes_a_file_that_excel_opens(copy, tmp_path):
    (tmp_path / "text.txt").write_text("余额5亿元。\f", "utf-8")
    done = gongbao(copy, "draft", tmp_path / "text.txt", "--output", tmp_path / "draft.csv")
    assert (done.returncode, done.stdout) == (0, "")
    assert (tmp_path / "draft.csv").read_bytes().startswith(b"\xef\xbb\xbfpage,value,unit")


def test_draft_names_pages_without_text(copy, tmp_path):
    (tmp_path / "text.txt").write_text("余额5亿元。\f\f\x01\x02\x03\x04\f", "utf-8")
    done = gongbao(copy, "draft", tmp_path / "text.txt")
    assert done.returncode == 0
    assert done.stderr.splitlines()[0].endswith(": 2-3")
    (tmp_path / "scan.txt").write_text("\f\f", "utf-8")
    done = gongbao(copy, "draft", tmp_path / "scan.txt")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_draft_has_a_score_against_an_empty_ledger(copy, tmp_path):
    path = copy / "data" / "ledger" / "debt.csv"
    path.write_text(path.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    (tmp_path / "text.txt").write_text("余额5亿元。\f", "utf-8")
    done = gongbao(copy, "draft", tmp_path / "text.txt", "--score")
    assert done.returncode == 0
    assert "0 of 1 proposals" in done.stderr
    assert "precision 0.0%, recall 0.0%" in done.stderr


# --- verify


def test_verify_records_what_it_found(copy, gazette, ledger):
    done = gongbao(copy, "verify", "--fewer", gazette)  # than the record of the whole book
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{len(ledger.rows)} rows hold against 113 pages" in done.stdout
    record = json.loads((copy / "data" / "verified.json").read_text("utf-8"))
    assert record["rows"] == len(ledger.rows)
    assert record["unaccounted"] == 0


def test_verify_fails_with_a_line_for_each_fault_and_keeps_the_record(copy, gazette):
    before = (copy / "data" / "verified.json").read_bytes()
    text = gazette.read_text("utf-8").replace("16.3", "16.4")
    gazette.write_text(text.replace("据此一", "另有9亿元，据此一", 1), "utf-8")
    done = gongbao(copy, "verify", gazette)
    assert (done.returncode, done.stdout) == (1, "")
    lines = done.stderr.splitlines()
    assert lines[0].startswith(f"data/ledger/debt.csv, row {RATIO}: page 96 holds")
    assert sorted(line.partition(" in ")[0] for line in lines[1:]) == ["page 92: 9", "page 96: 16.4"]
    assert (copy / "data" / "verified.json").read_bytes() == before


def test_verify_looks_for_the_titles_of_reports(copy, gazette):
    gazette.write_text(gazette.read_text("utf-8").replace("的议案的起草说明", "的说明"), "utf-8")
    done = gongbao(copy, "verify", gazette)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("data/reports.csv: page 95 does not begin with ")


def test_verify_names_pages_without_text_when_their_rows_do_not_hold(copy, gazette):
    pages = gazette.read_text("utf-8").split("\f")
    gazette.write_text("\f".join([*pages[:95], "", *pages[96:]]), "utf-8")
    done = gongbao(copy, "verify", gazette)
    assert done.returncode == 1
    assert done.stderr.splitlines()[0].endswith(": 96")


def test_verify_fails_if_only_a_number_is_left_out(copy, gazette):
    text = gazette.read_text("utf-8")
    gazette.write_text(text.replace("据此一", "另有9亿元，据此一", 1), "utf-8")
    done = gongbao(copy, "verify", gazette)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("page 92: 9 in ")


def test_verify_of_the_listed_reports_names_the_pages_that_are_left(copy, gazette):
    gazette.write_text(gazette.read_text("utf-8").removesuffix("\f") + "\f另有9亿元。", "utf-8")
    assert gongbao(copy, "verify", gazette).returncode == 1
    done = gongbao(copy, "verify", "--listed", "--fewer", gazette)
    assert (done.returncode, done.stderr) == (0, "")
    assert "in no report, not accounted for: 1 numerals of pages 114" in done.stdout.splitlines()


def test_verify_does_not_start_with_faulty_tables(copy, gazette):
    spoil(copy)
    done = gongbao(copy, "verify", gazette)
    assert done.returncode == 1
    assert done.stderr.startswith(f"data/ledger/debt.csv, row {RATIO}: ")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "none.pdf"),
        (b"\xff\xfe\x00", "source.pdf is neither a PDF nor a UTF-8 text"),
        (b"%PDF-1.7\nnothing more", "source.pdf"),
    ],
    ids=["missing", "neither text nor PDF", "broken PDF"],
)
def test_source_that_cannot_be_read_is_one_line(tmp_path, project, content, problem):
    path = tmp_path / ("none.pdf" if content is None else "source.pdf")
    if content is not None:
        path.write_bytes(content)
    done = gongbao(project, "verify", path)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert problem in line


def test_data_of_another_folder_are_neither_checked_nor_verified(copy, gazette, tmp_path):
    before = (copy / "data" / "verified.json").read_bytes()
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    for command in (["check"], ["verify", gazette]):
        done = gongbao(folder, *command)
        assert (done.returncode, done.stdout) == (1, "")
        assert (
            done.stderr
            == f"{folder} lies in no book; expected: a folder with data/datapackage.yaml, or one within it\n"
        )
    assert (copy / "data" / "verified.json").read_bytes() == before


def test_statements_and_relations_do_not_vanish_unless_it_is_said(copy, gazette):
    assert gongbao(copy, "verify", "--fewer", gazette).returncode == 0
    before = (copy / "data" / "verified.json").read_bytes()
    path = copy / "data" / "relations.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:1] + lines[2:]), "utf-8")
    done = gongbao(copy, "verify", gazette)
    assert done.returncode == 1
    assert "relations of debt, identity: " in done.stderr and "or --fewer" in done.stderr
    assert (copy / "data" / "verified.json").read_bytes() == before
    assert gongbao(copy, "verify", "--fewer", gazette).returncode == 0
    assert (copy / "data" / "verified.json").read_bytes() != before


def test_a_text_without_pages_is_one_line(copy, tmp_path):
    path = tmp_path / "empty.txt"
    path.write_text("", "utf-8")
    done = gongbao(copy, "verify", path)
    assert (
        "data/reports.csv: the source has no page 4, on which chair-speech ends; expected: the gazette" in done.stderr
    )
    assert len(done.stderr.splitlines()) < 5


def test_a_draft_does_not_take_the_place_of_its_source(copy, gazette):
    before = gazette.read_bytes()
    done = gongbao(copy, "draft", gazette, "--output", gazette)
    assert (done.returncode, done.stderr) == (1, f"{gazette} is the source; expected: another file for --output\n")
    assert gazette.read_bytes() == before


# --- show


def test_show_says_where_computed_figures_come_from_before_a_build(copy):
    done = gongbao(copy, "show", "debt.headroom.total@2023")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "what notebooks compute is known once the book is built: `make book`"


def test_show_prints_statements_and_relations(capsys):
    assert main(["show", "debt.bond.quota@2023"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("debt.bond.quota@2023\n地方政府债券额度 (Bond quota allocated by the municipality)\n")
    assert "14.6亿元, in 14.55～14.65亿元" in shown
    assert "债务议案第93页 “债券额度14.6亿元”" in shown
    assert re.search(r"\[data/ledger/debt\.csv:[0-9]+\]", shown)
    assert "债务说明第95页" in shown
    assert "holds exactly: {debt.bond.quota@2023} = " in shown


def test_show_finds_figures_by_a_part_of_their_names(capsys):
    assert main(["show", "债券额度"]) == 0
    found = "debt.bond.quota@2023  地方政府债券额度 (Bond quota allocated by the municipality)"
    assert found in capsys.readouterr().out
    assert main(["show", "BOND QUOTA"]) == 0
    assert "debt.bond.quota@2023" in capsys.readouterr().out


def test_show_knows_external_figures(capsys):
    assert main(["show", "external.china.debt.balance.general@2022-12-31"]) == 0
    shown = capsys.readouterr().out
    assert "官方数据的转载" in shown
    assert "data/context.csv:" in shown


def test_show_prints_what_is_stated_in_words(capsys):
    assert main(["show", "assets.water.kind@2022"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[1:3] == ["水资源类型 (Kind of water resources)", "全部为地表水"]
    assert re.search(r"第100页 “全部为地表水” text \[data/ledger/assets\.csv:[0-9]+\]", shown[3])


def test_show_reads_what_a_notebook_computed_from_the_file_of_results(copy):
    folder = copy / "_build"
    folder.mkdir()
    record = {"id": "debt.room@2023", "name_zh": "余地", "name_en": "Room", "text": "62.0亿元"}
    record |= {
        "range": "61.9～62.1亿元",
        "formula": "{debt.limit.total@2023} − {debt.balance.total@2023}",
        "inference": "",
    }
    (folder / "results.json").write_text(json.dumps({"records": {record["id"]: record}}), "utf-8")
    shown = gongbao(copy, "show", "debt.room@2023").stdout
    assert shown == f"debt.room@2023\n余地 (Room)\n62.0亿元, in 61.9～62.1亿元\n  = {record['formula']}\n"


def test_show_does_without_results_that_cannot_be_read(copy):
    (copy / "_build").mkdir()
    (copy / "_build/results.json").write_text("[1]", "utf-8")
    assert gongbao(copy, "show", "debt.bond.quota@2023").returncode == 0
    assert "what notebooks compute" in gongbao(copy, "show", "debt.headroom.total@2023").stderr


def test_show_of_an_unknown_figure_suggests_near_ones(capsys):
    assert main(["show", "debt.limit.total@2021"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "nothing has the id debt.limit.total@2021; did you mean" in shown.err
    assert "debt.limit.total@2022" in shown.err


def test_what_only_looks_a_figure_up_does_without_slow_libraries(project):
    code = "import sys, gongbao.__main__ as m; m.main(['show', 'debt.limit.total@2023']); print(*sys.modules)"
    done = python(project, code)
    assert done.returncode == 0, done.stderr
    assert not {"frictionless", "pandas"} & set(done.stdout.splitlines()[-1].split())


def test_another_folder_of_data_is_used_when_it_is_named(copy_data, project, tmp_path, monkeypatch):
    """A second gazette adds a folder, no code."""
    data = copy_data(tmp_path / "next")
    path = data / "ledger" / "debt.csv"
    path.write_text(path.read_text("utf-8").replace("地方政府债务限额,Local", "另一期的限额,Local"), "utf-8")
    monkeypatch.setenv("GONGBAO_DATA", str(data))
    done = gongbao(project, "show", "debt.limit.total@2023")
    assert done.returncode == 0
    assert "另一期的限额" in done.stdout
    assert "[data/ledger/debt.csv:2]" in done.stdout


def test_no_folder_of_tests_is_passed_over(pytestconfig, project):
    """By default pytest never looks into folders with some names, and says nothing of it."""
    folders = {path.parent.relative_to(project).as_posix() for path in (project / "tests").rglob("test_*.py")}
    ignored = pytestconfig.getini("norecursedirs")
    assert not [name for name in folders for part in name.split("/") if any(fnmatch(part, one) for one in ignored)]
