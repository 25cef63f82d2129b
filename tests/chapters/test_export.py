"""Chapters as files of their own: a small book's one, with all kinds of references, and those of the book."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import nbformat
import pypdf
import pytest
from lxml import html
from nbconvert.exporters import get_export_names

from gongbao.chapters.__main__ import main
from gongbao.ledger.rows import Ledger

PROJECT = Path(__file__).parents[2]
RAW = re.compile(r"\{[a-z:-]+\}`")
TEXT = """# 一章

限额[192.1亿元](#debt.limit.total@2023)，余量[62.0±0.1亿元](#debt.test.room@2023)，[限额](#债务限额)见{cite:p}`guofa2014`，
式[(3.1)](#equation-eq-half)，[图 1.1](#fig-debt-test)，[另一章](another.ipynb)，[370亿元](#debt.test.other@2023)。

```{only} html
网页
```

## 第二节

又一段，{cite:t}`guofa2014`。
"""
CODE = """from gongbao.chapter import charts
from gongbao.chapter import Chapter

chapter = Chapter("debt")
limit, balance = chapter["debt.limit.total@2023"], chapter["debt.balance.total@2023-12-31"]
room = chapter.publish("debt.test.room@2023", limit - balance)
canvas, axes = charts.canvas(1.5)
charts.bars(axes, ["限额", "余额"], [limit, balance], [charts.DARK, charts.LIGHT])
chapter.chart(canvas, "test", form="横条图", title="限额多于余额", also=[limit, balance], note="单位：亿元。")
"""
OTHER = """from gongbao.chapter import Chapter

chapter = Chapter("debt")
chapter.publish("debt.test.other@2023", chapter["debt.limit.total@2022"] * 2);
"""
NAMES = """debt.test.room,余量,room,,
debt.test.other,另一个数,another figure,,
debt.test.sum,和,sum,,
"""
EVIDENCE = "## 证据表\n\n```{figures} here\n```\n"
TERMS = """# 附

```{glossary}
债务限额
  由上级下达的数 {cite:p}`caiyu2015`。

不相干
  没有提到。
```

```{math}
:label: eq-half
h = \\frac{a}{2}
```

```{bibliography}
```
"""


def notebook(*cells: tuple[str, str]) -> str:
    make = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    made = [make[kind](source, id=f"cell-{place}") for place, (kind, source) in enumerate(cells)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return nbformat.writes(nbformat.v4.new_notebook(cells=made, metadata=kernel))


CHAPTER = (("markdown", TEXT), ("code", CODE), ("code", "room.text"), ("markdown", EVIDENCE))


def write_book(root: Path, *chapter: tuple[str, str]) -> Path:
    """A book with the settings of the real one, a chapter, another, and what they refer to."""
    for name in ("_config.yml", "data", "book/_static", "book/references.bib"):
        source, target = PROJECT / name, root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)
    with (root / "data" / "derived" / "debt.csv").open("a", encoding="utf-8") as names:
        names.write(NAMES)
    pages = ["one", "another", "terms", "ledger"]
    toc = ["format: jb-book", "root: index", "parts:", "- numbered: true", "  chapters:"]
    toc += [f"  - file: notebooks/{page}" for page in pages]
    (root / "_toc.yml").write_text("\n".join(toc), "utf-8")
    (root / "index.md").write_text("# 小书\n", "utf-8")
    (root / "notebooks").mkdir()
    ledger = "# 总账\n\n```{figures} debt\n```\n\n```{figures} computed\n```\n"
    texts = {"terms.md": TERMS, "ledger.md": ledger, "one.ipynb": notebook(*chapter)}
    texts["another.ipynb"] = notebook(("markdown", "# 另一章"), ("code", OTHER))
    for name, text in texts.items():
        (root / "notebooks" / name).write_text(text, "utf-8")
    return root / "notebooks" / "one.ipynb"


def run(module: str, *arguments: str, cwd: Path, data: Path | None = None) -> subprocess.CompletedProcess[str]:
    """A process of its own: notebooks do not run where a browser is open."""
    command = [sys.executable, "-m", module, *arguments]
    # set by other tests, it would name the data of another book
    environment = {name: value for name, value in os.environ.items() if name != "GONGBAO_DATA"}
    environment |= {"PYTHONUTF8": "1", "PYTHONPATH": str(PROJECT), "SOURCE_DATE_EPOCH": "1700000000"}
    if data:
        environment["GONGBAO_DATA"] = str(data)
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8")


@pytest.fixture(scope="module")
def chapter(tmp_path_factory) -> Path:
    """A chapter, with its exports beside it."""
    path = write_book(tmp_path_factory.mktemp("book"), *CHAPTER)
    done = run("gongbao.chapters", "one", cwd=path.parents[1])
    assert done.returncode == 0, done.stderr
    for made in (path.parents[1] / "_build" / "chapters").iterdir():
        made.rename(path.with_suffix(made.suffix))
    return path


@pytest.fixture
def page(chapter) -> html.HtmlElement:
    return html.fromstring(chapter.with_suffix(".html").read_bytes())


@pytest.fixture(scope="module")
def pdf(chapter) -> str:
    pages = pypdf.PdfReader(chapter.with_suffix(".pdf")).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


@pytest.fixture
def numbers() -> tuple[str, str]:
    ledger = Ledger.load()
    limit, balance = ledger["debt.limit.total@2023"], ledger["debt.balance.total@2023-12-31"]
    return limit.text, (limit - balance).tolerance_text


def comments(chapter: Path) -> str:
    lines = chapter.with_suffix(".py").read_text("utf-8").splitlines()
    return "".join(line.removeprefix("# ") for line in lines if line.startswith("#"))


def test_numbers_are_those_of_the_book_in_every_format(chapter, page, pdf, numbers):
    for text in (page.text_content(), pdf, comments(chapter)):
        words = re.sub(r"\s", "", text)
        assert f"限额{numbers[0]}，余量{numbers[1]}" in words
        assert not RAW.search(words)
        assert "图1.1" in words and "第二节" in words


def test_citations_and_formulas_are_resolved(chapter, page, pdf):
    for text in (page.text_content(), pdf, comments(chapter)):
        words = re.sub(r"\s", "", text)
        assert "[国务院,2014]" in words and "guofa2014" not in words
        assert "式(3.1)" in words


def test_appendices_hold_what_is_referred_to_once_and_nothing_else(page, pdf):
    for text in (page.text_content(), pdf):
        words = re.sub(r"\s", "", text)
        assert words.count("国务院关于加强地方政府性债务管理的意见") == 1
        assert "由上级下达的数" in words and "没有提到" not in words
        assert "关于对地方政府债务实行限额管理的实施意见" in words, "a term cites it"
    assert page.xpath("//math//mfrac")


def test_links_of_the_page_lead_into_it_or_to_the_web(page):
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for address in page.xpath("//a/@href"):
        assert address[1:] in ids if address.startswith("#") else address.startswith(("http:", "https:"))
    assert page.xpath("//dl//dt/@id")[0] in [address[1:] for address in page.xpath("//a/@href")]


def test_a_number_leads_to_its_row_in_the_evidence_table(page, numbers):
    number = page.xpath("//p//a[span[contains(@class, 'figure-value')]]")[0]
    assert number.text_content() == numbers[0]
    assert "债务限额" in number.get("title")
    row = page.xpath(f"//tr[.//*[@id='{number.get('href')[1:]}']]")[0]
    assert numbers[0] in row.text_content()


def test_what_is_not_in_the_file_is_no_link(page):
    assert "另一章" in page.text_content()
    assert not page.xpath("//a[contains(., '另一章')]")


def test_code_is_folded_away_only_where_it_is_in_the_book(page):
    assert "网页" not in page.xpath("//main")[0].text_content(), "what is beside the web pages is not beside this one"
    assert page.xpath("//div[contains(@class, 'cell_input')]")


def test_page_asks_nobody_and_fits_a_phone(chapter, browser):
    tab = browser.new_page(viewport={"width": 360, "height": 800}, color_scheme="dark")
    asked, said = [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    tab.goto(chapter.with_suffix(".html").as_uri())
    width = tab.evaluate("document.documentElement.scrollWidth")
    shown = tab.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
    background = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    tab.close()
    assert {address.partition(":")[0] for address in asked} <= {"file", "data"}
    assert [address for address in asked if address.startswith("file")] == [chapter.with_suffix(".html").as_uri()]
    assert not said
    assert width <= 360 and shown
    assert max(map(int, re.findall(r"\d+", background)[:3])) < 64


def test_page_lets_nothing_else_in(page):
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert "default-src 'none'" in policy
    assert not page.xpath("//script | //link | //iframe")


def test_pdf_carries_its_fonts_and_its_title(chapter, pdf):
    reader = pypdf.PdfReader(chapter.with_suffix(".pdf"))
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"].get("/Font", {}).values()]
    for font in fonts:
        descendant = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descendant["/FontDescriptor"].get_object())
    assert fonts and "\ufffd" not in pdf
    assert reader.metadata.title == "一章"


def test_program_runs_from_anywhere_and_says_what_the_notebook_says(chapter, tmp_path, numbers):
    program = shutil.copy(chapter.with_suffix(".py"), tmp_path / "elsewhere.py")
    done = run("elsewhere", cwd=tmp_path, data=chapter.parents[1] / "data")
    assert done.returncode == 0, done.stderr
    assert "余量" in done.stdout
    code = [line for line in Path(program).read_text("utf-8").splitlines() if line and not line.startswith("#")]
    assert code == [line for line in f"{CODE}\nroom.text".splitlines() if line]


def test_prose_stands_where_it_stands_in_the_notebook(chapter):
    program = chapter.with_suffix(".py").read_text("utf-8")
    places = [
        program.index(words) for words in ("# 1. 一章", "from gongbao.chapter import charts", "room.text", "证据表")
    ]
    assert places == sorted(places)


def test_the_command_of_nbconvert_works_from_any_directory(tmp_path, chapter):
    before = {path.name for path in (chapter.parents[1] / "_build").iterdir()}
    chapter.with_suffix(".pdf").unlink()
    done = run("nbconvert", "--to", "shudu_pdf", str(chapter), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert pypdf.PdfReader(chapter.with_suffix(".pdf")).pages
    assert {path.name for path in (chapter.parents[1] / "_build").iterdir()} <= before | {".lock"}, "it tidies up"


def test_notebook_outside_a_book_is_one_clear_message(tmp_path):
    path = tmp_path / "loose.ipynb"
    path.write_text(notebook(("markdown", "# 零")), "utf-8")
    done = run("nbconvert", "--to", "shudu_html", str(path), cwd=tmp_path)
    assert done.returncode == 1
    assert f"{path}: lies in no book" in done.stderr and "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == [path]


def test_notebook_that_the_contents_do_not_name_is_refused(chapter):
    path = chapter.with_name("unlisted.ipynb")
    path.write_text(notebook(("markdown", "# 零")), "utf-8")
    done = run("nbconvert", "--to", "shudu_pdf", str(path), cwd=chapter.parent)
    path.unlink()
    assert done.returncode == 1 and not path.with_suffix(".pdf").exists()
    assert "unlisted.ipynb: is no chapter of the book; _toc.yml" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([("markdown", "# 章\n\n[](#debt.no-such@2023)")], "nothing has the id debt.no-such@2023"),
        ([("markdown", "# 章"), ("code", "1 / 0")], "ZeroDivisionError"),
    ],
)
def test_faulty_chapter_is_a_clear_message_and_no_file(tmp_path, cells, words):
    path = write_book(tmp_path / "book", *cells)
    done = run("gongbao.chapters", "one", cwd=tmp_path / "book")
    assert done.returncode == 1
    assert "one.ipynb" in done.stderr and words in done.stderr and "sphinx/" not in done.stderr
    assert not list((tmp_path / "book" / "_build" / "chapters").iterdir())
    assert not list(path.parent.glob("one.[!i]*"))


def test_what_papermill_ran_is_exported_with_its_numbers(tmp_path):
    sum_of = 'chapter.publish("debt.test.sum@2023", chapter["debt.limit.total@2023"] * factor);'
    prose = (
        "共[1.0亿元](#debt.test.sum@2023)，上年[185.1亿元](#debt.limit.total@2022)，五倍[961亿元](#one.times-5@2023)。"
    )
    opening = 'from gongbao.chapter import Chapter\nchapter = Chapter("debt")\n'
    cells = [("markdown", f"# 章\n\n{prose}"), ("code", "factor = 1"), ("code", opening + sum_of)]
    path = write_book(tmp_path / "book", *cells, ("markdown", EVIDENCE))
    book = nbformat.read(path, as_version=4)
    book.cells[1].metadata["tags"] = ["parameters"]
    nbformat.write(book, path)
    target = tmp_path / "elsewhere" / "scenario.ipynb"
    target.parent.mkdir()
    # run in a process of its own, as exporters are
    options = ("-p", "factor", "2", "--no-progress-bar")
    done = run("papermill", str(path), str(target), *options, cwd=tmp_path, data=tmp_path / "book" / "data")
    assert done.returncode == 0, done.stderr
    done = run("nbconvert", "--to", "shudu_html", str(target), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    text = html.fromstring(target.with_suffix(".html").read_bytes()).xpath("//main")[0].text_content()
    assert "共384亿元，上年185.1亿元，五倍（无）。" in text
    assert "factor = 2" in text and "缺省参数" in text
    assert book == nbformat.read(path, as_version=4)
    path.unlink()
    done = run("nbconvert", "--to", "shudu_html", str(target), cwd=tmp_path)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert f"{target}: papermill made it of {path}, which is not there" in done.stderr


def test_a_run_that_failed_is_not_exported(tmp_path):
    path = tmp_path / "scenario.ipynb"
    failed = nbformat.v4.new_notebook(metadata={"papermill": {"input_path": "one.ipynb", "exception": True}})
    nbformat.write(failed, path)
    done = run("nbconvert", "--to", "shudu_html", str(path), cwd=tmp_path)
    assert done.returncode == 1 and f"{path}: the run failed" in done.stderr and "Traceback" not in done.stderr


def test_exporters_work_in_a_server_side_by_side(chapter):
    """JupyterLab asks for them in threads of its own process."""
    program = """
    from concurrent.futures import ThreadPoolExecutor
    from nbconvert.exporters import get_exporter
    import sys

    def export(name):
        return get_exporter(name)().from_filename(sys.argv[1])[0]

    if __name__ == "__main__":
        with ThreadPoolExecutor() as threads:
            html, script = threads.map(export, ["shudu_html", "shudu_script"])
        print(html[:15].decode(), "# 1. 一章" in script)
    """
    server = chapter.parent / "server.py"
    server.write_text(textwrap.dedent(program), "utf-8")
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, server, chapter], env=environment, capture_output=True, text=True)
    server.unlink()
    assert done.stdout == "<!DOCTYPE html> True\n", done.stderr


def test_jupyterlab_finds_exporters_by_names_without_hyphens():
    names = [name for name in get_export_names() if name.startswith("shudu")]
    assert sorted(names) == ["shudu_html", "shudu_pdf", "shudu_script"]
    assert all(re.fullmatch(r"\w+", name) for name in names), "its address takes no others"


def test_unknown_name_is_refused_with_those_there_are(capsys):
    assert main(PROJECT, ["dept"]) == 1
    assert "there is no chapter 'dept'; there are assets, audit," in capsys.readouterr().err


@pytest.fixture(scope="module")
def whole(built, tmp_path_factory) -> Path:
    """The book with all its chapters exported."""
    root = tmp_path_factory.mktemp("whole") / "book"
    shutil.copytree(built.root, root, ignore=shutil.ignore_patterns("html", ".doctrees"))
    done = run("gongbao.chapters", cwd=root)
    assert done.returncode == 0, done.stderr
    return root


def test_every_chapter_is_there_in_every_format(whole):
    names = {path.stem for path in (whole / "notebooks").glob("*.ipynb")}
    files = {path.name for path in (whole / "_build" / "chapters").iterdir()}
    assert files == {f"{name}.{suffix}" for name in names for suffix in ("pdf", "html", "py")}


def test_chapters_hold_the_numbers_of_the_book(whole, built):
    number = "//section//*[self::p or self::li][not(ancestor::td)]//span[contains(@class, 'figure-value')]"
    for path in sorted((whole / "_build" / "chapters").glob("*.html")):
        chapter, web = (html.fromstring(file.read_bytes()) for file in (path, built.html / "notebooks" / path.name))
        printed = [[node.text_content() for node in root.xpath(number)] for root in (chapter, web)]
        assert printed[0] and printed[0] == printed[1], path.name
        captions = [
            [node.text_content().strip() for node in root.xpath("//span[@class='caption-number']")]
            for root in (chapter, web)
        ]
        assert captions[0] == captions[1], path.name


def test_chapters_are_exported_again_only_if_something_changed(whole):
    target = whole / "_build" / "chapters"
    before = {path: path.stat().st_mtime_ns for path in target.iterdir()}
    done = run("gongbao.chapters", cwd=whole)
    assert done.returncode == 0 and "Nothing changed" in done.stdout
    assert before == {path: path.stat().st_mtime_ns for path in target.iterdir()}


def test_links_and_prose_of_all_chapters(whole):
    for path in sorted((whole / "_build" / "chapters").glob("*.html")):
        root = html.fromstring(path.read_bytes())
        ids = root.xpath("//@id")
        assert len(ids) == len(set(ids)), path.name
        assert {address[1:] for address in root.xpath("//a/@href") if address.startswith("#")} <= set(ids), path.name
        for code in root.xpath("//pre"):
            code.drop_tree()
        assert not RAW.search(root.text_content()), path.name
    for path in sorted((whole / "_build" / "chapters").glob("*.py")):
        lines = [line for line in path.read_text("utf-8").splitlines() if line.startswith("#")]
        assert not RAW.search("\n".join(lines)), path.name
    for path in sorted((whole / "_build" / "chapters").glob("*.pdf")):
        text = "".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
        assert not RAW.search(text) and "\ufffd" not in text, path.name
