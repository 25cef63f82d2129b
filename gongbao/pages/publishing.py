"""How a published book is found, shared and answered; without an address it says nothing of one."""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import urljoin, urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from gongbao.figures.messages import _
from gongbao.pages.language import is_source
from gongbao.pages.scripts import web_builder

DESCRIPTION = 160
"""Characters of a description that search engines show."""

NO_CONTENT = ["search.html", "genindex.html", "404.html"]
"""Pages that nobody looks for."""


def setup(app: Sphinx) -> None:
    """Connect to the build; a page for wrong addresses, and the mark for GitHub Pages, are made by extensions."""
    app.connect("config-inited", know_address)
    app.connect("html-page-context", describe)
    app.setup_extension("sphinx.ext.githubpages")
    if is_source(app.config):
        # a host has one for the whole site, so the editions within it need none
        app.setup_extension("notfound.extension")


def know_address(app: Sphinx, config: Config) -> None:
    """Draw from the address of the book what else has to be set."""
    title, advice = _("没有这一页"), _("地址可能写错了，或者这一页已经移走。请从目录或搜索进入。")
    config.notfound_context = {"title": title, "body": f"<h1>{title}</h1>\n<p>{advice}</p>\n"}
    config.notfound_urls_prefix = "/"
    if config.html_baseurl:
        address = config.html_baseurl.rstrip("/") + "/"
        config.notfound_urls_prefix = urlsplit(address).path
        config.html_baseurl = address if is_source(config) else f"{address}{config.language}/"
        app.setup_extension("sphinx_sitemap")
        config.sitemap_url_scheme = "{link}"
        config.sitemap_excludes = NO_CONTENT


def describe(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Say what a page is about, to search engines and, by the Open Graph protocol, to those who share it."""
    if not doctree or not web_builder(app):
        return
    about = description(doctree)
    tags = [("name", "description", about)] if about else []
    if base := app.config.html_baseurl:
        tags += [
            ("property", "og:type", "article"),
            ("property", "og:site_name", app.config.html_title),
            ("property", "og:locale", app.config.language),
            ("property", "og:title", app.env.titles[page].astext()),
            ("property", "og:description", about),
            ("property", "og:url", urljoin(base, app.builder.get_target_uri(page))),
        ]
    context["metatags"] = context.get("metatags", "") + "".join(
        f'\n    <meta {kind}="{name}" content="{escape(content)}">' for kind, name, content in tags
    )


def description(doctree: nodes.document) -> str:
    """The first paragraph of a page, as far as it goes."""
    sections = (node for node in doctree.children if isinstance(node, nodes.section))
    paragraphs = (node for section in sections for node in section if isinstance(node, nodes.paragraph))
    first = next(paragraphs, None)
    text = "".join(first.astext().splitlines()) if first else ""
    return text if len(text) <= DESCRIPTION else f"{text[: DESCRIPTION - 1]}…"
