"""A cache on disk, ``_build/made``, of files that are slow to make from small inputs; all builds share it."""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Callable
from pathlib import Path

from gongbao.results.runs import programs, write_whole
from gongbao.typst.typesetting import compile_png

MADE = Path("_build", "made")
"""The folder of the cache, below the folder of the book."""

_SEAL = 32
"""The length in bytes of the digest at the beginning of a cached file."""


def made_once(root: Path, name: str, of: str, make: Callable[[], bytes]) -> bytes:
    """The result of ``make``, or from the cache if that was made of the same text and programs, and is undamaged.

    Args:
        root: the folder of the book.
        name: of the cached file; languages share files of the same name.
        of: the inputs, besides the library and the installed packages.
        make: makes the contents.
    """
    file = root / MADE / name
    kept = file.read_bytes() if file.is_file() else b""
    if kept[:_SEAL] != _seal(of, kept[_SEAL:]):
        content = make()
        kept = _seal(of, content) + content
        write_whole(file, kept)
    return kept[_SEAL:]


def pictures_once(root: Path, name: str, source: str, density: float, **inputs: str) -> list[bytes]:
    """The pages of Typst markup as PNG (:func:`gongbao.typst.typesetting.compile_png`), made once under a name."""
    made_of = json.dumps([source, density, inputs])
    kept = made_once(root, name, made_of, lambda: pickle.dumps(compile_png(source, density, **inputs)))
    return list(pickle.loads(kept))


def _seal(of: str, content: bytes) -> bytes:
    return hashlib.sha256(f"{programs()} {of} ".encode() + content).digest()
