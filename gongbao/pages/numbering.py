"""Make Sphinx's numbering of charts, tables and formulas faster.

Sphinx counts them in each build, and walks through every node of every page for that; here it sees only the parts of
pages that may have a number: a tenth of the time of a build after one word.
"""

from __future__ import annotations

from collections.abc import Iterator

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from gongbao.pages.domain import FigureDomain

TITLES = (nodes.title, nodes.caption)
"""Only formulas are numbered without one of these."""


def keep_parts(app: Sphinx, doctree: nodes.document) -> None:
    """Store the parts of a page that is being read in the data of the domain."""
    FigureDomain.of(app.env).data["numbered"][app.env.docname] = nodes.container("", *_parts(doctree))


def _parts(element: nodes.Element) -> Iterator[nodes.Element]:
    """The elements with an address, and tables of contents, each with its title and its own such parts."""
    for child in (child for child in element.children if isinstance(child, nodes.Element)):
        if isinstance(child, TITLES):
            yield type(child)("", child.astext())
        elif child["ids"] or isinstance(child, addnodes.toctree):
            part = child.copy()
            part += _parts(child)
            yield part
        else:
            yield from (part for part in _parts(child) if not isinstance(part, TITLES))


def show_parts(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Give Sphinx the parts when it asks for pages."""
    env.get_doctree = FigureDomain.of(env).data["numbered"].__getitem__  # type: ignore[method-assign]
    return []


def show_pages(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Give it whole pages again."""
    del env.get_doctree
    return []


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    app.connect("doctree-read", keep_parts, priority=900)  # once the table of contents has its place
    # around the priority of Sphinx's collectors
    app.connect("env-get-updated", show_parts, priority=499)
    app.connect("env-get-updated", show_pages, priority=501)
