"""The icons of the theme, without the 1.5 MB script that has all of them and the style sheet that names all of them.

The theme's own font is cut down to the icons that pages use, and the theme's style sheet to their names.
"""

from __future__ import annotations

import re
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from sphinx.application import Sphinx

from gongbao.sphinx.scripts import web_builder

ICONS = (
    "angle-left",
    "angle-right",
    "arrow-up",
    "bars",
    "circle-half-stroke",
    "download",
    "file",
    "list",
    "magnifying-glass",
    "moon",
    "sun",
)
"""The icons of the theme's buttons, as its templates name them."""

STYLE = Path("_static/styles/pydata-sphinx-theme.css")
FONT = Path("_static/vendor/fontawesome/webfonts/fa-solid-900.ttf")
SUBSET = Path("_static/styles/icons.woff")

_FACE = re.compile(r"@font-face\{[^}]*Font Awesome[^}]*\}")
_RULE = re.compile(r'((?:\.fa-[a-z0-9-]+:before,?)+)\{content:"\\([0-9a-f]+)"\}')
_OF_STYLE = re.compile(r'--pst-icon-[a-z-]+: *"\\([0-9a-f]+)"')
"""Icons that the style sheet itself draws, such as those of admonitions."""


def cut_down(app: Sphinx, exception: Exception | None) -> None:
    """Write the small font and the style sheet that names it; other themes have neither."""
    style, font = (Path(app.outdir) / path for path in (STYLE, FONT))
    if exception or not web_builder(app) or not font.exists():
        return
    text = style.read_text("utf-8")
    codes = {int(code, 16) for code in _OF_STYLE.findall(text)}

    def keep(rule: re.Match[str]) -> str:
        if not any(f".fa-{icon}:before" in rule[1].split(",") for icon in ICONS):
            return ""
        codes.add(int(rule[2], 16))
        return rule[0]

    text = _RULE.sub(keep, text)
    face = '@font-face{font-family:"Font Awesome 6 Free";font-weight:900;font-display:block;src:url(icons.woff)}'
    style.write_text(face + _FACE.sub("", text), "utf-8", newline="\n")
    write_font(font, Path(app.outdir) / SUBSET, codes)


def write_font(source: Path, target: Path, codes: set[int]) -> None:
    """Write the few characters of a font."""
    options = subset.Options(flavor="woff", layout_features=[], name_IDs=[0, 1, 2, 13, 14], notdef_outline=True)
    font = TTFont(source, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    subset.save_font(font, target, options)


def setup(app: Sphinx) -> None:
    """Connect to the build, before unused files are removed."""
    app.connect("build-finished", cut_down, priority=400)
