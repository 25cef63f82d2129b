"""The editions of the book: which languages there are besides the one it is written in, and how each is configured.

A language exists if ``locale/<language>/_config.yml`` does: it has what differs from the configuration of the book.
"""

from __future__ import annotations

import os
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any

from gongbao.ledger.tables import Fault, FaultyDataError, display_name, each, read_mapping, read_yaml

VARIABLE = "GONGBAO_EDITIONS"
"""The environment variable with the other languages in which notebooks draw, with blanks between them."""

CONFIG = "_config.yml"

PRINTED = Path("_static", "printed.css")
"""The style sheet, in each language of the pages, that hides PDF links; a build that offers PDFs replaces it."""

FOLDER = "_static/figures"
"""The folder of the built book with data for its scripts."""


def wanted() -> list[str]:
    """The other languages in which notebooks draw; none unless :data:`VARIABLE` asks, since each costs a drawing."""
    return os.environ.get(VARIABLE, "").split()


def languages(root: Path) -> list[str]:
    """The languages that the book is translated to."""
    return sorted(path.parent.name for path in (root / "locale").glob(f"*/{CONFIG}"))


def configuration(root: Path, language: str = "") -> dict[str, Any]:
    """The configuration of the book in a language, in its own if none is given; a ValueError if it cannot be read."""
    config = _read(root, CONFIG)
    return _merged(config, _read(root, f"locale/{language}/{CONFIG}")) if language else config


def _read(root: Path, name: str) -> dict[str, Any]:
    import jupyter_book  # not above: kernels need the languages only

    said = read_mapping(root / name)
    known = read_mapping(Path(jupyter_book.__file__).with_name("default_config.yml")) | {"bibtex_bibfiles": []}
    place = display_name(root / name)
    faults = [Fault(place, None, f"{key} is no option", f"one of {', '.join(known)}") for key in said.keys() - known]
    for key in (key for key in said.keys() & known if isinstance(known[key], dict)):
        if not isinstance(said[key], dict):
            faults.append(Fault(place, None, f"{key} has no options below it", "some, indented, or not this line"))
    if faults:
        raise FaultyDataError(faults)
    return deepcopy(said)


def require_readable(root: Path) -> None:
    """A FaultyDataError for all configuration files of a book that cannot be read or name another language."""
    each(partial(configuration, root), ["", *languages(root)])
    each(read_yaml, sorted((root / "book").glob("*.yaml")))
    each(partial(_require_language, root), languages(root))


def _require_language(root: Path, language: str) -> None:
    if (said := _options(root, language).get("language")) != language:
        expected = f"language: {language}, below sphinx and config"
        raise FaultyDataError([Fault(f"locale/{language}/{CONFIG}", None, f"the language is {said}", expected)])


def _options(root: Path, language: str = "") -> dict[str, Any]:
    options: dict[str, Any] = configuration(root, language).get("sphinx", {}).get("config", {})
    return options


def _merged(base: dict[str, Any], differs: dict[str, Any]) -> dict[str, Any]:
    both = {
        key: _merged(base[key], differs[key]) for key in base.keys() & differs.keys() if isinstance(base[key], dict)
    }
    return base | differs | both


def names_of_pdfs(root: Path, language: str = "") -> list[str]:
    """The files of the printed book: first the book itself, then its further volumes."""
    options = _options(root, language)
    files = [options.get("typst_filename", "book")]
    files += [volume["filename"] for volume in options.get("typst_volumes", [])]
    return [f"{file}.pdf" for file in files]
