"""What is not loaded, because nothing in a book needs it and loading it takes longer than a small change."""

from __future__ import annotations

import sys
from typing import Any

_UNNEEDED = ("rfc3987_syntax",)
"""A grammar of international addresses, compiled anew in each process that loads jsonschema; which does without it, and
no schema of notebooks or of Jupyter Book has such an address."""


def skip_unneeded() -> None:
    """Let imports of what is not needed fail, as they do where it is not installed; before anything imports it."""
    modules: dict[str, Any] = sys.modules
    for name in _UNNEEDED:
        modules.setdefault(name, None)
