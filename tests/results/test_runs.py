"""What a notebook ran on decides whether its outputs may be used again: never an old one, and no run without need."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import nbformat
import pytest

from gongbao.results import runs
from gongbao.results.results import FILE, compute
from gongbao.results.runs import FailedRunError, run_file

PROJECT = Path(__file__).parents[2]
OPENING = "from gongbao.chapter import Chapter\nchapter = Chapter('{topic}')\n"
COUNT = "chapter.count('{topic}.rows@2023', len(chapter.topic('{topic}').rows), of='{topic}')\n"
# below _build, where nothing is an input
LOG = "with open('../_build/ran.txt', 'a') as file:\n    print('{topic}', file=file)\n"
CELL = OPENING + COUNT + LOG
OWN = LOG.format(topic="own")

pytestmark = pytest.mark.slow


class Book:
    """Three notebooks: on debt, on sport, and on nothing but a module of their own."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def new(cls, root: Path) -> Book:
        book = cls(root)
        shutil.copytree(PROJECT / "data", root / "data")
        (root / "chapters").mkdir()
        (root / "_config.yml").write_text("title: 书\n", "utf-8")
        toc = "format: jb-book\nroot: chapters/debt\nchapters: [{file: chapters/own}, {file: chapters/sport}]\n"
        (root / "_toc.yml").write_text(toc, "utf-8")
        for path in (root / "data" / "derived").glob("*.csv"):
            head, *_ = path.read_text("utf-8").splitlines(keepends=True)
            row = f"{path.stem}.rows,行,rows,条,\n" if path.stem in ("debt", "sport") else ""
            path.write_text(head + row, "utf-8")
        with (root / "data" / "nouns.csv").open("a", encoding="utf-8") as nouns:
            nouns.write("debt.rows,row,rows\nsport.rows,row,rows\n")
        for topic in ("debt", "sport"):
            book.write(topic, CELL.format(topic=topic))
        book.write("own", f"import helper\nprint('own', helper.VALUE)\n{OWN}")
        (root / "chapters" / "helper.py").write_text("VALUE = 1\n")
        return book

    def write(self, name: str, code: str, prose: str = "# 章", **metadata: object) -> None:
        """Write a notebook of one cell."""
        cells = [nbformat.v4.new_markdown_cell(prose, id="prose"), nbformat.v4.new_code_cell(code, id="code")]
        made = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
        nbformat.write(made, self.root / "chapters" / f"{name}.ipynb")

    def run(self) -> list[str]:
        """Run what has to run, and say what that was."""
        ran = self.root / "_build" / "ran.txt"
        ran.parent.mkdir(exist_ok=True)
        ran.unlink(missing_ok=True)
        self.results, self.notebooks = compute(self.root)
        return sorted(ran.read_text().split()) if ran.exists() else []

    def said(self, name: str) -> str:
        """What a notebook printed."""
        return "".join(output.get("text", "") for output in self.notebooks[f"chapters/{name}"].cells[1].outputs)

    def rows(self, topic: str) -> str:
        return self.results.records[f"{topic}.rows@2023"]["text"]


@pytest.fixture(scope="module")
def ran_once(tmp_path_factory) -> Path:
    book = Book.new(tmp_path_factory.mktemp("runs"))
    assert book.run() == ["debt", "own", "sport"]
    return book.root


@pytest.fixture
def book(ran_once, tmp_path) -> Book:
    """A copy of a book whose notebooks have run."""
    shutil.copytree(ran_once, tmp_path / "book")
    return Book(tmp_path / "book")


def count_rows(book: Book, topic: str) -> str:
    return f"{len((book.root / 'data' / 'ledger' / f'{topic}.csv').read_text('utf-8').splitlines()) - 1}条"


def drop_last_row(book: Book, topic: str) -> None:
    path = book.root / "data" / "ledger" / f"{topic}.csv"
    path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")


