"""A cache on disk, ``_build/made``, of what is slow to make of small inputs; builds and languages share it."""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Callable
from pathlib import Path

from gongbao.results.runs import programs, write_whole
from gongbao.typst.typesetting import compile_png

MADE = Path("_build", "made")
"""Where it is kept, below the folder of the book."""

_SEAL = 32
"""The bytes of the digest that stands before what is kept."""


def made_once(root: Path, name: str, of: str, make: Callable[[], bytes]) -> bytes:
    """What ``make`` returns; from the cache if that was made of the same text, by the same programs, and is undamaged.

    Args:
        root: the folder of the book.
        name: what it is called; the languages share what they call the same.
        of: what it is made of, besides the library and what is installed.
        make: makes it.
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
