"""What a notebook works with: the figures of its chapter, charts in the book's style, and ways to put both on the page.

Start at :mod:`gongbao.chapter.chapter`. Imports ``figures``, ``ledger`` and ``prose``.
"""

import pandas as pd

from gongbao.chapter.chapter import Chapter, Text, name_and_pages

__all__ = ["Chapter", "Text", "name_and_pages", "pd"]
