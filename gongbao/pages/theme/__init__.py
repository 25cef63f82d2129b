"""The book's side of the theme that Jupyter Book brings: its words, its weight, and what it says of itself.

``templates`` and ``static`` replace the theme's buttons and menus; :mod:`assets` and :mod:`styles` leave on a page what
it uses; :mod:`images` and :mod:`accessibility` mend the HTML of docutils and Sphinx; :mod:`publishing` is for a book
that has an address. Books in another theme get only what does not depend on the theme.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from gongbao.figures.messages import _
from gongbao.pages.scripts import web_builder
from gongbao.pages.theme import accessibility, assets, images, publishing, styles

THEME = "sphinx_book_theme"
"""The theme whose templates are replaced here."""

HERE = Path(__file__).parent

FIRST = 100
"""Before the theme tries which of its templates say nothing."""

WITHOUT_SOURCE: dict[str, Any] = {
    "launch_buttons": {},
    "use_repository_button": False,
    "use_edit_page_button": False,
    "use_issues_button": False,
}
WITH_SOURCE = {"use_repository_button": True, "use_edit_page_button": True, "use_issues_button": True}
"""Options of the theme: what needs to know where the source is is offered only then."""


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    images.setup(app)
    accessibility.setup(app)
    publishing.setup(app)
    app.connect("config-inited", configure)
    app.connect("html-page-context", add_words, priority=FIRST)
    app.connect("builder-inited", dress)


def configure(app: Sphinx, config: Config) -> None:
    """Put the templates before the theme's, by a relative path, because Sphinx keeps a digest of it in the book."""
    if config.html_theme == THEME:
        config.templates_path = [os.path.relpath(HERE / "templates", app.confdir), *config.templates_path]
        source = config.html_theme_options.get("repository_url")
        config.html_theme_options = config.html_theme_options | (WITH_SOURCE if source else WITHOUT_SOURCE)


def dress(app: Sphinx) -> None:
    """Let pages that are read in a browser, in this theme, load what it needs and no more."""
    if web_builder(app) and app.config.html_theme == THEME:
        app.config.html_static_path.append(str(HERE / "static"))
        app.connect("env-updated", write_first_page)
        styles.setup(app)
        assets.setup(app)


def write_first_page(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Write a page in each build: without one Sphinx copies no static files, and they may be all that changed."""
    return [app.config.root_doc]


def add_words(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Let the templates speak the language of the edition."""
    context["says"] = _
