"""The language of an edition: what the book says by itself, and the English side of figures.

Chinese is the language of record, so messages are Chinese; other languages are catalogues. What pages say is translated
by Sphinx from the catalogues of the book.
"""

from __future__ import annotations

from gettext import NullTranslations
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.locale import init
from sphinx.util.i18n import docname_to_domain

from gongbao.figures.messages import CATALOGUE

SOURCE = "zh"
"""The language that everything is written in."""


def is_source(config: Config) -> bool:
    """Whether the edition is in the language that everything is written in."""
    return str(config.language).startswith(SOURCE)


def in_source_language(text: str, config: Config) -> nodes.Node:
    """Words of the gazette, which every edition quotes as they are; docutils makes an attribute of the class."""
    return nodes.Text(text) if is_source(config) else nodes.inline("", text, classes=[f"language-{SOURCE}"])


def localised(record: dict[str, Any], config: Config) -> dict[str, Any]:
    """What a chapter emits, or a figure prints, in the words of the edition."""
    if is_source(config):
        return record
    statements = [{**s, "report": s["report_en"], "place": s["place_en"]} for s in record.get("statements", ())]
    return {**record, **record.get("en", {}), "statements": statements}


def catalogue(env: BuildEnvironment, docname: str) -> NullTranslations:
    """What Sphinx translates the text of a page with."""
    if is_source(env.config):
        return NullTranslations()
    folders = [str(Path(env.srcdir, folder)) for folder in env.config.locale_dirs]
    words, _found = init(folders, env.config.language, docname_to_domain(docname, env.config.gettext_compact))
    return words


def load_catalogues(app: Sphinx, config: Config) -> None:
    """Compile the catalogues of the library, which keeps only their readable form, and let Sphinx use them.

    One under the name of another, such as ``sphinx``, holds what that one does not translate.
    """
    compiled = Path(app.doctreedir, "locale")
    names = {CATALOGUE}
    for path in Path(__file__).parent.glob("locale/*/LC_MESSAGES/*.po"):
        target = compiled / path.parent.parent.name / "LC_MESSAGES" / f"{path.stem}.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as source, target.open("wb") as file:
            write_mo(file, read_po(source))
        names.add(path.stem)
    for name in sorted(names):
        app.add_message_catalog(name, str(compiled))


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    app.connect("config-inited", load_catalogues)


def own_words(env: BuildEnvironment, text: str) -> str:
    """What each edition says by itself, from the data: nothing that a catalogue should list."""
    return "" if env.app.builder.name == "gettext" else text
