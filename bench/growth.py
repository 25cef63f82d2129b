"""How builds grow with the book: synthetic books of more chapters, and of more rows in the ledger.

Run as ``python bench/growth.py --chapters 10 40 160 --rows 1 10 100``; writes table and picture into bench/results.
A chapter has a ledger of its own, figures that it computes, a table and two charts; the appendix is that of this book
as far as it grows. The same numbers give the same book.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
import numpy as np
import yaml
from measure import GONGBAO, RESULTS, Cost, copy_of_the_book, environment, measure, size, write

from gongbao.chapter import charts
from gongbao.ledger.tables import DATA

SUMS = 31
"""Sums of two parts in the ledger of a chapter: 93 rows, about as many as the chapters of this book have."""

PAGES = 10
"""Pages of a report."""

SHOWN = 12
"""Sums that a chapter computes with, however long its ledger is."""

PARTS_OF_A_SUM = {"total": ("合计", "total"), "first": ("甲类", "first kind"), "second": ("乙类", "second kind")}

SUM = (("", "total"), ("= ", "first"), ("+ ", "second"))

COLORS = (charts.STRONG, charts.DARK, charts.ACCENT, charts.LIGHT, charts.INK, charts.PALE)
MARKERS = "osD^vP"
APPENDIX = ("pages", "dictionary", "downloads")


def columns(table: str) -> list[str]:
    """The columns of a data file of this book."""
    return (DATA / table).read_text("utf-8").partition("\n")[0].split(",")


def topic(chapter: int) -> str:
    """The name of a chapter, its notebook and its ledger."""
    return "topic-" + "".join("abcdefghij"[int(digit)] for digit in str(chapter))  # a number in prose would be typed


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table as those of the project are written."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def ledger_rows(chapter: int, sums: int) -> Iterator[tuple[object, ...]]:
    """Sums with their parts, spread over the pages of the report."""
    first = (chapter - 1) * PAGES + 1
    for number in range(1, sums + 1):
        parts = (number % 89 + chapter % 7 + 1, number % 53 + 2)
        page = first + (number - 1) * PAGES // sums
        for part, value in (("total", sum(parts)), ("first", parts[0]), ("second", parts[1])):
            words = PARTS_OF_A_SUM[part]
            series, name = f"{topic(chapter)}.item{number}.{part}", f"第{number}项{words[0]}"
            phrase = f"{words[0]}{value}家"  # one number only
            yield (
                series,
                2023,
                name,
                f"Item {number}, {words[1]}",
                value,
                "家",
                "exact",
                topic(chapter),
                page,
                phrase,
                "",
            )


def write_data(data: Path, chapters: range, sums: int) -> None:
    """The data package: the tables of this book with synthetic rows; the units are those of this book."""
    package = yaml.safe_load((data / "datapackage.yaml").read_text("utf-8"))
    others = [resource for resource in package["resources"] if "/" not in resource["path"]]
    of_chapters = []
    for folder in ("ledger", "derived", "words"):
        pattern = next(r for r in package["resources"] if r["path"].startswith(f"{folder}/"))
        shutil.rmtree(data / folder)
        (data / folder).mkdir()
        for name in map(topic, chapters):
            words = {"name": f"{folder}-{name}", "title": name, "title_zh": name, "path": f"{folder}/{name}.csv"}
            of_chapters.append(pattern | words)
    for chapter in chapters:
        name = topic(chapter)
        share = f"{name}.{{item}}.share", "{item}中甲类占比", "share of the first kind in {item}", "%", ""
        write_csv(data / "ledger" / f"{name}.csv", columns("ledger/debt.csv"), ledger_rows(chapter, sums))
        write_csv(data / "derived" / f"{name}.csv", columns("derived/debt.csv"), [share])
        items = [("item", f"item{number}", f"第{number}项", f"item {number}", "") for number in range(1, SHOWN + 1)]
        write_csv(data / "words" / f"{name}.csv", columns("words/debt.csv"), items)
    package["resources"] = others + of_chapters
    (data / "datapackage.yaml").write_text(yaml.safe_dump(package, allow_unicode=True, sort_keys=False), "utf-8")
    pages = [((chapter - 1) * PAGES + 1, chapter * PAGES) for chapter in chapters]
    reports = (
        (topic(c), "synthetic-2023-1", *[f"报告{c}", f"Report {c}"] * 2, "机构", "Body", *pages[c - 1])
        for c in chapters
    )
    write_csv(data / "reports.csv", columns("reports.csv"), reports)
    items = ((topic(chapter), number) for chapter in chapters for number in range(1, sums + 1))
    relations = (
        (
            f"{name}.item{number}.sum@2023",
            "identity",
            " ".join(f"{sign}{{{name}.item{number}.{part}@2023}}" for sign, part in SUM),
            "exact",
            "各类相加",
            "The kinds add up",
        )
        for name, number in items
    )
    write_csv(data / "relations.csv", ("relation", "kind", "formula", "verdict", "note_zh", "note_en"), relations)
    for name in ("context", "indicators", "set-aside"):
        head = (data / f"{name}.csv").read_text("utf-8").splitlines()[0]
        (data / f"{name}.csv").write_text(f"{head}\n", "utf-8")
    (data / "verified.json").unlink()


CODE = (
    """shown = {shown}""",
    """from gongbao.chapter import Chapter

