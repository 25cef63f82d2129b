"""The ledger on the web: a row for each figure that the book may print, with what states it, checks it and uses it.

What scripts make of it, one table to search, filter and sort, is in static/ledger.js. Builders for print have the plain
tables of :mod:`gongbao.pages.listings`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.osutil import relative_uri
from sphinx.writers.html5 import HTML5Translator

from gongbao.figures.messages import _
from gongbao.ledger.relations import Verdict
from gongbao.pages.citations import BIBLIOGRAPHY
from gongbao.pages.domain import CLAIMS, FigureDomain, label, listing_of
from gongbao.pages.language import in_source_language, is_source
from gongbao.pages.listings import formula_nodes, listing, table
from gongbao.pages.scripts import web_builder, words
from gongbao.pages.uses import page_link, use_nodes
from gongbao.results.results import Record

HEADER = (_("指标（时期）"), _("数值"), _("出处或算式"), _("用处与核对"))

WORDS = {
    "filter": _("筛选总账"),
    "all": _("全部"),
    "reset": _("清除"),
    "pages": _("翻页"),
    "facets": {
        "topic": _("主题"),
        "claim": _("性质"),
        "report": _("篇目"),
        "page": _("公报页码"),
        "unit": _("单位"),
    },
    # under the names of DataTables: https://datatables.net/reference/option/language
    "table": {
        "search": _("搜索"),
        "lengthMenu": _("每页 _MENU_ 行"),
        "lengthLabels": {"-1": _("全部")},
        "info": _("第_START_～_END_行，共_TOTAL_行"),
        "infoEmpty": _("共0行"),
        "infoFiltered": _("（总账有_MAX_行）"),
        "zeroRecords": _("没有这样的行"),
        "emptyTable": _("没有这样的行"),
        "aria": {
            "orderable": _("按这一列排序"),
            "orderableReverse": _("按这一列倒序"),
            "orderableRemove": _("取消按这一列排序"),
            "paginate": {
                "first": _("第一页"),
                "previous": _("上一页"),
                "next": _("下一页"),
                "last": _("最后一页"),
                "number": _("第"),
            },
        },
        "paginate": {"first": "«", "previous": "‹", "next": "›", "last": "»"},
    },
}
"""What the script says."""


class ledger_row(nodes.row):  # noqa: N801 (docutils names nodes in lower case)
    """A row with an address, and under ``data`` what scripts filter and sort it by."""


def visit_ledger_row(translator: HTML5Translator, node: ledger_row) -> None:
    """Write the row with its data."""
    data = {f"data-{name}": value for name, value in node["data"].items() if value}
    translator.body.append(translator.starttag(node, "tr", "", **data))
    node.column = 0  # type: ignore[attr-defined]


class FillLedger(SphinxPostTransform):
    """Put the tables in place, before those for print would be."""

    default_priority = 7
    formats = ("html",)

    def run(self, **_options: Any) -> None:
        """Replace every listing of a page, except that of the figures of the page itself."""
        builder = web_builder(self.app)
        found = [node for node in self.document.findall(listing) if node["what"] != "here"]
        if not builder or not found:
            return
        domain = FigureDomain.of(self.env)
        cite = relative_uri(builder.get_target_uri(self.env.docname), BIBLIOGRAPHY)
        for node in found:
            records = [record for record in domain.records.values() if listing_of(record) == node["what"]]
            made = table(map(str, HEADER), (1,) * 4, (False, True, False, False), ())
            # the style sheet has the widths
            made["classes"] += ["ledger", "colwidths-auto"]
            (body,) = made.findall(nodes.tbody)
            body += [self._row(domain, record, cite) for record in records]
            node.replace_self(made)

    def _row(self, domain: FigureDomain, record: Record, cite: str) -> ledger_row:
        docname = self.env.docname
        statements = record["statements"]
        data = {
            "claim": str(CLAIMS[record["claim"]]),
            "unit": record["unit" if is_source(self.config) else "unit_en"],
            "value": record["value"],
            "reports": " ".join(dict.fromkeys(s["report"].replace(" ", "\u00a0") for s in statements if s["page"])),
            "pages": " ".join(dict.fromkeys(str(s["page"]) for s in statements if s["page"])),
        }
        origin = formula_nodes(record, docname) or list(self._statements(domain, record)) or [nodes.Text(_("参数"))]
        name = [nodes.Text(f"{label(record)} "), nodes.inline("", record["id"], classes=["figure-id"])]
        value: list[nodes.Node] = [nodes.Text(record["tolerance"])]
        if record["range"] != record["tolerance"]:
            value += [nodes.Text(" "), nodes.inline("", record["range"], classes=["range"])]
        cells = (
            nodes.entry("", nodes.paragraph("", "", *name), _cite_links(cite)),
            nodes.entry("", nodes.paragraph("", "", *value), classes=["text-right"]),
            nodes.entry("", nodes.paragraph("", "", *origin)),
            nodes.entry("", *self._uses(domain, record)),
        )
        return ledger_row("", *cells, ids=[record["id"]], data=data)

    def _statements(self, domain: FigureDomain, record: Record) -> Iterator[nodes.Node]:
        """Where it is stated, each place once with all its phrases."""
        phrases: dict[tuple[int | None, str], str] = {}
        for statement in record["statements"]:
            place = statement["page"], statement["place"]
            phrase = f"“{statement['phrase']}”" if statement["phrase"] else ""
            phrases[place] = phrases.get(place, "") + phrase
        for index, ((page, name), said) in enumerate(phrases.items()):
            yield nodes.Text(_("；") if index else "")
            yield page_link(domain, self.app.builder, self.env.docname, page, name)
            yield in_source_language(said, self.config)

    def _uses(self, domain: FigureDomain, record: Record) -> Iterable[nodes.Node]:
        used = use_nodes(domain, self.app.builder, self.env.docname, record["id"])
        if used:
            yield nodes.paragraph("", "", nodes.Text(_("用于：")), *used)
        for note, verdict in domain.checks.get(record["id"], ()):
            yield nodes.paragraph("", _checked(note, verdict), classes=["relation", verdict])


def _checked(note: str, verdict: str) -> str:
    return _("{note}：{verdict}").format(note=note, verdict=_(Verdict(verdict).zh))


def _cite_links(file: str) -> nodes.raw:
    """Links to the file with all citations; scripts make them copy that of their row."""
    links = (
        f'<a class="cite" data-form="{form}" href="{escape(file)}">{words}</a>'
        for form, words in (("words", _("引用")), ("bibtex", "BibTeX"))
    )
    return nodes.raw("", f'<p class="row-actions">{" ".join(links)}</p>', format="html")


def load_script(app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document) -> None:
    """Let the pages with the rows have the script that makes one table of them."""
    if doctree and any(doctree.findall(ledger_row)):
        app.add_js_file("datatables/dataTables.min.js", loading_method="defer")
        app.add_js_file("ledger.js", loading_method="defer", **words(**WORDS))


def setup(app: Sphinx) -> None:
    """Register the transform, the node and the script."""
    app.add_node(ledger_row, html=(visit_ledger_row, HTML5Translator.depart_row))
    app.add_post_transform(FillLedger)
    app.connect("html-page-context", load_script)
