"""What notebooks put on the page: numbers, charts and tables as bundles that the book understands."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from matplotlib import pyplot
from matplotlib.units import ConversionError

from gongbao.chapter import Chapter, Text, charts, name_and_pages, plotting
from gongbao.figures.bundles import CHART_MIME, DATA_COLUMNS, FIGURES_MIME, SKETCH_MIME, TABLE_MIME
from gongbao.figures.errors import AuthorError, UnknownFigureError, UnusableNameError, UnusableValueError
from gongbao.figures.figure import Figure
from gongbao.figures.origin import Claim
from gongbao.figures.units import UnitError
from gongbao.ledger.words import Words

Shown = list[tuple[dict[str, Any], dict[str, Any]]]


@pytest.fixture
def shown(monkeypatch) -> Shown:
    """The bundles and metadata that a notebook's front end would get."""
    bundles: Shown = []
    monkeypatch.setattr(
        "gongbao.chapter.chapter.publish_display_data", lambda data, metadata: bundles.append((data, metadata))
    )
    return bundles


DERIVED = """\
series,name_zh,name_en,unit,inference
debt.step,限额增加,rise of the limit,,
debt.fall,限额减少,fall of the limit,,
debt.use,使用率,use,%,
debt.wrong,使用率,use,亿元,
debt.assumed,限额增加,rise of the limit,,设额度全部使用
debt.rows,行数,rows,页,
debt.rows.{kind},{kind}行数,rows of {kind},页,
debt.headroom.{kind},{kind}余量,{kind}: headroom,,{kind}不变
debt.left.{kind},{limit}减{of}余额,{limit} less balance,,
debt.left.{kind}@{before},{kind}上年,{kind} a year before,,
debt.left.{kind}@2020,{kind}二〇年,{kind} in 2020,,{kind}不变
debt.markup,<b>限额,rise,,
debt.scenario.rate-step,利率上升,rise in rates,百分点,
debt.scenario.share,比重,share,%,
debt.scenario.share-{case},比重{case},share {case},%,沿用2023年的数
debt.repaid-{case},比重为{value}%时的还本,"repaid, at a share of {value}%",亿元,
"""

WORDS = """\
level,key,zh,en,label
kind,general,一般债务,general debt,一般
kind,special,专项债务,special debt,专项
measure,limit,限额,limit,
measure,balance,余额,balance,
case,0,甲,A,
case,1,乙,B,
"""


@pytest.fixture
def chapter(shown, tmp_path) -> Chapter:
    """A chapter that nothing was published in, with names of its own."""
    for folder, text in (("derived", DERIVED), ("words", WORDS)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "debt.csv").write_text(text, "utf-8")
    chapter = Chapter("debt")
    chapter.words = Words("debt", tmp_path)
    plotting.words = chapter.words
    return chapter


def step(chapter: Chapter):
    """A difference of two stated figures."""
    return chapter["debt.limit.total@2023"] - chapter["debt.limit.total@2022"]


def limits(chapter: Chapter) -> pd.Series:
    """Two stated figures."""
    return chapter.frame("debt.limit.total@{year}", year=["2022", "2023"])


def draw(chapter: Chapter, column: pd.Series | None = None, **options: Any) -> None:
    column = limits(chapter) if column is None else column
    chapter.chart(column.plot(kind="bars", height=2), "limits", **{"title": "限额增加", **options})


def drawn(*figures: Figure) -> pd.Series:
    return pd.Series(figures, list(map(str, range(len(figures)))), dtype="figure").rename_axis("place")


# --- figures


def test_chapter_knows_ledger_context_and_what_it_published(chapter):
    assert chapter["debt.limit.total@2023"].claim is Claim.STATED
    assert chapter["external.china.debt.balance.general@2022-12-31"].claim is Claim.EXTERNAL
    published = chapter.publish("debt.step@2023", step(chapter))
    assert chapter["debt.step@2023"] is published


def test_whether_there_is_a_figure_may_be_asked(chapter):
    asked = ("debt.limit.total@2023", "debt.limit.total@1999", "dbt.limit.total@2023")
    assert [id in chapter for id in asked] == [True, False, False]


def test_unknown_figure_is_named(chapter):
    with pytest.raises(KeyError, match=r"debt\.none@2023"):
        chapter["debt.none@2023"]


def test_published_figure_is_a_bundle_for_the_book_and_for_people(chapter, shown):
    figure = chapter.publish("debt.step@2023", step(chapter))
    ((bundle, metadata),) = shown
    assert set(bundle) == {FIGURES_MIME, "text/html", "text/plain"}
    assert metadata == {"gongbao": True}
    (record,) = bundle[FIGURES_MIME]
    assert json.loads(json.dumps(record)) == record
    assert record["en"].items() >= figure.record()["en"].items()
    assert {**record, "en": ...}.items() >= {**figure.record(), "en": ...}.items()
    assert (record["id"], record["name_zh"], record["name_en"]) == ("debt.step@2023", "限额增加", "Rise of the limit")
    assert (record["text"], record["tolerance"]) == ("7亿元", "7.0±0.1亿元")
    assert record["formula"] == "{debt.limit.total@2023} − {debt.limit.total@2022}"
    assert bundle["text/plain"] == f"限额增加 = 7.0±0.1亿元（推算：{record['formula']}）"


