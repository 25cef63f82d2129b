"""The syntax of Typst: escaping, literals, calls, and formulas out of LaTeX. Knows nothing of Sphinx."""

from __future__ import annotations

import re

import tylax

# Every character that can begin markup in Typst, wherever it stands. The hyphen is among them
# because Typst turns "--" into a dash and "-5" into a minus sign.
_SPECIAL = re.compile(r"[\\#$*_`<>@\[\]~=+/-]|\.(?=\.)")
# "12." at the start of a line would begin a numbered list.
_ORDINAL_START = re.compile(r"^(\s*\d+)\.(?=\s|$)", re.M)
# An id, a path or an address: too long for the end of a line, so it may break after a separator.
_LONG_RUN = re.compile(r"[!-~]{18,}")
_SEPARATOR = re.compile(r"(?<=[./_@:=,-])(?=.)")
_BREAK = "\0"
# A number with its unit, such as 69.0±0.2亿元 or 1078～1102名
_QUANTITY = re.compile(r"[−\d][\d.,±～−]*(?:%|[^\W\d_][\w/]{0,5})")
# tylax writes words as "#text[...]": a parenthesis after it would be a call, and what is inside
# would be read as markup. A string in math means the same and has neither fault.
_WORDS = re.compile(r"#text\[((?:[^\[\]]|\\.)*)\]")
# "align" and its like come back with their own dollars.
_DOLLARS = re.compile(r"^\s*\$(.*)\$\s*$", re.DOTALL)
# JSON writes other characters as escapes, too, such as a form feed, which Typst does not know and would print.
_QUOTED = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


def escape(text: str) -> str:
    """Escape plain text so that Typst prints it exactly as it is.

    ``#wbr`` of the template lets a long id break without putting a character into the text; p. 93 does not break.
    """
    text = re.sub(r"p\. (?=\d)", "p.\u00a0", text)
    text = _LONG_RUN.sub(lambda match: _SEPARATOR.sub(_BREAK, match.group()), text)
    text = _SPECIAL.sub(lambda match: "\\" + match.group(), text)
    return _ORDINAL_START.sub(r"\1\\.", text).replace(_BREAK, "#wbr;")


def is_quantity(text: str) -> bool:
    """Whether a text is a number with its unit, which stay on one line."""
    return bool(_QUANTITY.fullmatch(text))


def unbreakable_runs(text: str) -> list[str]:
    """Split a text into parts that no line break may divide: a number with its unit, and each end of an interval."""
    if is_quantity(text):
        return re.split("(?<=～)", text)
    parts = _LONG_RUN.sub(lambda match: _SEPARATOR.sub(" ", match.group()), text)
    return re.findall(r"[0-9A-Za-z.,%+−±–()@/:_²\xa0-]+|\S", parts)


def string(text: str) -> str:
    """Write a string literal."""
    return f'"{text.translate(_QUOTED)}"'


class Code(str):
    """An expression of Typst, as opposed to a text."""


Value = Code | str | int | None | list["Value"]
"""Types that can be written as an argument; an empty text is ``none``."""


def literal(value: Value) -> str:
    """Write a value as an expression; the trailing comma keeps one item an array."""
    match value:
        case Code():
            return value
        case None | "":
            return "none"
        case str():
            return string(value)
        case list():
            return "(" + "".join(f"{literal(item)}, " for item in value).rstrip() + ")"
    return str(value).lower()  # true and false, too


def content(text: str) -> Code:
    """Write markup as an argument."""
    return Code(f"[{text}]" if text else "none")


def arguments(**values: Value) -> str:
    """Write named arguments."""
    return ", ".join(f"{name.replace('_', '-')}: {literal(value)}" for name, value in values.items())


def anchor(label: str) -> str:
    """Mark a place that links can lead to."""
    return f"#anchor({string(label)});"


def block(text: str) -> str:
    """Set markup apart as a block of its own."""
    return f"\n{text}\n\n"


def call(function: str, /, *contents: str, **values: Value) -> str:
    """Write a function call in markup: ``#function(name: value)[content];``.

    The semicolon ends the expression, or an opening parenthesis in the text that follows would be taken for more
    arguments.
    """
    parentheses = f"({arguments(**values)})" if values or not contents else ""
    return f"#{function}{parentheses}" + "".join(f"[{content}]" for content in contents) + ";"


def formula(latex: str) -> str:
    """Translate a LaTeX formula to the inside of an equation; a ValueError if that cannot be done."""
    # tylax joins the word for a thin space to the letter before it
    result = tylax.latex_to_typst_diagnostics(latex.strip().replace(r"\,", r" \, "))
    if result.warnings:
        raise ValueError("; ".join(warning.message for warning in result.warnings))
    inside = _DOLLARS.sub(r"\1", result.output).strip()
    return _WORDS.sub(lambda match: string(match.group(1)), inside)
