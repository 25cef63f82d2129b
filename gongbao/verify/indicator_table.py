"""Compare indicators.csv with the table that it describes: numbers, names, units, judgements, natures, classes.

A block of the table runs from the number and name of one indicator to those of the next. Its two judgements are at
its end; if a row was deleted, a block has two pairs of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from gongbao.ledger.indicator_words import CEILING, CUMULATIVE, END, FINAL, GROWTH, MIDTERM
from gongbao.ledger.rows import Ledger, Row
from gongbao.ledger.tables import Fault, Record
from gongbao.verify.source import Source, folded

_JUDGEMENTS = re.compile(f"({'|'.join(MIDTERM)})({'|'.join(FINAL)})")
_NATURE = re.compile("序号([0-9]+)-([0-9]+)为(预期|约束)性指标")
_NATURES = {"预期": "expected", "约束": "binding"}
_BRACKET = "（[^（）]*）"


def indicator_faults(
    indicators: Sequence[Record], ledger: Ledger, source: Source, claimed: Mapping[int, Row]
) -> Iterator[Fault]:
    """Differences between indicators.csv and the pages of its table, the report with most rows of its series.

    ``claimed`` are the rows by the places where their numbers begin.
    """
    beginnings = tuple(f"{record['series']}." for record in indicators)
    reports = Counter(row.report.key for row in ledger.rows if row.record["series"].startswith(beginnings))
    if not reports:
        return
    report = ledger.reports[reports.most_common(1)[0][0]]
    begin, end = source.stretch(report.first_page, report.last_page)
    text = source.text[begin:end]
    starts = [text.find(record["number"] + folded(record["name_zh"])) for record in indicators]
    stated = {place: row for place, row in claimed.items() if row.report is report}
    natures = [(range(int(first), int(last) + 1), _NATURES[nature]) for first, last, nature in _NATURE.findall(text)]
    for record, start, after in zip(indicators, starts, [*starts[1:], len(text)], strict=True):
        number, name = record["number"], folded(record["name_zh"])
        if start < 0:
            problem = f"the pages {report.first_page}-{report.last_page} do not hold {number} {name}"
            yield record.fault(problem, "number and name as printed there")
        elif after >= 0:
            yield from _block_faults(record, text[start + len(number + name) : after], ledger)
        block = range(begin + start, begin + after if after >= 0 else end)
        own = {place: row for place, row in stated.items() if row.record["series"].startswith(f"{record['series']}.")}
        if stray := next((row.record.place for place, row in own.items() if place not in block), ""):
            problem = f"the series is {record['series']}, of which {stray} has a number elsewhere in the table"
            yield record.fault(problem, f"the series whose numbers stand behind {number} {name}")
        for numbers, nature in natures:
            if int(number) in numbers and record["nature"] != nature:
                yield record.fault(f"the nature is {record['nature']}", f"{nature}, as the notes of the table say")


def _block_faults(record: Record, block: str, ledger: Ledger) -> Iterator[Fault]:
    """Differences between a row and the block after its name."""
    judgements = _JUDGEMENTS.findall(block)
    if len(judgements) != 1:
        problem = f"behind {record['number']} stand {len(judgements)} pairs of judgements before the next indicator"
        yield record.fault(problem, "a row for each indicator of the table, in its order")
        return
    for column, printed in zip(("judgement_midterm", "judgement_end"), judgements[0], strict=True):
        if record[column] != printed:
            yield record.fault(f"the {column} is {record[column]}, the page prints {printed}", f"{printed}")
    if not re.match(f"(?:{_BRACKET})?{re.escape(record['unit'])}", block):
        problem = f"the unit is {record['unit']}, behind the name stands {block[:8]!r}"
        yield record.fault(problem, "the unit of the table")
    in_words = any(id.startswith(f"{record['series']}.target") and id.endswith(f"@{END}") for id in ledger.words)
    classes = {
        GROWTH: "年均增长率" in record["name_zh"] or "年均增速" in record["name_zh"],
        CUMULATIVE: "累计" in block,
        CEILING: "控制数" in record["name_zh"] or "死亡率" in record["name_zh"],
        "text": in_words,
        "share": record["unit"] == "%",
        "level": True,
    }
    expected = next(name for name, applies in classes.items() if applies)
    if record["class"] != expected:
        yield record.fault(f"the class is {record['class']}", f"{expected}, by name, unit and target of the indicator")


def consistency_faults(indicators: Sequence[Record], rows: Sequence[Row]) -> Iterator[Fault]:
    """Contradictions between indicators.csv and the ledger; no page is needed."""
    beginnings = tuple(f"{record['series']}." for record in indicators)
    for place, record in enumerate(indicators, 1):
        if record["number"] != str(place):
            yield record.fault(f"the number is {record['number']}", f"{place}: the numbers of the table, without a gap")
        own = [row for row in rows if row.record["series"].startswith(f"{record['series']}.")]
        if not own and any(row.topic == record["series"].partition(".")[0] for row in rows):
            problem = f"the ledger has nothing of {record['series']}"
            yield record.fault(problem, "a series whose parts are in the ledger")
        for kind, column in (("base", "base_period"), ("midterm", "midterm_period")):
            periods = {row.record["period"] for row in own if kind in row.record["series"].split(".")}
            if periods and record[column] not in periods:
                expected = f"{' or '.join(sorted(periods))}, as in the ledger"
                yield record.fault(f"the {column} is {record[column]}", expected)
    for row in rows:
        series = row.record["series"]
        if ".indicator." in series and not series.startswith(beginnings):
            yield row.record.fault(f"{series} belongs to no row of data/indicators.csv", "a row for its indicator")
