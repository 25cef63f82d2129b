"""The words around the numbers of Chinese official texts: units, precision, direction.

The lists are never complete: a missing word shows as a fault of a row that is right, or in the count of what
``draft`` did not propose, and is added here with a test.
"""

from __future__ import annotations

import re

from gongbao.figures.origin import Precision

_SIGNS = ("百", "千", "万", "十万", "百万", "千万", "亿", "十亿", "百亿", "千亿", "万亿")
MULTIPLIERS = {"": 1} | {sign: 10**power for power, sign in enumerate(_SIGNS, 2)}
"""The multipliers that a unit may begin with: 万吨 is ten thousand times 吨."""

_BASES = """
元 美元 欧元 港元 日元 英镑 人 人次 户 户次 户家 家 家次 个 件 件次 套 座 辆 辆次 台 只 头 架 架次 艘
艘次 株 棵 列 趟 班次 车次 亩 亩次 公顷 平方米 平方公里 立方米 公里 千米 米 厘米 毫米 吨 吨标准煤 吨公里
人公里 公斤 千克 克 升 千瓦 千瓦时 兆瓦 吉瓦 度 小时 分钟 秒 天 个月 年 岁 周岁 次 场 场次 项 项次 所 条
类 种 批 批次 轮 门 篇 名 位 处 支 份 起 片 枚 本 节 档 分 期 页 卷 册 幅 股 笔 单 宗 例 例次 床 张
张床位 间 栋 幢 层 道 孔 口 票 对 组 款 级 金 银 铜 大 强 % ‰ 百分点 千分点 基点 倍 成 番 微克/立方米
毫克/立方米 毫克/升 克/千瓦时 分贝 摄氏度 ℃ 标准箱 标箱 TEU GB TB PB 兆 人/平方公里 人/户 元/吨 元/人
元/人月 元/平方米 公里/平方公里 平方公里/个 人年 人日 人天 人月 户（次） 家（次） 套（间）
"""
BASES = tuple(_BASES.split())
"""Units that may follow a number, besides those that units.csv declares."""

PERIODS = ("/日", "/天", "/月", "/年", "/小时", "/秒")
"""Periods that may follow such a unit: 万片/月."""

_CONTINUATIONS = """
项 目(?!标|录|前)  支 出|付|持|撑|援|部|队(?!伍)|行  节 能|约|点|目|水|余|日|假  所 得|有|属|需|在|以
本 级|市|区|省|年|地|科|外|届|次|金|息|币  家 庭|长|属|园|具|电|乡  个 人所得|体工商|税  次 日|要|年|月
人 民|大(?!学|专|胆)|均|口|才|员|工智|社  位 于|列|居|置|次
分 别|布|行|局|管|享|级|配|解|散|公司|支|批|成|红|之|类|钟|贝  天 然|津|府|河|气  期 末|间|初|限|货|待|望|刊
场 所|馆|地|均|景|站  批 复|准|发|评|示  门 诊|槛|类|户|店  类 似|别|型  种 植|类|子|养|质|粮|苗|业
条 件|例|款|约  处 理|置|罚|级|于|分|长|室  份 额  台 阶|账|湾|州|风
名 列|单|义|称|优|特|额|校|医|师|企|录|城|镇|牌  户 籍|外|均|口|型  元 素|旦|宇|器|件|级  套 餐|利|种
起 点|诉|草|步|来|重|飞|始  年 度|底|末|初|均|级|代|龄|报|终|轻  件 套  轮 换|值|胎|渡|候|训|岗  片 区|段
篇 章|幅  档 案  吨 位|级  层 级|面  头 部  只 有|要|能|是|占|为|剩  间 接|隔|断  米 线|粉  股 份|权|东|市
首 次|批|个|届|创|先|席|要|位|府  座 谈|椅|落  道 路|德  口 径|岸|头|碑  对 口|外|接|应|标|比|于|全|上|下
组 织|成|建|长|团|合  级 别  度 假  单 位|元|独|个  成 功|果|本|都|员|品|长|熟|交|就|绩|型|套|为|立|效
金 融|额|属|华|山|桥|秋|牌  银 行|川|牌  铜 陵|牌  大 道|桥|街|学|会|厦|于|幅|力|多|约|概|数据|模型
强 化|度|调|力|制|劲
"""
_PAIRS = _CONTINUATIONS.split()
NO_UNIT = {unit: f"(?!{words})" for unit, words in zip(_PAIRS[::2], _PAIRS[1::2], strict=True)}
"""Lookaheads for one-character units that are part of a word there, and so no units: 784项目, 34支出."""

ALIASES = {"金": "枚", "银": "枚", "铜": "枚", "周岁": "岁", "大": "个", "强": "家"}
"""Words that stand for a unit: medals are counted by their metal, 3金2银; parts as 4大板块, firms as 500强."""

TIMES = frozenset({"年", "个月", "天", "小时", "倍", "成"})
"""Units that 余 or 多 may follow: 4年多."""

# --- precision

BOUND_BEFORE = {
    Precision.UNDER: "不超过|不足|不到|不高于|不多于|至多|最多|(?<=[供予助励贴])最高|未满|控制在|不大于|(?<!不)少于"
    "|(?<!不)小于|接近|近|[<≤]",
    Precision.OVER: "迈上|迈过|站上|跨上|跨过|跃上|不少于|不低于|不小于|至少|最少|(?<!不)多于|(?<!不)大于|突破|超过"
    "|超出|超|逾|达到或超过|[>≥]",
    Precision.ABOUT: "大约|(?<![签合公节制条契特集相简隐违解续毁大预])约|近似",
}
"""Words right before a number that say how exactly it is meant."""

BOUND_BEHIND = {
    Precision.ABOUT: "左右|上下|（预计）",
    Precision.OVER: "以上|及以上",
    Precision.UNDER: "以内|之内|以下|及以下|内(?![^，。；、]?[容部外])",
}
"""Words right after a number and its unit that say how exactly it is meant."""

SCOPES = frozenset({"岁", "周岁"})
"""Units with which 以上 and 以下 name a group, and do not change the precision of the number."""

FORECAST = re.compile("预计(?!和)|预期|估计|预测|约(?=[比占为合有达计])")
"""Words that may make all numbers of their sentence approximate."""

RATE = re.compile("每[十百千万][人户亩家个名]|每[人户]")
"""Words that make a count a rate: 每万人发明专利拥有量."""

# --- direction

FALLING = "下降|减少|回落|降低|缩小|下滑|下跌|收窄|负增长|萎缩|缩减|压减|核减|调减|微降|微跌|跌|降|减"
"""Words that make the number after them negative."""

LOWER = "(?:(?<!不)低于[^，。；、0-9]{0,8}|(?:比|较)[^，。；、0-9]{1,10}[少低])"
"""Words that make a number negative with other words between: 低于全市2个百分点."""

BELOW = re.compile("(?<!不)低于$")
"""A limit, if a number without 百分点 follows directly: 低于5%."""
