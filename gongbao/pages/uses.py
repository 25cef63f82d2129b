"""From a figure to the places of the book that print it, and to the pages of the gazette that state it."""

from __future__ import annotations

from docutils import nodes
from sphinx.builders import Builder
from sphinx.environment import BuildEnvironment
from sphinx.util.nodes import make_refnode

from gongbao.figures.messages import _
from gongbao.pages.domain import PAGES, FigureDomain

PAGE_ITSELF = _("篇首")
"""What stands for the part of a page before its first section."""


def use_nodes(domain: FigureDomain, builder: Builder, fromdocname: str, id: str) -> list[nodes.Node]:
    """The chapters that print a figure, each with links to the sections; nothing for one that none prints."""
    content: list[nodes.Node] = []
    for docname, sections in domain.sections_with(id).items():
        content.append(nodes.Text(_("；") if content else ""))
        names = [section_name(domain.env, docname, section) for section in sections]
        # a number stands apart from the words before it, a title would run into them
        gap = " " if names[0][0].isdigit() else "·"
        content.append(nodes.Text(f"{domain.env.titles[docname].astext()}{gap}"))
        for index, (section, name) in enumerate(zip(sections, names, strict=True)):
            content.append(nodes.Text(_("、") if index else ""))
            content.append(make_refnode(builder, fromdocname, docname, section, nodes.Text(name)))
    return content


def section_name(env: BuildEnvironment, docname: str, section: str) -> str:
    """The number of a section, or the title of one that has none."""
    anchor = f"#{section}"
    if number := env.toc_secnumbers.get(docname, {}).get(anchor):
        return ".".join(map(str, number))
    titles = (r.astext() for r in env.tocs[docname].findall(nodes.reference) if r["anchorname"] == anchor)
    return next(titles, str(PAGE_ITSELF))


def page_link(domain: FigureDomain, builder: Builder, fromdocname: str, page: int | None, text: str) -> nodes.Node:
    """A text that leads to a page of the gazette in the index of pages, where the book has one."""
    docname = domain.listing(PAGES)
    if page is None or docname is None:
        return nodes.Text(text)
    return make_refnode(builder, fromdocname, docname, page_id(page), nodes.Text(text))


def page_id(page: int) -> str:
    """The address of a page of the gazette in the index of pages."""
    return f"p{page}"
