"""What a notebook ran on decides whether its outputs may be used again."""

from __future__ import annotations

import shutil
from pathlib import Path

from gongbao.sphinx.freshness import fingerprint

PROJECT = Path(__file__).parents[2]


def test_the_fingerprint_changes_with_each_data_file_and_with_nothing_else(tmp_path):
    shutil.copytree(PROJECT / "data", tmp_path / "data")
    before = fingerprint(tmp_path)
    (tmp_path / "notes.txt").write_text("no input")
    (tmp_path / "data" / "verified.json").write_text("{}")
    assert fingerprint(tmp_path) == before
    for path in sorted((tmp_path / "data").rglob("*.csv")):
        text = path.read_text("utf-8")
        path.write_text(text + "x", "utf-8")
        assert fingerprint(tmp_path) != before, path.name
        path.write_text(text, "utf-8")
    assert fingerprint(tmp_path) == before


def test_another_state_is_another_cache(small_book):
    small_book.write("index.md", "# 书\n\n```{toctree}\nledger\n```\n")
    first = small_book.build().nb_execution_cache_path
    units = small_book.root / "data" / "units.csv"
    units.write_text(units.read_text("utf-8") + "里,length,500,一里,half a kilometre\n", "utf-8")
    assert small_book.build().nb_execution_cache_path != first
