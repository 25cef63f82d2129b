"""How long after it was saved a change is shown by ``make live``, in both languages.

``python -m bench.live --runs 5`` writes ``results/live.csv``, one row a change.
"""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

from bench.builds import tables
from bench.measure import copy_of_the_book, environment, write

PAGE = "notebooks/sport.html"
PATIENCE = 600


@contextmanager
def served(book: Path) -> Iterator[int]:
    """Serve the pages of a book while it is written; the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "gongbao.build.live", str(port)]
    process = subprocess.Popen(command, cwd=book, env=environment(book), stdout=sys.stderr)
    try:
        yield port
    finally:
        process.terminate()
        process.wait()


def asked(port: int, path: str) -> HTTPResponse:
    """The answer of the server, as soon as there is one."""
    end = time.monotonic() + PATIENCE
    while True:
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("GET", f"/{path}")
            return connection.getresponse()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def news(events: HTTPResponse) -> str:
    """What open pages hear when all has been written: the time of it."""
    while True:
        name, _, said = events.readline().decode().strip().partition(": ")
        if name == "data" and float(said):
            return said


def main() -> None:
    """Measure the changes of builds.yaml, in turns."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    changes, rows = tables()["html"]["changes"], []
    del changes["nothing"]
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        book = copy_of_the_book(Path(place, "book"), "locale")
        with served(book) as port:
            events = asked(port, "live-events")
            news(events)
            for run in range(1, options.runs + 1):
                for name, change in changes.items():
                    sign, start = change.make(book, run), time.perf_counter()
                    news(events)
                    seconds = time.perf_counter() - start
                    fresh = sign in "".join(asked(port, PAGE).read().decode().split())
                    rows.append({"change": name, "run": run, "s": seconds, "fresh": fresh})
                    print(rows[-1], file=sys.stderr, flush=True)
    write("live", rows)


if __name__ == "__main__":
    main()
