"""What a row is about no program reads; but that two rows of one report have been exchanged shows in their names.

Around a number stand words of its name. Where those of two rows fit each other's places by far better than their own,
someone has exchanged their numbers, their series, or their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import combinations

from gongbao.ledger.rows import Row
from gongbao.ledger.tables import Fault
from gongbao.verify.source import folded

_BEFORE, _BEHIND = 30, 8
"""How many characters around a phrase are looked at for the name of its number."""

_FAR = 3
"""By how many pairs of characters the names have to fit better: those of rows that are right do so by two at most."""

_NEAR = 1
"""How many pages lie between two rows that one takes for each other, at most."""

Place = tuple[int, int]
"""Where a phrase begins and ends."""

_WORDS = re.compile("[\u3400-\u9fff]+")


def pairs(text: str) -> set[str]:
    """The pairs of neighbouring ideographs of a text."""
    words = _WORDS.findall(folded(text))
    return {word[place : place + 2] for word in words for place in range(len(word) - 1)}


def exchanged(stated: Mapping[Place, Row], text: str) -> Iterator[Fault]:
    """Rows whose names fit each other's numbers, given the rows by where their phrases begin and end."""
    around = {place: pairs(text[max(0, place[0] - _BEFORE) : place[1] + _BEHIND]) for place in stated}
    named = {place: pairs(row.record["name_zh"]) for place, row in stated.items()}
    found: list[tuple[int, Place, Place]] = []
    for one, two in combinations(sorted(stated), 2):
        a, b = stated[one], stated[two]
        if a.report is not b.report or a.unit != b.unit or a.value == b.value or abs(a.page - b.page) > _NEAR:
            continue
        only_a, only_b = named[one] - named[two], named[two] - named[one]
        fits_other = len(only_a & around[two]) + len(only_b & around[one])
        if (better := fits_other - len(only_a & around[one]) - len(only_b & around[two])) >= _FAR:
            found.append((better, one, two))
    told: set[Place] = set()
    for _, one, two in sorted(found, reverse=True):  # the pair that fits best, and none of its rows again
        if told & {one, two}:
            continue
        told |= {one, two}
        a, b = stated[one], stated[two]
        problem = (
            f"around {a.value} on page {a.page} stand words of {b.record['name_zh']}, and around {b.value} "
            f"({b.record.place}) those of {a.record['name_zh']}"
        )
        yield a.record.fault(problem, "each name with the number that the page gives it")
