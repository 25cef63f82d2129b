"""Proposals of rows for a text without a ledger."""

from __future__ import annotations

import re
import time

import pytest

from gongbao.figures.origin import Precision
from gongbao.ledger.rows import load_units
from gongbao.ledger.tables import Record
from gongbao.verify.draft import Draft, page_ranges, propose, score
from gongbao.verify.rules import GENERAL, Rule, load_rules
from gongbao.verify.source import Source

YEAR = Rule("year", re.compile("20[0-9]{2}年"), GENERAL, Record("data/set-aside.csv", 2, {}))


def drafted(*pages: str) -> Draft:
    return propose(Source(pages, "0" * 64), load_units().values(), [YEAR])


def proposals(*pages: str):
    return drafted(*pages).proposals


@pytest.mark.parametrize(
    ("text", "value", "unit", "precision"),
    [
        ("债务余额126.8亿元。", "126.8", "亿元", Precision.ROUNDED),
        ("检查125家。", "125", "家", Precision.EXACT),
        ("设立两个。", "2", "个", Precision.EXACT),
        ("服务5万余人次。", "5", "万人次", Precision.OVER),
        ("约300人次。", "300", "人次", Precision.ABOUT),
        ("同比下降3.2%。", "-3.2", "%", Precision.ROUNDED),
        ("高于全市2个百分点。", "2", "百分点", Precision.ROUNDED),
        ("低于全市2个百分点。", "-2", "百分点", Precision.ROUNDED),
        ("人口84.79万人。", "84.79", "万人", Precision.ROUNDED),
        ("突破2万亿元。", "2", "万亿元", Precision.OVER),
        ("用电12亿千瓦时。", "12", "亿千瓦时", Precision.ROUNDED),
        ("获3金。", "3", "枚", Precision.EXACT),
        ("列第4位。", "4", "位次", Precision.EXACT),
        ("共8座。", "8", "座", Precision.EXACT),
        ("预计收入5亿元。", "5", "亿元", Precision.ROUNDED),
        ("负增长2.1%。", "-2.1", "%", Precision.ROUNDED),
        ("产能达6万片/月。", "6", "万片/月", Precision.ROUNDED),
        ("供水2立方米/日。", "2", "立方米/日", Precision.ROUNDED),
        ("标准1280元/月。", "1280", "元/月", Precision.ROUNDED),
        ("浓度31微克/立方米。", "31", "微克/立方米", Precision.ROUNDED),
        ("惠及9万户（次）。", "9", "万户（次）", Precision.ROUNDED),
        ("建成7万套（间）。", "7", "万套（间）", Precision.ROUNDED),
        ("事故率下降5%以上。", "-5", "%", Precision.UNDER),
        ("费用减少近3亿元。", "-3", "亿元", Precision.OVER),
        ("费用减少3亿余元。", "-3", "亿元", Precision.UNDER),
        ("费用下降超过3%。", "-3", "%", Precision.UNDER),
        ("费用减少了约3亿元。", "-3", "亿元", Precision.ABOUT),
        ("增速不超过-3%。", "-3", "%", Precision.UNDER),
        ("涨幅控制在3.5%左右。", "3.5", "%", Precision.ABOUT),
        ("涨幅控制在3.5%以内。", "3.5", "%", Precision.UNDER),
        ("提供最高60%的补助。", "60", "%", Precision.UNDER),
        ("红（负债率≥70%）。", "70", "%", Precision.OVER),
        ("绿（负债率<30%）。", "30", "%", Precision.UNDER),
        ("收入预计和支出计划收入8亿元。", "8", "亿元", Precision.ROUNDED),
    ],
)
def test_a_number_is_proposed_with_unit_sign_and_precision(text, value, unit, precision):
    (proposal,) = proposals(text)
    assert (proposal.value, proposal.unit, proposal.precision) == (value, unit, precision)


