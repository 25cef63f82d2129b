"""The scripts of the book in the browser: where their files are, and how data reach them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.builders.singlehtml import SingleFileHTMLBuilder

STATIC = Path(__file__).parent / "static"
FOLDER = "_static/figures"
"""Where the built book keeps data for its scripts."""


def web_builder(app: Sphinx) -> StandaloneHTMLBuilder | None:
    """The builder, if what it writes is read page by page in a browser."""
    builder = app.builder
    if isinstance(builder, StandaloneHTMLBuilder) and not isinstance(builder, SingleFileHTMLBuilder):
        return builder
    return None


def words(**messages: object) -> dict[str, Any]:
    """What a script says, in the language of the edition, as an attribute of the element that loads it.

    Scripts hold no words of their own; they read ``document.currentScript.dataset.words``.
    """
    return {"data-words": json.dumps(messages, default=str, ensure_ascii=False)}


def write_script(app: Sphinx, path: str, variable: str, data: Mapping[str, object]) -> None:
    """Write data as a script, since a page that is read from disk may load nothing else.

    One entry a line: a change of one figure is a change of one line.
    """
    entries = ",\n".join(f"{json.dumps(key)}:{json.dumps(data[key], ensure_ascii=False)}" for key in sorted(data))
    write_if_changed(Path(app.outdir) / path, f"{variable} = {{\n{entries}\n}};\n")


def write_if_changed(path: Path, text: str) -> None:
    """Leave a file alone that says the same already."""
    if not path.exists() or path.read_text("utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
