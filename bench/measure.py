"""What the benchmarks share: a copy of the book, and what a command costs in it.

On Linux the processes that a command leaves behind, as kernels whose parent ended first, are counted, too.
"""

from __future__ import annotations

import csv
import ctypes
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psutil

PROJECT = Path(__file__).resolve().parents[1]
PARTS = ("_config.yml", "_toc.yml", "book", "notebooks", "data")
RESULTS = PROJECT / "bench" / "results"
"""The tables and the picture that report.py puts into words."""

PACKAGES = (
    "jupyter-book",
    "Sphinx",
    "myst-nb",
    "jupyter-cache",
    "nbconvert",
    "ipykernel",
    "pandas",
    "matplotlib",
    "typst",
)
BIN = Path(sys.executable).parent
JUPYTER_BOOK = (str(BIN / "jupyter-book"), "build", ".", "-W", "-n", "--keep-going")
GONGBAO = (sys.executable, "-X", "utf8", "-m", "gongbao", "build", "html")

_PR_SET_CHILD_SUBREAPER = 36
_PATIENCE = 10
_MAXRSS_PER_MIB = 1 << 20 if sys.platform == "darwin" else 1 << 10


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, seconds of processors (user and system), and MiB of the largest single process."""

    wall: float
    cpu: float
    memory: float


def copy_of_the_book(place: Path, parts: Iterable[str] = PARTS) -> Path:
    """The sources of the book in a folder of their own."""
    for part in parts:
        source = PROJECT / part
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, place / part)
    return place


def environment(**more: str) -> dict[str, str]:
    """The variables of a build: one date, the library of this project, nothing of the one who measures."""
    kept = {name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("GONGBAO_")}
    paths = os.pathsep.join([str(PROJECT), str(PROJECT / "bench")])
    return kept | {"SOURCE_DATE_EPOCH": "1700000000", "PYTHONUTF8": "1", "PYTHONPATH": paths} | more


def measure(
    command: Sequence[str], cwd: Path, variables: dict[str, str] | None = None, accept: Sequence[int] = (0,)
) -> Cost:
    """Run a command to its end; one that fails ends the measurement."""
    _adopt_what_is_left()
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=cwd, env=variables or environment(), stdout=output, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        usages = [usage, *_left()]
        if process.returncode not in accept:
            output.seek(0)
            sys.exit(f"{' '.join(command)} failed in {cwd}:\n{output.read()[-4000:].decode(errors='replace')}")
    cpu = sum(one.ru_utime + one.ru_stime for one in usages)
    return Cost(wall, cpu, max(one.ru_maxrss for one in usages) / _MAXRSS_PER_MIB)


def _adopt_what_is_left() -> None:
    """Become the parent of processes whose parent ends, so that what they used is told here."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _left() -> list[os.struct_rusage]:
    """What the processes used that the command left; those that do not end by themselves are ended."""
    deadline = time.monotonic() + _PATIENCE
    usages = []
    while True:
        try:
            pid, _, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return usages
        if pid:
            usages.append(usage)
            continue
        if time.monotonic() > deadline:
            for child in psutil.Process().children(recursive=True):
                child.kill()
        time.sleep(0.05)


def spread(values: Sequence[float], digits: int = 1) -> str:
    """The median, with minimum and maximum."""
    median, low, high = (f"{value:.{digits}f}" for value in (statistics.median(values), min(values), max(values)))
    return f"{median} ({low}–{high})"


def size(folder: Path) -> float:
    """MiB of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / (1 << 20)


def write(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Keep a table for the report, with what measured it."""
    RESULTS.mkdir(exist_ok=True)
    _write(name, head, rows)
    _write(f"{name}-machine", ("what", "value"), _machine())


def _write(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with (RESULTS / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows])


def _machine() -> list[tuple[str, str]]:
    """What the seconds depend on, and how busy the machine was; no name of it."""
    cpuinfo = Path("/proc/cpuinfo")
    model = re.search("model name\\s*: (.*)", cpuinfo.read_text()) if cpuinfo.exists() else None
    return [
        ("processor", f"{model[1] if model else platform.machine()} × {os.cpu_count()}"),
        ("memory", f"{psutil.virtual_memory().total / (1 << 30):.1f} GiB"),
        ("system", f"{platform.system()} {platform.release()}"),
        ("Python", platform.python_version()),
        *((package, version(package)) for package in PACKAGES),
        ("load, mean of the 15 minutes before the end", f"{psutil.getloadavg()[2]:.1f}"),
        ("date", time.strftime("%Y-%m-%d", time.gmtime())),
    ]