@pytest.mark.parametrize(
    "text", ["第10期", "第7次", "784项目", "34支出", "97,743节能环保", "2023年", "一批项目", "500强企业"]
)
def test_what_is_no_figure_is_not_proposed(text):
    assert proposals(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "建设“五个中心”",
        "坚持“三个抓”方法",
        "统筹“四本”预算",
        "落实“一个目标、五个转变”",
        "推动“新两类”产品",
        "出台“20条”和“暖企18条”",
        "10亿元级项目",
        "10万吨级码头",
        "市三届人大二次会议",
        "县委三届十二次全会",
        "十一届二次、三次全会",
        "第二十一次、二十二次会议",
        "过去五年",
        "不平凡的五年",
        "五年净增",
        "五年来",
        "新一轮三年产业政策",
        "发放两项补贴",
        "九大类民生支出",
        "省十件民生实事",
        "三项费用",
        "五个新城建设",
        "三位一体",
        "实现两位数增长",
        "以下十一个方面",
        "超过两个五年规划总和",
        "15分钟养老服务圈",
        "3.2026年预算草案",
    ],
)
def test_a_number_in_a_name_or_a_slogan_is_not_proposed(text):
    assert propose(Source((text,), "0" * 64), load_units().values(), load_rules()).proposals == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("“五年来，败诉160件”", "160"),
        ("“上云”1000家", "1000"),
        ("“专精特新”两家", "2"),
        ("召开五次会议", "5"),
        ("在册20条", "20"),
        ("连续三年增长", "3"),
        ("连续五年增长", "5"),
        ("长达三年的工期", "3"),
        ("修订两项办法", "2"),
        ("三年累计5亿元", "5"),
        ("比重3.2026个百分点", "3.2026"),
    ],
)
def test_a_number_beside_a_name_is_proposed(text, value):
    found = propose(Source((text,), "0" * 64), load_units().values(), load_rules()).proposals
    assert value in [proposal.value for proposal in found]


def test_a_number_under_a_rule_is_not_proposed():
    assert [p.value for p in proposals("2023年余额5亿元，到2024年止。")] == ["5"]


def test_a_phrase_stands_once_on_its_page():
    first, second = proposals("", "甲方5亿元，乙方5亿元。")
    assert (first.page, first.phrase, second.phrase) == (2, "甲方5亿元", "乙方5亿元")


def test_a_phrase_cuts_no_other_number():
    _, second = proposals("甲125家3个，乙12家3个。")[1::2]
    assert second.phrase == "12家3个"


def test_a_phrase_of_a_rank_in_a_list_begins_where_the_list_does():
    assert [proposal.phrase for proposal in proposals("分别列第3、2、6位。")] == ["第3", "第3、2", "第3、2、6位"]


def test_what_is_left_out_is_counted_by_what_follows():
    draft = drafted("乘17号线、2号线，增1.5万亿元。")
    assert draft.left == {"号线": 2}
    assert draft.undeclared == {"万亿元": 1}
    assert draft.summary() == [
        "1 numbers proposed, 2 not: no unit is known that follows them",
        "not proposed, by what follows: 号线 2",
        "proposed in units that units.csv does not declare yet: 万亿元 1",
    ]


def test_pages_are_listed_in_runs():
    assert page_ranges([1, 3, 4, 5, 9]) == "1, 3-5, 9"
    assert page_ranges([]) == ""


@pytest.mark.parametrize(
    "page",
    [
        "1" * 20_000,
        "1,111" * 5_000,
        "1 " * 10_000,
        "十" * 20_000,
        "第" * 20_000,
        "下降" * 10_000,
        "1-" * 10_000,
        "百分之" * 9_000,
        "".join(f"第{n % 7}批资金{n}亿元，" for n in range(5_000)),
    ],
)
def test_no_page_hangs(page):
    start = time.process_time()
    drafted(page)
    assert time.process_time() - start < 20


def test_recall_and_precision_on_the_gazette(whole_ledger, real_gazette):
    source = Source.read(real_gazette)
    proposals = propose(source, whole_ledger.units.values(), load_rules()).proposals
    proposed, stated, met = score(proposals, whole_ledger)
    assert met / proposed > 0.98
    assert met / stated > 0.85
