"""The parts of lists of figures: tables, links from a figure, and places that are filled once all pages are read.

Links in large tables are HTML strings: nodes for thousands of rows would take longer than everything else on the pages.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TypeVar

from docutils import nodes
from markupsafe import Markup, escape
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import ReferencesResolver
from sphinx.util import logging
from sphinx.util.osutil import relative_uri

from gongbao.figures.expression import ID_IN_BRACES
from gongbao.figures.messages import _
from gongbao.pages.domain import PAGES, FigureDomain, printed, reference_to
from gongbao.pages.steps import while_written
from gongbao.results.results import Record

logger = logging.getLogger(__name__)

Cell = Sequence[nodes.Node] | str
"""Text, or inline nodes."""

Part = TypeVar("Part")


class later(nodes.General, nodes.Element):  # noqa: N801 (docutils names nodes in lower case)
    """A place on the page ``docname`` for what ``fill(view)`` returns once all pages are read.

    ``fill`` is a function of a module or a partial of one, so that it can be pickled.
    """


def fill_later(page: SphinxTransform) -> None:
    """Put the nodes of each :class:`later` in its place, and resolve the references in them."""
    for node in list(page.document.findall(later)):
        node.replace_self(node["fill"](View(page.app.builder, node["docname"])))
    ReferencesResolver(page.document).apply()


def table(
    header: Sequence[str],
    widths: Sequence[int],
    rows: Iterable[Sequence[Cell]] | str,
    *,
    numeric: Collection[int] = (),
    classes: Sequence[str] = ("figure-listing", "colwidths-given"),
    translatable: bool = False,
) -> nodes.table:
    """A docutils table.

    Args:
        header: a text for each column.
        widths: of the columns, in relation to each other.
        rows: a cell for each column; or all rows as HTML.
        numeric: the places of the columns that are aligned to the right.
        classes: by default those of a reference table: small type, and the widths as given.
        translatable: whether Sphinx is to translate it; most tables are made of data, in the language of the edition.
    """
    group = nodes.tgroup(cols=len(widths))
    group += [nodes.colspec(colwidth=width) for width in widths]
    group += nodes.thead("", _row(header, numeric, translatable))
    if isinstance(rows, str):
        group += nodes.tbody("", nodes.raw("", rows, format="html"))
    else:
        group += nodes.tbody("", *(_row(row, numeric, translatable) for row in rows))
    return nodes.table("", group, classes=[*classes])


def _row(cells: Sequence[Cell], numeric: Collection[int], translatable: bool) -> nodes.row:
    row = nodes.row()
    for place, cell in enumerate(cells):
        content = [nodes.Text(cell)] if isinstance(cell, str) else list(cell)
        # no paragraphs: Sphinx checks each for translation, and writes it out as XML to log that it has none
        kind = nodes.paragraph if translatable and content and isinstance(content[0], nodes.Text) else nodes.inline
        row += nodes.entry("", kind("", "", *content), classes=["text-right"] if place in numeric else [])
    return row


def joined(between: str, parts: Iterable[nodes.Node]) -> list[nodes.Node]:
    """Inline nodes with a text between them."""
    return [node for part in parts for node in (nodes.Text(between), part)][1:]


def folded(opening: str, shown: nodes.Node) -> list[nodes.Node]:
    """A node that a reader can unfold; the opening HTML ends with the ``summary``."""
    return [nodes.raw("", opening, format="html"), shown, nodes.raw("", "</details>", format="html")]


# --- links from a figure


def formula_nodes(record: Record, docname: str, forms: Mapping[str, str] = MappingProxyType({})) -> list[nodes.Node]:
    """The formula of a figure with links to its inputs, each by name or in its form; nothing for one not computed."""
    return _formula(record, lambda id: reference_to(id, forms.get(id, "name"), docname), nodes.Text)


def _formula(record: Record, figure: Callable[[str], Part], text: Callable[[str], Part]) -> list[Part]:
    if not record["formula"]:
        return []
    parts = [figure(part) if n % 2 else text(part) for n, part in enumerate(ID_IN_BRACES.split(record["formula"]))]
    assumed = _("。假设：{assumption}").format(assumption=record["inference"])
    return [*parts, text(assumed)] if record["inference"] else parts


class View:
    """A page as a builder writes it: makes the links on it, as HTML for tables with many rows.

    Attributes:
        docname: its name, also if a builder has put all pages into one.
        domain: the figures of the book.
        on_the_web: whether it is one of many pages, beside which there are files.
    """

    def __init__(self, builder: Builder, docname: str) -> None:
        self.builder, self.docname, self.env = builder, docname, builder.env
        self.domain, self.on_the_web = FigureDomain.of(builder.env), builder.format == "html"

    def address(self, docname: str | None, anchor: str) -> str:
        """The address of a place on a page, relative to this one; empty without a page."""
        return f"{self.builder.get_relative_uri(self.docname, docname)}#{anchor}" if docname else ""

    def file(self, path: str) -> str:
        """The address of a file among the pages, relative to this page."""
        return relative_uri(self.builder.get_target_uri(self.docname), path)

    def link(self, docname: str | None, anchor: str, content: str, over: str = "") -> Markup:
        """A link to a place on a page, as Sphinx writes it; only its content without a page."""
        if docname is None:
            return escape(content)
        href = escape(self.address(docname, anchor))
        return Markup(f'<a class="reference internal" href="{href}"{over}>{escape(content)}</a>')

    def gazette(self, page: int | None, text: str) -> Markup:
        """A text with a link to a page of the gazette in the index of pages, if the book has one."""
        return self.link(self.domain.listing.get(PAGES) if page else None, page_id(page), text)

    def figure(self, id: str, form: str) -> Markup:
        """A figure in a form, with a link to its row: as HTML what the domain makes of :func:`reference_to`."""
        record = self.domain.records.get(id)
        if not record or not (listed_on := self.domain.listed_on(record)):
            told = self.domain.dangling_warnings["text"]
            logger.warning(told, {"target": id}, location=self.docname, type="ref", subtype=form)
            return escape(id)
        text, classes, title = printed(record, form)
        over = f' title="{escape(title)}"' if title else ""
        content = Markup(f'<span class="{" ".join(classes)}">{escape(text)}</span>')
        return self.link(listed_on, id, content, over)

    def formula(self, record: Record) -> Markup:
        """The same as :func:`formula_nodes`, as HTML."""
        return Markup().join(_formula(record, lambda id: self.figure(id, "name"), escape))

    def uses(self, id: str) -> Markup:
        """The chapters that print a figure, each with links to the sections; nothing for one that none prints."""
        chapters: list[Markup] = []
        for docname, sections in self.domain.sections_with(id).items():
            names = [_section_name(self.env, docname, section) for section in sections]
            # a blank is enough before a number; a title would run into the words before it
            gap = " " if names[0][0].isdigit() else _("·")
            links = escape(_("、")).join(map(partial(self.link, docname), sections, names))
            chapters.append(Markup(f"{escape(self.env.titles[docname].astext())}{gap}{links}"))
        return escape(_("；")).join(chapters)


def _section_name(env: BuildEnvironment, docname: str, section: str) -> str:
    """The number of a section, or its title if it has none; “篇首” for a page before its first section."""
    anchor = f"#{section}"
    if number := env.toc_secnumbers.get(docname, {}).get(anchor):
        return ".".join(map(str, number))
    titles = (r.astext() for r in env.tocs[docname].findall(nodes.reference) if r["anchorname"] == anchor)
    return next(titles, _("篇首"))


def page_id(page: int | None) -> str:
    """The address of a page of the gazette in the index of pages."""
    return f"p{page}"


def setup(app: Sphinx) -> None:
    """Register the places and the transform that fills them."""
    app.add_node(later)
    # after all other transforms, which would search thousands of rows for nothing
    while_written(app, fill_later, 990)
