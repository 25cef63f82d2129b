"""The gazette page by page: which figures each page states, and where the book uses them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from itertools import groupby

from docutils import nodes
from markupsafe import escape
from sphinx.application import Sphinx
from sphinx.builders import Builder

from gongbao.figures.messages import _
from gongbao.ledger.rows import Ledger
from gongbao.pages.domain import PAGES, FigureDomain, label, reference_to
from gongbao.pages.language import in_source_language, is_source
from gongbao.pages.sources import DataDirective, span
from gongbao.pages.tables import figure_html, joined, later, page_id, uses_html

Pages = dict[int, dict[str, str]]
"""By the numbers of pages, the ids of the figures that they state, each with its phrases there."""


class GazettePages(DataDirective):
    """``{gazette-pages}``: a section for each text of the gazette, with its pages and their figures."""

    def run(self) -> list[nodes.Node]:
        """Make the sections, for the contents; their pages wait for the rest of the book."""
        FigureDomain.of(self.env).note_listing(PAGES, self.env.docname)
        ledger = Ledger.load(self.data("reports.csv", "units.csv", "ledger/*.csv"))
        stated: dict[tuple[str, int], dict[str, str]] = defaultdict(lambda: defaultdict(str))
        for row in ledger.rows:
            stated[row.report.key, row.page][row.id] += f"“{row.phrase}”"
        sections: list[nodes.Node] = []
        for report in ledger.reports.values():
            short, title, body = report.words(is_source(self.config))
            heading = nodes.title("", short, translatable=False)
            words = _("{title}（{body}，{pages}）").format(title=title, body=body, pages=_named(span(report)))
            numbers = range(report.first_page, report.last_page + 1)
            pages = {number: dict(stated[report.key, number]) for number in numbers}
            place = later(fill=partial(fill, docname=self.env.docname, pages=pages))
            paragraph = nodes.paragraph("", words, translatable=False)
            sections.append(nodes.section("", heading, paragraph, place, ids=[nodes.make_id(f"report-{report.key}")]))
        return sections


def _named(pages: object) -> str:
    return _("第{pages}页").format(pages=pages)


def fill(builder: Builder, docname: str, pages: Pages) -> list[nodes.Node]:
    """The pages of a text of the gazette."""
    made = _on_the_web(builder, docname, pages) if builder.format == "html" else _in_print(docname, pages)
    if any(pages.values()):
        return made
    return [*made, nodes.paragraph("", _("这一篇没有统计数；其中的日期、文号和序号按写明理由的规则排除。"))]


def _on_the_web(builder: Builder, docname: str, pages: Pages) -> list[nodes.Node]:
    """Each page with its figures, their phrases and uses; pages without any share a line."""
    content: list[nodes.Node] = []
    for states, group in groupby(pages, key=lambda page: bool(pages[page])):
        if not states:
            content.append(_line(group))
            content += [nodes.paragraph("", _("本页没有统计数。"))] if any(pages.values()) else []
            continue
        for page in group:
            items = "".join(_item(builder, docname, id, phrases) for id, phrases in pages[page].items())
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
    addressed = (nodes.inline("", _named(page), ids=[page_id(page)]) for page in pages)
    return nodes.paragraph("", "", *joined(_("、"), addressed), classes=["gazette-page"])


def _in_print(docname: str, pages: Pages) -> list[nodes.Node]:
    """Only the numbers, each leading to its row: the rest is in the ledger."""
    content: list[nodes.Node] = []
    for page, said in pages.items():
        if said:
            numbers = joined(_("、"), (reference_to(id, "text", docname) for id in said))
            content.append(nodes.paragraph("", "", nodes.strong("", _named(page)), nodes.Text(_("：")), *numbers))
    return content


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("gazette-pages", GazettePages)
