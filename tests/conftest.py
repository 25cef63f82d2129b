"""What the tests share: the project, a copy of its data to spoil, and a gazette made of the ledger."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import settings

from gongbao.ledger import Ledger, Row

PAGES = 113

# make exports the date of the last commit; a test that wants a date sets its own
os.environ.pop("SOURCE_DATE_EPOCH", None)

# The same examples in every run: a test that fails here fails everywhere
settings.register_profile("book", derandomize=True, database=None, deadline=None, max_examples=100)
settings.load_profile("book")


@pytest.fixture(scope="session")
def project() -> Path:
    """The root of the project."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture
def data(project: Path, tmp_path: Path) -> Path:
    """A copy of the data that a test may spoil."""
    return Path(shutil.copytree(project / "data", tmp_path / "data"))


@pytest.fixture(scope="session")
def ledger() -> Ledger:
    """The ledger of the project."""
    return Ledger.load()


def gazette_pages(rows: Iterable[Row]) -> list[str]:
    """Pages on which every phrase of the rows stands once, and no other numeral.

    The first phrase of a page that continues a report begins on the page before, as phrases of a printed page do; its
    number stands on its own page.
    """
    pages = [f"本页是第{'甲乙丙丁戊'[number % 5]}种页面。\n" for number in range(PAGES)]
    begun: set[int] = set()
    for row in rows:
        phrase = row.phrase
        if row.page not in begun and row.page > row.report.first_page:
            assert re.match("[^0-9]", phrase), f"{phrase} cannot begin on the page before"
            pages[row.page - 2] += phrase[:1]
            pages[row.page - 1] = f"{phrase[1:]}；\n"
        else:
            # a line break within a phrase, as pdftotext leaves them
            pages[row.page - 1] += f"据此{phrase[:1]}\n{phrase[1:]}；\n"
        begun.add(row.page)
    return pages


@pytest.fixture
def gazette(ledger: Ledger, tmp_path: Path) -> Path:
    """A gazette as text with form feeds, made of nothing but the phrases of the ledger; a test may change it."""
    path = tmp_path / "gazette.txt"
    path.write_text("".join(f"{page}\f" for page in gazette_pages(ledger.rows)), "utf-8")
    return path


@pytest.fixture
def real_gazette(project: Path) -> Path:
    """The text of the gazette itself, where it lies beside the project."""
    path = project.parent / "shared" / "source" / "gazette.txt"
    if not path.exists():
        pytest.skip("the gazette is no part of the project, and is not at ../shared/source/gazette.txt")
    return path
