"""The value: a number with its unit, the interval that rounding leaves, and the formula and rows it comes from.

Start at :mod:`~gongbao.figures.figure`. It is made of :mod:`~gongbao.figures.expression` (formulas),
:mod:`~gongbao.figures.interval`, :mod:`~gongbao.figures.units`, :mod:`~gongbao.figures.origin` (claims and sources)
and :mod:`~gongbao.figures.digits` (how many are printed). On top of it :mod:`~gongbao.figures.frames` has columns of
figures in pandas, and :mod:`~gongbao.figures.statistics` what is computed of counts. It imports nothing of the rest.
"""
