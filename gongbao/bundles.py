"""The names of what notebooks emit for the book; apart from what draws, which the book needs only to run them."""

from __future__ import annotations

FIGURES_MIME = "application/vnd.gongbao.figures+json"
CHART_MIME = "application/vnd.gongbao.chart+json"
TABLE_MIME = "application/vnd.gongbao.table+json"
SKETCH_MIME = "application/vnd.gongbao.sketch+json"

DATA_COLUMNS = (
    *("id", "name_zh", "name_en", "value", "low", "high", "unit", "unit_en", "claim", "formula"),
    *("source", "source_en"),
)
"""The columns of the data of a chart."""
