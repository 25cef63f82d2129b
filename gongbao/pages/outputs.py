"""What a notebook may not leave on a page: pictures without words for those who cannot see them, and warnings.

Paper refuses such pictures (PDF/UA), so the pages do as well: one thing to mend, said in one line, before anything is
typeset. While the book is written (``make live``) they are shown all the same.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

logger = logging.getLogger(__name__)

_FOR_CELLS = 'chapter.chart(…) has them, or the cell\'s metadata: {"mystnb": {"image": {"alt": "…"}}}'
_FOR_PAGES = "![words](picture)"


class CheckOutputs(SphinxTransform):
    """Warns of what a page may not show."""

    default_priority = 990
    """After translations are in place."""

    def apply(self, **_: Any) -> None:
        """Look at pictures and streams."""
        if self.app.builder.name == "gettext":
            return  # pictures have no words there, so that no catalogue lists them
        # all forms of one picture stand at one place
        for place in {_placed(image): None for image in self.document.findall(nodes.image) if not image.get("alt")}:
            advice = _FOR_CELLS if _is_output(place) else _FOR_PAGES
            logger.warning("a picture without words for those who cannot see it; %s", advice, location=place)
        for stream in self.document.findall(nodes.literal_block):
            if "stderr" in stream["classes"]:
                said = (stream.astext().strip().splitlines() or [""])[-1][:100]
                advice = "mend the cause, or tag the cell remove-stderr"
                logger.warning("the cell writes to stderr: “%s”; %s", said, advice, location=stream)


def _placed(node: nodes.Element) -> nodes.Element:
    """The nearest node around it that knows its line."""
    while not node.line and node.parent is not None:
        node = node.parent
    return node


def _is_output(node: nodes.Node | None) -> bool:
    while node is not None and "cell_output" not in getattr(node, "attributes", {}).get("classes", ()):
        node = node.parent
    return node is not None


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    app.add_transform(CheckOutputs)
