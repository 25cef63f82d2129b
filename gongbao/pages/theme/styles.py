"""One style sheet instead of ten, with only what the book uses, and one font with only its icons.

The theme brings Bootstrap, and a class and a glyph for each of two thousand icons. What no page, and no script, names
is left out once all pages are written; so a page loads a tenth, and in one request. The names in a page are searched
for as text: a parser would tell no more, and take as long as the rest of the build.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import tinycss2
from docutils import nodes
from fontTools import subset
from sphinx.application import Sphinx
from sphinx.config import Config

from gongbao.pages.scripts import write_if_changed

SHEETS = (
    "basic.css",
    "styles/theme.css",
    "styles/pydata-sphinx-theme.css",
    "pygments.css",
    "styles/sphinx-book-theme.css",
    "togglebutton.css",
    "copybutton.css",
    "mystnb.*.css",
    "sphinx-design.min.css",
    "menus.css",
    "media.css",
    "figure-card.css",
    "ledger.css",
    "search.css",
)
"""What the theme and the extensions bring, in the order in which it counts; that of the book itself comes after it."""

KEPT = "styles"
"""Where the result stands, among what Sphinx keeps for the next build: reading the sheets takes longer than a page."""

MISSING = ("sphinx-thebe.css",)
"""Sheets that pages ask for and that nothing brings."""

BUNDLE = "theme.css"
ICONS = "icons.woff"
ICON_FONT = "vendor/fontawesome/webfonts/fa-solid-900.ttf"
ICON_FAMILY = "Font Awesome 6 Free"

LATE = 800
"""After all pages and scripts are written, and before what is left over is removed."""

_CLASSES = re.compile(r'\s(?:class|id)="([^"]*)"')
_WORD = re.compile(r"[\w-]+")
_NAME = re.compile(r"[.#]((?:[\w-]|\\.)+)")
_NOT = re.compile(r":not\([^)]*\)")
_ICON = re.compile(r'"\\(f[0-9a-f]{3}|e[0-9a-f]{3})"|([\ue000-\uf8ff])')


def setup(app: Sphinx) -> None:
    """Connect to the build; the sheets are made when all pages and all their scripts are there."""
    app.connect("html-page-context", name_sheets, priority=LATE)
    app.connect("build-finished", write_sheet, priority=LATE)


def name_sheets(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Leave to a page the sheets that are not in the one of the theme."""
    bundled = [f"_static/{sheet}" for sheet in (*bundle_of(app.config), *MISSING)]
    context["css_files"] = [
        sheet for sheet in context["css_files"] if not any(Path(str(sheet.filename)).match(path) for path in bundled)
    ]


def bundle_of(config: Config) -> list[str]:
    """The sheets that become one, those of the configuration last."""
    return [*SHEETS, *(name for name, _attributes in config.html_css_files)]


def write_sheet(app: Sphinx, exception: Exception | None) -> None:
    """Write the sheet and the font, and take away what they replace."""
    static = Path(app.outdir) / "_static"
    if exception or not (static / ICON_FONT).exists():
        return  # nothing was written, so nothing was brought anew
    used = names_in(Path(app.outdir))
    sheets = [path for pattern in bundle_of(app.config) for path in sorted(static.glob(pattern))]
    kept = Path(app.doctreedir, KEPT)
    text = reduced_once(kept, [path.read_text("utf-8") for path in sheets], used, app.registry.get_envversion(app))
    points = {int(code, 16) if code else ord(character) for code, character in _ICON.findall(text)}
    write_icons(static / ICON_FONT, static / ICONS, points)
    font = (
        f'@font-face{{font-family:"{ICON_FAMILY}";font-weight:900;font-display:block;src:url({ICONS}) format("woff")}}'
    )
    write_if_changed(static / BUNDLE, f"{font}\n{text}")
    for path in sheets:
        path.unlink()


def names_in(site: Path) -> set[str]:
    """Classes and ids of all pages, and every word of the scripts, which may make more."""
    names: set[str] = set()
    for page in sorted(site.rglob("*.html")):
        for value in set(_CLASSES.findall(page.read_text("utf-8"))):
            names.update(value.split())
    for script in sorted(site.rglob("*.js")):
        if script.name not in ("bootstrap.js", "fontawesome.js"):
            names.update(_WORD.findall(script.read_text("utf-8")))
    return names


def reduced_once(kept: Path, sheets: list[str], used: set[str], version: object) -> str:
    """All style sheets, reduced: read again from a file if that was made of the same by the same version."""
    named = used & {name.replace("\\", "") for sheet in sheets for name in _NAME.findall(sheet)}
    key = hashlib.sha256(json.dumps([sheets, sorted(named), version], sort_keys=True).encode()).hexdigest()
    before, _, text = kept.read_text("utf-8").partition("\n") if kept.exists() else ("", "", "")
    if before != key:
        text = "".join(reduced(sheet, used) for sheet in sheets)
        kept.write_text(f"{key}\n{text}", "utf-8")
    return text


def reduced(sheet: str, used: set[str]) -> str:
    """A style sheet without the rules for what is not there, without comments and fonts."""
    rules = tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)
    return "".join(_kept(rules, used))


def _kept(rules: Iterable[Any], used: set[str]) -> Iterator[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = _NOT.sub("", tinycss2.serialize(rule.prelude)).split(",")
            if any(_may_match(selector, used) for selector in selectors):
                yield rule.serialize() + "\n"
        elif rule.type == "at-rule" and rule.content is not None and rule.at_keyword in ("media", "supports"):
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            if content := "".join(_kept(inner, used)):
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{content}}}\n"
        elif rule.type == "at-rule" and rule.at_keyword not in ("font-face", "import", "charset"):
            yield rule.serialize() + "\n"


def _may_match(selector: str, used: set[str]) -> bool:
    return all(name.replace("\\", "") in used for name in _NAME.findall(selector))


def write_icons(source: Path, target: Path, points: set[int]) -> None:
    """The icons that the sheet names, as a font, the same bytes each time."""
    logging.getLogger("fontTools.subset").setLevel(logging.WARNING)
    options = subset.Options(flavor="woff", layout_features=[], recalc_timestamp=False, notdef_outline=False)
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=sorted(points))
    subsetter.subset(font)
    subset.save_font(font, str(target), options)
