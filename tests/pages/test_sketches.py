"""Small pictures of chapters on other pages."""

from __future__ import annotations

import pytest

from gongbao.figures.bundles import SKETCH_MIME

PAGE = "# 书\n\n```{sketch} chapter\n```\n\n```{toctree}\nledger\nchapter\n```\n"
INDEX, FRONT = "# 书\n\n```{toctree}\nfront\nledger\nchapter\n```\n", "# 首页\n\n```{sketch} chapter\n```\n"
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'

SHOWN = '<svg class="chart sketch wide" role="img" aria-label="横条图。限额。" width="1" height="1"/>'


@pytest.fixture
def sketch(notebook):
    """A chapter that gives a sketch of itself."""

    def make(svg: str = PICTURE) -> str:
        uses = ["debt.limit.total@2023"]
        return notebook({SKETCH_MIME: {"name": "chapter", "alt": "横条图。限额。", "svg": svg, "uses": uses}})

    return make


def test_the_sketch_of_a_chapter_stands_on_another_page_and_not_on_its_own(small_book, sketch):
    small_book.write("index.md", PAGE)
    small_book.write("chapter.ipynb", sketch())
    small_book.build()
    assert small_book.warnings == ""
    page = small_book.page("index")
    assert SHOWN in page
    assert SHOWN not in small_book.page("chapter")


def test_a_changed_sketch_is_changed_where_it_is_shown(small_book, sketch):
    # on a page that has no other reason to be written again
    small_book.write("index.md", INDEX)
    small_book.write("front.md", FRONT)
    small_book.write("chapter.ipynb", sketch())
    small_book.build()
    small_book.write("chapter.ipynb", sketch(PICTURE.replace('width="1"', 'width="2"')))
    small_book.build()
    assert SHOWN.replace('width="1"', 'width="2"') in small_book.page("front")


def test_a_chapter_without_a_sketch_is_a_warning(small_book, notebook):
    small_book.write("index.md", PAGE)
    small_book.write("chapter.ipynb", notebook({"text/plain": "nothing"}))
    small_book.build()
    assert "no notebook chapter gives a sketch of itself" in small_book.warnings
