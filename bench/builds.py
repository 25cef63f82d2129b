"""How long builders take for this book, from nothing and after a change: those of builds.yaml, taking turns.

``python -m bench.builds html --runs 5`` writes ``results/html.csv``, one row a build. Each builder has a copy of the
book of its own. Other builders (peers.txt) are installed into a temporary environment, which finds the packages of
this one, too; that takes a minute and the network.
"""

from __future__ import annotations

import argparse
import re
import shutil
import string
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pypdf import PdfReader

from bench.measure import PROJECT, copy_of_the_book, environment, measure, write

CONFIG = PROJECT / "bench" / "builds.yaml"
FROM_NOTHING = "from nothing"


@dataclass(frozen=True)
class Change:
    """A change that makes sense to an author: a text in the place of a pattern, with another letter in each run."""

    file: str
    pattern: str
    text: str
    sign: str

    def make(self, book: Path, run: int) -> str:
        """Change the file; what the page must then contain.

        Raises:
            LookupError: if the file has no such place.
        """
        path, letter = book / self.file, string.ascii_lowercase[run % 26]
        changed, count = re.subn(self.pattern, self.text.format(letter=letter), path.read_text("utf-8"), count=1)
        if not count:
            raise LookupError(f"{self.file} has nothing like {self.pattern} any more: the change needs another place")
        path.write_text(changed, "utf-8")
        return self.sign.format(letter=letter)


@dataclass(frozen=True)
class Builder:
    """A builder as builds.yaml describes it."""

    command: Sequence[str]
    shows: str
    before: Sequence[str] = ()
    also: Sequence[str] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    made: Sequence[str] = ("_build",)
    needs: Sequence[str] = ()
    peers: bool = False
    keeps: bool = True

    def prepare(self, place: Path) -> Path:
        """Make the copy of the book that it builds."""
        book = copy_of_the_book(place, *self.also)
        if self.config:
            path = book / "_config.yml"
            settings = merged(yaml.safe_load(path.read_text("utf-8")), self.config)
            path.write_text(yaml.safe_dump(settings, allow_unicode=True), "utf-8")
        for name, text in self.files.items():
            (book / name).write_text(text, "utf-8")
        return book

    def build(self, book: Path, variables: Mapping[str, str], sign: str = "") -> dict[str, Any]:
        """Build, and look for the sign on the page."""
        if self.before:
            measure(self.before, book, variables)
        cost = measure(self.command, book, variables)
        return {**asdict(cost), "fresh": shows(next(book.glob(self.shows)), sign)}


def merged(settings: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
    """Settings with others in their place, at any depth; None takes one away."""
    inner = {key: merged(settings[key], value) for key, value in others.items() if isinstance(value, dict)}
    return {key: value for key, value in {**settings, **others, **inner}.items() if value is not None}


def shows(page: Path, sign: str) -> bool:
    """Whether a page, or a PDF, has a text; line breaks do not count."""
    pdf = page.suffix == ".pdf"
    text = "".join(sheet.extract_text() for sheet in PdfReader(page).pages) if pdf else page.read_text("utf-8")
    return sign in "".join(text.split())


def turn(
    builder: Builder, book: Path, variables: Mapping[str, str], changes: Mapping[str, Change], run: int
) -> Iterator[dict[str, Any]]:
    """Build from nothing, then after each change."""
    for made in builder.made:
        shutil.rmtree(book / made, ignore_errors=True)
    yield {"change": FROM_NOTHING, **builder.build(book, variables)}
    for name, change in changes.items() if builder.keeps else ():
        sign = change.make(book, run)
        yield {"change": name, **builder.build(book, variables, sign)}


def install_peers(place: Path) -> Path:
    """Install the other builders, pinned as they are; the folder with their programs."""
    subprocess.run([sys.executable, "-m", "venv", place], check=True)
    pip = [place / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", PROJECT / "bench" / "peers.txt"], check=True, stdout=sys.stderr)
    (packages,) = place.glob("lib/*/site-packages")
    # after its own packages those of this environment, for the kernels
    (packages / "book.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return place / "bin"


def tables() -> dict[str, dict[str, Any]]:
    """The tables of builds.yaml, with their builders and changes by name, and the name of the reference."""
    config = yaml.safe_load(CONFIG.read_text("utf-8"))
    for table in config["tables"].values():
        table["builders"] = {name: Builder(**words) for name, words in table["builders"].items()}
        table["changes"] = {name: Change(**config["changes"][name]) for name in table["changes"]}
    return config["tables"]


def main() -> None:
    """Measure one table; what cannot run here is named and left out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", choices=tables())
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default="", help="only builders whose names contain this")
    options = parser.parse_args()
    table, builders, rows = tables()[options.table], {}, []
    for name, builder in table["builders"].items():
        if missing := [program for program in builder.needs if not shutil.which(program)]:
            print(f"{name} is left out: there is no {', '.join(missing)}", file=sys.stderr)
        elif options.only in name:
            builders[name] = builder
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        books = {name: b.prepare(Path(place, str(number))) for number, (name, b) in enumerate(builders.items())}
        peers = install_peers(Path(place, "peers")) if any(b.peers for b in builders.values()) else None
        for run in range(1, options.runs + 1):
            for name, builder in builders.items():
                variables = environment(books[name], peers if builder.peers else None)
                for row in turn(builder, books[name], variables, table["changes"], run):
                    rows.append({"builder": name, "run": run, **row})
                    print(rows[-1], file=sys.stderr, flush=True)
    write(options.table, rows)


if __name__ == "__main__":
    main()
