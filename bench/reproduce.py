"""Build the whole book twice from what is committed, in two places and at two times, and compare the bytes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from gongbao.build.replacement import digest

PROJECT = Path(__file__).resolve().parents[1]
PLACES = ("one", "quite/another-place")
ZONES = ("Asia/Shanghai", "America/Los_Angeles")
PARTS = ("_build/html", "_build/pdf", "data")


def git(*arguments: str) -> str:
    """What git answers."""
    return subprocess.run(["git", *arguments], cwd=PROJECT, check=True, capture_output=True, text=True).stdout.strip()


def build(place: Path, zone: str, day: str) -> dict[str, str | None]:
    """The digest of each file of a clean build."""
    subprocess.run(["git", "clone", "--quiet", str(PROJECT), str(place)], check=True)
    environment = os.environ | {"SOURCE_DATE_EPOCH": day, "TZ": zone, "PYTHONPATH": str(place), "CI": "true"}
    # a fresh Python each time: another seed of the hashes, another process, another second
    for edition in ("html", "pdf"):
        start = time.monotonic()
        command = [sys.executable, "-X", "utf8", "-m", "gongbao", "build", edition]
        done = subprocess.run(command, cwd=place, env=environment, capture_output=True, encoding="utf-8")
        if done.returncode:
            sys.exit(done.stderr)
        print(f"{place.name}: {edition} in {time.monotonic() - start:.0f} s", flush=True)
    files = [path for part in PARTS for path in (place / part).rglob("*") if path.is_file()]
    return {path.relative_to(place).as_posix(): digest(path) for path in sorted(files)}


def main() -> int:
    """Tell every file that differs; 0 if there is none."""
    day = git("log", "-1", "--format=%ct")
    with tempfile.TemporaryDirectory() as folder:
        first, second = (build(Path(folder, place), zone, day) for place, zone in zip(PLACES, ZONES, strict=True))
    different = sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))
    print(*different, f"{len(different)} of {len(first)} files differ", sep="\n")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
