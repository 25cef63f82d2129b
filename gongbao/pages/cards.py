"""The card of a number: what the pointer, the keyboard or a finger opens over it in the browser.

The contents are written once for each figure of a page, into a script that the browser asks for when the first card is
opened. The pages stay light, and without scripts their numbers are links to the rows, as they are with them.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from jinja2 import Environment, PackageLoader
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util.osutil import relative_uri

from gongbao.figures.messages import _
from gongbao.pages.domain import CLAIMS, ID_IN_BRACES, PAGES, FigureDomain, label, places
from gongbao.pages.language import is_source
from gongbao.pages.tables import page_id
from gongbao.pages.web import FOLDER, web_builder, write_script
from gongbao.results.results import Record

STATEMENTS = 3
"""How many places a card names before it only counts them."""


_ENVIRONMENT = Environment(loader=PackageLoader("gongbao.pages"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
_TEMPLATE = _ENVIRONMENT.get_template("figure-card.html", globals={"says": _, "label": label, "places": places})


def card(builder: StandaloneHTMLBuilder, docname: str, record: Record) -> str:
    """What the card of a figure holds, with addresses as a page sees them."""
    domain = FigureDomain.of(builder.env)

    def address(listed_on: str | None, anchor: str) -> str:
        return f"{builder.get_relative_uri(docname, listed_on)}#{anchor}" if listed_on else ""

    formula: list[dict[str, str]] = []
    for index, part in enumerate(ID_IN_BRACES.split(record["formula"])):
        source = domain.records.get(part) if index % 2 else None
        link = {"text": label(source), "href": address(domain.listed_on(source), part)} if source else {"text": part}
        formula.append(link)
    pages, statements = domain.listing(PAGES), record["statements"]
    return _TEMPLATE.render(
        record=record,
        # the Chinese edition prints what the gazette does
        printed=record["printed"] if record["claim"] == "stated" and not is_source(builder.config) else "",
        kind=CLAIMS[record["claim"]],
        formula=formula if record["formula"] else [],
        inputs=[domain.records[id] for id in record["inputs"] if id in domain.records],
        statements=[s | {"href": s["page"] and address(pages, page_id(s["page"]))} for s in statements[:STATEMENTS]],
        more=len(statements) if len(statements) > STATEMENTS else 0,
        row=address(domain.listed_on(record), record["id"]),
    )


def file_of(docname: str) -> str:
    """The script with the cards of a page."""
    return f"{FOLDER}/{docname}.js"


def write_cards(app: Sphinx, exception: Exception | None) -> None:
    """Write the cards of all pages; those of a page change with figures that the page itself does not print."""
    builder = web_builder(app)
    if exception or not builder:
        return
    domain = FigureDomain.of(app.env)
    records = domain.records
    for docname in sorted(app.env.found_docs):
        if ids := domain.printed_on(docname):
            write_script(app, file_of(docname), "figureCards", {id: card(builder, docname, records[id]) for id in ids})


def load_script(app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document) -> None:
    """Let pages that print figures have the cards."""
    builder = web_builder(app)
    if builder and FigureDomain.of(app.env).printed_on(pagename):
        cards = relative_uri(builder.get_target_uri(pagename), file_of(pagename))
        app.add_js_file("figure-card.js", loading_method="defer", **{"data-cards": cards})  # type: ignore[arg-type]


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    app.connect("html-page-context", load_script)
    app.connect("build-finished", write_cards)
