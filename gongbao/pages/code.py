"""The code of a chapter: for each section one folded block, in place of a mark for each cell.

Cells that only compute leave nothing else on a page, and what they make stands where it stood. A page has a switch that
opens all blocks, or takes them all away (``page.js``); without scripts there are the folded blocks.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode, HideInputCells
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from gongbao.figures.messages import _


class GatherCode(SphinxPostTransform):
    """Puts the code of a section into one block at its end; before MyST-NB folds cell by cell."""

    default_priority = HideInputCells.default_priority - 1
    formats = ("html",)

    def run(self, **_options: Any) -> None:
        """Look at the cells that stand in a section itself, not in one below it."""
        for section in list(self.document.findall(nodes.section)):
            cells = [node for node in section.children if isinstance(node, nodes.container) and _is_folded(node)]
            if not cells:
                continue
            block = HideCodeCellNode(
                prompt_show=str(_("本节的代码")),
                prompt_hide=str(_("收起代码")),
                classes=["above-input", "section-code"],
            )
            for cell in cells:
                block += cell.pop(0)
                cell["hide_mode"] = None
                if not any(output.children for output in cell.children):
                    section.remove(cell)
            below = next(
                (n for n, node in enumerate(section.children) if isinstance(node, nodes.section)), len(section)
            )
            section.insert(below, nodes.container("", block, classes=["cell"]))


def _is_folded(node: nodes.container) -> bool:
    return (
        node.get("nb_element") == "cell_code"
        and node.get("hide_mode") == "input"
        and bool(node.children)
        and node.children[0].get("nb_element") == "cell_code_source"  # type: ignore[attr-defined]
    )


def setup(app: Sphinx) -> None:
    """Register the transform."""
    app.add_post_transform(GatherCode)
