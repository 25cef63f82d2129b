"""A chapter that papermill ran with other parameters: exported as the chapter is, with the numbers of that run."""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from gongbao.chapters.book import ExportError
from gongbao.figures.bundles import FIGURES_MIME
from gongbao.ledger.rows import Ledger, load_context
from gongbao.prose import numbers

NOTE = """

:::{{admonition}} 另一组参数
本章按{parameters}运行；数、图、表由此算出，文字是按缺省参数写的。
:::
"""
"""What stands below the title: numbers are new, sentences are not."""


NONE = "（无）"
"""What stands for a number of the chapter that the run did not compute."""


def original(path: Path, notebook: NotebookNode) -> Path | None:
    """The notebook that papermill ran; None if it was not papermill that wrote this one.

    Raises:
        ExportError: if it is not found, or failed.
    """
    papermill = notebook.metadata.get("papermill", {})
    given: str | None = papermill.get("input_path")
    if not given:
        return None
    if papermill.get("exception"):
        raise ExportError(f"{path}: the run failed; its error is in the notebook")
    # as papermill was told, which may be from where it was run
    for folder in (Path.cwd(), *path.resolve().parents):
        if (folder / given).is_file():
            return (folder / given).resolve()
    raise ExportError(f"{path}: papermill made it of {given}, which is not there; export it from where papermill ran")


def text(notebook: NotebookNode, chapter: Path, data: Path) -> str:
    """The run as a source of the book, to be read as it is.

    Args:
        notebook: what papermill wrote.
        chapter: the notebook that it ran.
        data: the data of the book.
    """
    ledger = Ledger.load(data)
    # what the data say is as it was, and left as it is
    data_only: dict[str, dict[str, Any]] = {id: {} for id in (*ledger, *ledger.words, *load_context(data))}
    records = data_only | _records(notebook)

    def left(match: re.Match[str]) -> str:
        """A number of the chapter that there is not with these parameters, such as that of a later year."""
        of_chapter = match["id"].startswith((f"{chapter.stem}.", "scenario."))
        return NONE if of_chapter and match["id"] not in records else match[0]

    made: NotebookNode = deepcopy(notebook)
    prose = [cell for cell in made.cells if cell.cell_type == "markdown"]
    for cell in prose:
        cell.source, _ = numbers.refreshed(numbers.LINK.sub(left, cell.source), records)
    if (parameters := made.metadata.papermill.get("parameters")) and prose:
        said = "、".join(f"`{name} = {value!r}`" for name, value in parameters.items())
        title, _, rest = prose[0].source.partition("\n")
        prose[0].source = f"{title}{NOTE.format(parameters=said)}{rest}"
    made.metadata["mystnb"] = {"execution_mode": "off"}
    written: str = nbformat.writes(made)  # type: ignore[no-untyped-call]
    return written


def _records(notebook: NotebookNode) -> dict[str, dict[str, Any]]:
    """What the run published, by id."""
    bundles = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", ())]
    found = [record for data in bundles for record in data.get(FIGURES_MIME, ())]
    return {record["id"]: record for record in found}
