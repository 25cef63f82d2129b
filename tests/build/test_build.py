"""Building is all or nothing, builds nothing twice, needs no network and gives the same bytes each time."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import pytest
from filelock import FileLock
from pypdf import PdfReader

from gongbao.build.checks import check_pages
from gongbao.build.files import digest
from gongbao.build.sphinx import BuildError

pytestmark = pytest.mark.slow

KILLS = 5
SEED = 20231107
CONFIG = """\
title: 小书
author: 某某
only_build_toc_files: true
exclude_patterns: [_build]
execute: {execute_notebooks: "off", timeout: 3}
html: {use_issues_button: false, use_repository_button: false, home_page_in_navbar: false, extra_footer: ""}
sphinx:
  recursive_update: true
  extra_extensions: [gongbao.pages, gongbao.typst]
  config:
    language: zh_CN
    html_math_renderer: mathml
    typst_filename: small
"""
PAGES = {
    "_config.yml": CONFIG,
    "_toc.yml": "format: jb-book\nroot: index\nchapters: [{file: page}, {file: chapter}, {file: ledger}]\n",
    "index.md": "# 首页\n\n[页](page.md)\n",
    "page.md": "# 页\n\n《第0版》。\n",
    "ledger.md": "# 总账\n\n" + "".join(f"```{{figures}} {kind}\n```\n\n" for kind in ("debt", "computed", "external")),
}


class Book:
    """A small book in a folder of its own, built as a reader builds it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.html = root / "_build" / "html"

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-X", "utf8", "-m", "gongbao", "build", *arguments]

    def environment(self, **more: str) -> dict[str, str]:
        return os.environ | {"SOURCE_DATE_EPOCH": "1700000000", "PYTHONPATH": str(Path(__file__).parents[2])} | more

    def build(self, edition: str = "html", prefix: tuple[str, ...] = (), **more: str) -> subprocess.CompletedProcess:
        command = [*prefix, *self.command(edition)]
        environment = self.environment(**more)
        return subprocess.run(command, cwd=self.root, env=environment, capture_output=True, encoding="utf-8")

    def start(self) -> subprocess.Popen:
        """Start a build in a process group of its own."""
        nowhere = subprocess.DEVNULL
        environment = self.environment()
        return subprocess.Popen(
            self.command(), cwd=self.root, env=environment, stdout=nowhere, stderr=nowhere, start_new_session=True
        )

    def edit(self, version: int) -> None:
        (self.root / "page.md").write_text(f"# 页\n\n《第{version}版》。\n", "utf-8")

    def code(self, source: str, name: str = "chapter.ipynb") -> None:
        # a cell with assumptions may give names numbers
        code = nbformat.v4.new_code_cell(source, id="code", metadata={"tags": ["parameters"]})
        cells = [nbformat.v4.new_markdown_cell("# 章", id="title"), code]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        notebook = nbformat.v4.new_notebook(cells=cells, metadata=kernel)
        nbformat.write(notebook, self.root / name)

    def log(self) -> str:
        """What Sphinx said of the pages."""
        return (self.root / "_build" / "log" / "html.txt").read_text("utf-8")

    def version(self) -> str:
        return (self.html / "page.html").read_text("utf-8").partition("第")[2].partition("版")[0]


@pytest.fixture(scope="module")
def good(project, tmp_path_factory) -> Book:
    """A small book that is built, HTML and PDF; no test changes it."""
    book = Book(tmp_path_factory.mktemp("small"))
    shutil.copytree(project / "data", book.root / "data")
    for name, text in PAGES.items():
        (book.root / name).write_text(text, "utf-8")
    book.code("six, other = 6, 7\nprint(six * other)")
    for edition in ("html", "pdf"):
        done = book.build(edition)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return book


@pytest.fixture
def book(good, tmp_path) -> Book:
    """A copy of the small book to change; the PDF is among its pages, as it is after `make pdf`."""
    shutil.copytree(good.root, tmp_path / "book")
    return Book(tmp_path / "book")


def last_line(done: subprocess.CompletedProcess) -> str:
    return done.stderr.strip().splitlines()[-1]


