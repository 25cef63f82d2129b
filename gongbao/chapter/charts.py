"""The look of the book's charts: canvas, fonts, colours, the drawing as SVG, and the drawing in another language.

The kinds of charts are in :mod:`gongbao.chapter.kinds`.
"""

from __future__ import annotations

import base64
import html
import io
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias, cast
from weakref import WeakKeyDictionary
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pylopdf_fonts_zh_cn as fonts
from matplotlib import font_manager
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.figure import Figure as Canvas
from matplotlib.font_manager import FontProperties
from matplotlib.gridspec import GridSpec
from matplotlib.layout_engine import LayoutEngine
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FixedLocator, Formatter
from matplotlib.transforms import blended_transform_factory

from gongbao.figures.digits import Style, decimals_of, printed
from gongbao.figures.errors import UnusableValueError
from gongbao.figures.figure import Figure, Form
from gongbao.figures.units import NBSP, Unit

WIDTH = 6.0
"""Inches; as wide as charts are shown."""

NARROW = 3.6
"""Inches; the width of the same charts on a phone, where their texts are no smaller."""

CARD = 2.8
"""Inches; the width of the small pictures on the cards of the front page."""

# Each colour has one meaning in the whole book, and a contrast of 3:1 or more with light and dark pages; those that
# appear side by side also differ in grey and for the colour-blind (tests/chapter/test_charts.py).
PLACE, PART = "#0a5fa3", "#4f97d0"
"""The district; and another part of it, such as an earlier period or another reading."""

REQUIRED, NEEDED = "#2a9a6a", "#0b4d35"
"""What a plan or rule asks for; and what the remaining time would have to bring for that."""

OUTSIDE = "#b07d18"
"""Other places, and what surrounds the district."""

MISMATCH = "#7d2206"
"""Figures that contradict each other, or a plan."""

NEUTRAL = "#737373"
"""Everything else: figures that are not compared."""

COLORS = (PLACE, PART, REQUIRED, NEEDED, OUTSIDE, MISMATCH, NEUTRAL)
SHADES = (PART, "#2f7bba", PLACE)
"""The district over three periods, the last one darkest."""

ON_LIGHT = "#010101"
"""Text on light parts; the style sheet of pages inverts exactly this colour in the dark theme."""

INK, PALE = "#4d4d4d", "#c9c9c9"
"""Base lines and outlines, and lines that only lead the eye."""

_ROW_NAMES = 0.4  # the share of a picture that names of rows may take before they are broken
_MARGIN = 3  # points around a text
_LEADING = 1.25  # line spacing of broken names; at matplotlib's own, Chinese characters touch those below them

Picture: TypeAlias = Canvas | Axes | np.ndarray
"""A drawing: a canvas, axes of it, or all its axes."""

_FIGURE = "figure:"  # begins an id in a drawing that is the id of a figure

_PARTS = re.compile(r"[!-~–−±]+年?\s*|\s+|.[，。；：、）”》％]*")
"""The parts within which no line is broken: a word, a year, a character with the stop after it."""

_CLAUSES = re.compile(r"(?<=[，；：）])|(?=（)")  # where Chinese is best broken

_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_GEOMETRY = {"d", "x", "y", "width", "height", "transform"}
_USUAL = {"font-size": "10.5px", "fill": "#222222"}
"""The attributes that a drawing sets once, for all its texts."""
_LONG = re.compile(r"-?[0-9]+\.[0-9]+")

ElementTree.register_namespace("", _SVG)
ElementTree.register_namespace("xlink", _XLINK)

# matplotlib's own fonts have no Chinese
for path in (fonts.sans_path(), Path(__file__).parents[1] / "typst" / "fonts" / "NotoSansSC-Bold.otf"):
    font_manager.fontManager.addfont(str(path))
