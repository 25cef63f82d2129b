"""What the words around a number say of it: unit, sign, precision."""

from __future__ import annotations

import pytest

from gongbao.figures.origin import Precision
from gongbao.ledger.rows import load_units
from gongbao.verify.around import RANK, Reader, Reading
from gongbao.verify.numerals import numerals
from gongbao.verify.source import folded

READER = Reader(load_units())


def read(text: str) -> list[Reading]:
    plain = folded(text)
    return READER.read_all(plain, numerals(plain, READER.declared))


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("债务率为16.3%", "16.3", "%"),
        ("提高1.2个百分点", "1.2", "百分点"),
        ("提高两个百分点", "2", "百分点"),
        ("培训5万余人次", "5", "万人次"),
        ("服务5万人次", "5", "万人次"),
        ("参加300人次", "300", "人次"),
        ("共有三轮", "3", "轮"),
        ("检查一百二十三家", "123", "家"),
        ("工作4年多", "4", "年"),
        ("年产3万吨", "3", "万吨"),
        ("产值1.5万亿元", "1.5", "万亿元"),
        ("用电12亿千瓦时", "12", "亿千瓦时"),
        ("出生率6.5‰", "6.5", "‰"),
        ("浓度31微克/立方米", "31", "微克/立方米"),
        ("获3金", "3", "金"),
        ("1，234万元", "1234", "万元"),
        ("1234．5亿元", "1234.5", "亿元"),
        ("３.5%", "3.5", "%"),
        ("６．６％", "6.6", "%"),
        ("5𝟔家", "56", "家"),
        ("占百分之九十五", "95", "%"),
        ("一千二百三十四万元", "1234", "万元"),
    ],
)
def test_unit_is_multiplier_and_base(text, value, unit):
    (reading,) = read(text)
    assert (str(reading.numeral.value), reading.unit) == (value, unit)


@pytest.mark.parametrize(
    "text", ["97,743节能环保", "34支出", "784项目", "3所得税", "5本级", "12个人所得", "7家庭", "余额5"]
)
def test_unit_is_not_the_beginning_of_a_word(text):
    assert [reading.unit for reading in read(text)] == [""]


@pytest.mark.parametrize(("text", "unit"), [("3支队伍", "支"), ("86项目标", "项"), ("5个项目", "个"), ("8节", "节")])
def test_unit_before_a_word_that_only_looks_like_it(text, unit):
    assert [reading.unit for reading in read(text)] == [unit]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("增长5.2%", ["5.2"]),
        ("下降5.2%", ["-5.2"]),
        ("减少了3.1亿元", ["-3.1"]),
        ("回落约0.5个百分点", ["-0.5"]),
        ("低于全市2.0个百分点", ["-2.0"]),
        ("不低于80%", ["80"]),
        ("负增长2.1%", ["-2.1"]),
        ("比上年少5家", ["-5"]),
        ("下降到5.2%", ["5.2"]),
        ("下降5.2%后回升3.0%", ["-5.2", "3.0"]),
        ("分别下降5.2%、3.1%和1.0%", ["-5.2", "-3.1", "-1.0"]),
        ("22 -3 -13.6%", ["22", "-3", "-13.6"]),
        ("左右－4.3", ["-4.3"]),
        ("左右−4.3", ["-4.3"]),
        ("8-10个", ["8", "10"]),
        ("5%-8%", ["5", "8"]),
        ("2019年-2021年", ["2019", "2021"]),
        ("增长3%，低于3.8%的水平", ["3", "3.8"]),
    ],
)
def test_sign_follows_from_the_words_before(text, values):
    assert [str(reading.numeral.value) for reading in read(text)] == values


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("约300人次", Precision.ABOUT),
        ("签约60个", None),
        ("217家左右", Precision.ABOUT),
        ("超过60家", Precision.OVER),
        ("突破60家", Precision.OVER),
        ("不少于60家", Precision.OVER),
        ("不低于60%", Precision.OVER),
        ("至少60家", Precision.OVER),
        ("30余次", Precision.OVER),
        ("6万余条", Precision.OVER),
        ("50多个", Precision.OVER),
        ("4年多", Precision.OVER),
        ("70%以上", Precision.OVER),
        ("近20家", Precision.UNDER),
        ("不足20家", Precision.UNDER),
        ("不超过20家", Precision.UNDER),
        ("低于5%", Precision.UNDER),
        ("一年内", Precision.UNDER),
        ("3岁以下", None),
        ("16周岁以上", None),
        ("84.79万人", None),
        ("20家", None),
    ],
)
def test_precision_follows_from_the_words_at_the_number(text, precision):
    (reading,) = read(text)
    assert reading.precision == precision
    assert (reading.start, reading.end) == (0, len(text)) or precision is None


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("第4位", RANK),
        ("全市第2", RANK),
        ("列第三", RANK),
        ("第10期", ""),
        ("第7次", ""),
        ("第31届", ""),
        ("第3名", RANK),
    ],
)
def test_an_ordinal_is_a_rank_or_nothing(text, unit):
    (reading,) = read(text)
    assert (reading.ordinal, reading.unit) == (True, unit)


def test_a_number_holds_its_words():
    text = "同比下降5.2%左右。"
    (reading,) = read(text)
    assert text[reading.start : reading.end] == "下降5.2%左右"
    assert text[reading.numeral.start : reading.numeral.end] == "5.2"


@pytest.mark.parametrize(
    ("text", "head"),
    [("增长率%8左右3.8", "%"), ("件30·24.7·35.3", "件"), ("平方米0.24·0.19", "平方米"), ("合计5亿元·7", "")],
)
def test_the_unit_of_a_cell_stands_at_its_head(text, head):
    assert READER.unit_of_head(text, len(text) - 1) == head
