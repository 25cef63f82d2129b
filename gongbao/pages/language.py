"""The language of an edition: what the book says by itself, and the words of figures.

Chinese is the language of record, so messages are Chinese; other languages are catalogues. What pages say is translated
by Sphinx from the catalogues of the book, and stays Chinese without. What the library says, and how figures are called,
is English for want of another translation.
"""

from __future__ import annotations

from gettext import NullTranslations
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from markupsafe import Markup, escape
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.locale import get_translation, init
from sphinx.util.i18n import docname_to_domain

from gongbao.figures.messages import CATALOGUE, ENGLISH, NAMES

SOURCE = "zh"
"""The language that everything is written in."""


def is_source(config: Config) -> bool:
    """Whether the edition is in the language that everything is written in."""
    return str(config.language).startswith(SOURCE)


def in_source_language(text: str, config: Config) -> Markup:
    """Words of the gazette, which every edition quotes as they are, behind words of its own."""
    return escape(text) if is_source(config) else Markup(f' <span lang="{SOURCE}">{escape(text)}</span>')


def localised(record: dict[str, Any], config: Config) -> dict[str, Any]:
    """What a chapter emits, or a figure prints, in the words of the edition.

    Those are the words that its catalogue :data:`NAMES` has for the Chinese; for want of them, the English of the data.
    """
    if is_source(config):
        return record
    english, translated = record.get("en", {}), get_translation(NAMES)
    given = {key: record[key] for key in english if record.get(key) and isinstance(record[key], str)}
    own = {key: translated(text) for key, text in given.items() if translated(text) != text}
    statements = [{**s, "report": s["report_en"], "place": s["place_en"]} for s in record.get("statements", ())]
    return {**record, **english, **own, "statements": statements}


def catalogue(env: BuildEnvironment, docname: str) -> NullTranslations:
    """What Sphinx translates the text of a page with."""
    if is_source(env.config):
        return NullTranslations()
    folders = [str(Path(env.srcdir, folder)) for folder in env.config.locale_dirs]
    words, _found = init(folders, env.config.language, docname_to_domain(docname, env.config.gettext_compact))
    return words


def load_catalogues(app: Sphinx, config: Config) -> None:
    """Compile the catalogues of names and of what the library says, and let Sphinx use them.

    Of a message the first translation counts: in the folder of the book's language, in that of the library, and for
    want of both its English. One under the name of another, such as ``sphinx``, holds what that one does not translate.
    """
    language, library = str(config.language), Path(__file__).parent / "locale"
    own = [Path(app.srcdir, folder, language) for folder in config.locale_dirs]
    places = [*own, library / language, *([] if is_source(config) else [library / ENGLISH])]
    compiled = Path(app.doctreedir, "locale")
    for number, place in enumerate(dict.fromkeys(places)):
        for path in sorted(place.glob("LC_MESSAGES/*.po")):
            if place not in own or path.stem in (CATALOGUE, NAMES):
                target = compiled / str(number) / language / "LC_MESSAGES" / f"{path.stem}.mo"
                target.parent.mkdir(parents=True, exist_ok=True)
                with path.open("rb") as source, target.open("wb") as file:
                    write_mo(file, read_po(source))
                app.add_message_catalog(path.stem, str(target.parents[2]))
    for name in (CATALOGUE, NAMES):  # so that Sphinx knows both, even where nothing is translated
        app.add_message_catalog(name, str(compiled))


def own_words(env: BuildEnvironment, text: str) -> str:
    """A text out of the data, which have it in both languages; empty for gettext, so that no catalogue lists it."""
    return "" if env.app.builder.name == "gettext" else text


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    app.connect("config-inited", load_catalogues)
