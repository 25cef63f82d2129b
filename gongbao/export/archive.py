"""The data package as one file."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

from gongbao.export.content import read_package

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every member: the first that the format knows, the same each time."""


def package(data: Path) -> bytes:
    """The tables as they are in the project, with their description as the standard names it."""
    description = read_package(data)
    members = {resource["path"]: (data / resource["path"]).read_bytes() for resource in description["resources"]}
    members["datapackage.json"] = json.dumps(description, ensure_ascii=False, indent=2).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in sorted(members.items()):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # as Unix does, on Windows, too
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