UNLUCKY = """
from pathlib import Path

def fail(app):
    if (Path(app.doctreedir) / "environment.pickle").exists():
        raise KeyError("what the last build knew")

def setup(app):
    app.connect("builder-inited", fail)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
"""
SIDE_BY_SIDE = """
from pathlib import Path
from gongbao.build.sphinx import write
from gongbao.results.results import compute
if __name__ == "__main__":
    root = Path.cwd()
    compute(root)
    for count in (1, 2):
        place, log = root / "_build" / f"by-{count}", root / f"by-{count}.txt"
        write(root, "html", "", place, log, computed=True, parallel=count)
"""


BESIDE = """
import sys
from pathlib import Path
from gongbao.build import book
def load(root, files):
    raise ValueError(f"kernels are loaded: {'jupyter_client.manager' in sys.modules}")
book.load = load
book.build(Path.cwd(), "html")
"""


def test_nothing_is_loaded_by_two_threads_at_once(book):
    (book.root / "index.md").write_text("# 另一个词\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", BESIDE], cwd=book.root, env=book.environment(), capture_output=True, encoding="utf-8"
    )
    assert "kernels are loaded: True" in done.stderr


LOAD = """
import sys
from importlib import import_module
from pathlib import Path
from gongbao.build.sphinx import _EXECUTION, load
load(Path.cwd())
print(sorted(sys.modules.keys() & {"sqlalchemy", "nbclient", "gongbao.verify.check"}))
for way in _EXECUTION:  # the modules that were left out have what stands in their place
    del sys.modules[f"myst_nb.core.execute.{way}"]
    assert getattr(import_module(f"myst_nb.core.execute.{way}"), f"NotebookClient{way.capitalize()}")
"""


def test_no_database_and_nothing_that_runs_notebooks_is_loaded_to_write_pages(book):
    assert subprocess.check_output([sys.executable, "-c", LOAD], cwd=book.root, text=True) == "[]\n"


OFFERED = """
import os
from pathlib import Path
from gongbao.build import book
from gongbao.pages import notebooks
def make_offered(root):
    Path(root, "_build", "drawn-by.txt").write_text(f"{os.getpid()} {os.getppid()}")
notebooks.make_offered = make_offered
book.build(Path.cwd(), "html")
print(os.getpid())
"""


def test_nothing_is_drawn_in_the_process_that_languages_are_forked_off(book):
    # the threads of Typst are not forked: a language that draws would wait for them, as in the second turn of make live
    shutil.rmtree(book.root / "_build")
    command = [sys.executable, "-c", OFFERED]
    done = subprocess.run(command, cwd=book.root, env=book.environment(), capture_output=True, encoding="utf-8")
    parent = done.stdout.split()[-1]
    drawn, by = (book.root / "_build" / "drawn-by.txt").read_text("utf-8").split()
    assert (by, drawn != parent) == (parent, True)


def test_a_build_leaves_no_files_beside_the_book(book):
    book.code("six, other = 6, 8\nprint(six * other)")
    with tempfile.TemporaryDirectory() as folder:  # of a short name: those of sockets begin with it
        assert book.build(TMPDIR=folder).returncode == 0
        assert [path.name for path in Path(folder).iterdir()] == []


