"""Load the results of the notebooks before a page is read, and give each page its notebook with outputs.

A page that is a notebook is read anew when its notebook ran again: the run is a file that it depends on.
"""

from __future__ import annotations

import logging as standard
from pathlib import Path

import nbformat
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging

from gongbao.pages.domain import FigureDomain
from gongbao.results.failure import place_in_words
from gongbao.results.results import compute
from gongbao.results.runs import run_file
from gongbao.verify.check import data_faults

logger = logging.getLogger(__name__)


def load(app: Sphinx) -> None:
    """Refuse faulty data; run what has to run, and know every figure from here on."""
    root = Path(app.srcdir)
    if faults := data_faults(root / "data"):
        raise ExtensionError("the data is faulty\n" + "\n".join(map(str, faults)))
    try:
        results, notebooks = compute(root, logger.info, execute=app.config.gongbao_run_notebooks)
    except ValueError as error:
        raise ExtensionError(str(error)) from error
    FigureDomain.of(app.env).take_up(results, notebooks)


def give_outputs(app: Sphinx, docname: str, content: list[str]) -> None:
    """Put the run of a notebook in the place of its source, in which there are no outputs."""
    if notebook := FigureDomain.of(app.env).notebooks.get(docname):
        content[0] = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
        note_run(app.env, docname)


def note_run(env: BuildEnvironment, name: str) -> None:
    """Let the page that is read depend on a notebook and its run."""
    env.note_dependency(env.doc2path(name))
    env.note_dependency(str(run_file(Path(env.srcdir), name)))


def report_faults(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of what is wrong with the results."""
    for fault in FigureDomain.of(env).results.faults:
        logger.warning("%s", fault, type="gongbao", subtype="results")


class InWords(standard.Filter):
    """Says the cell of a notebook where MyST-NB has a number, in every warning."""

    def filter(self, record: standard.LogRecord) -> bool:
        """Look at the place, which Sphinx has made a text by now."""
        if isinstance(place := getattr(record, "location", None), str):
            record.location = place_in_words(place)
        return True


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    for handler in standard.getLogger(logging.NAMESPACE).handlers:
        handler.addFilter(InWords())
    app.add_config_value("gongbao_run_notebooks", True, "env", bool)
    app.connect("builder-inited", load)
    app.connect("source-read", give_outputs)
    app.connect("env-check-consistency", report_faults)
