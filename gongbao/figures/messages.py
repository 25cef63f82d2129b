"""The book's own messages: written in Chinese, the language of record, with a catalogue for other editions."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

CATALOGUE = "gongbao"
"""The catalogue of the library's own messages."""

NAMES = "names"
"""The catalogue with the names of figures, for languages other than Chinese and English, which the data have."""

ENGLISH = "en"
"""The second language of the data; other editions fall back to it where a translation is missing."""


def _(message: str) -> str:
    """The message in the language of the edition; before Sphinx knows it, an object that is translated when printed."""
    return _translation()(message)


@cache  # a card needs it ten times
def _translation() -> Callable[[str], str]:
    from sphinx.locale import get_translation  # not above: kernels and the command line start without Sphinx

    return get_translation(CATALOGUE)


def N_(message: str) -> str:  # noqa: N802 (the name that gettext gives it)
    """Mark a message that is translated where it is printed."""
    return message
