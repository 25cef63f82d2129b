"""A notebook as a job on whatever machine, and its run taken over into the cache of the book: see the Snakefile here.

``python bench/one_notebook.py run notebooks/debt.ipynb RUN.json`` runs one notebook and writes it with the evidence of
what it has read; ``python bench/one_notebook.py keep RUN.json…`` puts runs into the cache. Jobs share no database:
jupyter-cache keeps one in SQLite, which network file systems do not lock well.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import nbformat
import yaml
from gongbao.results.evidence import EVIDENCE, Witness
from gongbao.results.runner import Job, run
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn

from gongbao.build.book import Places

BOOK = Path(__file__).resolve().parents[1]


def run_one(path: Path, target: Path) -> None:
    """Run a notebook as the book does."""
    os.environ["GONGBAO_DATA"] = str(BOOK / "data")
    timeout = yaml.safe_load((BOOK / "_config.yml").read_text("utf-8"))["execute"]["timeout"]
    notebook = nbformat.read(path, as_version=4)
    (result,) = run([Job(path.stem, notebook, path.resolve().parent, timeout)], lambda done: None)
    if result.error:
        sys.exit(f"{path}: {result.report}")
    evidence = Witness(BOOK).evidence(result.inputs or {})
    # a target that is there is whole
    written = target.with_suffix(".part")
    written.write_text(json.dumps({"notebook": notebook, "seconds": result.seconds, EVIDENCE: evidence}), "utf-8")
    written.replace(target)


def keep(runs: Sequence[Path]) -> None:
    """Put runs into the cache that the book is built from."""
    cache = get_cache(Places(BOOK).cache)
    for path in runs:
        kept = json.loads(path.read_text("utf-8"))
        data = {"execution_seconds": kept["seconds"], EVIDENCE: kept[EVIDENCE]}
        source = BOOK / "notebooks" / f"{path.stem}.ipynb"
        bundle = CacheBundleIn(nbformat.from_dict(kept["notebook"]), str(source), data=data)
        cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def main(what: str, *paths: str) -> None:
    """Do what is asked for."""
    if what == "run":
        run_one(*map(Path, paths))
    else:
        keep([*map(Path, paths)])


if __name__ == "__main__":
    main(*sys.argv[1:])
