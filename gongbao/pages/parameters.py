"""What a reader may change and run again: the assumptions of the notebooks, read from their parameters cells."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective

from gongbao.figures.messages import _
from gongbao.ledger.labels import Labels
from gongbao.ledger.rows import load_units
from gongbao.pages.domain import FigureDomain
from gongbao.pages.language import is_source, localised
from gongbao.pages.listings import Cell, listing_table
from gongbao.pages.results import note_run

_COMMENT = re.compile(r"#\s*(.+)")


class Parameters(SphinxDirective):
    """``{parameters}``: the assumptions of every notebook of the book: name, meaning and value."""

    def run(self) -> list[nodes.Node]:
        """List them in the order of the book; a notebook without assumptions has no row."""
        self.env.note_dependency(str(Path(self.env.srcdir, "_toc.yml")))
        rows: list[list[Cell]] = []
        for docname, chapter in FigureDomain.of(self.env).results.chapters.items():
            note_run(self.env, docname)
            for parameter in chapter.parameters:
                said = localised(parameter, self.config)
                name, value = nodes.literal("", said["name"]), nodes.literal("", said["value"])
                rows.append([[self._chapter(docname)], [name], said["meaning"], [value]])
        return [listing_table((_("章"), _("参数"), _("含义"), _("缺省值")), (20, 24, 38, 18), (False,) * 4, rows)]

    def _chapter(self, docname: str) -> addnodes.pending_xref:
        target = {"refdomain": "std", "reftype": "doc", "reftarget": f"/{docname}", "refdoc": self.env.docname}
        return addnodes.pending_xref("", nodes.inline(), **target, refexplicit=False, refwarn=True)


class TranslateAssumptions(SphinxTransform):
    """Translates what a parameters cell says of its values; the code stays what runs."""

    default_priority = 400

    def apply(self, **_: Any) -> None:
        """Look at the cells of a page; the catalogue of labels has the words."""
        if is_source(self.config):
            return
        data = Path(self.env.srcdir) / "data"
        cells = [cell for cell in self.document.findall(nodes.container) if "tag_parameters" in cell["classes"]]
        labels = Labels.load(load_units(data), data) if cells else None
        for block in [block for cell in cells for block in cell.findall(nodes.literal_block)]:
            assert labels is not None
            source = _COMMENT.sub(lambda match: f"# {labels.english(match[1])}", block.astext())
            block.rawsource, block.children = source, []
            block += nodes.Text(source)


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("parameters", Parameters)
    app.add_transform(TranslateAssumptions)
