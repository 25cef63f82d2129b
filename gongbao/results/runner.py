"""Run notebooks side by side, each in a kernel of its own."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from nbclient import NotebookClient
from nbformat import NotebookNode

from gongbao.results import record
from gongbao.results.failure import cell_in_words, in_one_line
from gongbao.results.provisioner import BookKernelManager
from gongbao.results.zygote import Zygote

CAN_FORK = sys.platform == "linux"

_LONGEST_FOLDER = 80
"""The path of a socket may have about a hundred characters."""

MOST_LINES, MOST_CHARACTERS = 1_000, 200_000
"""What a cell may print: some twenty pages of a book. More is a mistake, and would take hours to typeset."""


class OutputError(Exception):
    """A cell printed more than a book has room for."""


@dataclass(frozen=True)
class Job:
    """A notebook to run, in a folder or, if None is given, in an empty one; its outputs are put into it."""

    name: str
    notebook: NotebookNode
    folder: Path | None
    timeout: int | None
    allow_errors: bool = False


@dataclass(frozen=True)
class Run:
    """How it went: seconds, contents of the files that were read by their paths, and the error with all about it.

    There are no inputs if the kernel kept no record, as one of another language. The cell is the one that failed, in
    words.
    """

    job: Job
    seconds: float
    inputs: dict[str, str] | None
    error: Exception | None = None
    report: str = ""
    cell: str = ""

    @property
    def failure(self) -> str:
        """What went wrong, in one line: notebook, cell, error."""
        place = ", ".join(filter(None, [f"{self.job.name}.ipynb", self.cell]))
        return f"{place}: {in_one_line(self.error)}" if self.error else ""


class _Loop(asyncio.SelectorEventLoop):
    """Leaves Ctrl-C alone, which each nbclient would take over for its own kernel."""

    def add_signal_handler(self, *_: Any) -> NoReturn:  # type: ignore[override]
        raise RuntimeError("signals are for the build")


def run(jobs: Sequence[Job], done: Callable[[Run], None], *, fork: bool = CAN_FORK) -> list[Run]:
    """Run all of them, as many at a time as there are processors; one that fails does not keep the others from it.

    Args:
        jobs: the notebooks.
        done: is called whenever one is done.
        fork: the kernels off a process that has the libraries loaded.
    """
    with (
        tempfile.TemporaryDirectory(prefix="gongbao-") as place,
        Zygote() if fork else nullcontext() as zygote,
        asyncio.Runner(loop_factory=_Loop) as runner,
    ):
        return runner.run(_run_all(jobs, done, Path(place), zygote))


async def _run_all(jobs: Sequence[Job], done: Callable[[Run], None], place: Path, zygote: Zygote | None) -> list[Run]:
    processors = asyncio.Semaphore(os.cpu_count() or 1)

    async def take_turn(number: int, job: Job) -> Run:
        async with processors:
            result = await _run_one(job, place / str(number), zygote)
        if (task := asyncio.current_task()) and task.cancelling():
            # nbclient takes the end of the build for that of the kernel
            raise asyncio.CancelledError
        done(result)
        return result

    return await asyncio.gather(*(take_turn(number, job) for number, job in enumerate(jobs)))


async def _run_one(job: Job, place: Path, zygote: Zygote | None) -> Run:
    """Run a notebook; the paths of all that its kernel needs begin with the given one."""
    started = time.monotonic()
    files = place.with_suffix(".record")
    folder = job.folder or place.with_suffix(".folder")
    folder.mkdir(exist_ok=True)
    begun: list[tuple[int, NotebookNode]] = []
    client = NotebookClient(
        job.notebook,
        _manager(job.notebook, place, files, zygote),
        resources={"metadata": {"path": str(folder)}},
        timeout=job.timeout,
        allow_errors=job.allow_errors,
        record_timing=False,  # it would become a part of the cells, by which jupyter-cache knows a notebook
        shutdown_kernel="immediate",
        on_cell_start=lambda cell, cell_index: begun.append((cell_index, cell)),
        on_cell_executed=lambda cell, cell_index, execute_reply: _require_room(cell),
    )
    error, report, cell = None, "", ""
    try:
        await client.async_execute(cleanup_kc=True)
    except Exception as failure:
        error, report = failure, traceback.format_exc()
        if begun:
            index, last = begun[-1]
            cell = cell_in_words(index + 1, last.source)
            if last.source not in report:
                report += f"in the cell\n{'-' * 18}\n{last.source}\n{'-' * 18}\n"
    return Run(job, time.monotonic() - started, _inputs(files), error, report, cell)


def _require_room(cell: NotebookNode) -> None:
    """Refuse more text than a book has room for, as soon as the cell is done."""
    texts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]
    lines, characters = sum(text.count("\n") for text in texts), sum(map(len, texts))
    if lines > MOST_LINES or characters > MOST_CHARACTERS:
        limits = f"at most {MOST_LINES:,} lines and {MOST_CHARACTERS:,} characters"
        raise OutputError(f"the cell prints {lines:,} lines, {characters:,} characters; expected: {limits}")


def _inputs(files: Path) -> dict[str, str] | None:
    """What was read, without what was there for the run only."""
    if not files.exists():
        return None
    own = files.parent.resolve()
    return {path: content for path, content in record.read(files).items() if not Path(path).is_relative_to(own)}


def _manager(notebook: NotebookNode, place: Path, files: Path, zygote: Zygote | None) -> BookKernelManager:
    name = notebook.metadata.get("kernelspec", {}).get("name") or "python3"
    connection = place.with_suffix(".json")
    # free ports are found by trying, and two that try at a time may find the same one; files have names of their own
    ipc = sys.platform != "win32" and len(str(place)) <= _LONGEST_FOLDER
    return BookKernelManager(
        str(files), zygote, kernel_name=name, connection_file=str(connection), transport="ipc" if ipc else "tcp"
    )
