"""Figures in pandas: a column of them has the dtype ``figure[亿元]``, and ``column.figure`` what figures can do."""

from gongbao.frames.accessor import FigureAccessor
from gongbao.frames.array import NOTHING, FigureArray, FigureDtype

__all__ = ["NOTHING", "FigureAccessor", "FigureArray", "FigureDtype"]
