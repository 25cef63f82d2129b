"""What a notebook ran on decides whether its outputs may be used again: never an old one, and no run without need."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from sphinx.errors import ExtensionError

from gongbao.pages.freshness import fingerprint
from gongbao.results.evidence import Witness
from gongbao.results.record import content

OPENING = "from gongbao.chapter import Chapter\nchapter = Chapter('{topic}')\n"
COUNT = "chapter.count('{topic}.rows@2023', len(chapter.topic('{topic}').rows), of='{topic}')\n"
# writing is not reading: the list of those that ran is no input
LOG = "with open('../ran.txt', 'a') as file:\n    print('{topic}', file=file)\n"
CELL = OPENING + COUNT + LOG


class Book:
    """Three notebooks: on debt, on sport, and on nothing but a module of their own."""

    def __init__(self, small_book) -> None:
        self.small_book = small_book
        self.root: Path = small_book.root
        (self.root / "chapters").mkdir()
        for topic in ("debt", "sport"):
            small_book.derive(topic, f"{topic}.rows,行,rows,条,")
            self.write(topic, CELL.format(topic=topic), f"# {topic}\n\n[](#{topic}.rows@2023)")
        self.write("own", f"import helper\nprint('own', helper.VALUE)\n{LOG.format(topic='own')}")
        (self.root / "chapters" / "helper.py").write_text("VALUE = 1\n")
        toctree = "\n".join(f"chapters/{name}" for name in ("debt", "sport", "own"))
        small_book.write("index.md", f"# 书\n\n```{{toctree}}\nledger\n{toctree}\n```\n")
        ledger = self.root / "ledger.md"
        ledger.write_text(ledger.read_text("utf-8") + "\n```{figures} sport\n```\n", "utf-8")

    def write(self, name: str, code: str, prose: str = "# 章") -> None:
        """Write a notebook of one cell."""
        cells = [nbformat.v4.new_markdown_cell(prose, id="prose"), nbformat.v4.new_code_cell(code, id="code")]
        made = nbformat.v4.new_notebook(cells=cells)
        made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(made, self.root / "chapters" / f"{name}.ipynb")

    def build(self, builder: str = "html", **config: object) -> list[str]:
        """Build; gives the notebooks that ran."""
        (self.root / "ran.txt").unlink(missing_ok=True)
        settings = {"nb_execution_mode": "cache", "nb_execution_raise_on_error": True, "nb_execution_show_tb": True}
        settings["suppress_warnings"] = ["gongbao.number"]  # the number is that of each build
        self.small_book.build(builder, **{**settings, **config})
        ran = self.root / "ran.txt"
        return sorted(ran.read_text().split()) if ran.exists() else []

    def page(self, name: str) -> str:
        return self.small_book.page(f"chapters/{name}")


@pytest.fixture
def book(small_book) -> Book:
    return Book(small_book)


@pytest.fixture
def built(book) -> Book:
    assert book.build() == ["debt", "own", "sport"]
    assert book.small_book.warnings == ""
    return book


def rows(book: Book, topic: str) -> int:
    return len((book.root / "data" / "ledger" / f"{topic}.csv").read_text("utf-8").splitlines()) - 1


def drop_last_row(book: Book, topic: str) -> None:
    path = book.root / "data" / "ledger" / f"{topic}.csv"
    path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
    relations = book.root / "data" / "relations.csv"
    relations.write_text(relations.read_text("utf-8").splitlines(keepends=True)[0], "utf-8")


def test_the_fingerprint_changes_with_each_data_file_and_with_nothing_else(small_book):
    data = small_book.root / "data"
    before = fingerprint(small_book.root)
    (small_book.root / "notes.txt").write_text("no input")
    (data / "verified.json").write_text("{}")
    assert fingerprint(small_book.root) == before
    for path in sorted(data.rglob("*.csv")):
        text = path.read_text("utf-8")
        path.write_text(text + "x", "utf-8")
        assert fingerprint(small_book.root) != before, path.name
        path.write_text(text, "utf-8")
    assert fingerprint(small_book.root) == before


def test_only_what_rests_on_a_change_runs_again(built):
    assert built.build() == []
    assert f"{rows(built, 'sport')}条" in built.page("sport")
    drop_last_row(built, "sport")
    assert built.build() == ["sport"]
    assert f"{rows(built, 'sport')}条" in built.page("sport")
    # a module that one notebook imports; the size tells Python's own cache that it changed
    (built.root / "chapters" / "helper.py").write_text("VALUE = 'changed'\n")
    assert built.build() == ["own"]
    assert "own changed" in built.page("own")
    units = built.root / "data" / "units.csv"
    units.write_text(units.read_text("utf-8") + "里,length,500,一里,half a kilometre,li,li\n", "utf-8")
    assert built.build() == ["debt", "sport"]
    built.write("debt", CELL.format(topic="debt"), "# debt\n\nother words")
    assert built.build() == []
    assert "other words" in built.page("debt")
    built.write("debt", CELL.format(topic="debt") + "print('another cell')")
    assert built.build() == ["debt"]
    assert "another cell" in built.page("debt")


def test_the_version_of_python_that_an_editor_notes_in_a_notebook_says_nothing(built):
    path = built.root / "chapters" / "debt.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["language_info"] = {"name": "python", "file_extension": ".py", "version": "3.99.1"}
    nbformat.write(notebook, path)
    assert built.build() == []


def test_a_page_offers_the_run_of_its_notebook_and_a_new_one_when_it_ran_again(built):
    offered = built.root / "_build" / "html" / "_sources" / "chapters" / "own.ipynb"

    def said() -> list[str]:
        return [output.text for output in nbformat.read(offered, as_version=4).cells[1].outputs]

    settings = {"html_sourcelink_suffix": ""}
    built.write("own", f"import helper\nprint('own', helper.VALUE + 0)\n{LOG.format(topic='own')}")
    assert built.build(**settings) == ["own"]
    assert said() == ["own 1\n"]
    (built.root / "chapters" / "helper.py").write_text("VALUE = 1000\n")
    assert built.build(**settings) == ["own"]
    assert said() == ["own 1000\n"]
    assert built.build(**settings) == []
    assert said() == ["own 1000\n"]


def test_dates_say_nothing(built):
    helper = built.root / "chapters" / "helper.py"
    helper.write_text("VALUE = 'of an older file'\n")
    os.utime(helper, (0, 0))
    for path in (built.root / "data").rglob("*.csv"):
        os.utime(path)
    assert built.build() == ["own"]
    assert "own of an older file" in built.page("own")


def test_a_page_is_written_again_although_another_builder_ran_its_notebook(built):
    drop_last_row(built, "debt")
    assert built.build("dummy") == ["debt"]
    assert built.build() == []
    assert f"{rows(built, 'debt')}条" in built.page("debt")


def test_a_copy_rests_on_its_own_files(built, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(built.root, copy, ignore=shutil.ignore_patterns("copy"))
    original, built.root = built.root, copy
    built.small_book.root = copy
    assert built.build() == []
    drop_last_row(built, "sport")
    assert built.build() == ["sport"]
    (original / "chapters" / "helper.py").write_text("VALUE = 'of the original'\n")
    assert built.build() == []


def test_a_run_without_evidence_is_not_used(built):
    """Such as one that MyST-NB or another program put into the cache."""
    path = built.root / "chapters" / "own.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", name="stdout", text="from somewhere")]
    cache = get_cache(built.root / "_build" / ".jupyter_cache")
    cache.cache_notebook_bundle(CacheBundleIn(notebook, str(path)), check_validity=False, overwrite=True)
    os.utime(path)
    assert built.build() == ["own"]
    assert "from somewhere" not in built.page("own")


def test_what_kept_no_record_runs_each_time(book, monkeypatch):
    """Such as a kernel of another language."""
    monkeypatch.setattr("gongbao.results.provisioner._is_ours", lambda _: False)
    assert book.build() == ["debt", "own", "sport"]
    assert book.build() == ["debt", "own", "sport"]


def test_a_notebook_that_fails_stops_the_build_and_keeps_what_the_others_made(book):
    book.write("own", "raise RuntimeError('no such luck')")
    with pytest.raises(ExtensionError, match=r"chapters/own\.ipynb, cell 2 \(raise .*\): RuntimeError: no such luck"):
        book.build()
    book.write("own", "print('luck')")
    assert book.build() == []
    assert "luck" in book.page("own")


def test_a_failure_is_one_line_with_notebook_cell_and_error_and_a_traceback_elsewhere(book):
    book.write("own", "while True:\n    pass")
    book.write("debt", "raise RuntimeError('no such luck')")
    with pytest.raises(ExtensionError) as raised:
        book.build(nb_execution_timeout=1)
    first, second = sorted(str(raised.value).splitlines())
    assert first.startswith("chapters/debt.ipynb, cell 2 (raise RuntimeError('no such luck')): RuntimeError: no such")
    assert second.startswith("chapters/own.ipynb, cell 2 (while True:): CellTimeoutError: A cell timed out")
    assert "Traceback" not in book.small_book.warnings + book.small_book.status
    for line, told in ((first, "RuntimeError: no such luck"), (second, "while True:")):
        log = re.search(r"\(the traceback is in (.+)\)$", line)[1]
        text = (book.root / log).read_text("utf-8")
        assert "Traceback" in text and told in text


@pytest.mark.parametrize("kernel", ["venv", "python3.9", "Python 3 (ipykernel)"])
def test_kernels_of_other_editors_are_that_of_the_build(book, kernel):
    path = book.root / "chapters" / "own.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["kernelspec"] = {"name": kernel, "display_name": kernel, "language": "python"}
    nbformat.write(notebook, path)
    assert "own" in book.build()
    assert "own 1" in book.page("own")
    assert book.build() == []


def test_a_language_that_nothing_runs_here_is_named(book):
    path = book.root / "chapters" / "own.ipynb"
    path.write_text(path.read_text("utf-8").replace('"python"', '"R"').replace('"python3"', '"ir"'), "utf-8")
    with pytest.raises(ExtensionError, match=r"own\.ipynb is written in R, and no kernel for that is installed here"):
        book.build()


@pytest.mark.parametrize("text", ["", "{", "words"])
def test_what_is_no_notebook_is_named(book, text):
    (book.root / "chapters" / "own.ipynb").write_text(text, "utf-8")
    with pytest.raises(ExtensionError, match=r"^own\.ipynb is no notebook: ") as raised:
        book.build()
    assert len(str(raised.value).splitlines()) == 1


def test_a_picture_without_words_is_named_with_its_cell_whatever_is_built(book):
    draw = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    book.write("own", draw)
    for builder in ("dummy", "html"):
        book.build(builder)
        assert "own.ipynb, cell 2: WARNING: a picture without words" in book.small_book.warnings
    path = book.root / "chapters" / "own.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].metadata["mystnb"] = {"image": {"alt": "一条线"}}
    nbformat.write(notebook, path)
    book.build()
    assert book.small_book.warnings == ""
    assert 'alt="一条线"' in book.page("own")


def test_where_failures_are_no_errors_the_page_shows_them(book):
    book.write("own", "1 / 0")
    book.build(nb_execution_raise_on_error=False)
    assert "ZeroDivisionError" in book.page("own")
    book.write("own", "print('mended')")
    book.build(nb_execution_raise_on_error=False)
    assert "mended" in book.page("own")


def test_evidence_is_what_was_read_where_it_was_and_with_which_packages(tmp_path, monkeypatch):
    data = tmp_path / "data"
    data.mkdir()
    (data / "a.csv").write_text("1")
    read = {str(path.resolve()): content(str(path)) for path in (data / "a.csv", data, data / "absent.csv")}
    evidence = Witness(tmp_path).evidence(read)
    assert Witness(tmp_path).confirms(evidence)
    assert not Witness(tmp_path).confirms(None)
    assert not Witness(tmp_path).confirms({})

    (data / "a.csv").write_text("2")
    assert not Witness(tmp_path).confirms(evidence)
    (data / "a.csv").write_text("1")
    assert Witness(tmp_path).confirms(evidence)

    (data / "absent.csv").write_text("")
    assert not Witness(tmp_path).confirms(evidence)
    (data / "absent.csv").unlink()

    packages = tmp_path / "packages"
    (packages / "pandas-9.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(str(packages))
    assert not Witness(tmp_path).confirms(evidence)


def test_a_build_says_what_it_runs_but_not_on_a_server(book, monkeypatch):
    book.build()
    assert re.findall(r"\[([1-3]/3)\] Executed notebook chapters/\w+ in [0-9.]+ s", book.small_book.status) == [
        "1/3",
        "2/3",
        "3/3",
    ]
    monkeypatch.setenv("CI", "true")
    book.write("own", "print('again')")
    book.build()
    assert "running 1 notebook" in book.small_book.status
    assert "Executed" not in book.small_book.status


def test_a_notebook_rests_on_the_modules_that_it_imports(book):
    statistics = "from gongbao.figures.statistics import wilson\n"
    book.write("own", statistics + LOG.format(topic="own"))
    book.build()
    cache = get_cache(book.root / "_build" / ".jupyter_cache")
    evidence = {Path(record.uri).stem: record.data["evidence"].keys() for record in cache.list_cache_records()}
    assert {"library:chapter.py", "library:ledger.py", "library:book.mplstyle"} <= evidence["debt"]
    assert {"book:data/units.csv", "book:data/ledger/debt.csv"} <= evidence["debt"]
    assert "book:data/ledger/sport.csv" not in evidence["debt"]
    assert "library:statistics.py" in evidence["own"] - evidence["debt"]
    assert not [name for names in evidence.values() for name in names if name.startswith("library:sphinx/")]
