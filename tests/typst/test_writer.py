"""The writer, one type of node after another; nothing is compiled here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from docutils import nodes
from sphinx import addnodes

if TYPE_CHECKING:
    from conftest import Writer


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("普通文字", "普通文字"),
        ("*斜*", "#emph[斜];"),
        ("**黑**\\ (甲)", "#strong[黑];(甲)"),
        ("``a_b``", '#raw("a_b");'),
        ("H\\ :sub:`2`\\ O", "H#sub[2];O"),
        ("x\\ :sup:`2`", "x#super[2];"),
        (":abbr:`GDP (总值)`", "GDP"),
        (":kbd:`Ctrl`", '#raw("Ctrl");'),
        (".. role:: monospace\n\n:monospace:`编号`", "#monospace[编号];"),
        ("`站 <https://a.cn/x>`__", '#link("https://a.cn/x")[站];'),
        ("5 * 3 #1 $2 @x", "5 \\* 3 \\#1 \\$2 \\@x"),
        ("*6.5%*；多", r"#emph[#box[6.5%];\u{2060}];；多"),
        ("one\n2. two", "one\n2\\. two"),
    ],
)
def test_text(writer: Writer, source: str, expected: str) -> None:
    assert writer(source) == expected
    assert writer.warnings == ""


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("- 甲\n- 乙", "#list[甲][乙];"),
        ("3. 甲\n4. 乙", '#enum(numbering: "1.", start: 3)[甲][乙];'),
        ("1) 甲\n2) 乙", '#enum(numbering: "1)", start: 1)[甲][乙];'),
        ("(b) 甲\n(c) 乙", '#enum(numbering: "(a)", start: 2)[甲][乙];'),
        ("- 甲\n\n  - 子", "#list[甲\n\n\n#list[子];];"),
        ("词\n  释义", "#definition[词][释义];"),
        ("word : kind\n  text", "#definition[word kind][text];"),
        ("  引文", "#blockquote[引文];"),
        ("甲\n\n----\n\n乙", "甲\n\n\n#transition()\n\n乙"),
        (".. rubric:: 小题", "#rubric[小题];"),
        (".. raw:: typst\n\n   #v(1em)", "#v(1em)"),
        (".. raw:: html\n\n   <b>x</b>", ""),
        (".. 注释", ""),
        (".. index:: 甲", '#anchor("index#index-0");'),
        (".. |s| replace:: 值\n\n得 |s|", "得 值"),
        ("::\n\n  a = 1", '#listing(kind: "code")[#raw(block: true, lang: none, "a = 1")];'),
    ],
)
def test_blocks(writer: Writer, source: str, expected: str) -> None:
    assert writer(source) == expected
    assert writer.warnings == ""


@pytest.mark.parametrize(
    ("source", "kind", "title"),
    [
        (".. note:: 文", "note", "备注"),
        (".. warning:: 文", "warning", "警告"),
        (".. seealso:: 文", "seealso", "参见"),
        (".. tip:: 文", "tip", "小技巧"),
        (".. important:: 文", "important", "重要"),
        (".. caution:: 文", "caution", "小心"),
        (".. admonition:: 发现\n\n   文", "plain", "发现"),
        (".. admonition:: 发现\n   :class: tip dropdown\n\n   文", "tip", "发现"),
        (".. topic:: 题\n\n   文", "plain", "题"),
    ],
)
def test_boxes(writer: Writer, source: str, kind: str, title: str) -> None:
    assert writer(source) == f'#callout("{kind}", title: [{title}])[\n文\n];'


def test_every_term_of_a_glossary_can_be_linked_to(writer: Writer) -> None:
    text = writer(".. glossary::\n\n   甲\n   乙\n     释义\n\n   丙\n     另一")
    terms = [f'#anchor("index#term-{number}");{word}' for number, word in enumerate("甲乙丙")]
    assert text == f"#definition[{terms[0]}#h(1em);{terms[1]}][释义];\n\n\n#definition[{terms[2]}][另一];"
    assert writer.warnings == ""


def test_a_term_may_have_several_definitions(writer: Writer) -> None:
    definitions = [nodes.definition("", nodes.paragraph("", word)) for word in "甲乙"]
    item = nodes.definition_list_item("", nodes.term("", "词"), *definitions)
    assert writer.node(nodes.definition_list("", item)) == "#definition[词][甲\n\n乙];"


def test_code_keeps_its_language_and_loses_terminal_colours(writer: Writer) -> None:
    assert 'lang: "python", "x = 1"' in writer(".. code-block:: ipython3\n\n   x = 1")
    block = nodes.literal_block("", "\x1b[31m红\x1b[0m", classes=["output", "stream"])
    assert writer.node(block) == '#listing(kind: "output")[#raw(block: true, lang: none, "红")];'


def test_code_has_its_caption_above(writer: Writer) -> None:
    text = writer(".. code-block:: python\n   :caption: 代码\n\n   x = 1")
    assert text.index("#listing-caption[代码]") < text.index("x = 1")


def code_cell(*classes: str) -> nodes.container:
    source = nodes.container("", nodes.literal_block("", "x = 1  # 假设"), nb_element="cell_code_source")
    return nodes.container("", source, nodes.paragraph("", "结果"), nb_element="cell_code", classes=list(classes))


def test_of_the_code_of_notebooks_assumptions_are_shown(writer: Writer) -> None:
    for cell, shown in ((code_cell(), False), (code_cell("tag_parameters"), True)):
        text = writer.node(cell)
        assert ("假设" in text) is shown
        assert text.endswith("结果")
        assert text.startswith("#cell-input[#listing") is shown


def test_boxes_in_two_columns_stand_beside_each_other_and_their_titles_may_be_links(writer: Writer) -> None:
    link = nodes.reference("", "债务", refuri="https://a.cn")
    boxes = (nodes.admonition("", nodes.title("", "", link.deepcopy()), nodes.paragraph("", word)) for word in "甲乙")
    text = writer.node(nodes.container("", *boxes, classes=["overview", "two-columns"]))
    box = '[#callout("plain", title: [#link("https://a.cn")[债务];])[\n{}\n];]'
    assert text == f"#side-by-side{box.format('甲')}{box.format('乙')};"


def test_a_formula_has_its_source_as_alternative_text(writer: Writer) -> None:
    assert writer(":math:`D/L`") == '#math.equation(alt: "D/L", $D slash L$);'
    text = writer(".. math::\n   :label: eq\n\n   H = L - D")
    assert '#formula(number: "1", target: "index#equation-eq"' in text
    assert "$ H = L - D $" in text


def test_a_table_has_header_alignment_and_caption(writer: Writer) -> None:
    text = writer(
        ".. list-table:: 题\n   :header-rows: 1\n   :widths: 3 1\n   :name: t\n\n"
        "   * - 甲\n     - 乙\n   * - 丙\n     - 1"
    )
    assert "columns: (3fr, 1fr,)" in text
    assert "header: ([甲],\n[乙],\n)" in text
    assert "header-rows: 1" in text
    assert "caption: [题]" in text
    assert 'target: "index#t"' in text
    assert text.endswith("[丙],\n[1],\n);")


def test_a_table_whose_cells_take_several_columns_is_a_warning(writer: Writer) -> None:
    assert writer("+---+---+\n| 甲    |\n+---+---+\n| 1 | 2 |\n+---+---+") == ""
    assert "cells take several columns or rows cannot be printed" in writer.warnings


def test_a_figure_has_image_caption_and_legend(writer: Writer) -> None:
    image = nodes.image(uri="a.svg", alt="一图", width="50%")
    figure = nodes.figure("", image, nodes.caption("", "题"), nodes.legend("", nodes.paragraph("", "来源")), ids=["f"])
    writer.images["a.svg"] = "a.svg"
    text = writer.node(figure)
    assert '#picture(image("images/a.svg", alt: "一图", width: 50%));' in text
    assert "caption: [题]" in text
    assert "legend: [来源]" in text
    assert 'target: "index#f"' in text


def test_an_image_in_a_sentence_does_not_part_it(writer: Writer) -> None:
    writer.images["a.svg"] = "a.svg"
    sentence = nodes.paragraph("", "见", nodes.image(uri="a.svg", alt="星"), nodes.Text("处"))
    assert writer.node(sentence) == '见#box(image("images/a.svg", alt: "星", width: auto));处'


@pytest.mark.parametrize(("width", "expected"), [("8cm", "8cm"), ("400px", "auto")])
def test_widths_of_images(writer: Writer, width: str, expected: str) -> None:
    writer.images["a.svg"] = "a.svg"
    assert f"width: {expected})" in writer.node(nodes.image(uri="a.svg", width=width))


def test_a_footnote_stands_where_html_has_it_and_its_references_lead_there(writer: Writer) -> None:
    text = writer("甲 [#a]_ 乙 [#a]_\n\n.. [#a] 注文")
    assert text.count('#super[#link(label("index#a"))[1];];') == 2
    assert '#source-entry(target: "index#a")[1][注文];' in text
    assert writer.warnings == ""


def test_a_footnote_that_nothing_refers_to_is_printed_in_place(writer: Writer) -> None:
    assert "#source-entry" in writer(".. [1] 孤注")


def test_a_citation_is_linked_and_listed(writer: Writer) -> None:
    citation = nodes.citation("", nodes.label("", "李 2012"), nodes.paragraph("", "著录"), ids=["c"])
    reference = nodes.reference("", "李 2012", refid="c", internal=True)
    text = writer.node(nodes.paragraph("", "", reference), citation)
    assert '#link(label("index#c"))[李 2012];' in text
    assert '#source-entry(target: "index#c")[李 2012][著录];' in text


def test_ids_may_hold_any_characters(writer: Writer) -> None:
    anchor = "law.rate@2023-01/2023-08"
    text = writer.node(
        nodes.paragraph("", "", nodes.reference("", "一审", refid=anchor, internal=True)),
        nodes.paragraph("", "行", ids=[anchor]),
    )
    assert f'#link(label("index#{anchor}"))[一审];' in text
    assert f'#anchor("index#{anchor}");行' in text
    assert writer.warnings == ""


def test_all_ids_of_an_element_lead_to_its_one_label(writer: Writer) -> None:
    text = writer.node(
        nodes.paragraph("", "", nodes.reference("", "甲", refid="b", internal=True)),
        nodes.paragraph("", "行", ids=["a", "b"]),
    )
    assert '#link(label("index#a"))[甲];' in text
    assert text.count("#anchor(") == 1


def test_an_id_of_a_row_is_anchored_in_its_first_cell(writer: Writer) -> None:
    tree = writer.parse("== ==\n甲 乙\n== ==")
    next(iter(tree.findall(nodes.row)))["ids"] = ["r"]
    assert '[#anchor("index#r");甲]' in writer(tree)


def test_anchors_leave_what_is_printed_twice(writer: Writer) -> None:
    title = nodes.title("", "题", nodes.inline("", "锚", ids=["a"]))
    text = writer.node(nodes.section("", title, ids=["s"]))
    assert text.endswith('[题锚];#anchor("index#a");')


@pytest.mark.parametrize("target", ["nowhere", "%missing", "%index#nowhere", "page.html"])
def test_a_reference_to_nothing_is_a_warning(writer: Writer, target: str) -> None:
    text = writer.node(nodes.paragraph("", "", nodes.reference("", "某处", refuri=target)))
    assert text.endswith("某处")
    assert "#link" not in text
    if target == "nowhere":
        assert "no page of the book" in writer.warnings
    assert "WARNING" in writer.warnings


def test_an_unknown_node_is_a_warning_and_keeps_its_text(writer: Writer) -> None:
    class novelty(nodes.General, nodes.Element):  # noqa: N801
        pass

    unknown = novelty("", nodes.paragraph("", "内文"))
    unknown.source, unknown.line = "page.md", 7
    assert writer.node(unknown) == "内文"
    assert "page.md:7: WARNING: no way to print a node of type 'novelty'" in writer.warnings


def test_downloads_are_linked_only_to_the_outside(writer: Writer) -> None:
    inside = addnodes.download_reference("", "", nodes.literal("", "表"), filename="a.csv")
    outside = addnodes.download_reference("", "网", refuri="https://a.cn/a.csv")
    assert writer.node(nodes.paragraph("", "", inside)) == '#raw("表");'
    text = writer.node(nodes.paragraph("", "", outside))
    assert text == '#link("https://a.cn/a.csv")[网];'


def test_parts_begin_and_end(writer: Writer) -> None:
    from gongbao.typst.writer import part

    def page(title: str) -> nodes.section:
        return nodes.section("", nodes.title("", title), ids=[title])

    text = writer.node(part(caption="财政"), page("债务"), part(caption=None), page("附录"))
    first, second = text[: text.index("[债务]")], text[text.index("[债务]") :]
    assert "part: [财政]" in first
    assert "offset: 1" in first
    assert "part:" not in second
    assert "offset: 0" in second
