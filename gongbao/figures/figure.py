"""The book's value type: a number with its unit, its rounding interval and where it comes from."""

from __future__ import annotations

import html
import operator
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, partialmethod, reduce
from numbers import Integral
from typing import TYPE_CHECKING, Any, Literal, NoReturn, cast, get_args

from gongbao.figures import digits
from gongbao.figures.bundles import NUMBER_COLUMNS
from gongbao.figures.errors import RefusedError, UnusableValueError
from gongbao.figures.expression import Constant, Expression, Named, Operation, Reference, Root, Whole, tight_interval
from gongbao.figures.interval import Endpoint, Interval
from gongbao.figures.origin import Claim, Leaf, Statement
from gongbao.figures.units import NBSP, PURE, SCALES, Unit, UnitError, unit_called

if TYPE_CHECKING:
    from pandas.api.typing import NAType  # not otherwise: what only reads the ledger starts without pandas

SHORT = 60
"""Characters of a formula that stands for a figure without an id in an error or a cell's output."""

NOT_ROUNDED = "is not rounded: figures print as many digits as their sources support"
"""The end of error messages about rounding."""

TYPED = "a typed number has no source; take it from the ledger, or say chapter.assume"
"""The end of error messages about plain numbers in place of figures."""

Form = Literal["text", "number", "tolerance", "tolerance_number", "range", "least", "most"]
"""How a figure is printed: with unit or without, with its tolerance where digits are few, as a range, as one end."""

FORMS: tuple[Form, ...] = get_args(Form)


def assuming(*assumptions: str) -> str:
    """Join assumptions to one text, each once, though several inputs may share it."""
    return "；".join(dict.fromkeys(one for some in assumptions for one in each_assumption(some)))


