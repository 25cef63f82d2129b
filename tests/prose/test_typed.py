"""The check that no number is typed: what it finds, and what it lets pass."""

from __future__ import annotations

import nbformat
import pytest

from gongbao.ledger.tables import Fault
from gongbao.prose.typed import typed_in_book, typed_in_code, typed_in_notebook, typed_in_prose, wrong_translations


def number(fault: Fault) -> str:
    return fault.problem.removeprefix("the number ").partition(" is typed in ")[0]


def in_prose(text: str) -> list[str]:
    return list(map(number, typed_in_prose(text, "page")))


def in_code(source: str) -> list[str]:
    return list(map(number, typed_in_code(source, "cell")))


def test_book_holds_no_typed_number(project):
    assert list(map(str, typed_in_book(project))) == []


def test_every_page_and_notebook_of_the_book_is_read_and_no_other(tmp_path):
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/a\nchapters: [{file: notebooks/b}]\n", "utf-8")
    for folder in ("book", "notebooks"):
        (tmp_path / folder).mkdir()
    for page in ("a", "draft"):
        (tmp_path / "book" / f"{page}.md").write_text("余额5亿元", "utf-8")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("余额6亿元")])
    nbformat.write(notebook, tmp_path / "notebooks" / "b.ipynb")
    assert [(found.file, number(found)) for found in typed_in_book(tmp_path)] == [
        ("a.md, line 1", "5"),
        ("b.ipynb, cell 1, line 1", "6"),
    ]
    assert [number(found) for found in typed_in_book(tmp_path, known={"book/a.md"})] == ["6"]


# --- numbers in prose


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("余额为130.1亿元", ["130.1"]),
        ("共1,234家", ["1,234"]),
        ("增加３．３亿元", ["３．３"]),
        ("增长3%，其中5家", ["3", "5"]),
        ("9月26日", ["9", "26"]),
        ("百分之五", ["百分之五"]),
        ("三分之一", ["三分之一"]),
        ("增加三倍", ["三倍"]),
        ("一点五倍", ["一点五倍"]),
        ("下降两成", ["两成"]),
        ("十二个项目", ["十二个"]),
        ("二十余家", ["二十余家"]),
        ("约五亿元", ["五亿元"]),
        ("一百三十亿元", ["一百三十亿元"]),
        ("上升两个百分点", ["两个百分点"]),
    ],
)
def test_typed_number_is_found(text, numbers):
    assert in_prose(text) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "一般债务", "十四五规划", "逐一核对", "两类债务", "三份文件", "第一", "第十五次会议", "一律", "统一", "一致",
        "一一对应", "千家万户", "构成", "其一成立", "二者", "万一", "百年大计", "单一来源", "一次性", "第七号",
        "两者之和", "四个流量", "五个数", "十分",
    ],
)  # fmt: skip
def test_ordinary_words_are_no_numbers(text):
    assert in_prose(text) == []


@pytest.mark.parametrize("text", ["统一两个口径", "第一百二十条"])
def test_words_that_end_in_a_numeral_do_not_begin_a_quantity(text):
    assert in_prose(text) == []


@pytest.mark.parametrize(
    "text", ["百分之零点五", "百分之〇点五", "十余家单位", "超过五亿", "十个项目", "①余额", "增长½"]
)
def test_other_ways_to_write_a_quantity_are_found(text):
    assert in_prose(text) != []


def test_place_of_a_typed_number_is_its_line():
    (found,) = typed_in_prose("第一行\n\n余额为5亿元\n", "methods.md")
    assert found.file == "methods.md, line 3"
    assert "余额为5亿元" in found.problem
    assert str(found).startswith("methods.md, line 3: the number 5 is typed in ")
    assert "[](#" in str(found)


# --- allowed kinds, both ways


