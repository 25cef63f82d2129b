"""What notebooks put on the page: numbers, charts and tables as bundles that the book understands."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest

from gongbao import charts, numbers
from gongbao.chapter import CHART_MIME, DATA_COLUMNS, FIGURE_MIME, SKETCH_MIME, TABLE_MIME, Chapter
from gongbao.figure import Claim, labelled
from gongbao.units import UnitError

Shown = list[tuple[dict[str, Any], dict[str, Any]]]


@pytest.fixture
def shown(monkeypatch) -> Shown:
    """The bundles and metadata that a notebook's front end would get."""
    bundles: Shown = []
    monkeypatch.setattr("gongbao.chapter.publish_display_data", lambda data, metadata: bundles.append((data, metadata)))
    return bundles


@pytest.fixture
def chapter(shown) -> Chapter:
    """A chapter that nothing was published in."""
    return Chapter("debt")


def step(chapter: Chapter):
    """A difference of two stated figures."""
    return chapter["debt.limit.total@2023"] - chapter["debt.limit.total@2022"]


def draw(chapter: Chapter, **options: Any) -> None:
    canvas, axes = charts.canvas(2)
    used = [chapter["debt.limit.total@2022"], chapter["debt.limit.total@2023"]]
    charts.bars(axes, ["上年", "本年"], used)
    chapter.chart(canvas, "limits", **{"form": "横条图", "title": "限额增加", "uses": used, **options})


# --- figures


def test_chapter_knows_ledger_context_and_what_it_published(chapter):
    assert chapter["debt.limit.total@2023"].claim is Claim.STATED
    assert chapter["external.china.debt.balance.general@2022-12-31"].claim is Claim.EXTERNAL
    published = chapter.publish("debt.step@2023", step(chapter), "限额增加", "rise of the limit")
    assert chapter["debt.step@2023"] is published


def test_unknown_figure_is_named(chapter):
    with pytest.raises(KeyError, match=r"debt\.none@2023"):
        chapter["debt.none@2023"]


def test_published_figure_is_a_bundle_for_the_book_and_for_people(chapter, shown):
    figure = chapter.publish("debt.step@2023", step(chapter), "限额增加", "rise of the limit")
    ((bundle, metadata),) = shown
    assert set(bundle) == {FIGURE_MIME, "text/html", "text/plain"}
    assert metadata == {"gongbao": True}
    record = bundle[FIGURE_MIME]
    assert json.loads(json.dumps(record)) == record
    assert record["en"].items() >= figure.record()["en"].items()
    assert {**record, "en": ...}.items() >= {**figure.record(), "en": ...}.items()
    assert (record["id"], record["name_zh"], record["name_en"]) == ("debt.step@2023", "限额增加", "rise of the limit")
    assert (record["text"], record["tolerance"]) == ("7亿元", "7.0±0.1亿元")
    assert record["formula"] == "{debt.limit.total@2023} − {debt.limit.total@2022}"
    assert bundle["text/plain"] == f"限额增加 = 7亿元（推算：{record['formula']}）"


def test_figure_is_published_in_the_unit_that_is_asked_for(chapter):
    share = chapter["debt.balance.total@2022-12-31"] / chapter["debt.limit.total@2022"]
    assert chapter.publish("debt.use@2022", share, "使用率", "use", unit="%").text == "68.5%"
    with pytest.raises(UnitError):
        chapter.publish("debt.wrong@2022", share, "使用率", "use", unit="亿元")


def test_inference_is_published_with_its_assumption(chapter, shown):
    figure = chapter.publish("debt.step@2023", step(chapter), "限额增加", "rise", inference="设额度全部使用")
    assert figure.claim is Claim.INFERRED
    assert shown[0][0][FIGURE_MIME]["inference"] == "设额度全部使用"
    assert "推断" in shown[0][0]["text/plain"]


