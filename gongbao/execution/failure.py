"""What went wrong, in one line."""

from __future__ import annotations

import re

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def in_one_line(error: BaseException) -> str:
    """The kind of an error, and of its message the line that says what was wrong."""
    lines = [line for line in _COLOURS.sub("", str(error)).splitlines() if line.strip()]
    # nbclient tells the story of a cell and ends with its error
    line = lines[-1 if type(error).__name__ == "CellExecutionError" else 0] if lines else ""
    return f"{type(error).__name__}: {line}" if line else type(error).__name__
