"""Numbers in prose: Markdown links to figures (:mod:`gongbao.prose.numbers`) become references of the domain.

MyST leaves ``[text](#id)`` as a reference without a target until all else of a page is done, and would then ask every
domain. These are taken before: the domain has to know which figures a page prints when the page has been read.
"""

from __future__ import annotations

import re
from typing import Any, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.transforms.i18n import Locale
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.nodes import is_translatable, traverse_parent

from gongbao.pages.domain import FigureDomain, reference_to
from gongbao.pages.language import is_source
from gongbao.prose import numbers

logger = logging.getLogger(__name__)

_FORMS = "number_forms"
"""How the text that is translated prints each figure, kept with it."""

EQUATION = "equation-"
"""How the anchors of equations begin on a page."""

FILLED = "number_filled"
"""Marks a number of a text that code composes: it is printed here, and has nothing to be compared with."""


class MarkMessages(SphinxTransform):
    """Takes the numbers out of what is to be translated, so that a translation outlives them."""

    default_priority = Locale.default_priority - 1

    def apply(self, **_: Any) -> None:
        """Look at the messages of a page."""
        for node in self.document.findall(nodes.Element):
            source = node.rawsource
            if "](#" in source and is_translatable(node) and numbers.LINK.search(source):
                node[_FORMS] = numbers.forms(source)
                node.rawsource = numbers.marked(source)


class LinkNumbers(SphinxTransform):
    """Leaves a number open until all pages are read, and keeps what the text says it is."""

    default_priority = Locale.default_priority + 1

    def apply(self, **_: Any) -> None:
        """Look at the links of a page, those of its translation included."""
        source = is_source(self.config)
        for link in list(self.document.findall(nodes.reference)):
            uri = str(link.get("refuri", ""))
            target = uri.removeprefix("#")
            if target == uri or not numbers.ID.fullmatch(target):
                continue
            said = link.astext()
            if numbers.NUMBERED.fullmatch(target):
                equation = target.startswith(EQUATION)
                domain, kind = ("math", "eq") if equation else ("std", "numref")
                number = reference_to(target.removeprefix(EQUATION), kind, self.env.docname, domain)
            else:
                forms = next((node[_FORMS] for node in traverse_parent(link) if _FORMS in node), ())
                form = numbers.form_in_translation(said, target, forms)
                number = reference_to(target, form, self.env.docname)
            number.source, number.line = link.source, link.line
            if source and not link.get(FILLED):
                number["said"] = said
            link.replace_self(number)


class CheckLinks(SphinxPostTransform):
    """Leads from words to their entries in the glossary; stops what leads nowhere, and numbers that are others now."""

    default_priority = 8
    """Before MyST asks every domain."""

    def run(self, **_: Any) -> None:
        """Look at the links of a page that are open."""
        std, math = self.env.domains["std"], self.env.domains["math"]
        figures, terms = FigureDomain.of(self.env), {term for kind, term in std.objects if kind == "term"}
        anchors = terms | std.labels.keys() | std.anonlabels.keys() | {f"{EQUATION}{id}" for id in math.equations}
        for node in list(self.document.findall(addnodes.pending_xref)):
            if (id := _id_of(node)) is None:
                continue
            told = ""
            if id in terms:
                node["refdomain"], node["reftype"] = "std", "term"
                cast(nodes.Element, node[0])["classes"].append("glossary-term")
            elif id not in anchors and id not in figures.records:
                told = numbers.unknown(id, sorted(anchors | figures.records.keys()))
                node.replace_self(nodes.inline("", node.astext()))
            elif "said" in node and not numbers.says(node["said"], text := self._printed(id, node)):
                told = f"{numbers.stale(id, node['said'], text)}; {numbers.MEND}"
            elif "said" in node and id in figures.records and (around := _misfit(node, figures.records[id]["unit"])):
                told = (
                    f"{id}: {around!r} stands at {node['said']}, and makes it another number; expected: [](#{id}) alone"
                )
            if told:
                logger.warning("%s", told, location=node, type="gongbao", subtype="number")

    def _printed(self, id: str, node: addnodes.pending_xref) -> str:
        """The number that will be printed; what the text says, if that is said to lead nowhere."""
        resolve = self.env.domains[node["refdomain"]].resolve_xref
        content = nodes.inline(id, id)
        found = resolve(self.env, node["refdoc"], self.app.builder, node["reftype"], node["reftarget"], node, content)
        return str(node["said"]) if found is None else found.astext()


def _misfit(node: addnodes.pending_xref, unit: str) -> str:
    """What around a number of a text changes what it says."""
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
    app.add_transform(MarkMessages)
    app.add_transform(LinkNumbers)
    app.add_post_transform(CheckLinks)
