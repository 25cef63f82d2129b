"""The runs of the notebooks of a book, without Sphinx: out of the cache of the last build where they still hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jupyter_cache import get_cache
from nbformat import NotebookNode

from gongbao.build.book import CACHE
from gongbao.prose.notebook import read
from gongbao.results.evidence import EVIDENCE, Witness


def runs(root: Path) -> Iterator[tuple[str, NotebookNode]]:
    """The notebooks of a book by name, with their outputs; those run whose last run rests on what has changed.

    Raises:
        ValueError: if one fails, or is none; the message is one line with notebook, cell and error.
    """
    place, witness = root / "_build" / CACHE, Witness(root)
    cache = get_cache(place) if place.exists() else None
    missing: list[tuple[Path, NotebookNode]] = []
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        notebook = read(path)
        try:
            record = cache.match_cache_notebook(notebook) if cache else None
        except KeyError:
            record = None
        if cache and record and witness.confirms(record.data.get(EVIDENCE)):
            yield path.stem, cache.get_cache_bundle(record.pk).nb
        else:
            missing.append((path, notebook))
    if missing:
        from gongbao.results.runner import Job, run  # who finds all in the cache should not wait for it

        jobs = [Job(path.stem, notebook, path.parent, None) for path, notebook in missing]
        for result in run(jobs, lambda _: None):
            if result.error:
                raise ValueError(result.failure)
            yield result.job.name, result.job.notebook


def outputs(root: Path) -> dict[str, list[dict[str, Any]]]:
    """What the notebooks of a book emit, by name: one mime bundle after the other."""
    return {
        name: [output["data"] for cell in notebook.cells for output in cell.get("outputs", ()) if "data" in output]
        for name, notebook in runs(root)
    }
