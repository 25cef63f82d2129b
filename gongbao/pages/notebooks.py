"""The notebooks of the book: their results, their outputs on pages, and the run that a page offers for download.

Notebooks in the sources have no outputs. All results are known before a page is read; the page of a notebook is read
again when the notebook has run again, because it depends on the file of the run.
"""

from __future__ import annotations

import base64
import json
import logging as standard
import os
import re
from collections.abc import Callable, Collection, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import traverse_parent

from gongbao.figures.bundles import CHART_MIME, MIMES, SKETCH_MIME, TABLE_MIME
from gongbao.pages.domain import EVIDENCE, FigureDomain
from gongbao.pages.language import localised, own_words
from gongbao.pages.once import made_once, pictures_once
from gongbao.pages.steps import add_directive, while_read
from gongbao.pages.web import web_builder
from gongbao.prose.numbers import CITATION, CITED
from gongbao.results.failure import place_in_words
from gongbao.results.results import Record, compute, computed
from gongbao.results.runs import run_file, write_whole

logger = logging.getLogger(__name__)

DENSITY = 2
"""Pixels of a picture for each of the 96 in an inch of a page, so that it is sharp on the screens of today."""

_COMMENT = re.compile(r"(?<=# )[^#\n]+$", re.M)

_BOXES = frozenset({"findings", "questions"})
"""The tags of cells that are boxes on a page, below a title in bold."""

_PAGES = """
#set page(width: auto, height: auto, margin: 0pt)
#for drawing in json(bytes(sys.inputs.drawings)) { page(image(bytes(drawing), format: "svg")) }
"""


# --- the sources of pages


def load(app: Sphinx) -> None:
    """Refuse faulty data, run the notebooks that have to run, and load every figure.

    With ``gongbao_computed`` a build has done the first two, once for all languages.
    """
    root = Path(app.srcdir)
    if not app.config.gongbao_computed:
        from gongbao.verify.check import data_faults

        if faults := data_faults(root / "data"):
            raise ExtensionError("the data is faulty\n" + "\n".join(map(str, faults)))
        try:
            compute(root, logger.info)
        except ValueError as error:
            raise ExtensionError(str(error)) from error
    FigureDomain.of(app.env).take_up(*computed(root))


def give_outputs(app: Sphinx, docname: str, content: list[str]) -> None:
    """Replace the source of a notebook, which has no outputs, by its run."""
    domain = FigureDomain.of(app.env)
    if notebook := domain.notebooks.get(docname):
        parameters = domain.results.chapters[docname].parameters
        meanings = {one["meaning"]: localised(one, app.config)["meaning"] for one in parameters}
        content[0] = json.dumps({**notebook, "cells": [_for_pages(cell, meanings) for cell in notebook.cells]})
        note_run(app.env, docname)


def _for_pages(cell: NotebookNode, meanings: Mapping[str, str]) -> Mapping[str, Any]:
    """A cell for pages: comments on assumptions are translated, the code itself is not changed."""
    shown, tags = dict(cell), cell.metadata.get("tags", ())
    if "outputs" in cell:
        shown["outputs"] = list(map(_shown, cell.outputs))
    elif cell.cell_type == "markdown":
        shown["source"] = _myst(cell.source, tags)
    if "parameters" in tags:
        shown["source"] = _COMMENT.sub(lambda match: meanings.get(match[0], match[0]), cell.source)
    return shown


def _myst(text: str, tags: Collection[str]) -> str:
    """Plain Markdown as MyST: directives for the tags of a cell, roles for links to cited works."""
    title, _blank, rest = text.partition("\n\n")
    if kind := next(iter(_BOXES.intersection(tags)), None):
        text = f":::{{admonition}} {title.strip('*')}\n:class: {kind}\n\n{rest}\n:::"
    if "only-html" in tags:
        text = f"{title}\n\n:::{{only}} html\n{rest}\n:::"
    text = CITATION.sub(lambda match: f"{{cite:p}}`{','.join(CITED.findall(match[0]))}`", text)
    return f"{text}\n\n```{{figures}} {EVIDENCE}\n```" if "evidence" in tags else text


def _shown(output: NotebookNode) -> Mapping[str, Any]:
    """The output without duplicate drawings and figure records."""
    if not (own := output.get("data", {}).keys() & MIMES):
        return output
    shown = own & {CHART_MIME, TABLE_MIME}
    return {**output, "data": {mime: output.data[mime] if mime in shown else [] for mime in own}}


def note_run(env: BuildEnvironment, name: str) -> None:
    """Make the page that is being read depend on the run of a notebook."""
    env.note_dependency(str(run_file(Path(env.srcdir), name)))


def sketch(directive: SphinxDirective) -> list[nodes.Node]:
    """``{sketch} debt``: the small picture that the notebook ``debt`` gives of itself, as on the front page."""
    name, sketches = directive.arguments[0], list[Record]()
    for docname, chapter in FigureDomain.of(directive.env).results.chapters.items():
        if docname.rpartition("/")[2] == name:
            note_run(directive.env, docname)
            sketches = chapter.sketches
    if not sketches:
        told = f"no notebook {name} gives a sketch of itself"
        return [directive.state.document.reporter.warning(told, line=directive.lineno)]
    record = localised(sketches[0], directive.config)
    file = Path(directive.env.doctreedir, "sketches", f"{name}-sketch.svg")
    write_whole(file, record["svg"].encode())
    uri = f"/{os.path.relpath(file, directive.env.srcdir)}"
    return [nodes.image(uri=uri, alt=own_words(directive.env, record["alt"]), classes=["chart", "sketch"])]


