"""Hold reports.csv against the gazette: each report begins on its first page, with its title."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from gongbao.ledger.rows import Report
from gongbao.ledger.tables import Fault
from gongbao.verify.source import Source, folded

_BEFORE = 60
"""How many characters may stand before a title: 附件, the body, a name of the gazette."""

_NAME = ".{0,12}?"
"""What a title may leave out in one place, as the name of an official."""


def title_faults(reports: Iterable[Report], source: Source) -> Iterator[Fault]:
    """Reports whose first page does not begin with their title.

    What stands in brackets in a title tells reports of one title apart, and stands near it. 人大 and 常委会 are short
    for their full names.
    """
    for report in reports:
        head, parts = _short(source.pages[report.first_page - 1]), re.split("[（）]", _short(report.title_zh))
        if missing := next((part for part in parts if not _begins(head[: _BEFORE + len(part)], part)), ""):
            problem = f"page {report.first_page} does not begin with {missing!r}, the title of {report.key}"
            yield Fault("data/reports.csv", None, problem, "the title as it stands there; one name may be left out")


def _begins(head: str, title: str) -> bool:
    cuts = (re.escape(title[:place]) + _NAME + re.escape(title[place:]) for place in range(1, len(title)))
    return title in head or any(re.search(pattern, head) for pattern in cuts)


def _short(text: str) -> str:
    return folded(text).replace("人民代表大会", "人大").replace("人大常务委员会", "人大常委会")
