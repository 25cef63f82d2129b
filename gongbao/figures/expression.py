"""Formulas over figures: one tree, evaluated to a value and to an interval, and written as text.

A tree, so that a derived figure can name its inputs, and so that its interval is the tight one: ``(a - b) / a``
mentions ``a`` twice, and computing with intervals step by step would count its rounding twice.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import NamedTuple

from gongbao.figures.errors import AuthorError
from gongbao.figures.interval import Endpoint, Interval

Box = Mapping[str, Interval]
"""The interval of every figure that a formula refers to, by id."""


class FormulaError(AuthorError, ValueError):
    """A formula that cannot be read, or has no value."""


ID_IN_BRACES = re.compile(r"\{([^{}]+)\}")
_ROOT_DIGITS = 40

ZERO, ONE = Interval.point(Fraction(0)), Interval.point(Fraction(1))


class Expression:
    """A node of a formula."""

    def walk(self) -> Iterator[Expression]:
        """This node and all nodes below it; children are the fields that are expressions."""
        yield self
        for field in fields(self):  # type: ignore[arg-type]  # each is a dataclass
            if isinstance(part := getattr(self, field.name), Expression):
                yield from part.walk()

    def leaves(self) -> Iterator[str]:
        """The ids of the figures that it is computed from, each as often as it occurs."""
        return (one.id for one in self.walk() if isinstance(one, Reference))

    def mentions(self) -> list[str]:
        """The ids that :meth:`text` shows, each as often as it occurs there."""
        return ID_IN_BRACES.findall(self.text())

    def evaluate(self, values: Mapping[str, Fraction]) -> Fraction:
        """The exact value, with each id at its given value; a divisor of zero is a ZeroDivisionError."""
        points = {id: Interval.point(value) for id, value in values.items()}
        return Fraction(self.enclose(points)[0].low)

    def enclose(self, box: Box, by: str | None = None) -> tuple[Interval, Interval]:
        """Intervals that hold the value, and its derivative by the figure ``by``, over the whole box."""
        raise NotImplementedError

    def text(self, outer: int = 0) -> str:
        """The formula as text, with ids in braces; in brackets if its operator ranks below ``outer``."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Constant(Expression):
    """A number of the formula itself, such as the 2 of an average.

    ``shown`` replaces its digits in the text, for counts and tests: ``计数[…]``.
    """

    value: Fraction
    shown: str = ""

    def enclose(self, box: Box, by: str | None = None) -> tuple[Interval, Interval]:
        return Interval.point(self.value), ZERO

    def text(self, outer: int = 0) -> str:
        if self.shown:
            return self.shown
        # exact: parse() has to read the same number back
        decimal = Decimal(self.value.numerator) / self.value.denominator
        return f"{decimal:f}".replace("-", "−")


def how_many(number: Fraction, of: str) -> Constant:
    """A count of rows or cells of the book's data; readers see ``of`` in place of a formula."""
    return Constant(number, f"计数[{of}]")


@dataclass(frozen=True, slots=True)
class Reference(Expression):
    """A figure that is not derived from others: a ledger row, an external figure, an assumption."""

    id: str

    def enclose(self, box: Box, by: str | None = None) -> tuple[Interval, Interval]:
        return box[self.id], ONE if self.id == by else ZERO

    def text(self, outer: int = 0) -> str:
        return "{" + self.id + "}"


@dataclass(frozen=True, slots=True)
class Named(Expression):
    """The formula of a figure with its own id: evaluated as ``meaning``, shown as ``{id}``."""

    id: str
    meaning: Expression

    def enclose(self, box: Box, by: str | None = None) -> tuple[Interval, Interval]:
        return self.meaning.enclose(box, by)

    def text(self, outer: int = 0) -> str:
        return "{" + self.id + "}"


class _Operator(NamedTuple):
    sign: str
    rank: int
    apply: Callable[[Interval, Interval], Interval]
    derivative: Callable[[Interval, Interval, Interval, Interval], Interval]
    """The derivative of the result, from ``a``, ``b`` and their own derivatives ``da``, ``db``."""


