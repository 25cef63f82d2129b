"""The charts of the book: one style, one font, a few forms that draw figures with their units and intervals."""

from __future__ import annotations

import base64
import html
import io
import math
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
import pylopdf_fonts_zh_cn as fonts
from matplotlib import font_manager, style
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.text import Text

from gongbao.figures.figure import Figure

WIDTH = 5.0
"""Inches; narrow, so that labels stay legible on a phone."""

CARD = 2.8
"""Inches; the width of the small pictures on the cards of the front page."""

_EM = 10.5 / 72
"""Inches; the size of the book's letters."""

_PLOT_SHARE = 0.76
"""How much of the width of a picture is left beside the names of its rows."""

_FIRST_HAN = 0x2E80

_LATIN = 0.58
"""How wide other letters are, beside the square Chinese ones."""

_LONGEST_LINE = 26
"""Characters of a translated label before it takes another line."""

_TITLES: tuple[Literal["left", "center", "right"], ...] = ("left", "center", "right")

_TOLERATED = 1
"""Pixels beyond the drawing that nobody sees."""

_ATTEMPTS = 3
"""A wider scale moves what stands on it, and the names beside it: after so many turns nothing moves any more."""

# After Okabe & Ito, in the order of their lightness, so that they also differ in grey
STRONG, DARK, ACCENT, LIGHT, PALE = "#8a3600", "#0072b2", "#2aa87f", "#7cc4ee", "#c9c9c9"
INK = "#4d4d4d"
_LEGEND: dict[str, Any] = {"frameon": False, "handlelength": 1.2, "columnspacing": 1.2}

_ENTRIES_IN_LINE = 4
"""So many words of a legend have room side by side."""

Level = tuple[str, Figure]
"""A name and what it is."""

Series = tuple[str, str, Sequence[Figure]]
"""A name, a colour and what is drawn, in the order of the labels."""

Flow = tuple[str, int, Figure]
"""A name, +1 or -1, and how much it adds or takes away."""


@cache
def use_style() -> None:
    """Make matplotlib draw in the style of the book, with the fonts that come with it."""
    for path in (fonts.sans_path(), resources.files("gongbao") / "typst" / "fonts" / "NotoSansSC-Bold.otf"):
        font_manager.fontManager.addfont(str(path))
    style.use(str(resources.files("gongbao.chapter") / "book.mplstyle"))
    family = font_manager.FontProperties(fname=str(fonts.sans_path())).get_name()
    mpl.rcParams["font.family"] = [family]


def canvas(
    height: float, rows: int = 1, columns: int = 1, *, width: float = WIDTH, **options: Any
) -> tuple[Canvas, Any]:
    """An empty chart of the book's width: the canvas and its axes, as ``subplots`` gives them.

    Args:
        height: inches.
        rows: of axes.
        columns: of axes.
        width: inches; :data:`CARD` for the small picture of a chapter.
        options: for ``Figure.subplots``.
    """
    use_style()
    figure = Canvas(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(rows, columns, **options)


def svg(figure: Canvas) -> str:
    """The drawing, the same bytes each time."""
    buffer = io.StringIO()
    # savefig would draw everything twice: the first time only to lay it out, which drawing does by itself
    FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None})  # type: ignore[no-untyped-call]
    return buffer.getvalue()


def framed(drawing: str, alt: str) -> str:
    """A drawing as HTML: an image, which programs show that let no SVG in; on white in dark themes, too."""
    data = base64.b64encode(drawing.encode()).decode()
    look = "background: white; padding: 0.5em; max-width: 100%"
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{html.escape(alt)}" style="{look}">'


