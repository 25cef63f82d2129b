"""Read numbers out of Chinese text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

# A comma is a separator only in front of three digits: 66,852.27
_NUMERAL = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?")
_FALL = re.compile(r"(?:下降|减少|回落|低于|降低|缩小)了?约?$")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as it stands in a text."""

    start: int
    end: int
    value: Decimal


def numerals(text: str) -> Iterator[Numeral]:
    """The Arabic numbers of a text, in its order."""
    for match in _NUMERAL.finditer(text):
        yield Numeral(match.start(), match.end(), Decimal(match[0].replace(",", "")))


def stated_with(phrase: str, unit: str) -> list[Numeral]:
    """The numbers that a phrase states in a unit; a word of falling right in front makes a number negative."""
    found = []
    for numeral in numerals(phrase):
        rest = phrase[numeral.end :]
        if rest.startswith(unit) or rest.removeprefix("个").startswith(unit):
            falls = _FALL.search(phrase[: numeral.start])
            found.append(Numeral(numeral.start, numeral.end, -numeral.value if falls else numeral.value))
    return found