def test_pages_written_side_by_side_are_those_written_one_after_the_other(book):
    names = [f"more-{letter}" for letter in "abcdef"]
    for name in names:
        (book.root / f"{name}.md").write_text(f"# 又一页\n\n## 节\n\n[总账](ledger.md)：{name}\n", "utf-8")
    chapters = ", ".join(f"{{file: {name}}}" for name in ("page", "chapter", *names, "ledger"))
    toc = f"format: jb-book\nroot: index\nparts:\n- numbered: true\n  chapters: [{chapters}]\n"
    (book.root / "_toc.yml").write_text(toc, "utf-8")
    (book.root / "side.py").write_text(SIDE_BY_SIDE, "utf-8")
    done = subprocess.run(
        [sys.executable, "side.py"], cwd=book.root, env=book.environment(), capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr[-2000:]
    one, two = (book.root / "_build" / f"by-{count}" / "html" for count in (1, 2))
    assert "chapter .. more-b" in (book.root / "by-2.txt").read_text("utf-8"), "pages are read in parts"
    for place in (one, two):
        (place / ".buildinfo").unlink()  # a note of Sphinx for its next build, which no reader is given
    assert digest(one) == digest(two)


# --- all or nothing


def test_a_build_that_is_killed_at_any_moment_leaves_a_whole_book(book):
    if os.name != "posix":
        pytest.skip("processes are killed with signals here")
    # how long a build takes on this machine, from one that ends well
    book.edit(1)
    start = time.monotonic()
    assert book.build().returncode == 0
    duration = time.monotonic() - start
    chance = random.Random(SEED)
    version, survivors = book.version(), 0
    for kill in range(2, KILLS + 2):
        book.edit(kill)
        delay, whole_group = chance.uniform(0, duration), chance.random() < 0.5
        print(f"seed {SEED}, kill {kill}: after {delay:.2f} s of {duration:.2f} s, whole group: {whole_group}")
        process = book.start()
        time.sleep(delay)
        end(process, whole_group)
        check_pages(book.html, book.root)
        assert book.version() in {version, str(kill)}
        survivors += book.version() == str(kill)
        version = book.version()
        assert (book.html / "small.pdf").read_bytes() == (book.root / "_build" / "pdf" / "small.pdf").read_bytes()
    assert survivors < KILLS, "no kill hit a build"
    done = book.build()
    assert done.returncode == 0, done.stderr
    assert book.version() == str(kill)
    kept = digest(book.html)
    shutil.rmtree(book.root / "_build" / "state")
    shutil.rmtree(book.html)
    assert book.build().returncode == 0
    assert digest(book.html) == kept, "an incremental build after the kills differs from a clean one"


def end(process: subprocess.Popen, whole_group: bool) -> None:
    """Kill a build with all its processes, or the one that was started: the others have to end, too, or to wait."""
    if process.poll() is None:
        (os.killpg if whole_group else os.kill)(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import time; time.sleep(2**9)", "cell 2 (import time; time.sleep(2**9)): CellTimeoutError"),
        ("import os; os._exit(2)", "cell 2 (import os; os._exit(2)): DeadKernelError"),
        ("def f(n):\n    return f(n - 1) if n else 1 / 0\nf(2**6)", "cell 2 (def f(n):): ZeroDivisionError: division"),
        ("print('line\\n' * 2**16)", "expected: at most 1,000 lines"),
        ("import sys; print('a FutureWarning', file=sys.stderr)", "the cell writes to stderr: “a FutureWarning”; mend"),
        ("import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()", "a picture without words for those who"),
    ],
    ids=["hangs", "dies", "fails", "prints", "warns", "draws"],
)
def test_a_notebook_that_does_not_end_well_is_named_in_one_line(book, source, said):
    kept = digest(book.html)
    book.code(source)
    done = book.build()
    assert done.returncode == 1
    assert said in last_line(done)
    assert "chapter.ipynb, cell 2" in last_line(done)
    assert last_line(done).endswith("the last good one is as before: the HTML edition is in _build/html/index.html")
    told = [*done.stdout.splitlines(), *done.stderr.splitlines()]
    assert len(told) < 8 and max(map(len, told)) < 400, told
    assert digest(book.html) == kept


def test_a_warning_stops_the_book_each_time(book):
    kept = digest(book.html)
    (book.root / "page.md").write_text("# 页\n\n[无](nowhere.md)\n", "utf-8")
    for _ in range(2):
        done = book.build()
        assert done.returncode == 1
        assert "page.md:3: WARNING" in last_line(done)
        assert "nowhere.md" in last_line(done)
        assert digest(book.html) == kept


def test_a_pdf_that_is_gone_from_the_pages_is_put_back_and_leaves_no_other_file(book):
    book.edit(1)
    assert [book.build(edition).returncode for edition in ("html", "pdf")] == [0, 0]
    places = [book.html, book.root / "_build" / "pdf"]
    before = [sorted(path.name for path in place.iterdir()) for place in places]
    (book.html / "small.pdf").unlink()
    assert book.build("pdf").returncode == 0
    assert [sorted(path.name for path in place.iterdir()) for place in places] == before


def test_a_build_that_fails_in_the_end_changes_no_file_that_it_shares_with_the_last_one(book):
    book.edit(1)
    assert book.build().returncode == 0
    before = contents(book.html)
    ledger, page = book.root / "data" / "ledger" / "debt.csv", book.root / "page.md"
    kept = {path: path.read_text("utf-8") for path in (ledger, page)}
    ledger.write_text(kept[ledger].replace("地方政府债务", "当地政府债务"), "utf-8")
    page.write_text("# 页\n\n[无](nowhere.md)\n", "utf-8")
    assert book.build().returncode == 1
    assert contents(book.html) == before
    for path, text in kept.items():
        path.write_text(text, "utf-8")
    assert book.build().stdout.startswith("Nothing changed; ")


