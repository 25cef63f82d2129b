"""The card of a number or a term, opened over it by pointer, keyboard or finger; and how a number is cited.

The contents are written once for each figure of a page, and for each term that it explains, into a script of its own,
which the browser loads when the first of these cards is opened. The pages stay light, and without scripts numbers are
links to their rows and terms to their entries, as they are with them.

A citation says what a figure is, on which pages of the gazette it stands, and under which id in which version of the
book, in words and as BibTeX; each edition cites in its own language.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urljoin

from docutils import nodes
from jinja2 import Environment, PackageLoader
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config

from gongbao.figures.expression import ID_IN_BRACES
from gongbao.figures.messages import _
from gongbao.figures.origin import OUTSIDE, Claim, short
from gongbao.ledger.tables import PACKAGE, read_yaml
from gongbao.pages.domain import CLAIMS, PAGES, FigureDomain, label, places, with_inputs
from gongbao.pages.language import is_source
from gongbao.pages.tables import View, page_id
from gongbao.pages.web import built_on, web_builder, write_script
from gongbao.prose.editions import FOLDER
from gongbao.results.results import Record

SCRIPT = f"{FOLDER}/citations.js"

BIBTEX = """\
@misc{{{key},
  author = {{{{{author}}}}},
  title = {{{title}}},
  howpublished = {{{book}}},
  note = {{{origin}}},
  year = {{{year}}},
{url}}}"""

STATEMENTS = 3
"""How many places a card names; it only counts more."""

_FINE = re.compile(r"\d+\.\d{5,}")
"""A number with more decimals than anyone reads: sources outside the gazette give amounts of 亿元 in yuan."""

_ENVIRONMENT = Environment(loader=PackageLoader("gongbao.pages"), autoescape=True, trim_blocks=True, lstrip_blocks=True)


def legible(text: str) -> str:
    """A number with at most four decimals."""
    return _FINE.sub(lambda match: f"{float(match[0]):.4f}", text)


def interval(record: Record) -> str:
    """The rounding interval, where it says more than the value, and not in digits beyond all that is printed."""
    return str(record["range"]) if record["range"] != record["tolerance"] and not _FINE.search(record["range"]) else ""


_WORDS = {"says": _, "label": label, "legible": legible, "places": places, "short": short, "interval": interval}
_TEMPLATE = _ENVIRONMENT.get_template("figure-card.html", globals=_WORDS)
_TERM = _ENVIRONMENT.get_template("term-card.html", globals=_WORDS)


def card(view: View, record: Record, citation: dict[str, str]) -> str:
    """The contents of the card of a figure, with addresses relative to a page."""
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
    """Write the cards of a page's figures, and of the terms that it explains, whenever the page is written.

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


# --- how figures are cited


class Work(NamedTuple):
    """The book that is cited, and the gazette that it analyses."""

    title: str
    author: str
    version: str
    year: int
    gazette: str


def cite(record: Record, pages: Collection[int], work: Work, address: str = "") -> dict[str, str]:
    """How a figure is cited: a sentence, under ``words``, and an entry for a bibliography, under ``bibtex``.

    Args:
        record: of the figure.
        pages: of the gazette that state it or what it was computed from.
        work: the book.
        address: of the row of the figure, if the book is published.
    """
    name, value, origin = label(record), record["tolerance"], _origin(record, pages, work)
    its_book = {**work._asdict(), "id": record["id"]}
    book = _("《{title}》{version}版，{year}年，编号{id}。").format(**its_book)
    if record["claim"] == Claim.STATED:
        book = _("据{book}").format(book=book)
    sentence = _("{name}{value}。{origin}。{book}").format(name=name, value=value, origin=origin, book=book)
    entry = BIBTEX.format(
        key=re.sub("[^a-z0-9.]+", "-", record["id"]),
        author=_escaped(work.author),
        title=_escaped(_("{kind}：{name}").format(kind=name, name=value)),
        book=_escaped(_("《{title}》{version}版，编号{id}").format(**its_book)),
        origin=_escaped(origin),
        year=work.year,
        url=f"  url = {{{address}}},\n" if address else "",
    )
    return {"words": f"{sentence} {address}".rstrip(), "bibtex": entry}


def _origin(record: Record, pages: Collection[int], work: Work) -> str:
    numbers = _("、").join(map(str, sorted(pages)))
    # English has a mark for one page and another for more
    form = _("{gazette}，第{page}页") if len(pages) == 1 else _("{gazette}，第{pages}页")
    where = form.format(gazette=work.gazette, page=numbers, pages=numbers) if pages else ""
    outside = [s["place"] for s in record["statements"] if not s["page"]]
    form = "{claim}" if not (outside or where) else _("{claim}：") if outside else _("{claim}，据")
    kind = "" if record["claim"] == Claim.STATED else form.format(claim=CLAIMS[record["claim"]])
    assumed = _("；假设：{assumption}").format(assumption=record["inference"]) if record["inference"] else ""
    return f"{kind}{_('；').join([where, *outside] if where else outside)}{assumed}"


def _escaped(text: str) -> str:
    return re.sub(r"([%&#_$])", r"\\\1", text)


def work_of(config: Config, root: Path) -> Work:
    """The book, and the gazette that its data come from."""
    source = read_yaml(root / "data" / PACKAGE)["sources"][0]
    chinese = source["title"].replace(" ", "")
    gazette = chinese if is_source(config) else source.get("title_en", chinese)
    return Work(config.html_title or config.project, config.author, config.version, built_on().year, gazette)


def citations(app: Sphinx, ids: Iterable[str]) -> dict[str, dict[str, str]]:
    """How figures are cited, by id; figures without a row are left out."""
    domain, cited = FigureDomain.of(app.env), {}
    work, base, records = work_of(app.config, Path(app.srcdir)), app.config.html_baseurl, domain.records
    for id in sorted(ids):
        if row := domain.row(records[id], app.builder):
            pages = {s["page"] for used in with_inputs([id], records) for s in records[used]["statements"] if s["page"]}
            cited[id] = cite(records[id], pages, work, urljoin(base, row) if base else "")
    return cited


def write_citations(app: Sphinx, page: str, template: str, context: object, doctree: nodes.document | None) -> None:
    """Write the citations of all figures with the first page that lists some: a script for its rows."""
    domain = FigureDomain.of(app.env)
    listing = next(filter(domain.has_listings, sorted(app.env.found_docs)), None)
    if web_builder(app) and page == listing and (cited := citations(app, domain.records)):
        write_script(app, SCRIPT, "figureCitations", cited)


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    # while pages are written, in parallel; links are resolved in one process for all pages
    app.connect("html-page-context", write_cards)
    app.connect("html-page-context", write_citations)