def test_figure_is_published_in_the_unit_that_is_asked_for(chapter):
    share = chapter["debt.balance.total@2022-12-31"] / chapter["debt.limit.total@2022"]
    assert chapter.publish("debt.use@2022", share).text == "68.5%"
    with pytest.raises(UnitError):
        chapter.publish("debt.wrong@2022", share)


def test_inference_is_published_with_its_assumption(chapter, shown):
    figure = chapter.publish("debt.assumed@2023", step(chapter))
    assert figure.claim is Claim.INFERRED
    assert shown[0][0][FIGURES_MIME][0]["inference"] == "设额度全部使用"
    assert "推断" in shown[0][0]["text/plain"]


def test_the_id_of_a_figure_of_the_data_is_refused(chapter, shown):
    with pytest.raises(ValueError, match=r"'debt.limit.total@2023' is taken"):
        chapter.publish("debt.limit.total@2023", step(chapter))
    assert shown == []
    assert chapter["debt.limit.total@2023"].claim is Claim.STATED


def test_count_of_the_books_own_data_is_exact_and_says_of_what(chapter):
    found = chapter.count("debt.rows@2023", len(chapter.ledger.rows), of="data/ledger中的行")
    assert found.number == str(len(chapter.ledger.rows))
    assert found.claim is Claim.DERIVED
    assert found.formula == "计数[data/ledger中的行]"
    assert found.record()["inputs"] == []


def test_assumption_is_an_inferred_figure(chapter, shown):
    step = chapter.assume("rate-step", 1)
    assert (step.id, step.text, step.claim) == ("scenario.rate-step", "1个百分点", Claim.INFERRED)
    assert chapter["scenario.rate-step"] is step
    assert shown[0][0][FIGURES_MIME][0]["claim"] == "inferred"
    cost = (chapter["debt.balance.total@2023-12-31"] * step).to(chapter.unit("亿元"))
    assert (cost.text, cost.claim) == ("1.30亿元", Claim.INFERRED)


def test_assumption_may_come_as_a_decimal_of_a_parameter_cell(chapter):
    assert chapter.assume("share", 12.5).text == "12.5%"


def test_markup_in_a_name_stays_text(chapter, shown):
    chapter.publish("debt.step@2023", step(chapter))
    assert "<b>" not in shown[0][0]["text/html"]


# --- charts


def test_chart_is_a_bundle_with_all_that_a_reader_needs(chapter, shown):
    draw(chapter, note="单位：亿元。")
    ((bundle, metadata),) = shown
    record = bundle[CHART_MIME]
    assert metadata == {"gongbao": True}
    assert json.loads(json.dumps(record)) == record
    assert record["name"] == "debt-limits"
    assert (record["title"], record["note"]) == ("限额增加", "单位：亿元。")
    assert record["source"] == "来源：公报第92、93、94、95、96页。"
    assert record["uses"] == ["debt.limit.total@2022", "debt.limit.total@2023"]
    assert record["svg"].lstrip().startswith("<svg")
    assert "data:image/svg+xml" in bundle["text/html"] and "background: white" in bundle["text/html"]
    assert "来源：公报第92" in bundle["text/html"]


def test_alt_text_says_what_the_picture_shows(chapter, shown):
    draw(chapter)
    alt = shown[0][0][CHART_MIME]["alt"]
    assert alt == "横条图。地方政府债务限额（2022）185.1亿元；地方政府债务限额（2023）192.1亿元。"
    assert alt in shown[0][0]["text/plain"]


def test_alt_text_names_parameters(chapter, shown):
    steps = pd.Series([chapter.assume("rate-step", 1)], ["升"], dtype="figure")
    chapter.chart(steps.plot(kind="bars", height=1), "step", form="横条图", title="利率上升", note="")
    record = shown[-1][0][CHART_MIME]
    assert record["alt"].endswith("（参数）1个百分点。")
    assert "(parameter): 1\u00a0percentage point" in record["en"]["alt"]


def test_source_line_tells_gazette_outside_and_own_computation_apart(chapter, shown):
    outside = chapter["external.china.debt.balance.general@2022-12-31"]
    rise = chapter.publish("debt.step@2023", step(chapter))
    draw(chapter, drawn(outside))
    draw(chapter, drawn(rise))
    draw(chapter, drawn(rise, outside))
    sources = [bundle[CHART_MIME]["source"] for bundle, _ in shown if CHART_MIME in bundle]
    assert sources[0] == "来源：外部：China-Fiscal-Data（B级：官方数据的转载）。"
    assert sources[1] == "来源：公报第92、93、94、95、96页；作者推算。"
    assert re.fullmatch("来源：公报第92、93、94、95、96页；外部：[^；]+；作者推算。", sources[2])


