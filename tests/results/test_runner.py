"""Notebooks that run side by side come out as they do alone, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from gongbao.results.evidence import Witness
from gongbao.results.runner import CAN_FORK, Job, Run, run
from gongbao.results.zygote import Zygote

both_ways = pytest.mark.parametrize(
    "fork", [pytest.param(True, marks=pytest.mark.skipif(not CAN_FORK, reason="only on Linux")), False]
)


def job(folder: Path, name: str, *cells: str, timeout: int = 60) -> Job:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return Job(name, made, folder, timeout)


def printed(result: Run) -> str:
    """What the cells printed."""
    assert not result.error, result.report
    return "".join(output.get("text", "") for cell in result.job.notebook.cells for output in cell.outputs)


@pytest.fixture
def execute(tmp_path: Path) -> Callable[..., dict[str, Run]]:
    """Run notebooks, given as names with their cells."""

    def start(*, fork: bool, timeout: int = 60, **notebooks: list[str]) -> dict[str, Run]:
        jobs = [job(tmp_path, name, *cells, timeout=timeout) for name, cells in notebooks.items()]
        return {result.job.name: result for result in run(jobs, lambda _: None, fork=fork)}

    return start


forks = pytest.mark.skipif(not CAN_FORK, reason="only on Linux")

CHAPTER = [
    "from gongbao.chapter import charts\nfrom gongbao.chapter import Chapter\nchapter = Chapter('debt')",
    "limit = chapter['debt.limit.total@2023']\nchapter.table('t', {'数': [limit]}, title='限额')",
    "canvas, axes = charts.canvas(2)\naxes.plot([1, 2], label='线')\n"
    "chapter.chart(canvas, 'c', form='线', title='限额', also=[limit])",
    "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
    "import sys\nprint('to stdout')\nprint('to stderr', file=sys.stderr)",
]

# what a process inherits, or sets for those after it
SPOIL = """
import builtins, os, random, sys
import matplotlib, numpy, pandas
import gongbao.figures.units
os.environ["SPOILT"] = "1"
os.chdir("/")
sys.argv.append("spoilt"); sys.path.append("/spoilt")
builtins.spoilt = gongbao.figures.units.spoilt = True
matplotlib.rcParams["font.size"] = 99
pandas.set_option("display.max_rows", 3)
random.seed(1); numpy.random.seed(1)
"""
LOOK = """
import builtins, os, signal, sys, threading
import matplotlib, pandas, zmq
import gongbao.figures.units
print(os.environ.get("SPOILT"), os.getcwd(), [a for a in sys.argv[1:] if "kernel" in a], "/spoilt" in sys.path)
print(hasattr(builtins, "spoilt"), hasattr(gongbao.figures.units, "spoilt"))
print(matplotlib.rcParams["font.size"], matplotlib.get_backend(), pandas.get_option("display.max_rows"))
print(sorted({type(thread).__name__ for thread in threading.enumerate()}))
print(sorted(os.path.basename(p) for p in sys.path if "gongbao" in p), __name__, sys.stdin.read() if 0 else "")
print(signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGCHLD))
"""


@forks
def test_a_fork_gives_what_a_new_process_gives(execute):
    (forked,), (plain,) = (execute(fork=fork, debt=CHAPTER).values() for fork in (True, False))
    assert not forked.error
    assert forked.job.notebook == {**plain.job.notebook, "cells": forked.job.notebook.cells}
    for one, other in zip(forked.job.notebook.cells, plain.job.notebook.cells, strict=True):
        assert (one.outputs, one.metadata, one.execution_count) == (
            other.outputs,
            other.metadata,
            other.execution_count,
        )
    assert "<svg" in str(forked.job.notebook.cells[2].outputs)
    # the two ways differ in the modules that start a kernel, and in nothing else that was read
    assert {path for path in forked.inputs.keys() ^ plain.inputs.keys() if "/execution/" not in path} == set()


@forks
def test_a_kernel_knows_nothing_of_the_others(execute):
    many = {f"spoil{number}": [SPOIL] for number in range(2 * (os.cpu_count() or 1))}
    after_others = execute(fork=True, **many, look=[LOOK])["look"]
    alone = execute(fork=False, look=[LOOK])["look"]
    assert printed(after_others) == printed(alone)
    assert printed(alone).startswith("None ")


@forks
def test_chance_differs_from_kernel_to_kernel(execute):
    draw = ["import random, uuid, numpy\nprint(random.random(), numpy.random.rand(), uuid.uuid4())"]
    first, second = (printed(result).split() for result in execute(fork=True, first=draw, second=draw).values())
    assert all(one != other for one, other in zip(first, second, strict=True))


@both_ways
def test_an_error_is_told_with_its_cell_and_stops_no_other_notebook(execute, fork):
    results = execute(fork=fork, bad=["x = 1", "x / 0  # here"], good=["print('fine')"])
    assert isinstance(results["bad"].error, CellExecutionError)
    assert "x / 0  # here" in results["bad"].report
    assert "ZeroDivisionError" in results["bad"].report
    assert printed(results["good"]) == "fine\n"


@both_ways
def test_a_kernel_that_dies_is_told_with_its_cell(execute, fork):
    results = execute(fork=fork, bad=["1", "import os\nos._exit(3)"], good=["print('fine')"])
    assert isinstance(results["bad"].error, DeadKernelError)
    assert "os._exit(3)" in results["bad"].report
    assert printed(results["good"]) == "fine\n"


@both_ways
def test_a_notebook_that_hangs_is_stopped(execute, fork, tmp_path):
    hang = "import os\nopen('pid', 'w').write(str(os.getpid()))\nwhile True: pass"
    (result,) = execute(fork=fork, timeout=1, bad=[hang]).values()
    assert isinstance(result.error, CellTimeoutError)
    assert "while True" in result.report
    assert gone(int((tmp_path / "pid").read_text()))


SLEEP = """
import os, time
open("pid.part", "w").write(str(os.getpid()))
os.rename("pid.part", "pid")
time.sleep(600)
"""


@pytest.fixture
def build(tmp_path):
    """Start a process that runs a notebook without an end; gives the process and the pid of the kernel."""

    def start(fork: bool) -> tuple[subprocess.Popen, int]:
        nbformat.write(job(tmp_path, "sleep", SLEEP).notebook, tmp_path / "sleep.ipynb")
        code = f"""
