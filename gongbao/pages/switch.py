"""The way from a page to the same page in another language, for readers and for search engines.

The editions lie one in another: the book in its own language, the others in folders of it. So the links are relative,
and a copy of the site keeps them. They are there only when all editions are built, which ``build`` says.
A place keeps its address in translation; ``page.js`` adds that of the place that is read.
"""

from __future__ import annotations

from typing import Any

from babel import Locale
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.osutil import relative_uri

from gongbao.pages.language import SOURCE, is_source
from gongbao.pages.scripts import web_builder
from gongbao.prose.editions import wanted


def editions(config: Config, address: str) -> list[dict[str, str]]:
    """The same page in the other languages: language, its name in itself, and the link from this page."""
    places = {SOURCE: address} | {language: f"{language}/{address}" for language in wanted()}
    own = places.pop(SOURCE if is_source(config) else config.language)
    return [
        {
            "language": language,
            "name": str(Locale.parse(language).get_display_name(language)),
            "href": relative_uri(own, place),
        }
        for language, place in places.items()
    ]


def link_editions(app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document) -> None:
    """Tell the templates of the other editions, and browsers and search engines in the head of the page."""
    builder = web_builder(app)
    if not builder or not wanted():
        return
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
    app.connect("html-page-context", link_editions)
