"""Figures in pandas: a column of them has the dtype ``figure[亿元]``, and ``column.figure`` knows what figures know.

Start reading at ``array``, the dtype; ``accessor`` has ``column.figure``. It is pandas otherwise: indexing, alignment,
``groupby``, ``merge``, ``concat``, ``pivot``, ``stack``, ``explode``, pickles.

What is answered differently, refused, or made plain floats is told to authors in ``book/notebooks.md``; beyond that:

- ``+ - * / sum mean median min max prod``, ``cumsum`` and its kind, ``diff``, ``pct_change``, and all of these by
  group, carry unit, rounding interval and formula.
- What is missing makes a sum missing, since a total that passes over an unknown number is false; ``skipna`` changes
  nothing. ``idxmax`` raises if one is missing. ``first``, ``last`` and ``count`` are of what is known, as in pandas.
- Of a comparison that is ``<NA>``, pandas drops the row, ``where`` and ``mask`` empty it: what stays is certain;
  ``clip`` sets the bound there. ``column == figure`` compares values. Figures by themselves compare as things; so do
  ``unique``, ``isin``, ``duplicated``, ``value_counts`` and groups by figures.
- Unlike units raise, also for ``==``; like ones convert: ``fillna``, assignment, ``astype("figure[%]")``.
- Refused, too: ``sem skew kurt``, ``groupby.rank``, other powers than 1, 2, 3 …, ``abs`` of what may have either sign.
- pandas makes ``object`` of bare figures: say ``dtype="figure"``. A frame out of a list of figures takes them apart;
  give it columns. ``sum(column)`` grows a formula too deep from some 900 figures on, ``column.sum()`` does not.
"""

from gongbao.figures.frames.accessor import FigureAccessor
from gongbao.figures.frames.array import NOTHING, FigureArray, FigureDtype

__all__ = ["NOTHING", "FigureAccessor", "FigureArray", "FigureDtype"]