def each_assumption(inference: str) -> list[str]:
    """The assumptions that :func:`assuming` has joined."""
    return [one for one in inference.split("；") if one]


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
        """The value in the figure's unit; a ZeroDivisionError if a divisor is zero."""
        with self._named_in_errors():
            return self.expression.evaluate({id: leaf.value for id, leaf in self.leaves.items()}) / self.unit.factor

    @property
    def in_base_units(self) -> Fraction:
        """The value in the base unit of what it measures, whatever its own unit."""
        return self.exact * self.unit.factor

    @cached_property
    def interval(self) -> Interval:
        """The interval that rounded inputs leave, in this unit; a ZeroDivisionError if a divisor may be zero."""
        box = {id: leaf.interval for id, leaf in self.leaves.items()}
        with self._named_in_errors():
            return tight_interval(self.expression, box) / Interval.point(self.unit.factor)

    @contextmanager
    def _named_in_errors(self) -> Iterator[None]:
        # evaluation comes late, when a figure is printed: say which it is
        try:
            yield
        except ZeroDivisionError:
            raise ZeroDivisionError(f"the divisor is or may be zero: {self._called}") from None

    def __float__(self) -> float:
        """The value for a plot; never for print."""
        return float(self.exact)

    # --- where it comes from

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
        """How it is computed, with ids in braces; empty for a number that is not computed."""
        return "" if isinstance(self.expression, Reference) else self._computation.text()

    @property
    def inputs(self) -> tuple[str, ...]:
        """The ids that :attr:`formula` names, once each, in its order."""
        return tuple(dict.fromkeys(self._computation.mentions()))

    @property
    def _computation(self) -> Expression:
        return self.expression.meaning if isinstance(self.expression, Named) else self.expression

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The statements of all numbers that it was computed from."""
        return tuple(s for leaf in self.leaves.values() for s in leaf.statements)

    @property
    def series(self) -> str:
        """The part of the id before the ``@``; all of it for a parameter."""
        return self.id.partition("@")[0]

    @property
    def period(self) -> str:
        """The part of the id after the ``@``: ``2022``, ``2022-12-31``, ``2023-01/2023-08``; empty for a parameter."""
        return self.id.partition("@")[2]

    # --- as it is printed

    @cached_property
    def decimals(self) -> int:
        """The most decimals that may be printed; negative: the last digits before the point are unknown.

        A stated number keeps the digits of its page. A UnitError if it is computed and has no upper or lower bound.
        """
        if self.stated_decimals is not None:
            return self.stated_decimals
        if not self.interval.bounded:
            raise UnitError(f"{self.id or self.formula} has no upper or lower bound and cannot be printed as a point")
        return digits.honest_decimals(self.exact, Fraction(self.interval.half_width))

    def _digits(self, form: Form, style: digits.Style) -> str:
        """The number without the unit, in one of the forms."""
        bound = {"least": style.least, "most": style.most}.get(form, "")
        if (form == "range" or bound) and self.interval.half_width != 0:
            return digits.printed_range(self.interval, self.stated_decimals or 0, style, bound)
        if form in ("tolerance", "tolerance_number") and self.stated_decimals is None:
            return digits.printed_with_tolerance(self.exact, self.interval, self.decimals, style)
        return bound + digits.printed(self.exact, self.decimals, style=style)

    def printed(self, form: Form) -> str:
        """The text in Chinese, as the book prints it: 126.8亿元, 1.2个百分点."""
        number = self._digits(form, digits.CHINESE)
        return number if form.endswith("number") else f"{number}{self.unit.behind_number}"

    @property
    def number(self) -> str:
        """The value with honest digits and no unit."""
        return self.printed("number")

    @property
    def text(self) -> str:
        """The value with honest digits and its unit."""
        return self.printed("text")

    @property
    def tolerance_text(self) -> str:
        """The text with its tolerance and one or two digits more if a computed value has few honest digits."""
        return self.printed("tolerance")

    @property
    def range_text(self) -> str:
        """The interval with its unit, its ends rounded outwards by no more than a tenth of its width."""
        return self.printed("range")

    def english(self, form: Form, scale: str | None = None) -> str:
        """The text of the English edition: ``CNY 12.68 billion`` for 126.8亿元, with the same digits.

        ``scale`` is a word of :data:`gongbao.figures.units.SCALES` that a column or a picture has for all its numbers;
        a form without unit leaves it out then. Without one, the size of the number decides.
        """
        figure = self._in_english_digits
        said = figure.unit.english
        word = figure.english_scale if scale is None else scale
        number = figure._digits(form, figure.unit.style(word))
        if form in ("number", "tolerance_number"):
            return NBSP.join(filter(None, (number, word if scale is None else "")))
        return said.printed(number, word, short=scale is not None)

    @cached_property
    def english_scale(self) -> str:
        """The word for powers of ten that English has for a number of this size."""
        # the scale fits the tolerance, too, which may exceed a value near zero
        off = Fraction(self.interval.half_width) if self.interval.bounded else Fraction(0)
        return self.unit.english.scale(max(abs(self.exact), off) * self.unit.english_size)

    @cached_property
    def _in_english_digits(self) -> Figure:
        """This figure in a unit that is a power of ten of the English one."""
        # 亩, a fifteenth of a hectare, is none: its digits change
        if self.unit.english_size == Fraction(10) ** self.unit.style("").shift:
            return self
        converted = self.to(replace(self.unit, factor=self.unit.english.factor))
        if self.stated_decimals is None:
            return converted
        last_digit = Fraction(1, 2) / Fraction(10) ** self.stated_decimals * self.unit.english_size
        return converted.with_decimals(digits.honest_decimals(converted.exact, last_digit))

    def __str__(self) -> str:
        """The text with tolerance; of a computed figure with an open end, the range."""
        bounded = self.stated_decimals is not None or self.interval.bounded
        return self.tolerance_text if bounded else self.range_text

    def __format__(self, spec: str) -> str:
        """``str()``, padded as the spec says; a RefusedError if the spec sets decimals, which the sources decide."""
        with suppress(ValueError):
            if "." not in spec:
                return format(str(self), spec)
        raise RefusedError(f"{self._called} {NOT_ROUNDED}, and not by {spec!r}; float() gives a plain number")

    def __round__(self, digits: int | None = None) -> NoReturn:
        """Refused."""
        raise RefusedError(f"{self._called} {NOT_ROUNDED}")

    @property
    def shown(self) -> str:
        """The text in a cell's output: ``÷0`` for a figure without a value, so that its frame is shown all the same."""
        try:
            return str(self)
        except ZeroDivisionError:
            return "÷0"

    def __repr__(self) -> str:
        return f"<{self.shown} {self._called}>"

    def _repr_html_(self) -> str:
        places = "；".join(dict.fromkeys(s.place for s in self.statements))
        label = f"{self.name_zh or self.formula}：{self.shown}（{self.claim.zh}）"
        return f"<span title='{html.escape(places)}'>{html.escape(label)}</span>"

    @property
    def _called(self) -> str:
        """Its name in errors and in a cell's output: the id, or the formula shortened."""
        return self.id or textwrap.shorten(self.formula, SHORT, placeholder=" …")

    # --- for publication

    @property
    def data(self) -> dict[str, str]:
        """The number for other programs, under the names of :data:`gongbao.figures.bundles.NUMBER_COLUMNS`.

        The first two are what the book prints where there is room. ``value``, ``low`` and ``high`` are for computing:
        the floats next to the exact numbers, so that ``low <= value <= high`` holds for them, too. An end that the
        source leaves open is ``inf`` or ``-inf``.
        """
        english = self.english("tolerance").replace(NBSP, " ")
        ends = self.exact, self.interval.low, self.interval.high
        exact = (repr(float(end)).removesuffix(".0") for end in ends)
        return dict(zip(NUMBER_COLUMNS, (self.tolerance_text, english, *exact), strict=True))

    def record(self) -> dict[str, Any]:
        """The values that pages print, fit for JSON; ``en`` has English for the entries of the same names."""
        return {
            "id": self.id,
            "name_zh": self.name_zh,
            "name_en": self.name_en,
            "claim": str(self.claim),
            **self.data,
            "name": self.name_zh,
            **{form: self.printed(form) for form in FORMS},
            "unit": self.unit.symbol,
            "unit_en": self.unit.unit_en,
            "measure": self.unit.measure,
            "factor": float(self.unit.factor),
            "formula": self.formula,
            "inputs": list(self.inputs),
            "inference": self.inference,
            "statements": [s.record() for s in (() if self.formula else self.statements)],
            "en": {"name": self.name_en, **{form: self.english(form) for form in FORMS}},
        }

    # --- arithmetic

    def to(self, unit: Unit | str) -> Figure:
        """The same quantity in another unit, which its symbol may name; a UnitError if that measures something else."""
        other = unit_called(unit)
        self.require_same_quantity(other, "convert between")
        return self if other == self.unit else replace(self, unit=other, stated_decimals=None)

    def with_unit(self, unit: Unit | str) -> Figure:
        """The same number in a unit that arithmetic cannot know, unchecked: a ratio of areas that counts people.

        For another unit of the same quantity, use :meth:`to`.
        """
        return replace(self._anonymous, unit=unit_called(unit))

    def with_decimals(self, decimals: int) -> Figure:
        """The same number, printed with so many decimals; for a computed one whose honest digits would mislead."""
        return replace(self, stated_decimals=decimals)

    def named(self, id: str, name_zh: str, name_en: str, inference: str = "") -> Figure:
        """The figure under an id of its own, which formulas built on it show; an assumption makes it an inference."""
        inference = assuming(inference, self.inference)
        expression = Named(id, self.expression)
        return replace(self, expression=expression, id=id, name_zh=name_zh, name_en=name_en, inference=inference)

    def combine(self, symbol: str, other: object, *, swap: bool = False) -> Figure:
        """This figure and another joined by one of ``+ - * /``, as by Python; ``swap`` puts the other first.

        A TypeError if the other is neither figure nor integer; a UnitError if unlike quantities are to be added.
        """
        kept = isinstance(other, Integral) and (symbol == "*" or (symbol == "/" and not swap))
        if isinstance(other, Integral):
            if symbol in "+-":
                self._require_no_percent_beside(int(other))
            other = plain(int(other))
        if not isinstance(other, Figure):
            from pandas import NA  # not above: what only reads the ledger starts without pandas

            if other is NA or _is_column(other):
                # a column computes this itself; NA stays NA, as in pandas; the type is that of the usual case
                return cast(Figure, NA if other is NA else NotImplemented)
            raise RefusedError(f"a figure can be joined with a figure or an integer, not with {other!r}: {TYPED}")
        left, right = (other, self) if swap else (self, other)
        if symbol in "+-":
            left.require_same_quantity(right, "add or subtract")
            unit = left.unit if left.unit.symbol else right.unit
        elif kept:
            # twice 10.2% is 20.4%, and the mean of percentages is a percentage
            unit = self.unit
        else:
            unit = left.unit * right.unit if symbol == "*" else left.unit / right.unit
        expression = Operation(symbol, left.expression, right.expression)
        inference = assuming(left.inference, right.inference)
        return Figure(expression, unit, {**left.leaves, **right.leaves}, inference=inference)

    def _less(self, other: object) -> Interval:
        """The interval of this less the other, in this unit; 0 compares with any unit."""
        if isinstance(other, Figure):
            self.require_same_quantity(other, "compare")
            if self.expression == other.expression:
                return Interval.point(Fraction(0))
        elif isinstance(other, Integral) and other:
            self.require_same_quantity(plain(int(other)), "compare")
        return self.interval if other == 0 else self.combine("-", other).interval

    def _require_no_percent_beside(self, number: int) -> None:
        """A UnitError for a whole number that is meant in per cent: beside a share, 5 is five times the whole."""
        if self.unit.dimension == PURE.dimension and self.unit.factor != 1 and abs(number) > 1:
            raise UnitError(
                f"{number} beside {self._called}, which is in {self.unit.symbol}, is {number} times the whole, "
                f"and not {number}{self.unit.symbol}: say chapter.assume, or 1 for the whole"
            )

    def root(self, degree: int) -> Figure:
        """The positive root of a ratio, such as the yearly factor of growth; a UnitError if it is not a ratio."""
        self.require_same_quantity(PURE, "take the root of")
        return replace(self._anonymous, expression=Root(degree, self.expression))

    def whole(self) -> Figure:
        """The whole numbers that a count can be; a ValueError if there is none, as its inputs do not go together."""
        counted = replace(self._anonymous, expression=Whole(self.expression))
        if counted.exact not in self.interval:
            raise UnusableValueError(f"no whole number lies in {self.range_text}: {self.formula}")
        return counted

    @property
    def _anonymous(self) -> Figure:
        return replace(self, id="", name_zh="", name_en="", stated_decimals=None)

    def require_same_quantity(self, other: Figure | Unit, action: str) -> None:
        """A UnitError if the figure does not measure what the other figure or unit does."""
        try:
            self.unit.require_same_quantity(other if isinstance(other, Unit) else other.unit, action)
        except UnitError as error:
            sides = [one for one in (self, other) if isinstance(one, Figure)]
            names = " and ".join(one._called for one in sides)
            remedy = f": {TYPED}" if any(isinstance(one.expression, Constant) for one in sides) else ""
            raise UnitError(f"{error}: {names}{remedy}") from None

    # --- Python's operators: with figures and whole numbers, with columns, and with missing values

    __add__ = partialmethod(combine, "+")
    __sub__, __rsub__ = partialmethod(combine, "-"), partialmethod(combine, "-", swap=True)
    __mul__, __rmul__ = partialmethod(combine, "*"), partialmethod(combine, "*", swap=True)
    __truediv__, __rtruediv__ = partialmethod(combine, "/"), partialmethod(combine, "/", swap=True)

    def __radd__(self, other: object) -> Figure:
        # sum() starts from 0, which has no unit
        return self if isinstance(other, int) and other == 0 else self.combine("+", other, swap=True)

    def __neg__(self) -> Figure:
        return -1 * self

    def __pow__(self, exponent: int) -> Figure:
        """A whole power of a ratio, such as growth over several years; a TypeError for other exponents."""
        if not isinstance(exponent, Integral) or exponent < 1:
            raise RefusedError(f"a figure can be raised to 1, 2, 3 …, not to {exponent!r}; for roots say root(n)")
        return reduce(operator.mul, [self] * int(exponent))

    def __abs__(self) -> Figure:
        """Without its sign; a ValueError if rounding leaves open which sign it has."""
        if self.interval.low < 0 < self.interval.high:
            raise UnusableValueError(f"whether {self._called} is above or below zero is open: {self.range_text}")
        return -self if self.interval.low < 0 else self

    def _compare(self, holds: Callable[[Endpoint, int], bool], other: object) -> bool | NAType:
        """Compare the difference with zero; ``pd.NA`` if the answer differs within its interval."""
        from pandas import NA

        if _is_column(other):
            return cast(bool, NotImplemented)
        if other is NA:
            return NA
        gap = self._less(other)
        answer = holds(gap.low, 0)
        return answer if answer is holds(gap.high, 0) else NA

    __gt__, __ge__ = partialmethod(_compare, operator.gt), partialmethod(_compare, operator.ge)
    __lt__, __le__ = partialmethod(_compare, operator.lt), partialmethod(_compare, operator.le)

    def is_equal(self, other: object) -> bool | NAType:
        """Whether both have the same value; ``pd.NA`` where the intervals leave it open, errors as comparing gives."""
        return (self >= other) & (self <= other)


