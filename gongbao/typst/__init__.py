"""A Sphinx builder that sets a whole book as one PDF with Typst, from pip packages alone.

Load it with ``extensions = ["gongbao.typst"]`` and build with ``-b typst`` (in Jupyter Book:
``jupyter-book build . --builder custom --custom-builder typst``). It needs neither TeX nor a
browser: the compiler comes with the ``typst`` wheel, formulas go through ``tylax``, the Chinese
fonts lie in ``pylopdf-fonts-zh-cn``.

Where things are: ``builder`` assembles the tree and owns the output folder; ``writer`` knows
every type of node; ``anchors`` knows every link target; ``tables`` works out columns; ``markup``
is the syntax of Typst; ``typesetting`` runs the compiler; ``template.typ`` is the design of the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gongbao.typst.builder import TypstBuilder, prefer_printable_outputs

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the builder and its configuration."""
    app.add_builder(TypstBuilder)
    app.add_config_value("typst_filename", "book", "", str)
    # for the first page, with the title: what the book is made of, how that was checked, what readers may do with it
    for name in ("typst_subtitle", "typst_source", "typst_verification", "typst_licence"):
        app.add_config_value(name, "", "", str)
    # further PDFs: filename, subtitle, and pages, which the book then leaves to them
    app.add_config_value("typst_volumes", [], "", list)
    app.add_config_value("typst_keywords", [], "", list)
    app.add_config_value("typst_pdf_standards", [], "", list)
    app.connect("config-inited", prefer_printable_outputs)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
