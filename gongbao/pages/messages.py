"""What is to be translated: what Sphinx does not find by itself, and the catalogue of labels.

Labels are what chapters draw and figures say; they are written beside what Sphinx extracts from pages.
"""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx_design.shared import PassthroughTextElement

from gongbao.pages.domain import FigureDomain

TEMPLATE = "labels.pot"


class KeepLinksOfCards(SphinxTransform):
    """Gives the title of a card that is a link its source, by which a translation is a link, too."""

    default_priority = 5
    """Before Sphinx keeps the messages."""

    def apply(self, **_: Any) -> None:
        """Look at the titles of a page."""
        for title in self.document.findall(PassthroughTextElement):
            link = title.next_node(addnodes.pending_xref)
            if link is not None and not title.rawsource:
                page = posixpath.dirname(self.env.docname)
                target = posixpath.relpath(self.env.doc2path(link["reftarget"], base=False), page)
                title.rawsource = f"[{title.astext()}]({target})"


def write_labels(app: Sphinx, exception: Exception | None) -> None:
    """Write the template; the messages are those of :class:`gongbao.ledger.labels.Labels`."""
    if exception or app.builder.name != "gettext":
        return
    catalogue = Catalog(project=app.config.project, version=app.config.version)
    for word, places in FigureDomain.of(app.env).results.words().items():
        catalogue.add(word, auto_comments=places)
    with Path(app.outdir, TEMPLATE).open("wb") as file:
        write_po(file, catalogue, omit_header=True)


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    app.add_transform(KeepLinksOfCards)
    app.connect("build-finished", write_labels)
