"""What the tests of the Typst builder share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.testing.restructuredtext import parse
from sphinx.util.docutils import docutils_namespace, patch_docutils

from gongbao.typst.anchors import Anchors
from gongbao.typst.writer import TypstTranslator


class Project:
    """A Sphinx project in a folder, and what its last build warned of."""

    def __init__(self, folder: Path) -> None:
        self.source = folder / "source"
        self.output = folder / "build"
        self.extensions = ["gongbao.typst"]
        self.options: dict[str, object] = {"html_title": "试印", "author": "", "language": "zh_CN", "numfig": True}
        self.warnings = ""
        self.source.mkdir()

    def app(self, warnings: StringIO, builder: str = "typst", **options: object) -> Sphinx:
        """Set up Sphinx for this project."""
        return Sphinx(
            self.source,
            None,
            self.output / builder,
            self.output / "doctrees",
            builder,
            confoverrides={"extensions": self.extensions, **self.options, **options},
            status=None,
            warning=warnings,
            freshenv=True,
        )

    def build(
        self,
        builder: str = "typst",
        *,
        on_setup: Callable[[Sphinx], object] | None = None,
        on_resolved: Callable[..., None] | None = None,
        **options: object,
    ) -> Path:
        """Build everything and return the folder of the result.

        ``on_setup`` does what an extension would; ``on_resolved`` may change the tree.
        """
        stream = StringIO()
        with patch_docutils(), docutils_namespace():
            app = self.app(stream, builder, **options)
            if on_setup:
                on_setup(app)
            if on_resolved:
                app.connect("doctree-resolved", on_resolved)
            try:
                app.build(force_all=True)
            finally:
                self.warnings = re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())
        return Path(app.outdir)

    def write(self, **pages: str) -> None:
        """Write pages; the suffix decides their language."""
        suffix = ".md" if "myst_nb" in self.extensions else ".rst"
        for name, text in pages.items():
            (self.source / f"{name}{suffix}").write_text(text, "utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project in reStructuredText, whose build takes a fraction of a second."""
    return Project(tmp_path)


@pytest.fixture(scope="session")
def make_project() -> type[Project]:
    """Make projects that live longer than one test."""
    return Project


class Writer:
    """Turns a snippet into Typst without compiling it."""

    def __init__(self, app: Sphinx, warnings: StringIO) -> None:
        self._app = app
        self._warnings = warnings

    def __call__(self, source: str | nodes.document) -> str:
        """Write a snippet of reStructuredText, or a tree."""
        tree = self.parse(source) if isinstance(source, str) else source
        self._warnings.seek(0)
        self._warnings.truncate()
        self._app.env.toc_fignumbers.clear()
        translator = TypstTranslator(self._app.builder, Anchors(tree, "index"), {})  # type: ignore[arg-type]
        return translator.write(tree).strip().removeprefix('#anchor("index");').strip()  # of a page without a title

    def parse(self, source: str) -> nodes.document:
        """Read a snippet of reStructuredText."""
        return parse(self._app, source)

    def node(self, *children: nodes.Node) -> str:
        """Write nodes as the children of a page."""
        tree = self.parse("")
        tree += children
        return self(tree)

    @property
    def images(self) -> dict[str, str]:
        """The images that the builder knows: address to file name."""
        return self._app.builder.images

    @property
    def warnings(self) -> str:
        """What the last snippet made the writer warn of."""
        return self._warnings.getvalue()

    def configure(self, **options: object) -> None:
        """Set configuration values."""
        for name, value in options.items():
            setattr(self._app.config, name, value)


# not for the session: what Sphinx registers with docutils would meet the applications of other modules
@pytest.fixture(scope="module")
def _writer_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sphinx, StringIO]]:
    project = Project(tmp_path_factory.mktemp("writer"))
    project.write(index="")
    warnings = StringIO()
    with patch_docutils(), docutils_namespace():
        yield project.app(warnings), warnings


@pytest.fixture
def writer(_writer_app: tuple[Sphinx, StringIO]) -> Iterator[Writer]:
    """Write snippets as Typst."""
    app, stream = _writer_app
    result = Writer(app, stream)
    yield result