_OPERATORS = {
    "+": _Operator("+", 1, operator.add, lambda a, b, da, db: da + db),
    "-": _Operator("−", 1, operator.sub, lambda a, b, da, db: da - db),
    "*": _Operator("×", 2, operator.mul, lambda a, b, da, db: da * b + a * db),
    "/": _Operator("÷", 2, operator.truediv, lambda a, b, da, db: (da - a / b * db) / b),
}


@dataclass(frozen=True, slots=True)
class Operation(Expression):
    """Two formulas joined by one of ``+ - * /``."""

    symbol: str
    left: Expression
    right: Expression

    def enclose(self, box: Box, by: str | None = None) -> tuple[Interval, Interval]:
        joined = _OPERATORS[self.symbol]
        a, da = self.left.enclose(box, by)
        b, db = self.right.enclose(box, by)
        enclosed = joined.apply(a, b)
        if self.symbol == "/" and self.left == self.right:
            return ONE, ZERO  # x ÷ x is 1; x = 0 was ruled out above
        return enclosed, ZERO if da is db is ZERO else joined.derivative(a, b, da, db)

    def text(self, outer: int = 0) -> str:
        joined = _OPERATORS[self.symbol]
        # a − (b − c) and a ÷ (b ÷ c) need their brackets, a + b + c does not
        right_rank = joined.rank + (self.symbol in "-/")
        text = f"{self.left.text(joined.rank)} {joined.sign} {self.right.text(right_rank)}"
        return f"({text})" if joined.rank < outer else text


@dataclass(frozen=True, slots=True)
class Root(Expression):
    """The positive root of a formula that is not negative, such as a mean factor of growth.

    Rational where the root is; else true to 40 significant digits.
    """

    degree: int
    radicand: Expression

    def enclose(self, box: Box, by: str | None = None) -> tuple[Interval, Interval]:
        inner, slope = self.radicand.enclose(box, by)
        outer = Interval(_root(inner.low, self.degree), _root(inner.high, self.degree))
        if slope is ZERO:
            return outer, ZERO
        # d(a^(1/n)) = a^(1/n) ÷ (n × a) × da
        return outer, slope * outer / (Interval.point(Fraction(self.degree)) * inner)

    def text(self, outer: int = 0) -> str:
        return f"({self.radicand.text()})^(1/{self.degree})"


def _root(value: Endpoint, degree: int) -> Endpoint:
    if value < 0:
        raise FormulaError(f"the root of {float(value):g}, which is negative")
    if math.isinf(value):
        return value
    value = Fraction(value)
    with localcontext(prec=_ROOT_DIGITS):
        top, bottom = (Decimal(part) ** (Decimal(1) / degree) for part in (value.numerator, value.denominator))
        exact = Fraction(round(top), round(bottom))
        return exact if exact**degree == value else Fraction(top / bottom)


@dataclass(frozen=True, slots=True)
class Whole(Expression):
    """The whole numbers in the interval of a formula, such as the cases behind a rounded rate."""

    count: Expression

    def enclose(self, box: Box, by: str | None = None) -> tuple[Interval, Interval]:
        inner, slope = self.count.enclose(box, by)
        # a step function: its slope is zero or unbounded, with the sign of the argument's
        return self.within(inner), ZERO if slope is ZERO else slope * Interval(Fraction(0), math.inf)

    def within(self, inner: Interval) -> Interval:
        """From the first to the last whole number of an interval; if there is none, those nearest to its ends."""
        low = inner.low if math.isinf(inner.low) else Fraction(math.ceil(inner.low))
        high = inner.high if math.isinf(inner.high) else Fraction(math.floor(inner.high))
        if low > high:
            low, high = (Fraction(math.floor(end + Fraction(1, 2))) for end in (inner.low, inner.high))
        return Interval(low, high)

    def text(self, outer: int = 0) -> str:
        return f"整数[{self.count.text()}]"


