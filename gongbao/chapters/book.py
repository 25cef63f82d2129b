"""The book as Sphinx reads it: chapters of it are exported, and nothing else of it is written."""

from __future__ import annotations

import io
import shutil
import tempfile
import weakref
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from filelock import FileLock
from jupyter_book.config import get_final_config
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util.console import strip_colors
from sphinx.util.docutils import docutils_namespace, patch_docutils

from gongbao.build.book import Places

FORMATS = {"pdf": "typst", "text": "typst", "html": "singlehtml"}
"""The builder of each format, as a method of which it is written."""


class ExportError(Exception):
    """Why a chapter cannot be exported, in one message for the reader."""


def project_of(notebook: Path) -> Path:
    """The folder of the book that a notebook lies in.

    Raises:
        ExportError: if there is none.
    """
    for folder in notebook.resolve().parents:
        if (folder / "_config.yml").is_file() and (folder / "_toc.yml").is_file():
            return folder
    raise ExportError(f"{notebook}: lies in no book; no folder above it has a _config.yml and a _toc.yml")


class Book:
    """A book from which chapters are exported, one format after the other.

    All of it is read, once, so that numbers and references are those of the book; notebooks run only where the cache of
    the book has not kept them. What Sphinx writes down while it reads goes with the object.

    Args:
        project: the folder of the book.
        instead: what is read in the place of notebooks of the book, by their paths.
    """

    def __init__(self, project: Path, instead: Mapping[Path, str] | None = None) -> None:
        self.project = project
        self.instead = dict(instead or {})
        (project / "_build").mkdir(exist_ok=True)
        kept = ExitStack()
        # beside the outputs of the book, because that is where gongbao.pages.freshness looks for the cache
        self._folder = Path(tempfile.mkdtemp(prefix=".export-", dir=project / "_build"))
        kept.callback(shutil.rmtree, self._folder, ignore_errors=True)
        # ... and where it has Sphinx put what was read
        kept.callback(shutil.rmtree, self._folder.parent / ".doctrees" / self._folder.name, ignore_errors=True)
        self._opened = kept.enter_context(ExitStack())
        self._app: Sphinx | None = None
        self._warnings = io.StringIO()
        weakref.finalize(self, kept.close)

    def export(self, notebook: Path, format: str) -> bytes:
        """A chapter in one of the :data:`FORMATS`.

        Raises:
            ExportError: if the notebook is no page of the book, fails, or names what there is not.
        """
        app = self.open(format)
        docname = self._docname(app, notebook)
        before = self._warnings.tell()
        try:
            document: bytes = getattr(app.builder, format)(docname)
        except SphinxError as error:
            raise _refusal(notebook, str(error)) from error
        warnings = self._warnings.getvalue()
        # of what was said while the book was read, what is about this notebook
        about = [line for line in warnings[:before].splitlines() if str(notebook.resolve()) in line]
        if faults := "\n".join([*about, warnings[before:]]).strip():
            raise _refusal(notebook, faults)
        return document

    def open(self, format: str) -> Sphinx:
        """Sphinx with the builder of a format; it reads what no other builder has read before.

        Raises:
            ExportError: if the book cannot be read.
        """
        builder = FORMATS[format]
        if self._app is None or self._app.builder.name != builder:
            self._opened.close()
            self._opened.enter_context(patch_docutils())
            self._opened.enter_context(docutils_namespace())
            try:
                app = self._sphinx(builder)
                # a build takes the executed notebooks elsewhere while it runs
                with FileLock(Places(self.project).lock):
                    app.build()
            except SphinxError as error:
                raise _refusal(self.project, f"{self._warnings.getvalue()}\n{error}") from error
            self._app = app
        return self._app

    def _sphinx(self, builder: str) -> Sphinx:
        # as jupyter-book sets Sphinx up, whose function for it has no place for builders that wait
        overrides = {"external_toc_path": str(self.project / "_toc.yml"), "latex_individualpages": False}
        config, _ = get_final_config(
            user_yaml=self.project / "_config.yml", cli_config=overrides, sourcedir=self.project
        )
        config["extensions"] = [*config["extensions"], "gongbao.chapters.builders"]
        app = Sphinx(
            self.project,
            None,
            self._folder,
            self._folder,
            builder,
            confoverrides=config,
            status=None,
            warning=self._warnings,
        )
        if config.get("use_multitoc_numbering"):
            app.setup_extension("sphinx_multitoc_numbering")
        instead = self.instead  # Sphinx would keep this object alive

        def read(app: Sphinx, docname: str, source: list[str]) -> None:
            source[0] = instead.get(Path(app.env.doc2path(docname)), source[0])

        app.connect("source-read", read)
        return app

    def _docname(self, app: Sphinx, notebook: Path) -> str:
        docname = app.project.path2doc(str(notebook.resolve()))
        if docname is None or docname not in app.env.found_docs:
            raise ExportError(f"{notebook}: is no chapter of the book; _toc.yml of {self.project} does not name it")
        return docname


def _refusal(what: Path, faults: str) -> ExportError:
    lines = dict.fromkeys(filter(None, strip_colors(faults).splitlines()))
    return ExportError("\n".join([f"{what}: not exported", *lines]))
