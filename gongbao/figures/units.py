"""The units of the gazette, as ``data/units.csv`` declares them, and what arithmetic does to them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from fractions import Fraction

from gongbao.figures.digits import Style
from gongbao.figures.errors import AuthorError, RefusedError

Dimension = tuple[tuple[str, int], ...]
"""Base quantities with their exponents, sorted: ``(("money", 1),)``; a ratio has none."""

COUNT = "count-"
"""The prefix of the dimensions of counts; things of different kinds, such as firms and people, cannot be added."""

RATIO = "ratio"
"""The dimension, in units.csv, of pure numbers: %, times, percentage points."""

KNOWN: dict[str, Unit] = {}
"""All units seen so far, by symbol; dtypes such as ``figure[亿元]`` are looked up here."""


class UnitError(AuthorError, ValueError):
    """Figures whose units do not go together."""


SCALES = {"": 0, "thousand": 3, "million": 6, "billion": 9}
"""Powers of ten by the English words for them."""

_OF_DIFFERENCES = {"%": "百分点", "位次": "个位次", "郊区位次": "个位次"}
"""The unit of a difference, where it is another: percentage points for percentages, places for ranks."""

BOUNDS = ("at least ", "at most ")
"""English words for a range with one end; they stand before the currency sign: at least CNY 5 billion."""

NBSP = "\u00a0"
"""A space that does not break a line."""


@dataclass(frozen=True, slots=True)
class English:
    """How the English edition writes a unit: ``CNY 12.68 billion``, ``1 hectare``, ``37 schools``."""

    one: str = ""
    many: str = ""
    short: str = ""
    """The short form of ``one`` and ``many`` for charts and heads of tables; “ratio” is printed in heads only."""
    prefix: str = ""
    factor: Fraction = Fraction(1)
    """The size of the English unit in the base unit."""
    scales: tuple[str, ...] = ()
    """The words of :data:`SCALES` that numbers take when they are large enough, smallest first."""

    def scale(self, size: Fraction) -> str:
        """The word for a number of this size, which is in the English unit."""
        return next((word for word in reversed(self.scales) if abs(size) >= 10 ** SCALES[word]), "")

    def printed(self, number: str, scale: str = "", *, short: bool = False) -> str:
        """A number with the words around it."""
        if bound := next((bound for bound in BOUNDS if number.startswith(bound)), ""):
            return bound + self.printed(number.removeprefix(bound), scale, short=short)
        full = self.one if number.lstrip("−") == "1" and not scale else self.many
        word = (short and self.short != RATIO and self.short) or full
        joined = NBSP.join(filter(None, (self.prefix, number, scale, word if word != "%" else "")))
        return f"{joined}%" if word == "%" else joined.replace(f"${NBSP}", "$")

    def head(self, scale: str) -> str:
        """The words alone, for the head of a column."""
        return " ".join(filter(None, (self.prefix, scale, self.short or self.many)))

    def __truediv__(self, other: English) -> English:
        below = " ".join(filter(None, (other.prefix, other.one)))
        one, many, short = (f"{word} per {below}".strip() for word in (self.one, self.many, self.short or self.many))
        return replace(self, one=one, many=many, short=short, factor=self.factor / other.factor)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: the word that is printed, what it measures, its size in the base unit of that, and whether it counts."""

    symbol: str
    dimension: Dimension
    factor: Fraction
    counts: bool = False
    quotient_of: tuple[Unit, Unit] | None = None
    # not compared: 家 is one unit, whether it counts schools or firms
    english: English = field(default=English(), compare=False)

    @classmethod
    def declared(cls, symbol: str, dimension: str, factor: str, english: English | None = None) -> Unit:
        """A unit out of a row of units.csv; without English words it is called the same in English."""
        base: Dimension = () if dimension == RATIO else ((dimension, 1),)
        counts = dimension.startswith(COUNT)
        said = english or English(symbol, symbol, factor=Fraction(factor))
        return cls(symbol, base, Fraction(factor), counts, english=said)

    @property
    def measure(self) -> str:
        """What it measures, as a key: units with the same key can be compared once multiplied by their factors."""
        return "·".join(base if exponent == 1 else f"{base}^{exponent}" for base, exponent in self.dimension)

    def counting(self, one_en: str, many_en: str) -> Unit:
        """The same unit, with English nouns for the things that are counted."""
        return replace(self, english=replace(self.english, one=one_en, many=many_en))

    @property
    def is_of_counts(self) -> bool:
        """Whether it counts things, or is a quotient with a unit that does."""
        return self.counts or any(part.is_of_counts for part in self.quotient_of or ())

    @property
    def needs_noun(self) -> bool:
        """Whether English has no word for it that fits everything that it counts: 家 are schools, firms, shops."""
        return (self.counts and not self.english.many) or any(part.needs_noun for part in self.quotient_of or ())

    @property
    def english_size(self) -> Fraction:
        """Its size in English units."""
        return self.factor / self.english.factor

    def style(self, scale: str) -> Style:
        """How the digits of a number in this unit, a power of ten of the English one, are written with a scale."""
        size = self.english_size
        # of 10^n, the numerator has n digits more than the denominator
        power = len(str(size.numerator)) - len(str(size.denominator))
        return Style(power - SCALES[scale], ",", " to ", *BOUNDS)

    @property
    def unit_en(self) -> str:
        """The English name of the unit with its scale, for tables of data: ``CNY 100 million``, ``firms``."""
        said, size = self.english, self.english_size
        if size == 1:
            return said.head("")
        scale = said.scale(size)
        return said.printed(f"{float(size / 10 ** SCALES[scale]):,g}", scale).replace(NBSP, " ")

    @property
    def of_differences(self) -> Unit:
        """The unit of a difference between two numbers in this one, where it has one that is declared."""
        return KNOWN.get(_OF_DIFFERENCES.get(self.symbol, self.symbol), self)

    @property
    def behind_number(self) -> str:
        """The Chinese text after a number: 个百分点 for 百分点, else the symbol."""
        return self.symbol.replace("百分点", "个百分点")

    def __mul__(self, other: Unit) -> Unit:
        return self._join(other, 1)

    def __truediv__(self, other: Unit) -> Unit:
        return self._join(other, -1)

    def _join(self, other: Unit, sign: int) -> Unit:
        exponents = Counter(dict(self.dimension))
        for base, exponent in other.dimension:
            exponents[base] += sign * exponent
        dimension = tuple(sorted((base, n) for base, n in exponents.items() if n))
        if not dimension:
            return PURE
        known: list[Unit] = [self, *(self.quotient_of or ()), other, *(other.quotient_of or ())]
        for unit in known:
            # 亿元 × % and 人 × 元/人 are money again: keep the unit that people know it by
            if unit.dimension == dimension:
                return unit
        sign_text, parts = ("·", None) if sign > 0 else ("/", (self, other))
        factor = self.factor * other.factor**sign
        english = self.english / other.english if sign < 0 else English(factor=factor)
        return Unit(f"{self.symbol}{sign_text}{other.symbol}", dimension, factor, False, parts, english)

    def require_same_quantity(self, other: Unit, action: str) -> None:
        """A UnitError if the two do not measure the same."""
        if self.dimension != other.dimension:
            raise UnitError(f"cannot {action} {self.symbol or 'a ratio'} and {other.symbol or 'a ratio'}")


PURE = Unit("", (), Fraction(1))
"""The unit of a plain ratio."""


def unit_called(symbol: str | Unit) -> Unit:
    """Look up a unit by its symbol; a RefusedError if none was declared or composed so far."""
    if isinstance(symbol, Unit):
        return symbol
    if symbol not in KNOWN:
        raise RefusedError(f"there is no unit {symbol!r}; data/units.csv declares them")
    return KNOWN[symbol]
