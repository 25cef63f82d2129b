"""Whether outputs of an earlier run may be used again: what they rest on is what there is now.

The evidence of a run is every file that its kernel read, with the content it had, and the environment it ran in. It
does not cover what leaves no trace of being read: the clock, the network, chance, variables of the environment. One of
those is asked for: a run that drew in more languages than there have to be is as good.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Mapping
from pathlib import Path

from gongbao.prose.editions import wanted
from gongbao.results.record import LIBRARY, content

Evidence = dict[str, str]
"""Digests by the names of what was read; JSON."""

EVIDENCE = "evidence"
"""The name under which the cache keeps it with a run."""

ENVIRONMENT = "environment"
"""The name of what no file stands for: Python and the versions of all packages."""

LANGUAGES = "languages"
"""The name of the languages that a run drew in besides that of the book."""

_LIBRARY, _BOOK = "library:", "book:"


class Witness:
    """What there is now, as one build sees it: each file is looked at once.

    Args:
        book: the folder of the sources. What lies in it, or in the library, is named by its place there: a book that is
            moved keeps its runs, and a copy does not rest on its original.
    """

    def __init__(self, book: Path) -> None:
        self._roots = {_LIBRARY: LIBRARY, _BOOK: book.resolve()}
        self._seen: Evidence = {ENVIRONMENT: environment()}

    def evidence(self, inputs: Mapping[str, str]) -> Evidence:
        """The evidence of a run that read these files with these contents."""
        files = {self._name(path): inputs[path] for path in sorted(inputs)}
        return {ENVIRONMENT: self._seen[ENVIRONMENT], LANGUAGES: " ".join(wanted()), **files}

    def confirms(self, evidence: Evidence | None) -> bool:
        """Whether all is as it was; there is no doubt in favour of a run without evidence."""
        if not evidence or not set(wanted()) <= set(evidence.get(LANGUAGES, "").split()):
            return False
        return all(self._now(name) == digest for name, digest in evidence.items() if name != LANGUAGES)

    def _name(self, path: str) -> str:
        for mark, root in self._roots.items():
            if Path(path).is_relative_to(root):
                return mark + Path(path).relative_to(root).as_posix()
        return path

    def _now(self, name: str) -> str:
        if name not in self._seen:
            mark = next((mark for mark in self._roots if name.startswith(mark)), "")
            self._seen[name] = content(str(self._roots[mark] / name.removeprefix(mark)) if mark else name)
        return self._seen[name]


def environment() -> str:
    """The digest of what runs notebooks: Python, the machine, and all packages with their versions."""
    packages = {
        path.name
        for folder in map(Path, sys.path)
        if folder.is_dir()
        for path in folder.iterdir()
        if path.suffix in (".dist-info", ".egg-info")
    }
    return hashlib.sha256("\n".join((sys.version, platform.platform(), *sorted(packages))).encode()).hexdigest()
