"""The builder: a small book goes in, a PDF comes out, and the PDF is read back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pypdf
import pytest
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ConfigError

from gongbao.typst import markup
from gongbao.typst.typesetting import TypstCompileError

if TYPE_CHECKING:
    from conftest import Project

ANCHOR = "law.rate@2023-01/2023-08"
# No line may break within this by the rules of Unicode, and it is longer than a line.
LONG_ID = "law.firstinstance.retrialrate.districtaverage." * 3 + "rate@2023"

INDEX = f"""# 数读青浦

本书读一份公报，
见 [债务](debt.md) 与 {{ref}}`总表 <sec-table>`、{{numref}}`tab-long`、{{numref}}`fig-dot`。

编号 `{LONG_ID}` 很长，{LONG_ID.upper()} 也是；{{cite}}`li2012` 有著录。

```{{toctree}}
:caption: 财政
:numbered:

debt
```

```{{toctree}}
:caption: 治理
:numbered:

table
nb
```
"""
DEBT = """# 政府债务

余额一百三十亿元[^a]，再说一次[^a]。见 [](page:sub)。

[^a]: 脚注在页底。

(page:sub)=
## 定义与口径

```{math}
:label: eq-h
H = L - D, \\quad \\text{增速}(t)
```

由式 {eq}`eq-h`，**黑体**，*斜体*。

```{figure} dot.svg
:name: fig-dot
:alt: 方块

方块图
```

```{warning}
不能相减。
```

甲行\\
乙行

- [x] 做完
- [ ] 未做

{term}`债务率`

```{glossary}
债务率
  一个比率。
```
"""
ROWS = "\n".join(f"| 第{number}项 | {number}.5 |" for number in range(1, 91))
TABLE = f"""(sec-table)=
# 九十行

{{ref}}`行 <row>`

```{{table}} 规划指标
:name: tab-long

| 表头甲 | 数值 |
|:--|--:|
{ROWS}
```

(row)=
末尾的段落。

```{{bibliography}}
```
"""
ASCII = r"""!"#$%&'()*+,-./0123456789:;<=>?@ABCXYZ[\]^_`abcxyz{|}~ -- --- ... -5 // /* */ https:"""


