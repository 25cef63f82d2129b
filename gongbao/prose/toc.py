"""Which files are pages of the book: those that ``_toc.yml`` names, in its order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from gongbao.ledger.tables import Fault, FaultyDataError, read_yaml, while_unchanged

if TYPE_CHECKING:
    from sphinx_external_toc.api import SiteMap

TOC = "_toc.yml"

_EXPECTED = "format, root and parts with chapters, as https://sphinx-external-toc.readthedocs.io has them"


def names(root: Path) -> list[str]:
    """The pages of a book by their paths without suffix, in its order; a ValueError if ``_toc.yml`` cannot be read."""
    return [name.removesuffix(".md").removesuffix(".ipynb") for name in _read(root / TOC)]


def pages(root: Path) -> list[Path]:
    """The existing files of pages, in the order of the book; a ValueError if ``_toc.yml`` cannot be read."""
    return [path for path, _ in chapters(root)]


def require_pages(root: Path) -> None:
    """A FaultyDataError that names the pages without a file, if there are any."""
    there = {path.relative_to(root).with_suffix("").as_posix() for path in pages(root)}
    if lost := [name for name in names(root) if name not in there]:
        expected = "a .md or .ipynb of this name below the folder of the book"
        raise FaultyDataError(Fault(TOC, None, f"there is no page {name}", expected) for name in lost)


def chapters(root: Path) -> Iterator[tuple[Path, str]]:
    """The files of the pages in the order of the book, each with the number of its chapter; appendices have none."""
    site, number, chapter = _read(root / TOC), 0, ""
    numbered = {str(page): bool(part.numbered) for part in site.root.subtrees for page in part.items}
    for name in site:
        if name in numbered:  # other pages are parts of a chapter
            number += numbered[name]
            chapter = f"{number}." if numbered[name] else ""
        candidates = (root / f"{name}{suffix}" for suffix in ("", ".md", ".ipynb"))
        if path := next(filter(Path.is_file, candidates), None):
            yield path, chapter


@while_unchanged
def _read(file: Path) -> SiteMap:
    # not above: commands that only look figures up do without
    from sphinx_external_toc.api import GlobItem
    from sphinx_external_toc.parsing import MalformedError, parse_toc_data

    try:
        site = parse_toc_data(read_yaml(file))
    except MalformedError as error:
        raise FaultyDataError([Fault(file.name, None, f"it is no table of contents: {error}", _EXPECTED)]) from None
    items = (item for page in site.values() for part in page.subtrees for item in part.items)
    if glob := next((item for item in items if isinstance(item, GlobItem)), None):
        raise FaultyDataError([Fault(file.name, None, f"{glob} is a pattern, not a page", "file, for each page")])
    return site
