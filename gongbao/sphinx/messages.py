"""The catalogue of labels: what chapters draw and figures say, written beside those that Sphinx extracts from pages."""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from sphinx.application import Sphinx

from gongbao.sphinx.domain import FigureDomain

TEMPLATE = "labels.pot"


def write_labels(app: Sphinx, exception: Exception | None) -> None:
    """Write the template; the messages are those of :class:`gongbao.labels.Labels`."""
    if exception or app.builder.name != "gettext":
        return
    catalogue = Catalog(project=app.config.project, version=app.config.version)
    for word, places in sorted(FigureDomain.of(app.env).words().items()):
        catalogue.add(word, auto_comments=places)
    with Path(app.outdir, TEMPLATE).open("wb") as file:
        write_po(file, catalogue, omit_header=True)


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    app.connect("build-finished", write_labels)
