"""Charts: fonts that are embedded, colours that differ in grey, and bars that start from zero."""

from __future__ import annotations

import logging
import math
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pylopdf_fonts_zh_cn as fonts
import pytest
from building import PROJECT
from fontTools.ttLib import TTFont
from matplotlib import font_manager, pyplot
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Rectangle

from gongbao import pages
from gongbao.chapter import charts, kinds
from gongbao.figures.errors import UnusableValueError
from gongbao.figures.figure import Figure, common_scales
from gongbao.figures.units import UnitError

TYPST_FONTS = PROJECT / "gongbao" / "typst" / "fonts"


@pytest.fixture(autouse=True)
def style():
    """The look that a chapter gives to what its notebook draws."""
    with mpl.rc_context(charts.STYLE):
        yield


@pytest.fixture
def figures(ledger) -> list[Figure]:
    """Two stated figures and a computed one that falls."""
    limits = [ledger["debt.limit.total@2022"], ledger["debt.limit.total@2023"]]
    special = ledger["debt.balance.special@2022-12-31"] - ledger["debt.balance.general@2022-12-31"]
    return [*limits, special.named("debt.gap@2022-12-31", "差", "gap")]


@pytest.fixture
def drawn() -> tuple[Canvas, Axes]:
    """An empty chart."""
    return charts.canvas(3)


def column(labels: list[str], figures: list[Figure], name: str = "") -> pd.Series:
    return pd.Series(figures, labels, dtype=object, name=name)


def rectangles(axes: Axes) -> list[Rectangle]:
    return [patch for patch in axes.patches if isinstance(patch, Rectangle)]


