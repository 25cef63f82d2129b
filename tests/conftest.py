"""What the tests share: the project, a copy of its data to spoil, a gazette made of the ledger, and the built book."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from building import Built, copy_debt, copy_project
from filelock import FileLock
from hypothesis import settings

from gongbao.figures.origin import Precision
from gongbao.ledger.rows import Ledger, Row, load_reports
from gongbao.ledger.tables import book_data

PAGES = 113

# those of this project, whatever folder a test goes to before it is the first that wants them
book_data()

# make exports the date of the last commit; a test that wants a date sets its own
os.environ.pop("SOURCE_DATE_EPOCH", None)

# The same examples in every run: a test that fails here fails everywhere
settings.register_profile("book", derandomize=True, database=None, deadline=None, max_examples=100)
settings.load_profile("book")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `make test` leaves to `make test-all`: what looks at the built book, or into a browser.

    Those that share the built book share a worker, so that no other one waits for it.
    """
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "built" in fixtures:
            item.add_marker("book")
            item.add_marker(pytest.mark.xdist_group("book"))
        elif not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.path.as_posix()))
        if "browser" in fixtures:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def project() -> Path:
    """The root of the project."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture
def copy_data(project: Path) -> Callable[[Path], Path]:
    """Copy the data of the debt topic to a place: of what chapters have, relations and package what belongs to it."""

    def copy(target: Path) -> Path:
        copy_debt(target)
        return target

    return copy


@pytest.fixture
def data(copy_data: Callable[[Path], Path], tmp_path: Path) -> Path:
    """A copy of the data of the debt topic that a test may spoil."""
    return copy_data(tmp_path / "data")


@pytest.fixture(scope="session")
def ledger() -> Ledger:
    """The debt topic of the ledger: what these tests know by heart."""
    return Ledger.load(topics=["debt"])


@pytest.fixture(scope="session")
def whole_ledger() -> Ledger:
    """All topics."""
    return Ledger.load()


APART = "—" * 40
"""Keeps a statement from the words of others, by which a verification would take it for one of those."""


def gazette_pages(rows: Sequence[Row]) -> list[str]:
    """Pages on which every phrase of the rows stands once, and no other numeral but the dates that their reports name.

    The first phrase of a page that continues a report begins on the page before, as phrases of a printed page do; its
    number stands on its own page.
    """
    pages = [f"本页是第{'甲乙丙丁戊'[number % 5]}种页面。\n" for number in range(PAGES)]
    for row in rows:
        for end in row.record["period"].split("/"):
            year, _, month = end[:7].partition("-")
            date = f"{year}年{int(month)}月；" if month else f"{year}年；"
            first = row.report.first_page - 1
            pages[first] += "" if date in pages[first] else date
    begun: set[int] = set()
    for row in rows:
        phrase = row.phrase
        if row.page not in begun and row.page > row.report.first_page:
            assert re.match("[^0-9]", phrase), f"{phrase} cannot begin on the page before"
            pages[row.page - 2] += f"{_forecast(row)}{phrase[:1]}"
            pages[row.page - 1] = f"{phrase[1:]}；{APART}\n"
        else:
            # a line break within a phrase, as pdftotext leaves them
            pages[row.page - 1] += f"{_forecast(row) or '据此'}{phrase[:1]}\n{phrase[1:]}；{APART}\n"
        begun.add(row.page)
    return pages


def _forecast(row: Row) -> str:
    """The word by which a sentence means its numbers as approximate, for a row that says so."""
    return "预计" if row.precision is Precision.ABOUT else ""


@pytest.fixture
def gazette(ledger: Ledger, tmp_path: Path) -> Path:
    """A gazette as text with form feeds, made of titles and the phrases of the ledger; a test may change it."""
    path, pages = tmp_path / "gazette.txt", gazette_pages(ledger.rows)
    for report in load_reports().values():
        pages[report.first_page - 1] = f"{report.title_zh}\n{pages[report.first_page - 1]}"
    path.write_text("".join(f"{page}\f" for page in pages), "utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """The Chromium of the system; Playwright holds an event loop as long, in which no notebook could be run."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not chromium:
        pytest.skip("there is no Chromium on this machine")
    from playwright.sync_api import sync_playwright  # most tests need none

    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
        browser = playwright.chromium.launch(executable_path=chromium, args=options)
        yield browser
        browser.close()


@pytest.fixture
def real_gazette(project: Path) -> Path:
    """The text of the gazette itself, where it lies beside the project."""
    path = project.parent / "shared" / "source" / "gazette.txt"
    if not path.exists():
        pytest.skip("the gazette is no part of the project, and is not at ../shared/source/gazette.txt")
    return path


@pytest.fixture(scope="session")
def built(tmp_path_factory, worker_id) -> Built:
    """The whole book in all languages, built once by whichever worker needs it first; tests only read it."""
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent  # what all workers have in common
    done = shared / "book.built"
    with FileLock(shared / "book.lock"):
        if not done.exists():
            result = copy_project(shared / "book").build_editions()
            report = result.stdout[-4000:] + result.stderr[-4000:] if result.returncode else ""
            done.write_text(report, "utf-8")
    assert done.read_text("utf-8") == ""
    return Built(shared / "book")


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[[Path], str]]:
    """Serves a folder over HTTP and gives the address."""
    servers = []

    def start(folder: Path) -> str:
        handler = partial(QuietHandler, directory=str(folder))
        server = ThreadingHTTPServer(("localhost", 0), handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://localhost:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Requests are no news."""
