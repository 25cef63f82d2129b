"""How long builders take for the notebooks of this book: from nothing, and after a change.

Run as ``python bench/builders.py --runs 5``; writes tables into bench/results. All builders take turns,
each in a copy of the book of its own. The others (peers.txt) are installed into a temporary environment, which shares
pandas, matplotlib and the library of the book with this one; that takes a minute and the network.
"""

from __future__ import annotations

import argparse
import re
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import venv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from measure import BIN, GONGBAO, JUPYTER_BOOK, PROJECT, Cost, copy_of_the_book, environment, measure, spread, write

PLAIN = "Jupyter Book 1"
OWN = " ".join(GONGBAO[-4:])
OWN_IN_BOTH = f"{OWN}, in both languages"


@dataclass(frozen=True)
class Tool:
    """A builder: its command, where it puts the page of the changed notebook, and what must be there before."""

    name: str
    command: tuple[str, ...]
    page: str
    prepare: Callable[[Path], None] = field(default=lambda book: None)
    path: Path = BIN
    accept: tuple[int, ...] = (0,)
    made: tuple[str, ...] = ("_build",)
    keeps: bool = True
    """Whether it uses again what it has run; if not, each build is one from nothing."""
    ran: str = ""
    """A pattern of files that are there only if notebooks were run, where a builder may go on without."""


@dataclass(frozen=True)
class Change:
    """A change that makes sense to an author: each time another text in the place of a pattern."""

    name: str
    file: str
    pattern: str
    text: str
    sign: str

    def make(self, book: Path, time: int) -> str:
        """Change the file; what the page must then contain, as a pattern."""
        path = book / self.file
        changed, count = re.subn(self.pattern, self.text.format(time), path.read_text("utf-8"))
        if not count:
            sys.exit(f"{self.file} has nothing like {self.pattern} any more: choose another place in {__file__}")
        path.write_text(changed, "utf-8")
        return self.sign.format(time)


NOTHING = Change("nothing", "notebooks/sport.ipynb", "(?=它们各数的是什么)", "", "它们各数的是什么")
CHANGES = (
    NOTHING,
    Change("a word of prose", "notebooks/sport.ipynb", "(?<=它们各数的是什么)(词[0-9]+)?", "词{0}", "词{0}"),
    Change(
        "a code cell",
        "notebooks/sport.ipynb",
        r"(?<=Chapter\(\\\"sport\\\"\))(  # 码[0-9]+)?",
        "  # 码{0}",
        "码{0}",
    ),
    Change(
        "a row of the ledger",
        "data/ledger/sport.csv",
        r"(?<![0-9.])20\.6[0-9]+(?=[,亿])",
        "20.6{0}",
        r"(?<![0-9.])20\.6{0}(?![0-9])",
    ),
)


def _both_languages(book: Path) -> None:
    shutil.copytree(PROJECT / "locale", book / "locale")


def _plain(book: Path) -> None:
    config = book / "_config.yml"
    config.write_text(config.read_text("utf-8").replace("[gongbao.pages,", "[plain,"), "utf-8")


def _mkdocs(book: Path) -> None:
    config = "site_name: book\ntheme: mkdocs\ndocs_dir: notebooks\nplugins: [{mkdocs-jupyter: {execute: true}}]\n"
    (book / "mkdocs.yml").write_text(config, "utf-8")


def _jupyter_book_2(book: Path) -> None:
    pages = "".join(f"    - file: notebooks/{path.name}\n" for path in sorted((book / "notebooks").glob("*.ipynb")))
    config = f"version: 1\nproject:\n  toc:\n    - file: book/index.md\n{pages}site: {{}}\n"
    (book / "myst.yml").write_text(config, "utf-8")
    # its kernels come from a Jupyter server, which root, the user of many containers, may start only so
    (book / "jupyter_server_config.json").write_text('{"ServerApp": {"allow_root": true}}', "utf-8")


def tools(peers: Path | None) -> list[Tool]:
    """The builders; without an environment for the others, those that the project has itself."""
    notebooks = [f"notebooks/{path.name}" for path in sorted((PROJECT / "notebooks").glob("*.ipynb"))]
    page = "_build/html/notebooks/sport.html"
    nbconvert = (str(BIN / "jupyter"), "nbconvert", "--execute", "--to", "html", "--output-dir", "_build/nbconvert")
    own = [
        Tool(OWN, GONGBAO, page),
        Tool(OWN_IN_BOTH, GONGBAO, page, _both_languages),
        Tool("jupyter-book build .", JUPYTER_BOOK, page),
        Tool(PLAIN, JUPYTER_BOOK, page, _plain),
        Tool("nbconvert --execute", (*nbconvert, *notebooks), "_build/nbconvert/sport.html", keeps=False),
    ]
    if peers is None:
        return own
    jupyter_book_2 = (str(peers / "jupyter-book"), "build", "--execute", "--site", "--ci")
    return [
        *own,
        Tool(
            "mkdocs-jupyter",
            (str(peers / "mkdocs"), "build"),
            "site/sport/index.html",
            _mkdocs,
            peers,
            made=("site", ".cache"),
        ),
        # it runs and parses everything, then fails for want of the theme that it fetches
        Tool(
            "Jupyter Book 2",
            jupyter_book_2,
            "_build/site/content/sport.json",
            _jupyter_book_2,
            peers,
            (0, 1),
            ran="_build/execute/*.json",
        ),
    ]


