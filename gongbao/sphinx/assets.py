"""What a page loads: only files of the book, and of these only what the page uses.

Every page says so itself in a Content-Security-Policy, and the browser holds it to that: nothing from other hosts, no
script or style written into the page. So the themes' own inline scripts are left out or files, and widths of columns
are classes and no style attributes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from gongbao.sphinx.scripts import web_builder

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # the arrows and marks in the theme's own style sheets
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
    )
)

UNUSED = ("togglebutton.", "sphinx-thebe.", "design-tabs.", "translations.", "sphinx_highlight.")
"""What extensions put on every page, and no page of the book uses."""

USED_WITH = {
    "clipboard.": 'class="highlight',
    "copybutton.": 'class="highlight',
    "sphinx-design.": 'class="sd-',
    "mystnb.": 'class="cell',
    "pygments.": 'class="highlight',
}
"""What only pages with something in them use."""

LEFT_OUT = ("_static/locales", "_static/vendor", "_static/**/*.map", "_static/scripts/fontawesome.*")
"""What the theme brings for pages that do not load it."""

LAST = 900
"""After all extensions have said what they want on a page."""


def choose(app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document) -> None:
    """Leave on a page the scripts and styles that it uses; none of them keeps it from being drawn."""
    if not web_builder(app):
        return
    body = context.get("body", "")
    for kind in ("script_files", "css_files"):
        context[kind] = [file for file in context.get(kind, ()) if _used(file, body)]
    for script in context["script_files"]:
        script.attributes.setdefault("defer", "defer")
    # buttons whose action is written into the page
    context["header_buttons"] = _without_inline_scripts(context.get("header_buttons", ()))
    context["metatags"] = f'\n    <meta http-equiv="Content-Security-Policy" content="{POLICY}">' + context.get(
        "metatags", ""
    )


def _used(file: Any, body: str) -> bool:
    name = Path(str(file.filename or "")).name  # none for scripts within the page
    if not name or name.startswith(UNUSED):
        return False
    return all(mark in body for start, mark in USED_WITH.items() if name.startswith(start))


def _without_inline_scripts(buttons: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Only a group has buttons of its own."""
    kept = [button for button in buttons if button["type"] != "javascript"]
    return [
        button | {"buttons": _without_inline_scripts(button["buttons"])} if "buttons" in button else button
        for button in kept
    ]


def remove_unused(app: Sphinx, exception: Exception | None) -> None:
    """Remove the files that no page loads."""
    builder = web_builder(app)
    if exception or not builder:
        return
    out = Path(app.outdir)
    unused = [f"_static/{start}*" for start in UNUSED]
    for path in sorted({path for pattern in (*LEFT_OUT, *unused) for path in out.glob(pattern)}):
        for file in sorted(path.rglob("*"), reverse=True) if path.is_dir() else ():
            file.rmdir() if file.is_dir() else file.unlink()
        path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
    for path in sorted(out.glob("_static/**/*")):
        if path.suffix in {".js", ".css"}:
            _forget_source_map(path)


def _forget_source_map(path: Path) -> None:
    text = path.read_text("utf-8")
    without = re.sub(r"\n?(?://|/\*)# sourceMappingURL=\S+(?: ?\*/)?\s*$", "\n", text)
    if without != text:
        path.write_text(without, "utf-8", newline="\n")


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    app.connect("html-page-context", choose, priority=LAST)
    app.connect("build-finished", remove_unused)
