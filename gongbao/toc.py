"""Which files are pages of the book: those that ``_toc.yml`` names, in its order."""

from __future__ import annotations

from pathlib import Path

TOC = "_toc.yml"
SUFFIXES = ("", ".md", ".ipynb")


def names(root: Path) -> list[str]:
    """The pages of a book by their paths without suffix, in its order.

    Raises:
        ValueError: if the table of contents cannot be read.
    """
    from sphinx_external_toc.parsing import MalformedError, parse_toc_yaml  # what only looks figures up does without
    from yaml import YAMLError

    try:
        found = parse_toc_yaml(root / TOC)
    except (MalformedError, YAMLError) as error:
        raise ValueError(f"{TOC} cannot be read: {' '.join(str(error).split())}") from None
    return [name.removesuffix(".md").removesuffix(".ipynb") for name in found]


def pages(root: Path) -> list[Path]:
    """The files of the pages that are there, in the order of the book.

    Raises:
        ValueError: if the table of contents cannot be read.
    """
    candidates = (root / f"{name}{suffix}" for name in names(root) for suffix in SUFFIXES)
    return [path for path in candidates if path.is_file()]
