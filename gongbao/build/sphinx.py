"""Call Sphinx as ``jupyter-book build`` does, for one language of the book."""

from __future__ import annotations

import multiprocessing
import sys
import traceback
from pathlib import Path
from typing import Any

from gongbao.build.files import remove
from gongbao.build.report import recorded
from gongbao.prose.editions import configuration
from gongbao.prose.toc import TOC
from gongbao.results.failure import in_one_line

UNWANTED = ("sphinx_thebe", "sphinx_comments", "sphinx_togglebutton")
"""Extensions that Jupyter Book always loads: they work with services on the web, or no page uses them."""

_THEIR_SETTINGS = ("comments_", "thebe_", "togglebutton_")

PROCESSES = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
"""A language is a process: Sphinx knows one at a time. Where that is safe, it has loaded what this one has."""


class BuildError(ValueError):
    """A build that did not come to its end; the message says why, a line for each thing to mend."""


def settings(root: Path, language: str = "") -> dict[str, Any]:
    """The configuration of Sphinx that Jupyter Book makes of ``_config.yml``, without what works with other hosts."""
    from jupyter_book.config import get_final_config

    options = {"latex_individualpages": False, "external_toc_path": str(root / TOC), "nitpicky": True}
    config, _ = get_final_config(user_yaml=configuration(root, language), cli_config=options, sourcedir=root)
    config["extensions"] = [name for name in config["extensions"] if name not in UNWANTED]
    return {name: value for name, value in config.items() if not name.startswith(_THEIR_SETTINGS)}


def write(root: Path, builder: str, language: str, place: Path, log: Path) -> None:
    """Write one language of the book; any warning is an error.

    Args:
        root: the folder of the book.
        builder: of Sphinx.
        language: the book's own if it is empty.
        place: where Sphinx keeps what it read, and writes a folder that is called as the builder.
        log: where all that is said goes.

    Raises:
        BuildError: if there was a warning, or Sphinx failed.
    """
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    with recorded(log):
        config = settings(root, language)
        # pages name a checksum of each static file that lies there while they are written; a clean build has none yet
        remove(place / builder / "_static")
        try:
            with patch_docutils(), docutils_namespace():
                arguments = (root, None, place / builder, place / "doctrees", builder)
                app = Sphinx(*arguments, config, sys.stdout, sys.stderr, warningiserror=True, keep_going=True)
                app.build()
        except Exception as error:
            traceback.print_exc()
            raise BuildError(_reason(error, log.relative_to(root).as_posix())) from None
    if app.statuscode:
        raise BuildError("")  # warnings, which the log has


def _reason(error: BaseException, log: str) -> str:
    """What is behind an error of Sphinx, in one line, and where more is told."""
    if type(error).__name__ == "ExtensionError":
        return str(error)  # ours: they say all there is to say
    while cause := error.__cause__ or error.__context__:
        error = cause
    return f"Sphinx: {in_one_line(error)} (more is in {log})"
