"""What a book is made of, and how what was made is put in its place."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from gongbao.build.files import files, inputs, recover, replace
from gongbao.results import runs


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """The sources of a book of two pages."""
    root = tmp_path / "book"
    (root / "data").mkdir(parents=True)
    toc = "format: jb-book\nroot: index\nchapters: [{file: page}, {file: chapter}]\n"
    for name in ("_config.yml", "index.md", "page.md", "chapter.ipynb", "data/units.csv", "requirements.txt"):
        (root / name).write_text("", "utf-8")
    (root / "_toc.yml").write_text(toc, "utf-8")
    return root


def test_what_is_made_of_notebooks_is_no_input(book):
    before = inputs(files(book))
    shutil.copy(book / "chapter.ipynb", book / "scenario.ipynb")
    for name in ("chapter.html", "chapter.pdf", "chapter.py", "scenario.html", "chapter.nbconvert.ipynb"):
        (book / name).write_text("made", "utf-8")
    (book / "chapter_files").mkdir()
    (book / "chapter_files" / "a.png").write_bytes(b"")
    assert inputs(files(book)) == before
    (book / "helper.py").write_text("made by hand", "utf-8")
    assert inputs(files(book)) != before


@pytest.mark.parametrize(
    "name",
    ["page.md", "chapter.ipynb", "data/units.csv", "_config.yml", "_toc.yml", "requirements.txt", "static/book.css"],
)
def test_each_kind_of_file_is_an_input(book, name):
    before = inputs(files(book))
    path = book / name
    path.parent.mkdir(exist_ok=True)
    with path.open("ab") as file:
        file.write(b"\n")
    assert inputs(files(book)) != before


def test_names_library_packages_and_day_are_inputs(book, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    seen = [inputs(files(book))]

    def differs() -> bool:
        seen.append(inputs(files(book)))
        return seen[-1] not in seen[:-1]

    (book / "page.md").rename(book / "leaf.md")
    assert differs()
    for part in ("library", "packages"):
        monkeypatch.setattr(runs, part, lambda part=part: f"another {part}")
        assert differs()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    assert differs()
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    monkeypatch.setattr(time, "strftime", lambda *_: "2030-01-01")
    assert differs()
    monkeypatch.setattr(time, "strftime", lambda *_: "2030-01-02")
    assert differs()


def test_what_a_build_writes_is_no_input(book):
    before = inputs(files(book))
    (book / "_build").mkdir()
    (book / "_build" / "more").write_text("", "utf-8")
    assert inputs(files(book)) == before


@pytest.mark.parametrize("renames", [0, 1, 2])
def test_a_folder_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch, renames):
    """Whatever ends the program: before the first rename, between the two, or after them."""
    place, new = tmp_path / "place", tmp_path / "new"
    for folder, text in ((place, "old"), (new, "new")):
        folder.mkdir()
        (folder / "a.txt").write_text(text)
    left, rename = [renames], Path.rename

    def rename_or_end(path: Path, target: Path) -> Path:
        if not left[0]:
            raise SystemExit
        left[0] -= 1
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", rename_or_end)
    if renames < 2:
        with pytest.raises(SystemExit):
            replace(new, place)
    else:
        replace(new, place)
    monkeypatch.undo()
    recover(place)
    assert (place / "a.txt").read_text() == ("new" if renames == 2 else "old")
    assert not (tmp_path / "place.before").exists()