def notebook() -> str:
    """A notebook that has been run: a table as Markdown, a picture, and code."""
    outputs: list[dict[str, Any]] = [
        {"text/html": "<b>网页</b>", "text/markdown": "| 栏 | 值 |\n|:--|--:|\n| 表中甲 | −2.5 |"},
        {"text/plain": "纯文本结果"},
    ]
    cell = {
        "cell_type": "code",
        "execution_count": 1,
        "id": "a",
        "metadata": {},
        "source": "secret_code = 1",
        "outputs": [{"output_type": "display_data", "metadata": {}, "data": o} for o in outputs],
    }
    title = {"cell_type": "markdown", "id": "b", "metadata": {}, "source": "# 笔记本"}
    return json.dumps(
        {
            "cells": [title, cell],
            "metadata": {"language_info": {"name": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


class Book:
    """A built book, read back."""

    def __init__(self, folder: Path, warnings: str) -> None:
        self.warnings = warnings
        self.typst = (folder / "book.typ").read_text("utf-8")
        self.bytes = (folder / "book.pdf").read_bytes()
        self.pdf = pypdf.PdfReader(folder / "book.pdf")
        # Extraction puts spaces between some Chinese characters.
        self.pages = [re.sub(r"\s", "", page.extract_text()) for page in self.pdf.pages]
        self.text = "".join(self.pages)

    def page(self, words: str) -> int:
        """The last page that has these words; the contents come first."""
        return max(number for number, text in enumerate(self.pages) if words in text)

    def links(self) -> Iterator[tuple[int, int | str]]:
        """All links: the page they are on, the page or address they lead to."""
        numbers = {page.indirect_reference: n for n, page in enumerate(self.pdf.pages)}
        names = self.pdf.named_destinations
        for number, page in enumerate(self.pdf.pages):
            for annotation in page.get("/Annots", []):
                link = annotation.get_object()
                action = link.get("/A", {})
                target = link.get("/Dest") or action.get("/D") or action.get("/URI")
                if isinstance(target, str) and target in names:
                    target = names[target].dest_array
                yield (
                    number,
                    target if isinstance(target, str) else numbers[target.get_object()[0].indirect_reference],
                )

    def outline(self, items: list[Any] | None = None, depth: int = 0) -> list[tuple[int, str]]:
        """The bookmarks, each with its depth."""
        result: list[tuple[int, str]] = []
        for item in self.pdf.outline if items is None else items:
            if isinstance(item, list):
                result += self.outline(item, depth + 1)
            else:
                result.append((depth, str(item.title)))
        return result


def write_book(project: Project) -> None:
    """Write the book that most tests here read."""
    project.extensions += [
        "myst_nb",
        "sphinxcontrib.bibtex",
        "sphinx_multitoc_numbering",
    ]
    project.options.update(
        author="测试者", release="2026.1", html_title="数读青浦",
        nb_execution_mode="off", nb_render_markdown_format="gfm",
        myst_enable_extensions=["dollarmath", "colon_fence", "tasklist"], bibtex_bibfiles=["r.bib"],
        typst_pdf_standards=["ua-1"], html_theme="basic",
    )  # fmt: skip
    project.write(index=INDEX, debt=DEBT, table=TABLE)
    (project.source / "nb.ipynb").write_text(notebook(), "utf-8")
    (project.source / "r.bib").write_text("@book{li2012, author={Li, Lei}, title={Debt}, publisher={P}, year={2012}}")
    (project.source / "dot.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40"><rect width="9" height="9"/></svg>'
    )


@pytest.fixture(scope="module")
def book_project(tmp_path_factory: pytest.TempPathFactory, make_project: Any) -> Project:
    project = make_project(tmp_path_factory.mktemp("book"))
    write_book(project)
    return project


@pytest.fixture(scope="module")
def book(book_project: Project) -> Book:
    folder = book_project.build()
    return Book(folder, book_project.warnings)


def test_the_build_has_no_warnings(book: Book) -> None:
    assert book.warnings == ""


def test_chinese_text_comes_back_from_the_pdf(book: Book) -> None:
    for words in (
        "本书读一份公报，见债务与总表、表2.1、图1.1。",
        "余额一百三十亿元", "警告不能相减。", "表2.1规划指标", "图1.1方块图", "债务率一个比率。",
    ):  # fmt: skip
        assert words in book.text
    assert "\ufffd" not in book.text
    assert "\0" not in book.text
    assert "\u200b" not in book.text  # an invisible character would be copied along


def test_what_myst_says_in_html_only_is_printed(book: Book) -> None:
    assert "甲行#linebreak();乙行" in book.typst
    assert "#list[✓ 做完][□ 未做];" in book.typst


def test_all_fonts_are_embedded_and_as_designed(book: Book) -> None:
    fonts: dict[str, Any] = {}
    for page in book.pdf.pages:
        for reference in page["/Resources"].get("/Font", {}).values():
            font = reference.get_object()
            inner = font.get("/DescendantFonts", [font])[0].get_object()
            fonts[str(font["/BaseFont"]).split("+")[-1]] = inner["/FontDescriptor"]
    for name, descriptor in fonts.items():
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor), name
    names = " ".join(fonts)
    for name in ("NotoSerifSC", "NotoSansSC-Bold", "NotoSansSC-Regular", "DejaVuSansMono"):
        assert name in names


def test_metadata_language_and_tags(book: Book) -> None:
    assert book.pdf.metadata is not None
    assert book.pdf.metadata.title == "数读青浦"
    assert book.pdf.metadata.author == "测试者"
    assert book.pdf.metadata.get("/CreationDate") is None
    catalog = book.pdf.root_object
    assert str(catalog["/Lang"]).lower().startswith("zh")
    assert catalog["/MarkInfo"]["/Marked"]


def test_bookmarks_nest_below_parts_and_carry_numbers(book: Book) -> None:
    assert book.outline() == [
        (0, "数读青浦"),
        (0, "财政"), (1, "第1章 政府债务"), (2, "1.1 定义与口径"),
        (0, "治理"), (1, "第2章 九十行"), (1, "第3章 笔记本"),
    ]  # fmt: skip


def test_contents_give_the_pages_that_are_printed(book: Book) -> None:
    page = next(n for n, text in enumerate(book.pages) if text.startswith("目录"))
    contents = book.pdf.pages[page].extract_text().splitlines()
    for title in ("第1章政府债务", "1.1定义与口径", "第2章九十行", "第3章笔记本"):
        line = next(line for line in contents if title in re.sub(r"\s", "", line))
        start = next(n for n, text in enumerate(book.pages) if title in text and n > page)
        assert re.search(r"\.\W*(\d+)\s*$", line).group(1) == book.pdf.page_labels[start]


def test_numbers_agree_with_the_html_edition(book: Book, book_project: Project) -> None:
    folder = book_project.build("html")
    html = "".join((folder / f"{name}.html").read_text("utf-8") for name in ("debt", "table", "nb"))
    captions = re.findall(r'caption-number">(.*?)</span><span class="caption-text">(.*?)<', html)
    assert len(captions) == 2
    for number, text in captions:
        assert re.sub(r"\s", "", number + text) in book.text
    headings = re.findall(r"section-number\">([\d.]+)\. </span>(.*?)<a", html)
    assert len(headings) >= 4
    titles = [title for _depth, title in book.outline()]
    for number, text in headings:
        prefix = number if "." in number else f"第{number}章"
        assert f"{prefix} {text}" in titles


def test_links_land_where_they_should(book: Book) -> None:
    links = list(book.links())
    inside = {(source, target) for source, target in links if isinstance(target, int)}
    start = book.page("本书读一份公报")
    assert (start, book.page("余额一百三十亿元")) in inside
    assert (start, next(n for n, t in enumerate(book.pages) if "第1项" in t)) in inside
    assert (start, book.page("图1.1方块图")) in inside
    assert (start, book.page("Li.Debt")) in inside or (start, book.page("Debt")) in inside
    assert (
        next(n for n, t in enumerate(book.pages) if "第1项" in t),
        book.page("末尾的段落"),
    ) in inside


def test_a_footnote_is_in_its_chapter_once(book: Book) -> None:
    assert book.text.count("脚注在页底") == 1
    assert book.page("脚注在页底") == book.page("余额一百三十亿元")


def test_the_head_of_a_long_table_is_on_each_of_its_pages(book: Book) -> None:
    pages = [text for text in book.pages if re.search(r"第\d+项", text)]
    assert len(pages) >= 2
    assert all("表头甲数值" in text for text in pages)


def test_a_table_is_broken_before_much_of_a_page_stays_empty(project: Project) -> None:
    def pages(rows: int) -> list[str]:
        table = ".. csv-table:: 表题\n\n" + "\n".join(f'   第{row}行,"甲\n\n   乙"' for row in range(rows))
        project.write(index="书\n==\n\n" + "一段。\n\n" * 24 + table)
        folder = project.build()
        assert project.warnings == ""
        texts = [page.extract_text() for page in pypdf.PdfReader(folder / "book.pdf").pages]
        return [text for text in texts if re.search(r"第\d+行", text)]

    assert len(pages(5)) == 1
    assert len(pages(12)) == 2


def test_running_head_only_after_the_first_page_of_a_chapter(book: Book) -> None:
    head = "数读青浦第2章九十行"
    first, *others = (text for text in book.pages if re.search(r"第\d+项", text))
    assert not first.startswith(head)
    assert others
    assert all(text.startswith(head) for text in others)


@pytest.mark.parametrize("text", [LONG_ID, LONG_ID.upper()], ids=["code", "text"])
def test_a_long_id_breaks_instead_of_leaving_the_page(book: Book, text: str) -> None:
    page = book.pdf.pages[book.page("本书读一份公报")]
    word = text.split(".")[2]
    lines = [line for line in page.extract_text().splitlines() if word in line]
    assert len(lines) >= 2
    assert text in book.text


def test_notebooks_print_results_and_not_code(book: Book) -> None:
    assert "表中甲−2.5" in book.text
    assert "纯文本结果" in book.text
    assert "网页" not in book.text
    assert "secret" not in book.text


def test_lists_of_figures_and_tables_give_the_pages_and_lead_there(book: Book) -> None:
    for heading, entry, place in (("图目录", "图1.1方块图", "不能相减"), ("表目录", "表2.1规划指标", "第1项1.5")):
        page = next(n for n, text in enumerate(book.pages) if heading in text)
        target = next(n for n, text in enumerate(book.pages) if place in text)
        assert re.search(rf"{re.escape(entry)}\W*{book.pdf.page_labels[target]}", book.pages[page])
        assert (page, target) in set(book.links())


def test_a_book_without_figures_has_no_list_of_them(project: Project) -> None:
    project.write(index="题\n====\n\n文。")
    book = Book(project.build(), project.warnings)
    assert "图目录" not in book.text
    assert "表目录" not in book.text


def test_a_caption_with_a_link_and_a_note_is_listed_once_as_one_link(project: Project) -> None:
    caption = ".. table:: 见 `处 <https://a.cn>`_ [#a]_\n\n   == ==\n   甲 乙\n   == ==\n\n.. [#a] 注释"
    project.write(index=f"题\n====\n\n{caption}")
    book = Book(project.build(typst_pdf_standards=["ua-1"]), project.warnings)
    assert book.warnings == ""
    assert book.text.count("注释") == 1
    page = next(n for n, text in enumerate(book.pages) if "表目录" in text)
    # the chapter and the table
    assert [target for source, target in book.links() if source == page] == [page + 1] * 2


def test_the_same_book_is_the_same_bytes(book: Book, book_project: Project) -> None:
    folder = book_project.build()
    assert (folder / "book.typ").read_text("utf-8") == book.typst
    assert (folder / "book.pdf").read_bytes() == book.bytes


def test_every_ascii_character_survives(project: Project) -> None:
    escaped = re.sub(r"([\\*`|_])", r"\\\1", ASCII)
    project.write(index=f"题\n====\n\n甲 {escaped}")
    book = Book(project.build(smartquotes=False), project.warnings)
    assert re.sub(r"\s", "", ASCII) in book.text


def test_a_failure_stops_the_build_and_leaves_the_last_good_pdf(project: Project) -> None:
    project.write(index="题\n====\n\n好的。")
    pdf = project.build() / "book.pdf"
    good = pdf.read_bytes()
    project.write(index="题\n====\n\n.. raw:: typst\n\n   #no-such-function()")
    with pytest.raises(TypstCompileError, match="no-such-function"):
        project.build()
    assert pdf.read_bytes() == good


def test_a_character_that_no_font_has_stops_the_build(project: Project) -> None:
    project.write(index="题\n====\n\n债务αⅣ①→≤℃。")
    project.build(typst_pdf_standards=["ua-1"])
    project.write(index="题\n====\n\n债务😀。")
    with pytest.raises(TypstCompileError, match='the text `"😀"` could not be displayed'):
        project.build(typst_pdf_standards=["ua-1"])


def test_a_picture_that_only_adorns_needs_no_words(project: Project) -> None:
    (project.source / "dot.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "utf-8")
    project.write(index="题\n====\n\n.. image:: dot.svg\n   :alt:\n\n甲 |点|\n\n.. |点| image:: dot.svg\n   :alt:\n")
    project.build(typst_pdf_standards=["ua-1"])


def test_a_reference_into_what_is_not_printed_stops_the_build(project: Project) -> None:
    project.write(index="题\n====\n\n见 下载_。\n\n下载\n----\n\n.. only:: html\n\n   网页的文件。")
    with pytest.raises(TypstCompileError, match=r"index#id2.* does not exist"):
        project.build()


def test_what_typst_warns_of_is_a_warning_of_sphinx(project: Project) -> None:
    project.write(index='题\n====\n\n.. raw:: typst\n\n   #text(font: "No Such Font")[甲]')
    project.build()
    assert "WARNING: Typst" in project.warnings
    assert "unknown font family" in project.warnings


def test_a_dangling_reference_is_a_warning_and_no_crash(project: Project) -> None:
    def add_reference(app: Sphinx, tree: nodes.document, docname: str) -> None:
        tree += nodes.paragraph("", "", nodes.reference("", "某处", refid=ANCHOR, internal=True))

    project.write(index="题\n====\n")
    book = Book(project.build(on_resolved=add_reference), project.warnings)
    assert f"reference to 'index#{ANCHOR}', which does not exist" in book.warnings
    assert "某处" in book.text


def test_a_section_of_what_only_the_web_has_is_not_printed(project: Project) -> None:
    bare = "下载\n----\n\n.. container:: cell\n\n   .. only:: html\n\n      网页的文件。"
    project.write(index=f"题\n====\n\n论证\n----\n\n文。\n\n{bare}")
    book = Book(project.build(), project.warnings)
    assert "论证文。" in book.text
    assert "下载" not in book.text
    assert book.warnings == ""


def test_a_volume_of_a_page_that_is_not_there_is_one_clear_message(project: Project) -> None:
    project.write(index="题\n====\n")
    with pytest.raises(ConfigError, match="typst_volumes: there is no page ledger"):
        project.build(typst_volumes=[{"filename": "data", "subtitle": "", "pages": ["ledger"]}])


def test_a_number_and_its_unit_are_found_as_one_word(project: Project) -> None:
    # wherever a line ends, it is not within the number
    paragraphs = ["一" * length + r"\ **192.1～192.2亿元**\ ，Typst排版。" for length in range(30, 50)]
    project.write(index="\n\n".join(["题\n====", *paragraphs]))
    pdf = pypdf.PdfReader(project.build() / "book.pdf")
    assert "".join(page.extract_text() for page in pdf.pages).count("192.1～192.2亿元") == 20


@pytest.mark.parametrize(
    ("language", "expected"), [("zh_Hans_CN", ("zh", "cn")), ("sr@latin", ("sr", None)), ("pt-BR", ("pt", "br"))]
)
def test_any_language_that_sphinx_knows_can_be_set(project: Project, language: str, expected: tuple) -> None:
    project.write(index="题\n====\n")
    typst = (project.build(language=language) / "book.typ").read_text("utf-8")
    assert markup.arguments(lang=expected[0], region=expected[1]) in typst


def test_names_dates_and_subtitle(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    project.write(index="题\n====\n")
    folder = project.build(
        typst_filename="青浦",
        typst_subtitle="副题",
        typst_keywords=["债务", "公报"],
        release="1.2",
        typst_source="一份公报",
        typst_verification="已核对",
        typst_licence="CC BY",
    )
    pdf = pypdf.PdfReader(folder / "青浦.pdf")
    first = re.sub(r"\s", "", pdf.pages[0].extract_text())
    assert first == "试印副题资料一份公报版本1.22023年11月14日核对已核对许可CCBY"
    assert pdf.metadata is not None
    assert pdf.metadata["/Keywords"] == "债务, 公报"
    assert "20231114" in str(pdf.metadata["/CreationDate"])


def test_a_further_volume_takes_its_pages_out_of_the_book_and_links_lead_across(
    project: Project,
) -> None:
    toctree = ".. toctree::\n\n   chapter\n   ledger\n"
    chapter = "章\n====\n\n余额见 :ref:`那一行 <row>`。\n\n.. _argument:\n\n论证\n----\n\n文。"
    ledger = "总账\n====\n\n.. _row:\n\n行\n--\n\n余额，用于 :ref:`论证 <argument>`。"
    project.write(index=f"书\n====\n\n{toctree}", chapter=chapter, ledger=ledger)
    volumes = [{"filename": "data", "subtitle": "数据卷", "pages": ["ledger"]}]
    out = project.build(typst_filename="book", typst_volumes=volumes)
    assert project.warnings == ""
    both = {name: pypdf.PdfReader(out / f"{name}.pdf") for name in ("book", "data")}
    texts = {name: re.sub(r"\s", "", "".join(page.extract_text() for page in pdf.pages)) for name, pdf in both.items()}
    assert "论证" in texts["book"] and "总账" not in texts["book"]
    assert "数据卷" in texts["data"] and "总账" in texts["data"] and "文。" not in texts["data"]
    for name, other in (("book", "data"), ("data", "book")):
        notes = (note.get_object() for page in both[name].pages for note in page.get("/Annots", []))
        (address,) = [note["/A"]["/URI"] for note in notes if "/URI" in note.get("/A", {})]
        file, _sep, label = address.partition("#nameddest=")
        assert file == f"{other}.pdf"
        assert unquote(label) in both[other].named_destinations
