"""The small pictures of chapters on other pages, such as the cards of the front page."""

from __future__ import annotations

import os
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from gongbao.pages.domain import FigureDomain
from gongbao.pages.language import localised
from gongbao.pages.results import note_run


class SketchDirective(SphinxDirective):
    """``{sketch} debt``: the small picture that the notebook ``debt`` gives of itself."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Put the picture in place."""
        name = self.arguments[0]
        results = FigureDomain.of(self.env).results
        for docname in results.chapters:
            if docname.rpartition("/")[2] == name:
                note_run(self.env, docname)
        sketch = results.sketch(name)
        if sketch is None:
            return [
                self.state.document.reporter.warning(f"no notebook {name} gives a sketch of itself", line=self.lineno)
            ]
        record = localised(sketch, self.config)
        file = Path(self.env.doctreedir, "sketches", f"{name}-sketch.svg")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(record["svg"], "utf-8")
        return [
            nodes.image(
                uri=f"/{os.path.relpath(file, self.env.srcdir)}", alt=record["alt"], classes=["chart", "sketch"]
            )
        ]


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("sketch", SketchDirective)
