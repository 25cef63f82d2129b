"""The bibliography in the language of the edition: ``author_en``, ``title_en`` … of the entries in place of the others.

The title in its own language follows in brackets, since that is how the work is found.
"""

from __future__ import annotations

from typing import cast

from pybtex.database import Person
from sphinx.application import Sphinx
from sphinxcontrib.bibtex.domain import BibtexDomain

from gongbao.sphinx.language import is_source


def translate_entries(app: Sphinx) -> None:
    """Put the translated fields in their places; what is kept from the last build has none left."""
    # other books may have no bibliography
    if is_source(app.config) or "sphinxcontrib.bibtex" not in app.extensions:
        return
    suffix = f"_{app.config.language}"
    domain = cast(BibtexDomain, app.env.get_domain(BibtexDomain.name))
    for entry in domain.bibdata.data.entries.values():
        for name in [name for name in entry.fields if name.endswith(suffix)]:
            field, words = name.removesuffix(suffix), entry.fields.pop(name)
            if field == "author":
                entry.persons["author"] = [Person(words)]
            elif field == "title":
                entry.fields[field] = f"{words} ({entry.fields[field]})"
            else:
                entry.fields[field] = words


def setup(app: Sphinx) -> None:
    """Connect to the build, once the bibliography is read."""
    app.connect("builder-inited", translate_entries, priority=900)