def configure(book: Book, *options: str) -> None:
    with (book.root / "_config.yml").open("a", encoding="utf-8") as file:
        file.writelines(f"    {option}\n" for option in options)


def test_a_configuration_that_cannot_be_read_is_named_in_one_line(book):
    (book.root / "_config.yml").write_text("title: [\n", "utf-8")
    for edition in ("html", "pdf"):
        (line,) = book.build(edition).stderr.splitlines()
        assert line.startswith(f"The {edition.upper()} edition was not built: _config.yml, row 2: it is no YAML: ")


def test_a_page_that_is_not_there_is_named_as_the_check_does(book):
    (book.root / "page.md").unlink()
    (line,) = book.build().stderr.splitlines()
    assert line.startswith("The HTML edition was not built: _toc.yml: there is no page page; expected: ")


def test_a_bibliography_that_cannot_be_read_is_named(book):
    (book.root / "works.bib").write_text("@book{a, title={x\n", "utf-8")
    (book.root / "_config.yml").write_text(f"bibtex_bibfiles: [works.bib]\n{CONFIG}", "utf-8")
    assert "premature end of file in works.bib (" in last_line(book.build())
    (book.root / "works.bib").write_text("@book{a, author={X}, year=2001}\n@book{a, author={Y}, year=2002}\n", "utf-8")
    assert "repeated bibliography entry: a" in last_line(book.build())


def test_what_typst_cannot_set_is_told_at_the_first_try(book):
    configure(book, "typst_pdf_standards: [ua-1]")
    (book.root / "page.md").write_text("# 页\n\n笑😀。\n", "utf-8")
    done = book.build("pdf")
    assert done.returncode == 1
    assert 'the text `"😀"` could not be displayed' in done.stderr and "笑😀" in done.stderr
    assert "made anew" not in done.stdout


def test_what_fails_again_without_the_last_state_is_told_by_its_own_cause(book):
    configure(book, "numfig: true", 'numfig_format: {table: "%s %s"}')
    (book.root / "page.md").write_text("# 页\n\n```{table} 题\n| 甲 |\n|---|\n| 乙 |\n```\n", "utf-8")
    done = book.build()
    assert done.returncode == 1
    assert "everything is made anew" in done.stdout
    assert "TypeError: not enough arguments for format string" in last_line(done)


def test_an_error_of_a_handler_may_be_that_of_the_last_state(book, tmp_path):
    (tmp_path / "unlucky.py").write_text(UNLUCKY)
    config = (book.root / "_config.yml").read_text("utf-8")
    (book.root / "_config.yml").write_text(config.replace("gongbao.typst]", "gongbao.typst, unlucky]"), "utf-8")
    done = book.build(PYTHONPATH=os.pathsep.join([str(tmp_path), book.environment()["PYTHONPATH"]]))
    assert done.returncode == 0, done.stderr
    assert "everything is made anew: Sphinx: KeyError: 'what the last build knew'" in done.stdout


def unshared(script: str) -> tuple[str, ...]:
    """Run a command after a script, in namespaces of its own; skips where the system does not give them."""
    prefix = ("unshare", "-rnm", "sh", "-ec", f'{script}; exec "$@"', "sh")
    if not shutil.which("unshare") or subprocess.run([*prefix, "true"], capture_output=True).returncode:
        pytest.skip("this system does not let users make namespaces with mounts and networks of their own")
    return prefix


