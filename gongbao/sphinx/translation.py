"""Reading translated sentences without getting ready anew for each of them.

Sphinx has every translated message read as a page of its own, and MyST makes a Markdown parser for every page: for
thousands of sentences that takes several times as long as reading them. And what was read would keep the page that it
was read as, with all that Sphinx knows, so that it would be stored once more with every page.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ext import Parser as NotebookParser
from myst_parser.mdit_to_docutils import base
from myst_parser.mdit_to_docutils.sphinx_ import SphinxRenderer
from myst_parser.parsers.mdit import create_md_parser
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.transforms.i18n import Locale

TRANSLATED = "<translated>"
"""How Sphinx ends the name of the source of a message."""

_MARKDOWN = "gongbao-markdown"


class Parser(NotebookParser):  # type: ignore[misc]
    """Reads pages and notebooks as MyST-NB does, and all messages of a page with one Markdown parser."""

    def parse(self, inputstring: str, document: nodes.document) -> None:
        """Add what the text says to the document."""
        if not (document.current_source or "").endswith(TRANSLATED):
            super().parse(inputstring, document)
            return
        env = document.settings.env
        if _MARKDOWN not in env.temp_data:
            env.temp_data[_MARKDOWN] = create_md_parser(env.myst_config, SphinxRenderer)
        markdown = env.temp_data[_MARKDOWN]
        markdown.options["document"] = document
        markdown.render(inputstring)


class ForgetSentences(SphinxTransform):
    """Lets all of a page belong to the page, not to the sentences that it was read as."""

    default_priority = Locale.default_priority + 1

    def apply(self, **_: Any) -> None:
        """Look at every node of a page."""
        for node in self.document.findall():
            node.document = self.document


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    app.add_transform(ForgetSentences)
    app.add_source_parser(Parser, override=True)
    # a renderer makes a document from all settings of docutils, even if it is given one
    base.make_document = cache(base.make_document)
