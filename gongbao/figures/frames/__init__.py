"""Figures in pandas: a column of them has the dtype ``figure[亿元]``, and ``column.figure`` knows what figures know.

Start reading at ``array``, the dtype; ``accessor`` has ``column.figure``. It is pandas otherwise: indexing, alignment,
``groupby``, ``merge``, ``concat``, ``pivot``, ``stack``, ``explode``, pickles.

``book/notebooks.md`` tells authors what differs from pandas, is refused, or becomes plain floats; in addition:

- ``+ - * / sum mean median min max prod``, ``cumsum`` and its kind, ``diff``, ``pct_change``, and all of these by
  group, carry unit, rounding interval and formula.
- A missing value makes a sum missing, since a total that passes over an unknown number is false; ``skipna`` changes
  nothing. ``idxmax`` raises if one is missing. ``first``, ``last`` and ``count`` are of what is known, as in pandas.
- Where a comparison is ``<NA>``, a selection drops the row, ``where`` and ``mask`` empty it: what stays is certain;
  ``clip`` sets the bound there. ``column == figure`` compares values. Figures outside columns are equal if they are
  the same figure; so for ``unique``, ``isin``, ``duplicated``, ``value_counts`` and groups by figures.
- Unlike units raise, also for ``==``; like ones convert: ``fillna``, assignment, ``astype("figure[%]")``.
- Refused, too: ``sem skew kurt``, ``groupby.rank``, other powers than 1, 2, 3 …, ``abs`` of what may have either sign.
- pandas makes ``object`` of bare figures: say ``dtype="figure"``. A frame out of a list of figures takes them apart;
  give it columns. ``sum(column)`` grows a formula too deep from some 900 figures on, ``column.sum()`` does not.
"""

from gongbao.figures.frames.accessor import FigureAccessor
from gongbao.figures.frames.array import NOTHING, FigureArray, FigureDtype

__all__ = ["NOTHING", "FigureAccessor", "FigureArray", "FigureDtype"]
