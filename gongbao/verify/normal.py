"""One spelling for what documents spell in many ways: widths, radicals, dashes, spaces, page furniture.

What is verified are numbers, so every spelling of a digit or a sign has to become the same one before anything is
looked for. A character becomes one character or none: pages and phrases are folded alike, and places in a folded page
are places of what is printed there.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

BREAK = "·"
"""Stands between two numbers of a table that only space keeps apart."""

_DASHES = dict.fromkeys(map(ord, "−－﹣‐‑"), "-")
# NFKC makes ASCII of them, but Chinese text is written with them: phrases and rules hold them
_KEPT = frozenset("，：；！？（）［］｛｝＂＇＆＃＠＊～．")
# Line breaks and the spaces of justified lines carry no meaning in Chinese, except between two numbers of a table, the
# second of which may be negative
_BETWEEN_NUMBERS = re.compile(r"(?<=[0-9])\s+(?=-?[0-9])")
_SPACE = re.compile(r"\s+")
# 1．2022年 is a heading that begins with a year
_WIDE_POINT = re.compile(r"(?<=[0-9])．(?=[0-9])(?!(?:19|20)[0-9]{2}年)")
_WIDE_SEPARATORS = re.compile(r"(?<![0-9.,，])[0-9]{1,3}(?:，[0-9]{3})+(?![0-9，])")


class _Folding(dict[int, str | None]):
    """What each character becomes, worked out when it is first met."""

    def __missing__(self, code: int) -> str | None:
        self[code] = _folded_character(chr(code))
        return self[code]


def _folded_character(character: str) -> str | None:
    """NFKC for what is a letter, digit, sign or Han character; nothing for what is invisible."""
    if unicodedata.category(character) == "Cf":
        return None
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    # a superscript is a mark of a note or a power, and no digit of the number before it
    if character in _KEPT or unicodedata.decomposition(character).startswith(("<super>", "<sub>", "<circle>")):
        return character
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 and not plain.isspace() else character


_FOLDING = _Folding(_DASHES)


def folded(text: str) -> str:
    """A text with one spelling of digits, signs and Han characters, without space, :data:`BREAK` between numbers."""
    plain = _SPACE.sub("", _BETWEEN_NUMBERS.sub(BREAK, text.translate(_FOLDING)))
    plain = _WIDE_POINT.sub(".", plain)
    return _WIDE_SEPARATORS.sub(lambda match: match[0].replace("，", ","), plain)


# --- page furniture

_EDGE = 2
"""How many lines at the head and at the foot of a page may be furniture."""

_REPEATED = 3
"""On how many pages a line has to stand to be a running head, or page numbers have to count up."""

_FRAMED_NUMBER = re.compile(r"[-—–·~]+\s*([0-9]{1,4})\s*[-—–·~]+")
_BARE_NUMBER = re.compile(r"第?([0-9]{1,4})页?")
_NUMBER = re.compile("[0-9]+")
_DATE = re.compile("月[0-9]+日")


def without_furniture(pages: Sequence[str]) -> tuple[list[str], int]:
    """Pages without page numbers and running heads, and how many lines those were.

    A line is furniture only at the edge of a page: a number in dashes; a number that counts up with the pages; a line
    with a number that is the same on several pages.
    """
    split = [page.translate(_FOLDING).split("\n") for page in pages]
    edges = [_edge(lines) for lines in split]
    counting = Counter(
        int(number[1]) - page
        for page, (lines, edge) in enumerate(zip(split, edges, strict=True))
        for number in (_BARE_NUMBER.fullmatch(lines[place].strip()) for place in edge)
        if number
    )
    heads = Counter(key for lines, edge in zip(split, edges, strict=True) for key in {_key(lines[n]) for n in edge})
    dropped = 0
    kept: list[str] = []
    for page, (lines, edge) in enumerate(zip(split, edges, strict=True)):
        furniture = {n for n in edge if _is_furniture(lines[n].strip(), page, counting, heads)}
        dropped += len(furniture)
        kept.append("\n".join(line for n, line in enumerate(lines) if n not in furniture))
    return kept, dropped


def _edge(lines: Sequence[str]) -> set[int]:
    """Where the first and the last lines of a page are that hold something."""
    filled = [place for place, line in enumerate(lines) if line.strip()]
    return {*filled[:_EDGE], *filled[-_EDGE:]}


def _key(line: str) -> str:
    """A line as a running head repeats it; nothing for one without words and number."""
    bare = "".join(line.split())
    if _DATE.search(bare):
        return ""  # dates below titles repeat on several pages, but are no running heads
    return bare if _NUMBER.search(bare) and len(_NUMBER.sub("", bare)) > 2 else ""


def _is_furniture(line: str, page: int, counting: Counter[int], heads: Counter[str]) -> bool:
    if _FRAMED_NUMBER.fullmatch(line):
        return True
    if number := _BARE_NUMBER.fullmatch(line):
        return counting[int(number[1]) - page] >= _REPEATED
    key = _key(line)
    return bool(key) and heads[key] >= _REPEATED
