"""Kernels without their start: one process loads the libraries once, and each kernel is a fork of it.

Loading Python, ipykernel, pandas and matplotlib takes longer than most notebooks compute. The process that has done it
has run nothing, drawn nothing and opened no socket, so that its forks begin as a new process does once it has imported
the same. Only on Linux: elsewhere libraries of the system do not survive a fork, or there is none.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from types import TracebackType
from typing import Any

from gongbao.results import kernel

PRELOADED = (
    "ipykernel.kernelapp",
    "gongbao.ledger.labels",
    "gongbao.chapter.plotting",
    "gongbao.ledger.relations",
    "gongbao.ledger.sources",
)
"""What every kernel needs: all that gongbao.chapter imports, but not that itself, which sets matplotlib's style.

A module that only some notebooks import would be recorded as an input of all.
"""

OF_ONE_KERNEL = "JPY_"
"""How the names of variables begin that Jupyter sets for each kernel."""

_LONGEST_REQUEST = 1 << 20
_PR_SET_PDEATHSIG = 1


class Zygote:
    """The process that has everything loaded, as seen from the build."""

    def __init__(self) -> None:
        self.environment = dict(os.environ)
        self._lock = threading.Lock()
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, "-m", __name__, str(theirs.fileno())]
            # a session of its own: Ctrl-C is for the build, which ends this
            self._process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True
            )

    def __enter__(self) -> Zygote:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._socket.close()
        self._process.wait()

    def suits(self, environment: dict[str, str]) -> bool:
        """Whether a kernel with these variables may have libraries that were loaded under the present ones."""
        return _shared(environment) == _shared(self.environment)

    def fork(self, record: str, arguments: list[str], cwd: str, environment: dict[str, str]) -> Fork | None:
        """A new kernel; None if there is no zygote any more, or there never was."""
        request = {"record": record, "arguments": arguments, "cwd": cwd, "environment": environment}
        ours, theirs = os.pipe()
        try:
            with self._lock:
                socket.send_fds(self._socket, [json.dumps(request).encode()], [theirs])
                pid = self._socket.recv(32)
        except OSError:
            pid = b""
        finally:
            os.close(theirs)
        if not pid:
            os.close(ours)
            return None
        return Fork(int(pid), ours)


class Fork:
    """A forked kernel, as much of a :class:`subprocess.Popen` as jupyter_client's LocalProvisioner asks for.

    It holds the end of a pipe whose other end the kernel has: when the kernel is gone, however it went, the pipe is at
    its end. The zygote never waits for its children, so no pid is given out twice while it lives.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int, pipe: int) -> None:
        self.pid = pid
        self._pipe = pipe

    def poll(self) -> int | None:
        """None while it runs. How it ended is not known here."""
        return 0 if select.select([self._pipe], [], [], 0)[0] else None

    def wait(self) -> int:
        """Wait until it is gone."""
        select.select([self._pipe], [], [])
        os.close(self._pipe)
        return 0

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def _shared(environment: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith(OF_ONE_KERNEL)}


# --- in the process itself


def serve(requests: socket.socket) -> dict[str, Any]:
    """Fork whenever the build asks for it. It returns in the kernels only; when the build is gone, the process ends."""
    zygote = os.getpid()
    while True:
        message, descriptors, _, _ = socket.recv_fds(requests, _LONGEST_REQUEST, 1)
        if not message:
            sys.exit()
        pid = os.fork()
        if not pid:
            requests.close()
            _end_with(zygote)
            request: dict[str, Any] = json.loads(message)
            return request
        os.close(descriptors[0])
        requests.send(str(pid).encode())


def _end_with(parent: int) -> None:
    """Be killed when the parent ends, whatever is running here then."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it had ended before
        sys.exit()


def main(descriptor: int) -> None:
    """Load everything, then fork kernels."""
    kernel.begin()
    # matplotlib asks for it when it is loaded; a kernel sets it before
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    for module in PRELOADED:
        importlib.import_module(module)
    request = serve(socket.socket(fileno=descriptor))
    # from here on in a kernel
    import numpy as np

    os.setsid()
    os.chdir(request["cwd"])
    os.environ.update(request["environment"])
    np.random.seed()  # random does the same of itself after a fork
    kernel.run(request["record"], [*request["arguments"], f"--IPKernelApp.parent_handle={os.getppid()}"])


if __name__ == "__main__":
    main(int(sys.argv[1]))
