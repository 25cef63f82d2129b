"""The targets of links besides figures: charts, tables, equations with their numbers, terms, labels, absences.

They are found without Sphinx. A build compares the numbers with those that Sphinx gives.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from gongbao.figures.bundles import CHART_MIME, TABLE_MIME
from gongbao.ledger.absences import ID, Absence
from gongbao.ledger.tables import read_text
from gongbao.prose.editions import configuration
from gongbao.prose.numbers import unknown
from gongbao.prose.toc import chapters, pages

_EQUATION = re.compile(r"^:label: (?P<option>[\w-]+)$|\$\$ \((?P<after>[\w-]+)\)$", re.M)
_GLOSSARY = re.compile(r"^(?P<fence>`{3,})\{glossary\}\n(?P<body>.*?)^(?P=fence)$", re.S | re.M)
_TERM = re.compile(r"^(?![\s:]).+$", re.M)
_LABEL = re.compile(r"^\(([^()\n]+)\)=$", re.M)

_NUMBERED = {CHART_MIME: ("figure", "fig"), TABLE_MIME: ("table", "tab")}
"""The numbered outputs of chapters: their kind in ``numfig_format``, and the prefix of their ids."""


def markdown(path: Path) -> str:
    """The text of a page, or of the Markdown cells of a notebook."""
    text = read_text(path)
    if path.suffix != ".ipynb":
        return text
    cells = json.loads(text)["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def numbered(root: Path, emitted: Mapping[str, Iterable[Mapping[str, Any]]]) -> dict[str, str]:
    """The number of each chart, table and equation by id, such as ``图 1.6``, given what notebooks emit."""
    formats = configuration(root)["sphinx"]["config"]["numfig_format"]
    counts: Counter[tuple[str, str]] = Counter()
    texts: dict[str, str] = {}

    def count(kind: str, chapter: str) -> str:
        counts[kind, chapter] += 1
        return f"{chapter}{counts[kind, chapter]}"

    for path, chapter in chapters(root):
        for equation in _EQUATION.finditer(markdown(path)):
            texts[f"equation-{equation['option'] or equation['after']}"] = f"({count('equation', chapter)})"
        for bundle in emitted.get(path.stem, ()):
            for mime in _NUMBERED.keys() & bundle.keys():
                kind, prefix = _NUMBERED[mime]
                texts[f"{prefix}-{bundle[mime]['name']}"] = formats[kind] % count(kind, chapter)
    return texts


def places(root: Path) -> set[str]:
    """The targets of links that print no number: the terms of the glossary, and labels."""
    found: set[str] = set()
    for path, _ in chapters(root):
        text = markdown(path)
        found |= set(_LABEL.findall(text))
        for glossary in _GLOSSARY.finditer(text):
            found |= set(_TERM.findall(glossary["body"]))
    return found


def named_absences(text: str) -> list[str]:
    """The claims of absence that a text names, by id."""
    return re.findall(rf"\]\(#({ID.pattern})\)", text)


def wrong_links(root: Path, absences: Iterable[Absence]) -> Iterator[str]:
    """Links of pages and notebooks that lead to no claim of absence, and claims that none of them names."""
    by_id = {absence.id: absence for absence in absences}
    unnamed = dict(by_id)
    for path in pages(root):
        for id in named_absences(markdown(path)):
            unnamed.pop(id, None)
            if id not in by_id:
                yield f"{path.name}: {unknown(id, by_id)}"
    for absence in unnamed.values():
        yield str(absence.record.fault(f"no text names {absence.id}", f"a link […](#{absence.id}), or no such row"))
