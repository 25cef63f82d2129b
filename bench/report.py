"""Put what was measured into words: writes bench/REPORT.md from bench/results, and adds what was measured earlier."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bench.builds import FROM_NOTHING, tables
from bench.measure import PROJECT, RESULTS

HEAD = """# Benchmarks

Written by `make bench` (`RUNS=5` runs of each), which runs the programs of this folder, one after the other. All that
is compared takes turns in one run; numbers are medians, with minimum and maximum in brackets. Seconds hold for the
machine they were measured on (at the end), ratios are what to compare; its load says whether it was busy with something
else.
"""
FROM = """## From nothing: {name}

Environment installed, nothing cached. Ratios are to *{reference}*{left_out}.
"""
CHANGED = """## After a change: {name}

Seconds, and in brackets minimum and maximum. † the page does not show the change. — keeps nothing of what it has run:
each build is one from nothing.
"""
PEERS = """*Jupyter Book 1, plain* is the same pages and notebooks without the extensions of this project, *jupyter-book
build* is it with them. Plain Jupyter Book, nbconvert and mkdocs-jupyter resolve none of the book's roles and links to
figures, and do not know what notebooks read: they do less.
"""
LIVE = """## While it is written: make live

Seconds from saving a change until both languages show it, and in brackets minimum and maximum.
"""
PROFILE = """## Where the seconds go

Processor seconds of a build from nothing. Pages are written under Python's profiler, which takes about twice as long:
shares are what to read. What is made once for all languages is under *all*.
"""
PAGES = """## First view on a phone

360 × 740, 1.6 Mbit/s, 150 ms, a processor four times slower, nothing cached; medians. The goals are at most 300 kB,
1.5 s and a shift of 0.01.
"""
GROWTH = """## Growth

A book of copies of one chapter, each with a ledger of its own; and ten of them with longer ledgers. Seconds are those
of processors. The exponent is the slope in the log-log plot: 1 is linear.
"""
WORKERS = """## Workers

