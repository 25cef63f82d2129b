"""What JupyterLab does before it writes a notebook: ``make notebooks`` names it as its ``pre_save_hook``."""

from __future__ import annotations

from typing import Any


def forget_version(model: dict[str, Any], **_: object) -> None:
    """Leave out the version of Python, which differs by machine: a notebook that was only opened stays as it was."""
    if model["type"] == "notebook":
        model["content"]["metadata"].get("language_info", {}).pop("version", None)
