"""What a command costs, and where it is measured: in a copy of the book, on a machine that the results describe.

``python bench/measure.py COMMAND…`` prints the cost of one command as JSON; what the command says goes to stderr. It is
a process of its own, so that what the system counts for its children is the command and nothing else. (hyperfine and
pyperf repeat one command with nothing changed in between, and do not count processes that it leaves behind.)
"""

from __future__ import annotations

import csv
import ctypes
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

PROJECT = Path(__file__).resolve().parents[1]
RESULTS = PROJECT / "bench" / "results"
BOOK = ("_config.yml", "_toc.yml", "book", "notebooks", "data")
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, seconds of processors (user and system), and MiB of the largest single process."""

    wall: float
    cpu: float
    memory: float


class CommandFailedError(Exception):
    """A command that did not end well: what it took says nothing."""


def copy_of_the_book(place: Path, *more: str) -> Path:
    """Copy the sources of the book, in Chinese alone, and what else is named, into a folder that is made."""
    place.mkdir(parents=True)
    for part in (*BOOK, *more):
        if (PROJECT / part).is_dir():
            # JupyterLab leaves copies of the notebooks that it opened
            shutil.copytree(PROJECT / part, place / part, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
        else:
            shutil.copy(PROJECT / part, place / part)
    return place


def environment(book: Path, programs: Path | None = None) -> dict[str, str]:
    """Make the variables of a build: one date, the data of the copy, this library, nothing of the one who measures.

    The programs are those of this environment; those of another one, if it is given, come first.
    """
    # without compiled modules, which some set-ups of containers forbid, each program would first compile what it loads
    own = ("CI", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if name not in own and not name.startswith("GONGBAO_")}
    folders = [*([str(programs)] if programs else []), str(Path(sys.executable).parent), os.environ["PATH"]]
    return kept | {
        "GONGBAO_DATA": str(book / "data"),
        "PATH": os.pathsep.join(folders),
        "PYTHONPATH": str(PROJECT),
        "PYTHONUTF8": "1",
        "SOURCE_DATE_EPOCH": "1700000000",
    }


def measure(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> Cost:
    """Run a command to its end.

    Raises:
        CommandFailedError: if it fails, with the last of what it said.
    """
    this = [sys.executable, __file__, *command]
    done = subprocess.run(this, cwd=folder, env=variables, capture_output=True, text=True, errors="replace")
    if done.returncode:
        raise CommandFailedError(f"{' '.join(command)} failed in {folder}:\n{done.stderr[-4000:]}")
    return Cost(**json.loads(done.stdout))


def main(command: Sequence[str]) -> int:
    """Run a command and print its cost; the result is its own."""
    import resource  # Windows has none, and measures nothing

    if sys.platform == "linux":
        # processes whose parent ends, as kernels do, become children of this one, and are counted, too
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    start = time.perf_counter()
    code = subprocess.run(command, stdout=sys.stderr).returncode
    wall = time.perf_counter() - start
    left = psutil.Process().children(recursive=True)
    for process in left:
        process.kill()
    psutil.wait_procs(left)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    # macOS counts bytes
    memory = used.ru_maxrss / (1 << (20 if sys.platform == "darwin" else 10))
    print(json.dumps({"wall": wall, "cpu": used.ru_utime + used.ru_stime, "memory": memory}))
    return code


def mebibytes(folder: Path) -> float:
    """MiB of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / (1 << 20)


def machine() -> dict[str, Any]:
    """What seconds depend on: the version measured, the machine (no name of it), and how busy it was."""
    git = ("git", "describe", "--tags", "--always", "--dirty")
    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "version": subprocess.run(git, cwd=PROJECT, capture_output=True, text=True).stdout.strip(),
        "processors": f"{os.cpu_count()} × {platform.machine()}",
        "memory, GiB": round(psutil.virtual_memory().total / (1 << 30)),
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "load of the last 15 minutes": round(psutil.getloadavg()[2], 1),
    }


def write(name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep each measurement as it is, in ``results/NAME.csv``, with where it was made, in ``NAME.machine.csv``."""
    RESULTS.mkdir(exist_ok=True)
    for path, lines in ((f"{name}.csv", list(rows)), (f"{name}.machine.csv", [machine()])):
        with (RESULTS / path).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(lines[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
