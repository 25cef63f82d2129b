"""What a notebook emits for its figures, charts and tables: mime bundles, in both languages.

The book turns the records into objects, figures and tables (:mod:`gongbao.pages.mime`); JupyterLab and nbconvert show
the HTML or the text that comes with them.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd
from matplotlib.figure import Figure as Canvas
from pandas.api.typing import NAType

from gongbao.chapter import charts
from gongbao.chapter.charts import Sheet
from gongbao.chapter.plotting import Drawing
from gongbao.figures.bundles import CHART_MIME, DATA_COLUMNS, FIGURES_MIME, SKETCH_MIME, TABLE_MIME
from gongbao.figures.errors import UnusableValueError
from gongbao.figures.expression import Reference
from gongbao.figures.figure import Figure, Form, common_scales, each_assumption
from gongbao.figures.frames import NOTHING
from gongbao.figures.origin import Claim, short
from gongbao.figures.units import Unit
from gongbao.ledger.labels import Labels

Bundle = dict[str, Any]
"""The forms of one output, by mime type: a record for the book, HTML and text for people."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text in both languages; as the cell of a table, one out of the data."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh

    def join(self, parts: Iterable[Text]) -> Text:
        """The texts with this one between them."""
        texts = list(parts)
        return Text(self.zh.join(text.zh for text in texts), self.en.join(text.en for text in texts))


Cell = Figure | Text | str | NAType
"""What may be in a cell of a table."""

_COMMA, _SEMICOLON = Text("、", ", "), Text("；", "; ")


def name_and_pages(figure: Figure) -> Text:
    """The name of a figure with the pages that state it, if there are some, for the cell of a table."""
    if pages := _pages([figure]):
        return Text(f"{figure.name_zh}（{pages.zh}）", f"{figure.name_en} ({pages.en})")
    return Text(figure.name_zh, figure.name_en)


def _pages(figures: Iterable[Figure]) -> Text | None:
    """The pages that state figures; None if no page does."""
    pages = sorted({statement.page for figure in figures for statement in figure.statements if statement.page})
    listed = _COMMA.join(Text(str(page), str(page)) for page in pages)
    return Text(f"第{listed.zh}页", f"{'p.' if len(pages) == 1 else 'pp.'} {listed.en}") if pages else None


def _source_line(figures: Sequence[Figure]) -> Text:
    """The source line: pages of the gazette, outside sources, and whether something was computed."""
    parts: list[Text] = []
    if pages := _pages(figures):
        parts.append(Text(f"公报{pages.zh}", f"Gazette, {pages.en}"))
    outside = (statement for figure in figures for statement in figure.statements if not statement.page)
    if sources := dict.fromkeys(Text(short(one.place), short(one.place_en)) for one in outside):
        named = _COMMA.join(sources)
        parts.append(Text(f"外部：{named.zh}", f"external: {named.en}"))
    if any(figure.claim is Claim.INFERRED for figure in figures):
        parts.append(Text("作者推断", "inferred by the authors"))
    elif any(not isinstance(figure.expression, Reference) for figure in figures):
        parts.append(Text("作者推算", "computed by the authors"))
    line = _SEMICOLON.join(parts)
    return Text(f"来源：{line.zh}。", f"Source: {line.en}.")


def _said(figure: Figure) -> Text:
    """The name of a figure with its period (a parameter has none) and its number."""
    zh, en = f"{figure.name_zh}（{figure.period or '参数'}）", f"{figure.name_en} ({figure.period or 'parameter'})"
    return Text(f"{zh}{figure.tolerance_text}", f"{en}: {figure.english('tolerance')}")


# --- figures


def figures_bundle(figures: Sequence[Figure], labels: Labels) -> Bundle:
    """Figures with ids: records for the book, a table for people; ``labels`` have the English of their formulas."""
    rows = "".join(
        f"<tr><td><code>{one.id}</code></td><td>{html.escape(one.name_zh)}</td>"
        f"<td id={one.id!r}>{html.escape(one.tolerance_text)}</td><td>{one.claim.zh}</td></tr>"
        for one in figures
    )
    lines = (f"{one.name_zh} = {one.tolerance_text}（{one.claim.zh}：{one.formula or '参数'}）" for one in figures)
    return {
        FIGURES_MIME: [_record(figure, labels) for figure in figures],
        "text/html": f"<table>{rows}</table>",
        "text/plain": "\n".join(lines),
    }


def _record(figure: Figure, labels: Labels) -> dict[str, Any]:
    """The record of a figure, with the English of its assumptions and formula, which this chapter composes."""
    record, assumptions = figure.record(), each_assumption(figure.inference)
    record["en"] |= {
        "inference": "; ".join(map(labels.english, assumptions)),
        "formula": labels.formula(figure.formula),
    }
    said = [*map(labels.template, assumptions), *labels.formula_templates(figure.formula)]
    return {**record, "words": list(filter(None, said))}


def _require_id(figure: Figure) -> None:
    if not figure.id:
        raise UnusableValueError(f"publish {figure.formula} before it is shown, so that readers can follow it")


# --- charts


def chart_bundle(
    name: str, canvas: Canvas, drawn: Drawing, labels: Labels, *, title: str, note: str, plain: str
) -> Bundle:
    """A chart with title, note, source line, alt text and data; an UnusableValueError if a figure has no id.

    The title has links; ``plain`` is the same with the numbers that they print.
    """
    drawings = _drawings(Sheet(canvas, name), drawn, labels, {"narrow": charts.NARROW, "svg": 0})
    source = _source_line(drawn.figures)
    drawings["en"]["source"] = source.en
    record = {"name": name, "title": title, "note": note, "source": source.zh, "data": _csv(drawn.figures), **drawings}
    caption = f"<b>{html.escape(plain)}</b><br><small>{html.escape(f'{note}{source.zh}')}</small>"
    shown = f"<figure>{charts.framed(record['svg'], record['alt'])}<figcaption>{caption}</figcaption></figure>"
    return {CHART_MIME: record, "text/html": shown, "text/plain": f"{plain}。{record['alt']}"}


