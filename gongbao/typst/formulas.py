"""LaTeX formulas to Typst."""

from __future__ import annotations

import re

import tylax

from gongbao.typst import markup

# tylax writes words as "#text[...]": a parenthesis after it would be a call, and what is inside
# would be read as markup. A string in math means the same and has neither fault.
_WORDS = re.compile(r"#text\[((?:[^\[\]]|\\.)*)\]")
# "align" and its like come back with their own dollars.
_DOLLARS = re.compile(r"^\s*\$(.*)\$\s*$", re.DOTALL)


class FormulaError(ValueError):
    """A formula that cannot be translated."""


def from_latex(latex: str) -> str:
    """Translate a LaTeX formula to the inside of a Typst equation."""
    # tylax joins the word for a thin space to the letter before it
    result = tylax.latex_to_typst_diagnostics(latex.strip().replace(r"\,", r" \, "))
    if result.warnings:
        raise FormulaError("; ".join(warning.message for warning in result.warnings))
    inside = _DOLLARS.sub(r"\1", result.output).strip()
    return _WORDS.sub(lambda match: markup.string(match.group(1)), inside)
