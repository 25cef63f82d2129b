"""The files of a book: its inputs, and how results are put in their places, whole or not at all."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Container, Iterator, Mapping
from pathlib import Path

from gongbao.prose.toc import pages
from gongbao.results.runs import content, digest_of, make_whole, of_files, programs

_NO_INPUT = {"_build", "__pycache__", "bench", "gongbao", "tests"}
"""Folders without inputs of the book; the library is counted as a whole elsewhere (``programs``)."""

_ENVIRONMENT = ("SOURCE_DATE_EPOCH", "TZ", "LANG", "LANGUAGE", "LC_", "MPL", "DOCUTILS", "SPHINX")


def inputs(found: Mapping[str, str]) -> str:
    """One digest of all inputs of the book: :func:`files`, the library, packages, environment variables, the day."""
    variables = sorted(item for item in os.environ.items() if item[0].startswith(_ENVIRONMENT))
    # in local time, as Sphinx prints it
    day = None if "SOURCE_DATE_EPOCH" in os.environ else time.strftime("%Y-%m-%d")
    return digest_of([found, programs(), variables, day])


def files(root: Path) -> dict[str, str]:
    """The files of the project that the book is made of, by their place in it, each with its digest.

    All files count except notebooks that are no pages of the book, such as a scenario, and files that programs made of
    a notebook beside it, such as ``debt.html``: commands in the README leave such files.
    """
    return {path.relative_to(root).as_posix(): digest(path) for path in sorted(_files(root, set(pages(root))))}


def different(before: Mapping[str, str], after: Mapping[str, str], below: str = "") -> list[str]:
    """The files that were changed, added or removed; only those below a folder, if it is named."""
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
    """Whether a file or folder of this name may be an input; those that builds and tools write are none."""
    return not (name in _NO_INPUT or name.startswith(".") or name.endswith((".egg-info", ".mo")))


def digest(path: Path) -> str:
    """A digest of a file, or of the names and files in a folder; empty if there is none."""
    return of_files(path, path.rglob("*")) if path.is_dir() else content(path)


def replace(new: Path, place: Path) -> None:
    """Replace a folder by a new one; between the two renames the old one is beside its place (:func:`recover`)."""
    if place.exists():
        place.rename(_before(place))
    new.rename(place)
    remove(_before(place))


def recover(place: Path) -> None:
    """Undo an interrupted :func:`replace`."""
    if _before(place).exists() and not place.exists():
        _before(place).rename(place)
    remove(_before(place))


def _before(place: Path) -> Path:
    return place.with_name(f"{place.name}.before")


def link(source: str, place: str) -> None:
    """Hard-link a file; if the system cannot, copy it."""
    try:
        os.link(source, place)
    except OSError:
        shutil.copy2(source, place)


def put(made: Path, place: Path) -> None:
    """Hard-link (or copy) a file atomically, replacing what is there."""
    make_whole(place, lambda part: link(str(made), str(part)))


def remove(place: Path) -> None:
    """Remove a folder, or a file in its place; there need be neither."""
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