def test_data_of_a_chart_is_a_table_of_its_figures(chapter, shown):
    fall = chapter.publish("debt.fall@2023", -step(chapter))
    draw(chapter, drawn(chapter["debt.limit.total@2023"], fall, fall))
    header, limit, change = csv.reader(io.StringIO(shown[1][0][CHART_MIME]["data"]))
    assert tuple(header) == DATA_COLUMNS
    assert limit[:12] == [
        "debt.limit.total@2023", "地方政府债务限额", "Local government debt limit", "192.1亿元", "CNY 19.21 billion",
        "192.1", "192.05", "192.15", "亿元", "CNY 100 million", "stated", "",
    ]  # fmt: skip
    assert limit[12].split("；") == ["债务决议第92页", "债务议案第93页", "债务议案第94页", "债务说明第96页"]
    # an ASCII minus, so that programs read it
    assert change[3:8] == ["−7.0±0.1亿元", "CNY −700±10 million", "-7", "-7.1", "-6.9"]
    assert change[10] == "derived"


def test_title_of_a_chart_prints_figures_for_people_and_keeps_roles_for_the_book(chapter, shown):
    chapter.publish("debt.step@2023", step(chapter))
    title = "限额[](#debt.limit.total@2023)，增[#](#debt.step@2023)，在[～](#debt.limit.total@2023)"
    draw(chapter, title=title)
    bundle = shown[1][0]
    assert bundle[CHART_MIME]["title"] == title
    plain = "限额192.1亿元，增7，在192.05～192.15亿元"
    assert bundle["text/plain"].startswith(plain)
    assert f"<b>{plain}</b>" in bundle["text/html"]


def test_title_of_an_unknown_figure_is_refused(chapter, shown):
    with pytest.raises(KeyError, match=r"debt\.none@2023"):
        draw(chapter, title="限额[](#debt.none@2023)")
    assert shown == []


def test_chart_is_the_same_bytes_each_time(chapter, shown):
    draw(chapter)
    draw(chapter)
    first, second = (bundle[CHART_MIME] for bundle, _ in shown)
    assert first["svg"] == second["svg"]
    assert first == second


def test_what_is_put_on_the_page_again_is_what_it_was(chapter, shown):
    axes = chapter.frame("debt.limit.{kind}@2022", kind=["general", "special"]).plot(kind="bars", height=1)
    for _ in range(2):
        chapter.chart(axes, "again", title="限额")
    first, second = (bundle[CHART_MIME] for bundle, _ in shown)
    assert first == second


def test_notebooks_do_not_show_what_pandas_drew_below_the_chart_as_well(chapter, shown):
    drawn = chapter.frame("debt.limit.total@{year}", year=["2022", "2023"])
    chapter.chart(drawn.plot(kind="bar"), "columns", title="限额", form="柱形图", also=drawn)
    assert pyplot.get_fignums() == []


def test_what_plain_matplotlib_draws_is_named_by_hand(chapter, shown):
    canvas, axes = charts.canvas(2)
    axes.axvline(float(chapter["debt.limit.total@2022"]))
    with pytest.raises(UnusableValueError, match="also="):
        chapter.chart(canvas, "limits", title="限额", form="线")
    with pytest.raises(UnusableValueError, match="form="):
        chapter.chart(axes, "limits", title="限额", also=[chapter["debt.limit.total@2022"]])
    chapter.chart(axes, "limits", title="限额", form="线", also=iter([chapter["debt.limit.total@2022"]]))
    record = shown[0][0][CHART_MIME]
    assert record["alt"] == "线。地方政府债务限额（2022）185.1亿元。"
    assert "185.1" in record["data"]
    assert record["uses"] == ["debt.limit.total@2022"]


def test_columns_and_frames_say_what_was_drawn_and_what_is_missing_was_not(chapter, shown):
    gap = limits(chapter).reindex(["2021", "2022"])
    for also in (gap, gap.to_frame("limit")):
        chapter.chart(charts.canvas(2)[1], "limits", title="限额", form="线", also=also)
        assert shown.pop()[0][CHART_MIME]["uses"] == ["debt.limit.total@2022"]
    for also in (gap.astype(float), ["debt.limit.total@2022"]):
        with pytest.raises(UnusableValueError, match="is no figure: also= names those that were drawn"):
            chapter.chart(charts.canvas(2)[1], "limits", title="限额", form="线", also=also)


def test_chart_knows_what_all_its_axes_show_and_adds_what_else_was_drawn(chapter, shown):
    canvas, grid = charts.canvas(3, rows=2)
    both = limits(chapter)
    both.iloc[:1].plot(kind="bars", ax=grid[0])
    both.iloc[1:].plot(kind="bars", ax=grid[1])
    chapter.chart(canvas, "limits", title="限额", also=[chapter["debt.ratio.audit@2022-12-31"]])
    record = shown[0][0][CHART_MIME]
    assert record["alt"].startswith("两幅横条图。")
    assert record["uses"] == [*both.figure.id, "debt.ratio.audit@2022-12-31"]


def test_a_mark_and_all_columns_are_named_in_what_a_chart_is(chapter, shown):
    both = chapter.frame(
        {"limit": "debt.limit.{kind}@2022", "balance": "debt.balance.{kind}@2022-12-31"}, kind=["general"]
    )
    axes = both.plot(kind="paired_bars", height=2, mark=("百亿", 100))
    chapter.chart(axes, "limits", title="限额")
    assert shown[0][0][CHART_MIME]["alt"].startswith("分组横条图，每组为限额、余额，竖线为百亿。")
    assert list(axes.lines[-1].get_xdata()) == [100, 100]


