"""Reading translated sentences without getting ready anew for each of them, and counting those that are not translated.

Sphinx has every translated message read as a page of its own, and MyST makes a Markdown parser for every page: for
thousands of sentences that takes several times as long as reading them. And what was read would keep the page that it
was read as, with all that Sphinx knows, so that it would be stored once more with every page.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ext import Parser as NotebookParser
from myst_parser.mdit_to_docutils import base
from myst_parser.mdit_to_docutils.sphinx_ import SphinxRenderer
from myst_parser.parsers.mdit import create_md_parser
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors import EnvironmentCollector
from sphinx.transforms import SphinxTransform
from sphinx.transforms.i18n import Locale
from sphinx.util import logging
from sphinx.util.nodes import extract_messages

from gongbao.build.report import UNTRANSLATED
from gongbao.ledger.labels import HAN, Labels
from gongbao.ledger.rows import load_units
from gongbao.pages.domain import FigureDomain
from gongbao.pages.language import is_source

logger = logging.getLogger(__name__)

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


class Untranslated(EnvironmentCollector):
    """Counts what pages and charts say in Chinese because no catalogue has it, and says so once."""

    def process_doc(self, app: Sphinx, doctree: nodes.document) -> None:
        """Count the messages of a page that Sphinx found no translation for."""
        tried = [node for node in doctree.findall(nodes.Element) if "translated" in node]
        said = {node.astext() for node in tried if not node["translated"]}
        if not tried:  # there is no catalogue of the page
            said = {message for _node, message in extract_messages(doctree)}
        _untranslated(app.env)[app.env.docname] = sum(bool(HAN.search(text)) for text in said)

    def clear_doc(self, app: Sphinx, env: BuildEnvironment, docname: str) -> None:
        """Forget a page."""
        _untranslated(env).pop(docname, None)

    def merge_other(self, app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment) -> None:
        """Take over what another process read."""
        _untranslated(env).update({name: n for name, n in _untranslated(other).items() if name in docnames})

    def get_updated_docs(self, app: Sphinx, env: BuildEnvironment) -> list[str]:
        """Say it when all pages are read; nothing has to be written again for it."""
        if not is_source(app.config):
            data = Path(env.srcdir, "data")
            labels = Labels.load(load_units(data), data)
            missing = sum(not labels.knows(word) for word in FigureDomain.of(env).results.words())
            counts = {**_untranslated(env), "labels": missing}
            if told := ", ".join(f"{name} ({count})" for name, count in sorted(counts.items()) if count):
                language = app.config.language
                logger.info(
                    "%s%s into %s; `make messages` puts it into locale/, to be translated there",
                    UNTRANSLATED,
                    told,
                    language,
                )
        return []


def _untranslated(env: BuildEnvironment) -> dict[str, int]:
    """The number of messages without a translation, by page."""
    if not hasattr(env, "gongbao_untranslated"):
        env.gongbao_untranslated = {}  # type: ignore[attr-defined]
    counts: dict[str, int] = env.gongbao_untranslated  # type: ignore[attr-defined]
    return counts


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    app.add_transform(ForgetSentences)
    app.add_env_collector(Untranslated)
    app.add_source_parser(Parser, override=True)
    # a renderer makes a document from all settings of docutils, even if it is given one
    base.make_document = cache(base.make_document)
