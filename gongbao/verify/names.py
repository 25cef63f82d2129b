"""Find rows that were swapped, and names whose English disagrees with the Chinese.

Words around a number should fit its row's name. If the names of two rows of one report fit each other's places far
better than their own, someone has swapped their numbers, their series, or their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from gongbao.ledger.rows import Row
from gongbao.ledger.tables import Fault, Record
from gongbao.verify.source import folded

_BEFORE, _BEHIND = 30, 8
"""How many characters before and after a phrase are searched for words of the name."""

_FAR = 3
"""How many more character pairs must fit the other places; correct rows reach two at most."""

_NEAR = 1
"""How many pages apart swapped rows are at most."""

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
"""Words that an English name needs if the Chinese one has these terms, which tell rows of one table apart."""

Place = tuple[int, int]
"""The beginning and the end of a phrase."""

_WORDS = re.compile("[\u3400-\u9fff]+")


def pairs(text: str) -> set[str]:
    """The pairs of neighbouring Chinese characters of a text."""
    words = _WORDS.findall(folded(text))
    return {word[place : place + 2] for word in words for place in range(len(word) - 1)}


def translation_faults(records: Iterable[Record]) -> Iterator[Fault]:
    """Names whose English lacks the English word for one of their Chinese terms."""
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
    for _, one, two in sorted(found, reverse=True):  # the best fit first; each row is named once
        if told & {one, two}:
            continue
        told |= {one, two}
        a, b = stated[one], stated[two]
        problem = (
            f"around {a.value} on page {a.page} stand words of {b.record['name_zh']}, and around {b.value} "
            f"({b.record.place}) those of {a.record['name_zh']}"
        )
        yield a.record.fault(problem, "each name with the number that the page gives it")
