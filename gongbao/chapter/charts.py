"""The look of the book's charts: canvas, fonts, colours, the drawing as SVG, and the same drawing in other words.

What the charts draw is in :mod:`gongbao.chapter.kinds`.
"""

from __future__ import annotations

import base64
import html
import io
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Any, Literal, TypeAlias
from weakref import WeakKeyDictionary

import matplotlib as mpl
import pylopdf_fonts_zh_cn as fonts
from matplotlib import font_manager, style
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter

from gongbao.figures.digits import Style, printed
from gongbao.figures.figure import Figure, Form
from gongbao.figures.units import NBSP, Unit

WIDTH = 5.0
"""Inches; narrow, so that labels stay legible on a phone."""

CARD = 2.8
"""Inches; the width of the small pictures on the cards of the front page."""

# After Okabe & Ito, in the order of their lightness, so that they also differ in grey
STRONG, DARK, ACCENT, LIGHT, PALE = "#8a3600", "#0072b2", "#2aa87f", "#7cc4ee", "#c9c9c9"
INK = "#4d4d4d"

LEGEND: dict[str, Any] = {"frameon": False, "handlelength": 1.2, "columnspacing": 1.2}
"""The look of every legend."""

_LONGEST_ROW_NAME, _LONGEST_COLUMN_NAME = 26, 13
"""Characters of a translated label before it takes another line."""

Place: TypeAlias = Literal["left", "center", "right"]

_TITLES: tuple[Place, ...] = ("left", "center", "right")


@dataclass(frozen=True, slots=True)
class Label:
    """What is written of a figure; English has other digits for the same number, and other words around it."""

    figure: Figure
    form: Form = "tolerance"
    before: str = ""
    """What is said before the number."""
    narrow: bool = False
    """Whether a tolerance goes into a line of its own."""

    def __str__(self) -> str:
        figure = self.figure
        forms = {"text": figure.text, "tolerance": figure.tolerance_text, "tolerance_number": figure.tolerance_number}
        return self._said(self.before, forms[self.form])

    def english(self, words: Callable[[str], str], scales: Mapping[Unit, str]) -> str:
        """The same in English, with the scale of the picture."""
        before = words(self.before.strip())
        # a sign stands at its number, a word does not
        before += " " if before[-1:].isalpha() or before.endswith(":") else ""
        return self._said(before, self._number_en(scales[self.figure.unit]).replace(NBSP, " "))

    def _number_en(self, scale: str) -> str:
        if not self.figure.unit.counts or self.form == "tolerance_number":
            return self.figure.english(self.form, scale)
        # the note of the picture says what is counted: at each mark it would take the room of the marks
        number: Form = "number" if self.form == "text" else "tolerance_number"
        return f"{self.figure.english(number, scale)} {scale}".strip()

    def _said(self, before: str, number: str) -> str:
        return before + (number.replace("±", "\n±") if self.narrow else number)


labels: WeakKeyDictionary[Text, Label] = WeakKeyDictionary()
"""The texts of drawings that print figures."""

