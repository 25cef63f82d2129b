"""The relations that ought to hold between figures, and whether they do."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from gongbao.figures.expression import Constant, Expression, FormulaError, Operation, Reference, parse
from gongbao.figures.figure import Figure
from gongbao.figures.interval import Interval
from gongbao.figures.messages import N_
from gongbao.figures.units import PURE, UnitError
from gongbao.ledger.tables import Fault, Record, book_data, read_rows

PAIR = "pair"
"""The kind of a relation of two figures that look alike and differ in scope; the note says how."""


class Verdict(enum.StrEnum):
    """What the intervals of the figures say about a relation."""

    EXACT = "exact"
    ROUNDING = "rounding"
    CONTRADICTS = "contradicts"
    NOT_COMPARABLE = "not-comparable"

    @property
    def en(self) -> str:
        """The verdict in words."""
        return _IN_WORDS[self][0]

    @property
    def zh(self) -> str:
        """The word the book uses."""
        return _IN_WORDS[self][1]


_IN_WORDS = {
    Verdict.EXACT: ("holds exactly", N_("精确成立")),
    Verdict.ROUNDING: ("holds within rounding", N_("在舍入范围内成立")),
    Verdict.CONTRADICTS: ("is contradicted", N_("矛盾")),
    Verdict.NOT_COMPARABLE: ("cannot be compared", N_("不可比")),
}


@dataclass(frozen=True)
class Relation:
    """Two formulas over figures that ought to be equal, and the verdict that its row expects."""

    record: Record
    id: str
    kind: str
    expected: str
    left: Expression
    right: Expression

    @property
    def ids(self) -> frozenset[str]:
        """The figures that take part."""
        return frozenset((*self.left.leaves(), *self.right.leaves()))

    @property
    def text(self) -> str:
        """The relation as text: left = right."""
        return f"{self.left.text()} = {self.right.text()}"

    def gap(self, figures: Mapping[str, Figure]) -> Figure:
        """Left less right: zero if the relation holds.

        A FaultyDataError if an id is unknown, units do not go together, or a divisor may be zero.
        """
        try:
            gap = evaluate(self.left, figures) - evaluate(self.right, figures)
            _ = gap.exact, gap.interval
            return gap
        except (ZeroDivisionError, KeyError, UnitError) as error:
            expected = "ids of the ledger, the same quantity on both sides, a divisor that cannot be zero"
            raise self.record.error(f"the formula cannot be computed: {error}", expected) from None

    def verdict(self, figures: Mapping[str, Figure]) -> Verdict:
        """Whether it holds: decided by the intervals that rounding implies, not by a tolerance.

        A FaultyDataError as :meth:`gap` does.
        """
        if self.kind == PAIR:
            if unknown := sorted(self.ids - figures.keys()):
                raise self.record.error(f"unknown figure in the formula: {unknown[0]}", "ids of the ledger")
            return Verdict.NOT_COMPARABLE
        gap = self.gap(figures)
        if gap.exact == 0:
            return Verdict.EXACT
        return Verdict.ROUNDING if 0 in gap.interval else Verdict.CONTRADICTS

    @property
    def coefficients(self) -> dict[str, Fraction] | None:
        """The coefficients of left less right by figure, the constant under an empty id; None unless it is linear."""
        gap, ids = Operation("-", self.left, self.right), sorted(self.ids)
        anywhere = dict.fromkeys(ids, Interval(Fraction(1), Fraction(2)))
        try:
            slopes = {id: gap.enclose(anywhere, by=id)[1] for id in ids}
        except ZeroDivisionError:  # such as a divisor that is a difference of figures
            return None
        if any(slope.half_width for slope in slopes.values()):
            return None
        constant = gap.evaluate(dict.fromkeys(ids, Fraction(0)))
        return {id: Fraction(slope.low) for id, slope in slopes.items()} | ({"": constant} if constant else {})

    def caught(self, figures: Mapping[str, Figure]) -> Figure:
        """The largest error of the left side, of either sign, that rounding could hide; zero for counts.

        Only for a relation that holds; any larger error is sure to be caught.
        """
        gap = self.gap(figures)
        reach = max(Fraction(gap.interval.high), -Fraction(gap.interval.low))
        shown = "取自[data/relations.csv中一条关系式的舍入所允许的差]"
        size = Figure(Constant(reach * gap.unit.factor, shown), gap.unit.of_differences, {})
        digits = 1 - Decimal(float(reach)).adjusted() if reach else 0
        return size.with_decimals(max(digits, 0))

    def fits(self, figures: Mapping[str, Figure]) -> tuple[bool, bool]:
        """Whether the left side, a printed number, can be the right side rounded half up, and whether cut off."""
        printed = evaluate(self.left, figures)
        right = evaluate(self.right, figures).to(printed.unit).interval
        last = Fraction(1, 10**printed.decimals)
        reach = (printed.exact - last / 2, printed.exact + last / 2), (printed.exact, printed.exact + last)
        rounded, cut = (right.low < high and low <= right.high for low, high in reach)
        return rounded, cut


def evaluate(expression: Expression, figures: Mapping[str, Figure]) -> Figure:
    """The figure that a formula over ids makes, as :func:`gongbao.figures.expression.parse` reads it.

    A KeyError if an id is unknown, a UnitError if units do not go together.
    """
    match expression:
        case Reference(id):
            return figures[id]
        case Operation(symbol, left, right):
            return evaluate(left, figures).combine(symbol, evaluate(right, figures))
        case Constant():
            return Figure(expression, PURE, {})
    raise TypeError(f"{expression.text()} is none of: an id, a number, and + - * / between the two")


def load_relations(data: Path | None = None) -> list[Relation]:
    """The rows of relations.csv; a FaultyDataError if one cannot be read; all faults are named at once."""
    data = data or book_data()
    return read_rows(data / "relations.csv", _relation, optional=True)


def _relation(record: Record) -> Relation:
    left, _, right = record["formula"].partition("=")
    try:
        sides = parse(left), parse(right)
    except (FormulaError, RecursionError, MemoryError) as error:
        problem = str(error) or "the formula is nested too deep"
        raise record.error(problem, "such as {a@2023} = {b@2023} + {c@2023}") from None
    return Relation(record, record["relation"], record["kind"], record["verdict"], *sides)


def trivial(relation: Relation) -> Fault | None:
    """Why a relation says nothing, or not what its kind says; None if it does."""
    left, right = relation.left, relation.right
    used = {one.symbol for side in (left, right) for one in side.walk() if isinstance(one, Operation)}
    alone = isinstance(left, Reference) and isinstance(right, Reference)
    shapes = {
        PAIR: (alone, "two figures"),
        "restatement": (alone, "two figures"),
        "identity": (bool(used) and used <= {"+", "-"}, "figures that are added and subtracted"),
        "share": ("/" in used and "-" not in used, "a quotient, of figures or of sums of them"),
        "growth": ("/" in used and bool(used & {"+", "-"}), "a quotient and what is added to or subtracted from it"),
    }
    fits, shape = shapes.get(relation.kind, (True, "a formula"))
    if len(relation.ids) < 2:
        problem = "the relation is one of a figure with itself, or of constants"
    elif left == right:
        problem = "both sides of the relation are the same"
    elif relation.kind != PAIR and (idle := _idle(relation)):
        problem = f"the formula is the same whatever {idle[0]} is"
    elif not fits:
        problem = f"the formula is none of the kind {relation.kind}"
    else:
        return None
    return relation.record.fault(problem, f"for the kind {relation.kind}: {shape}")


def _idle(relation: Relation) -> list[str]:
    """Figures in a formula that do not change its value: {a} - {a}, {b} * 0."""
    gap, ids = Operation("-", relation.left, relation.right), sorted(relation.ids)
    values = {id: Fraction(2 * number + 3, 7) for number, id in enumerate(ids)}
    try:
        usual = gap.evaluate(values)
        return [id for id in ids if gap.evaluate(values | {id: 11 * values[id]}) == usual]
    except ZeroDivisionError:
        return []