# --- checks


def check_outputs(page: SphinxTransform) -> None:
    """Warn of pictures without words for those who cannot see them, and of cells that print warnings.

    PDF/UA allows such pictures only as decoration, and the book has none. The warning is one line, before anything is
    typeset. While the book is written (``make live``) these pictures are shown all the same.
    """
    if page.app.builder.name == "gettext":
        return  # pictures have no words there, so that no catalogue lists them
    # an output may give one picture in several formats: one warning for its place
    mute = (image for image in page.document.findall(nodes.image) if not image.get("alt"))
    places = (next(node for node in traverse_parent(image) if node.line or not node.parent) for image in mute)
    for place in dict.fromkeys(places):
        advice = "![words](picture)"
        if any("cell_output" in node["classes"] for node in traverse_parent(place)):
            advice = 'chapter.chart(…) has them, or the cell\'s metadata: {"mystnb": {"image": {"alt": "…"}}}'
        logger.warning("a picture without words for those who cannot see it; %s", advice, location=place)
    for stream in page.document.findall(nodes.literal_block):
        if "stderr" in stream["classes"]:
            said = (stream.astext().strip().splitlines() or [""])[-1][:100]
            advice = "mend the cause, or tag the cell remove-stderr"
            logger.warning("the cell writes to stderr: “%s”; %s", said, advice, location=stream)


def report_faults(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of what is wrong with the results."""
    for fault in FigureDomain.of(env).results.faults:
        logger.warning("%s", fault, type="gongbao", subtype="results")


def say_cell(record: standard.LogRecord) -> bool:
    """Log filter: turn MyST-NB's line number in a location, which is a text by now, into the number of the cell."""
    if isinstance(place := getattr(record, "location", None), str):
        record.location = place_in_words(place)
    return True


# --- for download


def offer_runs(app: Sphinx, exception: Exception | None) -> None:
    """Replace each source that Sphinx has copied by its run; Sphinx copies whenever it writes a page."""
    builder = web_builder(app)
    if exception or not builder or not builder.copysource:
        return
    for docname, run in FigureDomain.of(app.env).notebooks.items():
        path = Path(app.env.doc2path(docname))
        copy = Path(app.outdir, "_sources", f"{docname}{path.suffix}")
        if copy.is_file() and copy.read_bytes() == path.read_bytes():
            copy.write_bytes(offered(Path(app.srcdir), docname, run))


def make_offered(root: Path) -> None:
    """Make all notebooks that are offered for download, before any language needs them."""
    for name, run in computed(root)[1].items():
        offered(root, name, run)


def offered(root: Path, name: str, run: NotebookNode) -> bytes:
    """The file of a notebook for any program (:func:`readable`): all languages offer the same, which is made once."""
    write: Callable[[NotebookNode], str] = nbformat.writes
    return made_once(root, name, json.dumps(run), lambda: f"{write(readable(run, root, name))}\n".encode())


def readable(run: NotebookNode, root: Path, name: str) -> NotebookNode:
    """A notebook as it was run, for any program: a PNG of each drawing beside its HTML, no records for the book.

    The pictures are made once as long as the drawings are the same: ``root`` and ``name`` are where.
    """
    notebook: NotebookNode = deepcopy(run)
    drawn: list[tuple[NotebookNode, str]] = []
    for output in (output for cell in notebook.cells for output in cell.get("outputs", ())):
        if "data" in output:
            record: dict[str, Any] = output.data.get(CHART_MIME) or output.data.get(SKETCH_MIME) or {}
            drawn += [(output, record["svg"])] if record else []
            output.data = {mime: content for mime, content in output.data.items() if mime not in MIMES}
            output.metadata.pop("gongbao", None)
    # all at once: the compiler takes half of the time to start
    drawings = json.dumps([svg for _output, svg in drawn])
    pictures = pictures_once(root, f"{name}-pictures", _PAGES, DENSITY, drawings=drawings) if drawn else []
    for (output, _svg), picture in zip(drawn, pictures, strict=True):
        width = int.from_bytes(picture[16:20], "big")  # in pixels, as the first bytes of a PNG say
        output.data["image/png"] = base64.b64encode(picture).decode()
        output.metadata["image/png"] = {"width": width // DENSITY}
    return notebook


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    for handler in standard.getLogger(logging.NAMESPACE).handlers:
        handler.addFilter(say_cell)
    app.add_config_value("gongbao_computed", False, "", bool)
    add_directive(app, "sketch", sketch, arguments=1)
    while_read(app, check_outputs, 990)  # when translations are in place
    app.connect("builder-inited", load)
    app.connect("source-read", give_outputs)
    app.connect("env-check-consistency", report_faults)
    app.connect("build-finished", offer_runs)
