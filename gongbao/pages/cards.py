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
from gongbao.pages.tables import page_id
from gongbao.pages.web import FOLDER, web_builder, write_script
from gongbao.results.results import Record

STATEMENTS = 3
"""How many places a card names before it only counts them."""


class Cards:
    """Writes the cards of a page, with addresses as that page sees them."""

    _environment = Environment(
        loader=PackageLoader("gongbao.pages"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    _template = _environment.get_template("figure-card.html", globals={"says": _})

    def __init__(self, builder: StandaloneHTMLBuilder, docname: str) -> None:
        self._builder = builder
        self._docname = docname
        self._domain = FigureDomain.of(builder.env)

    def html(self, record: Record) -> str:
        """What the card of a figure holds."""
        statements = record["statements"]
        return self._template.render(
            id=record["id"],
            claim=record["claim"],
            kind=CLAIMS[record["claim"]],
            name=label(record),
            value=record["tolerance"],
            meaning=record["meaning"],
            range="" if record["range"] == record["tolerance"] else record["range"],
            formula=self._formula(record),
            inputs=list(self._inputs(record)),
            inference=record["inference"],
            statements=[s | {"href": self._page(s["page"])} for s in statements[:STATEMENTS]],
            more=len(statements) if len(statements) > STATEMENTS else 0,
            row=self._row(record),
        )

    def _formula(self, record: Record) -> list[dict[str, str | None]]:
        parts = []
        for index, part in enumerate(ID_IN_BRACES.split(record["formula"])):
            source = self._domain.records.get(part) if index % 2 else None
            parts.append({"text": label(source), "href": self._row(source)} if source else {"text": part, "href": None})
        return parts if record["formula"] else []

    def _inputs(self, record: Record) -> list[dict[str, Any]]:
        sources = [source for id in record["inputs"] if (source := self._domain.records.get(id))]
        return [{"name": label(s), "value": s["tolerance"], "places": places(s, 1)} for s in sources]

    def _row(self, record: Record) -> str | None:
        docname = self._domain.listed_on(record)
        return f"{self._builder.get_relative_uri(self._docname, docname)}#{record['id']}" if docname else None

    def _page(self, page: int | None) -> str | None:
        docname = self._domain.listing(PAGES)
        if page is None or docname is None:
            return None
        return f"{self._builder.get_relative_uri(self._docname, docname)}#{page_id(page)}"


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
            cards = Cards(builder, docname)
            write_script(app, file_of(docname), "figureCards", {id: cards.html(records[id]) for id in sorted(ids)})


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