def test_a_full_disk_leaves_the_book(book):
    kept, place = digest(book.html), book.root / "_build"
    # a disk with little more room than what is on it
    size = sum(path.stat().st_size for path in place.rglob("*")) // 1024
    mount = f"cp -a {place} {place}.copy; mount -t tmpfs -o size={size + 2000}k t {place}"
    prefix = unshared(f"ip link set lo up; {mount}; cp -a {place}.copy/. {place}; rm -r {place}.copy")
    inside = f"{' '.join(book.command())}; status=$?; cp -a {place}/html {book.root}/.after; exit $status"
    book.edit(1)
    done = subprocess.run(
        [*prefix, "sh", "-c", inside], cwd=book.root, env=book.environment(), capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 1, done.stderr
    assert "No space left on device" in last_line(done)
    assert "is as before" in last_line(done)
    assert digest(book.root / ".after") == kept


def test_an_output_that_cannot_be_written_leaves_the_book(book):
    kept, place = digest(book.html), book.root / "_build"
    book.edit(1)
    done = book.build(prefix=unshared(f"mount --bind {place} {place}; mount -o remount,bind,ro {place}"))
    assert done.returncode == 1
    assert "Read-only file system" in last_line(done)
    assert digest(book.html) == kept


def test_two_builds_at_once_do_not_mix(book):
    """As `make -j2 book pdf` starts them."""
    book.edit(1)
    with FileLock(book.root / "_build" / ".lock"):
        process = subprocess.Popen(book.command(), cwd=book.root, env=book.environment(), stdout=-1, encoding="utf-8")
        assert process.stdout.readline() == "== waiting for another build in this folder\n"
        assert book.version() == "0"
    assert process.communicate()[0].count("waiting") == 0
    assert process.returncode == 0
    assert book.version() == "1"


def test_pages_and_pdf_may_be_asked_for_at_once(book):
    book.edit(1)
    both = [
        subprocess.Popen(book.command(edition), cwd=book.root, env=book.environment(), stderr=-1, encoding="utf-8")
        for edition in ("html", "pdf")
    ]
    assert [(process.communicate()[1], process.returncode) for process in both] == [("", 0), ("", 0)]
    assert (book.html / "small.pdf").read_bytes() == (book.root / "_build" / "pdf" / "small.pdf").read_bytes()


@pytest.mark.parametrize("name", ["page.html", "index.html"])
@pytest.mark.parametrize("spoil", ["missing", "broken off", "dead link"])
def test_a_site_that_is_not_whole_is_not_published(book, spoil, name):
    page = book.html / name
    if spoil == "missing":
        page.unlink()
    elif spoil == "broken off":
        page.write_text(page.read_text("utf-8")[:-200], "utf-8")
    else:
        page.write_text(page.read_text("utf-8").replace('href="ledger.html"', 'href="gone.html"'), "utf-8")
    with pytest.raises(BuildError, match=r"page|index"):
        check_pages(book.html, book.root)


# --- nothing twice


@pytest.mark.parametrize("edition", ["html", "pdf"])
def test_nothing_is_built_when_nothing_changed(good, edition):
    done = good.build(edition)
    assert done.stdout.startswith("Nothing changed; ")
    assert done.returncode == 0


NEW = "# 新章\n\n## 一节\n\n[页](page.md)\n"


def toc(*names: str) -> str:
    return f"format: jb-book\nroot: index\nchapters: [{', '.join(f'{{file: {name}}}' for name in names)}]\n"


PUBLISHES = (
    "from gongbao.chapter import Chapter\nchapter = Chapter('debt')\n"
    "chapter.publish('{}@2023', chapter['debt.limit.total@2023'] - chapter['debt.balance.total@2023-12-31'])\n"
)
ROOM, PAID = PUBLISHES.format("debt.balance.special.fall"), PUBLISHES.format("debt.balance.split.gap")
CHANGES = {
    "a page comes": {"add.md": NEW, "_toc.yml": toc("add", "page", "chapter", "ledger")},
    "another title": {"page.md": "# 另一个标题\n\n《第1版》。\n"},
    "another order": {"_toc.yml": toc("ledger", "chapter", "page", "add")},
    "a notebook comes before one": {
        "room.ipynb": ROOM,
        "chapter.ipynb": PAID,
        "_toc.yml": toc("page", "room", "chapter", "ledger"),
    },
    "the first notebook is read again": {"room.ipynb": f"{ROOM}print()"},
    "a page goes": {"_toc.yml": toc("room", "chapter", "ledger"), "index.md": "# 首页\n"},
}


def test_an_incremental_build_is_a_clean_one(book):
    """Whatever comes, goes or is called otherwise: side bars, lists of figures, files to download."""
    # pages say whether there is a PDF, and a build without `make pdf` has none
    shutil.rmtree(book.root / "_build" / "pdf")
    book.edit(1)
    assert book.build().returncode == 0
    for change, changed in CHANGES.items():
        for name, text in changed.items():
            if name.endswith(".ipynb"):
                book.code(text, name)
            else:
                (book.root / name).write_text(text, "utf-8")
        done = book.build(CI="")
        assert done.returncode == 0, f"{change}: {done.stderr}"
        assert "[new config]" not in book.log(), "this was no incremental build"
        kept = contents(book.html)
        shutil.rmtree(book.root / "_build")
        assert book.build().returncode == 0
        clean = contents(book.html)
        assert sorted(kept.keys() ^ clean.keys()) == [], change
        assert [name for name in clean if kept[name] != clean[name]] == [], change


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pdf")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_scripts_and_sheets_are_those_of_the_book_as_it_is(book):
    own = book.root / "sheets" / "deep" / "own.css"
    own.parent.mkdir(parents=True)
    own.write_text("h1 { color: red; }\n", "utf-8")
    config = book.root / "_config.yml"
    config.write_text(CONFIG + "    html_static_path: [sheets]\n", "utf-8")
    assert book.build().returncode == 0
    published = book.html / "_static" / "deep" / "own.css"
    own.write_text("h1 { color: blue; }\n", "utf-8")
    assert book.build().returncode == 0
    assert "blue" in published.read_text("utf-8")
    own.unlink()
    assert book.build().returncode == 0
    assert not published.exists()
    english = book.root / "locale" / "en" / "_config.yml"
    for version in ("1.0", "1.1"):
        english.parent.mkdir(parents=True, exist_ok=True)
        english.write_text(f"sphinx: {{config: {{language: en, release: '{version}'}}}}\n", "utf-8")
        assert book.build().returncode == 0
        assert f"'{version}'" in (book.html / "en" / "_static" / "documentation_options.js").read_text("utf-8")


def test_a_typed_number_stops_the_book_before_anything_is_run(book):
    (book.root / "page.md").write_text("# 页\n\n共5家，另有6家。\n", "utf-8")
    done = book.build()
    assert done.returncode == 1
    assert [line.partition(" is typed")[0] for line in done.stderr.splitlines()[:2]] == [
        "page.md, line 3: the number 5",
        "page.md, line 3: the number 6",
    ]
    assert last_line(done).startswith("The HTML edition was not built: see above; the last good one is as before")
    assert "building" not in done.stdout
    assert book.build().stderr == done.stderr


def test_what_is_not_translated_is_counted_by_page(book):
    english = book.root / "locale" / "en" / "LC_MESSAGES"
    english.mkdir(parents=True)
    (english.parent / "_config.yml").write_text("sphinx: {config: {language: en, locale_dirs: [locale]}}\n", "utf-8")
    (english / "page.po").write_text('msgid "页"\nmsgstr "A page"\n', "utf-8")
    done = book.build(CI="true")
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if "not translated" in line]
    assert line.startswith("not translated: chapter (1), index (2), labels (")
    assert line.endswith("ledger (1), page (1) into en; `make messages` puts it into locale/, to be translated there")


