"""Names that notebooks and the book share: MIME types of what notebooks emit, and columns of data."""

from __future__ import annotations

FIGURES_MIME = "application/vnd.gongbao.figures+json"
CHART_MIME = "application/vnd.gongbao.chart+json"
TABLE_MIME = "application/vnd.gongbao.table+json"
SKETCH_MIME = "application/vnd.gongbao.sketch+json"
MIMES = (FIGURES_MIME, CHART_MIME, TABLE_MIME, SKETCH_MIME)
"""MIME types that only a build of the book reads; Jupyter shows the HTML or text beside them."""

EXACT_COLUMNS = ("value", "low", "high")
"""The columns with numbers for computing: the value and the ends of its interval."""

NUMBER_COLUMNS = ("printed", "printed_en", *EXACT_COLUMNS)
"""The columns with the number of a figure (:attr:`gongbao.figures.figure.Figure.data`)."""

DATA_COLUMNS = (
    *("id", "name_zh", "name_en", *NUMBER_COLUMNS, "unit", "unit_en", "claim", "formula"),
    *("source", "source_en"),
)
"""The columns of the data of a chart."""
