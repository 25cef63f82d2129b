"""The notebook that a page offers for download is the one that was run; what lies in the sources has no outputs."""

from __future__ import annotations

from pathlib import Path

import nbformat
from sphinx.application import Sphinx

from gongbao.export.notebooks import readable
from gongbao.pages.domain import FigureDomain
from gongbao.pages.language import is_source
from gongbao.pages.scripts import web_builder


def offer_runs(app: Sphinx, exception: Exception | None) -> None:
    """Put the run in the place of each source that Sphinx has copied, as it does whenever it writes a page.

    A translation offers the same notebooks, which the build of the book puts there (:mod:`gongbao.build.book`).
    """
    builder = web_builder(app)
    if exception or not builder or not builder.copysource or not is_source(app.config):
        return
    for docname, run in FigureDomain.of(app.env).notebooks.items():
        path = Path(app.env.doc2path(docname))
        offered = Path(app.outdir, "_sources", f"{docname}{path.suffix}")
        if offered.is_file() and offered.read_bytes() == path.read_bytes():
            offered.write_text(nbformat.writes(readable(run)) + "\n", "utf-8")  # type: ignore[no-untyped-call]


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    app.connect("build-finished", offer_runs)