def translate(figure: Canvas, english: Callable[[str], str]) -> None:
    """Put other words in the place of all texts of a drawing, and make room where they are longer."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            names = [label.get_text() for label in axis.get_ticklabels()]
            translated = [english(name) for name in names]
            if translated != names:
                width = _LONGEST_LINE if axis is axes.yaxis else _LONGEST_LINE // 2
                axis.set_ticklabels([_wrapped(name, width) for name in translated])
        for place in _TITLES:
            letters = int(_plot_inches(axes) / (_EM * _LATIN))
            axes.set_title(_wrapped(english(axes.get_title(place)), letters), loc=place)
    for text in _texts(figure):
        text.set_text(english(text.get_text()))
    _make_room(figure)


def _wrapped(text: str, width: int) -> str:
    """The text in lines of so many characters at most; where it begins a line by itself, it still does."""
    return "\n".join(part for line in text.splitlines() for part in textwrap.wrap(line, width))


def words(figure: Canvas) -> list[str]:
    """All texts of a drawing."""
    labels = (label for axes in figure.axes for axis in (axes.xaxis, axes.yaxis) for label in axis.get_ticklabels())
    titles = [axes.get_title(place) for axes in figure.axes for place in _TITLES]
    return list(dict.fromkeys(filter(None, [*titles, *(text.get_text() for text in (*labels, *_texts(figure)))])))


def _texts(figure: Canvas) -> Iterator[Text]:
    """The texts of a drawing but for titles, and for the labels of ticks, which matplotlib sets anew when it draws."""
    for axes in figure.axes:
        legend = axes.get_legend()
        yield from (*axes.texts, axes.xaxis.label, axes.yaxis.label)
        yield from legend.get_texts() if legend else ()
    yield from figure.texts
    for legend in figure.legends:
        yield from legend.get_texts()


def _make_room(figure: Canvas) -> None:
    """Widen the scales until what is written beside marks stays within the drawing."""
    layout = figure.get_layout_engine()
    assert layout is not None
    for _ in range(_ATTEMPTS):
        layout.execute(figure)
        too_narrow = [axes for axes in figure.axes if _widen(axes)]
        if not too_narrow:
            # everything is in its place: no need to look for it again when the drawing is written
            figure.set_layout_engine("none")
            return


def _widen(axes: Axes) -> bool:
    """Whether something is written beyond the drawing, for which the scale is now wider."""
    frame = axes.get_window_extent()
    boxes = [text.get_window_extent() for text in axes.texts if text.get_text()]
    right = max((box.x1 - frame.x1 for box in boxes), default=0)
    left = max((frame.x0 - box.x0 for box in boxes), default=0)
    if max(left, right) <= _TOLERATED:
        return False
    low, high = axes.get_xlim()
    span = (high - low) / frame.width
    axes.set_xlim(low - max(0, left) * span, high + max(0, right) * span)
    return True


def _category_axis(axes: Axes, labels: Sequence[str]) -> np.ndarray:
    """One row a label, the first on top."""
    places = np.arange(len(labels))
    axes.set_yticks(places, labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.spines["left"].set_visible(False)
    return places


def _period_axis(axes: Axes, names: Sequence[str]) -> None:
    """One column a name, from left to right; the numbers stand at what is drawn."""
    axes.set_xticks(range(len(names)), names)
    axes.tick_params(axis="x", length=0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def _room_for_labels(axes: Axes, ends: Sequence[tuple[float, str]]) -> None:
    """Start at zero, and leave room for what is written beyond the ends of bars: values with their texts."""
    low, high = (extreme(0.0, *(value for value, _ in ends)) for extreme in (min, max))
    left, right = (
        min(
            0.4, max((_inches(text) for value, text in ends if (value < 0) == negative), default=0) / _plot_inches(axes)
        )
        for negative in (True, False)
    )
    span = (high - low or 1) / (1 - left - right)
    axes.set_xlim(low - left * span, high + right * span)


def _plot_inches(axes: Axes) -> float:
    """About how wide the field is that is left beside the names of the rows."""
    place = axes.get_subplotspec()
    return _canvas(axes).get_figwidth() * _PLOT_SHARE / (place.get_gridspec().ncols if place else 1)


def _canvas(axes: Axes) -> Canvas:
    canvas = axes.figure
    assert isinstance(canvas, Canvas)
    return canvas


def _inches(text: str) -> float:
    """About how wide a text is, with the gap to its bar: Chinese characters are square, others half as wide."""
    return _EM * (0.6 + sum(1 if ord(character) > _FIRST_HAN else _LATIN for character in text))


def bars(axes: Axes, labels: Sequence[str], figures: Sequence[Figure], colors: Sequence[str] | str = DARK) -> None:
    """Horizontal bars from zero, each with its number at its end."""
    places = _category_axis(axes, labels)
    axes.barh(places, [float(f) for f in figures], color=colors, height=0.62)
    for place, figure in zip(places, figures, strict=True):
        _bar_label(axes, place, figure)
    _room_for_labels(axes, [(float(f), f.tolerance_text) for f in figures])
    _hide_value_axis(axes)


def _bar_label(axes: Axes, place: float, figure: Figure) -> None:
    """The number at the outer end of a horizontal bar."""
    outward = 1 if float(figure) >= 0 else -1
    _beside(axes, figure.tolerance_text, float(figure), place, 4 * outward)


def _beside(axes: Axes, text: str, x: float, y: float, gap: float, **look: Any) -> None:
    """A text so many points to the right of a place, or to the left if the gap is negative."""
    side = "left" if gap > 0 else "right"
    axes.annotate(text, (x, y), (gap, 0), textcoords="offset points", va="center", ha=side, **look)


def _legend(axes: Axes, entries: int) -> None:
    """What colours and marks mean, above the picture; many of them in two lines."""
    columns = entries if entries <= _ENTRIES_IN_LINE else math.ceil(entries / 2)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=columns, **_LEGEND)


def key(axes: Axes, colors: Mapping[str, str]) -> None:
    """What colours mean, by their words, above the whole drawing of some axes: words may be longer than these."""
    marks = [Line2D([], [], color=color, marker="s", linestyle="", label=word) for word, color in colors.items()]
    _canvas(axes).legend(handles=marks, loc="outside upper center", ncols=len(marks), **_LEGEND)


def paired_bars(axes: Axes, labels: Sequence[str], groups: Sequence[Series]) -> None:
    """Two or three bars from zero for each label, side by side, each with its number at its end."""
    places = _category_axis(axes, labels)
    height = 0.78 / len(groups)
    for number, (name, color, figures) in enumerate(groups):
        rows = places + (number - (len(groups) - 1) / 2) * height
        axes.barh(rows, [float(f) for f in figures], color=color, height=height * 0.9, label=name)
        for row, figure in zip(rows, figures, strict=True):
            _bar_label(axes, row, figure)
    _legend(axes, len(groups))
    _room_for_labels(axes, [(float(f), f.tolerance_text) for _, _, figures in groups for f in figures])
    _hide_value_axis(axes)


def columns(
    axes: Axes,
    labels: Sequence[str],
    figures: Sequence[Figure],
    colors: Sequence[str] | str = DARK,
    *,
    level: Level | None = None,
) -> None:
    """Columns from zero in the order of time, each with its number above it; ``level`` is what to compare them with."""
    values = [float(f) for f in figures]
    axes.bar(range(len(labels)), values, color=colors, width=0.62)
    for place, (value, figure) in enumerate(zip(values, figures, strict=True)):
        _column_label(axes, place, max(0.0, value), figure.tolerance_number)
    _period_axis(axes, labels)
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.margins(y=0.16)
    if min(values) >= 0:
        axes.set_ylim(bottom=0)
    if level:
        name, height = f"{level[0]} {level[1].text}", float(level[1])
        axes.axhline(height, color=STRONG, linestyle="--")
        axes.annotate(name, (len(labels) - 1, height), (0, 2), textcoords="offset points", ha="center", va="bottom")


def dumbbells(
    axes: Axes,
    labels: Sequence[str],
    left: Sequence[Figure],
    right: Sequence[Figure],
    words: tuple[str, str],
    *,
    from_zero: bool = False,
) -> None:
    """From one value to another for each label: two dots, joined, with both numbers; ``words`` name the two."""
    places = _category_axis(axes, labels)
    starts, ends = ([float(f) for f in figures] for figures in (left, right))
    axes.hlines(places, starts, ends, color=PALE, linewidth=4)
    for word, color, values in ((words[0], LIGHT, starts), (words[1], DARK, ends)):
        axes.plot(values, places, "o", color=color, markersize=7, label=word)
    for place, a, b in zip(places, left, right, strict=True):
        for figure, outward in ((a, float(a) >= float(b)), (b, float(b) > float(a))):
            _beside(axes, figure.tolerance_number, float(figure), place, 7 if outward else -7)
    _legend(axes, 2)
    pairs = [sorted((a, b), key=float) for a, b in zip(left, right, strict=True)]
    outer = max(_inches(f.tolerance_number) for pair in pairs for f in pair)
    low, high = min(float(a) for a, _ in pairs), max(float(b) for _, b in pairs)
    room = outer / max(_plot_inches(axes) - 2 * outer, outer) * (high - low or 1)
    axes.set_xlim(min(low - room, 0.0) if from_zero else low - room, high + room)
    _value_scale(axes)


def slopes(axes: Axes, periods: Sequence[str], lines: Sequence[Series]) -> None:
    """A line a series over a few periods, with the first number at its left and name and last number at its right."""
    places = range(len(periods))
    heights: list[list[float]] = []
    for _, color, figures in lines:
        heights.append([float(f) for f in figures])
        axes.plot(places, heights[-1], color=color, marker="o", markersize=5)
    low, high = min(map(min, heights)), max(map(max, heights))
    gap = 0.075 * (high - low or 1) * 3 / axes.get_position().height / _canvas(axes).get_figheight()
    for end, offset in ((0, -8), (-1, 8)):
        spread = _spread([values[end] for values in heights], gap)
        for (name, color, figures), height in zip(lines, spread, strict=True):
            text = figures[end].tolerance_text if end == 0 else f"{name} {figures[end].tolerance_text}"
            _beside(axes, text, places[end], height, offset, color=color)
    _period_axis(axes, periods)
    axes.margins(y=0.12)
    axes.set_xlim(-0.32 * (len(periods) - 1), 1.62 * (len(periods) - 1))


def _spread(heights: Sequence[float], gap: float) -> list[float]:
    """Heights of labels, moved apart where they would overlap; their order stays."""
    order = np.argsort(heights, kind="stable")
    placed = np.array(heights, dtype=float)[order]
    for _ in range(100):
        short = np.maximum(0, gap - np.diff(placed))
        if not short.any():
            break
        placed[:-1] -= short / 2
        placed[1:] += short / 2
    spread = np.empty_like(placed)
    spread[order] = placed
    return [float(height) for height in spread]


def whiskers(
    axes: Axes,
    labels: Sequence[str],
    points: Sequence[Figure],
    lows: Sequence[Figure],
    highs: Sequence[Figure],
    colors: Sequence[str] | None = None,
) -> None:
    """A dot for each label with a line from a lower to an upper figure, such as the ends of a Wilson interval."""
    places = _category_axis(axes, labels)
    colors = colors or [DARK] * len(points)
    ends = []
    for place, point, low, high, color in zip(places, points, lows, highs, colors, strict=True):
        # the outer ends of what rounding leaves open of the ends
        left, right = float(low.interval.low), float(high.interval.high)
        axes.plot([left, right], [place, place], color=color, linewidth=2)
        axes.plot([left, right], [place, place], "|", color=color, markersize=9, markeredgewidth=2)
        axes.plot(float(point), place, "o", color=color, markersize=7)
        _beside(axes, point.tolerance_text, right, place, 7)
        ends += [left, right]
    _value_scale(axes)
    span = max(ends) - min(ends)
    axes.set_xlim(min(ends) - 0.06 * span, max(ends) + 0.3 * span)


def progress(
    axes: Axes, labels: Sequence[str], done: Sequence[Figure], due: Sequence[Figure], words: tuple[str, str]
) -> None:
    """Bars of how much of a distance is covered, with a tick where it should be by now; ``words`` name the two."""
    places = _category_axis(axes, labels)
    values = [float(f) for f in done]
    ahead = [value >= float(d) for value, d in zip(values, due, strict=True)]
    axes.barh(places, values, color=[DARK if good else LIGHT for good in ahead], height=0.62, label=words[0])
    ticks = [float(d) for d in due]
    axes.plot(ticks, places, "|", color=STRONG, markersize=13, markeredgewidth=2.5, label=words[1])
    # past the tick, so that it is not covered
    ends = [max(value, tick) if value >= 0 else value for value, tick in zip(values, ticks, strict=True)]
    texts = [figure.tolerance_text for figure in done]
    for place, end, text in zip(places, ends, texts, strict=True):
        _beside(axes, text, end, place, 6 if end >= 0 else -4)
    _legend(axes, 2)
    _room_for_labels(axes, list(zip(ends, texts, strict=True)))
    _hide_value_axis(axes)


def points(
    axes: Axes,
    names: Sequence[str],
    xs: Sequence[Figure],
    ys: Sequence[Figure],
    words: tuple[str, str],
    *,
    diagonal: bool = False,
) -> None:
    """A point a name in the plane of two quantities; ``words`` name the axes, the diagonal is where both are equal."""
    across, up = ([float(f) for f in figures] for figures in (xs, ys))
    axes.plot(across, up, "o", color=DARK, markersize=7)
    for name, x, y in zip(names, across, up, strict=True):
        # into the picture, not over its edge
        _beside(axes, name, x, y, 7 if x <= (min(across) + max(across)) / 2 else -7)
    axes.margins(0.12)
    if diagonal:
        axes.axline((0, 0), slope=1, color=INK, linestyle="--", linewidth=1)
    axes.grid()
    axes.set_axisbelow(True)
    axes.set_xlabel(words[0])
    axes.set_ylabel(words[1])


def filled_bars(
    axes: Axes, labels: Sequence[str], filled: Sequence[Figure], whole: Sequence[Figure], words: tuple[str, str]
) -> None:
    """What is used of a whole: a bar within a bar; ``words`` name the inner and the outer one."""
    places = _category_axis(axes, labels)
    axes.barh(places, [float(f) for f in whole], color=PALE, height=0.66)
    axes.barh(places, [float(f) for f in filled], color=DARK, height=0.66)
    for place, inner, outer in zip(places, filled, whole, strict=True):
        # the words stand in the first bar; below it, the numbers alone are read the same way
        used, limit = words if place == 0 else ("", "")
        inside, outside = f"{used}{inner.tolerance_number}", f"{limit}{outer.tolerance_text}"
        _beside(axes, inside, 0, place, 5, color="white")
        _beside(axes, outside, float(outer), place, 4)
    _room_for_labels(axes, [(float(f), f"{words[1]}{f.tolerance_text}") for f in whole])
    _hide_value_axis(axes)


def stacked_bars(axes: Axes, labels: Sequence[str], parts: Sequence[Series]) -> None:
    """Bars made of parts; each part has a name, a colour and one figure a label; numbers stand in the parts."""
    places = _category_axis(axes, labels)
    starts = np.zeros(len(labels))
    whole = max(sum(float(figures[row]) for _, _, figures in parts) for row in range(len(labels)))
    for name, color, figures in parts:
        values = np.array([float(f) for f in figures])
        axes.barh(places, values, left=starts, color=color, height=0.62, label=name)
        for place, start, value, figure in zip(places, starts, values, figures, strict=True):
            # a part too narrow for its number has none; the data of the chart have it
            if value / whole * _plot_inches(axes) > _inches(figure.tolerance_number) - _EM / 2:
                ink = "white" if color in (STRONG, DARK, INK) else "black"
                axes.text(start + value / 2, place, figure.tolerance_number, ha="center", va="center", color=ink)
        starts += values
    axes.set_xlim(0, whole * 1.02)
    _legend(axes, len(parts))
    _hide_value_axis(axes)


def bridge(axes: Axes, opening: Level, flows: Sequence[Flow], closing: Level) -> None:
    """From one level over flows to another: columns that stand on each other, from zero."""
    names = [opening[0], *(name for name, _, _ in flows), closing[0]]
    _level_column(axes, 0, opening[1])
    level = float(opening[1])
    for place, (_, sign, flow) in enumerate(flows, 1):
        after = level + sign * float(flow)
        axes.bar(place, after - level, bottom=level, color=ACCENT if sign > 0 else STRONG, width=0.62)
        _connector(axes, place, level)
        _column_label(axes, place, max(level, after), f"{'+' if sign > 0 else '−'}{flow.tolerance_number}")
        level = after
    _connector(axes, len(flows) + 1, level)
    _level_column(axes, len(flows) + 1, closing[1])
    _period_axis(axes, names)
    axes.margins(y=0.14)
    axes.set_ylim(bottom=0)


def _level_column(axes: Axes, place: int, figure: Figure) -> None:
    axes.bar(place, float(figure), color=DARK, width=0.62)
    _column_label(axes, place, float(figure), figure.tolerance_number)


def _connector(axes: Axes, place: int, level: float) -> None:
    axes.plot([place - 0.69, place + 0.31], [level, level], color=INK, linewidth=0.7)


def _column_label(axes: Axes, place: float, top: float, text: str) -> None:
    # a tolerance goes into a line of its own: columns are narrow
    axes.annotate(text.replace("±", "\n±"), (place, top), (0, 3), textcoords="offset points", ha="center", va="bottom")


def dots(
    axes: Axes,
    labels: Sequence[str],
    figures: Sequence[Figure],
    colors: Sequence[str] | None = None,
    *,
    from_zero: bool = True,
) -> None:
    """One dot a figure with the interval that rounding leaves open as a line, and the number beside it.

    ``from_zero=False`` lets the scale start near the dots, where the differences are the matter.
    """
    places = _category_axis(axes, labels)
    colors = colors or [DARK] * len(figures)
    for place, figure, color in zip(places, figures, colors, strict=True):
        low, high = float(figure.interval.low), float(figure.interval.high)
        if not (math.isinf(low) or math.isinf(high)):
            axes.plot([low, high], [place, place], color=color, linewidth=5, alpha=0.35, solid_capstyle="butt")
        axes.plot(float(figure), place, "o", color=color, markersize=7, clip_on=False)
        end = float(figure) if math.isinf(high) else high
        _beside(axes, figure.tolerance_text, end, place, 7)
    _value_scale(axes)
    lowest = 0.0 if from_zero else min(float(f.interval.low) for f in figures)
    ends = [float(end) for f in figures for end in (f.exact, f.interval.high)]
    highest = max(end for end in ends if not math.isinf(end))
    span = highest - lowest
    axes.set_xlim(lowest - (0 if from_zero else 0.1 * span), highest + 0.45 * span)


def paths(axes: Axes, years: Sequence[int], lines: Sequence[Series], ceiling: Level) -> None:
    """Lines over years below a ceiling; each has a name at its right end, a colour and a figure a year."""
    name, limit = ceiling[0], float(ceiling[1])
    axes.plot([years[0], years[-1]], [limit, limit], color=INK, linestyle="--", linewidth=1)
    axes.annotate(f"{name} {ceiling[1].text}", (years[0], limit), (0, 4), textcoords="offset points")
    for name, color, figures in lines:
        values = [float(figure) for figure in figures]
        axes.plot(years, values, color=color, marker="o", markersize=4)
        _beside(axes, name, years[-1], values[-1], 7, color=color)
    axes.set_xticks(list(years))
    axes.grid(axis="y")
    axes.set_ylim(bottom=0)
    axes.set_xlim(years[0] - 0.2, years[-1] + 0.35 * (len(years) - 1))


def _value_scale(axes: Axes) -> None:
    """A scale of a few values below, with lines behind what is drawn."""
    axes.locator_params(axis="x", nbins=4)
    axes.grid(axis="x")
    axes.set_axisbelow(True)


def _hide_value_axis(axes: Axes) -> None:
    # The numbers stand at the bars: a scale would repeat them
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.axvline(0, color=INK, linewidth=0.8)
