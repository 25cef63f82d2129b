"""gongbao.pages without its runner: MyST-NB itself runs the notebooks, through jupyter-cache, as in any other book.

An extension for a copy of the book that is measured. Only the collector of the runs is left out: the pages are
the same, each notebook has a kernel of its own, started anew, one after the other.
"""

from __future__ import annotations

from typing import Any
from unittest import mock

from gongbao.pages.freshness import Runs
from sphinx.application import Sphinx
from sphinx.environment.collectors import EnvironmentCollector

import gongbao.pages


def setup(app: Sphinx) -> dict[str, Any]:
    """Set up everything but the runner."""
    add = app.add_env_collector

    def add_others(collector: type[EnvironmentCollector]) -> None:
        if collector is not Runs:
            add(collector)

    with mock.patch.object(app, "add_env_collector", add_others):
        return gongbao.pages.setup(app)
