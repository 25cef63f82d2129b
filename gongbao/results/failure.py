"""Say in one line what went wrong, and where in a notebook."""

from __future__ import annotations

import re

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_LONGEST_CODE = 48

_LINES_OF_A_CELL = 10_000
_PLACE = re.compile(r"(?P<file>\.ipynb):(?P<number>[0-9]{5,})\b")
"""A line of a notebook as MyST-NB counts: ten thousand for each cell."""


def plain(text: str) -> str:
    """A text without the colours of a terminal."""
    return _COLOURS.sub("", text)


def in_one_line(error: BaseException) -> str:
    """The kind of an error and the first line of its message; for a failed cell, those of the cell's error."""
    kind, said = getattr(error, "ename", type(error).__name__), plain(getattr(error, "evalue", str(error)))
    line = next((line for line in said.splitlines() if line.strip()), "")
    return f"{kind}: {line}" if line else str(kind)


def cell_in_words(number: int, source: str) -> str:
    """A cell by its number, all cells counted, and its first line of code, since JupyterLab shows no numbers."""
    code = next((line.strip() for line in source.splitlines() if line.strip() and not line.startswith(("#", "%"))), "")
    shown = code if len(code) <= _LONGEST_CODE else f"{code[:_LONGEST_CODE]}…"
    return f"cell {number}" + (f" ({shown})" if shown else "")


def place_in_words(place: str) -> str:
    """The place of a warning, with the cell in place of MyST-NB's number, which combines cell and line."""
    return _PLACE.sub(lambda match: f"{match['file']}, cell {int(match['number']) // _LINES_OF_A_CELL}", place)