from pathlib import Path
import nbformat
from gongbao.results.runner import Job, run
notebook = nbformat.read("sleep.ipynb", as_version=4)
run([Job("sleep", notebook, Path.cwd(), 600)], lambda result: print("done", result.error), fork={fork})
"""
        command = [sys.executable, "-c", code]
        # what a shell starts in the background ignores Ctrl-C, and so would this
        listen = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen(command, cwd=tmp_path, preexec_fn=listen, **pipes)
        pid = tmp_path / "pid"
        assert wait_for(pid.exists)
        return process, int(pid.read_text())

    return start


@both_ways
def test_no_kernel_outlives_a_build_that_is_killed(build, fork):
    process, kernel = build(fork)
    process.kill()
    process.communicate()
    assert gone(kernel)


@both_ways
def test_ctrl_c_ends_a_build_and_its_kernels(build, fork):
    process, kernel = build(fork)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert b"KeyboardInterrupt" in errors
    assert output == b""
    assert gone(kernel)


@forks
def test_without_the_zygote_a_kernel_is_a_process_of_its_own(execute, monkeypatch):
    monkeypatch.setattr(Zygote, "fork", lambda *_: None)
    (result,) = execute(fork=True, alone=["print('fine')"]).values()
    assert printed(result) == "fine\n"
    assert result.inputs


@forks
def test_a_zygote_that_cannot_start_forks_nothing(monkeypatch, tmp_path):
    (tmp_path / "matplotlib.py").write_text("raise ImportError('no such luck')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    with Zygote() as zygote:
        assert zygote.fork("record", [], ".", {}) is None


@forks
def test_libraries_loaded_under_other_variables_are_not_used(monkeypatch):
    with Zygote() as zygote:
        assert zygote.suits({**os.environ, "JPY_SESSION_NAME": "notebook"})
        assert not zygote.suits({**os.environ, "GONGBAO_DATA": "elsewhere"})


def test_what_is_read_is_recorded_and_what_is_written_is_not(execute, tmp_path):
    (tmp_path / "helper.py").write_text("VALUE = 1\n")
    (tmp_path / "table.csv").write_text("a\n1\n")
    (tmp_path / "folder").mkdir()
    cells = [
        "import helper, os, pathlib\nimport pandas as pd\npd.read_csv('table.csv')\nos.listdir('folder')",
        "pathlib.Path('own.txt').write_text('x')\npathlib.Path('own.txt').read_text()",
        "try:\n    open('absent')\nexcept FileNotFoundError:\n    pass",
        "pathlib.Path('table.csv').write_text('changed')",
    ]
    first, second = (execute(fork=fork, reads=cells)["reads"] for fork in (False, CAN_FORK))
    read = {path.removeprefix(f"{tmp_path.resolve()}{os.sep}"): content for path, content in first.inputs.items()}
    assert {"helper.py", "table.csv", "folder", "absent"} == {name for name in read if os.sep not in name}
    assert read["absent"] == "missing"
    changed = {path for path in first.inputs if first.inputs[path] != second.inputs.get(path)}
    # the content is that of the moment when it was read, not that of the end
    assert [Path(path).name for path in changed if str(tmp_path) in path] == ["table.csv"]


def test_a_link_that_leads_elsewhere_is_noticed(execute, tmp_path):
    for name in "ab":
        (tmp_path / name).write_text(name)
    link = tmp_path / "link"
    link.symlink_to("a")
    (result,) = execute(fork=False, reads=["open('link').read()"]).values()
    evidence = Witness(tmp_path).evidence(result.inputs)
    assert Witness(tmp_path).confirms(evidence)
    link.unlink()
    link.symlink_to("b")
    assert not Witness(tmp_path).confirms(evidence)


def gone(pid: int) -> bool:
    """Whether a process ends soon."""
    return wait_for(lambda: not alive(pid))


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def wait_for(condition) -> bool:
    for _ in range(600):
        if condition():
            return True
        time.sleep(0.1)
    return False
