"""Which files are pages of the book: those that ``_toc.yml`` names, in its order."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx_external_toc.api import SiteMap

TOC = "_toc.yml"


def names(root: Path) -> list[str]:
    """The pages of a book by their paths without suffix, in its order; a ValueError if that cannot be read."""
    return [name.removesuffix(".md").removesuffix(".ipynb") for name in _read(root)]


def pages(root: Path) -> list[Path]:
    """The files of the pages that are there, in the order of the book; a ValueError if that cannot be read."""
    return [path for path, _ in chapters(root)]


def chapters(root: Path) -> Iterator[tuple[Path, str]]:
    """The files of the pages in the order of the book, each with the number of its chapter; appendices have none."""
    site, number, chapter = _read(root), 0, ""
    numbered = {str(page): bool(part.numbered) for part in site.root.subtrees for page in part.items}
    for name in site:
        if name in numbered:  # others are parts of a chapter
            number += numbered[name]
            chapter = f"{number}." if numbered[name] else ""
        candidates = (root / f"{name}{suffix}" for suffix in ("", ".md", ".ipynb"))
        yield from ((path, chapter) for path in candidates if path.is_file())


def _read(root: Path) -> SiteMap:
    return _parsed((root / TOC).read_text("utf-8"))


@lru_cache(1)
def _parsed(text: str) -> SiteMap:
    # not above: commands that only look figures up do without
    from sphinx_external_toc.parsing import MalformedError, parse_toc_data
    from yaml import YAMLError, safe_load

    try:
        return parse_toc_data(safe_load(text))
    except (MalformedError, YAMLError) as error:
        raise ValueError(f"{TOC} cannot be read: {' '.join(str(error).split())}") from None
