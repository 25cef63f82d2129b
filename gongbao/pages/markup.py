"""Replacements for HTML of docutils and Sphinx: accessible markup, no inline styles, formulas without scripts."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from ipython_pygments_lexers import IPython3Lexer
from myst_nb.sphinx_ import HideCodeCellNode, HideInputCells, depart_HideCellInput
from myst_parser.mdit_to_docutils.base import DocutilsRenderer
from myst_parser.mdit_to_docutils.sphinx_ import SphinxRenderer
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from gongbao.figures.messages import _
from gongbao.pages.steps import while_written
from gongbao.pages.web import web_builder

logger = logging.getLogger(__name__)

NARROW = ".narrow.svg"
"""The ending of the file beside a chart with its drawing for phones."""

_FILE = '<svg xmlns="http://www.w3.org/2000/svg" '
_STOPS = re.compile("[，。；：、）,.;:)]+")


def gather_code(page: SphinxTransform) -> None:
    """Put the code of a section into one folded block at its end, before MyST-NB folds cell by cell.

    Outputs stay in their places. A page has a switch that opens all blocks, or takes them all away (``page.js``).
    """
    for section in list(page.document.findall(nodes.section)):
        containers = (node for node in section.children if isinstance(node, nodes.container))
        if not (cells := [node for node in containers if node.get("hide_mode") == "input"]):
            continue
        prompts = {"prompt_show": str(_("本节的代码")), "prompt_hide": str(_("收起代码"))}
        block = HideCodeCellNode(**prompts, classes=["above-input", "section-code"])
        for cell in cells:
            block += cell.pop(0)
            cell["hide_mode"] = None
            if not any(output.children for output in cell.children):
                section.remove(cell)
        below = section.first_child_matching_class(nodes.section)
        section.insert(len(section) if below is None else below, nodes.container("", block, classes=["cell"]))


def keep_stops(page: SphinxTransform) -> None:
    """Keep the stop after a formula on its line: browsers may break lines next to formulas."""
    for formula in list(page.document.findall(nodes.math)):
        line, place = formula.parent, formula.parent.index(formula)
        after = next(iter(line.children[place + 1 :]), None)
        if isinstance(after, nodes.Text) and (stops := _STOPS.match(after)):
            whole = nodes.inline("", "", formula, nodes.Text(stops[0]), classes=["whole"])
            line[place : place + 2] = [whole, nodes.Text(after[stops.end() :])]


def visit_image(translator: HTML5Translator, node: nodes.image) -> None:
    """Write a chart into the page itself: its texts are text, and marks show their values when pointed at."""
    if "chart" not in node["classes"]:
        HTML5Translator.visit_image(translator, node)
        return
    path = Path(translator.builder.srcdir, node["uri"])
    for file, width in ((path, "wide"), (path.with_suffix(NARROW), "narrow")):
        if file.is_file():
            classes = " ".join((*node["classes"], width))
            opening = f'<svg class="{classes}" role="img" aria-label="{escape(node["alt"])}" '
            translator.body.append(file.read_text("utf-8").replace(_FILE, opening, 1))
    raise nodes.SkipNode


def depart_column(translator: HTML5Translator, node: nodes.colspec) -> None:
    """Write the widths of all columns, at the last one, as attributes: docutils' styles are forbidden by policy."""
    columns = [column for column in node.parent if isinstance(column, nodes.colspec)]
    if node is columns[-1] and "colwidths-given" in node.parent.parent["classes"]:
        widths = [column["colwidth"] / sum(one["colwidth"] for one in columns) for column in columns]
        written = (translator.emptytag(node, "col", width=f"{width:.1%}") for width in widths)
        translator.body += [translator.starttag(node, "colgroup"), *written, "</colgroup>\n"]


def visit_citation(translator: HTML5Translator, node: nodes.citation) -> None:
    """An entry of a list, under the role that replaces the deprecated ``doc-biblioentry``."""
    if not isinstance(node.previous_sibling(), nodes.citation):
        translator.body.append('<div role="list" class="citation-list">\n')
    translator.body.append(translator.starttag(node, "div", classes=["citation"], role="listitem"))


def visit_hidden_code(translator: HTML5Translator, node: HideCodeCellNode) -> None:
    """Folded code, named by its visible words: MyST-NB adds an English name for screen readers."""
    translator.body.append(f'<details class="{" ".join(("admonition", "hide", *node["classes"]))}">\n<summary>\n')
    for state, prompt in (("collapsed", node["prompt_show"]), ("expanded", node["prompt_hide"])):
        translator.body.append(f'<p class="{state} admonition-title">{escape(prompt)}</p>\n')
    translator.body.append("</summary>\n")


def visit_math(translator: HTML5Translator, node: nodes.math) -> None:
    """A formula in a line of text."""
    translator.body.append(_mathml(node, as_block=False))
    raise nodes.SkipNode


def visit_math_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    """A formula on lines of its own, with its number if it has one; the keyboard scrolls one that is too wide."""
    attributes = {"class": "formula", "tabindex": "0", "role": "group", "aria-label": _("公式")}
    translator.body.append(translator.starttag(node, "div", **attributes))  # type: ignore[arg-type]
    translator.body.append(_mathml(node, as_block=True))
    if node.get("number"):
        translator.body.append(f'<span class="eqno">({get_node_equation_number(translator, node)})</span>')
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def _mathml(node: nodes.Element, as_block: bool) -> str:
    """A formula as MathML, which browsers draw themselves: no script, nothing to fetch."""
    try:
        return tex2mathml(node.astext(), as_block=as_block)
    except (MathError, AttributeError) as error:  # the latter for signs in unexpected places
        logger.warning("formula %r: %s", node.astext(), error, location=node)
        return escape(node.astext())


def remove_old_pictures(app: Sphinx, exception: Exception | None) -> None:
    """Remove files of pictures that are gone since the last build, so that the pages are those of a clean one."""
    if not exception and (builder := web_builder(app)):
        shown = {name for _pages, name in app.env.images.values()}
        for picture in Path(app.outdir, builder.imagedir).glob("*"):
            if picture.name not in shown:
                picture.unlink()


def setup(app: Sphinx) -> None:
    """Register what replaces docutils' own; ``html_math_renderer: mathml`` chooses the formulas."""
    app.add_node(nodes.image, override=True, html=(visit_image, HTML5Translator.depart_image))
    app.add_node(nodes.colspec, override=True, html=(HTML5Translator.visit_colspec, depart_column))
    app.add_node(nodes.citation, override=True, html=(visit_citation, HTML5Translator.depart_citation))
    app.add_node(HideCodeCellNode, override=True, html=(visit_hidden_code, depart_HideCellInput))
    while_written(app, gather_code, HideInputCells.default_priority - 1, "html")
    while_written(app, keep_stops, 9, "html")
    # else Sphinx would look for it among all installed packages for each block of code
    app.add_lexer("ipython3", IPython3Lexer)
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))
    # MyST's renderer for Sphinx gives formulas without a label a number and a random address, which nothing links to
    SphinxRenderer.render_amsmath = DocutilsRenderer.render_amsmath  # type: ignore[method-assign]
    app.connect("build-finished", remove_old_pictures)