def test_panels_are_called_by_a_pattern_and_share_the_names_of_rows(chapter):
    keys = {"kind": ["general", "special"], "year": ["2022", "2023"]}
    limits = chapter.frame("debt.limit.{kind}@{year}", **keys).to_frame("limit").rename_axis(columns="measure").T
    left, right = limits.plot(kind="bars", columns="{kind} {year}", panels=(1, 4), sharey=True, height=2)[:2]
    assert [axes.get_title("left") for axes in (left, right)] == ["一般 2022", "一般 2023"]
    assert left.get_shared_y_axes().joined(left, right)


def test_a_part_that_is_missing_is_no_part_of_a_stack(chapter, shown):
    limits = chapter.frame("debt.limit.{kind}@{year}", kind=["general", "special"], year=["2022", "2023"])
    parts = limits.drop(("special", "2022")).unstack("kind")
    axes = parts.plot(kind="stacked_bars", height=2)
    assert [patch.get_width() for patch in axes.patches] == pytest.approx([99.2, 104.8, 0, 87.3])
    chapter.chart(axes, "limits", title="限额")
    assert "debt.limit.special@2022" not in shown[0][0][CHART_MIME]["uses"]
    with pytest.raises(UnusableValueError, match="a missing figure"):
        parts.plot(kind="paired_bars", height=2)


def test_kinds_of_pandas_have_the_size_that_is_asked_for(chapter):
    axes = limits(chapter).astype(float).plot(kind="bar", height=2)
    assert tuple(axes.figure.get_size_inches()) == (charts.WIDTH, 2)


def test_charts_of_pandas_itself_draw_figures_and_are_all_there(chapter):
    column, (canvas, grid) = limits(chapter), charts.canvas(2, 1, 3)
    assert column.plot(kind="hist", ax=grid[0]).patches
    assert column.hist(ax=grid[1], figure=canvas).patches
    assert column.to_frame("limit").boxplot(ax=grid[2]).lines
    assert column.astype(float).to_frame().boxplot(ax=grid[2]).lines


def test_matplotlib_itself_draws_figures_in_the_unit_of_an_axis(chapter):
    column, axes = limits(chapter), charts.canvas(2)[1]
    axes.bar(column.index, column, bottom=column)
    assert axes.get_ylim()[1] > 2 * 185.1
    axes.axhline(column.figure.to("万元").iloc[0])
    assert axes.lines[0].get_ydata(orig=False)[0] == pytest.approx(185.1)
    axes.hist(column, orientation="horizontal")
    gap = column.reindex(["2022", "2021"])
    assert np.isnan(axes.plot(column.index, gap)[0].get_ydata(orig=False)[1])
    with pytest.raises(ConversionError) as raised:
        axes.axhline(chapter["debt.ratio.audit@2022-12-31"])
    assert "cannot convert between % and 亿元" in str(raised.value.__cause__)
    with pytest.raises(UnitError, match="cannot compare 亿元 and %"):
        charts.canvas(2)[1].plot([column.iloc[0], chapter["debt.ratio.audit@2022-12-31"]])
    with pytest.raises(UnitError, match="no plain numbers for 亿元 and 万元 together"):
        charts.canvas(2)[1].bar(["a", "b"], [column.iloc[0], column.iloc[1].to("万元")])


def test_units_of_different_size_have_no_axis_in_common(chapter):
    mixed = pd.concat([limits(chapter), limits(chapter).figure.to("万元")])
    for kind in ("bars", "bar"):
        with pytest.raises(UnitError, match="no plain numbers for 亿元 and 万元 together"):
            mixed.plot(kind=kind, height=2)
    ratio = chapter["debt.ratio.audit@2022-12-31"]
    axes = limits(chapter).plot(kind="columns", height=2)
    for once_more in ({"ax": axes}, {"height": 2, "level": ("比重", ratio)}, {"height": 2, "mark": ("比重", ratio)}):
        column = limits(chapter) / limits(chapter)["2022"] if "ax" in once_more else limits(chapter)
        with pytest.raises(UnitError, match="no plain numbers for 亿元 and"):
            column.plot(kind="columns", **once_more)
    with pytest.raises(UnusableValueError, match=r"the level is .*; expected: what it is called, and a figure"):
        limits(chapter).plot(kind="columns", height=2, level=("限额", 185))
    assert limits(chapter).plot(kind="bars", height=2, mark=("限额", limits(chapter).iloc[0])).lines


def test_one_column_and_one_key_need_no_list(chapter):
    both = chapter.frame(
        {"limit": "debt.limit.{kind}@{year}", "balance": "debt.balance.{kind}@2022-12-31"}, year="2022"
    )
    axes = both.plot(kind="bars", y="limit", height=2)
    assert [patch.get_width() for patch in axes.patches] == pytest.approx([99.2, 85.9])


def test_what_a_kind_does_not_draw_is_said_in_one_line(chapter):
    both = chapter.frame({"limit": "debt.limit.{kind}@2022", "balance": "debt.balance.{kind}@2022-12-31"})
    with pytest.raises(UnusableValueError, match=r"takes figures, colors, and the columns are 限额, 余额: choose some"):
        both.plot(kind="bars", height=2)
    with pytest.raises(UnusableValueError, match="unexpected keyword argument 'colour'"):
        both["limit"].plot(kind="bars", height=2, colour="red")
    with pytest.raises(UnusableValueError, match="2 columns, and colours for 1"):
        both.plot(kind="paired_bars", height=2, colors=[charts.PLACE])


