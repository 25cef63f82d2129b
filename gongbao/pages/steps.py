"""Register plain functions as transforms of pages and as directives, for which Sphinx wants classes."""

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
    """Apply a step to each page that is read, steps with a low priority first."""
    app.add_transform(type(step.__name__, (SphinxTransform,), {"apply": step, "default_priority": priority}))


def while_written(app: Sphinx, step: Step, priority: int, *formats: str) -> None:
    """Apply a step to each page that is written, in any format if none is named."""
    members = {"run": step, "default_priority": priority, "formats": formats}
    app.add_post_transform(type(step.__name__, (SphinxPostTransform,), members))


def add_directive(app: Sphinx, name: str, run: Callable[..., list[nodes.Node]], arguments: int = 0) -> None:
    """Register a function, which gets the directive and returns its nodes, as a directive."""
    app.add_directive(name, type(name, (SphinxDirective,), {"run": run, "required_arguments": arguments}))
