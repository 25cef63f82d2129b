"""Chinese is written without spaces: a line break of the source must not become one."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

# Ideographs, their punctuation, full-width forms, and the quotation marks and dashes that Chinese shares with Latin
_CHINESE = re.compile("[\u2014\u2018-\u201d\u2026\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")


class JoinChineseLines(SphinxTransform):
    """Drop a line break with Chinese on either side of it."""

    default_priority = 5  # before messages are taken for translation

    def apply(self, **_: Any) -> None:
        """Go through all breaks: MyST keeps each as a text of its own."""
        for text in list(self.document.findall(nodes.Text)):
            if text != "\n" or isinstance(text.parent, nodes.FixedTextElement):
                continue
            siblings = text.parent.children
            place = siblings.index(text)
            before = siblings[place - 1].astext()[-1:] if place else ""
            after = siblings[place + 1].astext()[:1] if place + 1 < len(siblings) else ""
            if _CHINESE.match(before) or _CHINESE.match(after):
                text.parent.remove(text)


def setup(app: Sphinx) -> None:
    """Register the transform."""
    app.add_transform(JoinChineseLines)