def test_chart_of_a_figure_without_id_is_refused(chapter):
    with pytest.raises(ValueError, match="publish"):
        draw(chapter, drawn(step(chapter)))


# --- tables


def test_sketch_is_a_picture_with_what_it_shows(chapter, shown):
    chapter.sketch(limits(chapter).plot(kind="bars", height=1, width=charts.CARD))
    record = shown[-1][0][SKETCH_MIME]
    assert record["name"] == "debt"
    assert record["alt"] == "横条图。地方政府债务限额（2022）185.1亿元；地方政府债务限额（2023）192.1亿元。"
    assert record["uses"] == ["debt.limit.total@2022", "debt.limit.total@2023"]
    assert record["svg"].lstrip().startswith("<svg")


def test_sketch_of_a_figure_without_id_is_refused(chapter):
    canvas, _ = charts.canvas(1, width=charts.CARD)
    with pytest.raises(ValueError, match="publish"):
        chapter.sketch(canvas, form="横条图", also=[step(chapter)])


def test_a_column_of_the_index_takes_the_place_of_no_other(chapter):
    frame = chapter.frame({"限额": "debt.limit.{kind}@2023"}, kind=["general", "special"])
    with pytest.raises(UnusableNameError, match="two columns are called 限额"):
        chapter.table("limits", frame, index={"限额": "{kind}"}, title="限额")


def test_table_is_a_bundle_of_ids(chapter, shown):
    rows = {
        "年": ["2022", "2023"],
        "限额": [chapter["debt.limit.total@2022"], chapter["debt.limit.total@2023"]],
        "数": [chapter["debt.limit.total@2022"], chapter["debt.ratio.audit@2022-12-31"]],
    }
    chapter.table("limits", rows, title="限额[192.1亿元](#debt.limit.total@2023)")
    ((bundle, metadata),) = shown
    record = json.loads(json.dumps(bundle[TABLE_MIME]))
    assert metadata == {"gongbao": True}
    assert record["name"] == "debt-limits"
    # a column of one unit has it in its head, a column of several in its cells
    assert [(head["head"], head["zh"], head["en"]) for head in record["heads"]] == [
        ("年", "", ""),
        ("限额", "亿元", "CNY billion"),
        ("数", "", ""),
    ]
    assert record["numeric"] == [False, True, True]
    number = "tolerance_number"
    assert record["rows"] == [
        [
            "2022",
            {"id": "debt.limit.total@2022", "form": number, "en": "18.51"},
            {"id": "debt.limit.total@2022", "form": "tolerance", "en": "CNY\u00a018.51\u00a0billion"},
        ],
        [
            "2023",
            {"id": "debt.limit.total@2023", "form": number, "en": "19.21"},
            {"id": "debt.ratio.audit@2022-12-31", "form": "tolerance", "en": "16.3%"},
        ],
    ]
    assert "192.1亿元" in bundle["text/html"]
    assert bundle["text/html"].startswith("<b>限额192.1亿元</b><table")
    assert bundle["text/plain"].startswith("限额192.1亿元\n")
    assert "16.3%" in bundle["text/plain"]


def test_keys_in_a_column_of_their_level_are_called_by_their_words(chapter, shown):
    chapter.table("kinds", pd.DataFrame({"kind": ["general", "none"], "other": ["general", None]}), title="两类")
    assert shown[0][0][TABLE_MIME]["rows"] == [("一般", "general"), ("none", "—")]


def test_names_in_cells_have_the_pages_that_state_them(chapter):
    limit, ratio = chapter["debt.limit.total@2023"], chapter["debt.ratio.audit@2022-12-31"]
    assert str(name_and_pages(limit)) == f"{limit.name_zh}（第92、93、94、96页）"
    assert [name_and_pages(one).en.rpartition(" (")[2] for one in (limit, ratio)] == ["pp. 92, 93, 94, 96)", "p. 96)"]
    outside = chapter["external.china.debt.balance.general@2022-12-31"]
    assert name_and_pages(outside) == Text(outside.name_zh, outside.name_en)


def test_cell_without_id_is_refused(chapter, shown):
    rows = {"年": ["2023"], "增加": [step(chapter)]}
    with pytest.raises(ValueError, match=r"publish \{debt.limit.total@2023\} − \{debt.limit.total@2022\} before"):
        chapter.table("step", rows, title="增加")
    assert shown == []


def test_chapter_may_be_run_again_from_a_fresh_start(chapter, shown):
    for _ in range(2):
        again = Chapter("debt")
        again.words = chapter.words
        again.publish("debt.step@2023", step(again))
    assert len({bundle["text/plain"] for bundle, _ in shown}) == 1


# --- frames


def test_frame_takes_figures_by_pattern(chapter):
    frame = chapter.frame(
        {
            "limit": "debt.limit.{kind}@{year}",
            "balance": ["debt.nothing.{kind}@{year}", "debt.balance.{kind}@{year}-12-31"],
        },
        kind=["total", "general"],
        year=["2022"],
    )
    assert list(frame.columns) == ["limit", "balance"]
    assert frame.index.names == ["kind", "year"]
    assert frame.loc[("total", "2022"), "limit"] is chapter["debt.limit.total@2022"]
    assert frame["balance"].figure.id.tolist() == ["debt.balance.total@2022-12-31", "debt.balance.general@2022-12-31"]


