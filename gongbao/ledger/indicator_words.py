"""Words of the plan's indicator table, as keys of ids; a module of its own because ``verify`` needs no pandas."""

from __future__ import annotations

START, END, YEARS = "2020", "2025", 5
"""The plan runs from the end of the one year to the end of the other."""

MIDTERM = {"提前达到目标": "ahead", "符合预期": "as-expected", "不及预期": "below-expected"}
FINAL = {"可以完成": "achievable", "加大力度可以完成": "effort", "存在很大压力": "pressure"}
"""The judgements of the table at mid-term and for the end."""

GROWTH, CUMULATIVE, CEILING = "growth", "cumulative", "ceiling"
"""The classes of indicators whose progress is not computed as that of a level or a share."""
