"""What the units of measurement are, so that units.csv is not believed where there is something to hold it against.

Sizes are those of the International System and of the statutory units of China (order of the State Council of 27
February 1984; GB 3100—1993); 亩 is a fifteenth of a hectare (1990). Money and ratios have the size that their own
characters say: 万 is ten thousand. What is counted has the size one, times such a multiplier.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from gongbao.figures.units import COUNT
from gongbao.ledger.rows import load_unit_records
from gongbao.ledger.tables import Fault

_POWERS = zip(("十", "百", "千", "万", "百万", "千万", "亿", "万亿"), (1, 2, 3, 4, 6, 7, 8, 12), strict=True)
MULTIPLIERS = {"": 1} | {sign: 10**power for sign, power in _POWERS}

_SIZES = {
    "money": "元 1",
    "money-usd": "美元 1",
    "money-eur": "欧元 1",
    "money-hkd": "港元 1",
    "ratio": "% 1/100 ‰ 1/1000 百分点 1/100 千分点 1/1000 倍 1 成 1/10",
    "area": "平方米 1 平方公里 1000000 公顷 10000 亩 20000/30",
    "length": "米 1 公里 1000 千米 1000",
    "volume": "立方米 1 升 1/1000",
    "mass": "公斤 1 千克 1 吨 1000",
    "energy": "千瓦时 1",
    "power": "千瓦 1",
    "time": "分钟 1 小时 60 天 1440",
    "years": "年 1",
    "age": "岁 1",
    "rank": "位次 1",
    "text": "文字 1",
    "count-month": "个月 1",
    "score": "分 1",
    "issue": "期 1",
}
SIZES = {
    symbol: (dimension, Fraction(size))
    for dimension, units in _SIZES.items()
    for symbol, size in zip(units.split()[::2], units.split()[1::2], strict=True)
}
"""Dimension and size of each unit without multiplier, in the base unit of its dimension."""

_QUOTIENTS = {"公里/平方公里": Fraction(1, 1000), "人/亿元": Fraction(1, 10**8), "吨标准煤/万元": Fraction(1, 10**4)}
"""Sizes of quotients, which have dimensions of their own."""

_PRINTED_DIGITS = Fraction(1, 10**4)
"""How much a factor may differ that cannot be written whole: 666.6667."""


def unit_faults(data: Path) -> Iterator[Fault]:
    """Units whose size or dimension is not that of their name."""
    for record, unit in load_unit_records(data):
        symbol, dimension = unit.symbol, record["dimension"]
        if not symbol or any(character.isdigit() or character.isspace() for character in symbol):
            yield record.fault(f"the unit is {symbol!r}", "a word or sign without digits and blanks")
            continue
        if found := known_size(symbol):
            known, size = found
        elif dimension.startswith(COUNT):
            # what its first characters multiply it by: 万人次
            known, size = dimension, Fraction(max(MULTIPLIERS[sign] for sign in MULTIPLIERS if _begins(symbol, sign)))
        elif symbol in _QUOTIENTS or symbol.endswith("位次"):
            known, size = dimension, _QUOTIENTS.get(symbol, Fraction(1))
        else:
            expected = f"a unit that counts ({COUNT}…), or an entry in gongbao/verify/registry.py with its source"
            yield record.fault(f"the unit {symbol} measures {dimension}, and its size is in no registry", expected)
            continue
        if dimension != known:
            yield record.fault(f"the unit {symbol} measures {dimension}", f"the dimension {known}")
        if abs(unit.factor - size) > (_PRINTED_DIGITS if size.denominator == 3 else 0):
            yield record.fault(f"the factor of {symbol} is {record['factor']}", f"the factor {float(size):.12g}")


def known_size(symbol: str) -> tuple[str, Fraction] | None:
    """Dimension and size of a unit of the registry, with or without a multiplier before it."""
    for multiplier, factor in MULTIPLIERS.items():
        base = symbol.removeprefix(multiplier)
        if _begins(symbol, multiplier) and base in SIZES:
            dimension, size = SIZES[base]
            return dimension, size * factor
    return None


def _begins(symbol: str, multiplier: str) -> bool:
    return symbol.startswith(multiplier) and symbol != multiplier
