"""Errors for mistakes of the author of a notebook; one line says what is wrong and what to do about it."""

from __future__ import annotations

import difflib
import traceback
from collections.abc import Iterable
from pathlib import Path

LONGEST_LINE = 120
"""Characters of the author's code that are shown with a mistake."""


class AuthorError(Exception):
    """An error whose message is all that the author of a cell has to read.

    IPython prints what :meth:`_render_traceback_` returns in place of a traceback through the library. Subclasses
    join it with the built-in exception that other code would expect.
    """

    __str__ = Exception.__str__  # KeyError would print the message in quotes

    def _render_traceback_(self) -> list[str]:
        """The message, and the line of the cell that caused it."""
        lines = [f"{type(self).__name__}: {self}"]
        for frame in reversed(traceback.extract_tb(self.__traceback__)):
            if frame.line and not Path(frame.filename).exists():  # code of a cell: it is known, but lies in no file
                lines.append(f"  in line {frame.lineno}: {frame.line[:LONGEST_LINE]}")
                break
        return lines


class UnknownFigureError(AuthorError, KeyError):
    """There is no figure of that id."""


class UnusableNameError(AuthorError, ValueError):
    """An id, or the name of a series, that cannot be used."""


class UnusableValueError(AuthorError, ValueError):
    """A parameter, or something to be shown, that the book cannot use."""


class RefusedError(AuthorError, TypeError):
    """An operation that figures do not support: arithmetic with floats, rounding, standard deviations."""


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a message that names the most similar known names; empty if none is similar."""
    found = difflib.get_close_matches(name, list(known), n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(found)}?" if found else ""
