"""What a verification found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from gongbao.ledger.tables import Fault


@dataclass
class Verification:
    """What a verification found.

    ``hits`` are the numerals that a rule sets aside, each with the rule and the words around it; ``unaccounted`` are
    those that are in no row and under no rule. ``left_out`` counts those on pages of no report, which a verification of
    the listed reports alone does not look at.
    """

    rows: int
    faults: list[Fault] = field(default_factory=list)
    stated: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    hits: list[str] = field(default_factory=list)
    unaccounted: list[str] = field(default_factory=list)
    left_out: int = 0
    pages_left_out: list[int] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether every row is right and every numeral is accounted for."""
        return not self.faults and not self.unaccounted