chapter = Chapter("{name}")
parts = chapter.frame({{part: f"{name}.{{{{item}}}}.{{part}}@2023" for part in ("total", "first")}}).head(shown)
shares = chapter.publish("{name}.{{item}}.share@2023", parts["first"] / parts["total"])
""",
    """chapter.table("shares", {{"合计": parts["total"], "占比": shares}}, index={{"项": "{{item}}"}}, title="各项占比")
""",
    """for name, figures in (("totals", parts["total"]), ("shares", shares)):
    chapter.chart(figures.plot(kind="bars", height=3), name, title="各项之比")
""",
)


def write_pages(book: Path, chapters: range) -> None:
    """Notebooks and the pages around them."""
    for folder, kept in ((book / "book", {f"{name}.md" for name in APPENDIX}), (book / "notebooks", set())):
        for path in folder.iterdir():
            if path.suffix in {".md", ".ipynb"} and path.name not in kept:
                path.unlink()
    for chapter in chapters:
        write_notebook(book / "notebooks" / f"{topic(chapter)}.ipynb", topic(chapter))
    (book / "book" / "index.md").write_text("# 合成的书\n\n供测量之用。\n", "utf-8")
    tables = "".join(f"## {topic(chapter)}\n\n```{{figures}} {topic(chapter)}\n```\n\n" for chapter in chapters)
    text = f"# 数据总账\n\n{tables}## 推算\n\n```{{figures}} computed\n```\n"
    (book / "book" / "ledger.md").write_text(text, "utf-8")
    files = [f"notebooks/{topic(chapter)}" for chapter in chapters] + [f"book/{name}" for name in ("ledger", *APPENDIX)]
    toc = {"format": "jb-book", "root": "book/index", "chapters": [{"file": file} for file in files]}
    (book / "_toc.yml").write_text(yaml.safe_dump(toc), "utf-8")


def write_notebook(path: Path, name: str) -> None:
    """A chapter: a page of prose with numbers, and its cells."""
    shown = range(1, SHOWN + 1)
    prose = "\n".join(f"[](#{name}.item{n}.total@2023)中，甲类占[](#{name}.item{n}.share@2023)。" for n in shown)
    cells = [nbformat.v4.new_markdown_cell(f"# {name}\n\n{prose}")]
    cells += [nbformat.v4.new_code_cell(code.format(name=name, shown=SHOWN)) for code in CODE]
    cells.append(nbformat.v4.new_markdown_cell("## 数据与来源\n\n```{figures} here\n```"))
    # where a number may be typed
    cells[1].metadata["tags"] = ["parameters"]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)


def write_book(place: Path, chapters: int, rows: int) -> Path:
    """A book of so many chapters with so many times the rows."""
    place.mkdir(parents=True)
    copy_of_the_book(place)
    numbers = range(1, chapters + 1)
    write_data(place / "data", numbers, SUMS * rows)
    write_pages(place, numbers)
    # the texts of the numbers in its prose: a build refuses those that are not what it computes
    command = [sys.executable, "-X", "utf8", "-m", "gongbao", "numbers", "--write"]
    subprocess.run(
        command, cwd=place, env=environment(GONGBAO_DATA=str(place / "data")), check=True, stdout=subprocess.DEVNULL
    )
    return place


@dataclass(frozen=True)
class Point:
    """A book and what building it cost."""

    chapters: int
    rows: int
    costs: dict[str, Cost]
    output: float


def point(book: Path, chapters: int, rows: int) -> Point:
    """Build from nothing; again with nothing, a word, and a row changed."""
    variables = environment()
    costs = {"cold": measure(GONGBAO, book, variables), "nothing": measure(GONGBAO, book, variables)}
    notebook, ledger = book / "notebooks" / f"{topic(1)}.ipynb", book / "data" / "ledger" / f"{topic(1)}.csv"
    notebook.write_text(notebook.read_text("utf-8").replace("中，", "之中，", 1), "utf-8")
    costs["prose"] = measure(GONGBAO, book, variables)
    ledger.write_text(re.sub("Item 1,", "Item one,", ledger.read_text("utf-8")), "utf-8")
    costs["row"] = measure(GONGBAO, book, variables)
    return Point(chapters, rows, costs, size(book / "_build" / "html"))


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """The slope in the log-log plot: 1 is linear."""
    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0]) if len(sizes) > 1 else math.nan


def series(points: Sequence[Point], quantity: str) -> list[float]:
    """One column of the table."""
    if quantity == "output":
        return [p.output for p in points]
    if quantity == "memory":
        return [p.costs["cold"].memory for p in points]
    return [p.costs[quantity].cpu for p in points]


QUANTITIES = {
    "cold": "from nothing, CPU s",
    "nothing": "nothing changed, CPU s",
    "prose": "a word changed, CPU s",
    "row": "a row changed, CPU s",
    "memory": "largest process, MiB",
    "output": "HTML, MiB",
}
"""What is measured, and how it is called."""

COLUMNS = ("chapters", "rows of the ledger", "from nothing, s", *QUANTITIES.values())


@dataclass(frozen=True)
class Axis:
    """One way in which a book grows: how the sizes are called, and a point for each."""

    name: str
    sizes: Sequence[int]
    points: Sequence[Point]


def lines(axis: Axis) -> Iterator[list[object]]:
    """The lines of the table: the points, then the exponents over all and over the last two sizes."""
    columns = [[p.costs["cold"].wall for p in axis.points], *(series(axis.points, quantity) for quantity in QUANTITIES)]
    for number, p in enumerate(axis.points):
        values = (f"{column[number]:.1f}" for column in columns)
        yield [p.chapters, p.chapters * p.rows * SUMS * len(PARTS_OF_A_SUM), *values]
    if len(axis.sizes) > 1:
        yield ["exponent", axis.name, *(f"{exponent(axis.sizes, column):.2f}" for column in columns)]
        yield ["of the last two", axis.name, *(f"{exponent(axis.sizes[-2:], column[-2:]):.2f}" for column in columns)]


def plot(axes: Sequence[Axis]) -> None:
    """Draw everything against size, both scales logarithmic: a straight line at 45 degrees is linear growth."""
    canvas, places = charts.canvas(5.5, rows=len(axes), squeeze=False)
    canvas.set_size_inches(charts.WIDTH, 3.6 * len(axes))
    for place, axis in zip(places[:, 0], axes, strict=True):
        for number, (quantity, name) in enumerate(QUANTITIES.items()):
            values = series(axis.points, quantity)
            place.loglog(axis.sizes, values, MARKERS[number] + "-", color=COLORS[number], label=name)
        place.set_xlabel(axis.name)
        place.legend(fontsize="x-small", loc="center left", bbox_to_anchor=(1, 0.5))
    (RESULTS / "growth.svg").write_text(charts.svg(canvas), "utf-8")


def main() -> None:
    """Measure along both axes and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chapters", type=int, nargs="*", default=[10, 40, 160])
    parser.add_argument("--rows", type=int, nargs="*", default=[1, 10, 100], help="times the rows of ten chapters")
    parser.add_argument("--keep", type=Path, help="only write the first book there, to look into it")
    options = parser.parse_args()
    if options.keep:
        write_book(options.keep, options.chapters[0], options.rows[0])
        return
    known: dict[tuple[int, int], Point] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        for chapters, rows in dict.fromkeys([*((c, 1) for c in options.chapters), *((10, r) for r in options.rows)]):
            book = write_book(Path(place, f"{chapters}-{rows}"), chapters, rows)
            known[chapters, rows] = point(book, chapters, rows)
            told = {name: [round(cost.wall), round(cost.cpu)] for name, cost in known[chapters, rows].costs.items()}
            print(chapters, rows, json.dumps(told), file=sys.stderr, flush=True)
            shutil.rmtree(book)
    axes = [
        Axis("chapters, each with its ledger", options.chapters, [known[c, 1] for c in options.chapters]),
        Axis("rows of the ledger, times", options.rows, [known[10, r] for r in options.rows]),
    ]
    axes = [axis for axis in axes if axis.sizes]
    write("growth", COLUMNS, (line for axis in axes for line in lines(axis)))
    plot(axes)


if __name__ == "__main__":
    main()