@pytest.mark.parametrize("id", ["debt.limit.total@2023", "debt.step@2023"])
def test_taken_id_is_refused(chapter, shown, id):
    chapter.publish("debt.step@2023", step(chapter), "限额增加", "rise")
    with pytest.raises(ValueError, match=f"'{id}' is taken"):
        chapter.publish(id, step(chapter) * 2, "限额增加", "rise")
    assert len(shown) == 1
    assert chapter["debt.step@2023"].tolerance_text == "7.0±0.1亿元"


def test_count_of_the_books_own_data_is_exact_and_says_of_what(chapter):
    found = chapter.count("debt.rows@2023", len(chapter.ledger.rows), "条", "行数", "rows", of="data/ledger中的行")
    assert found.number == str(len(chapter.ledger.rows))
    assert found.claim is Claim.DERIVED
    assert found.formula == "计数[data/ledger中的行]"
    assert found.record()["inputs"] == []


def test_assumption_is_an_inferred_figure(chapter, shown):
    step = chapter.assume("rate-step", 1, "百分点", "利率上升", "rise in rates")
    assert (step.id, step.text, step.claim) == ("scenario.rate-step", "1百分点", Claim.INFERRED)
    assert chapter["scenario.rate-step"] is step
    assert shown[0][0][FIGURE_MIME]["claim"] == "inferred"
    cost = (chapter["debt.balance.total@2023-12-31"] * step).to(chapter.unit("亿元"))
    assert (cost.text, cost.claim) == ("1.30亿元", Claim.INFERRED)


def test_assumption_may_come_as_a_decimal_of_a_parameter_cell(chapter):
    assert chapter.assume("share", 12.5, "%", "比重", "share").text == "12.5%"


def test_assumption_of_a_taken_name_is_refused(chapter):
    chapter.assume("share", 12, "%", "比重", "share")
    with pytest.raises(ValueError, match="taken"):
        chapter.assume("share", 13, "%", "比重", "share")


def test_markup_in_a_name_stays_text(chapter, shown):
    chapter.publish("debt.step@2023", step(chapter), "<b>限额", "rise")
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
    assert record["svg"].lstrip().startswith("<?xml")
    assert "<svg" in bundle["text/html"]
    assert "来源：公报第92" in bundle["text/html"]


def test_alt_text_says_what_the_picture_shows(chapter, shown):
    draw(chapter)
    alt = shown[0][0][CHART_MIME]["alt"]
    assert alt == "横条图。地方政府债务限额（2022）185.1亿元；地方政府债务限额（2023）192.1亿元。"
    assert alt in shown[0][0]["text/plain"]


def test_source_line_tells_gazette_outside_and_own_computation_apart(chapter, shown):
    outside = chapter["external.china.debt.balance.general@2022-12-31"]
    rise = chapter.publish("debt.step@2023", step(chapter), "限额增加", "rise")
    draw(chapter, uses=[outside])
    draw(chapter, uses=[rise])
    draw(chapter, uses=[rise, outside])
    sources = [bundle[CHART_MIME]["source"] for bundle, _ in shown if CHART_MIME in bundle]
    assert re.fullmatch("来源：外部：[^；]+（B级：官方数据的镜像）。", sources[0])
    assert sources[1] == "来源：公报第92、93、94、95、96页；作者推算。"
    assert re.fullmatch("来源：公报第92、93、94、95、96页；外部：[^；]+；作者推算。", sources[2])