@pytest.mark.parametrize(
    ("allowed", "typed"),
    [
        ("---\njupytext: 1.16\n---\n# 章", "# 章\n---\njupytext: 1.16\n---\n"),
        ("<!-- 待改：500 -->", "待改：500"),
        ("% 待改：500\n", "待改：500% \n"),
        ("```{math}\nx = \\frac{1}{2}\n```\n", "x = \\frac{1}{2}\n"),
        ("$x=12$", "x=12"),
        ("$$\nx = 12\n$$", "x = 12"),
        ("```shell\npython3.11 -m gongbao\n```\n", "python3.11 -m gongbao\n"),
        ("编号`debt.limit@2023`", "编号debt.limit@2023"),
        ("[192.1亿元](#debt.limit.total@2023)", "192.1亿元 (debt.limit.total@2023)"),
        ("[1.96倍](#scenario.law-z)", "[1.96倍](#term-law-z)"),
        ("见{cite:p}`moore2009`", "见moore2009"),
        ("由[(12)](#equation-bound)得到", "由(12)得到"),
        ("即[15分钟生活圈](#15分钟生活圈)", "即[15分钟](#生活圈)"),
        ("见[总账](ledger-2.md)", "见ledger-2.md"),
        ("<a href='page2.html'>总账</a>", "page2.html"),
        ("见<https://example.org/5>", "余额<5亿元，限额>余额"),
        ("https://example.org/2023/7", "example.org/2023/7"),
        ("《2023年第7号公报》", "公报7号"),
        ("2023年", "2023"),
        ("2023年9月26日", "9月26日"),
        ("2023 年 9 月", "2023亿元"),
        ("2023-09-26", "2023/09/26"),
        ("第3章", "3章"),
        ("第 12 条", "12条"),
        ("第5项", "第5家"),
    ],
)
def test_allowed_kind_is_allowed_and_nothing_beyond_it(allowed, typed):
    assert in_prose(allowed) == []
    assert in_prose(typed) != []


def test_number_beside_allowed_ones_is_found():
    assert in_prose("2023年余额130.1亿元，见《公报2023》第3章，`id5`") == ["130.1"]


@pytest.mark.parametrize("year", ["1800年", "2150年", "12023年", "2023年度增长5"])
def test_year_is_one_of_our_times(year):
    assert in_prose(year) != []


def test_role_that_prints_no_figure_allows_nothing():
    assert in_prose("{strong}`500亿元`") == ["500"]


def test_number_between_two_published_ones_is_found():
    assert in_prose("[5](#a@2023)比500亿元多[6](#b@2022)") == ["500"]


def test_number_below_a_comment_is_found():
    assert in_prose("% 一句说明\n\n余额500亿元") == ["500"]


def test_number_in_the_title_of_a_directive_is_found():
    assert in_prose("```{admonition} 余额500亿元\n增加六倍。\n```\n") == ["500", "六倍"]


def test_number_between_two_directives_is_found():
    text = "```{figures} debt\n```\n\n余额500亿元\n\n```{figures} computed\n```\n"
    assert in_prose(text) == ["500"]


# --- code


@pytest.mark.parametrize(
    ("source", "numbers"),
    [
        ("x = 130.1", ["130.1"]),
        ("x = y * 100", ["100"]),
        ("x = -5", ["5"]),
        ("rows[7]", ["7"]),
        ("share = '21/22'; rest = '2022/5'", ["21", "22", "2022", "5"]),
        ("title = '余额130.1亿元'", ["130.1"]),
        ("title = f'共{n}家，其中5家'", ["5"]),
        ("f'{x:.2f}'", ["2"]),
        ("note = '增加三倍'", ["三倍"]),
        ("note = '在2024年'", []),
        ("axes.set_xlim(0, 400); canvas = charts.canvas(4.2, rows=3)", []),
        ("rows.iloc[:5]; growth.root(5); (1 + growth) ** 3", []),
        ("rows.head(5); rows.add(5)", ["5"]),
    ],
)
def test_typed_number_in_code_is_found(source, numbers):
    assert in_code(source) == numbers


