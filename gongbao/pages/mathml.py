"""Formulas as MathML, which browsers draw themselves: no script, nothing to fetch."""

from __future__ import annotations

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from gongbao.figures.messages import _


def visit_math(translator: HTML5Translator, node: nodes.math) -> None:
    """A formula in a line of text."""
    translator.body.append(tex2mathml(node.astext(), as_block=False))
    raise nodes.SkipNode


def visit_math_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    """A formula on lines of its own, with its number if it has one; the keyboard scrolls one that is too wide."""
    attributes = {"class": "formula", "tabindex": "0", "role": "group", "aria-label": _("公式")}
    translator.body.append(translator.starttag(node, "div", **attributes))  # type: ignore[arg-type]
    translator.body.append(tex2mathml(node.astext(), as_block=True))
    if node.get("number"):
        translator.body.append(f'<span class="eqno">({get_node_equation_number(translator, node)})</span>')
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Offer the renderer; ``html_math_renderer: mathml`` chooses it."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))