def sketch_bundle(name: str, canvas: Canvas, drawn: Drawing, labels: Labels) -> Bundle:
    """The small picture of a chapter; arguments and errors as of :func:`chart_bundle`."""
    record = {"name": name, **_drawings(Sheet(canvas, f"{name}-sketch"), drawn, labels, {"svg": 0})}
    shown = f"<figure>{charts.framed(record['svg'], record['alt'])}</figure>"
    return {SKETCH_MIME: record, "text/html": shown, "text/plain": record["alt"]}


def _drawings(sheet: Sheet, drawn: Drawing, labels: Labels, widths: Mapping[str, float]) -> dict[str, Any]:
    """Drawings in some widths and their description, in both languages, and the words that are to be translated.

    The last drawing restores the picture as it was given, which may be put on the page again.
    """
    for figure in drawn.figures:
        _require_id(figure)
    said = {figure.id: _said(figure) for figure in drawn.figures}
    # the description for those who cannot see the chart
    shown = _SEMICOLON.join(said.values())
    english = {"alt": f"{labels.english(drawn.form)}. {shown.en}."}
    if labels:
        values, scales = {id: one.en for id, one in said.items()}, common_scales(drawn.figures)
        english |= {form: sheet.svg(width, labels.english, values, scales) for form, width in widths.items()}
    values = {id: one.zh for id, one in said.items()}
    pictures = {form: sheet.svg(width, values=values) for form, width in widths.items()}
    words = list(filter(None, map(labels.template, [drawn.form, *sheet.words])))
    return {**pictures, "alt": f"{drawn.form}。{shown.zh}。", "uses": list(said), "words": words, "en": english}


def _csv(figures: Iterable[Figure]) -> str:
    """The data of a chart, in the columns :data:`gongbao.figures.bundles.DATA_COLUMNS`."""
    rows = []
    for f in figures:
        places = _SEMICOLON.join(dict.fromkeys(Text(one.place, one.place_en) for one in f.statements))
        names, units = (f.id, f.name_zh, f.name_en), (f.unit.symbol, f.unit.unit_en)
        rows.append([*names, *f.data.values(), *units, f.claim, f.formula, places.zh, places.en])
    return pd.DataFrame(rows, columns=DATA_COLUMNS).to_csv(index=False, lineterminator="\n")


# --- tables


def table_bundle(name: str, frame: pd.DataFrame, *, title: str, plain: str) -> Bundle:
    """A table whose numbers lead to their rows; a column of figures of one unit has the unit in its head.

    In English all numbers of a unit have one scale, or each its own if one would begin with 0.0 and the head does not
    have the unit; the head of a column that counts different things has none. A figure without an id is an
    UnusableValueError. The title has links; ``plain`` is the same with the numbers that they print.
    """
    heads, columns, numeric = [], [], []
    figures = [cell for _, cells in frame.items() for cell in cells if isinstance(cell, Figure)]
    scales = common_scales(figures)
    own = scales | dict.fromkeys(one.unit for one in figures if _begins_with_zeros(one, scales[one.unit]))
    for head, cells in frame.items():
        units = [cell.unit for cell in cells if isinstance(cell, Figure)]
        zh = units[0].symbol if len(set(units)) == 1 else ""
        words_en = {unit.english.head(scales[unit]) for unit in units} if zh else set()
        en = words_en.pop() if len(words_en) == 1 else ""
        heads.append({"head": str(head), "zh": zh, "en": en})
        columns.append([_cell(cell, scales if en else own, zh, en) for cell in cells])
        numeric.append(bool(units))
    rows = list(zip(*columns, strict=True))
    text = frame.map(_plain)
    return {
        TABLE_MIME: {"name": name, "title": title, "heads": heads, "numeric": numeric, "rows": rows},
        "text/html": f"<b>{html.escape(plain)}</b>{text.to_html(index=False)}",
        "text/plain": f"{plain}\n{text.to_string(index=False)}",
    }


def _plain(cell: Any) -> str:
    """The text of a cell outside the book."""
    if isinstance(cell, Figure):
        return cell.tolerance_text
    return NOTHING if cell is pd.NA else str(cell)


def _begins_with_zeros(figure: Figure, scale: str) -> bool:
    """Whether a number would begin with 0.0 in a scale that is not its own."""
    return figure.english_scale != scale and figure.english("number", scale).lstrip("−").startswith("0.0")


def _cell(cell: Any, scales: Mapping[Unit, str | None], zh: str, en: str) -> dict[str, str] | str:
    """The record of a cell; ``zh`` and ``en`` are the units in its column's head, or empty."""
    if pd.api.types.is_scalar(cell) and pd.isna(cell):
        return NOTHING
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Text):
        return asdict(cell)
    if not isinstance(cell, Figure):
        raise UnusableValueError(f"{cell!r} stands in a table: a cell is a figure that has an id, text, or pd.NA")
    _require_id(cell)
    forms: list[Form] = ["tolerance_number" if unit else "tolerance" for unit in (zh, en)]
    return {"id": cell.id, "form": forms[0], "en": cell.english(forms[1], scales[cell.unit])}