def texts(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


# --- fonts


def test_font_is_the_one_that_comes_with_the_packages():
    (family,) = mpl.rcParams["font.family"]
    regular = font_manager.findfont(family, fallback_to_default=False)
    assert Path(regular) == Path(fonts.sans_path())
    bold = font_manager.findfont(font_manager.FontProperties(family=family, weight="bold"), fallback_to_default=False)
    assert Path(bold).parent == TYPST_FONTS


def test_everything_the_book_writes_has_a_glyph(drawn, caplog):
    canvas, axes = drawn
    axes.set_title("再融资占还本，2022年末：一般债务、专项债务（亿元）")
    for place, text in enumerate(["−2.2±0.1亿元", "192.05～192.15亿元", "16.3%", "“双减”《决议》；：！？—…", "∞×÷"]):
        axes.text(0, place / 10, text)
        axes.text(0, place / 10, text, weight="bold")
    axes.set_xlim(-5, 5)
    with warnings.catch_warnings(), caplog.at_level(logging.WARNING, "matplotlib"):
        warnings.simplefilter("error")
        charts.Sheet(canvas).svg()
    assert caplog.records == []


def test_missing_glyph_would_be_noticed(drawn):
    canvas, axes = drawn
    axes.text(0, 0, "\U0001f600")
    with pytest.warns(UserWarning, match="missing from font"):
        charts.Sheet(canvas).svg()


def test_texts_are_text_without_styles_and_marks_say_their_values(drawn, figures):
    canvas, axes = drawn
    kinds.bars(axes, column(["上年", "本年", "差"], figures))
    drawing = charts.Sheet(canvas).svg(values={figures[0].id: "限额<2022>"})
    assert re.findall("<text[^>]*>(.*?)</text>", drawing) == ["上年", "本年", "差", *map(str, texts(axes))]
    assert re.findall("<path[^>]*><title>(.*?)</title>", drawing) == ["限额&lt;2022&gt;"]
    # no ground of its own: it stands on the page's, light or dark; the policy of pages forbids styles
    assert not re.search('style|fill="#ffffff"|<dc:date>', drawing)


def test_font_of_pages_has_all_that_is_no_square_as_wide_as_it_was_laid_out():
    shown, laid_out = TTFont(Path(pages.__file__).parent / "static/fonts/charts.woff"), TTFont(fonts.sans_path())
    assert set(map(ord, "0123456789.,%±−–+<>“”²ABCxyz")) <= shown.getBestCmap().keys()
    for code, glyph in shown.getBestCmap().items():
        assert shown["hmtx"][glyph][0] == laid_out["hmtx"][laid_out.getBestCmap()[code]][0]


def test_picture_is_the_same_bytes_each_time(figures):
    def picture() -> str:
        canvas, axes = charts.canvas(3)
        kinds.bars(axes, column(["上年", "本年", "差"], figures))
        return charts.Sheet(canvas).svg()

    assert picture() == picture()


def test_picture_is_the_same_whatever_was_drawn_of_it_before(drawn, balances, limits):
    canvas, axes = drawn
    kinds.dumbbells(axes, column(LABELS, balances, "余额"), column(LABELS, limits, "限额"))
    sheet = charts.Sheet(canvas)
    first = sheet.svg()
    sheet.svg(charts.NARROW, lambda text: f"{text}, in longer words" if text in LABELS else text)
    assert sheet.svg() == charts.Sheet(canvas).svg() == first


def test_a_drawing_makes_one_renderer(drawn, figures, monkeypatch):
    canvas, axes = drawn
    kinds.bars(axes, column(["上年", "本年", "差"], figures))
    sheet, made, begin = charts.Sheet(canvas), [], RendererSVG.__init__
    sheet.svg()
    monkeypatch.setattr(RendererSVG, "__init__", lambda self, *size, **said: made.append(begin(self, *size, **said)))
    sheet.svg()
    assert len(made) == 1


def test_a_font_is_read_once_not_for_each_text(drawn, figures, monkeypatch):
    canvas, axes = drawn
    kinds.bars(axes, column(["上年", "本年", "差"], figures))
    before = charts.Sheet(canvas).svg()
    monkeypatch.setattr("matplotlib.text.get_font", None)  # by which texts would read it
    assert charts.Sheet(canvas).svg() == before
    monkeypatch.undo()
    monkeypatch.delattr(charts._Renderer, "_get_font_height_metrics")
    assert charts.Sheet(canvas).svg() == before


def test_a_text_that_reaches_beyond_the_axes_stays_in_the_picture(drawn, figures):
    canvas, axes = drawn
    wide = [figures[-1] * 4, figures[-1] * 5]
    kinds.dots(axes, column(["上年", "本年"], wide))
    charts.Sheet(canvas).svg(charts.NARROW, scales=common_scales(wide))
    assert max(text.get_window_extent().x1 for text in axes.texts) < 72 * charts.NARROW - 1


def test_names_are_broken_between_clauses_and_their_lines_stand_apart(drawn, figures):
    canvas, axes = drawn
    kinds.bars(
        axes, column(["审计（调查）项目总数量", "青浦区一般债务还本（至多）", "甲：合并推演，再融资0%"], figures)
    )
    charts.Sheet(canvas).svg(charts.NARROW)
    labels = axes.get_yticklabels()
    assert [label.get_text().splitlines() for label in labels] == [
        ["审计（调查）", "项目总数量"],
        ["青浦区一般债务还本", "（至多）"],
        ["甲：合并推演，", "再融资0%"],
    ]
    assert min(label.get_window_extent().height / label.get_fontsize() for label in labels) > 2.2


def test_a_year_is_not_parted_from_its_word(drawn, figures):
    canvas, axes = drawn
    kinds.columns(axes, column(["区2021年", "区2022年", "市2023年"] * 2, figures * 2))
    charts.Sheet(canvas).svg(charts.NARROW)
    assert axes.get_xticklabels()[0].get_text() == "区\n2021年"


def test_panels_stand_below_each_other_on_a_phone_each_with_its_rows(balances):
    canvas, grid = charts.canvas(2, columns=2, sharey=True)
    for axes in grid:
        kinds.bars(axes, column(LABELS, balances))
    wide, narrow = (charts.Sheet(canvas).svg(width) for width in (0, charts.NARROW))
    assert (wide.count(">专项<"), narrow.count(">专项<")) == (1, 2)
    size = 'width="{:g}pt" height="{:g}pt"'
    assert size.format(72 * charts.WIDTH, 144) in wide
    assert size.format(72 * charts.NARROW, 1.8 * 144) in narrow


def test_pictures_have_one_width():
    canvas, grid = charts.canvas(4, rows=2, columns=3)
    assert tuple(canvas.get_size_inches()) == (charts.WIDTH, 4)
    assert grid.shape == (2, 3)


# --- colours

SIDE_BY_SIDE = [
    ("PLACE", "PART"),
    ("PLACE", "OUTSIDE"),
    ("PLACE", "REQUIRED"),
    ("PLACE", "NEEDED"),
    ("PLACE", "MISMATCH"),
    ("PLACE", "NEUTRAL"),
    ("PART", "NEUTRAL"),
    ("REQUIRED", "NEEDED"),
    ("REQUIRED", "NEUTRAL"),
    ("MISMATCH", "NEUTRAL"),
    ("MISMATCH", "REQUIRED"),
]
"""What is explained in one legend, or is to be told apart in one chart."""

BLIND = {
    "red": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "green": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "blue": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}
"""What those see who lack a kind of cone, in linear RGB: Machado, Oliveira & Fernandes (2009), severity 1."""

TURNED = np.array([[-0.574, 1.43, 0.144], [0.426, 0.43, 0.144], [0.426, 1.43, -0.856]])
"""``hue-rotate(180deg)``, which the dark theme applies after ``invert(0.92)`` (book.css)."""


def linear(color: np.ndarray) -> np.ndarray:
    return np.where(color <= 0.04045, color / 12.92, ((color + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    """CIELAB of linear RGB."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ light
    x, y, z = np.cbrt(xyz / [0.9505, 1, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(one: np.ndarray, other: np.ndarray) -> float:
    dark, light = sorted([0.2126, 0.7152, 0.0722] @ linear(color) for color in (one, other))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("color", charts.COLORS + charts.SHADES)
def test_colours_stand_out_from_the_page_light_and_dark(color):
    shown = np.array(to_rgb(color))
    assert contrast(shown, np.ones(3)) >= 3
    turned = np.clip(TURNED @ (0.92 - 0.84 * shown), 0, 1)
    assert contrast(turned, np.array(to_rgb("#14181e"))) >= 3


@pytest.mark.parametrize(("one", "other"), SIDE_BY_SIDE)
def test_colours_that_stand_side_by_side_are_told_apart_in_grey_and_by_the_colour_blind(one, other):
    seen = [linear(np.array(to_rgb(getattr(charts, name)))) for name in (one, other)]
    assert abs(lab(seen[0])[0] - lab(seen[1])[0]) > 7
    for matrix in BLIND.values():
        assert np.linalg.norm(np.subtract(*(lab(np.clip(matrix @ light, 0, 1)) for light in seen))) > 12


@pytest.mark.parametrize("path", sorted((PROJECT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_notebooks_name_colours_by_what_they_mean(path):
    source = path.read_text("utf-8")
    named = set(re.findall(r"charts\.([A-Z]+)", source))
    assert named <= {name for name in vars(charts) if getattr(charts, name) in charts.COLORS} | {
        "SHADES",
        "INK",
        "CARD",
    }
    assert not re.search(r"#[0-9a-f]{6}\b|color=\\\"[a-z]", source)


# --- forms


def test_bars_start_from_zero_and_end_at_their_value(drawn, figures):
    _, axes = drawn
    kinds.bars(axes, column(["上年", "本年", "差"], figures))
    bars = rectangles(axes)
    assert [bar.get_x() for bar in bars] == [0, 0, 0]
    assert [bar.get_width() for bar in bars] == pytest.approx([185.1, 192.1, -0.2])
    assert texts(axes) == ["185.1亿元", "192.1亿元", "−0.2±0.1亿元"]
    # the first on top
    assert [label.get_text() for label in axes.get_yticklabels()] == ["上年", "本年", "差"]
    assert axes.yaxis_inverted()


def test_numbers_stand_beyond_the_ends_of_bars_and_within_the_picture(drawn, figures):
    canvas, axes = drawn
    kinds.bars(axes, column(["上年", "本年", "差"], figures))
    canvas.draw_without_rendering()
    inside = canvas.bbox
    for bar, text in zip(rectangles(axes), axes.texts, strict=True):
        ink, body = text.get_window_extent(), bar.get_window_extent()
        if bar.get_width() > 0:
            assert ink.x0 >= body.x1
        else:
            assert ink.x1 <= body.x0
        assert inside.x0 <= ink.x0
        assert ink.x1 <= inside.x1


def test_used_part_stands_within_the_whole(drawn, ledger):
    _, axes = drawn
    balance, limit = ledger["debt.balance.total@2022-12-31"], ledger["debt.limit.total@2022"]
    kinds.filled_bars(axes, column(["合计"], [balance], "余额"), column(["合计"], [limit], "限额"))
    outer, inner = rectangles(axes)
    assert (outer.get_x(), inner.get_x()) == (0, 0)
    assert (outer.get_width(), inner.get_width()) == pytest.approx((185.1, 126.8))
    assert (to_hex(outer.get_edgecolor()), to_hex(inner.get_facecolor())) == (charts.INK, charts.PLACE)
    assert sorted(texts(axes)) == ["126.8", "185.1亿元"]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["限额", "余额"]
    assert axes.get_xlim()[0] == 0


def test_number_that_is_wider_than_its_bar_takes_two_lines(drawn, ledger):
    canvas, axes = drawn
    room = ledger["debt.limit.total@2023"] - ledger["debt.balance.total@2023-12-31"]
    kinds.filled_bars(
        axes, column(["合计"], [room], "余量"), column(["合计"], [ledger["debt.limit.total@2023"]], "限额")
    )
    sheet = charts.Sheet(canvas)
    lines = [re.findall(r">([\d.]*±?[\d.]*)</", sheet.svg(width)) for width in (0, 2.8, 0)]
    assert "62.0±0.1" in lines[0]
    assert {"62.0", "±0.1"} <= set(lines[1])
    assert lines[2] == lines[0]


def test_parts_of_a_stack_stand_on_each_other(drawn, ledger):
    _, axes = drawn
    years = ["2022", "2023"]
    general, special = ([ledger[f"debt.limit.{kind}@{year}"] for year in years] for kind in ("general", "special"))
    kinds.stacked_bars(axes, column(years, general, "一般"), column(years, special, "专项"))
    bars = rectangles(axes)
    assert [bar.get_x() for bar in bars] == pytest.approx([0, 0, 99.2, 104.8])
    assert [bar.get_width() for bar in bars] == pytest.approx([99.2, 104.8, 85.9, 87.3])
    assert texts(axes) == ["99.2", "104.8", "85.9", "87.3"]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["一般", "专项"]
    assert axes.get_xlim()[0] == 0


@pytest.mark.parametrize("color", charts.COLORS)
def test_number_in_a_part_is_read_on_its_colour(drawn, figures, color):
    _, axes = drawn
    kinds.stacked_bars(axes, column(["上年"], figures[:1], "限额"), colors=[color])
    assert contrast(*(np.array(to_rgb(one)) for one in (axes.texts[0].get_color(), color))) > 4.5


def test_words_of_a_legend_that_have_no_room_take_more_lines(drawn, ledger):
    canvas, axes = drawn
    parts = [column(["上年"], [ledger["debt.limit.general@2022"]], f"部分的名称{number}") for number in range(6)]
    kinds.stacked_bars(axes, *parts, colors=[charts.PLACE] * 6)
    charts.Sheet(canvas).svg(charts.NARROW)
    assert 1 < axes.get_legend()._ncols < 6
    assert axes.get_legend().get_window_extent().width < canvas.bbox.width


def test_a_key_says_what_colours_mean_above_the_whole_drawing(drawn):
    canvas, axes = drawn
    charts.key(axes, {"可以完成": charts.REQUIRED, "存在很大压力": charts.MISMATCH})
    (legend,) = canvas.legends
    assert [text.get_text() for text in legend.get_texts()] == ["可以完成", "存在很大压力"]
    assert [line.get_color() for line in legend.get_lines()] == [charts.REQUIRED, charts.MISMATCH]
    assert axes.lines[:] == []


def test_part_too_narrow_for_its_number_has_none(drawn, ledger):
    canvas, axes = drawn
    parts = [
        column(["一般"], [ledger["debt.use.general.roads@2023"]], "道路"),
        column(["一般"], [ledger["debt.use.general.police-station@2023"]], "派出所"),
    ]
    kinds.stacked_bars(axes, *parts)
    assert re.findall(">([0-9.]+)<", charts.Sheet(canvas).svg()) == ["5.45"]
    assert axes.texts[0].get_color() == "white"
    assert rectangles(axes)[1].get_width() == pytest.approx(0.15)


def bridge(axes: Axes, ledger) -> None:
    steps = {
        "年初": ledger["debt.balance.total@2022-12-31"],
        "到期": ledger["debt.principal.due.total@2023"],
        "新增一般": ledger["debt.bond.new.general@2023"],
        "新增专项": ledger["debt.bond.new.special@2023"],
        "再融资": ledger["debt.bond.refinancing.total@2023"],
        "年末": ledger["debt.balance.total@2023-12-31"],
    }
    kinds.bridge(axes, column(list(steps), list(steps.values())), falls=["到期"])


def test_bridge_leads_from_level_to_level_without_a_gap(drawn, ledger):
    _, axes = drawn
    bridge(axes, ledger)
    opening, due, *rises, closing = rectangles(axes)
    assert (opening.get_y(), closing.get_y()) == (0, 0)
    assert (opening.get_height(), closing.get_height()) == pytest.approx((126.8, 130.1))
    assert [bar.get_height() for bar in (due, *rises)] == pytest.approx([11.3, 5.6, 3.2, 5.8])
    # one that falls hangs from the level before, the others stand on it
    assert due.get_y() + due.get_height() == pytest.approx(126.8)
    tops = [bar.get_y() + bar.get_height() for bar in rises]
    assert [bar.get_y() for bar in rises] == pytest.approx([due.get_y(), *tops[:-1]])
    assert tops[-1] == pytest.approx(130.1)
    assert axes.get_ylim()[0] == 0


def test_flows_of_a_bridge_have_their_sign_and_colour(drawn, ledger):
    _, axes = drawn
    bridge(axes, ledger)
    assert texts(axes) == ["126.8", "−11.3", "+5.6", "+3.2", "+5.8", "130.1"]
    down, *up = (to_hex(bar.get_facecolor()) for bar in rectangles(axes) if bar.get_y() != 0)
    assert down == charts.NEUTRAL
    assert set(up) == {charts.PART}


def test_a_flow_that_falls_is_called_as_its_row(drawn, figures):
    _, axes = drawn
    with pytest.raises(UnusableValueError, match="no row is called general: falls= has some of 甲, 乙, 丙"):
        kinds.bridge(axes, column(["甲", "乙", "丙"], figures), falls=["general"])


def test_flow_below_zero_falls_and_has_one_sign(drawn, figures, ledger):
    _, axes = drawn
    kinds.bridge(axes, column(["年初", "变动", "年末"], [figures[0], figures[-1], figures[0]]))
    assert texts(axes)[1] == "−0.2\n±0.1"
    assert to_hex(rectangles(axes)[1].get_facecolor()) == charts.NEUTRAL


def test_tolerance_of_a_column_has_its_own_line(drawn, figures, ledger):
    _, axes = drawn
    general = ledger["debt.balance.general@2022-12-31"]
    change = (ledger["debt.bond.new.general@2023"] - ledger["debt.interest.general@2023"]).named("x@2023", "甲", "a")
    kinds.bridge(axes, column(["年初", "变动", "年末"], [general, change, general]))
    assert texts(axes)[1] == "+3.6\n±0.1"


def test_dots_have_their_interval_and_number(drawn, ledger):
    _, axes = drawn
    mean = (ledger["debt.balance.total@2022-12-31"] + ledger["debt.balance.total@2023-12-31"]) / 2
    rate = (ledger["debt.interest.total@2023"] / mean).to(ledger.units["%"]).named("r@2023", "利率", "rate")
    kinds.dots(axes, column(["利率"], [rate]))
    band, dot = axes.collections
    assert [x for x, _ in band.get_segments()[0]] == pytest.approx(
        [float(rate.interval.low), float(rate.interval.high)]
    )
    assert dot.get_offsets()[0][0] == pytest.approx(float(rate))
    assert texts(axes) == [rate.tolerance_text]
    assert axes.get_xlim()[0] == 0


@pytest.mark.parametrize("place", ["within", "at its beginning"])
def test_a_line_stops_before_the_number_that_stands_on_it(drawn, figures, place):
    canvas, axes = drawn
    kinds.bars(axes, column(["低", "高"], [figures[0], figures[-1]]))
    canvas.canvas.draw()
    low, high = axes.texts
    box = low.get_window_extent().transformed(axes.transData.inverted())
    axes.axvline((box.x0 + box.x1) / 2 if place == "within" else box.x0, zorder=0)
    charts.Sheet(canvas).svg()
    assert low.get_bbox_patch().get_facecolor() == (1, 1, 1, 1)
    assert high.get_bbox_patch() is None


def test_dots_may_leave_zero_and_stay_in_sight(drawn, ledger):
    _, axes = drawn
    used = [ledger["debt.limit.total@2022"], ledger["debt.limit.total@2023"]]
    kinds.dots(axes, column(["上年", "本年"], used), from_zero=False)
    low, high = axes.get_xlim()
    assert 0 < low < float(used[0].interval.low)
    assert high > float(used[1].interval.high)


def test_dots_below_zero_are_in_sight_from_left_to_right(drawn, ledger):
    _, axes = drawn
    falls = [-ledger["debt.limit.total@2022"], -ledger["debt.limit.general@2022"]]
    kinds.dots(axes, column(["全部", "一般"], falls))
    low, high = axes.get_xlim()
    assert low < float(falls[0].interval.low)
    assert high == 0


def test_a_part_below_zero_is_in_no_stack(drawn, figures):
    _, axes = drawn
    with pytest.raises(UnusableValueError, match="a part is below zero"):
        kinds.stacked_bars(axes, column(["甲", "乙", "丙"], figures))


def test_dot_without_upper_bound_is_drawn(data, drawn):
    from gongbao.ledger.rows import Ledger

    path = data / "ledger" / "debt.csv"
    path.write_text(path.read_text("utf-8").replace("16.3,%,rounded", "16.3,%,over"), "utf-8")
    ratio = Ledger.load(data)["debt.ratio.audit@2022-12-31"]
    assert math.isinf(ratio.interval.high)
    canvas, axes = drawn
    kinds.dots(axes, column(["债务率"], [ratio]))
    charts.Sheet(canvas).svg()
    assert math.isfinite(axes.get_xlim()[1])


# --- forms that compare


@pytest.fixture
def balances(ledger) -> list[Figure]:
    """Debt outstanding by type."""
    return [ledger[f"debt.balance.{kind}@2022-12-31"] for kind in ("total", "general", "special")]


@pytest.fixture
def limits(ledger) -> list[Figure]:
    """The limits by type."""
    return [ledger[f"debt.limit.{kind}@2022"] for kind in ("total", "general", "special")]


LABELS = ["合计", "一般", "专项"]


def test_bars_of_a_pair_stand_side_by_side_from_zero(drawn, balances, limits):
    _, axes = drawn
    kinds.paired_bars(axes, column(LABELS, balances, "余额"), column(LABELS, limits, "限额"))
    bars = rectangles(axes)
    assert {bar.get_x() for bar in bars} == {0}
    assert [bar.get_width() for bar in bars] == pytest.approx([126.8, 63.5, 63.3, 185.1, 99.2, 85.9])
    for balance, limit in zip(bars[:3], bars[3:], strict=True):
        assert balance.get_y() + balance.get_height() <= limit.get_y()
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["余额", "限额"]


def test_columns_stand_on_zero_with_their_numbers_above(drawn, limits):
    _, axes = drawn
    kinds.columns(axes, column(LABELS, limits))
    assert [bar.get_height() for bar in rectangles(axes)] == pytest.approx([185.1, 99.2, 85.9])
    assert texts(axes) == ["185.1", "99.2", "85.9"]
    assert axes.get_ylim()[0] == 0


def test_columns_may_be_compared_with_a_level(drawn, limits, balances):
    _, axes = drawn
    kinds.columns(axes, column(LABELS, limits), level=("余额", balances[0]))
    *_, level = axes.lines
    assert list(level.get_ydata()) == pytest.approx([126.8, 126.8])
    assert texts(axes)[-1] == "余额 126.8亿元"


def test_column_that_falls_below_zero_is_in_sight(drawn, figures):
    _, axes = drawn
    kinds.columns(axes, column(["上年", "本年", "差"], figures))
    assert axes.get_ylim()[0] < float(figures[-1])


def test_dumbbell_leads_from_one_value_to_the_other(drawn, balances, limits):
    canvas, axes = drawn
    kinds.dumbbells(axes, column(LABELS, balances, "余额"), column(LABELS, limits, "限额"))
    charts.Sheet(canvas).svg()
    left, right = axes.lines
    assert list(left.get_xdata()) == pytest.approx([126.8, 63.5, 63.3])
    assert list(right.get_xdata()) == pytest.approx([185.1, 99.2, 85.9])
    # each number on the outer side of its dot, and in the picture
    for text, dot in zip(axes.texts, [126.8, 63.5, 63.3, 185.1, 99.2, 85.9], strict=True):
        ink, place = text.get_window_extent(), axes.transData.transform((dot, 0))[0]
        assert ink.x1 < place if text.get_text() in ("126.8", "63.5", "63.3") else ink.x0 > place
        assert canvas.bbox.x0 <= ink.x0
        assert ink.x1 <= canvas.bbox.x1


def test_whisker_runs_over_what_rounding_leaves_open_of_its_ends(drawn, balances, limits):
    _, axes = drawn
    kinds.whiskers(axes, *(column(LABELS, figures) for figures in (balances, balances, limits)))
    lines, *_, dots = axes.collections
    assert [x for x, _ in lines.get_segments()[0]] == pytest.approx([126.75, 185.15])
    assert dots.get_offsets()[0][0] == pytest.approx(126.8)
    assert texts(axes) == ["126.8亿元", "63.5亿元", "63.3亿元"]


def test_card_is_narrow():
    canvas, _ = charts.canvas(1.2, width=charts.CARD)
    assert tuple(canvas.get_size_inches()) == (charts.CARD, 1.2)


def test_every_number_of_a_chart_is_a_printed_one(drawn, figures):
    """No label is formatted by the plotting library: it would show digits that rounding does not support."""
    canvas, axes = drawn
    kinds.bars(axes, column(["上年", "本年", "差"], figures))
    canvas.draw_without_rendering()
    ticks = [tick.get_text() for tick in [*axes.get_xticklabels(), *axes.get_yticklabels()]]
    assert not [text for text in ticks if re.search("[0-9]", text)]


def test_a_drawing_in_other_words_has_room_for_them(figures):
    picture, axes = charts.canvas(2.0)
    kinds.bars(axes, column(["甲"] * len(figures), figures))
    axes.set_title("乙")
    sheet = charts.Sheet(picture)
    assert set(sheet.words) == {"甲", "乙"}
    scales = common_scales(figures)
    assert not re.search(">[甲乙]", sheet.svg(said=lambda text: f"longer: {text}" if text else "", scales=scales))
    edge = picture.get_window_extent()
    for label in axes.texts:
        assert edge.x0 <= label.get_window_extent().x0 < label.get_window_extent().x1 <= edge.x1


def test_numbers_and_scales_of_an_english_drawing_are_in_english_units(ledger):
    picture, axes = charts.canvas(2.0)
    made = [ledger["debt.limit.total@2023"], ledger["debt.bond.new.general@2023"]]
    kinds.columns(picture.add_subplot(), column(["2023", "2024"], made), level=("限额", made[0]))
    kinds.dots(axes, column(["限额", "新增"], made))
    kinds.bridge(picture.add_subplot(), column(["年初", "变动", "年末"], [made[0], made[1], made[0]]))
    sheet = charts.Sheet(picture)
    sheet.svg()
    before = [label.get_text() for label in axes.get_xticklabels()]
    assert "限额" in sheet.words
    sheet.svg(said=lambda text: {"限额": "Limit"}.get(text, text), scales=common_scales(made))
    assert texts(axes) == ["CNY 19.21 billion", "CNY 0.56 billion"]
    assert texts(picture.axes[1])[-1] == "Limit CNY 19.21 billion"
    assert texts(picture.axes[2]) == ["19.21", "+0.56", "19.21"]
    assert [float(label.get_text()) * 10 for label in axes.get_xticklabels()] == list(map(float, before))
    sheet.svg()
    assert [label.get_text() for label in axes.get_xticklabels()] == before


def test_a_longer_title_takes_more_lines_and_lines_of_labels_stay_lines():
    title, tick = "Principal refinanced at the end of 2022", "End\nhalf gone"
    picture, grid = charts.canvas(2.0, columns=2)
    for axes in grid:
        axes.set_title("再融资的比重", loc="left")
        axes.set_xticks([0, 1], ["年末\n已过一半", "年初"])
    english = {"再融资的比重": title, "年末\n已过一半": tick, "年初": "Start"}
    charts.Sheet(picture).svg(said=lambda text: english.get(text, text))
    for axes in grid:
        lines = axes.get_title("left").splitlines()
        assert len(lines) == 2
        assert " ".join(lines) == title
        assert [label.get_text() for label in axes.get_xticklabels()] == [tick, "Start"]


@pytest.mark.parametrize("words", [str, lambda text: f"{text}, in other and longer words"])
def test_names_of_rows_end_before_what_is_written_left_of_marks(balances, limits, words):
    picture, axes = charts.canvas(2.4)
    kinds.dumbbells(axes, column(LABELS, balances, "余额"), column(LABELS, limits, "限额"))
    said = {"said": lambda text: words(text) if text in LABELS else text}
    charts.Sheet(picture).svg(**said, scales=common_scales(balances))
    names = [label.get_window_extent() for label in axes.get_yticklabels()]
    assert min(name.x0 for name in names) >= picture.bbox.x0
    assert max(name.x1 for name in names) < min(text.get_window_extent().x0 for text in axes.texts)


def test_words_of_a_legend_stay_in_a_small_picture_with_long_names(ledger):
    picture, axes = charts.canvas(1.25, width=charts.CARD)
    names = ["a rather long name", "another one"]
    parts = [ledger["debt.limit.general@2022"], ledger["debt.limit.special@2022"]]
    kinds.stacked_bars(axes, column(names, parts, "one part"), column(names, parts, "the other part"))
    charts.Sheet(picture).svg()
    box = axes.get_legend().get_window_extent()
    assert picture.bbox.x0 <= box.x0 < box.x1 <= picture.bbox.x1


# --- pandas' own kinds


@pytest.fixture
def mixed(balances, limits) -> Iterator[pd.DataFrame]:
    """Money in two units, and a ratio, drawn as in a notebook."""
    frame = pd.DataFrame({"limit": limits, "balance": balances}, index=list("abc"), dtype="figure")
    with pd.option_context("plotting.backend", "gongbao.chapter.plotting"):
        yield frame.assign(small=frame["balance"].figure.to("万元"), share=frame["balance"] / frame["limit"])


@pytest.mark.parametrize(
    "draw",
    [
        lambda frame: frame[["limit", "small"]].plot(),
        lambda frame: frame[["limit", "share"]].plot(kind="bar"),
        lambda frame: frame.plot(y=["limit", "share"]),
        lambda frame: frame[["limit", "share"]].plot(kind="hist"),
        lambda frame: frame[["limit", "share"]].boxplot(),
        lambda frame: frame["share"].plot(ax=frame["limit"].plot()),
        lambda frame: (frame["limit"].plot(), frame["share"].plot()),
    ],
)
def test_units_that_do_not_go_together_share_no_axis_and_leave_no_picture(mixed, draw):
    pyplot.close("all")
    with pytest.raises(UnitError, match=r"on one axis: .*亿元.*; subplots=True draws columns apart"):
        draw(mixed)
    assert not pyplot.get_fignums()


@pytest.mark.parametrize(
    "draw",
    [
        lambda frame: frame.plot(subplots=True),
        lambda frame: frame[["limit", "share"]].plot(secondary_y=["share"]),
        lambda frame: frame.plot(x="share", y=["limit", "balance"]),
        lambda frame: frame.plot(y="share"),
        lambda frame: frame.plot(kind="scatter", x="share", y="limit"),
        lambda frame: frame.hist(),
        lambda frame: frame.boxplot(column=["limit", "balance"]),
        lambda frame: (frame["limit"].plot(), frame["share"].plot(secondary_y=True)),
    ],
)
def test_units_with_axes_of_their_own_are_drawn(mixed, draw):
    draw(mixed)
    assert pyplot.get_fignums()
    pyplot.close("all")
