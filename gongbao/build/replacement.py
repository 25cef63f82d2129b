"""Folders that are replaced whole or not at all, whatever ends the program that replaces them.

On Linux two folders change places in one step, so that a reader finds the old one or the new one at any moment. Where
the system has no such step there are two renames; a program that ends between them leaves the old folder beside its
place, and :func:`recover` puts it back. A symbolic link that is turned would do, too, but Windows grants links to few
users, and who copies or packs the folder would get the link.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import shutil
import sys
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_NOT_HERE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}


def replace(new: Path, place: Path) -> None:
    """Put a whole folder in its place; what was there is removed."""
    _flush()
    if not place.exists():
        new.rename(place)
    elif not _exchange(new, place):
        old = _beside(place)
        place.rename(old)
        new.rename(place)
        shutil.rmtree(old)
    remove(new)


def recover(place: Path) -> None:
    """Finish or take back what :func:`replace` could not end."""
    old = _beside(place)
    if old.exists() and not place.exists():
        old.rename(place)
    remove(old)


def replace_file(source: Path, place: Path) -> None:
    """Put a copy of a file in its place."""
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f"{place.name}.part")
    shutil.copy2(source, part)
    _flush()
    part.replace(place)


def remove(folder: Path) -> None:
    """Remove a folder that need not be there."""
    if folder.exists():
        shutil.rmtree(folder)


def digest(path: Path, *, without: Sequence[str] = ()) -> str | None:
    """A digest of names and bytes of a file or a folder, without the files in it whose names match a pattern."""
    if not path.exists():
        return None
    result = hashlib.sha256()
    files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
    for file in files:
        if not any(fnmatch(file.name, pattern) for pattern in without):
            content = hashlib.sha256(file.read_bytes()).hexdigest()
            result.update(f"{file.relative_to(path).as_posix()}\0{content}\n".encode())
    return result.hexdigest()


def _beside(place: Path) -> Path:
    return place.with_name(f"{place.name}.before")


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; false where the system or the file system cannot."""
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        return False
    if libc.renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    if (number := ctypes.get_errno()) in _NOT_HERE:
        return False
    raise OSError(number, os.strerror(number), str(one), None, str(other))


def _flush() -> None:
    """Have on the disk what the next rename will make visible: else a power failure could leave names without bytes."""
    if hasattr(os, "sync"):
        os.sync()
