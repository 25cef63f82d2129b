"""pandas' own tests of extension arrays, for columns of figures.

What does not apply, and why, stands where it is set aside; ``test_frames.py`` says where figures answer differently.
"""

from __future__ import annotations

import pandas as pd
import pytest
from pandas.tests.extension import base
from pandas.tests.extension.conftest import *  # noqa: F403  fixtures that the tests share

from gongbao.figures.figure import Figure, assumption
from gongbao.figures.frames.array import REDUCTIONS, FigureArray, FigureDtype
from gongbao.ledger.rows import load_units

YI = load_units()["亿元"]
SUPPORTED = {f"__{side}{name}__" for side in ("", "r") for name in ("add", "sub", "mul", "truediv")}
COMPARISONS = {"eq", "ne", "lt", "le", "gt", "ge"}


def figure(value: int) -> Figure:
    """An exact one: pandas compares with floats."""
    return assumption(f"scenario.n{value}", value, YI, "甲", "a")


@pytest.fixture
def dtype():
    return FigureDtype(YI)


@pytest.fixture
def data():
    return FigureArray(map(figure, range(1, 11)))


@pytest.fixture
def data_missing():
    return FigureArray([pd.NA, figure(1)])


@pytest.fixture
def data_for_sorting():
    return FigureArray(map(figure, (2, 3, 1)))


@pytest.fixture
def data_missing_for_sorting():
    return FigureArray([figure(2), pd.NA, figure(1)])


@pytest.fixture
def data_for_grouping():
    a, b, c = map(figure, (1, 2, 3))
    return FigureArray([b, b, pd.NA, pd.NA, a, a, b, c])


@pytest.fixture
def data_for_twos():
    return FigureArray([figure(2)] * 10)


class TestFigures(
    base.BaseAccumulateTests,
    base.BaseArithmeticOpsTests,
    base.BaseCastingTests,
    base.BaseComparisonOpsTests,
    base.BaseConstructorsTests,
    base.BaseDtypeTests,
    base.BaseGetitemTests,
    base.BaseGroupbyTests,
    base.BaseIndexTests,
    base.BaseInterfaceTests,
    base.BaseMethodsTests,
    base.BaseMissingTests,
    base.BasePrintingTests,
    base.BaseReduceTests,
    base.BaseReshapingTests,
    base.BaseSetitemTests,
    base.BaseUnaryOpsTests,
):
    """Not among them: Dim2CompatTests (one column is one dimension), BaseParsingTests (text has no source) and
    BasePlottingTests (it looks for a converter of matplotlib, where ``float`` serves).
    """

    # --- what is expected

    def _honors_copy_keyword(self, data):
        return False

    def _supports_reduction(self, ser, op_name):
        return op_name in {*REDUCTIONS, "count"}

    def check_reduce(self, ser, op_name, skipna):
        options = {} if op_name == "count" else {"skipna": skipna}
        expected = getattr(ser.astype(float), op_name)(**options)
        assert float(getattr(ser, op_name)(**options)) == pytest.approx(expected)

    def _get_expected_reduction_dtype(self, arr, op_name, skipna):
        # the product of ten figures has another unit
        return arr._reduce(op_name, keepdims=True).dtype

    def _supports_accumulation(self, ser, op_name):
        return op_name.removeprefix("cum") in REDUCTIONS

    def check_accumulate(self, ser, op_name, skipna):
        expected = getattr(ser.astype(float), op_name)(skipna=skipna)
        result = getattr(ser, op_name)(skipna=skipna)
        assert [float(one) for one in result] == pytest.approx(list(expected))

    def _get_expected_exception(self, op_name, obj, other):
        return None if op_name in SUPPORTED else TypeError

    def _cast_pointwise_result(self, op_name, obj, other, pointwise_result):
        return pointwise_result.astype("boolean") if op_name in COMPARISONS else pointwise_result

    def test_arith_series_with_array(self, data, all_arithmetic_operators):
        # with a dtype: no row of a column of objects says what its unit would be
        other = pd.Series([data[0]] * len(data), dtype=data.dtype)
        self.check_opname(pd.Series(data), all_arithmetic_operators, other)

    # --- what does not apply

    test_from_dtype = None  # a frame out of a list takes dataclasses apart, as figures are: give it columns

    test_json_roundtrip = None  # what is printed goes out, and printed text has no source to come back with

    test_round = None  # refused: see test_frames.py

    test_value_counts_with_normalize = None  # shares of counts are plain floats, not figures

    def test_argmin_argmax(self, data_for_sorting, data_missing_for_sorting, na_value):
        assert (data_for_sorting.argmax(), data_for_sorting.argmin()) == (1, 2)
        with pytest.raises(ValueError, match="might be the largest"):
            data_missing_for_sorting.argmax()

    test_argmin_argmax_all_na = None  # one that is missing is enough: see test_argmin_argmax

    @pytest.mark.parametrize("op_name", ["idxmax", "idxmin", "argmax", "argmin"])
    @pytest.mark.parametrize("skipna", [True, False])
    def test_argreduce_series(self, data_missing_for_sorting, op_name, skipna):
        with pytest.raises(ValueError, match="Encountered an NA value"):
            getattr(pd.Series(data_missing_for_sorting), op_name)(skipna=skipna)

    test_reduce_array = None  # arrays of figures have reductions by way of columns only
