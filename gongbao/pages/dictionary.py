"""The data dictionary: what datapackage.yaml says of each table and column, as a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from gongbao.figures.messages import N_, _
from gongbao.pages.language import is_source
from gongbao.pages.listings import Cell, table

TYPES = {"string": N_("文本"), "integer": N_("整数"), "number": N_("实数")}
"""The types of Frictionless Data that the package has."""


class DataDictionary(SphinxDirective):
    """``{data-dictionary}``: a section a table of the data package, a row a column."""

    def run(self) -> list[nodes.Node]:
        """Read the package; tables with one schema share a section."""
        data = Path(self.env.srcdir) / "data"
        package = yaml.safe_load((data / "datapackage.yaml").read_text("utf-8"))
        self.env.note_dependency(str(data / "datapackage.yaml"))
        groups: dict[str, list[dict[str, Any]]] = {}
        for resource in package["resources"]:
            groups.setdefault(str(resource["schema"]), []).append(resource)
        sections: list[nodes.Node] = []
        for resources in groups.values():
            schema = resources[0]["schema"]
            if isinstance(schema, str):
                schema = yaml.safe_load((data / schema).read_text("utf-8"))
            sections.append(self._section(resources, schema["fields"]))
        return sections

    def _section(self, resources: list[dict[str, Any]], fields: list[dict[str, Any]]) -> nodes.section:
        title = nodes.title("", _("、").join(resource["path"] for resource in resources), translatable=False)
        section = nodes.section("", title, ids=[nodes.make_id(resources[0]["name"])])
        suffix = "_zh" if is_source(self.config) else ""
        names = _("；").join(resource[f"title{suffix}"] for resource in resources)
        section += nodes.paragraph("", names, translatable=False)
        rows: list[list[Cell]] = [
            [[nodes.literal("", field["name"])], _(TYPES[field["type"]]), field.get(f"description{suffix}", "")]
            for field in fields
        ]
        made = table((_("列"), _("类型"), _("内容")), (20, 12, 68), (False, False, False), rows)
        made["classes"] += ["colwidths-given"]
        section += made
        return section


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("data-dictionary", DataDictionary)