def tight_interval(expression: Expression, box: Box) -> Interval:
    """The interval of a formula whose inputs lie anywhere in theirs; a ZeroDivisionError if a divisor may be zero.

    Interval arithmetic is exact for a figure that is mentioned once. One that is mentioned more than once is set to the
    end of its interval that makes the result smallest (largest) where the sign of the derivative proves that the
    formula rises or falls with it, if need be once others are set; otherwise it keeps its interval, and the result
    encloses the true one.
    """
    match expression:
        case Named():
            return tight_interval(expression.meaning, box)
        case Whole():  # not from its ends alone, which need not be whole numbers
            return expression.within(tight_interval(expression.count, box))
    times = Counter(expression.leaves())
    if all(count == 1 for count in times.values()):
        return expression.enclose(box)[0]
    bounded = sorted(leaf for leaf in times if box[leaf].bounded)  # ∞ − ∞ has no value
    slopes = {leaf: expression.enclose(box, by=leaf)[1] for leaf in bounded if times[leaf] > 1}
    is_open = any(slope.low < 0 < slope.high for slope in slopes.values())
    # figures mentioned once may fix the sign, too; not below Whole, whose ends may hold no whole number
    if is_open and not any(isinstance(one, Whole) for one in expression.walk()):
        slopes |= {leaf: expression.enclose(box, by=leaf)[1] for leaf in bounded if times[leaf] == 1}
    smallest, largest = (_at_ends(expression, box, slopes, largest) for largest in (False, True))
    return Interval(expression.enclose(smallest)[0].low, expression.enclose(largest)[0].high)


def _at_ends(expression: Expression, box: Box, slopes: Mapping[str, Interval], largest: bool) -> Box:
    """The box with each figure whose slope has a sign set to the end that makes the formula largest (or smallest)."""
    known = {leaf: slope.low >= 0 for leaf, slope in slopes.items() if slope.low >= 0 or slope.high <= 0}
    ends = {leaf: box[leaf].high if rises == largest else box[leaf].low for leaf, rises in known.items()}
    smaller = {**box, **{leaf: Interval.point(end) for leaf, end in ends.items()}}
    unset = slopes.keys() - known.keys()
    if not known or not unset:
        return smaller
    return _at_ends(expression, smaller, {leaf: expression.enclose(smaller, by=leaf)[1] for leaf in unset}, largest)


_BETWEEN_IDS = re.compile(r"[0-9.\s()+*/−×÷（）-]*")
_SYMBOLS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


def parse(formula: str) -> Expression:
    """Read a formula such as ``({a@2022} + {a@2023}) / 2``; ``− × ÷`` may stand for ``- * /``.

    It is a FormulaError if it is not made of ids in braces, numbers, brackets and ``+ - * /``.
    """
    parts = ID_IN_BRACES.split(formula)
    between, ids = parts[::2], parts[1::2]
    if not all(_BETWEEN_IDS.fullmatch(part) for part in between):
        raise FormulaError(f"the formula {formula!r} may hold ids in braces, numbers, brackets and + - * / only")
    source = between[0] + "".join(f" _{number} {text}" for number, text in enumerate(between[1:]))
    try:
        tree = ast.parse(source.translate(str.maketrans("−×÷（）", "-*/()")).strip(), mode="eval").body
    except SyntaxError as error:
        raise FormulaError(f"cannot read the formula {formula!r}: {error.msg}") from None
    return _build(tree, ids, formula)


def _build(node: ast.expr, ids: list[str], formula: str) -> Expression:
    match node:
        case ast.Name(id=name):
            return Reference(ids[int(name[1:])])
        case ast.Constant(value=int() | float() as number) if math.isfinite(number):
            return Constant(Fraction(str(number)))
        case ast.BinOp(left=left, op=joined, right=right) if type(joined) in _SYMBOLS:
            sides = (_build(side, ids, formula) for side in (left, right))
            return Operation(_SYMBOLS[type(joined)], *sides)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Operation("-", Constant(Fraction(0)), _build(operand, ids, formula))
    raise FormulaError(f"cannot read the formula {formula!r}: it does more than + - * /")
