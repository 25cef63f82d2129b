"""What a build says: one line for each thing that stops it, and all the rest in a log.

Jupyter Book and Sphinx write pages about what is in order, and name folders that are gone when the build is done.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from gongbao.prose.editions import UNTRANSLATED
from gongbao.results.failure import plain

MOST = 8
"""How many lines of a kind are printed; the log has all."""

_WARNING = re.compile(r"(?:.*?: )?(?:WARNING|ERROR|CRITICAL|SEVERE): ")


@contextmanager
def recorded(log: Path) -> Iterator[None]:
    """Have all that is printed in a file, without the colours of a terminal."""
    log.parent.mkdir(parents=True, exist_ok=True)
    said = io.StringIO()
    try:
        with redirect_stdout(said), redirect_stderr(said):
            yield
    finally:
        log.write_text(plain(said.getvalue()), "utf-8")


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
