"""Which notebooks have to run again: those for which something has changed since their last run.

A run is kept as the executed notebook in ``_build/runs``, and beside it a note of what it depends on: its code, the
library, Python and its packages, the languages that it drew in, and each file of the book that its kernel opened.
What leaves no trace of being read does not count: the clock, the network, chance, files outside the book.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path

from nbformat import NotebookNode

import gongbao
from gongbao.prose.editions import VARIABLE, configuration, languages
from gongbao.results.failure import plain

RUNS = Path("_build", "runs")
"""The folder of the executed notebooks, below the folder of the book."""

_KERNELS_LOAD = ("figures", "ledger", "prose", "chapter", "results", "typst/fonts")
"""The parts of the library that notebooks depend on; those that make pages of their outputs are not among them."""


class FailedRunError(ValueError):
    """Notebooks failed; the message has a line for each."""


def run_all(root: Path, sources: Mapping[str, NotebookNode], told: Callable[[str], None]) -> Mapping[str, NotebookNode]:
    """Give notebooks, by their names among the pages, their outputs; those that have to run do so.

    A FailedRunError if one fails; the runs of the others are kept. ``told`` gets a line whenever something is done.
    """
    missing = [name for name, notebook in sources.items() if not _holds(root, name, notebook)]
    # the largest first, so that the last one does not run alone for long
    missing.sort(key=lambda name: sum(len(cell.source) for cell in code(sources[name])), reverse=True)
    if missing:
        _run(root, {name: sources[name] for name in missing}, told)
    return executed(root, sources)


def executed(root: Path, sources: Mapping[str, NotebookNode]) -> Mapping[str, NotebookNode]:
    """Give notebooks the outputs of their last runs, which have to be runs of their present code."""
    for name, notebook in sources.items():
        run: NotebookNode = json.loads(run_file(root, name).read_text("utf-8"), object_hook=NotebookNode)
        for cell, one in zip(code(notebook), code(run), strict=True):
            cell.outputs, cell.execution_count = one.outputs, one.execution_count
        notebook.metadata.language_info = run.metadata.language_info
    return sources


def _run(root: Path, notebooks: Mapping[str, NotebookNode], told: Callable[[str], None]) -> None:
    from gongbao.results.kernels import run  # builds that run nothing should not wait for it

    told(f"running {len(notebooks)} {'notebook' if len(notebooks) == 1 else 'notebooks'} ...")
    timeout = (configuration(root).get("execute") or {}).get("timeout")
    variables = {**os.environ, "GONGBAO_DATA": str(root / "data"), VARIABLE: " ".join(languages(root))}
    failed: list[str] = []
    before, started = {name: _made_of(root, notebook) for name, notebook in notebooks.items()}, time.time()
    jobs = [(root / f"{name}.ipynb", notebook) for name, notebook in notebooks.items()]
    for number, done in enumerate(run(jobs, timeout, variables), 1):
        path = done.path.relative_to(root)
        if not done.failure and (wrote := [path for path in done.wrote if _belongs_to(root, path)]):
            seen = ", ".join(path.relative_to(root).as_posix() for path in wrote)
            done.failure = f"it writes {seen}; expected: the files of the book as they were"
        what = "Failed to execute" if done.failure else "Executed"
        told(f"[{number}/{len(notebooks)}] {what} notebook {path.as_posix()} in {done.seconds:.1f} s")
        if done.failure:
            log = root / "_build" / "log" / f"{done.path.stem}.txt"
            write_whole(log, plain(done.report).encode())
            failed.append(f"{path.as_posix()}, {done.failure} (the traceback is in {log.relative_to(root).as_posix()})")
        else:
            write_whole(run_file(root, path), json.dumps(done.notebook, ensure_ascii=False).encode())
            made_of = before[path.with_suffix("").as_posix()]
            rests_on = made_of | _as_kept(root, path) | _digests(root, done.read, started)
            write_whole(_note(root, path), json.dumps(rests_on).encode())
    if failed:
        raise FailedRunError("\n".join(failed))


def run_file(root: Path, name: str | Path) -> Path:
    """The file of the run of a notebook, given its name among the pages: ``notebooks/debt``."""
    return (root / RUNS / name).with_suffix(".ipynb")


def _note(root: Path, name: str | Path) -> Path:
    """The file with the digests of everything that the run of a notebook depends on."""
    return run_file(root, name).with_suffix(".json")


def write_whole(path: Path, data: bytes) -> None:
    """Write a file atomically, even if the program ends meanwhile or another one writes the same file."""
    make_whole(path, lambda part: part.write_bytes(data))


def make_whole(path: Path, make: Callable[[Path], object]) -> None:
    """Have a temporary file made beside its place, then rename it: atomically, too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        make(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)  # rename leaves it where both are hard links to one file


