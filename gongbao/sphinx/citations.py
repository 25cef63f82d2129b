"""How to cite: at each row of the ledger the figure, at the foot of each page the version of the book."""

from __future__ import annotations

import datetime
import html
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.i18n import format_date

from gongbao.citation import Work, bibtex, in_words
from gongbao.sphinx.domain import FigureDomain, Record
from gongbao.sphinx.listings import with_inputs


class CiteRows(SphinxPostTransform):
    """Add to each row that numbers lead to how it is cited; in print the row's id has to do."""

    # after the rows are there
    default_priority = 9
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Look for the rows by their targets."""
        domain = FigureDomain.of(self.env)
        targets = {entry: entry.next_node(nodes.target) for entry in self.document.findall(nodes.entry)}
        rows = {entry: domain.record(t["ids"][0]) for entry, t in targets.items() if t and t["ids"]}
        if not any(rows.values()):
            return  # most pages list no figures
        records, work = domain.records(), _work(self.config, Path(self.env.srcdir))
        for entry, record in rows.items():
            if record:
                entry += nodes.raw("", _snippet(record, records, work), format="html")


def _snippet(record: Record, records: dict[str, Record], work: Work) -> str:
    used = with_inputs([record["id"]], records)
    pages = {s["page"] for id in used for s in records[id]["statements"] if s["page"]}
    words, entry = (html.escape(cite(record, pages, work)) for cite in (in_words, bibtex))
    return f"<details class='cite'><summary>引用</summary><p>{words}</p><pre>{entry}</pre></details>"


def _work(config: Config, root: Path) -> Work:
    package = yaml.safe_load((root / "data" / "datapackage.yaml").read_text("utf-8"))
    gazette = package["sources"][0]["title"].replace(" ", "")
    return Work(config.html_title or config.project, config.author, config.version, built_on().year, gazette)


def built_on() -> datetime.date:
    """The day of the build, or the one that SOURCE_DATE_EPOCH names."""
    return datetime.date.fromisoformat(format_date("%Y-%m-%d", language="en"))


def name_version(app: Sphinx, config: Config) -> None:
    """Say at the foot of each page which version this is, and of which day."""
    if config.version:
        config.html_theme_options = {
            **config.html_theme_options,
            "extra_footer": f"版本{config.version}，{built_on().isoformat()}",
        }


def setup(app: Sphinx) -> None:
    """Register the transform, and the foot of the pages."""
    app.add_post_transform(CiteRows)
    app.connect("config-inited", name_version)