def test_only_what_rests_on_a_change_runs_again(book):
    # a copy rests on its own files, whatever their dates
    for path in (book.root / "data").rglob("*.csv"):
        os.utime(path)
    assert book.run() == []
    assert book.rows("sport") == count_rows(book, "sport")
    drop_last_row(book, "sport")
    assert book.run() == ["sport"]
    assert book.rows("sport") == count_rows(book, "sport")
    # a module that one notebook imports; the size tells Python's own cache that it changed
    helper = book.root / "chapters" / "helper.py"
    helper.write_text("VALUE = 'of an older file'\n")
    os.utime(helper, (0, 0))
    assert book.run() == ["own"]
    assert book.said("own") == "own of an older file\n"
    units = book.root / "data" / "units.csv"
    units.write_text(units.read_text("utf-8") + "里,length,500,一里,half a kilometre,,li,li,,,\n", "utf-8")
    assert book.run() == ["debt", "sport"]
    book.write("debt", CELL.format(topic="debt"), "# other words", language_info={"name": "python", "version": "3.99"})
    assert book.run() == []
    assert book.notebooks["chapters/debt"].cells[0].source == "# other words"
    book.write("debt", CELL.format(topic="debt") + "print('another cell')")
    assert book.run() == ["debt"]
    assert book.said("debt") == "another cell\n"


def test_a_new_library_package_or_language_runs_all_anew(book, monkeypatch):
    monkeypatch.setattr(runs, "library", lambda *_: "another library")
    assert book.run() == ["debt", "own", "sport"]
    assert book.run() == []
    monkeypatch.setattr(runs, "packages", lambda: "other packages")
    assert book.run() == ["debt", "own", "sport"]
    (book.root / "locale" / "en").mkdir(parents=True)
    (book.root / "locale" / "en" / "_config.yml").write_text("")
    assert book.run() == ["debt", "own", "sport"]


def test_the_library_is_what_kernels_load_and_packages_are_those_of_the_path(tmp_path, monkeypatch):
    assert len({runs.library("figures"), runs.library("chapter"), runs.library()}) == 3
    before = runs.packages.__wrapped__()
    (tmp_path / "pandas-9.dist-info").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert runs.packages.__wrapped__() != before


def test_a_file_that_comes_into_a_folder_or_changes_while_it_is_read_counts(book):
    book.write("own", f"import os\nprint(sorted(os.listdir('../notes')))\n{OWN}")
    notes = book.root / "notes"
    notes.mkdir()
    os.utime(notes, (1, 1))
    assert book.run() == ["own"]
    assert book.run() == []
    (notes / "a.txt").write_text("1")
    os.utime(notes, (1, 1))
    assert book.run() == ["own"]
    assert book.said("own") == "['a.txt']\n"
    book.write("own", f"print(open('../notes/a.txt').read())\nimport os\nos.utime('../notes/a.txt')\n{OWN}")
    assert book.run() == ["own"]
    assert book.run() == ["own"], "what was read is not known, so it is no reason to keep the run"


def test_a_link_that_leads_elsewhere_is_noticed(book):
    for name in "ab":
        (book.root / name).write_text(name)
    (book.root / "link").symlink_to("a")
    book.write("own", "print(open('../link').read())\n")
    book.run()
    (book.root / "link").unlink()
    (book.root / "link").symlink_to("b")
    book.run()
    assert book.said("own") == "b\n"


@pytest.mark.parametrize("spoil", ["", "{", '{"cells": [], "metadata": {}}', "cut", "another output"])
def test_a_run_that_is_broken_is_made_anew(book, spoil):
    kept = run_file(book.root, "chapters/own")
    text = kept.read_text("utf-8")
    ways = {"cut": text[:-99], "another output": text.replace('"name": "stdout"', '"name": "stderr"')}
    changed = ways.get(spoil, spoil)
    assert changed != text
    kept.write_text(changed, "utf-8")
    assert book.run() == ["own"]
    assert book.run() == []


def test_a_run_of_another_program_is_not_used(book):
    run_file(book.root, "chapters/own").with_suffix(".json").unlink()
    assert book.run() == ["own"]


@pytest.mark.parametrize("note", ["", "{", "[]", "{}", '{"(run)": ""}'])
def test_a_run_with_a_broken_note_is_made_anew(book, note):
    run_file(book.root, "chapters/own").with_suffix(".json").write_text(note, "utf-8")
    assert book.run() == ["own"]
    assert book.run() == []