@pytest.mark.parametrize(
    "source",
    [
        "chapter['debt.limit.total@2023']",
        "chapter[f'debt.limit.{kind}@2022-12-31']",
        "years = ('2022', '2023')",
        "spans = {'2022': '2021/2022', '2023-01/2023-08': '2022/2023-08'}",
        "shares.loc['retail.top-50']",
        "mean = (a + b) / 2",
        "last = balances[-1]",
        "sign, flag = 1, True",
        "canvas, axes = charts.canvas(3.4, rows=2, columns=3)",
        "x = a - 0  # 500",
        "title = '余额[](#debt.limit.total@2023)'",
        "frame('debt.balance.{kind}.computed@{year}-12-31')",
        "f'{year}-12-31'",
    ],
)
def test_logic_ids_and_sizes_are_no_facts(source):
    assert in_code(source) == []


def test_size_of_a_canvas_is_exempt_and_nothing_else():
    assert in_code("charts.bars(axes, 3.4)") == ["3.4"]
    assert in_code("charts.canvas(3.4); x = 3.4") == ["3.4"]


def test_number_in_code_is_found_in_its_line():
    (found,) = typed_in_code("a = 1\nb = '共5家'\n", "debt.ipynb, cell 3")
    assert found.file == "debt.ipynb, cell 3, line 2"


def test_number_in_code_is_told_what_code_can_do():
    (found,) = typed_in_code("a = debt * 1.5", "debt.ipynb, cell 3")
    assert str(found).endswith("expected: take it from the data, or say chapter.assume")


@pytest.mark.parametrize("source", ["b'500'", "id = 'x130.1@'", "'top-50'", "'1-2/3-4'", "'retail.top-50 5'"])
def test_number_in_disguise_is_found(source):
    assert in_code(source) != []


# --- notebooks


@pytest.fixture
def notebook(tmp_path):
    """Write a notebook of cells and read its typed numbers."""

    def read(*cells: nbformat.NotebookNode) -> list[tuple[str, str]]:
        path = tmp_path / "debt.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=list(cells)), path)
        return [(found.file, number(found)) for found in typed_in_notebook(path)]

    return read


def test_cell_of_parameters_may_hold_assumptions(notebook):
    source = "horizon = 5  # 年\nrefinancing = [0, 50, 100]"
    tagged = nbformat.v4.new_code_cell(source, metadata={"tags": ["hide-input", "parameters"]})
    assert notebook(tagged) == []
    assert [number for _, number in notebook(nbformat.v4.new_code_cell(source))] == ["5", "50", "100"]
    # what is reckoned, or shown, is no assumption
    tagged.source = "horizon = 5\nlimit = total * 1.1\nprint('增长30%')"
    assert [number for _, number in notebook(tagged)] == ["1.1", "30"]


@pytest.mark.parametrize("text", ["```{include} other.txt\n```", "```{csv-table}\n:file: other.csv\n```"])
def test_texts_of_other_files_are_not_brought_in(text):
    (fault,) = typed_in_prose(f"# 章\n\n{text}\n", "page.md")
    assert fault.file.startswith("page.md, line ")
    assert "brings in another text" in fault.problem


def test_an_address_ends_where_chinese_begins():
    assert list(typed_in_prose("见https://a.cn/2023，增长30%。", "page.md"))
    assert not list(typed_in_prose("见https://a.cn/2023，增长。", "page.md"))


def test_every_cell_is_read(notebook):
    cells = [
        nbformat.v4.new_markdown_cell("# 章"),
        nbformat.v4.new_code_cell("x = 7"),
        nbformat.v4.new_markdown_cell("余额\n5亿元"),
    ]
    assert notebook(*cells) == [("debt.ipynb, cell 2, line 1", "7"), ("debt.ipynb, cell 3, line 2", "5")]


def test_output_is_not_typed(notebook):
    cell = nbformat.v4.new_code_cell("x", outputs=[nbformat.v4.new_output("stream", text="500")])
    assert notebook(cell) == []


def test_raw_cell_is_read_as_prose(notebook):
    assert [number for _, number in notebook(nbformat.v4.new_raw_cell("余额 5 亿元"))] == ["5"]


