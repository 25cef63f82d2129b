"""Columns that fit the page."""

from __future__ import annotations

import pytest
from docutils import nodes

from gongbao.typst.tables import COLUMN_PADDING, LINE_WIDTH, SMALL_GAP, Grid


def group(rows: list[list[str]], **cells: dict[str, object]) -> nodes.tgroup:
    """A table group; ``cells`` sets attributes of single entries, by ``r0c1``."""
    result = nodes.tgroup(cols=len(rows[0]))
    result += [nodes.colspec(colwidth=10) for _ in rows[0]]
    body = nodes.tbody()
    for number, texts in enumerate(rows):
        row = nodes.row()
        for column, text in enumerate(texts):
            entry = nodes.entry("", nodes.paragraph("", text))
            for name, value in cells.get(f"r{number}c{column}", {}).items():
                entry[name] = value
            row += entry
        body += row
    result += body
    return result


def is_whole(rows: list[list[str]], explicit: bool = False) -> bool:
    grid = Grid(group(rows))
    return grid.is_whole(grid.widths(explicit))


def test_a_low_table_is_not_parted_and_one_that_takes_a_third_of_a_page_is() -> None:
    assert is_whole([["甲", "1"]] * 14)
    assert not is_whole([["甲", "1"]] * 15)
    # a line holds some 47 characters of these
    assert is_whole([["甲", "长" * 90]] * 8)
    assert not is_whole([["甲", "长" * 90]] * 9)
    assert not is_whole([["甲", "长" * 140]] * 8)
    # in columns of equal width, half of that
    assert is_whole([["甲", "长" * 90]] * 4, explicit=True)
    assert not is_whole([["甲", "长" * 90]] * 5, explicit=True)


def test_paragraphs_of_a_cell_stand_below_each_other() -> None:
    rows = group([["甲", "乙"]] * 4)
    assert Grid(rows).is_whole(["auto", "auto"])
    for entry in rows.findall(nodes.entry):
        entry.extend(nodes.paragraph("", "丙") for _ in range(4))
    assert not Grid(rows).is_whole(["auto", "auto"])
    assert not Grid(rows).is_whole(["25fr", "25fr"])


def test_a_narrow_table_keeps_its_natural_width() -> None:
    assert Grid(group([["甲", "1"], ["乙", "22"]])).widths(explicit=False) == ["auto", "auto"]


def shares(tgroup: nodes.tgroup, explicit: bool = False) -> list[float]:
    """The widths of a table that does not fit, in ems with the padding; together they fill the line."""
    widths = [float(width.removesuffix("fr")) for width in Grid(tgroup).widths(explicit=explicit)]
    assert sum(widths) == pytest.approx(LINE_WIDTH, abs=0.5)
    return widths


def test_long_text_takes_what_the_narrow_columns_leave() -> None:
    first, second, third = shares(group([["甲", "长" * 30, "更" * 360]]))
    assert first < 3 < second < third


def test_a_number_does_not_wrap_beside_long_text() -> None:
    rows = [["甲", "130.1 亿元", "130.05～130.15 亿元", "出处" * 50]]
    _name, value, interval, _text = shares(group(rows))
    assert value > 6.1  # natural width in the serif face, and padding
    assert interval > 10.7


def test_a_number_keeps_its_unit_however_much_the_others_say() -> None:
    _name, difference, *_texts = shares(group([["规划", "541亿元", *["长" * 90] * 4]]))
    assert difference > 3 * 0.56 + 2 + COLUMN_PADDING
    *_texts, interval = shares(group([[*["长" * 90] * 5, "2305475.5～2305476.5万元"]]))
    assert interval < 10


def test_in_small_type_text_stands_apart_from_the_number_before_it() -> None:
    numbers = {f"r0c{column}": {"classes": ["text-right"]} for column in (1, 3)}
    rows = [["长" * 90, "1", "长" * 90, "1", "长" * 90]]
    first, _a, second, _b, third = Grid(group(rows, **numbers), compact=True).widths(explicit=False)
    assert float(second[:-2]) == float(third[:-2]) == pytest.approx(float(first[:-2]) + SMALL_GAP, abs=0.11)


def test_two_characters_stand_beside_each_other_however_much_is_said_of_them() -> None:
    rows = [
        ["检查", "每天开展拉网式检查（第23页）" * 2, "查处较为薄弱（第24页、第30页）" * 2, "没有查到，或查到了处置不了"]
    ] * 9
    assert shares(group(rows))[0] > 2 + COLUMN_PADDING + 0.2


def test_the_longest_text_is_the_widest_though_one_number_is_long() -> None:
    rows = [["New special bonds of the year", "CNY\xa00.32\xa0billion", "Why they differ and why " * 8]] * 9
    rows += [["Households", "1,234.5 services per million people", "so"]]
    name, value, text = shares(group(rows))
    assert text > name + value


def test_a_head_takes_two_lines_before_a_name_does() -> None:
    tgroup = group([["提前达到目标的指标", "1.4±0.8", "9.9±0.8"] * 2])
    head = nodes.thead("", nodes.row("", *(nodes.entry("", nodes.paragraph("", "目标与基期相差")) for _ in range(6))))
    tgroup.insert(6, head)
    assert shares(tgroup)[0] > 10


def test_many_words_and_numbers_share_a_line_without_overprinting() -> None:
    rows = [["Above-designated-size industry", "12.3%", "Top hundred and fifty in industry", "not yet positive"] * 2]
    assert min(shares(group(rows))) > 3.5


def test_widths_of_the_author_win() -> None:
    assert Grid(group([["甲", "长" * 90]])).widths(explicit=True) == ["10fr", "10fr"]


def test_widths_of_the_author_yield_where_a_number_would_stick_out() -> None:
    tgroup = group([["12345.6789012345", "长" * 90, "字" * 90]])
    next(iter(tgroup.findall(nodes.colspec)))["colwidth"] = 2
    assert shares(tgroup, explicit=True)[0] > 10


def test_a_cell_may_hold_a_table() -> None:
    outer = group([["甲", "1"]])
    next(iter(outer.findall(nodes.entry))).append(nodes.table("", group([["乙", "2", "3"]])))
    assert Grid(outer).widths(explicit=False) == ["auto", "auto"]


def test_no_share_is_narrower_than_the_longest_word() -> None:
    rows = [["12345.6789012345", *["长" * 90] * 5]]
    assert shares(group(rows))[0] > 10


def test_a_column_is_aligned_as_most_of_its_cells() -> None:
    right = {"classes": ["text-right"]}
    grid = Grid(
        group(
            [["a", "1"], ["b", "2"], ["c", "—"]],
            r0c1=right,
            r1c1=right,
            r2c1={"classes": ["text-right"]},
        )
    )
    assert grid.alignments() == ["left", "right"]


def test_many_numbers_need_smaller_type() -> None:
    assert Grid(group([["1234.56"] * 14])).dense
    assert not Grid(group([["1234.56"] * 4])).dense
    assert not Grid(group([["长" * 300, "文" * 300]])).dense  # Chinese may break anywhere
