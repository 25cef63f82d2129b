"""The figures of a chapter: those of the data, and those that it has published."""

from __future__ import annotations

import itertools
from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from typing import NoReturn, cast

import pandas as pd
from pandas.api.types import is_list_like

from gongbao.figures.errors import UnknownFigureError, UnusableNameError, nearest
from gongbao.figures.figure import Figure
from gongbao.figures.frames import FigureArray
from gongbao.ledger.rows import EXTERNAL, Sources
from gongbao.ledger.tables import book_data, tables_in
from gongbao.ledger.words import Words, keys, levels, matching


class Store(ChainMap[str, Figure]):
    """Figures by id: published ones, then those of the ledger and context.csv, each file read when it is asked for."""

    def __init__(self, chapter: str) -> None:
        self.sources = Sources()
        self.published: dict[str, Figure] = {}
        self._chapter = chapter
        super().__init__(self.published, cast(dict[str, Figure], self.sources))

    def __missing__(self, id: str) -> NoReturn:
        self.require_topic(id.partition(".")[0])
        raise UnknownFigureError(f"there is no figure {id!r} in data/ or published above{self._nearest(id)}")

    def require_topic(self, name: str) -> None:
        """An UnknownFigureError if the ledger has no topic of that name."""
        topics = [path.stem for path in tables_in(book_data() / "ledger")]
        if name not in (*topics, EXTERNAL, self._chapter):
            there = ", ".join(topics)
            raise UnknownFigureError(f"there is no topic {name!r}{nearest(name, topics)}; there are: {there}")

    def _nearest(self, id: str) -> str:
        return nearest(id, [*self.published, *self._stated(id)])

    def _stated(self, id: str) -> Iterable[str]:
        """The ids in the data file of an id, or of a pattern of ids."""
        topic = id.partition(".")[0]
        return self.sources.context if topic == EXTERNAL else self.sources.topic(topic)

    def frame(
        self, patterns: Mapping[str, Sequence[str]], words: Words, given: Mapping[str, Iterable[str]]
    ) -> pd.DataFrame:
        """The figures whose ids match patterns; see :meth:`gongbao.chapter.chapter.Chapter.frame`."""
        asked = {level: list(map(str, some if is_list_like(some) else [some])) for level, some in given.items()}
        if empty := [level for level, some in asked.items() if not some]:
            raise UnusableNameError(f"no key is given for the level {empty[0]}; to have all of them, do not name it")
        index = self._index(list(itertools.chain(*patterns.values())), words, asked)
        columns = {head: self._column(options, words, index) for head, options in patterns.items()}
        frame = pd.DataFrame(columns, index=index).rename_axis(columns="measure")
        there = frame.dropna(how="all").index
        for level in asked.keys() & words.words.keys():
            known = {*words.words[level], *there.get_level_values(level)}
            if unknown := [key for key in asked[level] if key not in known]:
                raise UnknownFigureError(f"no figure has the {level} {unknown[0]!r}{nearest(unknown[0], known)}")
        return frame

    def _index(self, patterns: Sequence[str], words: Words, given: Mapping[str, list[str]]) -> pd.Index:
        names = dict.fromkeys(itertools.chain(*map(levels, patterns)))
        if not names:
            expected = f'a level in braces, such as debt.limit.{{kind}}@2023; chapter["{patterns[0]}"] is one figure'
            raise UnusableNameError(f"{patterns[0]} is no pattern; expected: {expected}")
        if given.keys() - names.keys():
            there, asked = (", ".join(some) or "none" for some in (names, given))
            raise UnusableNameError(f"{patterns[0]}: the levels are {there}, and keys are given for {asked}")
        order = sorted(names, key=[*given, *names].index)
        known = {name: list(given.get(name, words.words.get(name, ()))) for name in order}
        rows = list(itertools.product(*known.values()))
        if open_levels := [name for name, found in known.items() if not found]:
            whole = [pattern for pattern in patterns if known.keys() <= set(levels(pattern))]
            rows = list(dict.fromkeys(itertools.chain(*(self._occurring(pattern, known) for pattern in whole))))
            if not rows:
                named = ", ".join(open_levels)
                raise UnknownFigureError(
                    f"no figure has an id like {whole[0]}, whatever {named} is"
                    if whole
                    else f"no pattern has all levels: give the keys of {named}, or the same levels to all"
                )
        return pd.DataFrame(rows, columns=order).set_index(order).index

    def _occurring(self, pattern: str, known: Mapping[str, list[str]]) -> list[tuple[str, ...]]:
        """The keys for which a pattern has a figure, in the order of the ledger; periods in the order of time."""
        shape = matching(pattern)
        matches = (shape.fullmatch(id) for id in (*self._stated(pattern), *self.published))
        rows = (match.groupdict() for match in matches if match)
        fitting = (row for row in rows if all(not keys or row[level] in keys for level, keys in known.items()))
        found = list(dict.fromkeys(tuple(row[level] for level in known) for row in fitting))
        in_period = levels(pattern.partition("@")[2])
        dated = [place for place, level in enumerate(known) if level in in_period]

        def others(row: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(key for place, key in enumerate(row) if place not in dated)

        order = {keys: place for place, keys in enumerate(dict.fromkeys(map(others, found)))}
        return sorted(found, key=lambda row: (order[others(row)], [row[place] for place in dated]))

    def _column(self, options: Sequence[str], words: Words, index: pd.Index) -> FigureArray:
        rows = keys(index)
        ids = ([words.fill(pattern, row) for pattern in options] for row in rows)
        found = [next((self[id] for id in row if id in self), pd.NA) for row in ids]
        if all(one is pd.NA for one in found):
            example = words.fill(options[0], rows[0])
            self.require_topic(example.partition(".")[0])
            near = self._nearest(example)
            raise UnknownFigureError(f"no figure has an id like {options[0]}, such as {example}{near}")
        return FigureArray(found)
