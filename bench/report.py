"""Put the tables of bench/results into words: writes bench/REPORT.md.

Each bench writes its own tables; ``make bench`` runs all, and this last.
"""

from __future__ import annotations

import csv
from pathlib import Path

from measure import PROJECT, RESULTS

PARTS = {
    "cold": """## From nothing

Environment installed, nothing cached. *Jupyter Book 1* is this book without the runner of this project: MyST-NB runs
the notebooks, one after the other. nbconvert and mkdocs-jupyter convert the notebooks only, and resolve none of the
book's roles and references. A builder that ran no notebook is left out.
""",
    "second-edition": """## The second edition

What English adds to a build of Chinese alone, in turns of their own: the editions are made side by side, so that the
time on the clock depends on a second processor being free.
""",
    "changes": """## After a change

† the page of the chapter does not show the change. = keeps nothing of what it has run: each build is one from nothing.
""",
    "pdf": """## PDF and chapters

After the HTML build, beside the LaTeX route (Sphinx's LaTeX writer and xelatex) for the same book in the same run.
""",
    "pages": """## First view on a phone

360 × 740, 1.6 Mbit/s, 150 ms, a processor four times slower, nothing cached; medians of five.
""",
    "growth": """## Growth

Synthetic books: more chapters, each with a ledger of its own; and ten chapters with longer ledgers. The exponent is the
slope in the log-log plot: 1 is linear.

![All quantities against size, both scales logarithmic](results/growth.svg)
""",
    "verification": """## Verification

The gazette bound to itself so many times, and the ledger with it.
""",
    "cold-machine": """## Machine

The builders were measured on this machine; seconds hold for it alone, ratios are what to compare.
""",
}
"""The tables in their order, with what is said before each."""

HEAD = """# Benchmarks

Written by `make bench` (`RUNS=5` runs of each, `SOURCE=gazette.txt` to measure verification, too), which runs the
scripts of this folder, one after the other. All that is compared takes turns in one run; numbers are medians, with
minimum and maximum in brackets. The load at the end of the list says whether the machine was busy with something else.
"""


def table(path: Path) -> str:
    """A CSV file as a table in Markdown."""
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "".join(f"| {' | '.join(row)} |\n" for row in [head, rule, *rows])


def main() -> None:
    """Write the report of what was measured."""
    there = {RESULTS / f"{name}.csv": words for name, words in PARTS.items() if (RESULTS / f"{name}.csv").exists()}
    parts = [HEAD, *(f"{words}\n{table(path)}" for path, words in there.items())]
    (PROJECT / "bench" / "REPORT.md").write_text("\n".join(parts), "utf-8")


if __name__ == "__main__":
    main()
