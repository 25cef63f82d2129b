"""What the book says by itself: messages in Chinese, the language of record, with catalogues for other editions."""

from __future__ import annotations

from sphinx.locale import get_translation

CATALOGUE = "gongbao"

_ = get_translation(CATALOGUE)
"""The message in the language of the edition; what is asked before an edition is built takes it when printed."""