STYLE = mpl.rc_params_from_file(Path(__file__).with_name("book.mplstyle"), use_default_template=False)
"""The settings of matplotlib for all charts."""
STYLE["font.family"] = [font_manager.FontProperties(fname=str(fonts.sans_path())).get_name()]


@dataclass(frozen=True, slots=True)
class Label:
    """The text of a figure in a chart; English has other digits for the same number, and other words around it."""

    figure: Figure
    form: Form = "tolerance"
    before: str = ""
    """The words before the number."""
    narrow: bool = False
    """Whether a tolerance goes into a line of its own."""

    def __str__(self) -> str:
        return self._said(self.before, self.figure.printed(self.form))

    def english(self, words: Callable[[str], str], scales: Mapping[Unit, str]) -> str:
        """The same in English, with the scale of the picture."""
        before = words(self.before.strip())
        # a blank parts a word from the number, but not a sign
        before += " " if before[-1:].isalpha() or before.endswith(":") else ""
        return self._said(before, self._number_en(scales[self.figure.unit]).replace(NBSP, " "))

    def _number_en(self, scale: str) -> str:
        if not self.figure.unit.counts or self.form == "tolerance_number":
            return self.figure.english(self.form, scale)
        # the note of the picture says what is counted: at each mark there is no room for it
        number: Form = "number" if self.form == "text" else "tolerance_number"
        return f"{self.figure.english(number, scale)} {scale}".strip()

    def _said(self, before: str, number: str) -> str:
        return before + (number.replace("±", "\n±") if self.narrow else number)


labels: WeakKeyDictionary[Text, Label] = WeakKeyDictionary()
"""The texts of drawings that print figures."""

measures: WeakKeyDictionary[Axis, Unit] = WeakKeyDictionary()
"""The axes with a scale, and the units of the figures drawn along them."""


