"""The addresses of sections: fixed words, the same in every language (``book/addresses.yaml``).

docutils makes ids of titles in Latin letters only; others it numbers, so that a section added before them would change
their addresses.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.transforms.i18n import Locale
from sphinx.util import logging

from gongbao.ledger.tables import read_mapping
from gongbao.pages.steps import while_read

logger = logging.getLogger(__name__)

ADDRESSES = Path("book", "addresses.yaml")
"""For each page, and for ``every page``: address → title, or a list of a title and former addresses."""


def name_sections(page: SphinxTransform) -> None:
    """Give sections of a page without an id of their own their addresses; that of the page itself is its name."""
    file, docname = Path(page.env.srcdir, ADDRESSES), page.env.docname
    addresses = _of_page(file, docname) if file.exists() else {}
    if file.exists():
        page.env.note_dependency(str(ADDRESSES))
    for section in page.document.findall(nodes.section):
        if not section["ids"][0].startswith("section-"):
            continue
        title = section[0].astext()
        own = [docname.rpartition("/")[2]] if section.parent is page.document else None
        if ids := own or addresses.get(title):
            section["ids"] = ids
            page.document.ids.update(dict.fromkeys(ids, section))
            page.document.nameids.update(dict.fromkeys(section["names"], ids[0]))
        elif file.exists():
            told = "the section “%s” has no address; expected: a line for it in %s"
            logger.warning(told, title, ADDRESSES.as_posix(), location=section)


def _of_page(file: Path, docname: str) -> Mapping[str, list[str]]:
    """The addresses of a page by title, the current one first."""
    pages = read_mapping(file)
    found = {**pages.get("every page", {}), **pages.get(docname, {})}
    titles = {address: [title] if isinstance(title, str) else title for address, title in found.items()}
    return {title: [address, *former] for address, (title, *former) in titles.items()}


def count_by_kind(app: Sphinx) -> None:
    """Have docutils number sections apart from citations, and leave former addresses (``id5``) to sections."""
    app.env.settings["auto_id_prefix"] = "%"


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    app.connect("builder-inited", count_by_kind)
    while_read(app, name_sections, Locale.default_priority - 2)  # while titles are in the language of the sources
