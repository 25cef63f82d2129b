"""How the time of `verify` grows with the gazette: the same gazette bound 1, 10 and 100 times into one.

Run as ``python bench/verification.py SOURCE``; writes a table into bench/results.
"""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

from measure import write

from gongbao.ledger.rows import Ledger
from gongbao.verify.source import Source
from gongbao.verify.verification import load_rules, verify

RUNS = 5


def enlarged(ledger: Ledger, source: Source, times: int) -> tuple[Ledger, Source]:
    """Bind a gazette to itself so many times; the rows follow their pages."""
    count = len(source.pages)
    rows = [replace(row, page=row.page + copy * count) for copy in range(times) for row in ledger.rows]
    return Ledger(rows, ledger.units, ledger.reports), Source(source.pages * times, source.sha256)


def seconds(ledger: Ledger, source: Source) -> float:
    """Measure one verification."""
    start = time.perf_counter()
    result = verify(ledger, source, load_rules())
    if not result.passed:
        sys.exit("the ledger does not hold: there is nothing to measure")
    return time.perf_counter() - start


def main(path: Path) -> None:
    """Write rows, pages, the median of the runs, and the ratio to the gazette as it is."""
    ledger, source = Ledger.load(), Source.read(path)
    lines, first = [], None
    for times in (1, 10, 100):
        large, bound = enlarged(ledger, source, times)
        median = statistics.median(seconds(large, Source(bound.pages, bound.sha256)) for _ in range(RUNS))
        first = first or median
        lines.append([times, len(large.rows), len(bound.pages), f"{median:.2f}", f"{median / first:.1f}"])
    write("verification", ("gazettes in one", "rows", "pages", "s", "of one gazette"), lines)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
