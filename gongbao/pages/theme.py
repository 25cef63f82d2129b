"""The book's side of the theme that Jupyter Book brings: its templates, its style sheet, and what a page may load.

Every page says in a Content-Security-Policy that it loads files of the book only, and no script or style that is
written into it; the browser holds it to that. So the theme's own inline scripts are files or left out
(``templates/sphinx_book_theme``). Books in another theme keep its templates, and get no policy.
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
from gongbao.pages.scripts import STATIC, web_builder, words

THEME = "sphinx_book_theme"
TEMPLATES = Path(__file__).parent / "templates"

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # the arrows and marks in the theme's own style sheets
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
    )
)

UNWANTED = ("doctools.js", "sphinx_highlight.js", "translations.js")
"""Of Sphinx's own search: one keeps Escape from closing menus, one makes functions of texts, which is forbidden."""

FIRST, LAST = 100, 900
"""Before the theme tries which of its templates say nothing; after all extensions have added their scripts."""

AFTER_THEME = 600
"""Where the style sheet stands: after those of the theme and of extensions, before those of the configuration."""

WITH_SOURCE = dict.fromkeys(("use_repository_button", "use_edit_page_button", "use_issues_button"), True)
WITHOUT_SOURCE: dict[str, Any] = {**dict.fromkeys(WITH_SOURCE, False), "launch_buttons": {}}
"""Options of the theme: what needs to know where the source is is offered only then."""


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    app.add_css_file("book.css", priority=AFTER_THEME)
    app.connect("config-inited", configure)
    app.connect("builder-inited", add_files)
    app.connect("env-updated", write_first_page)
    app.connect("html-page-context", add_words, priority=FIRST)
    app.connect("html-page-context", set_policy, priority=LAST)


def configure(app: Sphinx, config: Config) -> None:
    """Put the templates before the theme's, by relative paths, because Sphinx keeps a digest of them in the book."""
    folders = [TEMPLATES]
    if config.html_theme == THEME:
        folders.insert(0, TEMPLATES / THEME)
        source = config.html_theme_options.get("repository_url")
        config.html_theme_options = config.html_theme_options | (WITH_SOURCE if source else WITHOUT_SOURCE)
    config.templates_path = [*(os.path.relpath(folder, app.confdir) for folder in folders), *config.templates_path]


def add_files(app: Sphinx) -> None:
    """Let the builder copy scripts and styles, and pages in a browser load the script of their buttons."""
    app.config.html_static_path.append(str(STATIC))
    if web_builder(app):
        app.add_js_file("page.js", loading_method="defer", **words(show=_("显示代码"), hide=_("不显示代码")))


def write_first_page(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Write a page in each build: without one Sphinx copies no static files, and they may be all that changed."""
    return [app.config.root_doc] if web_builder(app) else []


def add_words(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Let the templates speak the language of the edition."""
    context["says"] = _


def set_policy(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Write the policy into a page, leave out scripts that it would refuse, and let none hold up the page."""
    if not web_builder(app) or app.config.html_theme != THEME:
        return
    files = [script for script in context["script_files"] if script.filename]
    context["script_files"] = [script for script in files if not script.filename.endswith(UNWANTED)]
    for script in context["script_files"]:
        script.attributes.setdefault("defer", "defer")
    policy = f'\n    <meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    context["metatags"] = policy + context.get("metatags", "")