def test_data_of_a_chart_is_a_table_of_its_figures(chapter, shown):
    fall = chapter.publish("debt.fall@2023", -step(chapter), "限额减少", "fall")
    draw(chapter, uses=[chapter["debt.limit.total@2023"], fall, fall])
    header, limit, change = csv.reader(io.StringIO(shown[1][0][CHART_MIME]["data"]))
    assert tuple(header) == DATA_COLUMNS
    assert limit[:10] == [
        "debt.limit.total@2023", "地方政府债务限额", "Local government debt limit", "192.1", "192.05", "192.15",
        "亿元", "yi yuan", "stated", "",
    ]  # fmt: skip
    assert limit[10].split("；") == ["债务决议第92页", "债务议案第93页", "债务议案第94页", "债务说明第96页"]
    # an ASCII minus, so that programs read it
    assert change[3:6] == ["-7", "-7.1", "-6.9"]
    assert float(change[4]) < float(change[3]) < float(change[5])
    assert change[8] == "derived"


def test_title_of_a_chart_prints_figures_for_people_and_keeps_roles_for_the_book(chapter, shown):
    chapter.publish("debt.step@2023", step(chapter), "限额增加", "rise")
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


def test_chart_may_be_made_of_what_is_used_up_by_reading(chapter, shown):
    draw(chapter, uses=iter([chapter["debt.limit.total@2022"]]))
    record = shown[0][0][CHART_MIME]
    assert "185.1亿元" in record["alt"]
    assert "185.1" in record["data"]
    assert record["uses"] == ["debt.limit.total@2022"]


def test_chart_of_a_figure_without_id_is_refused(chapter):
    with pytest.raises(ValueError, match="publish"):
        draw(chapter, uses=[step(chapter)])


# --- tables


def test_sketch_is_a_picture_with_what_it_shows(chapter, shown):
    canvas, axes = charts.canvas(1, width=charts.CARD)
    used = [chapter["debt.limit.total@2022"], chapter["debt.limit.total@2023"]]
    charts.bars(axes, ["上年", "本年"], used)
    chapter.sketch(canvas, form="横条图", uses=used)
    record = shown[-1][0][SKETCH_MIME]
    assert record["name"] == "debt"
    assert record["alt"] == "横条图。地方政府债务限额（2022）185.1亿元；地方政府债务限额（2023）192.1亿元。"
    assert record["uses"] == ["debt.limit.total@2022", "debt.limit.total@2023"]
    assert record["svg"].lstrip().startswith("<?xml")


def test_sketch_of_a_figure_without_id_is_refused(chapter):
    canvas, _ = charts.canvas(1, width=charts.CARD)
    with pytest.raises(ValueError, match="publish"):
        chapter.sketch(canvas, form="横条图", uses=[step(chapter)])


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
    assert record["heads"] == ["年", "限额（亿元）", "数"]
    assert record["numeric"] == [False, True, True]
    number = numbers.TOLERANCE_NUMBER
    assert record["rows"] == [
        [
            "2022",
            {"id": "debt.limit.total@2022", "form": number},
            {"id": "debt.limit.total@2022", "form": numbers.TOLERANCE},
        ],
        [
            "2023",
            {"id": "debt.limit.total@2023", "form": number},
            {"id": "debt.ratio.audit@2022-12-31", "form": numbers.TOLERANCE},
        ],
    ]
    assert "192.1亿元" in bundle["text/html"]
    assert bundle["text/plain"].startswith("限额192.1亿元\n")
    assert "16.3%" in bundle["text/plain"]


def test_cell_without_id_is_refused(chapter, shown):
    rows = {"年": ["2023"], "增加": [step(chapter)]}
    with pytest.raises(ValueError, match=r"publish \{debt.limit.total@2023\} − \{debt.limit.total@2022\} before"):
        chapter.table("step", rows, title="增加")
    assert shown == []


def test_label_has_the_period_or_says_parameter():
    assert labelled("地方政府债务限额", "debt.limit.total@2023") == "地方政府债务限额（2023）"
    assert labelled("比重", "scenario.share") == "比重（参数）"


def test_chapter_may_be_run_again_from_a_fresh_start(shown):
    for _ in range(2):
        again = Chapter("debt")
        again.publish("debt.step@2023", step(again), "限额增加", "rise")
    assert len({bundle["text/plain"] for bundle, _ in shown}) == 1
