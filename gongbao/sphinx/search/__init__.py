"""Search that finds Chinese: the text itself is the index, and the query becomes a pattern to look for in it.

Sphinx's own index holds words, and Chinese does not mark them; its results lead to pages and fetch their excerpts,
which a browser refuses on files. A book is small: its text is searched as a whole, so any run of characters is found,
with its place and its context. The search page alone loads the text. The extension points are Sphinx's: templates,
static files, additional pages.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from gongbao.sphinx.domain import CLAIMS, FigureDomain, Record, label, places

HERE = Path(__file__).parent

INDEX = Path("_static/search-index.js")

UNUSED = ("searchtools.js", "language_data.js")
"""Static files of Sphinx's own search."""

BUILDER = "html"
"""The builder whose pages are searched."""

NOT_READ = (nodes.raw, nodes.comment, nodes.literal_block, nodes.math, nodes.math_block)
"""What nobody searches for by its source: code, formulas, markup."""

Section = tuple[str, str, str]
"""Anchor (empty for the page itself), heading, text."""


def setup(app: Sphinx) -> None:
    """Put this search in the place of Sphinx's own."""
    app.connect("config-inited", add_templates)
    app.connect("builder-inited", add_page)
    app.connect("doctree-resolved", keep_sections)
    app.connect("build-finished", write_index)


def add_templates(app: Sphinx, config: Config) -> None:
    """Put the templates before the theme's; by a relative path, because Sphinx keeps a digest of it in the book."""
    config.templates_path = [*config.templates_path, os.path.relpath(HERE / "templates", app.confdir)]


def add_page(app: Sphinx) -> None:
    """Add the search page with its script, and let Sphinx write no index of its own."""
    if isinstance(app.builder, StandaloneHTMLBuilder):
        app.builder.search = False
        app.config.html_static_path = [*app.config.html_static_path, str(HERE / "static")]
        app.config.html_additional_pages = {**app.config.html_additional_pages, "search": "search.html"}


# --- what is searched


def keep_sections(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Keep the text of a page as it is written, for the builds that do not write it again."""
    if app.builder.name == BUILDER:
        kept = _kept(app, docname)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(list(sections(doctree))), "utf-8")


def _kept(app: Sphinx, docname: str) -> Path:
    return Path(app.doctreedir) / "search" / f"{docname}.json"


def sections(doctree: nodes.document) -> Iterator[Section]:
    """The sections of a page, each with its own text only."""
    for section in doctree.findall(nodes.section):
        own = [child for child in section.children if not isinstance(child, nodes.section | nodes.title)]
        anchor = section["ids"][0] if isinstance(section.parent, nodes.section) else ""
        yield anchor, section[0].astext(), " ".join("".join(map(text, own)).split())


def text(node: nodes.Node) -> str:
    """The text of a node as it is read, with blanks between blocks; figures with a row are found as such."""
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, NOT_READ) or "figure-listing" in node.get("classes", ()):  # type: ignore[attr-defined]
        return ""
    if isinstance(node, nodes.image):
        return f" {node.get('alt', '')} "
    inner = "".join(map(text, node.children))
    return inner if isinstance(node, nodes.Inline) else f" {inner} "


def write_index(app: Sphinx, exception: Exception | None) -> None:
    """Write the text of all pages and the rows of all figures as a script, which a page may load from disk."""
    if exception or app.builder.name != BUILDER:
        return
    env = app.env
    pages = [_page(app, docname) for docname in env.collect_relations() if _kept(app, docname).exists()]
    index = {"pages": pages, "figures": list(_figures(app, env))}
    script = "globalThis.searchIndex = " + json.dumps(index, ensure_ascii=False, separators=(",", ":")) + ";\n"
    (Path(app.outdir) / INDEX).write_text(script, "utf-8", newline="\n")
    for name in UNUSED:
        (Path(app.outdir) / "_static" / name).unlink(missing_ok=True)


def _page(app: Sphinx, docname: str) -> dict[str, Any]:
    found: list[Section] = [tuple(section) for section in json.loads(_kept(app, docname).read_text("utf-8"))]
    numbers = app.env.toc_secnumbers.get(docname, {})
    chapter = numbers.get("")
    title = app.env.titles[docname].astext()

    def numbered(anchor: str, heading: str) -> str:
        number = numbers.get(f"#{anchor}") if anchor else None
        return f"{'.'.join(map(str, number))} {heading}" if number else heading

    return {
        "url": app.builder.get_target_uri(docname),
        "title": f"第{chapter[0]}章 {title}" if chapter else title,
        "sections": [[anchor, numbered(anchor, heading), words] for anchor, heading, words in found],
    }


def _figures(app: Sphinx, env: BuildEnvironment) -> Iterator[list[str]]:
    """Address, name, number, English name and origin of every figure that has a row."""
    domain = FigureDomain.of(env)
    for id, record in domain.records().items():
        if docname := domain.listed_on(record):
            url = f"{app.builder.get_target_uri(docname)}#{id}"
            yield [url, label(record), record["tolerance"], record["name_en"], _origin(record)]


def _origin(record: Record) -> str:
    return "：".join(filter(None, [CLAIMS[record["claim"]], "；".join(places(record, None))]))