def _holds(root: Path, name: str, notebook: NotebookNode) -> bool:
    """Whether the last run of a notebook is undamaged, and everything that it depends on is unchanged."""
    try:
        rests_on = json.loads(_note(root, name).read_text("utf-8"))
        now = _made_of(root, notebook) | _as_kept(root, name)
        return bool(rests_on == now | _digests(root, [root / path for path in rests_on if path not in now]))
    except (OSError, ValueError, TypeError):  # there is no note, or it is broken
        return False


def _as_kept(root: Path, name: str | Path) -> dict[str, str]:
    """The digest of the stored run itself, so that a damaged file is noticed."""
    return {"(run)": content(run_file(root, name))}


def code(notebook: NotebookNode) -> list[NotebookNode]:
    """The code cells of a notebook."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _made_of(root: Path, notebook: NotebookNode) -> dict[str, str]:
    """The digests of what a run depends on besides the files that it reads; no file has these names."""
    return {
        "(code)": digest_of([cell.source for cell in code(notebook)]),
        "(library)": library(*_KERNELS_LOAD),
        "(packages)": packages(),
        "(languages)": " ".join(languages(root)),
    }


def _digests(root: Path, files: Iterable[Path], started: float | None = None) -> dict[str, str]:
    """The digests of those files that belong to the book, by their place in it.

    A file that has changed since the run started may have been read before that, with contents that are not known.
    """
    inside = [path for path in sorted(files) if _belongs_to(root, path)]
    known = [started is None or not path.exists() or path.stat().st_mtime < started for path in inside]
    return {
        path.relative_to(root).as_posix(): content(path) if as_read else "changed while it was read"
        for path, as_read in zip(inside, known, strict=True)
    }


def _belongs_to(root: Path, path: Path) -> bool:
    if not path.is_relative_to(root) or path.is_relative_to(sys.prefix):
        return False
    first, *_ = (*path.relative_to(root).parts, "")
    return first not in ("_build", "gongbao") and "__pycache__" not in path.parts


def content(path: Path) -> str:
    """The digest of a file, or of the names in a folder; empty if there is neither."""
    try:
        if path.is_dir():
            return digest_of(sorted(inside.name for inside in path.iterdir()))
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def digest_of(content: object) -> str:
    """The digest of a value that JSON can hold, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@cache
def library(*parts: str) -> str:
    """The digest of parts of the library; without a name, of all of it."""
    base = Path(gongbao.__file__).parent
    found = (path for part in parts or [""] for path in (base / part).rglob("*"))
    return of_files(base, (path for path in found if path.suffix != ".pyc"))


def of_files(folder: Path, paths: Iterable[Path]) -> str:
    """The digest of files in a folder, with their names."""
    return digest_of({path.relative_to(folder).as_posix(): content(path) for path in paths if path.is_file()})


@cache
def packages() -> str:
    """The digest of Python, the machine, and all packages with their versions."""
    folders = [Path(entry) for entry in sys.path if Path(entry).is_dir()]
    names = {path.name for folder in folders for path in folder.glob("*-info")}
    return digest_of([sys.version, platform.platform(), *sorted(names)])


def programs() -> str:
    """The digests of all programs that make the book: the library, and the installed packages."""
    return f"{library()} {packages()}"
