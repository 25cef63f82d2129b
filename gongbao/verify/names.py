"""What a row is about no program reads; but that rows have been exchanged, or languages disagree, shows in their names.

Around a number stand words of its name. Where those of two rows fit each other's places by far better than their own,
someone has exchanged their numbers, their series, or their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from gongbao.ledger.rows import Row
from gongbao.ledger.tables import Fault, Record
from gongbao.verify.source import folded

_BEFORE, _BEHIND = 30, 8
"""How many characters around a phrase are looked at for the name of its number."""

_FAR = 3
"""By how many pairs of characters the names have to fit better: those of rows that are right do so by two at most."""

_NEAR = 1
"""How many pages lie between two rows that one takes for each other, at most."""

IN_ENGLISH = {
    "一般债": "general",
    "专项债": "special",
    "限额": "limit",
    "余额": "outstanding|balance|unused|headroom|deposits|loans",
    "位次": "rank|place",
    "负债": "liabilit|leverage|debt",
    "资产总额": "assets",
    "增速|增长": "growth|grew|increase|rise",
    "基期": "base",
    "中期完成": "mid-term",
    "(?<!进)出口": "export",
    "进口": "import",
    "上午": "morning",
    "下午": "afternoon",
}
"""What the English of a name has to say if the Chinese says this: terms that tell rows of one table apart."""

Place = tuple[int, int]
"""Where a phrase begins and ends."""

_WORDS = re.compile("[\u3400-\u9fff]+")


def pairs(text: str) -> set[str]:
    """The pairs of neighbouring ideographs of a text."""
    words = _WORDS.findall(folded(text))
    return {word[place : place + 2] for word in words for place in range(len(word) - 1)}


def translation_faults(records: Iterable[Record]) -> Iterator[Fault]:
    """Names whose English lacks what one of their terms is called in English."""
    for record in records:
        zh, en = record["name_zh"], record["name_en"].lower()
        for term, words in IN_ENGLISH.items():
            if re.search(term, zh) and not re.search(words, en):
                problem = f"the name_en of {zh} is {record['name_en']!r}"
                yield record.fault(problem, f"English that says {words.replace('|', ', or ')}")


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
