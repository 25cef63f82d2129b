"""What a notebook works with: the figures of its chapter, and the ways to put numbers, charts and tables on the page.

What a notebook emits are mime bundles. The book turns them into objects, figures and tables
(:mod:`gongbao.sphinx.mime`); JupyterLab and nbconvert show the HTML that comes with them.
"""

from __future__ import annotations

import csv
import html
import io
import re
from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, cast

import pandas as pd
from IPython.core.display_functions import publish_display_data
from matplotlib.figure import Figure as Canvas

from gongbao import charts
from gongbao.bundles import CHART_MIME, DATA_COLUMNS, FIGURE_MIME, SKETCH_MIME, TABLE_MIME
from gongbao.editions import wanted
from gongbao.expression import Count, Reference
from gongbao.figure import Claim, Figure, assumption, labelled, labelled_en
from gongbao.labels import Labels
from gongbao.ledger import Ledger, load_units
from gongbao.relations import Relation, load_relations
from gongbao.sources import Sources
from gongbao.units import Unit

_ROLE = re.compile(r"\{(val|num|range|pm)\}`([^`]+)`")
_PRINT: dict[str, Callable[[Figure], str]] = {
    "val": lambda figure: figure.text,
    "num": lambda figure: figure.number,
    "range": lambda figure: figure.range_text,
    "pm": lambda figure: figure.tolerance_text,
}


@dataclass(frozen=True, slots=True)
class Words:
    """A text that the data have in both languages, for the cell of a table."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh


Cell = Figure | Words | str
"""What may stand in a table."""


def _said_in_english(figure: Figure) -> str:
    number = figure.unit.printed_en(figure.tolerance_number)
    return f"{labelled_en(figure.name_en, figure.id)}: {number}"


def _require_id(figure: Figure) -> None:
    if not figure.id:
        raise ValueError(f"publish {figure.formula} before it is shown, so that readers can follow it")


class Chapter:
    """The figures of a chapter by id, and what it puts on the page.

    Args:
        name: of the notebook; the names of its charts and tables start with it.
    """

    def __init__(self, name: str) -> None:
        charts.use_style()
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

    # --- numbers

    def publish(
        self, id: str, figure: Figure, name_zh: str, name_en: str, *, unit: str | None = None, inference: str = ""
    ) -> Figure:
        """Give a computed figure an id, under which prose, charts and tables may print it.

        Args:
            id: ``series@period``; the series starts with the name of the chapter.
            figure: what was computed.
            name_zh: the Chinese name of the series.
            name_en: the English name.
            unit: to print it in, if not its own.
            inference: the assumption that makes it an inference rather than a derivation.

        Raises:
            ValueError: if the id is taken.
        """
        figure = figure.to(self.unit(unit)) if unit else figure
        return self._announce(figure.named(id, name_zh, name_en, inference))

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

    def assume(self, name: str, value: str | float, unit: str, name_zh: str, name_en: str) -> Figure:
        """A parameter of a scenario as a figure; what is computed from it is an inference."""
        return self._announce(assumption(f"scenario.{name}", str(value), self.unit(unit), name_zh, name_en))

    def _announce(self, figure: Figure) -> Figure:
        if figure.id in self.figures:
            raise ValueError(f"the id {figure.id!r} is taken")
        self.figures[figure.id] = figure
        how = figure.formula or "参数"
        text = f"{figure.name_zh} = {figure.text}（{figure.claim.zh}：{how}）"
        self._emit(
            FIGURE_MIME, self._record(figure), f"<small><code>{figure.id}</code> {html.escape(text)}</small>", text
        )
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
        self, canvas: Canvas, name: str, *, form: str, title: str, uses: Iterable[Figure], note: str = ""
    ) -> None:
        """Put a chart on the page.

        Args:
            canvas: what was drawn.
            name: of the chart within the chapter.
            form: what kind of chart it is, for those who cannot see it.
            title: what it shows; roles such as ``{val}`…``` may print figures in it.
            uses: the figures that were drawn: they make the alt text, the source line and the data to download.
            note: what a reader has to know.

        Raises:
            ValueError: if a figure has no id, so that no reader could follow it.
        """
        used = list(uses)
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

    def sketch(self, canvas: Canvas, *, form: str, uses: Iterable[Figure]) -> None:
        """Give the chapter a small picture, which pages show with ``{sketch}``; it stands nowhere in the chapter.

        Args:
            canvas: what was drawn, :data:`gongbao.charts.CARD` wide.
            form: what kind of chart it is, for those who cannot see it.
            uses: the figures that were drawn.

        Raises:
            ValueError: if a figure has no id, so that no reader could follow it.
        """
        used = list(uses)
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
        self, name: str, rows: Mapping[str, Sequence[Figure | Words | str]] | pd.DataFrame, *, title: str
    ) -> None:
        """Put a table on the page: columns by their heads; cells are figures that have an id, or text.

        A column of figures of one unit gets the unit into its head.

        Raises:
            ValueError: if a figure has no id, so that no reader could follow it.
        """
        frame = pd.DataFrame(rows)
        heads, columns = [], []
        for head, cells in frame.items():
            units = {cell.unit.symbol for cell in cells if isinstance(cell, Figure)}
            form = "pmnum" if len(units) == 1 else "pm"
            heads.append(f"{head}（{units.pop()}）" if form == "pmnum" else str(head))
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
        """A text with its roles replaced by what they print."""
        return _ROLE.sub(lambda match: _PRINT[match[1]](self[match[2]]), text)

    def _cell(self, cell: Cell, form: str) -> dict[str, str] | str:
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

    def _emit(self, mime: str, record: dict[str, Any], shown: str, text: str) -> None:
        # the mark tells the book to pass over the other forms of the same thing
        publish_display_data(  # type: ignore[no-untyped-call]
            {mime: record, "text/html": shown, "text/plain": text}, metadata={"gongbao": True}
        )
