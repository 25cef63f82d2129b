"""The Typst compiler and the fonts it may use."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import cast

import pylopdf_fonts_zh_cn
import typst
from sphinx.errors import SphinxError


class TypstCompileError(SphinxError):
    """Typst rejected the book."""

    category = "Typst error"


@cache
def _fonts() -> typst.Fonts:
    """The fonts of the book; none of the system are used, so that all machines give the same result."""
    packaged = pylopdf_fonts_zh_cn.sans_path().parent
    own = Path(__file__).parent / "fonts"
    return typst.Fonts(include_system_fonts=False, font_paths=[str(packaged), str(own)])


def compile_pdf(source: Path, standards: list[str], timestamp: int | None) -> list[str]:
    """Compile a Typst file to the PDF next to it and return the warnings of Typst.

    A failure leaves the last good PDF. Without a timestamp a PDF has no date: the same input gives the same bytes.
    """
    try:
        pdf, warnings = typst.compile_with_warnings(
            str(source),
            root=str(source.parent),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            pdf_standards=cast("list[typst.PDFStandard]", standards),
            timestamp=timestamp,
        )
    except typst.TypstError as error:
        raise TypstCompileError(_describe(error)) from error
    source.with_suffix(".pdf").write_bytes(pdf)
    return [_describe(warning) for warning in warnings]


def compile_png(source: str, density: float, **inputs: str) -> list[bytes]:
    """The pages of Typst markup as PNG, the same bytes each time.

    Args:
        source: the markup.
        density: pixels for each of the 96 in an inch.
        inputs: what the markup finds in ``sys.inputs``.
    """
    pages = typst.compile(source.encode(), font_paths=_fonts(), format="png", ppi=96 * density, sys_inputs=inputs)
    return pages if isinstance(pages, list) else [pages]


def _describe(problem: typst.TypstError | typst.TypstWarning) -> str:
    """The message of Typst, with the place and what to do."""
    return (problem.diagnostic or problem.message).strip()
