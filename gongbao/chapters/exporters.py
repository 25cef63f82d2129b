"""What nbconvert finds: ``jupyter nbconvert --to shudu_pdf notebooks/debt.ipynb``.

Whatever is to be exported, nbconvert makes one of each exporter there is; so Sphinx is imported when a chapter is.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import traitlets
from nbconvert.exporters import Exporter, PythonExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from traitlets.config import Application, Config

if TYPE_CHECKING:
    from gongbao.chapters.book import Book


class ChapterExporter(Exporter):
    """Exports a chapter as the book shows it: the file that the notebook was read from."""

    format = ""
    book = traitlets.Any(help="The book, read for the first chapter; exporters may share it.")

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any | None = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Export the chapter."""
        _, resources = super().from_notebook_node(nb, resources, **kw)
        return self.chapter(resources), resources

    def chapter(self, resources: dict[str, Any]) -> bytes:
        """The chapter in the format of this exporter."""
        path = Path(resources["metadata"].get("path", ""), f"{resources['metadata']['name']}.ipynb")
        if self.book is None and not _on_command_line():
            return _in_its_own_process(path, self.format)
        from gongbao.chapters.book import ExportError

        try:
            self.book, chapter = _book(path, self.book)
            document: bytes = self.book.export(chapter, self.format)
            return document
        except ExportError as error:
            if _on_command_line():
                # there the message is worth more than the stack
                raise SystemExit(str(error)) from error
            raise


def _book(path: Path, opened: Book | None) -> tuple[Book, Path]:
    """The book of a notebook, the one that is open if it is that; and the chapter that the notebook is."""
    from gongbao.chapters import scenario
    from gongbao.chapters.book import Book, project_of

    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    origin = scenario.original(path, notebook)
    chapter = origin or path
    project = project_of(chapter)
    instead = {origin: scenario.text(notebook, origin, project / "data")} if origin else {}
    if opened is None or opened.project != project or opened.instead != instead:
        opened = Book(project, instead)
    return opened, chapter


def _on_command_line() -> bool:
    return Application.initialized() and Application.instance().name == "jupyter-nbconvert"


def _in_its_own_process(path: Path, format: str) -> bytes:
    """Sphinx knows one book in a process; JupyterLab asks for several chapters at a time."""
    from gongbao.chapters.book import ExportError

    with tempfile.TemporaryDirectory() as place:
        target = Path(place, "chapter")
        command = [sys.executable, "-X", "utf8", "-m", __name__, str(path), format, str(target)]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8", check=False)
        if done.returncode:
            raise ExportError(done.stderr.strip())
        return target.read_bytes()


def main(path: Path, format: str, target: Path) -> int:
    """Write one chapter in one format to a file; 0 if it is there afterwards."""
    from gongbao.chapters.book import ExportError

    try:
        book, chapter = _book(path, None)
        target.write_bytes(book.export(chapter, format))
    except ExportError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


class ChapterPdfExporter(ChapterExporter):
    """``shudu_pdf``: typeset like the book."""

    format = "pdf"
    output_mimetype = "application/pdf"
    export_from_notebook = "PDF（数读）"

    @traitlets.default("file_extension")
    def _file_extension_default(self) -> str:
        return ".pdf"


class ChapterHtmlExporter(ChapterExporter):
    """``shudu_html``: one file with everything in it."""

    format = "html"
    output_mimetype = "text/html"
    export_from_notebook = "HTML（数读）"

    @traitlets.default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"


class ChapterScriptExporter(ChapterExporter, PythonExporter):
    """``shudu_script``: the code, with the prose as comments."""

    format = "text"
    export_from_notebook = "Python（数读）"

    @property
    def default_config(self) -> Config:
        """That of nbconvert's script, without the numbers of cells."""
        ours = Config(TemplateExporter={"exclude_input_prompt": True})
        ours.merge(super().default_config)
        return ours

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any | None = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Put the prose of the book in the place of the Markdown cells."""
        from gongbao.chapters.builders import CODE_CELL

        opening, *rest = CODE_CELL.split(self.chapter(resources or {}).decode())
        after = dict(zip(map(int, rest[::2]), rest[1::2], strict=True))
        pairs = ((cell, _comment(after.get(place, ""))) for place, cell in enumerate(nb.cells) if _is_code(cell))
        cells = [_comment(opening), *chain.from_iterable(pairs)]
        readable = NotebookNode(nb, cells=[cell for cell in cells if cell.source.strip()])  # type: ignore[no-untyped-call]
        return PythonExporter.from_notebook_node(self, readable, resources, **kw)


def _is_code(cell: NotebookNode) -> bool:
    return bool(cell.cell_type == "code")


def _comment(text: str) -> Any:
    return new_markdown_cell(text.strip())  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
