"""What workers save: notebooks of a book with many chapters, run by Dask on one worker and on more.

``python -m bench.workers --chapters 160 --workers 1 4`` writes ``results/workers.csv``: one row a number of workers and
one for the library alone, which runs as many at a time as there are processors. An engine need not know the book: a run
is a file in ``_build/runs`` that says what it rests on, and a build takes those that hold.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from bench.builds import install_peers
from bench.growth import topics, write_data, write_pages
from bench.measure import copy_of_the_book, environment, measure, write
from gongbao.prose.notebook import read
from gongbao.results.results import sources_of
from gongbao.results.runs import RUNS, run_all

ALONE = 0
"""Stands for the library without an engine."""


def run_one(root: Path, name: str) -> None:
    """Run a notebook; what a worker does."""
    run_all(root, {name: read(root / f"{name}.ipynb")}, print)


def run(root: Path, workers: int) -> None:
    """Run the notebooks of a book that have to run."""
    if workers == ALONE:
        run_all(root, sources_of(root), print)
        return
    import dask
    from distributed import Client

    # a worker starts kernels, which daemons may not
    with (
        dask.config.set({"distributed.worker.daemon": False}),
        Client(n_workers=workers, threads_per_worker=1, dashboard_address=None) as client,
    ):
        names = list(sources_of(root))
        client.gather(client.map(run_one, [root] * len(names), names))


def main() -> None:
    """Measure, each time from nothing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chapters", type=int, default=160)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4])
    parser.add_argument("--run", type=int, help="run the book in this folder on so many workers, and measure nothing")
    options = parser.parse_args()
    if options.run is not None:
        run(Path.cwd(), options.run)
        return
    rows = []
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        book, names = copy_of_the_book(Path(place, "book")), topics(options.chapters)
        write_data(book / "data", names, 1)
        write_pages(book, names)
        programs = install_peers(Path(place, "peers"))
        for workers in (ALONE, *options.workers):
            shutil.rmtree(book / "_build", ignore_errors=True)
            command = (str(programs / "python"), "-m", "bench.workers", "--run", str(workers))
            cost = measure(command, book, environment(book, programs))
            runs = len(list((book / RUNS).rglob("*.ipynb")))
            rows.append({"workers": workers, "chapters": options.chapters, "runs": runs, **asdict(cost)})
            print(rows[-1], file=sys.stderr, flush=True)
    write("workers", rows)


if __name__ == "__main__":
    main()
