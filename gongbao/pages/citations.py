"""How to cite: each figure in words and as BibTeX, and at the foot of each page the version of the book.

A citation says what a figure is, on which pages of the gazette it stands, and under which id in which version of the
book. The texts of both forms are messages, so each edition cites in its own language.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.i18n import format_date

from gongbao.figures.messages import _
from gongbao.figures.origin import Claim
from gongbao.ledger.tables import PACKAGE, read_yaml
from gongbao.pages.domain import CLAIMS, FigureDomain, label, with_inputs
from gongbao.pages.language import is_source
from gongbao.pages.web import THEME, web_builder, write_script
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


class Work(NamedTuple):
    """The book that is cited, and the gazette that it reads."""

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


# --- in the built book


def work_of(config: Config, root: Path) -> Work:
    """The book, and the gazette that its data come from."""
    source = read_yaml(root / "data" / PACKAGE)["sources"][0]
    chinese = source["title"].replace(" ", "")
    gazette = chinese if is_source(config) else source.get("title_en", chinese)
    return Work(config.html_title or config.project, config.author, config.version, built_on().year, gazette)


def built_on() -> datetime.date:
    """The day of the build, or the one that SOURCE_DATE_EPOCH names."""
    return datetime.date.fromisoformat(format_date("%Y-%m-%d", language="en"))


def citations(app: Sphinx, ids: Iterable[str]) -> dict[str, dict[str, str]]:
    """How figures are cited, by id; one that has no row is not."""
    domain, cited = FigureDomain.of(app.env), {}
    work, base, records = work_of(app.config, Path(app.srcdir)), app.config.html_baseurl, domain.records
    for id in sorted(ids):
        if row := domain.row(records[id], app.builder):
            pages = {s["page"] for used in with_inputs([id], records) for s in records[used]["statements"] if s["page"]}
            cited[id] = cite(records[id], pages, work, urljoin(base, row) if base else "")
    return cited


def write_citations(app: Sphinx, page: str, template: str, context: object, doctree: nodes.document | None) -> None:
    """Write how all figures are cited with the page that lists them: a script for its rows."""
    domain = FigureDomain.of(app.env)
    listing = next(filter(domain.has_listings, sorted(app.env.found_docs)), None)
    if web_builder(app) and page == listing and (cited := citations(app, domain.records)):
        write_script(app, SCRIPT, "figureCitations", cited)


def name_version(app: Sphinx, config: Config) -> None:
    """Say at the foot of each page which version this is, and of which day, after what the configuration says there."""
    if config.version and config.html_theme == THEME:  # others have no such option
        version = _("版本{version}，{date}").format(version=config.version, date=built_on().isoformat())
        parts = [config.html_theme_options.get("extra_footer"), version]
        config.html_theme_options = {**config.html_theme_options, "extra_footer": " · ".join(filter(None, parts))}


def setup(app: Sphinx) -> None:
    """Register the files with the citations, and the foot of the pages."""
    app.connect("config-inited", name_version)
    app.connect("html-page-context", write_citations)