def test_frame_has_the_keys_of_words_else_those_that_occur(chapter):
    assert chapter.frame("debt.limit.{kind}@2022").index.tolist() == ["general", "special"]
    years = chapter.frame("debt.limit.total@{year}").index
    assert years.name == "year"
    assert {"2022", "2023"} <= set(years)


def test_keys_that_occur_are_those_of_all_patterns_that_have_all_levels(chapter):
    frame = chapter.frame({"all": ["debt.limt@{year}", "debt.limit.total@{year}"], "kind": "debt.limit.{of}@{year}"})
    assert {("2022", "total"), ("2023", "general")} <= set(frame.index)
    assert chapter.frame(["debt.limt.total@{year}", "debt.limit.total@{year}"]).notna().all()
    patterns = {"few": "debt.bond.new.{kind}@{year}", "many": "debt.limit.{kind}@{year}"}
    one_way, other_way = (chapter.frame(dict(some)).index for some in (patterns.items(), [*patterns.items()][::-1]))
    assert set(one_way) == set(other_way)
    assert len(one_way) > len(chapter.frame(patterns["few"]))


def test_years_may_be_numbers(chapter):
    by_number, by_text = (chapter.frame("debt.limit.total@{year}", year=years) for years in (2022, ["2022"]))
    assert by_number.index.equals(by_text.index)
    assert (by_number - by_text).notna().all()


def test_what_there_is_not_is_missing_but_not_all_of_it(chapter):
    column = chapter.frame("debt.limit.general@{year}", year=["2022", "2024"])
    assert column.isna().tolist() == [False, True]
    with pytest.raises(UnknownFigureError, match="no figure has the kind 'genral'; did you mean general"):
        chapter.frame("debt.limit.{kind}@2022", kind=["genral", "special"])
    with pytest.raises(UnknownFigureError, match=r"debt\.limit\.genral@2022; did you mean debt\.limit\.general@2022"):
        chapter.frame("debt.limit.{kind}@2022", kind=["genral"])
    with pytest.raises(UnknownFigureError, match="whatever year is"):
        Chapter("debt").frame("debt.limt.{kind}@{year}")


def test_column_is_published_under_a_pattern_with_words_in_its_names(chapter, shown):
    frame = chapter.frame({"limit": "debt.limit.{kind}@2022", "balance": "debt.balance.{kind}@2022-12-31"})
    made = chapter.publish("debt.headroom.{kind}@2022", frame["limit"] - frame["balance"])
    assert made.figure.id.tolist() == ["debt.headroom.general@2022", "debt.headroom.special@2022"]
    assert made.figure.name_zh.tolist() == ["一般债务余量", "专项债务余量"]
    assert made.figure.name_en.tolist() == ["General debt: headroom", "Special debt: headroom"]
    assert made.figure.inference.tolist() == ["一般债务不变", "专项债务不变"]
    ((bundle, _),) = shown
    assert [record["id"] for record in bundle[FIGURES_MIME]] == made.figure.id.tolist()
    assert "<td id='debt.headroom.general@2022'>" in bundle["text/html"]


def test_further_keys_are_columns_and_a_figure_is_called_by_its_name(chapter):
    frame = chapter.frame({"limit": "debt.limit.{kind}@2022", "balance": "debt.balance.{kind}@2022-12-31"})
    more = frame.assign(year=["2022", "2023"], of="它的")
    # by the index, not by the place
    made = chapter.publish("debt.left.{kind}@{year}", (frame["limit"] - frame["balance"])[::-1], more)
    assert made.figure.id.tolist() == ["debt.left.special@2023", "debt.left.general@2022"]
    limits = frame["limit"].figure
    assert made["general"].name_zh == f"{limits.name_zh['general']}减它的余额"
    assert made["special"].name_en == f"{limits.name_en['special']} less balance"
    with pytest.raises(UnusableNameError, match=r"names the level \{of\}; .* are: limit, kind"):
        chapter.publish("debt.left.{kind}@2021", frame["limit"] - frame["balance"], frame[["limit"]])


def test_a_row_for_a_period_comes_before_that_for_all(chapter):
    column = chapter.frame("debt.limit.{kind}@2022") * 1
    before = chapter.publish("debt.left.{kind}@{before}", column, pd.DataFrame({"before": "2021"}, column.index))
    in_2020 = chapter.publish("debt.left.{kind}@2020", column)
    assert before.figure.name_zh.tolist() == ["一般债务上年", "专项债务上年"]
    assert in_2020.figure.inference.tolist() == ["一般债务不变", "专项债务不变"]
    left = {fault.problem.split()[-1] for fault in chapter.words.unpublished([*before.figure.id, *in_2020.figure.id])}
    assert {"debt.left.{kind}@{before}", "debt.left.{kind}@2020"}.isdisjoint(left)
    assert "debt.headroom.{kind}" in left


