"""What a build says: little while it works, one line for each thing that stops it, and all the rest in a log.

Jupyter Book and Sphinx write pages about what is in order, and name folders that are gone when the build is done.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import TextIOBase
from pathlib import Path
from typing import TextIO

from gongbao.results.failure import plain

MOST = 8
"""How many lines of a kind are printed; the log has all."""

UNTRANSLATED = "not translated: "
"""How what says which pages are not translated begins (:mod:`gongbao.pages.translation`)."""

_RUNNING = r"running [0-9]+ notebook|\[[0-9]+/[0-9]+\] "
_PROGRESS = re.compile(f"{_RUNNING}|updating environment: ")
_WARNING = re.compile(r"(?:.*?: )?(?:WARNING|ERROR|CRITICAL|SEVERE): ")


class _Listener(TextIOBase):
    """Writes all to a log, and shows the lines that say how far the build is."""

    def __init__(self, log: TextIO, screen: TextIO | None, shown: re.Pattern[str]) -> None:
        self._log, self._screen, self._shown, self._begun = log, screen, shown, ""

    def write(self, text: str) -> int:
        text = plain(text)
        self._log.write(text)
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            if self._screen and self._shown.match(line):
                print(line, file=self._screen, flush=True)
        return len(text)

    def flush(self) -> None:
        self._log.flush()


@contextmanager
def recorded(log: Path, *, first: bool) -> Iterator[None]:
    """Have all that is printed in a file; on the screen what says how far it is.

    Of builds side by side each reads the pages, and any of them runs the notebooks for all.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    # of a server's log nobody watches the progress
    screen = None if os.environ.get("CI") else sys.stdout
    with log.open("w", encoding="utf-8") as file:
        listener = _Listener(file, screen, _PROGRESS if first else re.compile(_RUNNING))
        with redirect_stdout(listener), redirect_stderr(listener):
            yield


def warnings(logs: Iterable[Path], root: Path) -> list[str]:
    """The warnings in logs, each once though every language has it, with places as seen from the book."""
    return list(dict.fromkeys(line.replace(f"{root}{os.sep}", "") for line in _lines(logs) if _WARNING.match(line)))


def untranslated(logs: Iterable[Path]) -> list[str]:
    """What logs say is not translated."""
    # Sphinx says in the same line what it was at
    return [line[line.index(UNTRANSLATED) :] for line in _lines(logs) if UNTRANSLATED in line]


def _lines(logs: Iterable[Path]) -> Iterator[str]:
    for log in logs:
        if log.exists():
            yield from log.read_text("utf-8").splitlines()


def shortened(lines: Sequence[str], rest: str) -> list[str]:
    """The first of many lines, and where the rest is."""
    more = [f"… and {len(lines) - MOST} more; {rest}"] if len(lines) > MOST else []
    return [*lines[:MOST], *more]
