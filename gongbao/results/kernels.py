"""Run notebooks side by side, each in a kernel of its own that notes which files it reads.

nbclient runs them. A kernel is forked off a process that has pandas and matplotlib loaded, by the ``forkserver`` of the
standard library: loading them in each kernel would take as long as most notebooks run. Without a forkserver (Windows)
each kernel is a new process; all else is the same.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import Empty
from typing import Any

import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode

from gongbao.results.failure import cell_in_words, in_one_line
from gongbao.results.processes import end_with_the_build

MOST_LINES, MOST_CHARACTERS = 1_000, 200_000
"""The most that a cell may print: some twenty pages of a book. More is a mistake, and takes hours to typeset."""

_PATIENCE = 600
"""Seconds in which a kernel has to answer: many, since on a busy machine it waits for the others."""

_WRITES = os.O_WRONLY | os.O_RDWR
_CHANGES = {"os.remove", "os.rename", "os.truncate"}
_NOTED = {"open", "os.listdir", "os.scandir", *_CHANGES}


class OutputError(Exception):
    """A cell printed more than a book has room for."""


@dataclass
class Run:
    """A notebook that ran: its outputs are in it.

    Attributes:
        notebook: the cells; each code cell with its outputs, up to the one that failed.
        read: the files that the kernel opened, and the folders that it listed.
        wrote: the files that it opened to write, renamed, replaced or removed.
        failure: what went wrong, in one line: cell and error; empty if nothing did. ``report`` is the traceback.
    """

    path: Path
    notebook: NotebookNode
    seconds: float = 0.0
    read: list[Path] = field(default_factory=list)
    wrote: list[Path] = field(default_factory=list)
    failure: str = ""
    report: str = ""


def run(jobs: Sequence[tuple[Path, NotebookNode]], timeout: int | None, environment: dict[str, str]) -> Iterator[Run]:
    """Run notebooks, each in the folder of its path, one for each processor at a time; yield each when it is done.

    The others run on if one fails. A cell may take ``timeout`` seconds, or any time if that is None.
    """
    with tempfile.TemporaryDirectory(prefix="gongbao-") as place, ThreadPoolExecutor(os.cpu_count()) as threads:
        kernels = [Kernel(Path(place, str(number)), environment) for number in range(len(jobs))]
        runs = [threads.submit(_run_one, *job, timeout, kernel) for job, kernel in zip(jobs, kernels, strict=True)]
        try:
            for done in as_completed(runs):
                yield done.result()
        except BaseException:  # such as Ctrl-C, which does not reach kernels: they are process groups of their own
            threads.shutdown(wait=False, cancel_futures=True)
            for kernel in kernels:
                kernel.end()
            raise


def _run_one(path: Path, notebook: NotebookNode, timeout: int | None, kernel: Kernel) -> Run:
    done, started = Run(path, notebook), time.monotonic()
    begun: list[tuple[int, NotebookNode]] = []
    client = NotebookClient(
        notebook,
        kernel,
        resources={"metadata": {"path": str(path.parent)}},
        timeout=timeout,
        startup_timeout=_PATIENCE,
        record_timing=False,
        shutdown_kernel="immediate",
        on_cell_start=lambda cell, cell_index: begun.append((cell_index, cell)),
        on_cell_executed=lambda cell, cell_index, execute_reply: _require_room(cell),
    )
    try:
        asyncio.run(client.async_execute(cleanup_kc=True))
    except Exception as error:  # any error is reported with its notebook and cell
        done.failure, done.report = in_one_line(error), traceback.format_exc()
        if begun:
            index, last = begun[-1]
            done.failure = f"{cell_in_words(index + 1, last.source)}: {done.failure}"
            if last.source not in done.report:
                done.report += f"in the cell\n{'-' * 18}\n{last.source}\n{'-' * 18}\n"
    done.seconds, done.read, done.wrote = time.monotonic() - started, kernel.noted("r"), kernel.noted("w")
    return done


def _require_room(cell: NotebookNode) -> None:
    """An OutputError if a cell prints more text than a book has room for; called as soon as the cell is done."""
    texts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]
    lines, characters = sum(text.count("\n") for text in texts), sum(map(len, texts))
    if lines > MOST_LINES or characters > MOST_CHARACTERS:
        limits = f"at most {MOST_LINES:,} lines and {MOST_CHARACTERS:,} characters"
        raise OutputError(f"the cell prints {lines:,} lines, {characters:,} characters; expected: {limits}")


class Client(AsyncKernelClient):
    """A client that is ready at the kernel's first answer; jupyter_client's own waits for 0.2 s of silence after it."""

    parent: Kernel

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # milliseconds: the kernel does not listen at once, and ZeroMQ would wait 100 before it tries again
        self.context.setsockopt(zmq.RECONNECT_IVL, 5)

    async def is_alive(self) -> bool:
        """Whether there is a kernel."""
        return await self.parent.is_alive()

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers and is heard; a RuntimeError if it ends, a TimeoutError after some seconds."""
        async with asyncio.timeout(timeout):
            while await self.is_alive():
                self.kernel_info()
                with suppress(Empty):
                    await self.get_shell_msg(timeout=1)
                    await self.get_iopub_msg(timeout=0.2)
                    return
        raise RuntimeError("the kernel ended before it answered")


