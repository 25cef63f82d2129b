"""The figures of the data folder, each file read when something in it is wanted.

What a notebook has read is what its outputs rest on (:mod:`gongbao.results`). A chapter that reads only what it
takes figures from does not run again when another topic is corrected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from gongbao.figures.figure import Figure
from gongbao.ledger.context import load_context
from gongbao.ledger.rows import Ledger
from gongbao.ledger.tables import DATA

EXTERNAL = "external"
"""The first segment of what is in context.csv; all others name a topic of the ledger."""


class Sources(Mapping[str, Figure]):
    """Ledger and context.csv as one mapping by id; going over all of it reads all of it."""

    def __init__(self, data: Path = DATA) -> None:
        self._data = data
        self._topics: dict[str, Ledger] = {}

    def topic(self, name: str) -> Ledger:
        """The rows and figures of one file of the ledger; none if there is no such file."""
        if name not in self._topics:
            self._topics[name] = Ledger.load(self._data, [name])
        return self._topics[name]

    @cached_property
    def ledger(self) -> Ledger:
        """All files of the ledger."""
        return Ledger.load(self._data)

    @cached_property
    def context(self) -> dict[str, Figure]:
        """What is from outside the gazette."""
        return load_context(self._data)

    def __getitem__(self, id: str) -> Figure:
        name = id.partition(".")[0]
        return self.context[id] if name == EXTERNAL else self.topic(name)[id]

    def __iter__(self) -> Iterator[str]:
        yield from self.context
        yield from self.ledger

    def __len__(self) -> int:
        return len(self.context) + len(self.ledger)
