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
        self._forwards: list[tuple[str, str]] = []
        self._kept: set[tuple[str, str]] = set()
        self._sections: dict[tuple[str, str], str] = {}
        self._collect(tree, root, root)
        self._adopt_forwards()

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

    def _collect(self, element: nodes.Element, docname: str, section: str) -> None:
        if isinstance(element, addnodes.start_of_file):
            docname = section = element["docname"]
        if isinstance(element, nodes.document | addnodes.start_of_file):
            self._add_page(element, docname)
            self._sections[docname, ""] = docname
        self._add_ids(element, docname)
        if isinstance(element, nodes.section) and element["ids"]:
            section = self._labels[docname, element["ids"][0]]
        ids: list[str] = element.get("ids", [])
        self._sections.update(((docname, anchor), section) for anchor in ids)
        if isinstance(element, nodes.footnote):
            self._footnotes.update(((docname, anchor), element) for anchor in element["ids"])
        if isinstance(element, nodes.target) and element.get("refid"):
            self._forwards.append((docname, element["refid"]))
        for child in element.children:
            if isinstance(child, nodes.Element):
                self._collect(child, docname, section)

    def _add_page(self, element: nodes.Element, docname: str) -> None:
        """A page is reached at its title, which therefore shares the page's label."""
        self._labels[docname, ""] = docname
        for child in element.children:
            if isinstance(child, nodes.section):
                self._labels.update(((docname, anchor), docname) for anchor in child["ids"])
                return

    def _add_ids(self, element: nodes.Element, docname: str) -> None:
        ids: list[str] = element.get("ids", [])
        known = next((self._labels[docname, i] for i in ids if (docname, i) in self._labels), None)
        for anchor in ids:
            self._labels.setdefault((docname, anchor), known or f"{docname}#{ids[0]}")

    def _adopt_forwards(self) -> None:
        """A target names the element after it; where that has not taken the id, it keeps it."""
        for docname, anchor in self._forwards:
            if (docname, anchor) not in self._labels:
                self._labels[docname, anchor] = f"{docname}#{anchor}"
                self._kept.add((docname, anchor))