def test_a_catalogue_that_was_copied_in_is_read_and_not_what_was_compiled_before(book):
    english = book.root / "locale" / "en" / "LC_MESSAGES"
    english.mkdir(parents=True)
    (english.parent / "_config.yml").write_text("sphinx: {config: {language: en, locale_dirs: [locale]}}\n", "utf-8")
    for title in ("A page", "Another page"):
        (english / "page.po").write_text(f'msgid "页"\nmsgstr "{title}"\n', "utf-8")
        os.utime(english / "page.po", (946_684_800, 946_684_800))
        shutil.rmtree(book.root / "_build")
        assert book.build().returncode == 0
        assert f"<h1>{title}" in (book.html / "en" / "page.html").read_text("utf-8")
    (english / "page.po").unlink()
    shutil.rmtree(book.root / "_build")
    assert book.build().returncode == 0
    assert "<h1>页" in (book.html / "en" / "page.html").read_text("utf-8")


def test_a_language_is_a_folder_with_a_configuration(book):
    folder = book.root / "locale" / "fr"
    folder.mkdir(parents=True)
    (folder / "_config.yml").write_text("title: Petit livre\nsphinx: {config: {language: fr}}\n", "utf-8")
    done = book.build()
    assert done.returncode == 0, done.stderr
    ledger = (book.html / "fr" / "ledger.html").read_text("utf-8")
    assert "Petit livre" in ledger and "<h1>总账" in ledger
    assert "Local government debt outstanding" in ledger, "names fall back to English"
    # it calls its PDF as the book's own is called
    pdf = book.root / "_build" / "pdf" / "small.pdf"
    kept = digest(pdf)
    command = [*book.command("pdf"), "fr"]
    assert subprocess.run(command, cwd=book.root, env=book.environment(), check=False).returncode == 0
    assert digest(pdf) == kept
    assert digest(pdf.parent / "fr" / pdf.name) == digest(book.html / "fr" / pdf.name) != kept
    shutil.rmtree(folder)
    assert book.build().returncode == 0
    state = book.root / "_build" / "state"
    assert not any((place / "fr").exists() for place in (book.html, state, state / "own" / "html"))


