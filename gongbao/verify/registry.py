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
from gongbao.ledger.rows import load_units
from gongbao.ledger.tables import Fault, Record, read_table
from gongbao.verify.lexicon import MULTIPLIERS

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
    "text": "文字 1",
    "count-month": "个月 1",
    "score": "分 1",
    "issue": "期 1",
    "road-density": "公里/平方公里 1/1000",
    "death-rate": "人/亿元 1/100000000",
    "energy-intensity": "吨标准煤/万元 1/10000",
}
SIZES = {
    symbol: (dimension, Fraction(size))
    for dimension, units in _SIZES.items()
    for symbol, size in zip(units.split()[::2], units.split()[1::2], strict=True)
}
"""Dimension and size of each unit without multiplier, in the base unit of its dimension."""

_SIGNS = {"money": "CNY", "money-usd": "US$", "money-eur": "€", "money-hkd": "HK$"}
"""The sign of each currency, before English numbers in its whole units."""

_ENGLISH = {
    "%": "%",
    "percentage points": "百分点",
    "times": "倍",
    "m²": "平方米",
    "hectares": "公顷",
    "km²": "平方公里",
    "m": "米",
    "km": "公里",
    "m³": "立方米",
    "liters": "升",
    "kg": "公斤",
    "metric tons": "吨",
    "kWh": "千瓦时",
    "kW": "千瓦",
    "minutes": "分钟",
    "hours": "小时",
    "days": "天",
    "years": "年 岁",
    "places": "位次",
    "among suburban districts": "位次",
    "points": "分",
    "issues": "期",
    "km/km²": "公里/平方公里",
    "deaths per CNY 100 million of GDP": "人/亿元",
    "metric tons of coal equivalent per CNY 10,000 of GDP": "吨标准煤/万元",
}
"""The English words, in the plural, for what is not counted, with the units that have their size and dimension."""

_PRINTED_DIGITS = Fraction(1, 10**4)
"""How much a factor may differ that cannot be written whole: 666.6667."""


def unit_faults(data: Path) -> Iterator[Fault]:
    """Units whose size or dimension is not that of their name."""
    units = load_units(data)
    for record in read_table(data / "units.csv"):
        symbol, dimension = record["unit"], record["dimension"]
        yield from _english_faults(record)
        if not symbol or any(character.isdigit() or character.isspace() for character in symbol):
            yield record.fault(f"the unit is {symbol!r}", "a word or sign without digits and blanks")
            continue
        if found := known_size(symbol):
            known, size = found
        elif dimension.startswith(COUNT):
            # what its first characters multiply it by: 万人次
            known, size = dimension, Fraction(max(MULTIPLIERS[one] for one in MULTIPLIERS if symbol.startswith(one)))
        else:
            expected = f"a unit that counts ({COUNT}…), or an entry in gongbao/verify/registry.py with its source"
            yield record.fault(f"the unit {symbol} measures {dimension}, and its size is in no registry", expected)
            continue
        if dimension != known:
            yield record.fault(f"the unit {symbol} measures {dimension}", f"the dimension {known}")
        if abs(units[symbol].factor - size) > (_PRINTED_DIGITS if size.denominator == 3 else 0):
            yield record.fault(f"the factor of {symbol} is {record['factor']}", f"the factor {float(size):.12g}")


def _english_faults(record: Record) -> Iterator[Fault]:
    """An English word or sign that is not of the size and quantity of its unit."""
    dimension, word = record["dimension"], record["many_en"]
    size = Fraction(record["factor_en"] or record["factor"])
    if sign := _SIGNS.get(dimension):
        if (record["prefix_en"], word) != (sign, "") or size != 1:
            said = f"{record['prefix_en']} {word}".strip()
            problem = f"the English of {record['unit']} is {said!r}, of size {float(size):g}"
            yield record.fault(problem, f"{sign}, of size 1")
        return
    alike = map(known_size, _ENGLISH.get(word, "").split())
    if word and not dimension.startswith(COUNT) and (dimension, size) not in alike:
        problem = f"the English of {record['unit']} is {word!r}, of size {float(size):g}"
        yield record.fault(problem, f"a word for {dimension}, with the size that gongbao/verify/registry.py has for it")


def known_size(symbol: str) -> tuple[str, Fraction] | None:
    """Dimension and size of a unit of the registry, with or without a multiplier before it; of any kind of rank."""
    if symbol.endswith("位次"):
        return "rank", Fraction(1)
    for multiplier, factor in MULTIPLIERS.items():
        if symbol.startswith(multiplier) and (base := SIZES.get(symbol.removeprefix(multiplier))):
            return base[0], base[1] * factor
    return None
