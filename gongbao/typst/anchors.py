"""Where every link of the book may land."""

from __future__ import annotations

from docutils import nodes
from sphinx import addnodes


class Anchors:
    """The link targets of an assembled tree, each with the Typst label that stands for it.

    An id is unique within its page only, so a target is a pair of page and id. All ids of one
    element share one label, since Typst gives an element at most one.
    """

    def __init__(self, tree: nodes.document, root: str) -> None:
        self._labels: dict[tuple[str, str], str] = {}
        self._footnotes: dict[tuple[str, str], nodes.footnote] = {}
        self._sections: dict[tuple[str, str], str] = {}
        forwards: list[tuple[str, str]] = []
        self._collect(tree, root, root, forwards)
        # a target names the element after it; where that has not taken the id, it keeps it
        self._kept = {place for place in forwards if place not in self._labels}
        self._labels |= {(docname, anchor): f"{docname}#{anchor}" for docname, anchor in self._kept}

    @property
    def pages(self) -> set[str]:
        """The pages that the tree holds."""
        return {docname for docname, anchor in self._labels if not anchor and docname}

    def label(self, docname: str, anchor: str = "") -> str | None:
        """Return the label of an id of a page (without an id: of the page), if it exists."""
        return self._labels.get((docname, anchor))

    def section(self, docname: str, anchor: str = "") -> str | None:
        """Return the label of the section in which an id stands: to others, a PDF of Typst names headings only."""
        return self._sections.get((docname, anchor))

    def of_node(self, docname: str, node: nodes.Element) -> str | None:
        """Return the label that an element has to carry, if it can be linked to."""
        if isinstance(node, nodes.target) and (docname, node.get("refid")) in self._kept:
            return self.label(docname, node["refid"])
        return self.label(docname, node["ids"][0]) if node.get("ids") else None

    def footnote(self, docname: str, anchor: str) -> nodes.footnote | None:
        """Return the footnote with an id."""
        return self._footnotes.get((docname, anchor))

    def _collect(self, element: nodes.Element, docname: str, section: str, forwards: list[tuple[str, str]]) -> None:
        if isinstance(element, addnodes.start_of_file):
            docname = section = element["docname"]
        ids: list[str] = element.get("ids", [])
        places = [(docname, anchor) for anchor in ids]
        if isinstance(element, nodes.document | addnodes.start_of_file):
            # a page is reached at its title, which therefore shares the page's label
            self._labels[docname, ""] = self._sections[docname, ""] = docname
            if title := next((child for child in element.children if isinstance(child, nodes.section)), None):
                self._labels |= {(docname, str(anchor)): docname for anchor in title["ids"]}
        known = next((self._labels[place] for place in places if place in self._labels), None)
        for place in places:
            self._labels.setdefault(place, known or f"{docname}#{ids[0]}")
        if isinstance(element, nodes.section) and places:
            section = self._labels[places[0]]
        self._sections.update(dict.fromkeys(places, section))
        if isinstance(element, nodes.footnote):
            self._footnotes.update(dict.fromkeys(places, element))
        if isinstance(element, nodes.target) and element.get("refid"):
            forwards.append((docname, element["refid"]))
        for child in element.children:
            if isinstance(child, nodes.Element):
                self._collect(child, docname, section, forwards)
