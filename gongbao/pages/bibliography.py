"""The bibliography: listed under what prose cites a work by, author and year, and in the language of the edition.

A second work of an author in a year gets a letter. Of a work in Chinese the English edition takes ``author_en``,
``title_en`` … in place of the others; the title in its own language follows in brackets, since that is how the work is
found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from string import ascii_lowercase
from typing import cast

from pybtex.backends.plaintext import Backend as PlainText
from pybtex.database import Entry, Person
from pybtex.plugin import register_plugin
from pybtex.style.formatting.unsrt import Style as UnsortedStyle
from pybtex.style.labels import BaseLabelStyle
from pybtex.style.sorting import BaseSortingStyle
from sphinx.application import Sphinx
from sphinxcontrib.bibtex.domain import BibtexDomain

from gongbao.pages.language import is_source

STYLE = "author-year"
"""The name of the style, of its labels and of its order."""

_FEW = 2
"""Authors that are all named."""


def label_of(entry: Entry) -> str:
    """What prose cites a work by, as sphinxcontrib-bibtex prints it: ``Brown and Heathers, 2017``."""
    names = [" ".join(str(name) for name in person.rich_last_names) for person in entry.persons["author"]]
    authors = " and ".join(names) if len(names) <= _FEW else f"{names[0]} et al."
    return f"{authors}, {entry.fields['year']}"


class AuthorYearLabels(BaseLabelStyle):  # type: ignore[misc]
    """Labels a work in the list with what it is cited by."""

    def format_labels(self, sorted_entries: Iterable[Entry]) -> Iterator[str]:
        """The labels in the order of the list."""
        return map(label_of, sorted_entries)


class LabelOrder(BaseSortingStyle):  # type: ignore[misc]
    """Sorts works by their labels."""

    def sorting_key(self, entry: Entry) -> tuple[str, str]:
        """What comes first in the list."""
        return label_of(entry).casefold(), entry.key


class AuthorYearStyle(UnsortedStyle):  # type: ignore[misc]
    """Authors, title, where and when it appeared; found by author and year."""

    default_label_style = STYLE
    default_sorting_style = STYLE


def prepare_entries(app: Sphinx) -> None:
    """Tell works of one author and year apart, and put translated fields in their places."""
    # other books may have no bibliography
    if "sphinxcontrib.bibtex" not in app.extensions:
        return
    domain = cast(BibtexDomain, app.env.get_domain(BibtexDomain.name))
    entries = list(domain.bibdata.data.entries.values())
    tell_apart(entries)
    if not is_source(app.config):
        translate(entries, f"_{app.config.language}")


def tell_apart(entries: Iterable[Entry]) -> None:
    """Add letters to years; what is kept from the last build has them already."""
    alike = defaultdict(list)
    for entry in entries:
        alike[label_of(entry)].append(entry)
    for group in alike.values():
        for letter, entry in zip(ascii_lowercase, sorted(group, key=lambda one: str(one.key)), strict=False):
            if len(group) > 1:
                entry.fields["year"] += letter


def translate(entries: Iterable[Entry], suffix: str) -> None:
    """Put fields with the suffix in the places of those without; what is kept from the last build has none left."""
    for entry in entries:
        for name in [name for name in entry.fields if name.endswith(suffix)]:
            field, words = name.removesuffix(suffix), entry.fields.pop(name)
            if field == "author":
                entry.persons["author"] = [Person(words)]
            elif field == "title":
                entry.fields[field] = f"{words} ({entry.fields[field]})"
            else:
                entry.fields[field] = words


def setup(app: Sphinx) -> None:
    """Register the style, and connect to the build, once the bibliography is read."""
    register_plugin("pybtex.style.labels", STYLE, AuthorYearLabels)
    register_plugin("pybtex.style.sorting", STYLE, LabelOrder)
    register_plugin("pybtex.style.formatting", STYLE, AuthorYearStyle)
    # otherwise all that is installed is searched for it, once for each citation
    register_plugin("pybtex.backends", "plaintext", PlainText, force=True)
    app.connect("builder-inited", prepare_entries, priority=900)