def stated(leaf: Leaf, unit: Unit, decimals: int, name_zh: str, name_en: str) -> Figure:
    """The figure of a number that is not computed."""
    return Figure(Reference(leaf.id), unit, {leaf.id: leaf}, leaf.id, name_zh, name_en, decimals)


def assumption(id: str, value: str | int, unit: Unit, name_zh: str, name_en: str) -> Figure:
    """A parameter that the reader may change: exact, and whatever is computed from it is an inference.

    Its id is ``scenario.<name>``, its value a whole number, or a decimal as text, in the unit.
    """
    number = Decimal(value)
    base = Fraction(number) * unit.factor
    decimals = max(0, -int(number.as_tuple().exponent))
    leaf = Leaf(id, base, Interval.point(base), Claim.INFERRED)
    return stated(leaf, unit, decimals, name_zh, name_en)


def common_scales(figures: Iterable[Figure]) -> dict[Unit, str]:
    """The scale that a table or a picture has for all its English numbers of a unit: that of the largest."""
    return {one.unit: one.english_scale for one in sorted(figures, key=lambda one: SCALES[one.english_scale])}


def plain(number: Fraction | int) -> Figure:
    """A number of the formula itself, which has no source: the 2 of an average, the months of a year."""
    return Figure(Constant(Fraction(number)), PURE, {})


def _is_column(other: object) -> bool:
    """Whether it is a column, an array or a frame, which does arithmetic with figures itself."""
    return bool(getattr(other, "ndim", 0))
