"""How a published book is found, shared and answered; without an address it says nothing of one."""

from __future__ import annotations

import shutil
import tempfile
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from gongbao.figures.messages import _
from gongbao.pages.domain import FigureDomain
from gongbao.pages.language import is_source
from gongbao.pages.scripts import web_builder

DESCRIPTION = 160
"""Characters of a description that search engines show."""

NO_CONTENT = ["search.html", "genindex.html", "404.html"]
"""Pages that nobody looks for."""

CARDS = "_static/cards"
CARD = Path(__file__).with_name("card.typ")
PIXELS_PER_INCH = 144.0
"""Twice the points of the card: 1200 by 630 pixels, as they are shared."""


def setup(app: Sphinx) -> None:
    """Connect to the build; a page for wrong addresses, and the mark for GitHub Pages, are made by extensions."""
    app.connect("config-inited", know_address)
    app.connect("html-page-context", describe)
    app.connect("build-finished", draw_cards)
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


# --- what a page says of itself


def describe(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Say what a page is about, and to those who share it, show it."""
    if not doctree or not web_builder(app):
        return
    about = description(doctree)
    tags = [("name", "description", about)] if about else []
    if base := app.config.html_baseurl:
        title = app.env.titles[page].astext()
        graph = {
            "type": "article",
            "site_name": app.config.html_title,
            "locale": app.config.language,
            "title": title,
            "description": about,
            "url": urljoin(base, app.builder.get_target_uri(page)),
            "image": urljoin(base, card_of(page)),
            "image:alt": title,
        }
        tags += [("property", f"og:{name}", content) for name, content in graph.items()]
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


# --- pictures beside links


def card_of(page: str) -> str:
    """Where the picture of a page is."""
    return f"{CARDS}/{page}.png"


def draw_cards(app: Sphinx, exception: Exception | None) -> None:
    """Draw the picture of each page; only a book with an address is shared."""
    if exception or not web_builder(app) or not app.config.html_baseurl:
        return
    sketches = {page: one["svg"] for page, c in FigureDomain.of(app.env).results.chapters.items() for one in c.sketches}
    for page in sorted(app.env.found_docs):
        target = Path(app.outdir, card_of(page))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(card(app.env.titles[page].astext(), app.config.html_title, sketches.get(page)))


def card(title: str, book: str, sketch: str | None) -> bytes:
    """A picture with the name of a page, and its small picture if it has one."""
    # needed for published books only, and slow to load
    import typst

    from gongbao.typst.typesetting import font_folders

    with tempfile.TemporaryDirectory() as place:
        source = Path(shutil.copy(CARD, place))
        words = {"title": title, "book": book}
        if sketch:
            source.with_name("sketch.svg").write_text(sketch, "utf-8")
            words["sketch"] = "sketch.svg"
        fonts = typst.Fonts(include_system_fonts=False, font_paths=list(map(str, font_folders())))
        picture = typst.compile(
            str(source), root=place, font_paths=fonts, format="png", ppi=PIXELS_PER_INCH, sys_inputs=words
        )
    assert isinstance(picture, bytes)
    return picture
