"""The targets of all links within the book."""

from __future__ import annotations

from docutils import nodes
from sphinx import addnodes

Place = tuple[str, str]
"""A page and an id on it, which is unique there only; without an id, the page."""


class Anchors:
    """The link targets of an assembled tree.

    Attributes:
        labels: the Typst label of a place. All ids of an element share one, since Typst gives an element at most one.
        sections: the label of the section around a place: links from other PDFs can lead to headings only.
    """

    def __init__(self, tree: nodes.document, root: str) -> None:
        self.labels: dict[Place, str] = {}
        self.sections: dict[Place, str] = {}
        self._collect(tree, root, root)

    @property
    def pages(self) -> set[str]:
        """The pages that the tree holds."""
        return {docname for docname, anchor in self.labels if not anchor and docname}

    def of_node(self, docname: str, node: nodes.Node) -> str | None:
        """Return the label of a node of a page, if links can lead to it."""
        ids = node["ids"] if isinstance(node, nodes.Element) else ()
        return self.labels.get((docname, ids[0])) if ids else None

    def _collect(self, element: nodes.Element, docname: str, section: str) -> None:
        if isinstance(element, addnodes.start_of_file):
            docname = section = element["docname"]
        ids: list[str] = element.get("ids", [])
        places = [(docname, anchor) for anchor in ids]
        if isinstance(element, nodes.document | addnodes.start_of_file):
            # a page is reached at its title, which therefore shares the page's label
            self.labels[docname, ""] = self.sections[docname, ""] = docname
            if title := next((child for child in element.children if isinstance(child, nodes.section)), None):
                self.labels |= {(docname, anchor): docname for anchor in title["ids"]}
        if places:
            label = next((self.labels[place] for place in places if place in self.labels), f"{docname}#{ids[0]}")
            self.labels |= {place: self.labels.get(place, label) for place in places}
            section = label if isinstance(element, nodes.section) else section
            self.sections.update(dict.fromkeys(places, section))
        for child in element.children:
            if isinstance(child, nodes.Element):
                self._collect(child, docname, section)
