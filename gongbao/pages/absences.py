"""What the gazette does not say, as a table: what is claimed, where it was looked for, what must not occur there.

Links of prose lead to its rows, which are labels as those of MyST are; one that leads to none stops the build.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from docutils import nodes
from sphinx.application import Sphinx

from gongbao.figures.messages import _
from gongbao.ledger.absences import Absence, Place, load_absences
from gongbao.pages.language import SOURCE, is_source
from gongbao.pages.sources import DataDirective
from gongbao.pages.tables import Cell, table


class Absences(DataDirective):
    """``{absences}``: a row for each claim of absence."""

    def run(self) -> list[nodes.Node]:
        """Read absences.csv."""
        absences = load_absences(self.data("absences.csv", "reports.csv"))
        header = (_("公报没有的"), _("在哪里找过"), _("找不到的"), _("那里有的"))
        return [table(header, (30, 20, 32, 18), map(self._row, absences))]

    def _row(self, absence: Absence) -> list[Cell]:
        chinese = is_source(self.config)
        label = nodes.target("", "", ids=[absence.id], names=[absence.id])
        self.state.document.note_explicit_target(label)
        claim = absence.record["claim_zh" if chinese else "claim_en"]
        where = _("、").join(_in_words(place, chinese) for place in absence.places)
        patterns = [_literals(absence.record[column].split()) for column in ("absent", "found")]
        return [[label, nodes.Text(claim)], where, *patterns]


def _in_words(place: Place, chinese: bool) -> str:
    if place.report:
        return place.report.words(chinese)[0]
    if place.first_page == place.last_page:
        return _("第{page}页").format(page=place.first_page)
    return _("第{first}～{last}页").format(first=place.first_page, last=place.last_page)


def _literals(texts: Iterable[str]) -> Sequence[nodes.Node]:
    """Patterns as code, with blanks between them; they are Chinese in every edition."""
    made: list[nodes.Node] = []
    for text in texts:
        made += [nodes.Text(" ")] if made else []
        made.append(nodes.literal("", text, classes=[f"language-{SOURCE}"]))
    return made


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("absences", Absences)
