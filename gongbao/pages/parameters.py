"""What a reader may change and run again: the assumptions of the notebooks, read from their parameters cells."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective

from gongbao.figures.messages import _
from gongbao.ledger.labels import Labels
from gongbao.ledger.rows import load_units
from gongbao.pages.domain import FigureDomain
from gongbao.pages.language import is_source
from gongbao.pages.listings import Cell, listing_table

_COMMENT = re.compile(r"#\s*(.+)")


class Parameters(SphinxDirective):
    """``{parameters}``: the assumptions of every notebook of the book: name, meaning and value."""

    def run(self) -> list[nodes.Node]:
        """Read the notebooks in the order of the book; those without assumptions have no row."""
        root = Path(self.env.srcdir)
        self.env.note_dependency(str(root / "_toc.yml"))
        rows: list[list[Cell]] = []
        data = root / "data"
        labels, domain = Labels.load(load_units(data), data), FigureDomain.of(self.env)
        for docname in self._notebooks():
            path = root / f"{docname}.ipynb"
            self.env.note_dependency(str(path))
            for name, value, meaning in parameters(path):
                domain.note_words(self.env.docname, filter(None, [labels.template(meaning)]))
                words = meaning if is_source(self.config) else labels.english(meaning)
                rows.append([[self._chapter(docname)], [nodes.literal("", name)], words, [nodes.literal("", value)]])
        return [listing_table((_("章"), _("参数"), _("含义"), _("缺省值")), (20, 24, 38, 18), (False,) * 4, rows)]

    def _notebooks(self) -> list[str]:
        order = list(getattr(self.config, "external_site_map", None) or ())
        found = [docname for docname in self.env.found_docs if Path(self.env.doc2path(docname)).suffix == ".ipynb"]
        return sorted(found, key=lambda docname: (order.index(docname) if docname in order else len(order), docname))

    def _chapter(self, docname: str) -> addnodes.pending_xref:
        target = {"refdomain": "std", "reftype": "doc", "reftarget": f"/{docname}", "refdoc": self.env.docname}
        return addnodes.pending_xref("", nodes.inline(), **target, refexplicit=False, refwarn=True)


def parameters(path: Path) -> Iterator[tuple[str, str, str]]:
    """The assignments of a notebook's parameters cell: name, value as written, and the comment behind it."""
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", ()):
            lines = cell.source.splitlines()
            for node in ast.parse(cell.source).body:
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    comment = lines[(node.end_lineno or node.lineno) - 1].encode()[node.end_col_offset :].decode()
                    value = ast.get_source_segment(cell.source, node.value) or ""
                    yield node.targets[0].id, value, comment.strip().removeprefix("#").strip()


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
