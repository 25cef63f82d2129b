"""Read a notebook, or say in one line why a file is none."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from gongbao.ledger.tables import read_text

_MERGE = re.compile(r'(?:^ *|"|\\n)(?P<mark><{7}|>{7})(?: |$)', re.M)
"""Conflict marks that git, or a tool for notebooks, leaves in a merge."""


def read(path: Path) -> NotebookNode:
    """A notebook; a ValueError that says what to do if the file is none, or has conflict marks of a merge."""
    text, name = read_text(path), path.name
    require_merged(text, name)
    try:
        notebook: NotebookNode = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    except Exception as error:  # nbformat, its schemas and json have errors of their own
        lines = str(error).splitlines() or [type(error).__name__]
        raise ValueError(f"{name} is no notebook: {lines[0][:120]}; expected: a file that JupyterLab saved") from None
    return notebook


def require_merged(text: str, name: str) -> None:
    """A ValueError if a text has a conflict mark of a merge."""
    if found := _MERGE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        advice = "choose one version there, or `git checkout --ours` / `--theirs` the file"
        raise ValueError(f"{name}, line {line}: “{found['mark']}” is left of a merge; {advice}")


def forget_version(model: dict[str, Any], **_: object) -> None:
    """Leave out the version of Python, which differs by machine: a notebook that was only opened stays as it was.

    JupyterLab does it before it writes a notebook: ``make notebooks`` names it as its ``pre_save_hook``.
    """
    if model["type"] == "notebook":
        model["content"]["metadata"].get("language_info", {}).pop("version", None)
