"""What the book says by itself: messages in Chinese, the language of record, with catalogues for other editions."""

from __future__ import annotations

CATALOGUE = "gongbao"


def _(message: str) -> str:
    """The message in the language of the edition; what is asked before an edition is built takes it when printed."""
    from sphinx.locale import get_translation  # kernels and the command line say nothing, and do without Sphinx

    return get_translation(CATALOGUE)(message)


def N_(message: str) -> str:  # noqa: N802 (the name that gettext gives it)
    """Mark a message that is translated where it is printed."""
    return message
