"""The gazette as text and as PDF, page by page."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pylopdf_fonts_zh_cn as fonts
import pytest
import typst

from gongbao.verify.source import Source


@pytest.fixture
def read(tmp_path):
    """Read a text as a source."""

    def of(text: str | bytes) -> Source:
        path = tmp_path / "source.txt"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return Source.read(path)

    return of


def test_form_feeds_part_the_pages(read):
    assert read("第一页\f第二页\f第三页\f").pages == ("第一页", "第二页", "第三页")
    assert read("第一页\f第二页").pages == ("第一页", "第二页")


def test_a_pdf_that_is_broken_is_refused_in_one_line(tmp_path):
    path = tmp_path / "broken.pdf"
    body = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    body += b"3 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R>>endobj "
    body += b"4 0 obj<</Length 5/Filter/NoSuchDecode>>stream\nhello\nendstream endobj\ntrailer<</Root 1 0 R>>"
    path.write_bytes(body)
    with pytest.raises(ValueError, match=r"broken\.pdf cannot be read as a PDF") as refused:
        Source.read(path)
    assert len(str(refused.value).splitlines()) == 1


def test_pages_without_writing_are_named(read):
    assert read("余额5亿元\f\f\x01\x02\x03\f").unreadable == [2, 3]


def test_empty_pages_count(read):
    assert read("甲\f\f丙\f").pages == ("甲", "", "丙")


def test_space_without_meaning_is_dropped(read):
    (page,) = read("截至 2022 年末，余额 126.8 亿\n元，其中：　一般\n债务63.5\n亿元\f").pages
    assert page == "截至2022年末，余额126.8亿元，其中：一般债务63.5亿元"


def test_space_between_two_numbers_of_a_table_is_kept(read):
    (page,) = read("合计 12 34\n56 甲").pages
    assert re.findall("[0-9]+", page) == ["12", "34", "56"]


def test_numbers_of_two_pages_are_not_joined(read):
    source = read("共有 12\f34 家")
    assert re.findall("[0-9]+", source.text) == ["12", "34"]


def test_positions_lead_back_to_pages(read):
    source = read("甲乙\f丙\f\f丁戊\f")
    assert source.text == "甲乙丙丁戊"
    assert [source.page_at(position) for position in range(5)] == [1, 1, 2, 4, 4]
    assert [source.text[slice(*source.stretch(page))] for page in (1, 2, 3, 4)] == ["甲乙", "丙", "", "丁戊"]


def test_phrase_is_found_on_its_page_only(read):
    source = read("余额5亿元\f其余6亿元，余额5亿元\f")
    assert source.occurrences("余额5亿元", 1, 0) == [0]
    assert source.occurrences("余额5亿元", 2, 0) == [11]
    assert source.occurrences("其余6亿元", 1, 0) == []


def test_phrase_over_a_page_break_is_found_with_a_margin(read):
    source = read("前文余\f额5亿元，后文\f")
    assert source.occurrences("余额5亿元", 2, 0) == []
    assert source.occurrences("余额5亿元", 2, 4) == [2]
    assert source.occurrences("余额5亿元", 1, 4) == [2]


def test_phrase_is_no_pattern_and_may_overlap_itself(read):
    assert read("a.c abc").occurrences("a.c", 1, 0) == [0]
    assert read("啊啊啊").occurrences("啊啊", 1, 0) == [0, 1]


def test_fingerprint_is_the_one_of_the_file(read):
    raw = "甲\f乙\f".encode()
    assert read(raw).sha256 == hashlib.sha256(raw).hexdigest()


@pytest.mark.parametrize("raw", ["债务".encode("gbk"), "债务".encode("utf-16"), b"PK\x03\x04\xff\xfe"])
def test_neither_pdf_nor_utf8_is_refused_by_name(read, raw):
    with pytest.raises(ValueError, match=r"source\.txt is neither a PDF nor a UTF-8 text"):
        read(raw)


def test_missing_source_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        Source.read(tmp_path / "none.pdf")


def test_broken_pdf_is_refused_by_name(tmp_path):
    path = tmp_path / "broken.pdf"
    path.write_bytes(b"%PDF-1.7\nnothing more")
    with pytest.raises(ValueError, match=r"broken\.pdf"):
        Source.read(path)


@pytest.fixture
def pdf(tmp_path) -> Path:
    """Three narrow pages; the phrases of the second are broken over lines."""
    (tmp_path / "pages.typ").write_text(
        "#set page(width: 60mm, height: 50mm, margin: 10mm)\n"
        '#set text(font: "Noto Sans SC", size: 10pt)\n'
        "第一页，余额12.5亿元\n"
        "#pagebreak()\n"
        "这一页有很长的一段话说明专项债务余额为3.4亿元与一般债务余额为9.1亿元\n"
        "#pagebreak()\n"
        "末页，债务率为16.3%\n",
        "utf-8",
    )
    path = tmp_path / "pages.pdf"
    folder = str(Path(fonts.sans_path()).parent)
    typst.compile(str(tmp_path / "pages.typ"), output=str(path), font_paths=[folder], ignore_system_fonts=True)
    return path


def test_pdf_is_read_page_by_page(pdf):
    source = Source.read(pdf)
    assert source.pages[0] == "第一页，余额12.5亿元"
    assert source.pages[2] == "末页，债务率为16.3%"
    assert len(source.pages) == 3
    assert source.sha256 == hashlib.sha256(pdf.read_bytes()).hexdigest()


def test_a_pdf_may_begin_with_other_bytes(pdf):
    pages = Source.read(pdf).pages
    pdf.write_bytes(b"\xef\xbb\xbf\r\n" + pdf.read_bytes())
    assert Source.read(pdf).pages == pages


def test_phrase_broken_over_a_line_of_a_pdf_is_found(pdf):
    source = Source.read(pdf)
    for phrase in ("专项债务余额为3.4亿元", "一般债务余额为9.1亿元"):
        (position,) = source.occurrences(phrase, 2, 0)
        assert source.page_at(position) == 2
