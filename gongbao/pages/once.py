"""A cache on disk, ``_build/made``, of what is slow to make of small inputs; builds and languages share it."""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Callable
from pathlib import Path

from jinja2.bccache import Bucket, BytecodeCache

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
    if (content := _kept(root / MADE / name, of)) is None:
        _keep(root / MADE / name, of, content := make())
    return content


def _kept(file: Path, of: str) -> bytes | None:
    """What is kept in a file, if it was made of the same and is whole."""
    kept = file.read_bytes() if file.is_file() else b""
    return kept[_SEAL:] if kept[:_SEAL] == _seal(of, kept[_SEAL:]) else None


def _keep(file: Path, of: str, content: bytes) -> None:
    write_whole(file, _seal(of, content) + content)


def pictures_once(root: Path, name: str, source: str, density: float, **inputs: str) -> list[bytes]:
    """The pages of Typst markup as PNG (:func:`gongbao.typst.typesetting.compile_png`), made once under a name."""
    made_of = json.dumps([source, density, inputs])
    kept = made_once(root, name, made_of, lambda: pickle.dumps(compile_png(source, density, **inputs)))
    return list(pickle.loads(kept))


class CompiledTemplates(BytecodeCache):
    """The templates of pages as Jinja compiles them.

    Args:
        root: the folder of the book.
    """

    def __init__(self, root: Path) -> None:
        self.folder = root / MADE / "templates"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take a template as it was compiled last, if that was from the same source."""
        if (content := _kept(self.folder / bucket.key, bucket.checksum)) is not None:
            bucket.bytecode_from_string(content)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template that has been compiled."""
        _keep(self.folder / bucket.key, bucket.checksum, bucket.bytecode_to_string())


def _seal(of: str, content: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(f"{programs()} {of}".encode()).digest() + content).digest()
