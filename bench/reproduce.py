"""Build the whole book twice from what is committed, in two places and at two times, and compare the bytes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PLACES = {"one": "Asia/Shanghai", "quite/another-place": "America/Los_Angeles"}
EDITIONS = (("html",), ("pdf",), ("pdf", "en"))
MADE = ("_build/html", "_build/pdf", "data")


def digests(root: Path, folders: tuple[str, ...] = MADE) -> dict[str, str]:
    """The digest of each file below the folders of a place, by its path there.

    Raises:
        FileNotFoundError: if a folder is not there: the comparison would hold for nothing.
    """
    if missing := [folder for folder in folders if not (root / folder).is_dir()]:
        raise FileNotFoundError(f"{root} has no {', '.join(missing)}")
    files = [path for folder in folders for path in (root / folder).rglob("*") if path.is_file()]
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def differing(first: Mapping[str, str], second: Mapping[str, str]) -> list[str]:
    """The files that are not the same in both, or are there in one alone."""
    return sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))


def build(place: Path, zone: str, day: str) -> None:
    """Build what is committed; each time in a fresh Python: another seed of the hashes, another process and second."""
    subprocess.run(["git", "clone", "--quiet", PROJECT, place], check=True)
    environment = os.environ | {"SOURCE_DATE_EPOCH": day, "TZ": zone, "PYTHONPATH": str(place), "CI": "true"}
    for edition in EDITIONS:
        start = time.monotonic()
        command = [sys.executable, "-X", "utf8", "-m", "gongbao", "build", *edition]
        done = subprocess.run(command, cwd=place, env=environment, capture_output=True, encoding="utf-8")
        if done.returncode:
            sys.exit(done.stderr)
        print(f"{place.name}: {' '.join(edition)} in {time.monotonic() - start:.0f} s", flush=True)


def main() -> int:
    """Tell every file that differs; 0 if there is none."""
    git = ("git", "log", "-1", "--format=%ct")
    day = subprocess.run(git, cwd=PROJECT, check=True, capture_output=True, text=True).stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        for place, zone in PLACES.items():
            build(Path(folder, place), zone, day)
        first, second = (digests(Path(folder, place)) for place in PLACES)
    different = differing(first, second)
    print(*different, f"{len(different)} of {len(first)} files differ", sep="\n")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
