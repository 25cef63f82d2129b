"""Write chapters in all formats: ``python -m gongbao.export [NAME…]``, by default of all of them."""

from __future__ import annotations

import sys
from pathlib import Path

from nbconvert.exporters import get_exporter

from gongbao.export.book import Book, ExportError
from gongbao.typst.typesetting import write_atomically

EXPORTERS = ("shudu-pdf", "shudu-script", "shudu-html")
"""As nbconvert names those of this project; the first two share a builder."""


def main(names: list[str]) -> None:
    """Write the chapters of the book in the current folder to ``_build/chapters``.

    Raises:
        ExportError: if one cannot be exported, or there is none of a name.
    """
    notebooks = {path.stem: path for path in sorted(Path("notebooks").glob("*.ipynb"))}
    if unknown := [name for name in names if name not in notebooks]:
        raise ExportError(f"there is no chapter {'、'.join(unknown)}; the chapters are {' '.join(notebooks)}")
    target = Path("_build", "chapters")
    target.mkdir(parents=True, exist_ok=True)
    # read once; exporter by exporter, because each builder has Sphinx set up anew
    book = Book(Path.cwd())
    for exporter in (get_exporter(name)(book=book) for name in EXPORTERS):
        for name in names or notebooks:
            document, resources = exporter.from_filename(str(notebooks[name]))
            content = document.encode() if isinstance(document, str) else document
            write_atomically(target / f"{name}{resources['output_extension']}", content)
    print(f"The chapters are in {target.as_posix()}")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ExportError as error:
        sys.exit(str(error))
