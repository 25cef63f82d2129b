"""What a notebook works with: the figures of its chapter, and the ways to put numbers, charts and tables on the page.

What a notebook emits are mime bundles. The book turns them into objects, figures and tables
(:mod:`gongbao.sphinx.mime`); JupyterLab and nbconvert show the HTML that comes with them.
"""

from __future__ import annotations

import csv
import html
import io
import itertools
import string
from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, cast, overload

import pandas as pd
from IPython.core.display_functions import publish_display_data
from matplotlib.figure import Figure as Canvas
from pandas.api.typing import NAType

from gongbao import charts, numbers
from gongbao.bundles import CHART_MIME, DATA_COLUMNS, FIGURE_MIME, FIGURES_MIME, SKETCH_MIME, TABLE_MIME
from gongbao.editions import wanted
from gongbao.expression import Count, Reference
from gongbao.figure import Claim, Figure, assumption, labelled, labelled_en
from gongbao.frames import NOTHING, FigureArray
from gongbao.labels import Labels
from gongbao.ledger import Ledger, load_units
from gongbao.relations import Relation, load_relations
from gongbao.sources import Sources
from gongbao.units import Unit
from gongbao.words import Series, derived, filled, keys, label, labels, words


@dataclass(frozen=True, slots=True)
class Words:
    """A text that the data have in both languages, for the cell of a table."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh


Cell = Figure | Words | str | NAType
"""What may stand in a table."""


def _said_in_english(figure: Figure) -> str:
    number = figure.unit.printed_en(figure.tolerance_number)
    return f"{labelled_en(figure.name_en, figure.id)}: {number}"


def _require_id(figure: Figure) -> None:
    if not figure.id:
        raise ValueError(f"publish {figure.formula} before it is shown, so that readers can follow it")


def _index(levels: Mapping[str, list[str]]) -> pd.Index:
    ((name, found),) = levels.items()
    return pd.Index(found, name=name)


def _drawn(canvas: Canvas, uses: Iterable[Figure] | None) -> list[Figure]:
    return list(getattr(canvas, "figures", ()) if uses is None else uses)


class Chapter:
    """The figures of a chapter by id, and what it puts on the page.

    Args:
        name: of the notebook; the names of its charts and tables start with it.
    """

    def __init__(self, name: str) -> None:
        charts.use_style()
        # frame.plot(kind="bars") draws as the book does
        pd.set_option("plotting.backend", "gongbao.plotting")
        self.name = name
        self._sources = Sources()
        self.figures: ChainMap[str, Figure] = ChainMap({}, cast(dict[str, Figure], self._sources))

    @property
    def ledger(self) -> Ledger:
        """The whole ledger. A chapter that asks for it runs again whenever a row of any topic changes."""
        return self._sources.ledger

    def topic(self, name: str) -> Ledger:
        """The ledger of one topic."""
        return self._sources.topic(name)

    @cached_property
    def relations(self) -> dict[str, Relation]:
        """What ought to hold between figures, by id."""
        return {relation.id: relation for relation in load_relations()}

    @cached_property
    def units(self) -> dict[str, Unit]:
        """The declared units by symbol."""
        return load_units()

    @cached_property
    def labels(self) -> Labels:
        """The English of what charts say; none unless that is asked for, since each costs a drawing."""
        return Labels.load(self.units) if "en" in wanted() else Labels({}, self.units)

    def __getitem__(self, id: str) -> Figure:
        """A figure of the ledger, of context.csv, or published before.

        Raises:
            KeyError: if there is none of that id.
        """
        if id not in self.figures:
            raise KeyError(f"no figure {id!r}: neither in data/ nor published above")
        return self.figures[id]

    def unit(self, symbol: str) -> Unit:
        """A declared unit."""
        return self.units[symbol]

    # --- frames

    @overload
    def frame(self, figures: str | list[str], **levels: Iterable[str]) -> pd.Series[Any]: ...
    @overload
    def frame(self, figures: Mapping[str, str | list[str]], **levels: Iterable[str]) -> pd.DataFrame: ...
    def frame(
        self, figures: str | list[str] | Mapping[str, str | list[str]], **levels: Iterable[str]
    ) -> pd.Series[Any] | pd.DataFrame:
        """Figures whose ids have a pattern, as a column by the keys of its levels; several patterns make a frame.

        ``chapter.frame({"limit": "debt.limit.{kind}@{year}"}, year=["2022", "2023"])``

        Args:
            figures: the pattern, or one for each column; of a list, the first that there is.
            levels: the keys of each level, in the order of the rows; if none are given, those that have words.
        """
        columns = figures if isinstance(figures, Mapping) else {"": figures}
        patterns = {head: [found] if isinstance(found, str) else found for head, found in columns.items()}
        names = dict.fromkeys(
            name
            for pattern in itertools.chain(*patterns.values())
            for _, name, *_ in string.Formatter().parse(pattern)
            if name
        )
        known = {
            name: list(levels.get(name, words().get(name, ()))) for name in sorted(names, key=[*levels, *names].index)
        }
        index = pd.MultiIndex.from_product(list(known.values()), names=list(known)) if len(known) > 1 else _index(known)
        rows = keys(index)
        made = {
            head: FigureArray(self._first(filled(pattern, row) for pattern in options) for row in rows)
            for head, options in patterns.items()
        }
        frame = pd.DataFrame(made, index=index).rename_axis(columns="measure")
        return frame if isinstance(figures, Mapping) else frame[""].rename(None)

    def _first(self, ids: Iterable[str]) -> Any:
        return next((self.figures[id] for id in ids if id in self.figures), pd.NA)

    # --- numbers

    @overload
    def publish(
        self, id: str, figure: Figure, name_zh: str = "", name_en: str = "", *, unit: str = "", inference: str = ""
    ) -> Figure: ...
    @overload
    def publish(self, id: str, figure: pd.Series[Any]) -> pd.Series[Any]: ...
    @overload
    def publish(self, id: str, figure: pd.DataFrame) -> pd.DataFrame: ...
    def publish(
        self,
        id: str,
        figure: Figure | pd.Series[Any] | pd.DataFrame,
        name_zh: str = "",
        name_en: str = "",
        *,
        unit: str = "",
        inference: str = "",
    ) -> Figure | pd.Series[Any] | pd.DataFrame:
        """Give computed figures ids, under which prose, charts and tables may print them.

        Args:
            id: ``series@period``; the series starts with the name of the chapter. For a column, a pattern of the levels
                of its index: ``debt.headroom.{kind}@{year}``; for a frame, of the name of its columns, too.
            figure: what was computed; what is missing in a column stays missing.
            name_zh: the Chinese name of the series; names, unit and assumption are those of ``data/derived/`` if none
                are given.
            name_en: the English name.
            unit: to print it in, if not its own.
            inference: the assumption that makes it an inference rather than a derivation.

        Raises:
            ValueError: if the id is taken, or the series has no name.
        """
        series = Series(name_zh, name_en, unit, inference) if name_zh else self._series(id)
        if isinstance(figure, Figure):
            return self._announce(self._named(figure, id, series, {}))
        if isinstance(figure, pd.Series):
            return self._column(id, figure, series, {})
        level = str(figure.columns.name)
        columns = {head: self._column(id, column, series, {level: str(head)}) for head, column in figure.items()}
        return pd.DataFrame(columns).rename_axis(columns=level)

    def _column(self, id: str, column: pd.Series[Any], series: Series, above: Mapping[str, str]) -> pd.Series[Any]:
        rows = [{**row, **above} for row in keys(column.index)]
        named = [
            one if one is pd.NA or one.id else self._kept(self._named(one, id, series, row))
            for row, one in zip(rows, column, strict=True)
        ]
        made = pd.Series(FigureArray(named), column.index, name=column.name)
        new = [after for before, after in zip(column, named, strict=True) if after is not before]
        self._emit(FIGURES_MIME, [self._record(one) for one in new], self._shown(new), made.to_string())
        return made

    def _series(self, id: str) -> Series:
        name = id.partition("@")[0]
        if name not in self.derived:
            raise ValueError(f"data/derived/{self.name}.csv has no series {name}: give it a row, or names here")
        return self.derived[name]

    @cached_property
    def derived(self) -> dict[str, Series]:
        """The series that the chapter computes, by their ids without period."""
        return derived(self.name)

    def _named(self, figure: Figure, id: str, series: Series, keys: Mapping[str, str]) -> Figure:
        names = filled(series.name_zh, keys, "zh"), filled(series.name_en, keys, "en")
        figure = figure.to(self.unit(series.unit)) if series.unit else figure
        return figure.named(filled(id, keys), *names, series.inference)

    def _shown(self, column: Iterable[Figure]) -> str:
        rows = (
            f"<tr><td><code>{one.id}</code></td><td>{html.escape(one.name_zh)}</td>"
            f"<td id={one.id!r}>{html.escape(one.tolerance_text)}</td></tr>"
            for one in column
        )
        return f"<table>{''.join(rows)}</table>"

    def count(self, id: str, number: int, unit: str, name_zh: str, name_en: str, *, of: str) -> Figure:
        """Publish how many rows or cells of the book's own data meet a condition: exact, and derived from no number.

        Args:
            id: ``series@period``.
            number: how many.
            unit: what is counted.
            name_zh: the Chinese name of the series.
            name_en: the English name.
            of: file and condition, in Chinese, which readers see in place of a formula.
        """
        counted = self.unit(unit)
        figure = Figure(Count(number * counted.factor, of), counted, {})
        return self.publish(id, figure, name_zh, name_en)

    def assume(
        self,
        name: str,
        value: str | float | None,
        unit: str = "",
        name_zh: str = "",
        name_en: str = "",
        *,
        current: Figure | None = None,
        **levels: object,
    ) -> Figure:
        """A parameter of a scenario as a figure; what is computed from it is an inference.

        Args:
            name: of the parameter, with the period of what stands for it if it has no value.
            value: what is assumed; None for what the gazette states.
            unit: of the value.
            name_zh: the Chinese name; that of ``data/derived/`` if none is given.
            name_en: the English name.
            current: what the gazette states.
            levels: the keys for a name that is a pattern.
        """
        id, keys = f"{self.name}.scenario.{name}", {level: str(key) for level, key in levels.items()}
        series = Series(name_zh, name_en, unit, "") if name_zh else self._series(id)
        if value is None:
            assert current is not None, "there is no value, and nothing that would stand for it"
            return self._announce(self._named(current, id, series, keys))
        names = filled(series.name_zh, keys, "zh"), filled(series.name_en, keys, "en")
        id = f"scenario.{filled(name, keys).partition('@')[0]}"
        return self._announce(assumption(id, str(value), self.unit(series.unit), *names))

    def _announce(self, figure: Figure) -> Figure:
        self._kept(figure)
        how = figure.formula or "参数"
        text = f"{figure.name_zh} = {figure.text}（{figure.claim.zh}：{how}）"
        self._emit(
            FIGURE_MIME, self._record(figure), f"<small><code>{figure.id}</code> {html.escape(text)}</small>", text
        )
        return figure

    def _kept(self, figure: Figure) -> Figure:
        if figure.id in self.figures:
            raise ValueError(f"the id {figure.id!r} is taken")
        self.figures[figure.id] = figure
        return figure

    def _record(self, figure: Figure) -> dict[str, Any]:
        """The record of a figure, with the English of what only this chapter says."""
        record = figure.record()
        record["en"] |= {
            "inference": "; ".join(map(self.labels.english, figure.inference.split("；"))),
            "formula": self.labels.formula(figure.formula),
        }
        said = [
            *map(self.labels.template, figure.inference.split("；")),
            *self.labels.formula_templates(figure.formula),
        ]
        return {**record, "words": list(filter(None, said))}

    # --- charts and tables

    def chart(
        self,
        canvas: Canvas,
        name: str,
        *,
        title: str,
        form: str = "",
        uses: Iterable[Figure] | None = None,
        note: str = "",
    ) -> None:
        """Put a chart on the page.

        Args:
            canvas: what was drawn.
            name: of the chart within the chapter.
            form: what kind of chart it is, for those who cannot see it; a drawing that a frame made may know it.
            title: what it shows; links such as ``[](#debt.limit.total@2023)`` print figures in it.
            uses: the figures that were drawn: they make the alt text, the source line and the data to download; a
                drawing that a frame made knows them itself.
            note: what a reader has to know.

        Raises:
            ValueError: if a figure has no id, so that no reader could follow it.
        """
        used, form = _drawn(canvas, uses), form or canvas.form  # type: ignore[attr-defined]
        drawings = self._drawings(canvas, form, used)
        drawing, pages = drawings["svg"], self._pages(used)
        record = {
            "name": f"{self.name}-{name}",
            "title": title,
            "note": note,
            "source": pages,
            "uses": [figure.id for figure in used],
            "data": self._csv(used),
            **drawings,
        }
        record["en"]["source"] = self._pages_en(used)
        caption = f"<b>{html.escape(self.plain(title))}</b><br><small>{html.escape(f'{note}{pages}')}</small>"
        shown = f"<figure>{drawing}<figcaption>{caption}</figcaption></figure>"
        self._emit(CHART_MIME, record, shown, f"{self.plain(title)}。{record['alt']}")

    def sketch(self, canvas: Canvas, *, form: str = "", uses: Iterable[Figure] | None = None) -> None:
        """Give the chapter a small picture, which pages show with ``{sketch}``; it stands nowhere in the chapter.

        Args:
            canvas: what was drawn, :data:`gongbao.charts.CARD` wide.
            form: what kind of chart it is, for those who cannot see it.
            uses: the figures that were drawn.

        Raises:
            ValueError: if a figure has no id, so that no reader could follow it.
        """
        used, form = _drawn(canvas, uses), form or canvas.form  # type: ignore[attr-defined]
        drawings = self._drawings(canvas, form, used)
        record = {"name": self.name, "uses": [figure.id for figure in used], **drawings}
        self._emit(SKETCH_MIME, record, f"<figure>{drawings['svg']}</figure>", drawings["alt"])

    def _drawings(self, canvas: Canvas, form: str, used: list[Figure]) -> dict[str, Any]:
        """A drawing and what it shows in words, Chinese and English, and which words there are to translate."""
        for figure in used:
            _require_id(figure)
        texts = [form, *charts.words(canvas)]
        drawn: dict[str, Any] = {
            "svg": charts.svg(canvas),
            "alt": f"{form}。{'；'.join(f'{labelled(f.name_zh, f.id)}{f.tolerance_text}' for f in used)}。",
            "en": {"alt": f"{self.labels.english(form)}. {'; '.join(map(_said_in_english, used))}."},
            "words": [template for text in texts if (template := self.labels.template(text))],
        }
        if self.labels:
            charts.translate(canvas, self.labels.english)
            drawn["en"]["svg"] = charts.svg(canvas)
        return drawn

    def table(
        self,
        name: str,
        rows: Mapping[str, Sequence[Figure | Words | str]] | pd.DataFrame,
        *,
        title: str,
        index: Mapping[str, str] | None = None,
    ) -> None:
        """Put a table on the page: columns by their heads; cells are figures that have an id, or text.

        A column of figures of one unit gets the unit into its head. ``index`` makes columns of the index of a frame, by
        their heads and the patterns of what they say: ``{"债务": "{kind}，{year}年末"}``.

        Raises:
            ValueError: if a figure has no id, so that no reader could follow it.
        """
        frame = pd.DataFrame(rows)
        said = {head: labels(frame.index, pattern) for head, pattern in (index or {}).items()}
        heard = {label(frame.columns.name, head): list(cells) for head, cells in frame.items()}
        frame = pd.DataFrame({**said, **heard}, dtype=object)
        heads, columns = [], []
        for head, cells in frame.items():
            units = {cell.unit.symbol for cell in cells if isinstance(cell, Figure)}
            form = numbers.TOLERANCE_NUMBER if len(units) == 1 else numbers.TOLERANCE
            heads.append(f"{head}（{units.pop()}）" if len(units) == 1 else str(head))
            columns.append([self._cell(cell, form) for cell in cells])
        record = {
            "name": f"{self.name}-{name}",
            "title": title,
            "heads": heads,
            "numeric": [any(isinstance(cell, Figure) for cell in cells) for _, cells in frame.items()],
            "rows": list(zip(*columns, strict=True)),
        }
        plain = frame.map(lambda cell: cell.tolerance_text if isinstance(cell, Figure) else str(cell))
        self._emit(
            TABLE_MIME, record, plain.to_html(index=False), f"{self.plain(title)}\n{plain.to_string(index=False)}"
        )

    def plain(self, text: str) -> str:
        """A text with the numbers that its links print."""
        return numbers.unlinked(text, lambda id: self[id].record())

    def _cell(self, cell: Cell, form: str) -> dict[str, str] | str:
        if isinstance(cell, NAType):
            return NOTHING
        if isinstance(cell, str):
            return cell
        if isinstance(cell, Words):
            return asdict(cell)
        _require_id(cell)
        return {"id": cell.id, "form": form}

    def _pages(self, figures: Iterable[Figure]) -> str:
        """The source line: pages of the gazette, outside sources, and whether something was computed."""
        used = list(figures)
        statements = [s for figure in used for s in figure.statements]
        pages = sorted({s.page for s in statements if s.page})
        parts = [f"公报第{'、'.join(map(str, pages))}页"] if pages else []
        parts += dict.fromkeys(f"外部：{s.place}" for s in statements if not s.page)
        if any(figure.claim is Claim.INFERRED for figure in used):
            parts.append("作者推断")
        elif any(not isinstance(figure.expression, Reference) for figure in used):
            parts.append("作者推算")
        return f"来源：{'；'.join(parts)}。"

    def _pages_en(self, figures: Iterable[Figure]) -> str:
        """The source line in English."""
        used = list(figures)
        statements = [s for figure in used for s in figure.statements]
        pages = sorted({s.page for s in statements if s.page})
        mark = "p." if len(pages) == 1 else "pp."
        parts = [f"Gazette, {mark} {', '.join(map(str, pages))}"] if pages else []
        parts += dict.fromkeys(f"external: {s.place_en}" for s in statements if not s.page)
        if any(figure.claim is Claim.INFERRED for figure in used):
            parts.append("inferred by the authors")
        elif any(not isinstance(figure.expression, Reference) for figure in used):
            parts.append("computed by the authors")
        return f"Source: {'; '.join(parts)}."

    def _csv(self, figures: Iterable[Figure]) -> str:
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(DATA_COLUMNS)
        for f in {figure.id: figure for figure in figures}.values():
            units = f.unit.symbol, f.unit.many_en
            places = "；".join(dict.fromkeys(s.place for s in f.statements))
            places_en = "; ".join(dict.fromkeys(s.place_en for s in f.statements))
            names = f.id, f.name_zh, f.name_en
            writer.writerow([*names, *f.data.values(), *units, f.claim, f.formula, places, places_en])
        return buffer.getvalue()

    def _emit(self, mime: str, record: dict[str, Any] | list[dict[str, Any]], shown: str, text: str) -> None:
        # the mark tells the book to pass over the other forms of the same thing
        publish_display_data(  # type: ignore[no-untyped-call]
            {mime: record, "text/html": shown, "text/plain": text}, metadata={"gongbao": True}
        )