def canvas(
    height: float, rows: int = 1, columns: int = 1, *, width: float = WIDTH, **options: Any
) -> tuple[Canvas, Any]:
    """An empty chart, sizes in inches: the canvas and its axes, as ``Figure.subplots`` gives them for such options."""
    figure = Canvas(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(rows, columns, **options)


def canvas_of(picture: Picture) -> Canvas:
    """The whole picture that axes belong to."""
    drawn = np.asarray(picture, dtype=object).flat[0]
    if not hasattr(drawn, "get_figure"):
        raise UnusableValueError(f"{drawn!r} is no picture; expected: what frame.plot or charts.canvas gave")
    found: Canvas = drawn.get_figure(root=True)
    return found


def key(axes: Axes, colors: Mapping[str, str]) -> None:
    """Put a legend of colours above the whole picture of some axes; colours are given by their words."""
    marks = [Line2D([], [], color=color, marker="s", linestyle="", label=word) for word, color in colors.items()]
    canvas_of(axes).legend(handles=marks)


class _Renderer(RendererSVG):
    """Draws as SVG; measures each text and each font only once."""

    get_text_width_height_descent = staticmethod(cache(text_to_path.get_text_width_height_descent))

    @staticmethod
    @cache
    def _get_font_height_metrics(properties: FontProperties) -> tuple[float | None, ...]:
        """Ascent, descent and gap of lines of a font; None if it does not say them where matplotlib looks first."""
        font = font_manager.get_font(font_manager.findfont(properties))
        scale = 1 / font.units_per_EM * properties.get_size_in_points()
        if not (table := font.get_sfnt_table("OS/2")):
            return None, None, None
        return table["sTypoAscender"] * scale, -table["sTypoDescender"] * scale, table["sTypoLineGap"] * scale


class _Canvas(FigureCanvasSVG):
    """An SVG canvas with one renderer for measuring; matplotlib would make one for each text."""

    @staticmethod
    @cache
    def get_renderer() -> _Renderer:
        """The renderer that measures texts before they are drawn."""
        return _Renderer(1, 1, io.StringIO())  # type: ignore[no-untyped-call]


class Sheet:
    """A picture that is drawn in several widths and languages.

    Args:
        figure: what was drawn, with Chinese texts.
        name: of the picture; ids for references within its drawings are made with it.
    """

    def __init__(self, figure: Canvas, name: str = "") -> None:
        # texts are measured by the canvas that draws them, and SVG has 72 dots an inch
        self._canvas = _Canvas(figure)
        figure.set_dpi(72)
        self._figure, self._name, (self._width, self._height) = figure, name, figure.get_size_inches()
        self._places = {axes: axes.get_subplotspec() for axes in figure.axes}
        self._names_rows = {axes: axes.yaxis.get_tick_params().get("labelleft", True) for axes in figure.axes}
        self._axes = [(axis, _named_ticks(axis)) for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)]
        self._leave_out_of_layouts()
        self._scales = [(axis, axis.get_major_formatter()) for axis, _ in self._axes if axis in measures]
        self._legends = [(one, *_entries(one)) for one in figure.findobj(Legend)]
        written = {tick for axes in figure.axes for axis in (axes.xaxis, axes.yaxis) for tick in axis.findobj(Text)}
        written |= {text for one, *_ in self._legends for text in one.findobj(Text)}
        written -= {axis.label for axis, _ in self._axes}
        self._texts = {text: text.get_text() for text in figure.findobj(Text) if text not in written}

    def _leave_out_of_layouts(self) -> None:
        """Keep out of layouts what moves nothing: measuring it takes a fifth of their time, and a drawing has several.

        These are the lines of the axes, which end where the axes do, and the places of empty labels.
        """
        for axes in self._figure.axes:
            for spine in axes.spines.values():
                spine.set_in_layout(False)
        for axis, _ in self._axes:
            if not axis.label.get_text():
                axis.set_label_coords(0, 0)

    @property
    def words(self) -> list[str]:
        """Everything that is written in the picture, each once, without the numbers of figures."""
        ticks = (name for _, names in self._axes for name in names)
        texts = (labels[text].before.strip() if text in labels else said for text, said in self._texts.items())
        said = (*texts, *ticks, *(word for *_, words in self._legends for word in words))
        return list(dict.fromkeys(filter(None, said)))

    def svg(
        self,
        width: float = 0,
        said: Callable[[str], str] = str,
        values: Mapping[str, str] = {},
        scales: Mapping[Unit, str] | None = None,
    ) -> str:
        """The drawing, the same bytes each time; its texts are text, in the fonts of the book.

        Args:
            width: in inches, if not that of the picture; charts side by side then stand below each other.
            said: gives each text in the language of the drawing.
            values: the texts shown for marks that are pointed at, by the ids of their figures.
            scales: the scales of the numbers in English, by unit; without them, numbers are written in Chinese.
        """
        self._write(said, scales)
        self._arrange(width or self._width, said)
        self._explain(said)
        if layout := self._figure.get_layout_engine():
            self._lay_out(layout)
            self._figure.set_layout_engine("none")  # drawing would lay it out once more
        buffer, salt = io.StringIO(), f"{self._name}{width}"
        with mpl.rc_context({"svg.hashsalt": salt}):
            across, up = 72 * self._figure.get_size_inches()
            renderer = _Renderer(across, up, buffer, metadata={"Date": None})  # type: ignore[no-untyped-call]
            self._figure.draw(renderer)
            renderer.finalize()  # type: ignore[no-untyped-call]
        if layout:
            self._figure.set_layout_engine(layout)
        return _slimmed(buffer.getvalue(), values)

    def _arrange(self, width: float, said: Callable[[str], str]) -> None:
        """Set sizes and places, and break names into lines, as if nothing had been drawn before."""
        columns = max((place.get_gridspec().ncols for place in self._places.values() if place), default=1)
        stacked, below = width < self._width and columns > 1, GridSpec(len(self._places), 1, figure=self._figure)
        self._figure.set_size_inches(width, self._height * (0.9 * columns if stacked else 1))
        for number, (axes, place) in enumerate(self._places.items()):
            if place:
                axes.set_subplotspec(below[number] if stacked else place)
            names_rows = stacked or self._names_rows[axes]
            axes.tick_params(axis="y", pad=mpl.rcParams["ytick.major.pad"], labelleft=names_rows)
        for axis, ticks in self._axes:
            axis.label.set_text(_wrapped(axis.label.get_text(), (1 - _ROW_NAMES) * width, axis.label))
            if ticks:
                share = _ROW_NAMES if axis.axis_name == "y" else 0.9 / len(ticks)
                like = axis.get_ticklabels()[0]
                for label in axis.set_ticklabels([_wrapped(said(name), share * width, like) for name in ticks]):
                    label.set_linespacing(_LEADING if "\n" in label.get_text() else "normal")

    def _write(self, said: Callable[[str], str], scales: Mapping[Unit, str] | None) -> None:
        """Write all texts; the numbers of figures, and those of scales, in English if there are scales for that."""
        for text, written in self._texts.items():
            text.set_visible(text in _inside or text.get_visible())
            if label := labels.get(text):
                text.set_text(str(label) if scales is None else label.english(said, scales))
            else:
                text.set_text(said(written))
        for axis, usual in self._scales:
            unit = measures[axis]
            axis.set_major_formatter(usual if scales is None else _English(usual, unit.style(scales[unit])))

    def _lay_out(self, layout: LayoutEngine) -> None:
        """Lay the picture out; again only if that moved something that the layout made room for."""
        layout.execute(self._figure)
        # names that take more lines need higher rows
        if (growth := max(map(_crowding, self._figure.axes), default=1)) > 1:
            width, height = self._figure.get_size_inches()
            self._figure.set_size_inches(width, height * growth)
            layout.execute(self._figure)
        wrapped = [_wrap_title(axes) for axes in self._figure.axes]
        for _ in range(2):
            if not any([*map(_make_room, self._figure.axes), *wrapped]):
                break
            layout.execute(self._figure)
            wrapped = []
        for text, mark in _inside.items():
            if text in self._texts:
                if not _fits(text, mark):  # two lines may
                    text.set(text=text.get_text().replace("±", "\n±"), linespacing=1)
                text.set_visible(_fits(text, mark))
        for axes in self._figure.axes:
            _clear_numbers(axes)

    def _explain(self, said: Callable[[str], str]) -> None:
        """Write the legends anew, in as many columns as there is room for."""
        for number, (legend, handles, words) in enumerate(self._legends):
            for columns in range(len(words), 0, -1):
                legend = _renewed(legend, handles, [said(word) for word in words], columns)
                if legend.get_window_extent().width <= self._figure.bbox.width - 2 * _MARGIN:
                    break
            self._legends[number] = legend, handles, words


