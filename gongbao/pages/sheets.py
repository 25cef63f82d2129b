"""The files that a page loads: scripts that it needs, and one style sheet in place of the theme's and extensions'.

A browser shows nothing of a page before all its sheets are loaded; the theme has many, and nine tenths of them are for
icons and parts that no page has. The one sheet has the rules that may apply to pages of the book: to load all of them
instead takes 68 kB more, and a phone on a slow network 0.4 s more until it shows a page.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from lightningcss import process_stylesheet
from sphinx.application import Sphinx

from gongbao.pages.domain import FigureDomain
from gongbao.pages.once import made_once
from gongbao.pages.web import OWN_SHEETS, STATIC, TEMPLATES, THEME, unverified, web_builder
from gongbao.results.runs import content

SHEET = Path("_static", "sheets.css")
"""The one style sheet, below the folder of the pages; written when all pages are."""

UNWANTED = ("doctools.js", "sphinx_highlight.js", "translations.js")
"""Scripts of Sphinx's own search: one keeps Escape from closing menus, one runs text as code against the policy."""

FOR_CODE = ("clipboard.min.js", "copybutton.js")
"""Scripts that only pages with code need."""

OF_THEME = ("basic.css", "styles/pydata-sphinx-theme.css")
"""Sheets that the theme loads itself, not through Sphinx, before all others."""

SCRIPT_OF_THEME = "_static/scripts/pydata-sphinx-theme.js"

NOTICE = (
    "body:not(:has(.bd-header-announcement))::before{content:%s;display:block;padding:.5rem 1rem;text-align:center;"
    "background:var(--pst-color-secondary-bg);color:var(--pst-color-text-base)}"
)
"""The notice of unverified data on pages that do not depend on them: in the sheet, so that no page is rewritten."""

NAMES = re.compile(rb'class="([^"]*)"'), re.compile(rb'id="([^"]*)"')
"""Two patterns, because one with alternatives takes many times as long."""

VERSION = re.compile(rb'(?<=_static/sheets\.css)[?\w=]*(?=")')
_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")


def choose_files(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document) -> None:
    """Remove the sheets that are joined into the one that the template names, and scripts that a page does not need.

    Scripts that the policy would refuse are left out; the others are deferred, so that none delays the page.
    """
    if app.config.html_theme != THEME:
        return
    context["css_files"] = [sheet for sheet in context["css_files"] if not _is_joined(sheet)]
    files = (one for one in context["script_files"] if one.filename and not one.filename.endswith(UNWANTED))
    has_code = 'class="highlight' in context.get("body", "")
    context["script_files"] = [one for one in files if has_code or not one.filename.endswith(FOR_CODE)]
    for script in context["script_files"]:
        script.attributes.setdefault("defer", "defer")


def _is_joined(sheet: Any) -> bool:
    return sheet.priority < OWN_SHEETS and str(sheet.filename).startswith("_static/")


def write_sheet(app: Sphinx, exception: Exception | None) -> None:
    """Join the sheets once all pages are written, which determine the classes; then write the digest into the pages.

    By the digest a browser notices that the sheet it has cached is an old one.
    """
    builder = web_builder(app)
    if exception or not builder or app.config.html_theme != THEME:
        return
    out, context = Path(builder.outdir), builder.globalcontext
    names = [f"_static/{name}" for name in OF_THEME] + [s.filename for s in context["css_files"] if _is_joined(s)]
    # addresses in a sheet are relative to its folder
    css = "".join((out / name).read_text("utf-8").replace("url(../", "url(") for name in names)
    pages = list(out.rglob("*.html"))
    scripts = [SCRIPT_OF_THEME, *(script.filename for script in context["script_files"] if script.filename)]
    known = _known(pages, [out / script for script in scripts])
    told = unverified(FigureDomain.of(app.env).unverified)
    notice = NOTICE % json.dumps(told, ensure_ascii=False) if told else ""
    sheet = out / SHEET
    joined = _joined(Path(app.srcdir), f"sheets.{app.config.language}.css", css, {*_CLASS.findall(css)} - known)
    sheet.write_bytes(joined + notice.encode())
    version = f"?v={content(sheet)[:8]}".encode()
    for page in pages:
        written = page.read_bytes()
        if (named := VERSION.sub(version, written, count=1)) != written:
            page.write_bytes(named)


def _joined(root: Path, name: str, css: str, unused: set[str]) -> bytes:
    """The sheet without rules for classes that no page has, except within ``:not()``."""
    made_of = css + " ".join(sorted(unused))
    return made_once(root, name, made_of, lambda: process_stylesheet(css, unused_symbols=unused).encode())


def _known(pages: list[Path], scripts: list[Path]) -> set[str]:
    """The classes and ids of the pages, and all words of scripts, which may set them as classes."""
    written = (path.read_bytes() for path in (*pages, *TEMPLATES.rglob("*.html")))
    found = {names.decode() for page in written for pattern in NAMES for names in pattern.findall(page)}
    known = {name for names in found for name in names.split()}
    for path in (*STATIC.glob("*.js"), *scripts):
        if path.exists():
            known.update(re.findall(r"[\w-]+", path.read_text("utf-8")))
    return known


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    app.connect("html-page-context", choose_files, priority=900)  # after all extensions have added theirs
    app.connect("build-finished", write_sheet, priority=900)  # after the theme has written the colours of code