class Kernel(AsyncKernelManager):
    """Manages a kernel of this Python as a process of multiprocessing, whatever kernel the notebook names.

    Files and sockets are named after ``place``, because free ports may be handed out twice.
    """

    def __init__(self, place: Path, environment: dict[str, str]) -> None:
        transport = "tcp" if sys.platform == "win32" else "ipc"
        super().__init__(connection_file=f"{place}.json", transport=transport, client_factory=Client)
        self.environment, self.record = environment, Path(f"{place}.read")
        self.process: BaseProcess | None = None

    @property
    def has_kernel(self) -> bool:
        """Whether it was started."""
        return self.process is not None

    async def start_kernel(self, *, cwd: str, **_: Any) -> None:  # type: ignore[override]
        """Start the process."""
        self.write_connection_file()
        arguments = (self.connection_file, cwd, self.environment, self.record)
        self.process = _processes().Process(target=serve, args=arguments, daemon=True)
        self.process.start()

    async def is_alive(self) -> bool:  # type: ignore[override]
        """Whether the process runs."""
        return bool(self.process and self.process.is_alive())

    async def shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:  # type: ignore[override]
        """End the process; nothing in it has to be kept."""
        self.end()

    def end(self) -> None:
        """End the process, and those that its notebook has started."""
        if self.process and self.process.pid:
            with suppress(ProcessLookupError, AttributeError):  # it has no group yet; Windows has none
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.kill()
            self.process.join()

    async def interrupt_kernel(self) -> None:  # type: ignore[override]
        """Stop the running cell, such as one that exceeds its time."""
        if self.process and self.process.pid:
            os.kill(self.process.pid, signal.SIGINT)

    def noted(self, how: str) -> list[Path]:
        """The paths that the kernel has opened and listed so far (``r``), or written, renamed and removed (``w``)."""
        lines = self.record.read_text("utf-8").splitlines() if self.record.exists() else []
        return [Path(line[1:]) for line in dict.fromkeys(lines) if line[0] == how]


def _processes() -> Any:
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # as ipykernel sets it: its debugger warns without
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["gongbao.results.preload"])
    return context


def load() -> None:
    """Start the process that kernels are forked off; it loads their modules while this one does other things."""
    if _processes().get_start_method() == "forkserver":
        forkserver.ensure_running()


def serve(connection_file: str, cwd: str, environment: dict[str, str], record: Path) -> None:
    """Run a kernel in this process until it is killed, or until the build ends."""
    if hasattr(os, "setsid"):
        os.setsid()  # so that what the notebook starts can be ended with it
    end_with_the_build()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    watch(record)
    import numpy as np
    from ipykernel import kernelapp

    np.random.seed()  # loaded before the fork: all kernels would draw the same numbers
    # no line on the terminal about how to connect, and no history: nobody types here
    sys.argv = ["ipykernel", "-f", connection_file, "--quiet", "--HistoryManager.enabled=False"]
    kernelapp.launch_new_instance()


def watch(record: Path) -> None:
    """Note the files that this process opens from now on, and the folders that it lists, for any library.

    Python announces both (PEP 578), but not files opened by other code, such as DuckDB's. Lines are written at once, so
    that the record survives any end of the process: ``r`` and a path read, ``w`` and one written, renamed or removed.
    """
    own, sink = os.getpid(), os.open(record, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    written: set[str] = set()

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _NOTED or os.getpid() != own:
            return
        changes = event in _CHANGES or (event == "open" and arguments[2] & _WRITES)
        for path in arguments[: 2 if event == "os.rename" else 1]:
            if not isinstance(path := path or ".", str | os.PathLike):
                return
            # a symbolic link is noted under its own name, since its target may change
            place = os.path.abspath(path)  # noqa: PTH100
            if changes:
                written.add(place)
                os.write(sink, f"w{place}\n".encode())
            # imports list the folders of sys.path, which are no data
            elif place not in written and place not in map(os.path.abspath, sys.path):
                os.write(sink, f"r{place}\n".encode())

    sys.addaudithook(hear)
