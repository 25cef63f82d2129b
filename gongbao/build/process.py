"""What a process that builds the book does without, since nothing in a book needs it and it takes time."""

from __future__ import annotations

import gc
import sys
from typing import Any

_UNNEEDED = ("rfc3987_syntax",)
"""A grammar of international addresses, compiled anew in each process that loads jsonschema; which does without it, and
no schema of notebooks or of Jupyter Book has such an address."""

_COLLECTION = (200_000, 20, 100)
"""The thresholds of the garbage collector. The tree of a page is all cycles, which only the collector frees; at the
usual ones it goes through the trees of the whole book again and again, for a quarter of the time of a build."""


def make_lean() -> None:
    """Skip imports of what is not needed, and collect garbage less often; at the start, before anything is imported."""
    modules: dict[str, Any] = sys.modules
    for name in _UNNEEDED:
        # an import fails then, as it does where it is not installed
        modules.setdefault(name, None)
    gc.set_threshold(*_COLLECTION)
