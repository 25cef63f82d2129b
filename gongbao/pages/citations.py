"""How to cite: each figure in words and as BibTeX, and at the foot of each page the version of the book."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.i18n import format_date
from sphinx.util.osutil import relative_uri

from gongbao.figures.messages import _
from gongbao.pages.citation import Work, bibtex, in_words
from gongbao.pages.domain import FigureDomain, with_inputs
from gongbao.pages.scripts import FOLDER, web_builder, words, write_if_changed, write_script
from gongbao.results.results import Record

BIBLIOGRAPHY = f"{FOLDER}/citations.bib"
SCRIPT = f"{FOLDER}/citations.js"


class Citations:
    """How the figures of a book are cited."""

    def __init__(self, app: Sphinx) -> None:
        self._app = app
        self._domain = FigureDomain.of(app.env)
        self._records = self._domain.records
        self._work = _work(app.config, Path(app.srcdir))

    def of(self, id: str) -> dict[str, str]:
        """How a figure is cited: ``words`` and ``bibtex``."""
        used = with_inputs([id], self._records)
        pages = {s["page"] for source in used for s in self._records[source]["statements"] if s["page"]}
        record = self._records[id]
        address = self._address(record)
        return {
            "words": in_words(record, pages, self._work, address),
            "bibtex": bibtex(record, pages, self._work, address),
        }

    def _address(self, record: Record) -> str:
        """Where the row is, if the book says where it is published."""
        base, page = self._app.config.html_baseurl, self._domain.listed_on(record)
        return f"{urljoin(base, self._app.builder.get_target_uri(page))}#{record['id']}" if base and page else ""


def _work(config: Config, root: Path) -> Work:
    package = yaml.safe_load((root / "data" / "datapackage.yaml").read_text("utf-8"))
    gazette = package["sources"][0]["title"].replace(" ", "")
    return Work(config.html_title or config.project, config.author, config.version, built_on().year, gazette)


def built_on() -> datetime.date:
    """The day of the build, or the one that SOURCE_DATE_EPOCH names."""
    return datetime.date.fromisoformat(format_date("%Y-%m-%d", language="en"))


def write_citations(app: Sphinx, exception: Exception | None) -> None:
    """Write how all figures are cited: as a bibliography, and as a script for the links that copy."""
    domain = FigureDomain.of(app.env)
    if exception or not web_builder(app) or not domain.data["listings"]:
        return
    citations = Citations(app)
    cited = {id: citations.of(id) for id, record in sorted(domain.records.items()) if domain.listed_on(record)}
    write_script(app, SCRIPT, "figureCitations", cited)
    entries = (f"% {citation['words']}\n{citation['bibtex']}\n" for citation in cited.values())
    write_if_changed(Path(app.outdir) / BIBLIOGRAPHY, "\n".join(entries))


def load_script(app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document) -> None:
    """Let the links on pages with figures copy."""
    builder = web_builder(app)
    domain = FigureDomain.of(app.env)
    if builder and (domain.printed_on(pagename) or domain.has_listings(pagename)):
        file = relative_uri(builder.get_target_uri(pagename), SCRIPT)
        said = words(copied=_("已复制"), failed=_("无法复制"))
        app.add_js_file("figure-cite.js", loading_method="defer", **said | {"data-citations": file})


def name_version(app: Sphinx, config: Config) -> None:
    """Say at the foot of each page which version this is, and of which day, after what the configuration says there."""
    if config.version:
        version = _("版本{version}，{date}").format(version=config.version, date=built_on().isoformat())
        parts = [config.html_theme_options.get("extra_footer"), version]
        config.html_theme_options = {**config.html_theme_options, "extra_footer": " · ".join(filter(None, parts))}


def setup(app: Sphinx) -> None:
    """Register the files with the citations, and the foot of the pages."""
    app.connect("config-inited", name_version)
    app.connect("html-page-context", load_script)
    app.connect("build-finished", write_citations)
