"""The place that a picture will take: said on the page, so that nothing moves when it comes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator

_VIEW = re.compile(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"')
_PIXELS_PER_POINT = 96 / 72


class GivePlace(SphinxPostTransform):
    """Give drawings their size, and let those that are not seen yet come when they are."""

    default_priority = 9  # after sketches are put in place
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Go through the drawings of a page; the first may be in view at once."""
        for index, image in enumerate(self.document.findall(nodes.image)):
            path = Path(self.env.srcdir) / image["uri"]
            if path.suffix == ".svg" and (view := _VIEW.search(path.read_text("utf-8"))):
                image["pixels"] = [round(float(points) * _PIXELS_PER_POINT) for points in view.groups()]
            if index:
                image["loading"] = "lazy"


def visit_image(translator: HTML5Translator, node: nodes.image) -> None:
    """Write the size as attributes: docutils writes a style, and Sphinx a link to what it takes for a thumbnail."""
    HTML5Translator.visit_image(translator, node)
    if "pixels" in node:
        width, height = node["pixels"]
        translator.body[-1] = translator.body[-1].replace("<img ", f'<img width="{width}" height="{height}" ', 1)


def setup(app: Sphinx) -> None:
    """Register the transform and what writes its result."""
    app.add_node(nodes.image, override=True, html=(visit_image, HTML5Translator.depart_image))
    app.add_post_transform(GivePlace)
