"""The notebook that a page offers for download is the one that was run; what lies in the sources has no outputs."""

from __future__ import annotations

import base64
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from sphinx.application import Sphinx

from gongbao.figures.bundles import CHART_MIME, FIGURES_MIME, SKETCH_MIME, TABLE_MIME
from gongbao.pages.domain import FigureDomain
from gongbao.pages.scripts import web_builder

PRIVATE = {FIGURES_MIME, CHART_MIME, TABLE_MIME, SKETCH_MIME}
"""What only the book reads."""

DENSITY = 2
"""Pixels of a picture for each of the 96 in an inch of a page, so that it is sharp on the screens of today."""

_PAGE = """
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.drawing), format: "svg")
"""


def readable(run: NotebookNode) -> NotebookNode:
    """A notebook as it was run, for any program: a PNG of each drawing beside its HTML, no records for the book."""
    notebook: NotebookNode = deepcopy(run)
    for output in (output for cell in notebook.cells for output in cell.get("outputs", ()) if "data" in output):
        record: dict[str, Any] = output.data.get(CHART_MIME) or output.data.get(SKETCH_MIME) or {}
        output.data = {mime: content for mime, content in output.data.items() if mime not in PRIVATE}
        output.metadata.pop("gongbao", None)
        if record:
            picture = png(record["svg"])
            width = int.from_bytes(picture[16:20], "big")  # in pixels, as the first bytes of a PNG say
            output.data["image/png"] = base64.b64encode(picture).decode()
            output.metadata["image/png"] = {"width": width // DENSITY}
    return notebook


def png(drawing: str) -> bytes:
    """A drawing in SVG, whose letters are paths, as PNG on white; the same bytes each time."""
    import typst  # slow to load, and most builds draw nothing anew

    fonts, resolution = typst.Fonts(include_system_fonts=False), 96.0 * DENSITY
    return bytes(
        typst.compile(_PAGE.encode(), font_paths=fonts, format="png", ppi=resolution, sys_inputs={"drawing": drawing})
    )


def offer_runs(app: Sphinx, exception: Exception | None) -> None:
    """Put the run in the place of each source that Sphinx has copied, as it does whenever it writes a page."""
    builder = web_builder(app)
    if exception or not builder or not builder.copysource:
        return
    for docname, run in FigureDomain.of(app.env).notebooks.items():
        path = Path(app.env.doc2path(docname))
        offered = Path(app.outdir, "_sources", f"{docname}{path.suffix}")
        if offered.is_file() and offered.read_bytes() == path.read_bytes():
            offered.write_text(nbformat.writes(readable(run)) + "\n", "utf-8")  # type: ignore[no-untyped-call]


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    app.connect("build-finished", offer_runs)
