"""The English of the short Chinese texts that notebooks compose: words in charts, forms, assumptions, formulas.

Sphinx translates the text of pages. These texts are no page text: they are drawn in charts or stored in figures.
Numbers are taken out before a text is looked up and put back afterwards, so that no translation can change one.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path

from babel.messages.pofile import read_po

from gongbao.figures.digits import PRINTED, printed_again
from gongbao.figures.units import Unit
from gongbao.ledger.tables import book_data, read_text

CATALOGUE = Path("locale", "en", "LC_MESSAGES", "labels.po")

HAN = re.compile("[\u3400-\u9fff]")
_WORDS_OF_FORMULA = re.compile("((?:计数|取自)\\[[^\\]]*\\]|[\u3400-\u9fff]+(?![^{}]*\\}))")
"""Chinese parts of a formula: ``计数[…]``, ``取自[…]``, or a function name; never an id in braces."""
_PUNCTUATION = str.maketrans({"（": " (", "）": ")", "，": ", ", "：": ": ", "；": "; ", "、": ", ", "。": ". "})
_BETWEEN = str.maketrans({"～": " to ", "、": ", "})


class Labels:
    """Looks texts up in a catalogue; a text missing there stays Chinese, which a test finds."""

    def __init__(self, catalogue: Mapping[str, str], units: Mapping[str, Unit]) -> None:
        self._catalogue = catalogue
        self._units = units
        # the longest first: 万人次 before 万人
        symbols = "|".join(map(re.escape, sorted(units, key=len, reverse=True)))
        number = f"{PRINTED}(?:[±～、]{PRINTED})*"
        # 2023年 is a year, not a length of time
        self._value = re.compile(f"(?:(?:19|20)[0-9]{{2}}(?=年)|({number})({symbols})?)")

    def __bool__(self) -> bool:
        return bool(self._catalogue)

    @classmethod
    def load(cls, units: Mapping[str, Unit], data: Path | None = None) -> Labels:
        """The catalogue of the book that a data folder belongs to; without a file, one that is empty."""
        data = data or book_data()
        path = data.parent / CATALOGUE
        if not path.is_file():
            return cls({}, units)
        entries = read_po(io.StringIO(read_text(path)))
        return cls({str(entry.id): str(entry.string) for entry in entries if entry.id and not entry.fuzzy}, units)

    def template(self, text: str) -> str:
        """The text with ``{0}``, ``{1}`` … for its numbers; empty if there is nothing to translate besides them."""
        template, _ = self._split(text)
        return template if HAN.search(template) else ""

    def knows(self, template: str) -> bool:
        """Whether a :meth:`template` has a translation."""
        return bool(self._catalogue.get(template))

    def english(self, text: str) -> str:
        """The text in English."""
        template, values = self._split(text)
        if HAN.search(template):
            template = self._catalogue.get(template) or template
        return re.sub(r"\{(\d+)\}", lambda match: values[int(match[1])], template.translate(_PUNCTUATION)).strip()

    def formula(self, text: str) -> str:
        """A formula in English."""
        return _WORDS_OF_FORMULA.sub(lambda match: self.english(match[0]), text)

    def formula_templates(self, text: str) -> Iterable[str]:
        """The templates of the Chinese parts of a formula, which have to be translated."""
        return filter(None, map(self.template, _WORDS_OF_FORMULA.findall(text)))

    def _split(self, text: str) -> tuple[str, list[str]]:
        values: list[str] = []

        def take(match: re.Match[str]) -> str:
            number, symbol = match[1], match[2]
            values.append(_english(number, self._units[symbol]) if symbol else match[0].translate(_BETWEEN))
            return f"{{{len(values) - 1}}}"

        return self._value.sub(take, text), values


def _english(numbers: str, unit: Unit) -> str:
    """Numbers such as 3.3±0.1 or 1、2、5 in English; the first decides the scale."""
    said, plain = unit.english, numbers.replace("−", "-")
    scale = said.scale(Fraction(re.split("[±～、]", plain)[0]) * unit.english_size)
    style = unit.style(scale)
    moved = re.sub(PRINTED, lambda match: printed_again(match[0], style), numbers)
    return said.printed(moved.translate(_BETWEEN), scale)
