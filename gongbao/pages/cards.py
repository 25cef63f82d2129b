"""The card of a number, or of a term: what the pointer, the keyboard or a finger opens over it in the browser.

The contents are written once for each figure of a page, and for each term that it explains, into a script of its own
that the browser asks for when the first of these cards is opened. The pages stay light, and without scripts numbers are
links to their rows and terms to their entries, as they are with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from jinja2 import Environment, PackageLoader
from sphinx import addnodes
from sphinx.application import Sphinx

from gongbao.figures.messages import _
from gongbao.figures.origin import OUTSIDE, short
from gongbao.pages.citations import citations
from gongbao.pages.domain import CLAIMS, ID_IN_BRACES, PAGES, label, places
from gongbao.pages.language import is_source
from gongbao.pages.tables import View, page_id
from gongbao.pages.web import web_builder, write_script
from gongbao.prose.editions import FOLDER
from gongbao.results.results import Record

STATEMENTS = 3
"""How many places a card names before it only counts them."""

_FINE = re.compile(r"\d+\.\d{5,}")
"""A number with more decimals than anyone reads: sources outside the gazette give amounts of 亿元 in yuan."""

_ENVIRONMENT = Environment(loader=PackageLoader("gongbao.pages"), autoescape=True, trim_blocks=True, lstrip_blocks=True)


def legible(text: str) -> str:
    """A number with at most four decimals."""
    return _FINE.sub(lambda match: f"{float(match[0]):.4f}", text)


_WORDS = {"says": _, "label": label, "legible": legible, "places": places, "short": short, "fine": _FINE.search}
_TEMPLATE = _ENVIRONMENT.get_template("figure-card.html", globals=_WORDS)
_TERM = _ENVIRONMENT.get_template("term-card.html", globals=_WORDS)


def card(view: View, record: Record, citation: dict[str, str]) -> str:
    """What the card of a figure holds, with addresses as a page sees them."""
    domain = view.domain
    formula: list[dict[str, str]] = []
    for index, part in enumerate(ID_IN_BRACES.split(record["formula"])):
        source = domain.records.get(part) if index % 2 else None
        link = (
            {"text": label(source), "href": view.address(domain.listed_on(source), part)} if source else {"text": part}
        )
        formula.append(link)
    pages, statements = domain.listing.get(PAGES), []
    for statement in record["statements"][:STATEMENTS]:
        outside = OUTSIDE.search(statement["place"])
        href = view.address(pages, page_id(statement["page"])) if statement["page"] else outside and outside["url"]
        statements.append({**statement, "place": short(statement["place"]), "href": href})
    return _TEMPLATE.render(
        record=record,
        # in the unit of the gazette; a rank or a count of names is not printed there in these digits
        printed=record["printed"] if record["claim"] == "stated" and not is_source(view.builder.config) else "",
        kind=CLAIMS[record["claim"]],
        formula=formula if record["formula"] else [],
        inputs=[domain.records[id] for id in record["inputs"] if id in domain.records],
        statements=statements,
        more=len(record["statements"]) if len(record["statements"]) > STATEMENTS else 0,
        row=view.address(domain.listed_on(record), record["id"]),
        citation=citation,
    )


def write_cards(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Write the cards of a page, and those of the terms that it explains, with it: they change with what it shows.

    Pages that print figures, or use terms, load them.
    """
    if not web_builder(app) or not doctree:
        return
    view, script = View(app.builder, page), f"{FOLDER}/{page}.js"
    ids = view.domain.printed_on(page)
    if ids or "glossary-term" in context.get("body", ""):
        data = {"data-cards": view.file(script)}
        app.add_js_file("figure-card.js", loading_method="defer", **data)  # type: ignore[arg-type]
    cited = citations(app, ids)
    cards = {id: card(view, view.domain.records[id], cited.get(id, {})) for id in ids}
    if cards := cards | dict(_terms(doctree)):
        write_script(app, script, "figureCards", cards)
    else:
        Path(app.outdir, script).unlink(missing_ok=True)


def _terms(doctree: nodes.document) -> Iterator[tuple[str, str]]:
    """The cards of the terms by the anchors of their entries."""
    for glossary in doctree.findall(addnodes.glossary):
        for entry in glossary.findall(nodes.definition_list_item):
            terms, definition = list(entry.findall(nodes.term)), entry.next_node(nodes.definition)
            name, text = _("、").join(term.astext() for term in terms), definition.astext() if definition else ""
            for id in (id for term in terms for id in term["ids"]):
                yield id, _TERM.render(name=name, text=text)


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    # while pages are written, in parallel; links are resolved in one process for all pages
    app.connect("html-page-context", write_cards)