_inside: WeakKeyDictionary[Text, Patch] = WeakKeyDictionary()


def keep_inside(text: Text, mark: Patch) -> None:
    """Keep a text within the mark around it: in two lines, or left out; the data of the chart have it."""
    _inside[text] = mark
    text.set_in_layout(False)


def _fits(text: Text, mark: Patch) -> bool:
    room, box = mark.get_window_extent(), text.get_window_extent()
    # above and below digits there is room for letters that reach further
    return box.width + _MARGIN / 2 <= room.width and box.height <= room.height + _MARGIN


def point_at(marks: Iterable[Artist], figures: Iterable[object]) -> None:
    """Have marks show the values of figures to readers who point at them."""
    for mark, figure in zip(marks, figures, strict=True):
        if id := getattr(figure, "id", ""):
            mark.set_gid(f"{_FIGURE}{id}")


def _make_room(axes: Axes) -> bool:
    """Move the names of rows to the left of texts left of marks; return whether another layout is needed.

    The layout makes room for texts beyond the axes, but does not keep them from the names of rows there. Narrower axes
    also push a text at their right a little nearer to the edge than computed, hence the second check.
    """
    boxes = [text.get_window_extent() for text in axes.texts if text.get_text() and text.get_in_layout()]
    left = min((box.x0 for box in boxes), default=axes.bbox.x0)
    if left < axes.bbox.x0 and len(axes.get_yticks()):
        axes.tick_params(axis="y", pad=axes.bbox.x0 - left + mpl.rcParams["ytick.major.pad"])
        return True
    return any(box.x1 > canvas_of(axes).bbox.x1 - _MARGIN / 2 for box in boxes)


