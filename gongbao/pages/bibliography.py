"""The bibliography: works are listed under author and year, as prose cites them, in the language of the edition.

A second work of an author in a year gets a letter. For a work in Chinese the English edition uses ``author_en``,
``title_en`` … in place of the other fields; the original title follows in brackets, since that is how the work is
found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from string import ascii_lowercase
from typing import cast

from pybtex.backends.plaintext import Backend as PlainText
from pybtex.database import Entry, Person
from pybtex.plugin import register_plugin
from pybtex.style.formatting.unsrt import Style as UnsortedStyle
from pybtex.style.labels import BaseLabelStyle
from pybtex.style.names.plain import NameStyle as PlainNames
from pybtex.style.sorting import BaseSortingStyle
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinxcontrib.bibtex.domain import BibtexDomain
from sphinxcontrib.bibtex.plugin import register_plugin as register_referencing
from sphinxcontrib.bibtex.style.names.last import LastNameStyle as LastNames
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle as AuthorYearReferences
from sphinxcontrib.bibtex.style.referencing.foot import FootReferenceStyle as FootReferences

from gongbao.pages.language import is_source

STYLE = "author-year"
"""The name of the style, of its labels and of its order."""

_FEW = 2
"""The most authors that are all named."""


def label_of(entry: Entry) -> str:
    """The words by which prose cites a work, as sphinxcontrib-bibtex prints them: ``Brown and Heathers, 2017``."""
    names = [" ".join(map(str, person.rich_last_names)) for person in entry.persons["author"]]
    authors = " and ".join(names) if len(names) <= _FEW else f"{names[0]} et al."
    return f"{authors}, {entry.fields['year']}"


class AuthorYearLabels(BaseLabelStyle):  # type: ignore[misc]
    """Labels a work in the list as it is cited."""

    def format_labels(self, sorted_entries: Iterable[Entry]) -> Iterator[str]:
        """The labels in the order of the list."""
        return map(label_of, sorted_entries)


class LabelOrder(BaseSortingStyle):  # type: ignore[misc]
    """Sorts works by their labels; pybtex would put names in braces, such as those of offices, after all others."""

    def sorting_key(self, entry: Entry) -> tuple[str, str]:
        """Sort by label, then by key."""
        return label_of(entry).casefold(), entry.key


class AuthorYearStyle(UnsortedStyle):  # type: ignore[misc]
    """Prints authors, title, place and time of publication; labelled and sorted by author and year."""

    default_label_style = STYLE
    default_sorting_style = STYLE


def prepare_entries(app: Sphinx) -> None:
    """Tell works of one author and year apart, and put translated fields in their places.

    Entries kept from the last build have their letters already, and no translated fields left.
    """
    # a book may have no bibliography
    if "sphinxcontrib.bibtex" not in app.extensions:
        return
    domain = cast(BibtexDomain, app.env.get_domain(BibtexDomain.name))
    entries = sorted(domain.bibdata.data.entries.values(), key=lambda entry: str(entry.key))
    if wrong := [entry.key for entry in entries if not (entry.persons.get("author") and entry.fields.get("year"))]:
        raise ExtensionError(f"{', '.join(wrong)} in the bibliography: expected an author and a year, to be cited by")
    alike = Counter(map(label_of, entries))
    letters = {label: iter(ascii_lowercase) for label, works in alike.items() if works > 1}
    for entry in entries:
        if (label := label_of(entry)) in letters:
            entry.fields["year"] += next(letters[label])
        if not is_source(app.config):
            translate(entry, f"_{app.config.language}")


def translate(entry: Entry, suffix: str) -> None:
    """Put fields with the suffix in the places of those without."""
    for name in [name for name in entry.fields if name.endswith(suffix)]:
        field, words = name.removesuffix(suffix), entry.fields.pop(name)
        if field == "author":
            entry.persons["author"] = [Person(words)]
        elif field == "title":
            entry.fields[field] = f"{words} ({entry.fields[field]})"
        else:
            entry.fields[field] = words


# force=True puts a plugin into the list that is searched first: each look-up of another one goes through the entry
# points of all installed packages, which takes a second for the book
for group, name, plugin in (
    ("pybtex.style.labels", STYLE, AuthorYearLabels),
    ("pybtex.style.sorting", STYLE, LabelOrder),
    ("pybtex.style.formatting", STYLE, AuthorYearStyle),
    ("pybtex.style.names", "plain", PlainNames),
    ("pybtex.style.names", "last", LastNames),
    ("pybtex.backends", "plaintext", PlainText),
):
    register_plugin(group, name, plugin, force=True)
for name, style in (("author_year", AuthorYearReferences), ("foot", FootReferences)):
    register_referencing("sphinxcontrib.bibtex.style.referencing", name, style, force=True)


def setup(app: Sphinx) -> None:
    """Connect to the build, once the bibliography is read."""
    app.connect("builder-inited", prepare_entries, priority=900)
