"""How builds grow: a book of copies of one chapter of this book, with more chapters, or with more rows in each ledger.

``python -m bench.growth --chapters 10 40 160 --rows 1 10 100`` writes ``results/growth.csv``, one row a build. Each
copy has a notebook, a ledger, relations and words of its own; of the other pages those are there that grow with it.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
from pathlib import Path

import pandas as pd
import yaml

from bench.builds import Builder, Change, turn
from bench.measure import PROJECT, copy_of_the_book, environment, measure, mebibytes, write

COPIED = "audit"
FIRST = f"{COPIED}-a"
BUILDER = Builder(["python", "-m", "gongbao", "build", "html"], shows=f"_build/html/notebooks/{FIRST}.html")
NUMBERS = ("python", "-m", "gongbao", "numbers", "--write")
CHANGES = {
    "nothing": Change(f"notebooks/{FIRST}.ipynb", "(?=审计查出的问题改了没有)", "", "审计查出的问题改了没有"),
    "a word of prose": Change(f"notebooks/{FIRST}.ipynb", "(?<=审计查出的问题改了没有)", "词{letter}", "词{letter}"),
    "a row of the ledger": Change(
        f"data/ledger/{FIRST}.csv", "(?<=完成审计（调查）项目)(?=,)", "改{letter}", "项目改{letter}"
    ),
}
FOLDERS = ("ledger", "derived", "words")
APPENDIX = ("ledger", "pages", "dictionary", "glossary", "downloads", "bibliography")
IDS = re.compile(rf"(?<![\w.-]){COPIED}(?=[.\"\\])|(?<=fig-){COPIED}(?=-)")
"""The name of the chapter in the ids of its figures and charts, and in names of files."""


def topics(count: int) -> list[str]:
    """Names of copies: in letters, since a number in prose would have to be that of a figure."""
    return [f"{COPIED}-" + "".join("abcdefghij"[int(digit)] for digit in str(number)) for number in range(count)]


def copied_rows(path: Path, times: int) -> str:
    """The rows of a ledger, and copies of them, each for a year of its own."""
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    copies = [rows.assign(period=str(1900 + number)) for number in range(1, times)]
    return pd.concat([rows, *copies]).to_csv(index=False, lineterminator="\n")


def rows_of_others(data: Path) -> dict[Path, str]:
    """What other ledgers have that the notebook takes from them, by their files."""
    used = (PROJECT / "notebooks" / f"{COPIED}.ipynb").read_text("utf-8").replace("\\", "")
    found: dict[Path, str] = {}
    for path in sorted(data.glob("ledger/*.csv")):
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
        rows = rows[[f'"{series}@' in used for series in rows["series"]]]
        if path.stem != COPIED and len(rows):
            found[path] = rows.to_csv(index=False, lineterminator="\n")
    return found


def write_data(data: Path, names: list[str], times: int) -> None:
    """The data package: for each copy its tables, and no others but those of the whole book."""
    package = yaml.safe_load((data / "datapackage.yaml").read_text("utf-8"))
    foreign = rows_of_others(data)
    kept = {f"ledger/{path.name}" for path in foreign}
    resources = [r for r in package["resources"] if r["path"].split("/")[0] not in FOLDERS or r["path"] in kept]
    for folder in FOLDERS:
        own = data / folder / f"{COPIED}.csv"
        text = copied_rows(own, times) if folder == "ledger" else own.read_text("utf-8")
        (pattern,) = (r for r in package["resources"] if r["path"] == f"{folder}/{COPIED}.csv")
        shutil.rmtree(own.parent)
        own.parent.mkdir()
        for name in names:
            (own.parent / f"{name}.csv").write_text(IDS.sub(name, text), "utf-8")
            title = {"title": name, "title_zh": name}
            resources.append(pattern | title | {"name": f"{folder}-{name}", "path": f"{folder}/{name}.csv"})
    for path, text in foreign.items():
        path.write_text(text, "utf-8")
    package["resources"] = resources
    (data / "datapackage.yaml").write_text(yaml.safe_dump(package, allow_unicode=True, sort_keys=False), "utf-8")
    for table, topics_of in {"relations": r"\{([\w-]+)\.", "nouns": r"^([\w-]+)\."}.items():
        path = data / f"{table}.csv"
        head, *lines = path.read_text("utf-8").splitlines(keepends=True)
        own_lines = [line for line in lines if set(re.findall(topics_of, line)) == {COPIED}]
        outside = [line for line in lines if line.startswith("external.")]
        copies = [IDS.sub(name, line) for name in names for line in own_lines]
        path.write_text("".join([head, *outside, *copies]), "utf-8")
    for table in ("indicators", "set-aside"):
        path = data / f"{table}.csv"
        path.write_text(path.read_text("utf-8").splitlines(keepends=True)[0], "utf-8")
    (data / "verified.json").unlink()


def write_pages(book: Path, names: list[str]) -> None:
    """A notebook for each copy, and the pages around them."""
    text = (book / "notebooks" / f"{COPIED}.ipynb").read_text("utf-8")
    for path in (*book.glob("notebooks/*.ipynb"), *book.glob("book/*.md")):
        if path.stem not in APPENDIX:
            path.unlink()
    for name in names:
        (book / "notebooks" / f"{name}.ipynb").write_text(IDS.sub(name, text), "utf-8")
    (book / "book" / "index.md").write_text("# 副本\n\n供测量之用。\n", "utf-8")
    (book / "book" / "addresses.yaml").unlink()
    ledgers = sorted(path.stem for path in book.glob("data/ledger/*.csv"))
    (book / "book" / "sources.md").write_text("# 来源\n\n```{absences}\n```\n", "utf-8")
    listings = "".join(f"## {name}\n\n```{{figures}} {name}\n```\n\n" for name in ledgers)
    computed = "## 推算\n\n```{figures} computed\n```\n"
    (book / "book" / "ledger.md").write_text(f"# 数据总账\n\n{listings}{computed}", "utf-8")
    files = [*(f"notebooks/{name}" for name in names), *(f"book/{name}" for name in (*APPENDIX, "sources"))]
    toc = {"format": "jb-book", "root": "book/index", "chapters": [{"file": file} for file in files]}
    (book / "_toc.yml").write_text(yaml.safe_dump(toc), "utf-8")


def main() -> None:
    """Measure along both axes: chapters with their rows, and rows of ten chapters."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chapters", type=int, nargs="*", default=[10, 40, 160])
    parser.add_argument("--rows", type=int, nargs="*", default=[1, 10, 100], help="times the rows of ten chapters")
    options = parser.parse_args()
    points = [*(("chapters", count, 1) for count in options.chapters), *(("rows", 10, times) for times in options.rows)]
    measured = []
    for axis, count, times in points:
        with tempfile.TemporaryDirectory(prefix="bench-") as place:
            book = copy_of_the_book(Path(place, "book"))
            names = topics(count)
            write_data(book / "data", names, times)
            write_pages(book, names)
            variables = environment(book)
            # the numbers of charts in its prose: a build refuses those that are not what it counts
            measure(NUMBERS, book, variables)
            rows = sum(len(path.read_text("utf-8").splitlines()) - 1 for path in book.glob("data/ledger/*.csv"))
            for row in turn(BUILDER, book, variables, CHANGES, run=1):
                point = {"axis": axis, "size": count if axis == "chapters" else rows, "chapters": count, "rows": rows}
                measured.append(point | row | {"html": mebibytes(book / "_build" / "html")})
                print(measured[-1], file=sys.stderr, flush=True)
    write("growth", measured)


if __name__ == "__main__":
    main()