@pytest.mark.parametrize("name", ["chapter.ipynb", "page.md"])
def test_marks_of_a_merge_are_named(book, name):
    path = book.root / name
    first, *rest = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join([first, "<<<<<<< HEAD\n", *rest]), "utf-8")
    done = book.build()
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert f"not built: {name}, line 2: “<<<<<<<” is left of a merge" in line


def test_pages_and_pdf_share_what_was_read_and_miss_no_change(book):
    pdf = book.root / "_build" / "pdf" / "small.pdf"
    book.edit(7)
    assert book.build().returncode == 0
    assert book.build("pdf").returncode == 0
    said = (book.root / "_build" / "log" / "pdf.txt").read_text("utf-8")
    assert "0 added, 0 changed, 0 removed" in said
    book.edit(8)
    book.code("six, other = 6, 9\nprint(six * other)")
    assert book.build("pdf").returncode == 0
    text = "".join("".join(page.extract_text() for page in PdfReader(pdf).pages).split())
    assert "第8版" in text and "54" in text
    # what the PDF has read is news for the pages
    assert book.build().returncode == 0
    assert book.version() == "8"
    assert "54" in (book.html / "chapter.html").read_text("utf-8")
    begun = pdf.read_bytes()
    shutil.rmtree(book.root / "_build")
    assert book.build("pdf").returncode == 0
    assert pdf.read_bytes() == begun


def test_a_book_that_was_spoilt_is_put_back_without_building(book):
    kept = digest(book.html)
    (book.html / "page.html").unlink()
    (book.html / "small.pdf").unlink()
    done = book.build()
    assert digest(book.html) == kept
    assert "building" not in done.stdout


@pytest.mark.parametrize("place", ["html/page.html", "state/own/html/page.html"])
@pytest.mark.parametrize("edited", [False, True])
def test_a_page_into_which_something_was_written_is_written_anew(book, place, edited):
    # to Sphinx's own list the theme would add in each build, and all pages would be written
    (book.root / "_config.yml").write_text(CONFIG + "    templates_path: []\n", "utf-8")
    assert book.build().returncode == 0
    page = book.root / "_build" / place
    page.write_text(page.read_text("utf-8").replace("《第", "塞进来的《第"), "utf-8")
    if edited:
        (book.root / "index.md").write_text(PAGES["index.md"] + "\n又一句。\n", "utf-8")
    assert book.build().returncode == 0
    assert "塞进来的" not in (book.html / "page.html").read_text("utf-8")
    assert ("又一句" in (book.html / "index.html").read_text("utf-8")) == edited


def test_pages_lead_to_the_pdf_where_it_is_and_say_elsewhere_that_it_is_not(book):
    sheet = book.html / "_static" / "printed.css"
    assert sheet.read_text("utf-8").startswith(".unprinted")
    shutil.rmtree(book.root / "_build" / "pdf")
    shutil.rmtree(book.html)
    assert book.build().returncode == 0
    assert not (book.html / "small.pdf").exists()
    assert "\n.printed { display: none; }" in sheet.read_text("utf-8")
    assert book.build("pdf").returncode == 0
    assert (book.html / "small.pdf").exists()
    assert sheet.read_text("utf-8").startswith(".unprinted")


# --- same bytes, no network


def test_two_clean_builds_in_two_places_at_two_times_are_the_same_bytes(good, tmp_path):
    # deeper than the first, so that every way from the book to the library is another
    other = Book(tmp_path / "quite" / "another-place")
    other.root.parent.mkdir()
    shutil.copytree(good.root, other.root, ignore=shutil.ignore_patterns("_build"))
    for edition in ("html", "pdf"):
        # half a world and the night away
        assert other.build(edition, TZ="Pacific/Auckland").returncode == 0
    built = {
        path.relative_to(other.root) for place in ("html", "pdf") for path in (other.html.parent / place).rglob("*.*")
    }
    assert Path("_build/html/index.html") in built
    assert [path for path in sorted(built) if digest(good.root / path) != digest(other.root / path)] == []


def test_the_book_is_built_without_a_network(book):
    book.edit(1)
    book.code("print(1)")
    done = book.build(prefix=unshared("ip link set lo up"))
    assert done.returncode == 0, done.stderr[-2000:]
    assert book.version() == "1"


