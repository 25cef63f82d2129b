"""Whether a row says what a reading of its phrase says: value, unit, sign, precision; or the same words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gongbao.figures.origin import Precision
from gongbao.figures.units import Unit
from gongbao.ledger.rows import Row
from gongbao.ledger.tables import Fault
from gongbao.verify.around import RANK, Reading, numerals, ranks, reader
from gongbao.verify.lexicon import ALIASES, FORECAST, RATE, TIMES
from gongbao.verify.normal import folded
from gongbao.verify.numerals import Numeral
from gongbao.verify.registry import known_size

PHRASE_LIMIT = 24
"""The longest phrase, in characters: it is an address, not a quotation."""

_FULL_COUNTS = frozenset({"years", "rank", "issue", "age", "score"})
"""Dimensions whose whole numbers are counts, beside those of what is counted."""

_SENTENCE = 80


def meant(row: Row, found: Sequence[Reading], end: int) -> list[Reading]:
    """Which of the numbers of a phrase a row may mean.

    The one in its unit, or the last of several, if the phrase ends with it; where there is none, as in the cells of a
    table whose head names the unit, the number with which the phrase ends.
    """
    in_unit = [reading for reading in found if fits(row, reading)]
    last = [reading for reading in in_unit if reading.numeral.end <= end <= reading.end]
    if len(in_unit) > 1 and last:
        return last
    return in_unit or [reading for reading in found if reading.cell and reading.numeral.end <= end <= reading.end]


def fits(row: Row, reading: Reading) -> bool:
    """Whether a number is in the unit of a row."""
    is_rank = row.unit.dimension == (("rank", 1),)
    if reading.ordinal or is_rank:
        return is_rank and reading.unit == RANK
    return row.unit.symbol in (reading.unit, ALIASES.get(reading.unit))


def disagreements(row: Row, reading: Reading, text: str, head: str | None = None) -> Iterator[Fault]:
    """What a page says of a number and its row does not: value, unit of a cell, precision.

    Args:
        row: of the ledger.
        reading: of the number that it means.
        text: where the number stands, the page or the phrase alone.
        head: the unit at the head of a cell of a table, if that is one.
    """
    fault = row.record.fault
    yield from _wrong_value(row, reading, text)
    if reading.cell and head is not None and head != row.unit.symbol:
        problem = f"the unit is {row.unit.symbol}, at the head of the cell stands {head or 'none'}"
        yield fault(problem, f"the unit {head}" if head else "a phrase with its unit")
    said = precisions(row, reading, text)
    if row.precision not in said:
        words = text[max(0, reading.start - 4) : reading.end + 2]
        problem = f"the precision is {row.precision}, the page says {words!r}"
        yield fault(problem, f"the precision {' or '.join(said)}")


def _wrong_value(row: Row, reading: Reading, text: str) -> Iterator[Fault]:
    expected = printed(reading.numeral, text)
    if row.value != expected:
        problem = f"the value is {row.value}, the phrase {row.phrase!r} states {expected}"
        yield row.record.fault(problem, f"the value {expected}")


def printed(numeral: Numeral, text: str) -> str:
    """A number as it is printed, with its sign: 5.60 is not 5.6; a Chinese one becomes digits."""
    digits = text[numeral.start : numeral.end].replace(",", "")
    digits = digits if digits.isascii() else f"{abs(numeral.value):f}"
    return f"-{digits}" if numeral.value < 0 else digits


def precisions(row: Row, reading: Reading, text: str) -> list[Precision]:
    """The precisions that a page allows: the one of the words at the number; without such words that of its kind.

    A forecast may mean all the numbers of its sentence as approximate.
    """
    if reading.precision:
        return [reading.precision]
    before = text[max(0, reading.numeral.start - _SENTENCE) : reading.numeral.start]
    sentence = re.split("[。；]", before)[-1]
    allowed = [Precision.EXACT if counts_all(reading, text, row.unit) else Precision.ROUNDED]
    if row.unit.symbol in TIMES and "." not in row.value:
        # 三年 may be exactly three years or about three: the page does not say
        allowed = [Precision.EXACT, Precision.ROUNDED]
    return [*allowed, *([Precision.ABOUT] if FORECAST.search(sentence) else [])]


def counts_all(reading: Reading, text: str, unit: Unit | None) -> bool:
    """Whether a number without words of precision counts all there is: no decimals, no multiplier, no rate, no measure.

    Args:
        reading: of the number.
        text: where it stands.
        unit: as it is declared; None if it is not, and has to be judged by its word.
    """
    before = text[max(0, reading.numeral.start - PHRASE_LIMIT) : reading.numeral.start]
    is_rate = RATE.search(before if reading.cell else re.split("[，。；、]", before)[-1])
    return not is_rate and "." not in text[reading.numeral.start : reading.numeral.end] and _is_count(reading, unit)


def _is_count(reading: Reading, unit: Unit | None) -> bool:
    if unit:
        ((dimension, _),) = unit.dimension or (("", 0),)
        return (unit.counts and unit.factor == 1) or dimension in _FULL_COUNTS
    known = known_size(reading.unit)
    is_quotient = "/" in reading.unit
    is_multiple = reading.unit.startswith(tuple("十百千万亿"))
    return not is_quotient and not is_multiple and (known is None or known[0] in _FULL_COUNTS)


def not_words(row: Row, numbers: Sequence[Reading]) -> Iterator[Fault]:
    """What is wrong with a row in words: value and phrase hold the same, and no number with a unit."""
    if row.value != row.phrase:
        yield row.record.fault(f"the value is {row.value!r}, the phrase {row.phrase!r}", "the same words in both")
    if row.unit.dimension != (("text", 1),):
        yield row.record.fault(f"a row in words is in {row.unit.symbol}", "the unit 文字")
    if len(row.phrase) < 2:
        yield row.record.fault(f"the words {row.phrase!r} say nothing", "words that can be understood")
    for reading in numbers:
        problem = f"the words {row.phrase!r} hold the number {reading.numeral.value:f} in {reading.unit}"
        yield row.record.fault(problem, "a row with that number, or words without it")


def read_phrase(row: Row) -> tuple[Reading | None, list[Fault]]:
    """The one number that the phrase of a row states in the row's unit, and what is wrong if the row says otherwise.

    It needs no page; :mod:`gongbao.verify.verification` reads the page, and more.
    """
    phrase = folded(row.phrase)
    one = reader(tuple(row.units))
    own = {numeral.start: numeral for numeral in (*ranks(phrase), *numerals(phrase, row.units))}
    found = meant(row, [one.read(phrase, own[start]) for start in sorted(own)], len(phrase))
    if len(found) != 1:
        problem = f"the phrase {row.phrase!r} states {len(found)} numbers in {row.unit.symbol}"
        return None, [row.record.fault(problem, "a phrase with exactly one")]
    return found[0], [*_wrong_value(row, found[0], phrase)]
