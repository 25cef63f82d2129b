"""The book's value type: a number with its unit, its rounding interval and where it comes from."""

from __future__ import annotations

import enum
import html
import math
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cached_property
from numbers import Integral
from typing import TYPE_CHECKING, Any, cast

from gongbao.figures.bundles import NUMBER_COLUMNS
from gongbao.figures.errors import RefusedError, UnusableValueError
from gongbao.figures.expression import Constant, Expression, Named, Operation, Reference, Root, Whole, tight_interval
from gongbao.figures.interval import Endpoint, Interval
from gongbao.figures.messages import N_
from gongbao.figures.units import PURE, Unit, UnitError

if TYPE_CHECKING:
    from pandas.api.typing import NAType

ENOUGH_DIGITS = 3
"""A computed number with fewer digits than these is printed with its tolerance where there is room for it."""

MOST_OVERSTATED = Fraction(3, 2)
"""A tolerance that rounding up would overstate by more than this gets another digit."""

MOST_DECIMALS = 2
"""Decimals of a computed number that rounding would allow more, such as the quotient of two full counts."""


SHORT = 60
"""Characters of a formula that stands for a figure without an id in an error or a cell's output."""


class Claim(enum.StrEnum):
    """What kind of claim a number is; every number of the book shows its kind."""

    STATED = "stated"
    DERIVED = "derived"
    INFERRED = "inferred"
    EXTERNAL = "external"

    @property
    def zh(self) -> str:
        """The word the book uses."""
        return {"stated": N_("公报所载"), "derived": N_("推算"), "inferred": N_("推断"), "external": N_("外部")}[self]


class Precision(enum.StrEnum):
    """How exactly the source states a number; DESIGN: data contract, column ``precision``."""

    EXACT = "exact"
    ROUNDED = "rounded"
    ABOUT = "about"
    OVER = "over"
    UNDER = "under"
    TEXT = "text"

    def interval(self, value: Fraction, decimals: int) -> Interval:
        """What a printed number with so many decimals leaves open.

        ``about`` is given the half unit of its last digit, as ``rounded`` is: a smaller claim the page does not make,
        and a larger one would be guessed.
        """
        half = Fraction(1, 2) / 10**decimals
        match self:
            case Precision.EXACT:
                return Interval.point(value)
            case Precision.OVER:
                return Interval(value, math.inf)
            case Precision.UNDER:
                return Interval(-math.inf, value)
        return Interval(value - half, value + half)


@dataclass(frozen=True, slots=True)
class Statement:
    """One place that states a figure: a row of a ledger file, or an outside source with its grade."""

    report: str
    page: int | None
    phrase: str
    precision: Precision
    row: str
    note: str = ""
    report_en: str = ""

    @property
    def place(self) -> str:
        """Where to look, in words."""
        return f"{self.report}第{self.page}页" if self.page else self.report

    @property
    def place_en(self) -> str:
        """The same in English."""
        return f"{self.report_en}, p. {self.page}" if self.page else self.report_en

    def record(self) -> dict[str, Any]:
        """What a page prints of it: plain values, fit for JSON."""
        return {
            "report": self.report,
            "place": self.place,
            "report_en": self.report_en,
            "place_en": self.place_en,
            "page": self.page,
            "phrase": self.phrase,
            "note": self.note,
        }


@dataclass(frozen=True)
class Leaf:
    """A number that is not computed: id, value and interval in base units, printed decimals, statements."""

    id: str
    value: Fraction
    interval: Interval
    claim: Claim
    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True, repr=False)
