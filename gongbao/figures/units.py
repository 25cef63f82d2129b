"""The units of the gazette, as ``data/units.csv`` declares them, and what arithmetic does to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from gongbao.figures.errors import AuthorError
from gongbao.figures.messages import Language

Dimension = tuple[tuple[str, int], ...]
"""Base quantities with their exponents, sorted: ``(("money", 1),)``; a ratio has none."""

COUNT = "count-"
"""How the dimensions of what is counted begin: firms and people are not the same quantity."""

RATIO = "ratio"
"""The dimension, in units.csv, of what is a pure number: %, times, percentage points."""


Units = Mapping[str, "Unit"]
"""Units by symbol."""

_declarations: list[Callable[[], Units]] = []


def declare(load: Callable[[], Units]) -> None:
    """Name what reads the declared units, for those who know one by its symbol alone: ``dtype="figure[亿元]"``."""
    _declarations.append(load)


def declared() -> dict[str, Unit]:
    """All declared units by symbol; none before the data of a book are loaded."""
    return {symbol: unit for load in _declarations for symbol, unit in load().items()}


class UnitError(AuthorError, ValueError):
    """Figures whose units do not go together."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: the word that is printed, what it measures, its size in the base unit of that, and whether it counts."""

    symbol: str
    dimension: Dimension
    factor: Fraction
    counts: bool = False
    quotient_of: tuple[Unit, Unit] | None = None
    one_en: str = ""
    many_en: str = ""
    meaning_en: str = ""

    @classmethod
    def declared(
        cls, symbol: str, dimension: str, factor: str, one_en: str = "", many_en: str = "", meaning_en: str = ""
    ) -> Unit:
        """A unit out of a row of units.csv."""
        base: Dimension = () if dimension == RATIO else ((dimension, 1),)
        counts = dimension.startswith(COUNT)
        return cls(symbol, base, Fraction(factor), counts, one_en=one_en, many_en=many_en, meaning_en=meaning_en)

    @property
    def measure(self) -> str:
        """What it measures, as a key: units with the same can be compared once multiplied by their factors."""
        return "·".join(base if exponent == 1 else f"{base}^{exponent}" for base, exponent in self.dimension)

    def printed(self, number: str, language: Language = "zh") -> str:
        """A number with the unit behind it, as the edition of a language prints it; the digits stay the same."""
        if language == "zh":
            return f"{number}{self.symbol}"
        word = self.one_en if number == "1" else self.many_en
        # a space that does not break a line
        return f"{number}{word}" if word in {"", "%"} else f"{number}\u00a0{word}"

    def explained(self, language: Language) -> str:
        """A unit that counts by ten thousands in other words: ``1 wan yuan = 10 thousand yuan``; empty for others.

        Chinese counts so, and needs no explanation.
        """
        counts_by_ten_thousands = self.meaning_en[:1].isdigit()
        return f"1 {self.one_en} = {self.meaning_en}" if language == "en" and counts_by_ten_thousands else ""

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
        for side in (self, other):
            # 亿元 × % is money again: keep the unit that people know it by
            if side.dimension == dimension:
                return side
        if sign > 0 and self.quotient_of and self.quotient_of[1] == other:
            return self.quotient_of[0]
        sign_text, parts = ("·", None) if sign > 0 else ("/", (self, other))
        factor = self.factor * other.factor**sign
        words = (f"{word}{sign_text}{other.one_en}" for word in (self.one_en, self.many_en))
        return Unit(f"{self.symbol}{sign_text}{other.symbol}", dimension, factor, False, parts, *words)

    def require_same_quantity(self, other: Unit, action: str) -> None:
        """A UnitError if the two do not measure the same."""
        if self.dimension != other.dimension:
            raise UnitError(f"cannot {action} {self.symbol or 'a ratio'} and {other.symbol or 'a ratio'}")


PURE = Unit("", (), Fraction(1))
"""The unit of a plain ratio."""
