"""Functions in the places for which Sphinx wants classes: what is done with each page, and directives."""

from __future__ import annotations

from collections.abc import Callable

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

Step = Callable[[SphinxTransform], None]
"""Changes the ``document`` of a transform, which also has the ``app``, its ``config`` and the ``env``."""


def while_read(app: Sphinx, step: Step, priority: int) -> None:
    """Have something done with each page that is read, those with a low priority first."""
    app.add_transform(type(step.__name__, (SphinxTransform,), {"apply": step, "default_priority": priority}))


def while_written(app: Sphinx, step: Step, priority: int, *formats: str) -> None:
    """Have something done with each page that is written, in any format if none is named."""
    members = {"run": step, "default_priority": priority, "formats": formats}
    app.add_post_transform(type(step.__name__, (SphinxPostTransform,), members))


def add_directive(app: Sphinx, name: str, run: Callable[..., list[nodes.Node]], arguments: int = 0) -> None:
    """Have a directive return what a function of it returns."""
    app.add_directive(name, type(name, (SphinxDirective,), {"run": run, "required_arguments": arguments}))
