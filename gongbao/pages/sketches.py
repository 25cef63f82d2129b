"""The small pictures of chapters on other pages, such as the cards of the front page."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from gongbao.pages.domain import FigureDomain

logger = logging.getLogger(__name__)


class sketch(nodes.General, nodes.Element):  # noqa: N801 (docutils names nodes in lower case)
    """Where the small picture of a chapter will stand once all pages are read."""


class SketchDirective(SphinxDirective):
    """``{sketch} debt``: the small picture that the notebook ``debt`` gives of itself."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Leave the place open until all pages are read."""
        name = self.arguments[0]
        FigureDomain.of(self.env).note_sketched(self.env.docname, name)
        node = sketch(chapter=name)
        self.set_source_info(node)
        return [node]


class FillSketches(SphinxPostTransform):
    """Put the pictures in place."""

    default_priority = 8

    def run(self, **_: Any) -> None:
        """Replace every :class:`sketch` of a page."""
        domain = FigureDomain.of(self.env)
        for node in list(self.document.findall(sketch)):
            record = domain.sketch(node["chapter"])
            if record is None:
                logger.warning("no notebook %s gives a sketch of itself", node["chapter"], location=node)
                node.parent.remove(node)
                continue
            uri = record["uri"]
            # what Sphinx does for the images that it finds while reading
            self.env.images.add_file(self.env.docname, uri)
            picture = nodes.image(uri=uri, alt=record["alt"], classes=["chart", "sketch"], candidates={"*": uri})
            node.replace_self(picture)


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_node(sketch)
    app.add_directive("sketch", SketchDirective)
    app.add_post_transform(FillSketches)
