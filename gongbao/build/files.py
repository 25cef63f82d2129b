"""The files of a book: which of them it is made of, and how what was made is put in its place whole or not at all."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Container, Iterator, Mapping
from pathlib import Path

from gongbao.prose.toc import pages
from gongbao.results.runs import content, digest_of, make_whole, of_files, programs

_NO_INPUT = {"_build", "__pycache__", "bench", "gongbao", "tests"}
"""Folders with nothing of the book; the library counts as a whole."""

_ENVIRONMENT = ("SOURCE_DATE_EPOCH", "TZ", "LANG", "LANGUAGE", "LC_", "MPL", "DOCUTILS", "SPHINX")


def inputs(found: Mapping[str, str]) -> str:
    """One digest of everything that the book is made of: its :func:`files`, the library, what is installed."""
    variables = sorted(item for item in os.environ.items() if item[0].startswith(_ENVIRONMENT))
    # as Sphinx prints it: of the place, not of Greenwich
    day = None if "SOURCE_DATE_EPOCH" in os.environ else time.strftime("%Y-%m-%d")
    return digest_of([found, programs(), variables, day])


def files(root: Path) -> dict[str, str]:
    """The files of the project that the book is made of, by their place in it, each with its digest.

    Any file counts but notebooks that are no pages of the book, such as a scenario, and what programs made of a
    notebook beside it, such as ``debt.html``: commands that the README names leave them.
    """
    return {path.relative_to(root).as_posix(): digest(path) for path in sorted(_files(root, set(pages(root))))}


def different(before: Mapping[str, str], after: Mapping[str, str], below: str = "") -> list[str]:
    """The files that changed, came or went; those of one folder, if it is named."""
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    return [name for name in changed if name.startswith(f"{below}/" if below else "")]


def _files(root: Path, chapters: Container[Path]) -> Iterator[Path]:
    for folder, folders, files in os.walk(root):
        notebooks = {name.removesuffix(".ipynb") for name in files if name.endswith(".ipynb")}
        # debt_files is where nbconvert puts the pictures of debt.ipynb
        folders[:] = [name for name in folders if _is_input(name) and name.removesuffix("_files") not in notebooks]
        for path in (Path(folder, name) for name in files if _is_input(name)):
            if path in chapters or (path.suffix != ".ipynb" and path.stem not in notebooks and path.is_file()):
                yield path


def _is_input(name: str) -> bool:
    """Whether what is called so may have a part in the book; what builds and tools write has none."""
    return not (name in _NO_INPUT or name.startswith(".") or name.endswith((".egg-info", ".mo")))


def digest(path: Path) -> str:
    """A digest of a file, or of the names and files in a folder; empty if there is none."""
    return of_files(path, path.rglob("*")) if path.is_dir() else content(path)


def replace(new: Path, place: Path) -> None:
    """Put a whole folder in its place; between the two renames the old one is beside it (:func:`recover`)."""
    if place.exists():
        place.rename(_before(place))
    new.rename(place)
    remove(_before(place))


def recover(place: Path) -> None:
    """Take back what :func:`replace` could not end."""
    if _before(place).exists() and not place.exists():
        _before(place).rename(place)
    remove(_before(place))


def _before(place: Path) -> Path:
    return place.with_name(f"{place.name}.before")


def link(source: str, place: str) -> None:
    """Give a file another name; where the system has no such names, copy it."""
    try:
        os.link(source, place)
    except OSError:
        shutil.copy2(source, place)


def put(made: Path, place: Path) -> None:
    """Let a file that was made also be found in another place, as a whole, whatever is there."""
    make_whole(place, lambda part: link(str(made), str(part)))


def remove(place: Path) -> None:
    """Remove a folder, or a file where one should be; it need not be there."""
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