def _clear_numbers(axes: Axes) -> None:
    """Give a text on, or right beside, a line of the scale or a line to compare with a white background."""
    lines = [*axes.lines, *axes.get_xgridlines(), *axes.get_ygridlines()]
    plain = [line.get_window_extent() for line in lines if line.get_visible() and line.get_marker() in (None, "None")]
    straight = [box for box in plain if min(box.size) < _MARGIN]
    for text in axes.texts:
        crossed = text not in _inside and any(map(text.get_window_extent().padded(_MARGIN / 2, -1).overlaps, straight))
        text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1} if crossed else None)


def framed(drawing: str, alt: str) -> str:
    """A drawing as HTML: an image, which programs that refuse SVG show, too; on white also in dark themes."""
    data = base64.b64encode(drawing.encode()).decode()
    look = "background: white; padding: 0.5em; max-width: 100%"
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{html.escape(alt)}" style="{look}">'


class _English(Formatter):
    """Writes the numbers of a scale in another style, with as many decimals as a formatter gives them."""

    def __init__(self, usual: Formatter, style: Style) -> None:
        self._usual, self._style = usual, style

    def format_ticks(self, values: list[float]) -> list[str]:
        """The numbers at the ticks."""
        decimals = max((decimals_of(name) for name in self._usual.format_ticks(values)), default=0)
        return [printed(Fraction(value), decimals, style=self._style) for value in values]


def _named_ticks(axis: Axis) -> list[str]:
    """The names of rows or columns; empty for a scale, whose numbers matplotlib writes."""
    fixed = isinstance(axis.get_major_locator(), FixedLocator)
    return [label.get_text() for label in axis.get_ticklabels()] if fixed else []


def _entries(legend: Legend) -> tuple[list[Artist], list[str]]:
    return [one for one in legend.legend_handles if one], [text.get_text() for text in legend.get_texts()]


def _renewed(legend: Legend, handles: list[Artist], words: list[str], columns: int) -> Legend:
    """The legend with other words and this number of columns, above its axes or above the whole picture."""
    if not (axes := legend.axes):
        figure = cast(Canvas, legend.figure)
        figure.legends.remove(legend)
        return figure.legend(handles, words, loc="outside upper center", ncols=columns)
    # centred on the place of the axes: beside long names of rows, the axes are too narrow for many words
    place, figure = axes.get_subplotspec(), canvas_of(axes)
    center = place.get_position(figure).intervalx.mean() if place else 0.5
    middle = blended_transform_factory(figure.transSubfigure, axes.transAxes)
    return axes.legend(
        handles, words, loc="lower center", bbox_to_anchor=(center, 1), bbox_transform=middle, ncols=columns
    )


def _crowding(axes: Axes) -> float:
    """The factor by which axes have to be higher for the names of their rows."""
    boxes = [label.get_window_extent() for label in axes.get_yticklabels() if label.get_text() and label.get_visible()]
    if len(boxes) < 2:
        return 1
    pitch = float(abs(boxes[1].y0 + boxes[1].y1 - boxes[0].y0 - boxes[0].y1) / 2)
    return (max(box.height for box in boxes) + _MARGIN) / pitch


