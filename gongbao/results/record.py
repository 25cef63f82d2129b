"""What a kernel reads, noted at the moment it does: the files that its outputs rest on.

Python itself announces every file that is opened and every folder that is listed (PEP 578), whichever library asks. So
no loader has to know that it is watched, and none can be forgotten. Of packages that are installed the version counts
(:mod:`gongbao.results.evidence`), not the files.

Standard library only: a kernel loads this before anything else.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import sys
import sysconfig
from pathlib import Path
from typing import Any

LIBRARY = Path(__file__).resolve().parents[1]
"""The library of the book. It may be installed, but is recorded: it changes without a new version."""

MISSING = "missing"
"""Stands for the content of a file that is not there, or cannot be read."""

_SCHEMES = ("stdlib", "platstdlib", "purelib", "platlib")
_INSTALLED = tuple({os.path.realpath(sysconfig.get_path(name)) + os.sep for name in _SCHEMES})
_NO_FILES = tuple(os.sep + name + os.sep for name in ("proc", "dev", "sys"))
# What lies in a cache may be thrown away at any time without changing a result; matplotlib's list of fonts is there
_CACHE = os.path.realpath(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) + os.sep

# The file is not there before, or its content is thrown away
_WRITES = os.O_WRONLY | os.O_TRUNC | os.O_EXCL


def content(path: str) -> str:
    """The digest of a file; of a folder, that of the names in it."""
    try:
        if os.path.isdir(path):
            return hashlib.sha256("\n".join(sorted(os.listdir(path))).encode()).hexdigest()
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return MISSING


class Record:
    """The files that this process has read so far, with their contents as they were then."""

    def __init__(self) -> None:
        self._lines: dict[str, str] = {}
        self._written: set[str] = set()
        self._sink: int | None = None
        self._owner = os.getpid()

    def start(self) -> None:
        """Watch from here on; the modules that are there already count as read."""
        sys.addaudithook(self._hear)
        for module in list(sys.modules.values()):
            if path := getattr(module, "__file__", None):
                self._note(path)

    def write_to(self, path: str) -> None:
        """Keep the record in a file, line by line, so that it is there however the process ends."""
        self._owner = os.getpid()
        self._sink = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        for line in self._lines.values():
            os.write(self._sink, line.encode())

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if isinstance(path, str | bytes | os.PathLike):
                if flags & _WRITES:
                    self._written.add(_place(path))
                else:
                    self._note(path)
        elif event in ("os.listdir", "os.scandir") and not isinstance(arguments[0], int):
            self._note(arguments[0] or ".")

    def _note(self, path: str | bytes | os.PathLike[Any]) -> None:
        place = _place(path)
        if not _counts(place) or place in self._written or os.getpid() != self._owner:
            return
        self._keep(place)
        # a link may come to lead elsewhere
        self._keep(os.path.abspath(os.fsdecode(path)))

    def _keep(self, place: str) -> None:
        if place in self._lines or place.endswith(".pyc"):
            return
        self._lines[place] = ""  # hashing opens the file, too
        self._lines[place] = line = json.dumps([place, content(place)]) + "\n"
        if self._sink is not None:
            os.write(self._sink, line.encode())


def _place(path: str | bytes | os.PathLike[Any]) -> str:
    """The absolute path of a file; of compiled code, that of its source."""
    place = os.path.abspath(os.fsdecode(path))
    if not place.startswith(_INSTALLED):
        place = os.path.realpath(place)
    if place.endswith(".pyc") and f"{os.sep}__pycache__{os.sep}" in place:
        return importlib.util.source_from_cache(place)
    return place


def _counts(place: str) -> bool:
    if place.startswith(f"{LIBRARY}{os.sep}"):
        return True
    # the folders and archives that Python searches for modules are no data
    return not f"{place}{os.sep}".startswith((*_INSTALLED, *_NO_FILES, _CACHE)) and place not in map(
        os.path.realpath, sys.path
    )


def read(path: Path) -> dict[str, str]:
    """The contents of the files in a record, by their paths."""
    return dict(map(json.loads, path.read_text("utf-8").splitlines()))


RECORD = Record()
"""The record of this process; what is forked off goes on with a copy."""
