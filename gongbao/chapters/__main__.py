"""Write chapters in all formats to ``_build/chapters``: ``python -m gongbao.chapters [NAME…]``, by default of all."""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import sys
from collections.abc import Callable
from pathlib import Path

from gongbao.build.book import Places, inputs
from gongbao.build.process import make_lean
from gongbao.build.replacement import digest

EXPORTERS = (("shudu_pdf", "shudu_script"), ("shudu_html",))
"""As nbconvert names those of this project; those that share a builder, and the pages that it resolves, together."""


def main(root: Path, names: list[str]) -> int:
    """Export chapters, all of them only if anything changed; 0 if they are there afterwards."""
    notebooks = {path.stem: path for path in sorted((root / "notebooks").glob("*.ipynb"))}
    if unknown := [name for name in names if name not in notebooks]:
        print(f"there is no chapter {' '.join(map(repr, unknown))}; there are {', '.join(notebooks)}", file=sys.stderr)
        return 1
    target, record = Places(root).build / "chapters", Places(root).build / "chapters.json"
    where = f"the chapters are in {target.relative_to(root).as_posix()}"
    state = inputs(root)
    if not names and _read(record) == {"inputs": state, "output": digest(target)}:
        print(f"Nothing changed; {where}")
        return 0
    make_lean()
    from gongbao.chapters.book import ExportError  # loads Sphinx, for which who changed nothing need not wait

    try:
        _export(root, [notebooks[name] for name in names or notebooks], target)
    except ExportError as error:
        print(error, file=sys.stderr)
        return 1
    if not names:
        record.write_text(json.dumps({"inputs": state, "output": digest(target)}, indent=1) + "\n", "utf-8")
    print(where[0].upper() + where[1:])
    return 0


def _export(root: Path, notebooks: list[Path], target: Path) -> None:
    """Read the book once; then, builder by builder, since each has Sphinx set up anew, write chapters."""
    from nbconvert.exporters import get_exporter

    from gongbao.chapters.book import Book
    from gongbao.typst.typesetting import write_atomically

    def write(notebook: Path) -> None:
        for exporter in exporters:
            document, resources = exporter.from_filename(str(notebook))
            content = document.encode() if isinstance(document, str) else document
            write_atomically(target / f"{notebook.stem}{resources['output_extension']}", content)

    target.mkdir(parents=True, exist_ok=True)
    book = Book(root)
    for names in EXPORTERS:
        exporters = [get_exporter(name)(book=book) for name in names]  # type: ignore[no-untyped-call]
        book.open(exporters[0].format)
        _side_by_side(write, notebooks)


def _side_by_side(work: Callable[[Path], None], notebooks: list[Path]) -> None:
    """Work on notebooks in as many forks of this process as there are processors; elsewhere than on Linux, in it.

    Raises:
        ExportError: with what went wrong in any of them.
    """
    from gongbao.chapters.book import ExportError

    forks = min(os.cpu_count() or 1, len(notebooks)) if sys.platform == "linux" else 1
    if forks == 1:
        for notebook in notebooks:
            work(notebook)
        return

    def share() -> None:
        try:
            while notebook := waiting.get():
                work(notebook)
        except ExportError as error:
            faults.put(str(error))

    context = multiprocessing.get_context("fork")
    waiting, faults = context.SimpleQueue(), context.SimpleQueue()
    # the largest first, so that the last one is not worked on alone for long; after them, the end for each
    for item in [*sorted(notebooks, key=lambda path: path.stat().st_size, reverse=True), *[None] * forks]:
        waiting.put(item)
    processes = [context.Process(target=share) for _ in range(forks)]
    gc.freeze()  # in the forks the collector would write to what they share with this process, and so copy it
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    if not faults.empty():
        raise ExportError(faults.get())
    if any(process.exitcode for process in processes):
        raise ExportError("not all chapters were exported; what ended the work is printed above")


def _read(record: Path) -> object:
    try:
        return json.loads(record.read_text("utf-8"))
    except (OSError, ValueError):
        return None


if __name__ == "__main__":
    sys.exit(main(Path.cwd(), sys.argv[1:]))
