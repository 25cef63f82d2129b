"""Figures in pandas: a column of them has the dtype ``figure[亿元]``, and ``column.figure`` knows what figures know.

Start reading at ``array``, the dtype; ``accessor`` has ``column.figure``. It is pandas otherwise: indexing, alignment,
``groupby``, ``merge``, ``concat``, ``pivot``, ``stack``, ``explode``, pickles.

**The same, with more behind it.** ``+ - * /`` with columns, figures and whole numbers carry unit, rounding interval and
formula; so do ``sum mean median min max prod``, ``cumsum`` and its kind, ``diff``, ``pct_change``, and all of these
by group. Columns print honest digits, with their tolerance where those are few; so do CSV and JSON, as text.

**Answered differently.**

- What is missing makes a sum, mean, largest or the like missing: a total that passes over an unknown number is false.
  ``skipna`` changes nothing; say ``column.dropna().sum()`` where a part is meant. The sum of nothing is missing, too,
  not 0. ``idxmax`` raises if one is missing. ``first``, ``last`` and ``count`` are of what is known, as in pandas.
- Comparisons have three answers, ``<NA>`` where the intervals leave it open or a figure is missing. As pandas does,
  ``column[column > other]`` drops what is ``<NA>``, ``where`` and ``mask`` empty it: what stays is certain; ``clip``
  sets the bound there. ``all``, ``any`` and ``sum`` of a comparison pass over ``<NA>``, ``all(skipna=False)`` does not.
  ``column == figure`` compares values. Figures by themselves compare as things; so do ``unique``, ``isin``,
  ``duplicated``, ``value_counts`` and groups by figures.
- Order goes by the value as printed, whatever the intervals: ``sort_values``, ``rank``, ``min``, ``max``, ``median``.
- Unlike units raise, also for ``==``; like ones convert: ``fillna``, assignment, ``astype("figure[%]")``.

**Refused, in one line.** Floats in arithmetic, comparison, ``fillna`` and columns, since a typed number has no source;
whole numbers but 0 and 1 beside a percentage, since nobody knows whether 5 is meant to be 5 % (to multiply is fine);
``// %``, other powers than 1, 2, 3 …; ``std var sem skew kurt quantile describe any all`` and ``groupby.rank``;
``round``, since no digit is printed that has to go; ``interpolate``; ``abs`` of what may have either sign;
``astype(int)``; ``nlargest``, for which pandas wants numbers of numpy: ``sort_values(ascending=False).head(n)``.

**Plain floats, without a word.** ``astype(float)`` is the way to numbers for a look or a plot; unit, interval and
source stay behind. pandas does it by itself for ``plot hist boxplot corr cov cut rolling expanding ewm``, and so does
matplotlib, which keeps to one unit an axis.

**Mind.** pandas makes ``object`` of bare figures (``pd.Series([a, b])``, ``frame.assign(x=a)``, ``frame["x"] = a``,
``frame.apply(…, axis=1)``), whose ``mean`` is a float; say ``dtype="figure"`` or ``.astype("figure")``. A frame out of
a list of figures takes them apart; give it columns. ``sum(column)`` grows a formula too deep from some 900 figures
on, ``column.sum()`` does not.
"""

from gongbao.figures.frames.accessor import FigureAccessor
from gongbao.figures.frames.array import NOTHING, FigureArray, FigureDtype

__all__ = ["NOTHING", "FigureAccessor", "FigureArray", "FigureDtype"]
