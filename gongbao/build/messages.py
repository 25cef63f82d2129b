"""Catalogues: extract the messages of pages, notebooks and library, and update the translations.

Messages of pages and of what notebooks draw go into ``locale/`` of the book, those of the library into its own. Babel
keeps the translation of a message that is the same; that of a changed one is marked as fuzzy, and a test fails until
someone has read it.
"""

from __future__ import annotations

import tempfile
from operator import itemgetter
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
    """The library's own messages."""
    catalogue = Catalog()
    found = extract_from_dir(LIBRARY, METHODS, {"**.html": {"silent": "false"}}, keywords=KEYWORDS)
    for name, _line, message, _comments, _context in sorted(found, key=itemgetter(2)):
        # Sphinx's own messages are English, and Sphinx translates them
        if not str(message).isascii():
            # the file alone: line numbers would change with every edit
            catalogue.add(message, auto_comments=[Path(name).as_posix()])
    return catalogue


def update(root: Path) -> None:
    """Update all catalogues of the book and the library, and remove those without a template."""
    with tempfile.TemporaryDirectory() as folder:
        write(root, "gettext", "", Path(folder), root / "_build" / "log" / "messages.txt")
        pages = Path(folder, "gettext")
        book = {path.relative_to(pages).with_suffix(".po"): read(path) for path in pages.rglob("*.pot")}
    library = {Path(f"{CATALOGUE}.po"): extract_library()}
    for language in languages(root):
        for place, templates in ((root / "locale", book), (CATALOGUES, library)):
            catalogues = place / language / "LC_MESSAGES"
            for name, template in templates.items():
                renew(catalogues / name, template, language)
            for path in catalogues.rglob("*.po"):
                if path.relative_to(catalogues) not in templates:
                    path.unlink()
    (root / "locale" / ENGLISH / "LC_MESSAGES" / f"{NAMES}.po").unlink(missing_ok=True)  # English names are in the data


def renew(path: Path, template: Catalog, language: str) -> None:
    """Update a catalogue by its template, in the template's order: the same messages give the same bytes."""
    catalogue = read(path) if path.exists() else Catalog()
    catalogue.update(template)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(_HEADER.format(language=language).encode())
        write_po(file, catalogue, width=0, omit_header=True, ignore_obsolete=True)


def read(path: Path) -> Catalog:
    """A catalogue, or the template of one."""
    with path.open("rb") as file:
        return read_po(file)


if __name__ == "__main__":
    update(Path.cwd())
