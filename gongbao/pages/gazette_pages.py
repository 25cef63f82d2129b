"""The gazette page by page: which figures each page states, and where the book uses them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from gongbao.figures.messages import _
from gongbao.ledger.rows import Ledger, Report, Row
from gongbao.pages.domain import PAGES, FigureDomain, label, reference_to, stands_alone
from gongbao.pages.language import in_source_language, is_source
from gongbao.pages.sources import SourcesDirective
from gongbao.pages.uses import page_id, use_nodes

NOTHING_IN_REPORT = _("这一篇没有统计数；其中的日期、文号和序号按写明理由的规则排除。")
NOTHING_ON_PAGE = _("本页没有统计数。")


class pages_of_report(nodes.General, nodes.Element):  # noqa: N801 (docutils names nodes in lower case)
    """Where the pages of a text will stand once all pages of the book are read."""


class GazettePages(SourcesDirective):
    """``{gazette-pages}``: a section for each text of the gazette, with its pages and their figures."""

    def run(self) -> list[nodes.Node]:
        """Make the sections, for the contents; their pages wait for the rest of the book."""
        FigureDomain.of(self.env).note_listing(PAGES, self.env.docname)
        ledger = Ledger.load(self.data("reports.csv", "units.csv", "ledger/*.csv"))
        sections: list[nodes.Node] = []
        for report in ledger.reports.values():
            short, title, body = report.words(is_source(self.config))
            heading = nodes.title("", short, translatable=False)
            section = nodes.section("", heading, ids=[nodes.make_id(f"report-{report.key}")])
            words = _("{title}（{body}，{pages}）").format(title=title, body=body, pages=_span(report))
            section += nodes.paragraph("", words, translatable=False)
            rows = [row for row in ledger.rows if row.report.key == report.key]
            section += pages_of_report(
                docname=self.env.docname,
                pages=[(page, _said(rows, page)) for page in range(report.first_page, report.last_page + 1)],
            )
            sections.append(section)
        return sections


def _span(report: Report) -> str:
    pages = _("～").join(map(str, dict.fromkeys((report.first_page, report.last_page))))
    return _("第{pages}页").format(pages=pages)


def _said(rows: Iterable[Row], page: int) -> list[tuple[str, str]]:
    """The ids of the figures that a page states, each with its phrases there."""
    phrases: dict[str, str] = defaultdict(str)
    for row in rows:
        if row.page == page:
            phrases[row.id] += f"“{row.phrase}”"
    return list(phrases.items())


class FillPages(SphinxPostTransform):
    """Put the pages in place; before references are resolved, since they are made of them."""

    default_priority = 8

    def run(self, **_options: Any) -> None:
        """Replace every :class:`pages_of_report`."""
        fill = self._in_print if stands_alone(self.app.builder) else self._on_the_web
        for node in list(self.document.findall(pages_of_report)):
            node.replace_self(fill(node))

    def _on_the_web(self, node: pages_of_report) -> list[nodes.Node]:
        if not any(said for page, said in node["pages"]):
            return [_page(page for page, said in node["pages"]), nodes.paragraph("", str(NOTHING_IN_REPORT))]
        content: list[nodes.Node] = []
        for empty, pages in groupby(node["pages"], key=lambda page: not page[1]):
            if empty:
                content += [_page(page for page, said in pages), nodes.paragraph("", str(NOTHING_ON_PAGE))]
                continue
            for page, said in pages:
                items = (self._item(node["docname"], id, phrases) for id, phrases in said)
                content += [_page([page]), nodes.bullet_list("", *items, classes=["gazette-figures"])]
        return content

    def _item(self, docname: str, id: str, phrases: str) -> nodes.list_item:
        domain = FigureDomain.of(self.env)
        record = domain.record(id)
        name = nodes.Text(f"{_('，')}{label(record)}" if record else "")
        said = in_source_language(phrases, self.config)
        uses = nodes.inline("", "", *use_nodes(domain, self.app.builder, docname, id), classes=["figure-uses"])
        return nodes.list_item(
            "", nodes.paragraph("", "", reference_to(id, "text", docname), name, said, nodes.Text(" "), uses)
        )

    def _in_print(self, node: pages_of_report) -> list[nodes.Node]:
        """Only the numbers, each leading to its row: the rest is in the ledger."""
        content: list[nodes.Node] = []
        for page, said in node["pages"]:
            if said:
                numbers: list[nodes.Node] = [nodes.strong("", _("第{pages}页").format(pages=page))]
                for index, id in enumerate(dict(said)):
                    number = reference_to(id, "text", node["docname"])
                    numbers += [nodes.Text(_("、") if index else _("：")), number]
                content.append(nodes.paragraph("", "", *numbers))
        return content or [nodes.paragraph("", str(NOTHING_IN_REPORT))]


def _page(pages: Iterable[int]) -> nodes.paragraph:
    """A line that names pages, and is where their addresses lead."""
    numbers = list(pages)
    content: list[nodes.Node] = []
    for index, page in enumerate(numbers):
        name = _("第{pages}页").format(pages=page)
        content += [nodes.Text(_("、") if index else ""), nodes.inline("", name, ids=[page_id(page)])]
    return nodes.paragraph("", "", *content, classes=["gazette-page"])


def setup(app: Sphinx) -> None:
    """Register the directive and what fills it."""
    app.add_node(pages_of_report)
    app.add_directive("gazette-pages", GazettePages)
    app.add_post_transform(FillPages)
