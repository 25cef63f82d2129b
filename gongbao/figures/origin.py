"""Where a number comes from: what kind of claim it is, how exactly its source states it, and where."""

from __future__ import annotations

import enum
import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gongbao.figures.interval import Interval
from gongbao.figures.messages import N_

OUTSIDE = re.compile(r"(?P<url>https?://(?:www\.)?(?P<host>[^/（ ]+)[^（ ]*)|[\w-]+/(?P<name>[\w-]+):[^（ ]*")
"""A source outside the gazette: an address, or the path of a file in a repository."""


def short(place: str) -> str:
    """A place with web addresses replaced by their hosts, and files in repositories by the repository's name.

    The row of the ledger has the whole address.
    """
    return OUTSIDE.sub(lambda match: match["host"] or match["name"], place)


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
    """How exactly the source states a number: the column ``precision`` of the ledger."""

    EXACT = "exact"
    ROUNDED = "rounded"
    ABOUT = "about"
    OVER = "over"
    UNDER = "under"
    TEXT = "text"
    COUNTED = "counted"

    def interval(self, value: Fraction, decimals: int) -> Interval:
        """The interval of the true value, given the printed number and its decimals; in the unit of the number.

        ``about`` gets half a unit of its last digit, as ``rounded`` does: the page promises no smaller margin, and a
        larger one would be a guess.
        """
        half = Fraction(1, 2) / 10**decimals
        match self:
            case Precision.EXACT | Precision.COUNTED:
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
        """The report and the page in Chinese, the language of record."""
        return f"{self.report}第{self.page}页" if self.page else self.report

    @property
    def place_en(self) -> str:
        """The report and the page in English."""
        return f"{self.report_en}, p. {self.page}" if self.page else self.report_en

    def record(self) -> dict[str, Any]:
        """The values that a page prints of it, fit for JSON."""
        names = "report", "place", "report_en", "place_en", "page", "phrase", "note"
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Leaf:
    """A number that is not computed; ``value`` and ``interval`` are in the base unit of what it measures."""

    id: str
    value: Fraction
    interval: Interval
    claim: Claim
    statements: tuple[Statement, ...] = ()
