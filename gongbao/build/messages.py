"""Catalogues: extract what is to be translated from pages, notebooks and library, and bring the translations up to it.

The pages and what notebooks draw go into ``locale/`` of the book, what the library says into its own. sphinx-intl
takes a translation over where the message is the same; where it has changed, it is marked as fuzzy, and a test fails
until someone has read it. What it writes is then put into one form, so that the same messages are the same bytes.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from gongbao.build.sphinx import write
from gongbao.figures.messages import CATALOGUE, ENGLISH, NAMES
from gongbao.prose.editions import languages

LIBRARY = Path(__file__).parents[1]
CATALOGUES = LIBRARY / "pages" / "locale"
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
KEYWORDS = {"_": None, "N_": None, "says": None}
_HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def extract_library() -> Catalog:
    """What the library says by itself."""
    catalogue = Catalog()
    found = extract_from_dir(LIBRARY, METHODS, {"**.html": {"silent": "false"}}, keywords=KEYWORDS)
    for name, _line, message, _comments, _context in found:
        # Sphinx's own messages are English, and Sphinx translates them
        if not str(message).isascii():
            # the file alone: line numbers would change with every edit
            catalogue.add(message, auto_comments=[Path(name).as_posix()])
    return catalogue


def update(root: Path) -> None:
    """Bring all catalogues of the book and the library up to what there is to translate."""
    from sphinx_intl.basic import update as take_over

    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder, "library")
        library.mkdir()
        with (library / f"{CATALOGUE}.pot").open("wb") as file:
            write_po(file, extract_library(), width=0, sort_output=True)
        write(root, "gettext", "", Path(folder, "book"), root / "_build" / "log" / "messages.txt")
        for place, templates in ((root / "locale", Path(folder, "book", "gettext")), (CATALOGUES, library)):
            take_over(str(place), str(templates), languages(root), line_width=0, ignore_obsolete=True)
            for language in languages(root):
                catalogues = place / language / "LC_MESSAGES"
                for path in sorted(catalogues.rglob("*.po")):
                    tidy(path, templates / path.relative_to(catalogues).with_suffix(".pot"), language)
    (root / "locale" / ENGLISH / "LC_MESSAGES" / f"{NAMES}.po").unlink(missing_ok=True)  # English names are in the data


def tidy(path: Path, template: Path, language: str) -> None:
    """Write a catalogue in the order of its template, without dates and places; remove it if that is gone."""
    if not template.exists():
        path.unlink()
        return
    with path.open("rb") as file, template.open("rb") as other:
        translated, wanted = read_po(file), read_po(other)
    result = Catalog()
    for message in wanted:
        if message.id and (found := translated.get(message.id)):
            flags = {"fuzzy"} & found.flags
            result.add(message.id, found.string, flags=flags, auto_comments=message.auto_comments)
    with path.open("wb") as file:
        file.write(_HEADER.format(language=language).encode())
        write_po(file, result, width=0, omit_header=True)


if __name__ == "__main__":
    update(Path.cwd())
    sys.exit()