def test_results_are_written_when_they_say_something_new(book):
    file = book.root / FILE
    os.utime(file, (1, 1))
    book.run()
    assert file.stat().st_mtime == 1
    drop_last_row(book, "sport")
    book.run()
    assert file.stat().st_mtime != 1


def test_results_are_made_anew_when_they_were_changed_or_a_cell_means_something_else(book):
    assert book.run() == []
    file = book.root / FILE
    good = file.read_text("utf-8")
    file.write_text(good.replace("条", "行"), "utf-8")
    assert book.run() == []
    assert file.read_text("utf-8") == good
    path = book.root / "chapters" / "own.ipynb"
    notebook = nbformat.read(path, 4)
    notebook.cells[1].source = f"rate = 0.5  # 一半\n{notebook.cells[1].source}"
    nbformat.write(notebook, path)
    assert book.run() == ["own"]
    assert book.results.chapters["chapters/own"].parameters == []
    notebook.cells[1].metadata.tags = ["parameters"]
    nbformat.write(notebook, path)
    assert book.run() == []
    assert [one["name"] for one in book.results.chapters["chapters/own"].parameters] == ["rate"]


def test_results_are_made_anew_when_their_english_changes(book):
    path = book.root / "chapters" / "own.ipynb"
    notebook = nbformat.read(path, 4)
    notebook.cells[1].source = "rate = 0.5  # 一半"
    notebook.cells[1].metadata.tags = ["parameters"]
    nbformat.write(notebook, path)
    catalogue = book.root / "locale" / "en" / "LC_MESSAGES" / "labels.po"
    catalogue.parent.mkdir(parents=True)
    for english in ("a half", "half of it"):
        catalogue.write_text(f'msgid "一半"\nmsgstr "{english}"\n', "utf-8")
        book.run()
        assert book.results.chapters["chapters/own"].parameters[0]["en"] == {"meaning": english}


def test_failures_are_one_line_each_with_a_traceback_elsewhere_and_the_others_are_kept(book):
    (book.root / "_config.yml").write_text("execute: {timeout: 1}\n")
    book.write("own", "while True:\n    pass")
    book.write("debt", "raise RuntimeError('no such luck')")
    book.write("sport", "print('luck')\n")
    with pytest.raises(FailedRunError) as raised:
        book.run()
    first, second = sorted(str(raised.value).splitlines())
    assert first.startswith("chapters/debt.ipynb, cell 2 (raise RuntimeError('no such luck')): RuntimeError: no such")
    assert second.startswith("chapters/own.ipynb, cell 2 (while True:): CellTimeoutError: A cell timed out")
    for line, told in ((first, "RuntimeError: no such luck"), (second, "while True:")):
        text = (book.root / re.search(r"\(the traceback is in (.+)\)$", line)[1]).read_text("utf-8")
        assert "Traceback" in text and told in text
    kept = run_file(book.root, "chapters/sport").stat().st_mtime_ns
    for name in ("own", "debt"):
        book.write(name, "print('mended')")
    book.run()
    assert run_file(book.root, "chapters/sport").stat().st_mtime_ns == kept
    assert book.said("sport") == "luck\n"


@pytest.mark.parametrize("kernel", ["venv", "python3.9", "Python 3 (ipykernel)"])
def test_kernels_of_other_editors_are_that_of_the_build(book, kernel):
    spec = {"name": kernel, "display_name": kernel, "language": "python"}
    book.write("own", "print('own')", kernelspec=spec)
    book.run()
    assert book.said("own") == "own\n"


@pytest.mark.parametrize("text", ["", "{", "words"])
def test_what_is_no_notebook_is_named(book, text):
    (book.root / "chapters" / "own.ipynb").write_text(text, "utf-8")
    with pytest.raises(ValueError, match=r"^own\.ipynb is no notebook: ") as raised:
        book.run()
    assert len(str(raised.value).splitlines()) == 1


def test_a_run_says_what_it_does(book):
    book.write("own", "print('again')")
    lines: list[str] = []
    compute(book.root, lines.append)
    assert lines[0] == "running 1 notebook ..."
    assert re.fullmatch(r"\[1/1\] Executed notebook chapters/own\.ipynb in [0-9.]+ s", lines[1])
    assert len(lines) == 2
