"""Links from prose to claims of absence: each has to lead to a row of absences.csv, and each row has to be named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from gongbao.ledger.absences import ID, Absence
from gongbao.prose.numbering import markdown
from gongbao.prose.numbers import unknown
from gongbao.prose.toc import pages

LINK = re.compile(rf"\]\(#(?P<id>{ID.pattern})\)")


def named(text: str) -> list[str]:
    """The claims that a text names, by id."""
    return LINK.findall(text)


def wrong_links(root: Path, absences: Iterable[Absence]) -> Iterator[str]:
    """Links of pages and notebooks that lead to no claim, and claims that none of them names."""
    by_id = {absence.id: absence for absence in absences}
    unnamed = dict(by_id)
    for path in pages(root):
        for id in named(markdown(path)):
            unnamed.pop(id, None)
            if id not in by_id:
                yield f"{path.name}: {unknown(id, by_id)}"
    for absence in unnamed.values():
        yield str(absence.record.fault(f"no text names {absence.id}", f"a link […](#{absence.id}), or no such row"))