def test_missing_figure_of_a_column_stays_missing(chapter, shown):
    column = chapter.frame("debt.limit.{kind}@2022", kind=["general"]).reindex(["general", "none"]) * 1
    assert chapter.publish("debt.headroom.{kind}@2022", column.rename_axis("kind")).isna().tolist() == [False, True]
    assert len(shown[0][0][FIGURES_MIME]) == 1


def test_counts_of_a_column_say_of_what(chapter):
    counts = pd.Series([3, 4], pd.Index(["general", "special"], name="kind"))
    made = chapter.count("debt.rows.{kind}@2023", counts, of="data/ledger中{kind}的行")
    assert made.figure.text.tolist() == ["3页", "4页"]
    assert made.figure.formula.tolist() == ["计数[data/ledger中一般债务的行]", "计数[data/ledger中专项债务的行]"]


def test_parameter_without_value_is_what_the_gazette_states(chapter):
    share = chapter["debt.ratio.audit@2022-12-31"] * 1
    made = chapter.assume("share-{case}@2023", None, current=share, case=0)
    assert (made.id, made.name_zh, made.inference) == ("debt.scenario.share-0@2023", "比重甲", "沿用2023年的数")
    assert chapter.assume("share-{case}@2023", 12, case=0).id == "scenario.share-0"


def test_a_list_of_values_is_a_column_whose_names_may_say_them(chapter, shown):
    shares = chapter.assume("share-{case}@2023", [None, 12.5], current=chapter["debt.ratio.audit@2022-12-31"] * 1)
    assert shares.figure.id.tolist() == ["debt.scenario.share-0@2023", "scenario.share-1"]
    assert shares.figure.name_zh.tolist() == ["比重甲", "比重乙"]
    assert shares.index.to_frame().to_dict("list") == {"case": ["0", "1"], "value": ["16.3", "12.5"]}
    ((bundle, _),) = shown
    assert len(bundle[FIGURES_MIME]) == len(shares)
    repaid = chapter.publish("debt.repaid-{case}@2023", shares * chapter["debt.limit.total@2023"])
    assert repaid.figure.id.tolist() == ["debt.repaid-0@2023", "debt.repaid-1@2023"]
    assert repaid.figure.name_zh.tolist() == ["比重为16.3%时的还本", "比重为12.5%时的还本"]
    assert chapter.assume("share-{case}@2023", []).empty


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (lambda c: c["debt.limit.totl@2023"], UnknownFigureError, "did you mean debt.limit.total@2023"),
        (lambda c: c["dbt.limit.total@2023"], UnknownFigureError, "no topic 'dbt'; did you mean debt?"),
        (lambda c: c.topic("dbt"), UnknownFigureError, "no topic 'dbt'; did you mean debt?"),
        (lambda c: c.unit("亿圆"), UnusableNameError, "no unit '亿圆' in data/units.csv"),
        (lambda c: c.publish("my ratio", step(c)), UnusableNameError, "(ISO 8601), such as debt.my-ratio@2023"),
        (lambda c: c.publish("debt.my-ratio@2023", step(c)), UnusableNameError, "debt.my-ratio has no name: give"),
        (lambda c: c.publish("debt.step@23", step(c)), UnusableNameError, "a period (ISO 8601)"),
        (lambda c: c.publish("debt.step@2023-13", step(c)), UnusableNameError, "a period (ISO 8601)"),
        (lambda c: c.publish("debt.step@2023-02-31", step(c)), UnusableNameError, "a period (ISO 8601)"),
        (lambda c: c.publish("debt.step@2023/2022", step(c)), UnusableNameError, "a period (ISO 8601)"),
        (lambda c: c.chart("x", "a", title="年"), UnusableValueError, "'x' is no picture; expected: what frame.plot"),
        (lambda c: c.frame("debt.limit.{kind}@{year}", kind=["general", "genral"]), UnknownFigureError,
         "no figure has the kind 'genral'; did you mean general"),
        (lambda c: c.frame("debt.limit.{kind}@2022", kind=[]), UnusableNameError, "no key is given for the level kind"),
        (lambda c: limits(c).plot(kind="bars", height=1, colors=["red"]), UnusableValueError,
         "there are 2 rows, and colours for 1"),
        (lambda c: c.table("T 1", {"年": ["2022"]}, title="年"), UnusableNameError, "lower-case words joined by"),
        (lambda c: c.chart(limits(c).plot(kind="bars", height=1), "bars", title=" "), UnusableNameError, "and a title"),
        (lambda c: limits(c).plot(kind="bars", height=1, title="x"), UnusableValueError, "are given to chapter.chart"),
        (lambda c: limits(c).plot(kind="bars", height="2"), UnusableValueError, "needs a height in inches"),
        (lambda c: c.publish("debt.{kind}.x@2023", step(c)), UnusableNameError, "names the level {kind}"),
        (lambda c: c.publish("debt.step@2023", limits(c)), UnusableNameError, "gives several rows one id"),
        (lambda c: c.publish("debt.step@{year}", limits(c).to_frame("a").assign(b=0).rename_axis(columns="of")),
         UnusableNameError, "has to name the level {of} of the columns"),
        (lambda c: c.publish("debt.step@{year}", pd.Series([1])), UnusableValueError, "1 is no figure"),
        (lambda c: c.publish("debt.step@2023", 1.5), UnusableValueError, "1.5 is no figure"),
        (lambda c: c.count("debt.rows@2023", 1.5, of="行"), UnusableValueError, "1.5 is no whole number"),
        (lambda c: c.frame("debt.limit.total@{year}", yaer=["2022"]), UnusableNameError, "levels are year, and keys"),
        (lambda c: c.frame("debt.limit.total@2022"), UnusableNameError, "is no pattern; expected: a level in braces"),
        (lambda c: c.frame({"a": "debt.limit.{kind}@2022", "b": "debt.balance.{sort}@2022-12-31"}), UnknownFigureError,
         "no pattern has all levels: give the keys of sort, or the same levels to all"),
        (lambda c: c.table("a", {"年": [2022]}, title="年"), UnusableValueError, "2022 stands in a table"),
        (lambda c: c.table("a", pd.DataFrame([["a", "b"]], columns=["限额", "limit"]).rename_axis(columns="measure"),
                           title="年"), UnusableNameError, "two columns are called 限额"),
        (lambda c: pd.DataFrame({"a": limits(c), "b": limits(c)}).plot(kind="bars", height=1, panels=(1, 1)),
         UnusableValueError, "2 columns, and panels=(1, 1)"),
        (lambda c: limits(c).to_frame().plot(kind="bars", height=1, panels=1), UnusableValueError, "and panels=1"),
        (lambda c: limits(c).plot(kind="bars", height=1, mark=5), UnusableValueError, "a vertical line stands for"),
        (lambda c: (-step(c) / c["debt.limit.total@2022"]).root(2).exact, AuthorError, "which is negative"),
        (lambda c: c.assume("share", "abc"), UnusableValueError, "expected: a number"),
        (lambda c: c.assume("share", float("nan")), UnusableValueError, "expected: a number"),
        (lambda c: c.assume("share", None), UnusableValueError, "has no value"),
        (lambda c: c.require(False, "须为正数"), UnusableValueError, "须为正数"),
    ],
)  # fmt: skip
def test_mistake_is_one_line_that_says_what_to_do(chapter, wrong, error, message):
    with pytest.raises(error) as raised:
        wrong(chapter)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_jupyter_shows_a_mistake_without_a_traceback_through_the_library():
    shell = InteractiveShell.instance()
    try:
        with pytest.raises(UnknownFigureError) as raised:
            raise UnknownFigureError("no figure")
        assert raised.value._render_traceback_() == ["UnknownFigureError: no figure"]
        result = shell.run_cell(
            "from gongbao.figures.errors import UnusableNameError\nraise UnusableNameError('no name')"
        )
        lines = result.error_in_exec._render_traceback_()
        assert lines == ["UnusableNameError: no name", "  in line 2: raise UnusableNameError('no name')"]
    finally:
        InteractiveShell.clear_instance()


