"""Leave out what would fetch something from another host."""

from __future__ import annotations

from sphinx.application import Sphinx

UNWANTED = ("sphinx_thebe", "sphinx_comments", "sphinx_togglebutton")
"""Extensions that jupyter-book always loads and that work with services on the web, or that no page uses."""


def setup(app: Sphinx) -> None:
    """Disconnect the unwanted extensions; jupyter-book has no setting for it."""
    for listeners in app.events.listeners.values():
        for listener in list(listeners):
            if listener.handler.__module__.partition(".")[0] in UNWANTED:
                listeners.remove(listener)
