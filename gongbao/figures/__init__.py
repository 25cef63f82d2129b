"""The value: a number with its unit, the interval that rounding leaves, and the formula and rows it comes from.

Start at :mod:`gongbao.figures.figure`; :mod:`gongbao.figures.frames` has columns of figures in pandas. Imports nothing
of the rest.
"""
