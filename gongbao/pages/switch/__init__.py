"""The way from a page to the same page in another language, for readers and for search engines.

The editions lie one in another: the book in its own language, the others in folders of it. So the links are relative,
and a copy of the site keeps them. They are there only when all editions are built, which ``build`` says.
A place keeps its address in translation; the script adds that of the place that is read.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from babel import Locale
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.osutil import relative_uri

from gongbao.pages.language import SOURCE, is_source
from gongbao.pages.scripts import web_builder
from gongbao.prose.editions import wanted

HERE = Path(__file__).parent
TEMPLATE = "language-switch.html"


def editions(config: Config, address: str) -> list[dict[str, str]]:
    """The same page in the other languages: language, its name in itself, and the link from this page."""
    others = [language for language in wanted() if language != config.language]
    places = {language: f"{language}/{address}" for language in others}
    own = address
    if not is_source(config):
        places, own = {SOURCE: address, **places}, f"{config.language}/{address}"
    return [
        {"language": language, "name": _name(language), "href": relative_uri(own, place)}
        for language, place in places.items()
    ]


def _name(language: str) -> str:
    return str(Locale.parse(language).get_display_name(language))


def show_switch(app: Sphinx, config: Config) -> None:
    """Put the switch into the head of each page, where the theme has one."""
    if not wanted():
        return
    config.templates_path = [*config.templates_path, os.path.relpath(HERE / "templates", app.confdir)]
    config.html_static_path = [*config.html_static_path, str(HERE / "static")]
    if config.html_theme == "sphinx_book_theme":
        buttons = config.html_theme_options.get("article_header_end", ["article-header-buttons.html"])
        config.html_theme_options = {**config.html_theme_options, "article_header_end": [TEMPLATE, *buttons]}


def link_editions(app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document) -> None:
    """Tell the templates of the other editions, and browsers and search engines in the head of the page."""
    builder = web_builder(app)
    if not builder or not wanted():
        return
    app.add_js_file("language-switch.js", loading_method="defer")
    app.add_css_file("editions.css")
    if pagename == getattr(app.config, "notfound_pagename", ""):
        # it answers any address of the site, so its links start from the root, and lead to the first pages
        root = app.config.notfound_urls_prefix
        context["editions"] = [{**e, "href": f"{root}{e['href']}"} for e in editions(app.config, "index.html")]
        return
    context["editions"] = editions(app.config, builder.get_target_uri(pagename))
    links = (f'<link rel="alternate" hreflang="{e["language"]}" href="{e["href"]}">' for e in context["editions"])
    context["metatags"] = "\n".join([context.get("metatags", ""), *links])


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    app.connect("config-inited", show_switch)
    app.connect("html-page-context", link_editions)
