"""What data/derived/ names is published: a row that no notebook uses is misspelt, or left over."""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from gongbao.ledger.words import load_words
from gongbao.pages.domain import FigureDomain

logger = logging.getLogger(__name__)


def report_unpublished(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of the rows of chapters that are in the book; the other way round the notebook itself refuses."""
    chapters = {docname.rpartition("/")[2] for docname in env.found_docs if env.doc2path(docname).endswith(".ipynb")}
    ids = FigureDomain.of(env).records().keys()
    for chapter, words in load_words(Path(app.srcdir) / "data").items():
        for fault in words.unpublished(ids) if chapter in chapters else ():
            logger.warning("%s", fault, type="gongbao", subtype="derived")


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    app.connect("env-check-consistency", report_unpublished)