def test_code_that_is_no_python_is_named(notebook):
    with pytest.raises(ValueError, match=r"debt\.ipynb, cell 1: cannot read the code"):
        notebook(nbformat.v4.new_code_cell("%matplotlib inline\nx = 5"))


@pytest.mark.parametrize(
    ("translation", "row", "told"),
    [
        ("Revenue is [](#debt.limit.total@2023).", None, ""),
        ("Revenue is 31.99 billion.", 4, "alone leads to debt.limit.total@2023"),
        ("Revenue is [](#debt.limit.total@2022).", 4, "alone leads to debt.limit.total@2022"),
        ('Revenue"\n<<<<<<< HEAD\n#"', 6, "cannot be read"),
    ],
)
def test_translations_lead_to_the_figures_of_their_texts(tmp_path, translation, row, told):
    file = tmp_path / "locale" / "en" / "LC_MESSAGES" / "book" / "index.po"
    file.parent.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    file.write_text(f'{head}msgid "收入为[](#debt.limit.total@2023)。"\nmsgstr "{translation}"\n', "utf-8")
    name, found = file.relative_to(tmp_path).as_posix(), list(wrong_translations(tmp_path))
    assert [(fault.file, fault.row) for fault in found] == ([(name, row)] if told else [])
    assert all(told in fault.problem for fault in found)
    assert not list(wrong_translations(tmp_path, known={name}))


@pytest.mark.parametrize(
    "text",
    [
        *("查处三十四件。", "共二十三所学校。", "用了四十二天。", "涉及三百公顷。", "五十六户居民。", "选出十处。"),
        *("十几亿元。", "叁拾亿元。", "廿三家。", "增长𝟑𝟎%。", "增长³⁰%。", "增长٣٠%。", "共Ⅻ项。", "共㉚项。"),
    ],
)
def test_numbers_in_any_digits_and_before_any_measure_are_found(text):
    assert list(typed_in_prose(text, "page.md"))


@pytest.mark.parametrize(
    "text", ["百亿级产业平台。", "七、八两月。", "多印一两位。", "十五次会议".join("第。"), "陆域面积。"]
)
def test_names_and_ordinals_are_none(text):
    assert not list(typed_in_prose(text, "page.md"))


TEXT = (
    "2023年限额[](#debt.limit.total@2023)，余额[](#debt.balance.total@2023)，"
    "[没有](#absence.debt.hidden) {cite:p}`a,b`（第96页），百亿级。"
)
TRUE = (
    "In 2023 the limit is [](#debt.limit.total@2023), [](#debt.balance.total@2023) outstanding, "
    "[none](#absence.debt.hidden) {cite:p}`b,a` (p. 96), CNY 10 billion."
)


@pytest.mark.parametrize(
    ("true", "false", "problem"),
    [
        ("(p. 96)", "(p. 69)", "the number 69 is typed"),
        ("In 2023", "In 2021", "the number 2021 is typed"),
        ("limit is", "limit, up 12%, is", "the number 12 is typed"),
        ("[](#debt.limit.total@2023)", "[CNY 1 billion](#debt.limit.total@2023)", "'CNY 1 billion' is typed"),
        ("limit is", "limit is [](#debt.limit.total@2023) or", "leads to debt.limit.total@2023"),
        ("#absence.debt.hidden", "#absence.sport.ranks", "leads to absence"),
        ("`b,a`", "`b`", "leads to a,b"),
    ],
)
def test_a_translation_says_what_its_text_says(tmp_path, true, false, problem):
    folder = tmp_path / "locale" / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    for translation in (TRUE, TRUE.replace(true, false)):
        (folder / "page.po").write_text(f'msgid "{TEXT}"\nmsgstr "{translation}"\n', "utf-8")
        found = [fault.problem for fault in wrong_translations(tmp_path)]
        assert (found == []) == (translation == TRUE)
    assert any(problem in one for one in found), found
