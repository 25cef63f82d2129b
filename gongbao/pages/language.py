"""The language of an edition: the library's own messages, and the words of figures.

Chinese is the language of record, so messages are Chinese; other languages are catalogues. Sphinx translates pages by
the catalogues of the book; without a translation they stay Chinese. Messages of the library and names of figures are
English if no other translation exists.
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
    """Quote the gazette; other editions mark the words as Chinese (``lang``), after a blank."""
    return escape(text) if is_source(config) else Markup(f' <span lang="{SOURCE}">{escape(text)}</span>')


def localised(record: dict[str, Any], config: Config) -> dict[str, Any]:
    """A record of a chapter or figure in the words of the edition.

    These are the translations in its catalogue :data:`NAMES`; if there are none, the English of the data.
    """
    if is_source(config):
        return record
    english, translated = record.get("en", {}), get_translation(NAMES)
    given = {key: record[key] for key in english if record.get(key) and isinstance(record[key], str)}
    own = {key: translated(text) for key, text in given.items() if translated(text) != text}
    statements = [{**s, "report": s["report_en"], "place": s["place_en"]} for s in record.get("statements", ())]
    return {**record, **english, **own, "statements": statements}


def catalogue(env: BuildEnvironment, docname: str) -> NullTranslations:
    """The catalogue by which Sphinx translates the text of a page."""
    if is_source(env.config):
        return NullTranslations()
    folders = [str(Path(env.srcdir, folder)) for folder in env.config.locale_dirs]
    words, _found = init(folders, env.config.language, docname_to_domain(docname, env.config.gettext_compact))
    return words


def load_catalogues(app: Sphinx, config: Config) -> None:
    """Compile the catalogues of names and of the library's messages, and let Sphinx use them.

    The first translation of a message counts: from the book's folder of the language, from the library's, else its
    English. A catalogue named like another, such as ``sphinx``, has messages that the other does not translate.
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
    """A text that the data have in both languages; empty for gettext, so that no catalogue lists it."""
    return "" if env.app.builder.name == "gettext" else text


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    app.connect("config-inited", load_catalogues)