def test_steps_are_told(book):
    book.edit(1)
    assert book.build().returncode == 0
    book.edit(2)
    told = book.build().stdout
    for step in ("running notebooks", "building html", "checking html"):
        assert f"== {step} took" in told
    assert "updating environment: 0 added, 1 changed, 0 removed" in book.log()


# --- what was made before


def garble(path: Path) -> None:
    path.write_bytes(b"\xff\x00 nothing that anyone can read")


BREAK = {
    "a page tree": lambda place: garble(place / "state/own/doctrees/page.doctree"),
    "what Sphinx knows": lambda place: garble(place / "state/own/doctrees/environment.pickle"),
    "a page that breaks off": lambda place: (place / "state/own/html/page.html").write_text("<html><body><p>"),
    "the record": lambda place: (place / "state/html.json").write_text("[1, 2]"),
    "what was read": lambda place: garble(place / "state/read.json"),
    "half a note of the configuration": lambda place: garble(place / "state/own/html/.buildinfo"),
    "a run": lambda place: garble(place / "runs/chapter.ipynb"),
    "the results": lambda place: garble(place / "results.json"),
    "what they were made of": lambda place: garble(place / "results.note"),
    "a file for the state": lambda place: (shutil.rmtree(place / "state"), garble(place / "state")),
    "a file for the work": lambda place: garble(place / "next"),
    "a file for the pages": lambda place: (shutil.rmtree(place / "html"), garble(place / "html")),
    "a file for all of it": lambda place: (shutil.rmtree(place), garble(place)),
    "a folder for the results": lambda place: ((place / "results.json").unlink(), (place / "results.json").mkdir()),
    "a folder for the note": lambda place: ((place / "results.note").unlink(), (place / "results.note").mkdir()),
    "what is a file, and no language": lambda place: (shutil.rmtree(place / "state/own"), garble(place / "state/own")),
    "a folder for the lock": lambda place: ((place / ".lock").unlink(), (place / ".lock").mkdir()),
    "a link for the state": lambda place: (shutil.rmtree(place / "state"), (place / "state").symlink_to("state")),
    "a link for the pages": lambda place: (shutil.rmtree(place / "html"), (place / "html").symlink_to("nowhere")),
}


@pytest.mark.parametrize("what", BREAK)
def test_what_is_broken_in_the_cache_is_made_anew_at_the_first_try(book, what):
    BREAK[what](book.root / "_build")
    book.edit(7)
    (book.root / "index.md").write_text(PAGES["index.md"] + "\n又一句。\n", "utf-8")
    done = book.build()
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert book.version() == "7"
    assert "42" in (book.html / "chapter.html").read_text("utf-8")
    if what.startswith(("a file", "a folder", "a link")) and what != "a file for the work":
        assert re.search("is no (folder|file), and is made anew", done.stdout)


def test_results_that_are_gone_are_made_again_though_nothing_changed(book):
    (book.root / "_build/results.json").unlink()
    assert book.build().returncode == 0
    assert json.loads((book.root / "_build/results.json").read_text("utf-8"))["records"]


@pytest.mark.parametrize("name", ["page.md", "data/ledger/debt.csv"])
def test_a_file_that_is_older_than_the_last_build_is_seen_by_what_it_says(book, name):
    path = book.root / name
    text = path.read_text("utf-8")
    old = {"page.md": "# 页\n\n《第5版》。\n", "data/ledger/debt.csv": text.replace("a forecast", "what was foreseen")}
    assert old[name] != text
    path.write_text(old[name], "utf-8")
    os.utime(path, (946_684_800, 946_684_800))
    done = book.build()
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "Nothing changed" not in done.stdout
    if name == "page.md":
        assert book.version() == "5"


def test_a_notebook_that_changes_the_data_is_named(book):
    book.code("from pathlib import Path\nPath('data/ledger/debt.csv').write_text('')")
    done = book.build()
    assert done.returncode == 1
    assert "chapter.ipynb, it writes data/ledger/debt.csv; expected: the files of the book as they were" in done.stderr


def test_data_that_a_notebook_changes_by_another_program_are_named(book):
    book.code("import subprocess\nsubprocess.run(['sed', '-i', 's/a forecast/foreseen/', 'data/ledger/debt.csv'])")
    done = book.build()
    assert done.returncode == 1
    assert "data/ledger/debt.csv changed while the notebooks ran" in done.stderr
