"""Known sizes of units of measurement, against which units.csv is checked.

Sizes are those of the International System and of the statutory units of China (order of the State Council of 27
February 1984; GB 3100—1993); 亩 is a fifteenth of a hectare (1990). Money and ratios have the size that their
characters say: 万 is ten thousand. Counts have the size one, times such a multiplier.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from gongbao.figures.units import COUNT
from gongbao.ledger.rows import load_units
from gongbao.ledger.tables import Fault, Record, read_table
from gongbao.verify.lexicon import MULTIPLIERS

_REGISTRY = """
money 元 1 CNY
money-usd 美元 1 US$
money-eur 欧元 1 €
money-hkd 港元 1 HK$
ratio % 1/100 %
ratio ‰ 1/1000
ratio 百分点 1/100 percentage points
ratio 千分点 1/1000
ratio 倍 1 times
ratio 成 1/10
area 平方米 1 m²
area 平方公里 1000000 km²
area 公顷 10000 hectares
area 亩 20000/30
length 米 1 m
length 公里 1000 km
length 千米 1000 km
volume 立方米 1 m³
volume 升 1/1000 liters
mass 公斤 1 kg
mass 千克 1 kg
mass 吨 1000 metric tons
energy 千瓦时 1 kWh
power 千瓦 1 kW
time 分钟 1 minutes
time 小时 60 hours
time 天 1440 days
years 年 1 years
age 岁 1 years
rank 位次 1 No.
rank 个位次 1 places
rank 郊区位次 1 No. among suburban districts
text 文字 1
count-month 个月 1
score 分 1 points
issue 期 1 issues
road-density 公里/平方公里 1/1000 km/km²
death-rate 人/亿元 1/100000000 deaths per CNY 100 million of GDP
energy-intensity 吨标准煤/万元 1/10000 metric tons of coal equivalent per CNY 10,000 of GDP
"""
_KNOWN = [(*line.split(maxsplit=3), "")[:4] for line in _REGISTRY.strip().splitlines()]
SIZES = {symbol: (dimension, Fraction(size)) for dimension, symbol, size, _ in _KNOWN}
"""Dimension and size of each unit without multiplier, in the base unit of its dimension."""

_ENGLISH = {(said, dimension, Fraction(size)) for dimension, _, size, said in _KNOWN}
"""English unit words, before and after a number and in the plural, with the dimension and size they stand for."""

_PRINTED_DIGITS = Fraction(1, 10**4)
"""The tolerance for factors with endless decimals: 666.6667."""


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
            # the multiplier that its first characters are: 万人次
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
    """English words of another size or dimension than their unit; money has to have its sign."""
    dimension, said = record["dimension"], f"{record['prefix_en']} {record['many_en']}".strip()
    size = Fraction(record["factor_en"] or record["factor"])
    if dimension.startswith(COUNT) and size != 1:
        problem = f"the English of {record['unit']} counts {float(size):g} at a time"
        yield record.fault(problem, "factor_en 1: English counts one by one, and takes words of scales_en for more")
    is_said = said or dimension.startswith("money")
    if is_said and not dimension.startswith(COUNT) and (said, dimension, size) not in _ENGLISH:
        problem = f"the English of {record['unit']} is {said!r}, of size {float(size):g}"
        known = [f"{one}, of size {float(its):g}" for one, of, its in sorted(_ENGLISH) if one and of == dimension]
        yield record.fault(problem, f"a word for {dimension}: {'; '.join(known)} (gongbao/verify/registry.py)")


def known_size(symbol: str) -> tuple[str, Fraction] | None:
    """Dimension and size of a unit of the registry, with or without a multiplier before it; of any kind of rank."""
    if symbol.endswith("位次"):
        return "rank", Fraction(1)
    for multiplier, factor in MULTIPLIERS.items():
        if symbol.startswith(multiplier) and (base := SIZES.get(symbol.removeprefix(multiplier))):
            return base[0], base[1] * factor
    return None