def _wrap_title(axes: Axes) -> bool:
    """Break the title of axes into lines so that it ends before the axes to the right; return whether it was broken."""
    if not (text := axes.get_title("left")):
        return False
    canvas, title = canvas_of(axes), axes.set_title(text)
    boxes = [other.get_tightbbox() for other in canvas.axes if other.bbox.x0 > axes.bbox.x1]
    room = min([canvas.bbox.x1, *(box.x0 for box in boxes if box)]) - axes.bbox.x0
    if title.get_window_extent().width <= room:
        return False
    title.set_text(_wrapped(text, room / 72, title))
    return True


def _wrapped(text: str, width: float, like: Text) -> str:
    """The text in lines of so many inches at most, broken between words or Chinese characters; its own lines stay."""
    room = 72 * width / float(like.get_fontsize())
    return "\n".join(part for line in text.splitlines() for part in _broken(line, room))


def _broken(line: str, room: float) -> list[str]:
    """Break a line into as few as possible, between clauses if that takes no more."""
    count = max(1, math.ceil(_ems(line) / room))
    clauses = _filled(_CLAUSES.split(line), room)
    if len(clauses) <= count and max(map(_ems, clauses)) <= room:
        return clauses
    # lines of about one length: no character stands alone on the last one
    return _filled(_PARTS.findall(line), min(room, _ems(line) / count + 2))


def _filled(parts: Iterable[str], room: float) -> list[str]:
    lines = [""]
    for part in parts:
        if lines[-1] and _ems(lines[-1] + part.rstrip()) > room:
            lines.append("")
        lines[-1] += part if lines[-1] else part.lstrip()
    return [line.rstrip() for line in lines]


def _ems(text: str) -> float:
    """How wide a text is about: Chinese characters are squares."""
    return sum(1 if ord(character) > 0x2E7F else 0.56 for character in text)


# --- SVG for pages: no styles, which their policy forbids, and nothing invisible


def _slimmed(drawing: str, values: Mapping[str, str]) -> str:
    """The drawing with attributes in place of styles, without unused groups and ids; marks have their values."""
    root = ElementTree.fromstring(drawing)
    for element in root.iter():
        look = dict(part.split(": ", 1) for part in filter(None, element.attrib.pop("style", "").split("; ")))
        if "d" in element.attrib:
            element.attrib["d"] = re.sub(r"\s*([A-Za-z])\s*", r"\1", element.attrib["d"])
        element.attrib |= {name: how for name, how in look.items() if name != "font-family" and how != _USUAL.get(name)}
        if element.get("transform", "").startswith("rotate(-0 "):
            del element.attrib["transform"]
        for name in _GEOMETRY & element.attrib.keys():
            words = " ".join(element.attrib[name].split())
            element.attrib[name] = _LONG.sub(lambda long: f"{round(float(long[0]), 2):g}", words)
        if not (element.text or "").strip():
            element.text = None
        element.tail = None
    family = f"{mpl.rcParams['font.family'][0]}, sans-serif"
    root.attrib |= {"font-family": family, "stroke-linejoin": "round", **_USUAL}
    root[:] = [one for child in root for one in _shown(child, values)]
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=True) + "\n"


def _shown(element: ElementTree.Element, values: Mapping[str, str]) -> list[ElementTree.Element]:
    """The element without what draws nothing; a group without attributes is replaced by its children."""
    tag = element.tag.rpartition("}")[2]
    if tag in ("metadata", "style") or (element.attrib.keys() == {"d", "fill"} and element.get("fill") == "none"):
        return []
    element[:] = [one for child in element for one in _shown(child, values)]
    if tag == "defs":
        return [element] if len(element) else []
    if tag != "g":
        return [element]
    id = element.attrib.pop("id", "")
    if value := values.get(id.removeprefix(_FIGURE)):
        for mark in element:
            ElementTree.SubElement(mark, f"{{{_SVG}}}title").text = value
    return [element] if element.attrib else list(element)