class Figure:
    """A number that the book may print.

    ``leaves`` holds, by id, every number that it was computed from. Arithmetic gives a new figure with the
    formula and the leaves of both sides; plain integers may take part (the 2 of an average), floats may not, because
    a typed decimal has no source. ``pd.NA`` makes what is joined with it ``pd.NA``.

    ``< <= > >=`` and :meth:`is_equal` have three answers: ``True`` or ``False`` where every value of the intervals says
    so, else ``pd.NA``, which is no condition: ``if a > b`` raises where rounding leaves it open. ``==`` is not about
    values: it asks whether two are the same figure, with the same formula, unit and names, as sets and dictionaries do.
    """

    expression: Expression
    unit: Unit
    leaves: Mapping[str, Leaf] = field(hash=False)
    id: str = ""
    name_zh: str = ""
    name_en: str = ""
    stated_decimals: int | None = None
    inference: str = ""

    # --- value

    @cached_property
    def exact(self) -> Fraction:
        """The value in the figure's unit.

        Raises:
            ZeroDivisionError: if a divisor is zero.
        """
        with self._naming_division():
            return self.expression.evaluate({id: leaf.value for id, leaf in self.leaves.items()}) / self.unit.factor

    @cached_property
    def interval(self) -> Interval:
        """Where the value lies, given how its inputs were rounded, in the figure's unit.

        Raises:
            ZeroDivisionError: if rounding leaves open that a divisor is zero.
        """
        box = {id: leaf.interval for id, leaf in self.leaves.items()}
        with self._naming_division():
            return tight_interval(self.expression, box) / Interval.point(self.unit.factor)

    @contextmanager
    def _naming_division(self) -> Iterator[None]:
        # a formula is evaluated when it is printed, far from where it was written
        try:
            yield
        except ZeroDivisionError:
            raise ZeroDivisionError(f"the divisor is or may be zero: {self._called}") from None

    def __float__(self) -> float:
        """The value for a plot; never for print."""
        return float(self.exact)

    @cached_property
    def claim(self) -> Claim:
        """Inferred if it rests on an assumption, external if on an outside source, stated if it is a row itself."""
        claims = {leaf.claim for leaf in self.leaves.values()}
        if self.inference or Claim.INFERRED in claims:
            return Claim.INFERRED
        if Claim.EXTERNAL in claims:
            return Claim.EXTERNAL
        return Claim.STATED if isinstance(self.expression, Reference) else Claim.DERIVED

    @cached_property
    def formula(self) -> str:
        """How it is computed, with ids in braces; empty for a number that is not."""
        return "" if isinstance(self.expression, Reference) else self._meaning.text()

    @property
    def inputs(self) -> tuple[str, ...]:
        """The ids that :attr:`formula` names, once each, in its order."""
        return tuple(dict.fromkeys(self._meaning.mentions()))

    @property
    def _meaning(self) -> Expression:
        return self.expression.meaning if isinstance(self.expression, Named) else self.expression

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """Where the numbers it rests on are stated."""
        return tuple(s for leaf in self.leaves.values() for s in leaf.statements)

    @property
    def series(self) -> str:
        """The id before the ``@``; all of it for a parameter."""
        return self.id.partition("@")[0]

    @property
    def period(self) -> str:
        """The id behind the ``@``: ``2022``, ``2022-12-31``, ``2023-01/2023-08``; empty for a parameter."""
        return period(self.id)

    # --- digits

    @cached_property
    def decimals(self) -> int:
        """The most decimals that may be printed; negative: the last digits before the point are unknown.

        A printed number is read as true to half of its last digit, so the half-width of the interval must not be
        larger than that. A stated number keeps the digits of its page.
        """
        if self.stated_decimals is not None:
            return self.stated_decimals
        half_width = self.interval.half_width
        if math.isinf(half_width):
            raise UnitError(f"{self.id or self.formula} has no upper or lower bound and cannot be printed as a point")
        decimals = MOST_DECIMALS
        if half_width == 0:
            # nothing is unknown: no more digits than the value has
            while decimals and self.exact * Fraction(10) ** (decimals - 1) % 1 == 0:
                decimals -= 1
            return decimals
        while half_width > Fraction(1, 2) / Fraction(10) ** decimals:
            decimals -= 1
        return decimals

    @cached_property
    def number(self) -> str:
        """The value with honest digits and no unit."""
        return _printed(self.exact, self.decimals, ROUND_HALF_UP)

    @property
    def text(self) -> str:
        """The value with honest digits and its unit."""
        return f"{self.number}{self.unit.symbol}"

    @property
    def range_text(self) -> str:
        """The interval with its unit, its ends rounded outwards by no more than a tenth of its width."""
        return f"{self._range_number}{self.unit.symbol}"

    @cached_property
    def _range_number(self) -> str:
        ends = self.interval.low, self.interval.high
        width = ends[1] - ends[0]
        if not width:
            return self.number
        # one end of a stated number is the number: as its page prints it
        least = (self.stated_decimals or 0) if math.isinf(width) else 0
        decimals = max(MOST_DECIMALS, least) if math.isinf(width) else max(0, -_magnitude(width / 10))
        finite = [end for end in ends if not math.isinf(end)]
        while decimals > least and all(end * 10 ** (decimals - 1) % 1 == 0 for end in finite):
            decimals -= 1  # the ends are printed exactly without the last zero
        return f"{_end(ends[0], decimals, ROUND_FLOOR)}～{_end(ends[1], decimals, ROUND_CEILING)}"

    @cached_property
    def tolerance_number(self) -> str:
        """A computed value of few honest digits with one or two more, followed by how far it may be off.

        A stated number, and one that has enough honest digits, stays as it is.
        """
        if self.stated_decimals is not None or self._honest_digits >= ENOUGH_DIGITS:
            return self.number
        for extra in (1, 2):
            decimals = max(0, self.decimals + extra)
            shown = _rounded(self.exact, decimals, ROUND_HALF_UP)
            # rounding moved the middle: the printed span still has to hold the whole interval
            furthest = Fraction(max(self.interval.high - shown, shown - self.interval.low))
            off = _rounded(furthest, decimals, ROUND_CEILING)
            if off <= self.interval.half_width * MOST_OVERSTATED:
                break
        return f"{_printed(shown, decimals, ROUND_HALF_UP)}±{_printed(off, decimals, ROUND_CEILING)}"

    @property
    def tolerance_text(self) -> str:
        """:attr:`tolerance_number` with the unit."""
        return f"{self.tolerance_number}{self.unit.symbol}"

    @cached_property
    def _honest_digits(self) -> int:
        """How many digits :attr:`number` has from the first that is not zero on."""
        whole = abs(round(self.exact * Fraction(10) ** self.decimals))
        if self.interval.half_width == 0:
            return ENOUGH_DIGITS
        return len(str(whole)) if whole else 0

    # --- arithmetic

    def to(self, unit: Unit) -> Figure:
        """The same quantity in another unit.

        Raises:
            UnitError: if the unit measures something else.
        """
        self._require(unit, "convert between")
        return replace(self, unit=unit, stated_decimals=self.stated_decimals if unit == self.unit else None)

    def as_count(self, unit: Unit) -> Figure:
        """A plain number as a count of something, where arithmetic has lost of what.

        Raises:
            UnitError: if it is no plain number, or the unit does not count.
        """
        self._require(PURE, "count with")
        if not unit.counts:
            raise UnitError(f"{unit.symbol} does not count")
        return replace(self._anonymous, unit=unit)

    def named(self, id: str, name_zh: str, name_en: str, inference: str = "") -> Figure:
        """The figure under an id of its own, which formulas built on it will show.

        ``inference`` states the assumption that makes it an inference rather than a derivation.
        """
        return replace(
            self,
            expression=Named(id, self.expression),
            id=id,
            name_zh=name_zh,
            name_en=name_en,
            inference="；".join(filter(None, (inference, self.inference))),
        )

    def combine(self, symbol: str, other: object, *, swap: bool = False) -> Figure:
        """This figure and another joined by one of ``+ - * /``; ``swap`` puts the other first.

        Raises:
            TypeError: if the other is neither a figure nor an integer.
            UnitError: if the two do not measure the same and are added or subtracted.
        """
        if isinstance(other, Integral):
            other = Figure(Constant(Fraction(int(other))), PURE, {})
        if not isinstance(other, Figure):
            raise RefusedError(
                f"a figure can be joined with a figure or an integer, not with {other!r}: a typed number has no "
                "source; take it from the ledger, or say chapter.assume"
            )
        left, right = (other, self) if swap else (self, other)
        if symbol in "+-":
            left.require_same_quantity(right, "add or subtract")
            unit = left.unit if left.unit.symbol else right.unit
        else:
            unit = left.unit * right.unit if symbol == "*" else left.unit / right.unit
        expression = Operation(symbol, left.expression, right.expression)
        inference = "；".join(dict.fromkeys(filter(None, (left.inference, right.inference))))
        return Figure(expression, unit, {**left.leaves, **right.leaves}, inference=inference)

    def _join(self, symbol: str, other: object, *, swap: bool = False) -> Figure:
        if isinstance(other, Figure | int):
            return self.combine(symbol, other, swap=swap)
        if _is_missing(other):
            return cast("Figure", other)  # as pandas' own numbers do; the type says what is usual
        return NotImplemented if _is_column(other) else self.combine(symbol, other, swap=swap)

    def __add__(self, other: object) -> Figure:
        return self._join("+", other)

    def __radd__(self, other: object) -> Figure:
        # sum() starts from 0, which has no unit
        return self if isinstance(other, int) and other == 0 else self._join("+", other, swap=True)

    def __sub__(self, other: object) -> Figure:
        return self._join("-", other)

    def __rsub__(self, other: object) -> Figure:
        return self._join("-", other, swap=True)

    def __mul__(self, other: object) -> Figure:
        return self._join("*", other)

    def __rmul__(self, other: object) -> Figure:
        return self._join("*", other, swap=True)

    def __truediv__(self, other: object) -> Figure:
        return self._join("/", other)

    def __rtruediv__(self, other: object) -> Figure:
        return self._join("/", other, swap=True)

    def __neg__(self) -> Figure:
        return -1 * self

    def __abs__(self) -> Figure:
        """Without its sign.

        Raises:
            ValueError: if rounding leaves open which sign it has.
        """
        if self.interval.low < 0 < self.interval.high:
            raise UnusableValueError(f"whether {self._called} is above or below zero is open: {self.range_text}")
        return -self if self.interval.low < 0 else self

    def __pow__(self, exponent: int) -> Figure:
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

    def root(self, degree: int) -> Figure:
        """The positive root of a ratio, such as the yearly factor of growth over several years.

        Raises:
            UnitError: if it is not a ratio.
        """
        self._require(PURE, "take the root of")
        return replace(self._anonymous, expression=Root(degree, self.expression))

    def whole(self) -> Figure:
        """The whole numbers that a count can be; exact if only one is possible.

        Raises:
            ValueError: if no whole number is possible: what it is computed from does not go together.
        """
        counted = replace(self._anonymous, expression=Whole(self.expression))
        if counted.exact not in self.interval:
            raise UnusableValueError(f"no whole number lies in {self.range_text}: {self.formula}")
        return counted

    @property
    def _anonymous(self) -> Figure:
        return replace(self, id="", name_zh="", name_en="", stated_decimals=None)

    # --- comparison

    def _gap(self, other: object) -> Interval:
        """Of the difference of the two: what both rest on is not rounded in two ways."""
        if isinstance(other, Figure):
            self.require_same_quantity(other, "compare")
            if self.expression == other.expression:
                return Interval.point(Fraction(0))
        # nothing is nothing in any unit
        return self.interval if isinstance(other, int) and other == 0 else self.combine("-", other).interval

    def _answer(
        self, other: object, true: Callable[[Interval], bool], false: Callable[[Interval], bool]
    ) -> bool | NAType:
        from pandas import NA  # what only reads the ledger starts without it

        if _is_column(other) or other is NA:
            return NotImplemented if _is_column(other) else NA
        gap = self._gap(other)
        return True if true(gap) else False if false(gap) else NA

    def __gt__(self, other: object) -> bool | NAType:
        return self._answer(other, lambda gap: gap.low > 0, lambda gap: gap.high <= 0)

    def __ge__(self, other: object) -> bool | NAType:
        return self._answer(other, lambda gap: gap.low >= 0, lambda gap: gap.high < 0)

    def __lt__(self, other: object) -> bool | NAType:
        return self._answer(other, lambda gap: gap.high < 0, lambda gap: gap.low >= 0)

    def __le__(self, other: object) -> bool | NAType:
        return self._answer(other, lambda gap: gap.high <= 0, lambda gap: gap.low > 0)

    def is_equal(self, other: object) -> bool | NAType:
        """Whether both have the same value; ``pd.NA`` where the intervals leave it open.

        Raises:
            TypeError: if the other is neither a figure nor an integer.
            UnitError: if the two do not measure the same; 0 may stand for nothing of anything.
        """
        return self._answer(other, lambda gap: gap.low == gap.high == 0, lambda gap: 0 not in gap)

    # --- in a notebook or an error

    @property
    def _called(self) -> str:
        return self.id or textwrap.shorten(self.formula, SHORT, placeholder=" …")

    def require_same_quantity(self, other: Figure, action: str) -> None:
        """Refuse what is done across quantities.

        Raises:
            UnitError: if the two figures do not measure the same.
        """
        self._require(other.unit, action, other)

    def _require(self, unit: Unit, action: str, other: Figure | None = None) -> None:
        try:
            self.unit.require_same_quantity(unit, action)
        except UnitError as error:
            names = " and ".join(figure._called for figure in (self, other) if figure)
            raise UnitError(f"{error}: {names}") from None

    def __str__(self) -> str:
        """As the book prints it where there is room, or its range if it has no two ends."""
        bounded = self.stated_decimals is not None or self.interval.bounded
        return self.tolerance_text if bounded else self.range_text

    def __repr__(self) -> str:
        return f"<{self} {self._called}>"

    def _repr_html_(self) -> str:
        source = "；".join(dict.fromkeys(s.place for s in self.statements))
        said = f"{self.name_zh or self.formula}：{self}（{self.claim.zh}）"
        return f"<span title='{html.escape(source)}'>{html.escape(said)}</span>"

    # --- for publication

    @property
    def data(self) -> dict[str, str]:
        """The number for other programs, under the names of :data:`gongbao.figures.bundles.NUMBER_COLUMNS`.

        ``printed`` and ``printed_en`` are what the book prints where there is room. ``value``, ``low`` and ``high`` are
        for computing: the floats next to the exact value and to the ends of its interval, with all their digits, so
        that ``low <= value <= high`` holds for them, too. An end that the source leaves open is ``inf`` or ``-inf``.
        """
        printed = self.tolerance_text, self.unit.printed_en(self.tolerance_number).replace("\u00a0", " ")
        exact = (self.exact, self.interval.low, self.interval.high)
        return dict(zip(NUMBER_COLUMNS, (*printed, *map(_computable, exact)), strict=True))

    def record(self) -> dict[str, Any]:
        """What a page needs in order to print the figure and lead to its source: plain values, fit for JSON."""
        return {
            "id": self.id,
            "name": self.name_zh,
            "name_zh": self.name_zh,
            "name_en": self.name_en,
            "claim": str(self.claim),
            "number": self.number,
            "text": self.text,
            "range": self.range_text,
            **self.data,
            "tolerance": self.tolerance_text,
            "tolerance_number": self.tolerance_number,
            "unit": self.unit.symbol,
            "unit_en": self.unit.many_en,
            "meaning": "",
            "formula": self.formula,
            "inputs": list(self.inputs),
            "inference": self.inference,
            "statements": [s.record() for s in (() if self.formula else self.statements)],
            "en": self._record_en(),
        }

    def _record_en(self) -> dict[str, Any]:
        """What the English edition prints in place of the Chinese: same digits, other words."""
        return {
            "name": self.name_en,
            "text": self.unit.printed_en(self.number),
            "range": self.unit.printed_en(self._range_number.replace("～", " to ")),
            "tolerance": self.unit.printed_en(self.tolerance_number),
            "meaning": self.unit.explained_en,
        }


