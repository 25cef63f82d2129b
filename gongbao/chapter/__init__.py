"""What a notebook works with: the figures of its chapter, charts in the book's style, and ways to put both on the page.

Start at :mod:`gongbao.chapter.chapter`, which takes figures out of ``store`` and emits what ``outputs`` makes;
``plotting`` draws the ``kinds`` of charts in the look of ``charts``. Imports ``figures``, ``ledger`` and ``prose``.
"""

import pandas as pd

from gongbao.chapter.chapter import Chapter
from gongbao.chapter.outputs import Text, name_and_pages

__all__ = ["Chapter", "Text", "name_and_pages", "pd"]
