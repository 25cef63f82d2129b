"""What a notebook works with: the figures of its chapter, and ways to put numbers, charts and tables on the page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, TypeVar, cast, overload

import matplotlib as mpl
import numpy as np
import pandas as pd
from IPython.core.display_functions import publish_display_data
from IPython.core.getipython import get_ipython
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from gongbao.chapter import charts, outputs, plotting
from gongbao.chapter.charts import Picture
from gongbao.chapter.outputs import Cell
from gongbao.chapter.plotting import Drawing, Figures
from gongbao.chapter.store import Store
from gongbao.figures.errors import UnusableNameError, UnusableValueError, nearest
from gongbao.figures.expression import how_many
from gongbao.figures.figure import Figure, assumption
from gongbao.figures.frames import FigureArray
from gongbao.figures.units import Unit
from gongbao.ledger.labels import Labels
from gongbao.ledger.periods import misdated
from gongbao.ledger.relations import Relation, load_relations
from gongbao.ledger.rows import Ledger, load_units
from gongbao.ledger.words import Series, Word, Words, counting, keys, levels
from gongbao.prose import numbers
from gongbao.prose.editions import wanted

Published = TypeVar("Published", Figure, "pd.Series[Any]", pd.DataFrame)

Keys = Mapping[str, str | Word]
"""The keys that fill the levels of a pattern."""

Value = str | float | None
"""The value of a parameter; None stands for what the gazette states."""


def _as_html(picture: Axes | np.ndarray) -> tuple[str, dict[str, bool]] | None:
    """A drawing of figures as HTML, with the mark by which the book skips it; None for other drawings."""
    if isinstance(picture, np.ndarray) and not (picture.size and isinstance(picture.flat[0], Axes)):
        return None
    canvas = charts.canvas_of(picture)
    drawn = plotting.drawing(canvas)
    return (charts.framed(charts.Sheet(canvas).svg(), drawn.form), {"gongbao": True}) if drawn.figures else None


def _rows(index: pd.Index, further: pd.DataFrame | None) -> Sequence[Keys]:
    """The keys of each row, from the index and from further columns; a figure as a key stands for its name."""

    def called(key: object) -> str | Word:
        return Word(key.name_zh, key.name_en, key.name_zh) if isinstance(key, Figure) else str(key)

    if further is None:
        return keys(index)
    others: Any = further.rename(columns=str).loc[index].map(called).to_dict("records")
    return [{**other, **row} for other, row in zip(others, keys(index), strict=True)]


class Chapter:
    """The figures of a chapter by id, and what it puts on the page.

    Args:
        name: of the notebook; the ids of what it computes, and the names of its charts and tables, start with it.
    """

    def __init__(self, name: str) -> None:
        # frame.plot(kind="bars") draws as the book does
        mpl.rcParams.update(charts.STYLE)
        pd.set_option("plotting.backend", "gongbao.chapter.plotting")
        self.name = name
        self.words = Words(name)
        plotting.words = self.words
        if (shell := get_ipython()) and shell.display_formatter:
            # a drawing that ends a cell is shown below it, and only there: chart() puts it on the page
            for picture in (Axes, np.ndarray):  # panels come as an array
                shell.display_formatter.formatters["text/html"].for_type(picture, _as_html)
        self.figures = Store(name)

    @property
    def ledger(self) -> Ledger:
        """The whole ledger. A chapter that asks for it runs again whenever a row of any topic changes."""
        return self.figures.sources.ledger

    def topic(self, name: str) -> Ledger:
        """The ledger of one topic; an UnknownFigureError if there is none."""
        self.figures.require_topic(name)
        return self.figures.sources.topic(name)

    @cached_property
    def relations(self) -> dict[str, Relation]:
        """The relations that ought to hold between figures, by id."""
        return {relation.id: relation for relation in load_relations()}

    @cached_property
    def units(self) -> dict[str, Unit]:
        """The declared units by symbol."""
        return load_units()

    @cached_property
    def labels(self) -> Labels:
        """The English of texts in charts; empty unless other languages are asked for, since each costs a drawing."""
        return Labels.load(self.units) if wanted() else Labels({}, self.units)

    def __getitem__(self, id: str) -> Figure:
        """A figure of the ledger, of context.csv, or published before; an UnknownFigureError if there is none."""
        return self.figures[id]

    def __contains__(self, id: object) -> bool:
        return id in self.figures

    def unit(self, symbol: str) -> Unit:
        """A declared unit; an UnusableNameError if there is none."""
        if symbol not in self.units:
            raise UnusableNameError(f"there is no unit {symbol!r} in data/units.csv{nearest(symbol, self.units)}")
        return self.units[symbol]

    def require(self, condition: bool, message: str) -> None:
        """Stop with a message, an UnusableValueError, if a parameter cannot be used."""
        if not condition:
            raise UnusableValueError(message)

    # --- frames

    @overload
    def frame(self, figures: str | list[str], **keys: Iterable[str]) -> pd.Series[Any]: ...
    @overload
    def frame(self, figures: Mapping[str, str | list[str]], **keys: Iterable[str]) -> pd.DataFrame: ...
    def frame(
        self, figures: str | list[str] | Mapping[str, str | list[str]], **keys: Iterable[str]
    ) -> pd.Series[Any] | pd.DataFrame:
        """Figures whose ids have a pattern, as a column by the keys of its levels; several patterns make a frame.

        ``chapter.frame({"limit": "debt.limit.{kind}@{year}"}, year=["2022", "2023"])``

        From a list of patterns, the first that has a figure is taken. ``keys`` are those of each level, in the order of
        the rows; a level without any has the keys of its words or, if it has no words, all that occur in the ids of the
        ledger. Figures that do not exist are missing; an UnknownFigureError if a pattern has no figure at all.
        """
        patterns = figures if isinstance(figures, Mapping) else {"": figures}
        options = {head: [found] if isinstance(found, str) else found for head, found in patterns.items()}
        frame = self.figures.frame(options, self.words, keys)
        return frame if isinstance(figures, Mapping) else frame[""].rename(None)

    # --- numbers

    def publish(self, id: str, figure: Published, keys: pd.DataFrame | None = None) -> Published:
        """Give computed figures ids, under which prose, charts and tables may print them; missing values stay missing.

        Names, unit and assumption of the series are those of ``data/derived/<chapter>.csv``. An UnusableNameError if an
        id cannot be used, belongs to another of these figures or to the data, or has a series without a name.

        Args:
            id: ``series@period``; the series starts with the name of the chapter. For a column, a pattern of the levels
                of its index: ``debt.headroom.{kind}@{year}``; for a frame, of the name of its columns, too.
            figure: what was computed.
            keys: for a column or frame, further levels as columns by the same index. A figure as a key stands for its
                name: ``{level}的增量``.
        """
        if not isinstance(figure, pd.Series | pd.DataFrame):
            return cast(Figure, self._published(id, pd.Series([figure], dtype=object), [{}]).iloc[0])
        rows = _rows(figure.index, keys)
        if isinstance(figure, pd.Series):
            return self._published(id, figure, rows)
        level = str(figure.columns.name)
        if len(figure.columns) > 1 and level not in levels(id):
            raise UnusableNameError(f"{id} has to name the level {{{level}}} of the columns, which would have one id")
        columns = {
            head: self._published(id, column, [{**row, level: str(head)} for row in rows])
            for head, column in figure.items()
        }
        return pd.DataFrame(columns).rename_axis(columns=level)

    def _published(self, id: str, column: pd.Series[Any], rows: Sequence[Keys]) -> pd.Series[Any]:
        """Figures under the ids that a pattern makes with the keys of each; missing values stay missing."""
        given = zip(column, rows, strict=True)
        named = [one if one is pd.NA else self._named(id, one, row) for one, row in given]
        known = [one for one in named if isinstance(one, Figure)]
        if len({one.id for one in known}) < len(known):
            raise UnusableNameError(f"{id} gives several rows one id: it has to name the levels that tell them apart")
        self._announce(known)
        return pd.Series(FigureArray(named), column.index, name=column.name)

    def _named(self, id: str, figure: Any, keys: Keys) -> Figure:
        """A figure under its id, with the names of its series."""
        if not isinstance(figure, Figure):
            raise UnusableValueError(f"{figure!r} is no figure: what is published is computed from figures of the data")
        filled = self.words.fill(id, keys)
        self._require_usable(filled)
        series = self.words.series(id, filled)
        unit = self.unit(series.unit) if series.unit else figure.unit
        printed = replace(figure.to(unit), unit=counting(unit, filled.partition("@")[0]))
        return printed.named(filled, *self._names(series, keys), self.words.fill(series.inference, keys, "zh"))

    def _names(self, series: Series, keys: Keys) -> tuple[str, str]:
        name_en = self.words.fill(series.name_en, keys, "en")
        # the word of a key may be lower-case, but a name begins with a capital
        return self.words.fill(series.name_zh, keys, "zh"), name_en[:1].upper() + name_en[1:]

    def _require_usable(self, id: str) -> None:
        begins, (series, _, period) = f"{self.name}.", id.partition("@")
        if not (numbers.ID.fullmatch(id) and series.startswith(begins)) or misdated(period):
            expected = f"a series that starts with {begins} and a period (ISO 8601), such as {begins}my-ratio@2023"
            raise UnusableNameError(f"{id!r} is no id; expected: {expected}")
        if id in self.figures.sources:
            raise UnusableNameError(f"the id {id!r} is taken: it is that of a figure of the data")

    def count(self, id: str, number: Any, *, of: str) -> Any:
        """Publish how many rows or cells of the book's own data meet a condition: exact, and derived from no number.

        For a column of whole numbers the id is a pattern; the unit of its series is what is counted. ``of`` is file and
        condition, in Chinese, which readers see in place of a formula; it may be a pattern, too.
        """
        if not isinstance(number, pd.Series):
            return self.publish(id, self._counted(id, number, of, {}))
        given = zip(number, keys(number.index), strict=True)
        counted = [self._counted(id, one, of, row) for one, row in given]
        return self.publish(id, pd.Series(counted, number.index, dtype=object, name=number.name))

    def _counted(self, id: str, number: Any, of: str, keys: Mapping[str, str]) -> Figure:
        unit = self.unit(self.words.series(id, self.words.fill(id, keys)).unit)
        if number % 1:
            raise UnusableValueError(f"{id} counts, and {number} is no whole number")
        return Figure(how_many(int(number) * unit.factor, self.words.fill(of, keys, "zh")), unit, {})

    def assume(self, name: str, value: Value | list[Value], *, current: Figure | None = None, **keys: object) -> Any:
        """A parameter of a scenario as a figure; what is computed from it is an inference.

        Names and unit are those of the series ``<chapter>.scenario.<name>`` in ``data/derived/``.

        Args:
            name: of the parameter, with the period of ``current`` if the value may be None; or a pattern.
            value: what is assumed, a number in the unit of its series. For a list, the name is a pattern of one level;
                the result is a column by this level, with keys from 0, and by ``value``, the numbers without unit.
            current: what the gazette states, used for a value of None; without it None is an UnusableValueError.
            keys: the keys of a pattern.
        """
        if not isinstance(value, list):
            made = self._assumed(name, value, current, {level: str(key) for level, key in keys.items()})
            self._announce([made])
            return made
        (level,) = levels(name)
        listed = [self._assumed(name, one, current, {level: str(case)}) for case, one in enumerate(value)]
        self._announce(listed)
        rows = [(str(case), figure.number) for case, figure in enumerate(listed)]
        return pd.Series(FigureArray(listed), pd.MultiIndex.from_tuples(rows, names=[level, "value"]))

    def _assumed(self, name: str, value: Value, current: Figure | None, keys: Keys) -> Figure:
        id = f"{self.name}.scenario.{name}"
        if value is None:
            if current is None:
                problem = f"the parameter {name} has no value, and the gazette states none: give it a number"
                raise UnusableValueError(problem)
            return self._named(id, current, keys)
        filled = self.words.fill(name, keys)
        series = self.words.series(id, f"{self.name}.scenario.{filled}")
        scenario = f"scenario.{filled.partition('@')[0]}"
        unit = counting(self.unit(series.unit), scenario)
        return assumption(scenario, _decimal(name, value), unit, *self._names(series, keys))

    def _announce(self, figures: list[Figure]) -> None:
        """Make figures known to the rest of the notebook, and to the book."""
        # a cell that runs again replaces what it published; two that publish the same stop the build
        self.figures.update((figure.id, figure) for figure in figures)
        self._emit(outputs.figures_bundle(figures, self.labels))

    # --- charts and tables

    def chart(
        self, picture: Picture, name: str, *, title: str, note: str = "", form: str = "", also: Figures = ()
    ) -> None:
        """Put a chart on the page.

        The figures that ``frame.plot`` drew make the alt text, the source line and the data to download. It is an
        UnusableValueError if none are known, or if one has no id, so that no reader could follow it.

        Args:
            picture: axes, or a whole canvas.
            name: of the chart within the chapter.
            title: links such as ``[](#debt.limit.total@2023)`` print figures in it.
            note: what a reader has to know.
            form: the kind of chart, for those who cannot see it, if the one of ``frame.plot`` does not say enough.
            also: the figures that were drawn by other means, such as matplotlib's ``axvline``; a frame may name them.
        """
        called, plain = self._called(name, title), self.plain(title)
        canvas = charts.canvas_of(picture)
        drawn = _described(name, canvas, form, also)
        self._emit(outputs.chart_bundle(called, canvas, drawn, self.labels, title=title, note=note, plain=plain))
        pyplot.close(canvas)  # notebooks would show it again below the chart

    def sketch(self, picture: Picture, *, form: str = "", also: Figures = ()) -> None:
        """Give the chapter a small picture, which pages show with ``{sketch}``; the chapter itself does not show it.

        The picture is :data:`gongbao.chapter.charts.CARD` wide; otherwise as :meth:`chart`.
        """
        canvas = charts.canvas_of(picture)
        drawn = _described("sketch", canvas, form, also)
        self._emit(outputs.sketch_bundle(self.name, canvas, drawn, self.labels))
        pyplot.close(canvas)

    def table(
        self, name: str, rows: Mapping[str, Sequence[Cell]] | pd.DataFrame, *, title: str, index: Mapping[str, str] = {}
    ) -> None:
        """Put a table on the page: columns by their heads; cells are figures that have an id, or text.

        A column of figures of one unit has the unit in its head. ``index`` makes columns of the index of a frame, given
        by their heads and the patterns of their texts: ``{"债务": "{kind}，{year}年末"}``. Keys in a column with the
        name of their level are replaced by their words. A figure without an id is an UnusableValueError.
        """
        called, frame = self._called(name, title), pd.DataFrame(rows)
        heads = [*index, *(self.words.word(str(frame.columns.name), str(head)) for head in frame)]
        if len(set(heads)) < len(heads):
            twice = max(heads, key=heads.count)
            raise UnusableNameError(f"two columns are called {twice}: give one of them another head")
        said = [self.words.labels(frame.index, pattern) for pattern in index.values()]
        heard = (
            [self.words.word(str(head), cell) if isinstance(cell, str) else cell for cell in cells]
            for head, cells in frame.items()
        )
        shown = pd.DataFrame(dict(zip(heads, [*said, *heard], strict=True)), dtype=object)
        self._emit(outputs.table_bundle(called, shown, title=title, plain=self.plain(title)))

    def _called(self, name: str, title: str) -> str:
        """The name of a chart or table in the book; an UnusableNameError if it has no usable name, or no title."""
        if not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", name) or not title.strip():
            expected = "a name of lower-case words joined by hyphens, which is its address, and a title"
            raise UnusableNameError(
                f"a chart or table is called {name!r}, with the title {title!r}; expected: {expected}"
            )
        return f"{self.name}-{name}"

    def plain(self, text: str) -> str:
        """A text with the numbers that its links print."""
        return numbers.unlinked(text, lambda id: self[id].record())

    def _emit(self, bundle: outputs.Bundle) -> None:
        # the mark tells the book to take the record of this output, not its HTML or text
        publish_display_data(bundle, metadata={"gongbao": True})  # type: ignore[no-untyped-call]


def _described(name: str, canvas: Canvas, form: str, also: Figures) -> Drawing:
    """The figures of a picture, each once, and what kind of chart it is."""
    drawn = plotting.drawing(canvas, form, also)
    if not drawn.figures or not drawn.form:
        remedy = "say in form=" if drawn.figures else "no figure of it is known: name those that were drawn in also=[…]"
        raise UnusableValueError(
            f"the chart {name!r} cannot be described: {remedy}, or draw it with frame.plot(kind=…)"
        )
    return drawn


def _decimal(name: str, value: str | float) -> str:
    """The value of a parameter as text; an UnusableValueError if it is no number."""
    with suppress(InvalidOperation):
        if Decimal(str(value)).is_finite():
            return str(value)
    expected = "a number, or None for what the gazette states"
    raise UnusableValueError(f"the parameter {name} is {value!r}; expected: {expected}")
