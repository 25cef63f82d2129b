"""Numbers in prose: Markdown links to figures (:mod:`gongbao.prose.numbers`) become references of the domain.

MyST leaves ``[text](#id)`` unresolved until everything else of a page is done, and would then ask every domain. Links
to numbers are converted before: the domain has to know which figures a page prints when the page has been read.
"""

from __future__ import annotations

import re
from typing import cast

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.transforms.i18n import Locale
from sphinx.util import logging
from sphinx.util.nodes import is_translatable, traverse_parent

from gongbao.pages.domain import FigureDomain, reference_to
from gongbao.pages.language import is_source
from gongbao.pages.steps import while_read, while_written
from gongbao.prose import numbers

logger = logging.getLogger(__name__)

_FORMS = "number_forms"
"""The attribute of a translatable node with the forms in which its text prints figures."""

EQUATION = "equation-"
"""The beginning of the anchors of equations on a page."""

FILLED = "number_filled"
"""Marks links in titles and notes composed by code: their text is filled in here, and not checked."""


def mark_messages(page: SphinxTransform) -> None:
    """Replace numbers in translatable texts by marks, so that translations stay valid when numbers change."""
    for node in page.document.findall(nodes.Element):
        source = node.rawsource
        if "](#" in source and is_translatable(node) and numbers.LINK.search(source):
            node[_FORMS] = numbers.forms(source)
            node.rawsource = numbers.marked(source)


def link_numbers(page: SphinxTransform) -> None:
    """Make the numbers of a page, or of its translation, pending references, and keep the typed text to compare."""
    source = is_source(page.config)
    for link in list(page.document.findall(nodes.reference)):
        uri = str(link.get("refuri", ""))
        target = uri.removeprefix("#")
        if target == uri or not numbers.ID.fullmatch(target):
            continue
        said = link.astext()
        if numbers.NUMBERED.fullmatch(target):
            equation = target.startswith(EQUATION)
            domain, kind = ("math", "eq") if equation else ("std", "numref")
            number = reference_to(target.removeprefix(EQUATION), kind, page.env.docname, domain)
        else:
            forms = next((node[_FORMS] for node in traverse_parent(link) if _FORMS in node), ())
            form = numbers.form_in_translation(said, target, forms)
            number = reference_to(target, form, page.env.docname)
        number.source, number.line = link.source, link.line
        if source and not link.get(FILLED):
            number["said"] = said
        link.replace_self(number)


def check_links(page: SphinxTransform) -> None:
    """Link terms to the glossary; warn of links that lead nowhere, and of numbers that have changed."""
    std, math = page.env.domains["std"], page.env.domains["math"]
    figures, terms = FigureDomain.of(page.env), {term for kind, term in std.objects if kind == "term"}
    anchors = terms | std.labels.keys() | std.anonlabels.keys() | {f"{EQUATION}{id}" for id in math.equations}
    for node in list(page.document.findall(addnodes.pending_xref)):
        if (id := _id_of(node)) is None:
            continue
        told = ""
        if id in terms:
            node["refdomain"], node["reftype"] = "std", "term"
            cast(nodes.Element, node[0])["classes"].append("glossary-term")
        elif id not in anchors and id not in figures.records:
            told = numbers.unknown(id, sorted(anchors | figures.records.keys()))
            node.replace_self(nodes.inline("", node.astext()))
        elif "said" in node and not numbers.says(node["said"], text := _printed(page, node)):
            told = f"{numbers.stale(id, node['said'], text)}; {numbers.MEND}"
        elif "said" in node and id in figures.records and (around := _misfit(node, figures.records[id]["unit"])):
            told = f"{id}: {around!r} stands at {node['said']}, and makes it another number; expected: [](#{id}) alone"
        if told:
            logger.warning("%s", told, location=node, type="gongbao", subtype="number")


def _printed(page: SphinxTransform, node: addnodes.pending_xref) -> str:
    """The number that will be printed; the typed text if the link leads nowhere, which is reported elsewhere."""
    domain, content = page.env.domains[node["refdomain"]], nodes.inline()
    place = page.env, node["refdoc"], page.app.builder, node["reftype"], node["reftarget"]
    found = domain.resolve_xref(*place, node, content)
    return str(node["said"]) if found is None else found.astext()


def _misfit(node: addnodes.pending_xref, unit: str) -> str:
    """Text next to a number that changes its meaning; empty if there is none."""
    siblings = node.parent.children
    place = siblings.index(node)
    before = siblings[place - 1].astext() if place else ""
    behind = siblings[place + 1].astext() if place + 1 < len(siblings) else ""
    return numbers.misfit(before, node["said"], behind, unit)


def _id_of(node: addnodes.pending_xref) -> str | None:
    """The id that a link of a text leads to; None if it leads to a page or a file, or is none of these."""
    target = str(node["reftarget"])
    kind = node.get("refdomain"), node["reftype"]
    if kind == ("math", "eq"):
        return EQUATION + target
    if kind in {(None, "myst"), ("std", "numref")} or (kind[0] == FigureDomain.name and kind[1] != "name"):
        path = not numbers.ID.fullmatch(target) and re.search(r"/|\.(?:md|ipynb)$", target)
        return None if path else target
    return None


def setup(app: Sphinx) -> None:
    """Register the transforms."""
    while_read(app, mark_messages, Locale.default_priority - 1)
    while_read(app, link_numbers, Locale.default_priority + 1)
    while_written(app, check_links, 8)  # before MyST asks every domain
