"""Numbers in prose as Markdown links: ``[126.8亿元](#debt.balance.total@2022-12-31)``.

Every program that reads Markdown shows the number. The book computes it anew, prints what it computed, and refuses a
text that says something else; ``make numbers`` brings all texts up to date. The text of a number shows its form: with
or without unit, with its tolerance, as a range, at least or at most. A number that is not known yet is written as a
mark: ``[](#…)``, ``[#](#…)``, ``[±](#…)``, ``[～](#…)``, ``[≥](#…)``, ``[≤](#…)``. So are the numbers of charts,
tables and equations: ``[图 1.6](#fig-…)``.

Catalogues of translations hold marks only, so that a number that changes leaves them as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from gongbao.figures.digits import ENOUGH_DIGITS, PRINTED
from gongbao.figures.errors import nearest
from gongbao.figures.figure import Form
from gongbao.prose.toc import pages

NUMBERED = re.compile(r"(?:fig|tab|equation)-[a-z0-9-]+")
"""The ids of what the book numbers: charts, tables and equations."""

ID = re.compile(rf"[a-z][a-z0-9.-]*@[^\s()]*|scenario\.[a-z0-9-]+|{NUMBERED.pattern}")
"""The ids of what is printed as a number: a series at a period, a parameter, or what the book numbers.

