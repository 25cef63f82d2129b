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
from nbformat import NotebookNode

from gongbao.results.kernels import Run, run

pytestmark = pytest.mark.slow


def notebook(*cells: str) -> NotebookNode:
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])


def printed(done: Run) -> str:
    """What the cells printed."""
    assert not done.failure, done.report
    return "".join(output.get("text", "") for cell in done.notebook.cells for output in cell.outputs)


@pytest.fixture
def execute(tmp_path: Path) -> Callable[..., dict[str, Run]]:
    """Run notebooks, given as names with their cells."""

    def start(timeout: int = 60, **notebooks: list[str]) -> dict[str, Run]:
        jobs = [(tmp_path / f"{name}.ipynb", notebook(*cells)) for name, cells in notebooks.items()]
        return {done.path.stem: done for done in run(jobs, timeout, dict(os.environ))}

    return start


# what a process inherits, or sets for those after it
SPOIL = """
import builtins, os, random, sys
import matplotlib, numpy, pandas
os.environ["SPOILT"] = "1"
os.chdir("/")
sys.path.append("/spoilt")
builtins.spoilt = pandas.spoilt = True
matplotlib.rcParams["font.size"] = 99
pandas.set_option("display.max_rows", 3)
random.seed(1); numpy.random.seed(1)
"""
LOOK = """
import builtins, os, sys
import matplotlib, pandas
print(os.environ.get("SPOILT"), os.getcwd(), "/spoilt" in sys.path, hasattr(builtins, "spoilt"), __name__)
print(matplotlib.rcParams["font.size"], matplotlib.get_backend(), pandas.get_option("display.max_rows"))
print(hasattr(pandas, "spoilt"))
"""


def test_a_kernel_knows_nothing_of_the_others_nor_of_what_started_it(execute, tmp_path):
    many = {f"spoil{number}": [SPOIL] for number in range(os.cpu_count() or 1)}
    seen = printed(execute(**many, look=[LOOK])["look"])
    backend = "module://matplotlib_inline.backend_inline"
    assert seen == f"None {tmp_path} False False __main__\n10.0 {backend} 60\nFalse\n"


NEW = """
import sys, matplotlib
tables = sys.modules["gongbao.ledger.tables"]  # loaded before the fork, as all that a chapter needs
print(tables.book_data.cache_info().currsize, matplotlib.rcParams["font.size"], get_ipython().history_manager.enabled)
"""


def test_before_it_is_a_kernel_nothing_has_looked_for_data_or_set_a_style_and_no_history_is_kept(execute):
    assert printed(execute(new=[NEW])["new"]) == "0 10.0 False\n"


def test_chance_differs_from_kernel_to_kernel(execute):
    draw = ["import random, uuid, numpy\nprint(random.random(), numpy.random.rand(), uuid.uuid4())"]
    first, second = (printed(done).split() for done in execute(first=draw, second=draw).values())
    assert all(one != other for one, other in zip(first, second, strict=True))


def test_an_error_or_a_death_is_told_with_its_cell_and_stops_no_other_notebook(execute):
    done = execute(bad=["x = 1", "x / 0  # here"], dead=["1", "import os\nos._exit(3)"], good=["print('fine')"])
    assert done["bad"].failure == "cell 2 (x / 0  # here): ZeroDivisionError: division by zero"
    assert "x / 0  # here" in done["bad"].report
    assert "DeadKernelError" in done["dead"].failure
    assert "os._exit(3)" in done["dead"].report
    assert printed(done["good"]) == "fine\n"


def test_a_kernel_that_ends_before_it_answers_is_told_at_once(tmp_path):
    (done,) = run([(tmp_path / "no" / "folder.ipynb", notebook("1"))], None, dict(os.environ))
    assert done.failure == "RuntimeError: the kernel ended before it answered"


def test_a_notebook_that_hangs_is_stopped(execute, tmp_path):
    hang = "import os\nopen('pid', 'w').write(str(os.getpid()))\nwhile True: pass"
    (done,) = execute(timeout=1, bad=[hang]).values()
    assert "CellTimeoutError" in done.failure
    assert "while True" in done.report
    assert gone(int((tmp_path / "pid").read_text()))


SLEEP = """
import os, time
open("pid.part", "w").write(str(os.getpid()))
os.rename("pid.part", "pid")
time.sleep(600)
"""
START = """
import os
from pathlib import Path
import nbformat
from gongbao.results.kernels import run
if __name__ == "__main__":
    path = Path("sleep.ipynb").resolve()
    print([done.failure for done in run([(path, nbformat.read(path, as_version=4))], 600, dict(os.environ))])
"""


@pytest.fixture
def build(tmp_path):
    """Start a process that runs a notebook without an end; gives the process and the pid of the kernel."""

    def start() -> tuple[subprocess.Popen, int]:
        nbformat.write(notebook(SLEEP), tmp_path / "sleep.ipynb")
        (tmp_path / "start.py").write_text(START)
        # what a shell starts in the background ignores Ctrl-C, and so would this
        listen = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        command = [sys.executable, "start.py"]
        process = subprocess.Popen(command, cwd=tmp_path, preexec_fn=listen, start_new_session=True, **pipes)
        assert wait_for((tmp_path / "pid").exists)
        return process, int((tmp_path / "pid").read_text())

    return start


def test_no_kernel_outlives_a_build_that_is_killed(build):
    process, kernel = build()
    process.kill()
    process.communicate()
    assert gone(kernel)


def test_ctrl_c_ends_a_build_and_its_kernels(build):
    process, kernel = build()
    # a terminal sends it to all processes of the command
    os.killpg(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert b"KeyboardInterrupt" in errors
    assert output == b""
    assert gone(kernel)


def test_what_is_read_is_noted_and_what_is_written_is_not(execute, tmp_path):
    (tmp_path / "helper.py").write_text("VALUE = 1\n")
    (tmp_path / "table.csv").write_text("a\n1\n")
    (tmp_path / "folder").mkdir()
    cells = [
        "import helper, os, pathlib\nimport pandas as pd\npd.read_csv('table.csv')\nos.listdir('folder')",
        "pathlib.Path('own.txt').write_text('x')\npathlib.Path('own.txt').read_text()",
        "try:\n    open('absent')\nexcept FileNotFoundError:\n    pass",
    ]
    done = execute(reads=cells)["reads"]
    read = {path.name for path in done.read if path.parent == tmp_path}
    assert read == {"helper.py", "table.csv", "folder", "absent"}
    assert {path.name for path in done.wrote if path.parent == tmp_path} == {"own.txt"}


def test_what_a_notebook_renames_or_removes_is_noted_as_written(execute, tmp_path):
    for name in ("gone.csv", "moved.csv"):
        (tmp_path / name).write_text("a")
    done = execute(writes=["import os\nos.remove('gone.csv')\nos.rename('moved.csv', 'there.csv')"])["writes"]
    assert {path.name for path in done.wrote if path.parent == tmp_path} == {"gone.csv", "moved.csv", "there.csv"}


def test_a_process_that_a_notebook_leaves_behind_ends_with_it(execute, tmp_path):
    cells = ["import pathlib, subprocess\nleft = subprocess.Popen(['sleep', '600'])"]
    cells += ["pathlib.Path('pid').write_text(str(left.pid))"]
    assert not execute(leaves=cells)["leaves"].failure
    assert gone(int((tmp_path / "pid").read_text()))


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
