"""The addresses of sections: words that stay as they are, the same in every language (``book/addresses.yaml``).

docutils makes an id of a title in Latin letters only, and else counts: what is added before a section moves its
address.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.transforms.i18n import Locale
from sphinx.util import logging

from gongbao.ledger.tables import read_mapping

logger = logging.getLogger(__name__)

ADDRESSES = Path("book", "addresses.yaml")
"""For each page, and for ``every page``: address → title, or a list of a title and former addresses."""


class NameSections(SphinxTransform):
    """Gives the sections of a page their addresses; that of the page itself is its name."""

    default_priority = Locale.default_priority - 2
    """While titles are in the language of the sources."""

    def apply(self, **_: Any) -> None:
        """Look at the sections that have no id of their own."""
        file, docname = Path(self.env.srcdir, ADDRESSES), self.env.docname
        addresses = _of_page(file, docname) if file.exists() else {}
        if file.exists():
            self.env.note_dependency(str(ADDRESSES))
        for section in self.document.findall(nodes.section):
            if not section["ids"][0].startswith("section-"):
                continue
            title = section[0].astext()
            own = [docname.rpartition("/")[2]] if section.parent is self.document else None
            if ids := own or addresses.get(title):
                section["ids"] = ids
                self.document.ids.update(dict.fromkeys(ids, section))
                self.document.nameids.update(dict.fromkeys(section["names"], ids[0]))
            elif file.exists():
                told = "the section “%s” has no address; expected: a line for it in %s"
                logger.warning(told, title, ADDRESSES.as_posix(), location=section)


def _of_page(file: Path, docname: str) -> Mapping[str, list[str]]:
    """The addresses of a page by title, the one that holds first."""
    pages = read_mapping(file)
    found = {**pages.get("every page", {}), **pages.get(docname, {})}
    titles = {address: [title] if isinstance(title, str) else title for address, title in found.items()}
    return {title: [address, *former] for address, (title, *former) in titles.items()}


def count_by_kind(app: Sphinx) -> None:
    """Let docutils count sections apart from citations, and leave former addresses (``id5``) to sections."""
    app.env.settings["auto_id_prefix"] = "%"


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    app.connect("builder-inited", count_by_kind)
    app.add_transform(NameSections)