def _is_column(other: object) -> bool:
    """Whether it is a column, an array or a frame, which knows how to take part."""
    return bool(getattr(other, "ndim", 0))


def _is_missing(other: object) -> bool:
    from pandas import NA  # what only reads the ledger starts without it

    return other is NA


def period(id: str) -> str:
    """The period of an id; empty for a parameter, which has none."""
    return id.partition("@")[2]


def labelled(name: str, id: str) -> str:
    """A name with the period of its id; what has none is a parameter."""
    return f"{name}（{period(id) or '参数'}）"


def labelled_en(name: str, id: str) -> str:
    """The same in English."""
    return f"{name} ({period(id) or 'parameter'})"


def stated(leaf: Leaf, unit: Unit, decimals: int, name_zh: str, name_en: str) -> Figure:
    """The figure of a number that is not computed."""
    return Figure(Reference(leaf.id), unit, {leaf.id: leaf}, leaf.id, name_zh, name_en, decimals)


def assumption(id: str, value: str | int, unit: Unit, name_zh: str, name_en: str) -> Figure:
    """A parameter that the reader may change: exact, and whatever is computed from it is an inference.

    Args:
        id: ``scenario.<name>``.
        value: a whole number, or a decimal as text.
        unit: what it is given in.
        name_zh: the Chinese name.
        name_en: the English name.
    """
    number = Decimal(value)
    base = Fraction(number) * unit.factor
    decimals = max(0, -int(number.as_tuple().exponent))
    leaf = Leaf(id, base, Interval.point(base), Claim.INFERRED)
    return stated(leaf, unit, decimals, name_zh, name_en)


def _rounded(value: Fraction, decimals: int, rounding: str) -> Fraction:
    scaled = value * Fraction(10) ** decimals
    if rounding == ROUND_FLOOR:
        whole = math.floor(scaled)
    elif rounding == ROUND_CEILING:
        whole = math.ceil(scaled)
    else:
        # away from zero at a half, as statistics are printed, not to even
        whole = math.floor(abs(scaled) + Fraction(1, 2)) * (1 if scaled >= 0 else -1)
    return whole / Fraction(10) ** decimals


def _printed(value: Fraction, decimals: int, rounding: str) -> str:
    """A number with so many decimals; with fewer than none, its last digits become zeros."""
    rounded = _rounded(value, decimals, rounding)
    return f"{Decimal(rounded.numerator) / rounded.denominator:.{max(0, decimals)}f}".replace("-", "−")


def _computable(value: Endpoint) -> str:
    """The nearest float in the fewest digits that give it back; a whole number without a point."""
    return repr(float(value)).removesuffix(".0")


def _end(value: Endpoint, decimals: int, rounding: str) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return _printed(Fraction(value), decimals, rounding)


def _magnitude(value: Endpoint) -> int:
    """The power of ten of the first digit of a positive number."""
    return Decimal(float(value)).adjusted()
