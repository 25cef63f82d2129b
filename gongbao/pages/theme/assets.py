"""What a page loads: only files of the book, and of these only what the page uses.

Every page says so itself in a Content-Security-Policy, and the browser holds it to that: nothing from other hosts, no
script or style written into the page. So the theme's own inline scripts are files or left out (``templates``), and
widths of columns are classes and no style attributes (:mod:`accessibility`).
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

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

UNUSED = ("togglebutton.", "sphinx-thebe.", "design-tabs.", "translations.", "sphinx_highlight.", "doctools.")
"""Scripts that extensions put on every page, and no page of the book uses."""

USED_WITH = {"clipboard.": 'class="highlight', "copybutton.": 'class="highlight'}
"""Scripts that only pages with something in them use."""

LEFT_OVER = ("locales", "vendor", "styles", "scripts/bootstrap.*", "scripts/fontawesome.*", "scripts/*.txt", "**/*.map")
"""What the theme brings and no page loads, once there is the one style sheet."""

LAST = 900
"""After all extensions have said what they want on a page, and written what they write."""

_SOURCE_MAP = re.compile(r"\n?//# sourceMappingURL=\S+\s*$")


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    app.connect("html-page-context", choose, priority=LAST)
    app.connect("build-finished", remove_unused, priority=LAST)


def choose(app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Leave on a page the scripts that it uses, none of which keeps it from being drawn."""
    body = context.get("body", "")
    context["script_files"] = [script for script in context.get("script_files", ()) if _used(script, body)]
    for script in context["script_files"]:
        script.attributes.setdefault("defer", "defer")
    policy = f'\n    <meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    context["metatags"] = policy + context.get("metatags", "")


def _used(script: Any, body: str) -> bool:
    name = Path(str(script.filename or "")).name  # none for what is written into the page
    if not name or name.startswith(UNUSED):
        return False
    return all(mark in body for start, mark in USED_WITH.items() if name.startswith(start))


def remove_unused(app: Sphinx, exception: Exception | None) -> None:
    """Remove the files that no page loads."""
    if exception:
        return
    static = Path(app.outdir, "_static")
    for pattern in (*LEFT_OVER, *(f"{start}*" for start in UNUSED)):
        for path in sorted(static.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in sorted(static.rglob("*.js")):
        text = path.read_text("utf-8")
        if (without := _SOURCE_MAP.sub("\n", text)) != text:
            path.write_text(without, "utf-8", newline="\n")
