"""What pages and charts say in Chinese because no catalogue has it: counted by page, and said once."""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors import EnvironmentCollector
from sphinx.util import logging
from sphinx.util.nodes import extract_messages

from gongbao.ledger.labels import HAN, Labels
from gongbao.ledger.rows import load_units
from gongbao.pages.domain import FigureDomain
from gongbao.pages.language import is_source
from gongbao.prose.editions import UNTRANSLATED

logger = logging.getLogger(__name__)


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
    app.add_env_collector(Untranslated)
