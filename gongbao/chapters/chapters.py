"""A chapter cut out of the book: its page, the formulas, terms and works it refers to, and no link to anything else."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from docutils import nodes
from docutils.utils import new_document
from sphinx import addnodes

from gongbao.typst.builder import PAGE_PREFIX

Pages = Callable[[str], nodes.document]
"""Gives pages of the book by name, their references resolved to addresses that begin with :data:`PAGE_PREFIX`."""

APPENDICES: dict[str, tuple[str, type[nodes.Element]]] = {
    "cited-formulas": ("本章引用的公式", nodes.math_block),
    "cited-terms": ("本章用到的术语", nodes.definition_list_item),
    "cited-works": ("本章引用的文献", nodes.citation),
}
"""What is taken over from other pages: its id, its title, and the element. Works come last: terms cite some, too."""


def chapter_tree(docname: str, pages: Pages) -> nodes.document:
    """The page with its appendices; a reference leads into this tree or is plain text."""
    tree = new_document(docname)
    tree += addnodes.start_of_file("", *pages(docname).deepcopy().children, docname=docname)
    for id, (title, kind) in APPENDICES.items():
        wanted: dict[str, set[str]] = {}
        for page, anchor in map(address, filter(_cites, references(tree))):
            if anchor and page != docname:
                wanted.setdefault(page, set()).add(anchor)
        found = {page: _copies(pages(page), kind, anchors) for page, anchors in wanted.items()}
        section = nodes.section("", nodes.title("", title), ids=[id])
        section += [addnodes.start_of_file("", *items, docname=page) for page, items in found.items() if items]
        if len(section.children) > 1:
            tree += section
    _cut_loose_ends(tree, docname)
    return tree


def references(tree: nodes.Element) -> Iterator[nodes.Element]:
    """References that name a page of the book."""
    for node in tree.findall(nodes.Element):
        if node.get("refuri", "").startswith(PAGE_PREFIX):
            yield node


def address(reference: nodes.Element) -> tuple[str, str]:
    """The page and the id that a reference names."""
    page, _, anchor = reference["refuri"].removeprefix(PAGE_PREFIX).partition("#")
    return page, anchor


def _cites(reference: nodes.Element) -> bool:
    """Whether a reference is no number: those lead to the ledger, which is no part of a chapter."""
    return next(reference.findall(_is_number), None) is None


def _is_number(node: nodes.Node) -> bool:
    return isinstance(node, nodes.inline) and "figure-value" in node["classes"]


def _copies(page: nodes.document, kind: type[nodes.Element], anchors: set[str]) -> list[nodes.Element]:
    """Copies of the elements of a page that have one of the ids, in the order of the page."""
    copies = [node.deepcopy() for node in page.findall(kind) if anchors & _ids(node)]
    for node in copies:
        node["backrefs"] = []  # they would lead to the page
    if copies and isinstance(copies[0], nodes.definition_list_item):
        return [nodes.definition_list("", *copies, classes=["simple", "glossary"])]
    return copies


def _ids(node: nodes.Element) -> set[str]:
    """The ids of an element, with those of the terms that a definition is for."""
    terms = node.findall(nodes.term) if isinstance(node, nodes.definition_list_item) else ()
    return {*node["ids"], *(id for term in terms for id in term["ids"])}


def _cut_loose_ends(tree: nodes.document, docname: str) -> None:
    """Make a reference to what is not in the document plain text."""
    there = {(file["docname"], id) for file in tree.findall(addnodes.start_of_file) for id in _all_ids(file)}
    there.add((docname, ""))
    for node in list(references(tree)):
        if address(node) not in there:
            node.replace_self(nodes.inline("", "", *node.children, classes=node["classes"]))


def _all_ids(tree: nodes.Element) -> Iterator[str]:
    for node in tree.findall(nodes.Element):
        yield from node.get("ids", ())
        if isinstance(node, nodes.target) and "refid" in node:
            yield node["refid"]
