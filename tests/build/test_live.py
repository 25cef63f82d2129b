"""While the book is written, what is saved is shown: in every language, on pages that are open, whatever is wrong."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PATIENCE = 60
CONFIG = """\
title: 小书
only_build_toc_files: true
exclude_patterns: [_build]
execute: {execute_notebooks: "off"}
sphinx:
  extra_extensions: [gongbao.pages]
  config: {language: zh_CN, html_math_renderer: mathml}
"""
PAGES = {
    "_config.yml": CONFIG,
    "_toc.yml": "format: jb-book\nroot: index\nchapters: [{file: ledger}]\n",
    "index.md": "# 首页\n\n甲\n",
    "ledger.md": "# 总账\n\n```{figures} debt\n```\n",
    "locale/en/_config.yml": "title: Small book\nsphinx: {config: {language: en}}\n",
}


def asked(port: int, path: str) -> tuple[int, str]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def save(path: Path, text: str) -> None:
    """Put another file in its place, as editors do."""
    part = path.parents[1] / "part"
    part.write_text(text, "utf-8")
    part.replace(path)


def wait_for(port: int, path: str, words: str) -> str:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            status, text = asked(port, path)
        except OSError:
            status, text = 0, ""
        if status == 200 and words in text:
            return text
        time.sleep(0.1)
    raise AssertionError(f"{path} does not say {words}: {status} {text[:300]}")


@pytest.fixture
def live(copy_data, project, tmp_path) -> Iterator[tuple[Path, int]]:
    copy_data(tmp_path / "data")
    for name, text in PAGES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gongbao.build.live", str(port)]
    with (tmp_path / "said").open("w") as said:
        process = subprocess.Popen(
            command, cwd=tmp_path, env={"PYTHONPATH": str(project), "PYTHONUTF8": "1"}, stderr=said
        )
    yield tmp_path, port
    process.terminate()
    process.wait(PATIENCE)
    assert "Traceback" not in (tmp_path / "said").read_text()


def test_what_is_saved_is_shown_in_all_languages_on_pages_that_are_open(live):
    root, port = live
    page = wait_for(port, "/index.html", "甲")
    assert 'src="/live.js"' in page and "connect-src 'self'" in page
    assert "Local government debt" in wait_for(port, "/en/ledger.html", "Small book")
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as open_page:
        open_page.request("GET", "/live-events")
        events = open_page.getresponse()
        while (first := events.readline()) in (b"data: 0.0\n", b"\n"):
            pass  # not written whole yet
        save(root / "index.md", "# 首页\n\n乙，[](nowhere.md)\n")
        assert events.readline() == b"\n"
        assert events.readline() != first
        assert "乙" in asked(port, "/index.html")[1], "a warning stops nothing"
        assert "乙" in asked(port, "/en/index.html")[1]
        save(root / "_config.yml", "title: [")
        assert events.readline() == b"\n"
        assert events.readline()
    save(root / "_config.yml", CONFIG)
    save(root / "index.md", "# 首页\n\n丙\n")
    wait_for(port, "/index.html", "丙")


def test_it_ends_in_peace_while_a_page_is_open(live, request):
    _root, port = live
    open_page = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    wait_for(port, "/index.html", "甲")
    open_page.request("GET", "/live-events")
    assert open_page.getresponse().readline()
    request.session.open_page = open_page  # still so when the server is ended, and what it said is looked at


def test_only_the_pages_are_served(live):
    _root, port = live
    wait_for(port, "/index.html", "甲")
    assert asked(port, "/../../_config.yml")[0] == 404
    assert asked(port, "/%2e%2e/doctrees/index.doctree")[0] == 404
