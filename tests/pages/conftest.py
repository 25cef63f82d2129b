"""A small book in a temporary place, built with Sphinx itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from building import copy_debt
from sphinx.config import Config
from sphinx.testing.util import SphinxTestApp
from sphinx.util.console import strip_colors

from gongbao.results import results

CONFIG = {
    "extensions": ["myst_nb", "gongbao.pages", "gongbao.typst"],
    "language": "zh_CN",
    "myst_enable_extensions": ["dollarmath"],
    "html_math_renderer": "mathml",
    "html_theme": "basic",
    "nb_execution_mode": "off",
    "nitpicky": True,
    "root_doc": "index",
}

LEDGER_PAGE = "# 总账\n\n```{figures} debt\n```\n\n```{figures} computed\n```\n\n```{figures} external\n```\n"


class SmallBook:
    """Pages of Markdown and notebooks over a copy of the data of one topic."""

    extensions = CONFIG["extensions"]

    def __init__(self, root: Path) -> None:
        self.root = root
        copy_debt(root / "data")
        for path in (root / "data" / "derived").glob("*.csv"):
            # what the chapters of the real book compute is not published here
            path.write_text(path.read_text("utf-8").splitlines(keepends=True)[0], "utf-8")
        self.write("conf.py", "exclude_patterns = ['_build']\n")
        self.write("ledger.md", LEDGER_PAGE)
        self.warnings = self.status = ""

    def write(self, name: str, text: str) -> None:
        """Write a source file."""
        (self.root / name).write_text(text, "utf-8")

    def build(self, builder: str = "html", **config: object) -> Config:
        """Build what changed; warnings are kept."""
        settings = CONFIG | config
        (self.root / results.NOTE).unlink(missing_ok=True)  # which knows of runs, and these notebooks have none
        app = SphinxTestApp(builder, srcdir=self.root, builddir=self.root / "_build", confoverrides=settings)
        try:
            app.build()
            return app.config
        finally:
            self.status = strip_colors(app.status.getvalue())
            self.warnings = strip_colors(app.warning.getvalue())
            app.cleanup()

    def page(self, name: str) -> str:
        """The HTML of a page."""
        return (self.root / "_build" / "html" / f"{name}.html").read_text("utf-8")


@pytest.fixture
def small_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallBook:
    # a build names its data in the environment; set here, it is taken back after the test
    monkeypatch.setenv("GONGBAO_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(results, "notebooks_of", lambda root: sorted(root.glob("*.ipynb")))
    monkeypatch.setattr(results, "run_all", lambda root, sources, told: sources)
    return SmallBook(tmp_path)


@pytest.fixture
def notebook() -> Callable[..., str]:
    """The text of a notebook whose cells emitted the given bundles."""
    import nbformat

    def make(*bundles: dict, markdown: str = "# 章") -> str:
        cells = [nbformat.v4.new_markdown_cell(markdown)]
        for bundle in bundles:
            output = nbformat.v4.new_output("display_data", data=bundle, metadata={"gongbao": True})
            cells.append(nbformat.v4.new_code_cell("...", outputs=[output]))
        book = nbformat.v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})
        for number, cell in enumerate(book.cells):
            cell["id"] = f"cell-{number}"
        return nbformat.writes(book)

    return make
