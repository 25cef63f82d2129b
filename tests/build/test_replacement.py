"""Folders that are replaced whole or not at all."""

from __future__ import annotations

import os

import pytest

from gongbao.build import replacement
from gongbao.build.replacement import digest, recover, replace, replace_file


@pytest.fixture
def folders(tmp_path):
    """A new folder, and an old one in its place."""
    for name in ("new", "place"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page").write_text(name, "utf-8")
    return tmp_path / "new", tmp_path / "place"


@pytest.fixture(params=[True, False], ids=["one step", "two renames"])
def way(request, monkeypatch):
    if not request.param:
        monkeypatch.setattr(replacement, "_exchange", lambda *_: False)
    return request.param


def test_a_folder_is_replaced_and_nothing_else_is_left(folders, way):
    new, place = folders
    replace(new, place)
    assert (place / "page").read_text("utf-8") == "new"
    assert [path.name for path in place.parent.iterdir()] == ["place"]


def test_a_folder_comes_to_an_empty_place(folders, tmp_path, way):
    replace(folders[0], tmp_path / "elsewhere")
    assert (tmp_path / "elsewhere" / "page").read_text("utf-8") == "new"


class KilledError(BaseException):
    """Nothing handles it, as nothing handles SIGKILL."""


@pytest.mark.parametrize("step", range(6))
def test_a_stop_before_any_step_leaves_one_or_the_other(folders, monkeypatch, way, step):
    new, place = folders
    steps = iter(range(100))

    def stopping(function):
        def call(*arguments, **options):
            if next(steps) == step:
                raise KilledError
            return function(*arguments, **options)

        return call

    monkeypatch.setattr(replacement, "_flush", stopping(replacement._flush))
    monkeypatch.setattr(replacement, "_exchange", stopping(replacement._exchange))
    monkeypatch.setattr(replacement.Path, "rename", stopping(replacement.Path.rename))
    monkeypatch.setattr(replacement.shutil, "rmtree", stopping(replacement.shutil.rmtree))
    stopped = False
    try:
        replace(new, place)
    except KilledError:
        stopped = True
    monkeypatch.undo()
    recover(place)
    assert (place / "page").read_text("utf-8") in ({"new", "place"} if stopped else {"new"})
    assert not replacement._beside(place).exists()


@pytest.mark.skipif(os.name != "posix", reason="the step is Linux's")
def test_a_place_that_cannot_be_written_is_an_error_that_names_it(folders, tmp_path):
    _, place = folders
    with pytest.raises(OSError, match="gone"):
        replacement._exchange(tmp_path / "gone", place)


def test_a_file_is_replaced(tmp_path):
    source, place = tmp_path / "a.pdf", tmp_path / "deep" / "b.pdf"
    for text in ("1", "2"):
        source.write_text(text, "utf-8")
        replace_file(source, place)
        assert place.read_text("utf-8") == text
    assert [path.name for path in place.parent.iterdir()] == ["b.pdf"]


def test_a_digest_sees_names_and_bytes(folders):
    new, place = folders
    assert digest(new) != digest(place)
    (place / "page").write_text("new", "utf-8")
    assert digest(new) == digest(place)
    (place / "book.pdf").write_bytes(b"%PDF")
    assert digest(new) != digest(place)
    assert digest(new) == digest(place, without=["*.pdf"])
    (place / "page").rename(place / "other")
    assert digest(new) != digest(place, without=["*.pdf"])
    assert digest(place / "gone") is None