def test_periods_that_no_one_names_come_in_the_order_of_time(chapter):
    frame = chapter.frame("debt.limit.{kind}@{year}")
    assert [year for _kind, year in frame.index] == ["2022", "2023"] * (len(frame) // 2)
    rise = frame.groupby("kind").diff().dropna()
    assert (rise > 0).all()


def test_one_figure_that_was_drawn_by_hand_is_named_by_itself(chapter, shown):
    picture, axes = charts.canvas(1)
    axes.axvline(float(chapter["debt.limit.total@2023"]))
    chapter.chart(picture, "line", title="限额", form="一条线", also=chapter["debt.limit.total@2023"])
    assert shown[-1][0][CHART_MIME]["uses"] == ["debt.limit.total@2023"]


def test_plain_charts_draw_single_figures_and_columns_in_which_all_is_missing(chapter):
    single = limits(chapter).astype(object)
    bars = single.plot(kind="bar", ax=charts.canvas(1)[1]).patches
    assert [bar.get_height() for bar in bars] == list(map(float, single))
    missing = pd.Series([pd.NA, pd.NA], dtype="figure[亿元]")
    (line,) = missing.plot(kind="line", ax=charts.canvas(1)[1]).lines
    assert not np.isfinite(np.ma.filled(line.get_ydata(), np.nan)).any()


def test_a_cell_that_runs_again_replaces_what_it_published(chapter):
    chapter.publish("debt.step@2023", step(chapter))
    chapter.publish("debt.step@2023", step(chapter) * 2)
    assert chapter["debt.step@2023"].number == "14"


def test_a_drawing_that_ends_a_cell_is_shown_below_it_and_marked(shown):
    shell = InteractiveShell.instance()
    try:
        axes = limits(Chapter("debt")).plot(kind="bars", height=1)
        data, marks = shell.display_formatter.format(axes)
        assert data["text/html"].startswith("<img src=")
        assert marks == {"text/html": {"gongbao": True}}
        panels = limits(Chapter("debt")).to_frame().plot(kind="bars", height=1, panels=(1, 1))
        assert shell.display_formatter.format(panels)[0]["text/html"].startswith("<img src=")
        # what nothing is known of is left to matplotlib, and other arrays to numpy
        assert "text/html" not in shell.display_formatter.format(charts.canvas(1)[1])[0]
        assert "text/html" not in shell.display_formatter.format(np.array([1]))[0]
    finally:
        InteractiveShell.clear_instance()