The notebooks of a book of {chapters} copies of one chapter, run from nothing by Dask on so many workers, each of which
runs one at a time; and by the library alone, which runs as many at a time as there are processors.
"""


def spread(values: pd.Series) -> str:
    """The median, with minimum and maximum."""
    return f"{values.median():.1f} ({values.min():.1f}–{values.max():.1f})"


def from_nothing(builds: pd.DataFrame, reference: str) -> pd.DataFrame:
    """For each builder what a build from nothing costs, and the ratios of the medians to those of a reference.

    Without the reference, as LaTeX where it is not installed, there are no ratios.
    """
    cold = builds[builds["change"] == FROM_NOTHING].groupby("builder", sort=False)
    medians = cold[["wall", "cpu", "memory"]].median()
    ratios = medians / (medians.loc[reference] if reference in medians.index else np.nan)
    return pd.DataFrame(
        {
            "s": cold["wall"].apply(spread),
            "ratio": ratios["wall"].map("{:.2f}".format),
            "CPU s": cold["cpu"].apply(spread),
            "ratio of CPU": ratios["cpu"].map("{:.2f}".format),
            "largest process, MiB": medians["memory"].map("{:.0f}".format),
            "runs": cold.size(),
        }
    ).replace("nan", "—")


def after_changes(builds: pd.DataFrame, changes: Sequence[str]) -> pd.DataFrame:
    """For each builder and change the seconds of a build, and a sign where the page did not show the change."""
    groups = builds.groupby(["builder", "change"], sort=False)
    cells = groups["wall"].apply(spread) + groups["fresh"].all().map({True: "", False: " †"})
    wide = cells.unstack("change").reindex(index=builds["builder"].unique(), columns=list(changes))
    return wide.fillna("—").rename(columns=lambda change: f"{change}, s")


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """The slope in the log-log plot: 1 is linear, 0 is constant."""
    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0])


def growth(builds: pd.DataFrame, axis: str) -> pd.DataFrame:
    """For each size what builds cost; then the exponents over all sizes, and over the last two."""
    along = builds[builds["axis"] == axis]
    points = along.pivot(index="size", columns="change", values="cpu").add_suffix(", s")
    cold = along[along["change"] == FROM_NOTHING].set_index("size")
    points = points[[f"{change}, s" for change in along["change"].unique()]].assign(
        **{"largest process, MiB": cold["memory"], "HTML, MiB": cold["html"]}
    )
    rows = {str(size): [f"{value:.1f}" for value in values] for size, *values in points.itertuples()}
    for name, last in {"exponent": points, "exponent of the last two": points.tail(2)}.items():
        if len(last) > 1:
            rows[name] = [f"{exponent(last.index, last[column]):.2f}" for column in last]
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(points)).rename_axis(axis)


def parts_of_a_build(parts: pd.DataFrame) -> pd.DataFrame:
    """The seconds of each part, a column for each language."""
    wide = parts.pivot(index="part", columns="language", values="s").reindex(
        index=parts["part"].unique(), columns=parts["language"].unique()
    )
    return wide.apply(lambda column: column.map("{:.1f}".format)).replace("nan", "").add_suffix(", s")


def page_views(views: pd.DataFrame) -> pd.DataFrame:
    """The medians of each page."""
    medians = views.groupby("page", sort=False).median()
    digits = {"kB": 0, "requests": 0, "paint": 2, "shift": 3}
    texts = pd.DataFrame({name: medians[name].map(f"{{:.{count}f}}".format) for name, count in digits.items()})
    return texts.set_axis(["kB, compressed", "requests", "largest paint, s", "shift"], axis="columns")


def speed_up(runs: pd.DataFrame) -> pd.DataFrame:
    """What running on workers costs, and how many times faster it is than on one."""
    one = runs.loc[runs["workers"] == 1, "wall"].iloc[0]
    named = runs["workers"].map(lambda count: f"Dask, {count}" if count else "the library alone")
    columns = {"s": runs["wall"].map("{:.0f}".format), "CPU s": runs["cpu"].map("{:.0f}".format)}
    ratios = (one / runs["wall"]).map("{:.2f}".format)
    return pd.DataFrame({**columns, "times faster than one": ratios}).set_axis(named.rename("workers"))


def markdown(table: pd.DataFrame) -> str:
    """A table in Markdown, numbers as they are written."""
    return table.to_markdown(disable_numparse=True, colalign=["left", *["right"] * len(table.columns)]) + "\n"


def measured(name: str) -> pd.DataFrame | None:
    """What was measured, if it was."""
    path = RESULTS / f"{name}.csv"
    return pd.read_csv(path) if path.exists() else None


def parts() -> list[str]:
    """The parts of the report: those that were measured."""
    texts = [HEAD]
    for name, table in tables().items():
        if (builds := measured(name)) is not None:
            reference = table["reference"]
            left_out = "" if reference in set(builds["builder"]) else ", which was not installed: there are none"
            texts += [FROM.format(name=name, reference=reference, left_out=left_out)]
            texts += [PEERS] if name == "html" else []
            texts += [markdown(from_nothing(builds, reference))]
            texts += [CHANGED.format(name=name), markdown(after_changes(builds, list(table["changes"])))]
    if (shown := measured("live")) is not None:
        each = shown.groupby("change", sort=False)["s"]
        texts += [LIVE, markdown(pd.DataFrame({"s": each.apply(spread), "runs": each.size()}))]
    if (profile := measured("profile")) is not None:
        texts += [PROFILE, markdown(parts_of_a_build(profile))]
    if (views := measured("pages")) is not None:
        texts += [PAGES, markdown(page_views(views))]
    if (builds := measured("growth")) is not None:
        texts += [GROWTH, *(markdown(growth(builds, axis)) for axis in builds["axis"].unique())]
    if (runs := measured("workers")) is not None:
        texts += [WORKERS.format(chapters=runs["chapters"].iloc[0]), markdown(speed_up(runs))]
    machines = {path.name.split(".")[0]: pd.read_csv(path, dtype=str) for path in sorted(RESULTS.glob("*.machine.csv"))}
    if machines:
        machine = pd.concat(machines).droplevel(1).rename_axis("measured")
        texts += ["## Machine\n", markdown(machine)]
    earlier = PROJECT / "bench" / "earlier.md"
    return [*texts, earlier.read_text("utf-8")] if earlier.exists() else texts


if __name__ == "__main__":
    (PROJECT / "bench" / "REPORT.md").write_text("\n".join(parts()), "utf-8")
