"""Python's operators for figures: with figures and whole numbers, with columns, and with what is missing."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral
from typing import TYPE_CHECKING, Self, cast

from gongbao.figures.errors import RefusedError
from gongbao.figures.interval import Interval

if TYPE_CHECKING:
    from pandas.api.typing import NAType


class Operators:
    """``+ - * / **``, and comparisons with three answers, for a class that can combine and subtract."""

    def combine(self, symbol: str, other: object, *, swap: bool = False) -> Self:
        """This and another joined by one of ``+ - * /``; ``swap`` puts the other first."""
        raise NotImplementedError

    def difference(self, other: object) -> Interval:
        """Where this less the other lies."""
        raise NotImplementedError

    def _join(self, symbol: str, other: object, *, swap: bool = False) -> Self:
        if isinstance(other, Operators | int):
            return self.combine(symbol, other, swap=swap)
        if _is_missing(other):
            return cast(Self, other)  # as pandas' own numbers do; the type says what is usual
        return NotImplemented if _is_column(other) else self.combine(symbol, other, swap=swap)

    def __add__(self, other: object) -> Self:
        return self._join("+", other)

    def __radd__(self, other: object) -> Self:
        # sum() starts from 0, which has no unit
        return self if isinstance(other, int) and other == 0 else self._join("+", other, swap=True)

    def __sub__(self, other: object) -> Self:
        return self._join("-", other)

    def __rsub__(self, other: object) -> Self:
        return self._join("-", other, swap=True)

    def __mul__(self, other: object) -> Self:
        return self._join("*", other)

    def __rmul__(self, other: object) -> Self:
        return self._join("*", other, swap=True)

    def __truediv__(self, other: object) -> Self:
        return self._join("/", other)

    def __rtruediv__(self, other: object) -> Self:
        return self._join("/", other, swap=True)

    def __neg__(self) -> Self:
        return -1 * self

    def __pow__(self, exponent: int) -> Self:
        """A whole power of a ratio, such as growth over several years at one rate.

        Raises:
            TypeError: if the exponent is not 1, 2, 3 …
        """
        if not isinstance(exponent, Integral) or exponent < 1:
            raise RefusedError(f"a figure can be raised to 1, 2, 3 …, not to {exponent!r}; for roots say root(n)")
        product = self
        for _ in range(exponent - 1):
            product = product * self
        return product

    def __gt__(self, other: object) -> bool | NAType:
        return self._compare(other, lambda gap: gap.low > 0, lambda gap: gap.high <= 0)

    def __ge__(self, other: object) -> bool | NAType:
        return self._compare(other, lambda gap: gap.low >= 0, lambda gap: gap.high < 0)

    def __lt__(self, other: object) -> bool | NAType:
        return self._compare(other, lambda gap: gap.high < 0, lambda gap: gap.low >= 0)

    def __le__(self, other: object) -> bool | NAType:
        return self._compare(other, lambda gap: gap.high <= 0, lambda gap: gap.low > 0)

    def is_equal(self, other: object) -> bool | NAType:
        """Whether both have the same value; ``pd.NA`` where the intervals leave it open.

        Raises:
            TypeError: if the other is neither a figure nor an integer.
            UnitError: if the two do not measure the same; 0 may stand for nothing of anything.
        """
        return self._compare(other, lambda gap: gap.low == gap.high == 0, lambda gap: 0 not in gap)

    def _compare(
        self, other: object, holds: Callable[[Interval], bool], fails: Callable[[Interval], bool]
    ) -> bool | NAType:
        """Ask both of the interval of the difference; ``pd.NA`` if it neither holds nor fails for all its values."""
        from pandas import NA  # not above: what only reads the ledger starts without pandas

        if _is_column(other):
            return cast(bool, NotImplemented)
        if other is NA:
            return NA
        gap = self.difference(other)
        return True if holds(gap) else False if fails(gap) else NA


def _is_column(other: object) -> bool:
    """Whether it is a column, an array or a frame, which knows how to take part."""
    return bool(getattr(other, "ndim", 0))


def _is_missing(other: object) -> bool:
    from pandas import NA  # not above: what only reads the ledger starts without pandas

    return other is NA
