"""What the HTML of docutils and Sphinx lacks for those who do not see or do not point."""

from __future__ import annotations

from html import escape
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator


def visit_citation(translator: HTML5Translator, node: nodes.citation) -> None:
    """An entry of a list, under the role that replaces the deprecated ``doc-biblioentry``."""
    if not isinstance(node.previous_sibling(), nodes.citation):
        translator.body.append('<div role="list" class="citation-list">\n')
    translator.body.append(translator.starttag(node, "div", classes=["citation"], role="listitem"))


def visit_hidden_code(translator: HTML5Translator, node: HideCodeCellNode) -> None:
    """Folded code, named by what is seen: MyST-NB also names it in English for those who listen."""
    translator.body.append(f'<details class="{" ".join(("admonition", "hide", *node["classes"]))}">\n<summary>\n')
    for state, prompt in (("collapsed", node["prompt_show"]), ("expanded", node["prompt_hide"])):
        translator.body.append(f'<p class="{state} admonition-title">{escape(prompt)}</p>\n')
    translator.body.append("</summary>\n")


class LeaveWidthsToStyle(SphinxPostTransform):
    """Write no widths of columns into the page: they are the style sheet's, and suit no phone."""

    default_priority = 9
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Go through all tables."""
        for table in self.document.findall(nodes.table):
            table["classes"] = [name for name in table["classes"] if name != "colwidths-given"] + ["colwidths-auto"]


def setup(app: Sphinx) -> None:
    """Register what replaces docutils' own."""
    app.add_node(nodes.citation, override=True, html=(visit_citation, HTML5Translator.depart_citation))
    app.add_node(HideCodeCellNode, override=True, html=(visit_hidden_code, depart_HideCellInput))
    app.add_post_transform(LeaveWidthsToStyle)
