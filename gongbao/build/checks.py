"""Checks of a book that was built, before it replaces the last one."""

from __future__ import annotations

import html
import os
import re
from pathlib import Path
from urllib.parse import unquote

from gongbao.build.sphinx import BrokenStateError
from gongbao.prose.editions import languages
from gongbao.prose.toc import names

# links and pictures only: the themes name style sheets that they do not contain
_LINK = re.compile(rb"""<(?:a|img|object|source)\s[^>]*?\b(?:href|src|data)=["']([^"'#?]+)""")


def check_pages(site: Path, root: Path) -> None:
    """A BrokenStateError if a page of the table of contents is missing or cut off, or a local link has no target."""
    folders = [site / language for language in ["", *languages(root)]]
    paths = [folder / f"{page}.html" for folder in folders for page in names(root)]
    fronts = [folder / "index.html" for folder in folders]
    if missing := [path.relative_to(site).with_suffix("").as_posix() for path in fronts + paths if not path.is_file()]:
        raise BrokenStateError(f"there is no page {', '.join(missing)}")
    for path in paths:
        _check_page(path, site, folders)


def _check_page(path: Path, site: Path, folders: list[Path]) -> None:
    page = path.read_bytes()
    if not page.rstrip().endswith(b"</html>"):
        raise BrokenStateError(f"the page {path.relative_to(site)} breaks off")
    for link in sorted({unquote(html.unescape(link.decode())) for link in _LINK.findall(page)}):
        target = Path(os.path.normpath(path.parent / link))
        # the PDF may be missing until `make pdf` puts it there
        awaited = target.suffix == ".pdf" and target.parent in folders
        if not (re.match("[a-z]+:|//", link) or target.exists() or awaited):
            raise BrokenStateError(f"{path.relative_to(site)} links to {link}, which is not there")
