"""Start a kernel that keeps a record of what it reads: ``python -m gongbao.results.kernel RECORD -f CONNECTION``.

It is ipykernel_launcher with one thing before it. Whether the process is a new one or a fork of one that has the
libraries loaded (:mod:`gongbao.results.zygote`), from here on it is the same.
"""

from __future__ import annotations

import sys
from pathlib import Path

from gongbao.results.record import RECORD


def begin() -> None:
    """Forget the folder that Python was started in, as ipykernel_launcher does, and watch what is read."""
    if sys.path[0] in ("", str(Path.cwd())):
        del sys.path[0]
    RECORD.start()


def run(record: str, arguments: list[str]) -> None:
    """Be a kernel until it is shut down."""
    RECORD.write_to(record)
    sys.argv = [__file__, *arguments]
    from ipykernel import kernelapp

    kernelapp.launch_new_instance()


if __name__ == "__main__":
    begin()
    run(sys.argv[1], sys.argv[2:])
