"""Tables of figures: the rows that numbers lead to, and the evidence table of a chapter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from gongbao.figures.messages import _
from gongbao.pages.domain import (
    CLAIMS,
    ID_IN_BRACES,
    FigureDomain,
    label,
    listing_of,
    places,
    reference_to,
    stands_alone,
    with_inputs,
)
from gongbao.results.results import Record


class listing(nodes.General, nodes.Element):  # noqa: N801 (docutils names nodes in lower case)
    """Where a table of figures will stand once all pages are read."""


class FiguresDirective(SphinxDirective):
    """``{figures} debt``: the rows of a ledger topic; ``computed``, ``external``: those; ``here``: the page's own."""

    required_arguments = 1
    option_spec = {"title": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Leave the place open until all pages are read."""
        what = self.arguments[0]
        domain = FigureDomain.of(self.env)
        if what == "here":
            domain.note_evidence(self.env.docname)
        else:
            domain.note_listing(what, self.env.docname)
        return [listing(what=what, docname=self.env.docname)]


class FillListings(SphinxPostTransform):
    """Put the tables in place; before references are resolved, since their cells are references."""

    default_priority = 8

    def run(self, **_: Any) -> None:
        """Replace every :class:`listing` of a page."""
        for node in list(self.document.findall(listing)):
            fill = self._evidence if node["what"] == "here" else self._canonical
            # not the page at hand: a builder may have put all pages into one
            node.replace_self(fill(node["what"], node["docname"]))

    @property
    def _domain(self) -> FigureDomain:
        return FigureDomain.of(self.env)

    @property
    def _printed(self) -> bool:
        return stands_alone(self.app.builder)

    def _evidence(self, _: str, docname: str) -> nodes.Element:
        records = self._domain.records
        used = self._domain.uses(docname)
        if self._printed:
            # also what no page prints: the list of all computed figures is not in print
            used |= set(self._domain.published_on(docname))
        wanted = [records[id] for id in sorted(with_inputs(used, records))]
        wanted.sort(key=lambda record: list(CLAIMS).index(record["claim"]))
        return _evidence_table(wanted, docname, self._printed)

    def _canonical(self, what: str, docname: str) -> nodes.Element:
        wanted = [record for record in self._domain.records.values() if listing_of(record) == what]
        if what == "computed" and self._printed:
            wanted = [record for record in wanted if not self._domain.publisher(record)]
            if not wanted:
                return nodes.paragraph("", str(IN_EVIDENCE_TABLES))
        return _canonical_table(wanted, docname)


IN_EVIDENCE_TABLES = _(
    "推算与推断所得的数各自列在所在章的证据表中，附算式与所用的数，这里不再重复；完整的一览见本书网页版的数据总账。"
)
"""What stands in print instead of the list of all computed figures."""


Cell = Sequence[nodes.Node] | str


def table(
    header: Iterable[str],
    widths: Sequence[int],
    numeric: Sequence[bool],
    rows: Iterable[Sequence[Cell]],
    *,
    translatable: bool = False,
) -> nodes.table:
    """A docutils table; a cell is text or inline nodes; numeric columns stand to the right.

    Most tables are made from data, in the language of the edition; Sphinx is to translate the others.
    """
    group = nodes.tgroup(cols=len(widths))
    group += [nodes.colspec(colwidth=width) for width in widths]
    group += nodes.thead("", _row(list(header), numeric))
    group += nodes.tbody("", *(_row(row, numeric) for row in rows))
    for paragraph in group.findall(nodes.paragraph):
        paragraph["translatable"] = translatable and isinstance(paragraph.next_node(), nodes.Text)
    return nodes.table("", group)


def _row(cells: Sequence[Cell], numeric: Sequence[bool]) -> nodes.row:
    row = nodes.row()
    for cell, number in zip(cells, numeric, strict=True):
        content = [nodes.Text(cell)] if isinstance(cell, str) else list(cell)
        row += nodes.entry("", nodes.paragraph("", "", *content), classes=["text-right"] if number else [])
    return row


def _evidence_table(records: Iterable[Record], docname: str, printed: bool) -> nodes.table:
    """The figures that a page uses: number, name, kind, and where to look; numbers lead here in print."""
    rows: list[list[Cell]] = []
    for record in records:
        pages = dict.fromkeys(s["place"] for s in record["statements"])
        origin = formula_nodes(record, docname) or [nodes.Text(_("、").join(pages) or _("参数"))]
        number = reference_to(record["id"], "tolerance", docname)
        number["in_own_row"] = True
        anchor = [nodes.target("", "", ids=[record["id"]])] if printed else []
        rows.append([[*anchor, number], label(record), str(CLAIMS[record["claim"]]), origin])
    header = (_("数字"), _("指标（时期）"), _("性质"), _("出处或算式"))
    return listing_table(header, (16, 32, 10, 42), (True, False, False, False), rows)


def _canonical_table(records: Iterable[Record], docname: str) -> nodes.table:
    """The rows that numbers lead to: each with its address, its interval and everything that states it."""
    rows: list[list[Cell]] = []
    for record in records:
        id = record["id"]
        name = [
            nodes.target("", "", ids=[id]),
            nodes.Text(f"{label(record)} "),
            nodes.inline(id, id, classes=["figure-id"]),
        ]
        origin = formula_nodes(record, docname) or [nodes.Text(_("；").join(places(record)) or _("参数"))]
        rows.append([name, record["tolerance"], record["range"], origin])
    header = (_("指标（时期）"), _("数值"), _("范围"), _("出处或算式"))
    return listing_table(header, (30, 14, 24, 32), (False, True, True, False), rows)


def listing_table(
    header: Sequence[str], widths: Sequence[int], numeric: Sequence[bool], rows: Iterable[Sequence[Cell]]
) -> nodes.table:
    """A :func:`table` to look things up in: small type, and its own widths."""
    made = table(header, widths, numeric, rows)
    made["classes"] += ["figure-listing", "colwidths-given"]
    return made


def formula_nodes(record: Record, docname: str) -> list[nodes.Node]:
    """The formula of a figure with links to its inputs; nothing for one that is not computed."""
    if not record["formula"]:
        return []
    content: list[nodes.Node] = []
    for index, part in enumerate(ID_IN_BRACES.split(record["formula"])):
        content.append(reference_to(part, "name", docname) if index % 2 else nodes.Text(part))
    if record["inference"]:
        content.append(nodes.Text(_("。假设：{assumption}").format(assumption=record["inference"])))
    return content


def setup(app: Sphinx) -> None:
    """Register the directive and what fills it."""
    app.add_node(listing)
    app.add_directive("figures", FiguresDirective)
    app.add_post_transform(FillListings)