Nothing else in the book has ids like these.
"""

LINK = re.compile(rf"\[(?P<text>[^\[\]\n]*)\]\(#(?P<id>{ID.pattern})\)")

MARKS: dict[Form, str] = {
    "text": "",
    "number": "#",
    "tolerance": "±",
    "tolerance_number": "±#",
    "range": "～",
    "least": "≥",
    "most": "≤",
}
"""The marks of the forms in which prose prints a figure."""

_UNMARKED: dict[Form, Form] = {"tolerance": "text", "tolerance_number": "number"}
"""In catalogues tolerance forms have the plain mark, so that messages survive a gained or lost tolerance."""

_SHAPES: dict[Form, re.Pattern[str]] = {
    "least": re.compile(r"≥|(?:至少|at least ).+"),
    "most": re.compile(r"≤|(?:至多|at most ).+"),
    "range": re.compile(r"～|.+(?:～| to ).+"),
    "tolerance_number": re.compile(rf"±#|{PRINTED}±{PRINTED}"),
    "tolerance": re.compile(r"±|.+±.+"),
    "number": re.compile(rf"#|{PRINTED}"),
}

Printed = Callable[[str], Mapping[str, Any] | None]
"""The record of a figure by its id, in the language of the text; None if there is none."""

CITED = re.compile(r"\[[^\[\]\n]+\]\(\.\./book/bibliography\.md#([^()\n]+)\)")
CITATION = re.compile(rf"\[(?:{CITED.pattern}(?:, )?)+\]")
"""Works that a notebook cites, such as ``[[国务院, 2014](../book/bibliography.md#guofa2014)]``, and each of them."""


def form(text: str) -> Form:
    """The form of a text; with its unit, unless the text shows another.

    A number with enough digits gets the tolerance form, which shows a tolerance as soon as one is needed; a shorter one
    without ± stays without.
    """
    seen: Form = next((form for form, shape in _SHAPES.items() if shape.fullmatch(text.strip())), "text")
    number = re.search(r"[0-9]+(\.[0-9]+)?", text)
    # zeros at the end of a whole number may stand for digits that are unknown
    digits = "" if number is None else number[0] if number[1] else number[0].rstrip("0")
    enough = len(digits.replace(".", "").lstrip("0")) >= ENOUGH_DIGITS
    return "tolerance" if seen == "text" and enough else seen


def says(text: str, printed: str) -> bool:
    """Whether a text is what is printed, but for its blanks."""
    return text.split() == printed.split()


_UNIT_BEHIND = re.compile("[十百千万亿]{0,2}(?:个?百分点|美元|元|%|％|倍|成(?![立为]))")
_NUMERAL_BEFORE = re.compile("(?<![第])[一二三四五六七八九十百千万亿两负−-]$")


def misfit(before: str, said: str, behind: str, unit: str) -> str:
    """Text next to a printed number that changes its meaning, such as another unit; empty if there is none."""
    if glued := _NUMERAL_BEFORE.search(before):
        return glued[0]
    found = _UNIT_BEHIND.match(behind)
    # a quotient, such as 亿元/亿立方米, is given a unit of its own
    own = (
        form(said) in ("number", "tolerance_number") and found and ("/" in unit or found[0].removeprefix("个") == unit)
    )
    return found[0] if found and not own else ""


def marked(text: str) -> str:
    """A text for a catalogue: numbers are replaced by marks."""

    def mark(match: re.Match[str]) -> str:
        found = form(match["text"])
        return f"[{MARKS[_UNMARKED.get(found, found)]}](#{match['id']})"

    return LINK.sub(mark, text)


def forms(text: str) -> set[tuple[str, Form]]:
    """The figures that a text prints, by id, and their forms."""
    return {(match["id"], form(match["text"])) for match in LINK.finditer(text)}


def form_in_translation(said: str, id: str, source: Collection[tuple[str, Form]]) -> Form:
    """The form that a translation asks for; if it has a mark, the source decides whether there is a tolerance."""
    asked = form(said)
    wider = (one for one, plain in _UNMARKED.items() if plain == asked and (id, one) in source)
    return next(wider, asked) if said in MARKS.values() else asked


def unlinked(text: str, printed: Printed, source: str = "") -> str:
    """A text with the numbers that its links print; a translation prints them as its source does."""
    said = forms(source)

    def say(match: re.Match[str]) -> str:
        record = printed(match["id"])
        return str(record[form_in_translation(match["text"], match["id"], said)]) if record else match["text"]

    return LINK.sub(say, text)


# --- refreshing

MEND = "`make numbers` brings all texts up to date"

_CODE_OR_LINK = re.compile(
    r"^(?P<fence>`{3,})[a-z]+\n.*?^(?P=fence)[ ]*$|`[^`\n]+`|\[(?P<text>[^\[\]\n]*)\]\(<?#(?P<id>[^()<>\n]+)>?\)",
    re.S | re.M,
)

Records = Mapping[str, Mapping[str, Any]]
"""Everything that a link may lead to, by id: records like those of figures; empty for what prints no number."""


def stale(id: str, said: str, printed: str) -> str:
    """The message for a text that is no longer what its figure says."""
    return f"{id}: {said or '(empty)'} → {printed}"


def unknown(id: str, known: Iterable[str]) -> str:
    """The message for a link that leads nowhere."""
    return f"nothing has the id {id}{nearest(id, known)}"


class Change(NamedTuple):
    """A number in a text that is no longer what its figure says; ``after`` is None where there is no such id."""

    id: str
    after: str | None
    message: str

    def __str__(self) -> str:
        return self.message


def refreshed(text: str, records: Records, place: str = "") -> tuple[str, list[Change]]:
    """A text whose numbers are those of the figures, and what was changed."""
    changes: list[Change] = []

    def refresh(match: re.Match[str]) -> str:
        id, before = match["id"], match["text"]
        record = records.get(id) if id else {}
        after = str(record[form(before)]) if record else None
        if record == {} or (after and says(before, after)):
            return match[0]
        said = stale(id, before, after) if after else unknown(id, records)
        changes.append(Change(id, after, f"{place}, line {text.count(chr(10), 0, match.start()) + 1}: {said}"))
        return f"[{after}](#{id})" if after else match[0]

    return _CODE_OR_LINK.sub(refresh, text), changes


def refresh(root: Path, records: Records, *, write: bool) -> Iterator[Change]:
    """Find the numbers in pages and notebooks that are not what their figures say; rewrite them if ``write`` is set."""
    for path in pages(root):
        text, place = path.read_text("utf-8"), path.relative_to(root).as_posix()
        renew = _refreshed_notebook if path.suffix == ".ipynb" else refreshed
        after, changes = renew(text, records, place)
        yield from changes
        if write and changes:
            path.write_text(after, "utf-8")


def _refreshed_notebook(text: str, records: Records, place: str) -> tuple[str, list[Change]]:
    notebook, found = json.loads(text), list[Change]()
    for number, cell in enumerate(notebook["cells"], 1):
        if cell["cell_type"] == "markdown":
            source, changes = refreshed("".join(cell["source"]), records, f"{place}, cell {number}")
            cell["source"] = source.splitlines(keepends=True) if changes else cell["source"]
            found += changes
    return json.dumps(notebook, ensure_ascii=False, indent=1) + text[len(text.rstrip()) :], found
