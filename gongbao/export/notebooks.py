"""Executed notebooks for reading: every program shows their numbers, tables and pictures without running them."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from gongbao.figures.bundles import CHART_MIME, FIGURES_MIME, SKETCH_MIME, TABLE_MIME

PRIVATE = {FIGURES_MIME, CHART_MIME, TABLE_MIME, SKETCH_MIME}
"""What only the book reads."""

DENSITY = 2
"""Pixels of a picture for each of the 96 in an inch of a page, so that it is sharp on the screens of today."""


def readable(run: NotebookNode) -> NotebookNode:
    """A notebook as it was run, with a PNG of each drawing beside its HTML, and without the records for the book."""
    notebook: NotebookNode = deepcopy(run)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ()) if "data" in output]
    drawings = [_drawing(output.data) for output in outputs]
    made = iter(pictures(list(filter(None, drawings))))
    for output, drawing in zip(outputs, drawings, strict=True):
        output.data = {mime: content for mime, content in output.data.items() if mime not in PRIVATE}
        output.metadata.pop("gongbao", None)
        if drawing:
            picture = next(made)
            output.data["image/png"] = base64.b64encode(picture).decode()
            output.metadata["image/png"] = {"width": _width(picture) // DENSITY}
    return notebook


def _drawing(bundle: dict[str, Any]) -> str:
    """The SVG of a chart or of the small picture of a chapter; empty for other outputs."""
    record: dict[str, Any] = bundle.get(CHART_MIME) or bundle.get(SKETCH_MIME) or {}
    return str(record.get("svg", ""))


def _width(picture: bytes) -> int:
    """Pixels of a PNG: its first bytes say how many."""
    return int.from_bytes(picture[16:20], "big")


def pictures(drawings: Sequence[str]) -> list[bytes]:
    """Drawings as PNG on white, the same bytes each time."""
    import typst  # slow to load, and most builds draw nothing anew

    if not drawings:
        return []
    page = "#set page(width: auto, height: auto, margin: 0pt)\n"
    with tempfile.TemporaryDirectory() as place:
        for number, drawing in enumerate(drawings):
            Path(place, f"{number}.svg").write_text(drawing, "utf-8")
            page += f'#page(image("{number}.svg"))\n'
        main = Path(place, "main.typ")
        main.write_text(page, "utf-8")
        # letters are paths, so no fonts are looked for
        fonts = typst.Fonts(include_system_fonts=False)
        made = typst.compile(str(main), root=place, font_paths=fonts, format="png", ppi=96.0 * DENSITY)
    return [made] if isinstance(made, bytes) else list(made)