measures: WeakKeyDictionary[Axis, Unit] = WeakKeyDictionary()
"""The axes with a scale, and the units of what is drawn along them."""


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
    """An empty chart, sizes in inches: the canvas and its axes, as ``Figure.subplots`` gives them for such options."""
    use_style()
    figure = Canvas(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(rows, columns, **options)


def canvas_of(axes: Axes) -> Canvas:
    """The whole picture that axes belong to."""
    found = axes.get_figure(root=True)
    assert isinstance(found, Canvas)
    return found


def key(axes: Axes, colors: Mapping[str, str]) -> None:
    """Say above the whole picture of some axes what colours mean; they are given by the words for it."""
    marks = [Line2D([], [], color=color, marker="s", linestyle="", label=word) for word, color in colors.items()]
    canvas_of(axes).legend(handles=marks, loc="outside upper center", ncols=len(marks), **LEGEND)


def svg(figure: Canvas) -> str:
    """The drawing, the same bytes each time."""
    canvas, buffer = FigureCanvasSVG(figure), io.StringIO()
    # SVG has 72 dots an inch: texts are laid out in the size in which they are drawn
    figure.set_dpi(72)
    _lay_out(figure)
    # savefig would draw everything twice: the first time only to lay it out, which drawing does by itself
    canvas.print_svg(buffer, metadata={"Date": None})  # type: ignore[no-untyped-call]
    return buffer.getvalue()


def _lay_out(figure: Canvas) -> None:
    """Give everything its place; drawing does it once more, from these places, which makes them exact."""
    for axes in figure.axes:
        # undo an earlier layout: a cell that runs again is to give the same picture
        if place := axes.get_subplotspec():
            axes.set_subplotspec(place)
        axes.tick_params(axis="y", pad=mpl.rcParams["ytick.major.pad"])
    if layout := figure.get_layout_engine():
        layout.execute(figure)
        moved = [_move_row_names(axes) for axes in figure.axes]
        if any(moved):
            # the axes are narrower now, and what is written in them moves a little
            layout.execute(figure)
            for axes in figure.axes:
                _move_row_names(axes)


def _move_row_names(axes: Axes) -> bool:
    """Move the names of rows to the left of what is written left of marks; whether anything is written there.

    The layout makes room for texts beyond the axes, but does not keep them from the names of rows, which stand there.
    """
    left = min((text.get_window_extent().x0 for text in axes.texts if text.get_text()), default=axes.bbox.x0)
    if left >= axes.bbox.x0:
        return False
    points = 72 * (axes.bbox.x0 - left) / canvas_of(axes).dpi
    axes.tick_params(axis="y", pad=points + mpl.rcParams["ytick.major.pad"])
    return True


def framed(drawing: str, alt: str) -> str:
    """A drawing as HTML: an image, which programs show that let no SVG in; on white in dark themes, too."""
    data = base64.b64encode(drawing.encode()).decode()
    look = "background: white; padding: 0.5em; max-width: 100%"
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{html.escape(alt)}" style="{look}">'


def words(figure: Canvas) -> list[str]:
    """All texts of a drawing that :func:`svg` has laid out, each once, without the numbers of figures."""
    said = (labels[text].before.strip() if text in labels else text.get_text() for text in figure.findobj(Text))
    return list(dict.fromkeys(filter(None, said)))


def translate(figure: Canvas, english: Callable[[str], str], scales: Mapping[Unit, str]) -> None:
    """Put English in the place of all texts of a drawing that :func:`svg` has laid out; long ones take more lines.

    ``scales`` are those of the English numbers in it, by unit.
    """
    for text in figure.findobj(Text):
        label = labels.get(text)
        text.set_text(label.english(english, scales) if label else english(text.get_text()))
    for axes in figure.axes:
        # matplotlib writes the labels of ticks anew when it draws
        for axis, width in ((axes.xaxis, _LONGEST_COLUMN_NAME), (axes.yaxis, _LONGEST_ROW_NAME)):
            names = [label.get_text() for label in axis.get_ticklabels()]
            if unit := measures.get(axis):
                decimals = max(len(name.partition(".")[2]) for name in names)
                axis.set_major_formatter(_ticks(decimals, unit.style(scales[unit])))
                continue
            translated = [english(name) for name in names]
            if translated != names:
                axis.set_ticklabels([_wrapped(name, width) for name in translated])
    _lay_out(figure)
    for axes in figure.axes:
        for place in _TITLES:
            _wrap_title(axes, place)


def _ticks(decimals: int, style: Style) -> FuncFormatter:
    """What writes the numbers of a scale in a style."""
    return FuncFormatter(lambda value, place: printed(Fraction(value), decimals, style=style))


def _wrap_title(axes: Axes, place: Place) -> None:
    """Break the title of axes into as many lines as it needs to end before what stands right of them."""
    title, canvas = axes.set_title(axes.get_title(place), loc=place), canvas_of(axes)
    boxes = [other.get_tightbbox() for other in canvas.axes if other.bbox.x0 > axes.bbox.x1]
    room = min([canvas.bbox.x1, *(box.x0 for box in boxes if box)]) - axes.bbox.x0
    width = title.get_window_extent().width
    if width > room:
        title.set_text(_wrapped(title.get_text(), int(len(title.get_text()) * room / width)))


def _wrapped(text: str, width: int) -> str:
    """The text in lines of so many characters at most; where it begins a line by itself, it still does."""
    return "\n".join(part for line in text.splitlines() for part in textwrap.wrap(line, width))
