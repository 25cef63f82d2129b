"""The gazette page by page: which figures each page states, and where the book uses them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby

from docutils import nodes
from markupsafe import escape
from sphinx.application import Sphinx
from sphinx.builders import Builder

from gongbao.figures.messages import _
from gongbao.ledger.rows import Ledger, Row
from gongbao.pages.domain import PAGES, FigureDomain, label, reference_to
from gongbao.pages.language import in_source_language, is_source
from gongbao.pages.sources import DataDirective, span
from gongbao.pages.tables import figure_html, later, page_id, uses_html

Page = tuple[int, list[tuple[str, str]]]
"""The number of a page, and the ids of the figures that it states, each with its phrases there."""


class GazettePages(DataDirective):
    """``{gazette-pages}``: a section for each text of the gazette, with its pages and their figures."""

    def run(self) -> list[nodes.Node]:
        """Make the sections, for the contents; their pages wait for the rest of the book."""
        FigureDomain.of(self.env).note_listing(PAGES, self.env.docname)
        ledger = Ledger.load(self.data("reports.csv", "units.csv", "ledger/*.csv"))
        sections: list[nodes.Node] = []
        for report in ledger.reports.values():
            short, title, body = report.words(is_source(self.config))
            heading = nodes.title("", short, translatable=False)
            words = _("{title}（{body}，{pages}）").format(title=title, body=body, pages=_named(span(report)))
            rows = [row for row in ledger.rows if row.report.key == report.key]
            pages = [(page, _said(rows, page)) for page in range(report.first_page, report.last_page + 1)]
            place = later(fill=fill, docname=self.env.docname, details={"pages": pages})
            paragraph = nodes.paragraph("", words, translatable=False)
            sections.append(nodes.section("", heading, paragraph, place, ids=[nodes.make_id(f"report-{report.key}")]))
        return sections


def _named(pages: object) -> str:
    return _("第{pages}页").format(pages=pages)


def _said(rows: Iterable[Row], page: int) -> list[tuple[str, str]]:
    phrases: dict[str, str] = defaultdict(str)
    for row in rows:
        if row.page == page:
            phrases[row.id] += f"“{row.phrase}”"
    return list(phrases.items())


def fill(builder: Builder, docname: str, pages: list[Page]) -> list[nodes.Node]:
    """The pages of a text of the gazette."""
    made = _on_the_web(builder, docname, pages) if builder.format == "html" else _in_print(docname, pages)
    if any(said for _page, said in pages):
        return made
    return [*made, nodes.paragraph("", _("这一篇没有统计数；其中的日期、文号和序号按写明理由的规则排除。"))]


def _on_the_web(builder: Builder, docname: str, pages: list[Page]) -> list[nodes.Node]:
    """Each page with its figures, their phrases and uses; pages without any share a line."""
    stating = any(said for _page, said in pages)
    content: list[nodes.Node] = []
    for empty, group in groupby(pages, key=lambda page: not page[1]):
        if empty:
            content.append(_line(page for page, _nothing in group))
            content += [nodes.paragraph("", _("本页没有统计数。"))] if stating else []
            continue
        for page, said in group:
            items = "".join(_item(builder, docname, id, phrases) for id, phrases in said)
            listed = f'<ul class="gazette-figures simple">\n{items}</ul>\n'
            content += [_line([page]), nodes.raw("", listed, format="html")]
    return content


def _item(builder: Builder, docname: str, id: str, phrases: str) -> str:
    record = FigureDomain.of(builder.env).records.get(id)
    name = escape(f"{_('，')}{label(record)}" if record else "")
    said = in_source_language(phrases, builder.config)
    number, uses = figure_html(builder, docname, id, "text"), uses_html(builder, docname, id)
    return f'<li><p>{number}{name}{said} <span class="figure-uses">{uses}</span></p></li>\n'


def _line(pages: Iterable[int]) -> nodes.paragraph:
    """A line that names pages, and is where their addresses lead."""
    content: list[nodes.Node] = []
    for index, page in enumerate(pages):
        content += [nodes.Text(_("、") if index else ""), nodes.inline("", _named(page), ids=[page_id(page)])]
    return nodes.paragraph("", "", *content, classes=["gazette-page"])


def _in_print(docname: str, pages: list[Page]) -> list[nodes.Node]:
    """Only the numbers, each leading to its row: the rest is in the ledger."""
    content: list[nodes.Node] = []
    for page, said in ((page, said) for page, said in pages if said):
        numbers: list[nodes.Node] = [nodes.strong("", _named(page))]
        for index, (id, _phrases) in enumerate(said):
            numbers += [nodes.Text(_("、") if index else _("：")), reference_to(id, "text", docname)]
        content.append(nodes.paragraph("", "", *numbers))
    return content


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("gazette-pages", GazettePages)