def install_peers(place: Path) -> Path:
    """The folder with the commands of the other builders."""
    print("installing peers.txt ...", file=sys.stderr)
    venv.create(place, with_pip=True)
    python = place / BIN.name / Path(sys.executable).name
    pip = (str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    subprocess.run([*pip, "-r", str(PROJECT / "bench" / "peers.txt")], check=True, stdout=sys.stderr)
    where = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = subprocess.run(where, check=True, capture_output=True, text=True).stdout.strip()
    # after its own packages those of the book, for the kernels
    Path(packages, "book.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python.parent


class NotRunError(Exception):
    """A builder that did not do its work: what it took says nothing."""


@dataclass(frozen=True)
class Result:
    """What a build cost, and whether its page shows what was changed."""

    cost: Cost
    fresh: bool


def build(tool: Tool, book: Path, sign: str) -> Result:
    """Build, and look for the sign on the page."""
    path = f"{tool.path}:{environment()['PATH']}"
    cost = measure(tool.command, book, environment(GONGBAO_DATA=str(book / "data"), PATH=path), tool.accept)
    page = book / tool.page
    if not page.exists():
        sys.exit(f"{tool.name} made no {tool.page}")
    if tool.ran and not any(book.glob(tool.ran)):
        raise NotRunError(f"{tool.name} is left out: it went on without having run the notebooks")
    return Result(cost, bool(re.search(sign, page.read_text("utf-8"))))


def _round(tool: Tool, book: Path, time: int, kept: dict[str, list[Result]], changes: Sequence[Change]) -> None:
    """A build from nothing, then one after each change."""
    for made in tool.made:
        shutil.rmtree(book / made, ignore_errors=True)
    kept.setdefault("cold", []).append(build(tool, book, NOTHING.sign))
    for change in changes if tool.keeps else ():
        sign = change.make(book, time)
        kept.setdefault(change.name, []).append(build(tool, book, sign))


def run(
    tools: list[Tool], runs: int, place: Path, changes: Sequence[Change] = CHANGES
) -> dict[str, dict[str, list[Result]]]:
    """For each builder the results of the cold build and of each change."""
    results: dict[str, dict[str, list[Result]]] = {tool.name: {} for tool in tools}
    books = {}
    for number, tool in enumerate(tools):
        books[tool.name] = place / str(number)
        books[tool.name].mkdir()
        tool.prepare(copy_of_the_book(books[tool.name]))
    for time in range(1, runs + 1):
        for tool in tools:
            if tool.name not in results:
                continue
            try:
                _round(tool, books[tool.name], time, results[tool.name], changes)
            except NotRunError as error:
                print(error, file=sys.stderr)
                del results[tool.name]
            print(f"{time}/{runs} {tool.name}", file=sys.stderr, flush=True)
    return results


def tables(results: Mapping[str, Mapping[str, list[Result]]]) -> None:
    """Keep the tables: from nothing, and after each change."""
    plain = statistics.median(result.cost.wall for result in results[PLAIN]["cold"])
    cold, changed = [], []
    for name, builds in results.items():
        costs = [result.cost for result in builds["cold"]]
        ratio = statistics.median(cost.wall for cost in costs) / plain
        memory = statistics.median(cost.memory for cost in costs)
        wall, cpu = spread([cost.wall for cost in costs]), spread([cost.cpu for cost in costs])
        cold.append([name, wall, f"{ratio:.2f}", cpu, f"{memory:.0f}", len(costs)])
        cells = []
        for change in CHANGES:
            made = builds.get(change.name, [])
            stale = "" if all(result.fresh for result in made) else " †"
            cells.append(spread([result.cost.wall for result in made]) + stale if made else "=")
        changed.append([name, *cells])
    write("cold", ("builder", "s", f"of {PLAIN}", "CPU s", "largest process, MiB", "runs"), cold)
    write("changes", ("builder", *(f"{change.name}, s" for change in CHANGES)), changed)


def second_edition(results: Mapping[str, Mapping[str, list[Result]]]) -> list[list[str]]:
    """Both editions beside the first alone, and what the second adds to the time and to the work."""
    one, both = ([result.cost for result in results[name]["cold"]] for name in (OWN, OWN_IN_BOTH))
    measured: tuple[tuple[str, Callable[[Cost], float]], ...] = (
        ("on the clock, s", lambda cost: cost.wall),
        ("of processors, s", lambda cost: cost.cpu),
    )
    rows = []
    for name, of in measured:
        first, all_of_them = list(map(of, one)), list(map(of, both))
        added = statistics.median(all_of_them) / statistics.median(first) - 1
        rows.append([name, spread(first), spread(all_of_them), f"{added:+.0%}"])
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peers", type=Path, help="the bin folder of an environment that has peers.txt already")
    parser.add_argument("--no-peers", action="store_true", help="only what the project has itself")
    parser.add_argument("--editions", action="store_true", help="only what the second edition adds, from nothing")
    parser.add_argument("--only", default="", help="only builders whose names contain this, and the plain one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        if options.editions:
            own = [tool for tool in tools(None) if tool.name in (OWN, OWN_IN_BOTH)]
            results = run(own, options.runs, Path(place), ())
            head = ("from nothing", "Chinese", "Chinese and English", "added")
            write("second-edition", head, second_edition(results))
            return
        peers = None if options.no_peers else options.peers or install_peers(Path(place, "peers"))
        chosen = [tool for tool in tools(peers) if options.only in tool.name or tool.name == PLAIN]
        results = run(chosen, options.runs, Path(place))
    tables(results)


if __name__ == "__main__":
    main()
