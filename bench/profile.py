"""Where the processor seconds of a build from nothing go: ``python -m bench.profile`` writes ``results/profile.csv``.

Notebooks run as they do in a build. Then each language is written in this process, under Python's own profiler: that
takes about twice as long, and shares are what to read.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import sys
import tempfile
from pathlib import Path

from bench.measure import copy_of_the_book, environment, measure, write
from gongbao.build.sphinx import load
from gongbao.build.sphinx import write as write_pages
from gongbao.prose.editions import VARIABLE, languages

NOTEBOOKS = "from pathlib import Path; from gongbao.results.results import compute; compute(Path.cwd())"
"""What a build does before it writes pages."""

PARTS = {
    "read pages": ("sphinx/builders/__init__.py", "read"),
    "of that: translate them": ("sphinx/transforms/i18n.py", "apply"),
    "resolve links and fill in rows": ("sphinx/environment/__init__.py", "get_and_resolve_doctree"),
    "of that: rows": ("gongbao/pages/tables.py", "fill_later"),
    "write HTML": ("sphinx/builders/html/__init__.py", "write_doc"),
    "of that: templates of the theme": ("sphinx/builders/html/__init__.py", "handle_page"),
    "write cards": ("gongbao/pages/cards.py", "write_cards"),
    "write citations": ("gongbao/pages/cards.py", "write_citations"),
    "make the files to download": ("gongbao/pages/downloads.py", "publish"),
    "write the search index": ("gongbao/pages/search.py", "write_index"),
    "make the notebooks that are offered": ("gongbao/pages/notebooks.py", "offer_runs"),
    "all of it": ("gongbao/build/sphinx.py", "write"),
}
"""Functions by file and name: where the time of a part is spent, with all that they call."""


def seconds(profile: pstats.Stats, file: str, function: str) -> float:
    """The seconds in a function and all that it calls.

    Raises:
        LookupError: if it was not called: it has another name by now.
    """
    times: dict[tuple[str, int, str], tuple[int, int, float, float, object]] = profile.stats  # type: ignore[attr-defined]
    found = [time for (path, _line, name), (*_, time, _by) in times.items() if name == function and path.endswith(file)]
    if not found:
        raise LookupError(f"no function {function} of {file} was called")
    return max(found)


def main() -> None:
    """Measure the notebooks and each language."""
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        book = copy_of_the_book(Path(place, "book"), "locale")
        variables = environment(book) | {VARIABLE: " ".join(languages(book))}
        rows = [
            {
                "part": "run notebooks",
                "language": "all",
                "s": measure([sys.executable, "-c", NOTEBOOKS], book, variables).cpu,
            }
        ]
        os.environ.update(variables)
        load(book)
        for language in ("", *languages(book)):
            profiler = cProfile.Profile()
            profiler.runcall(
                write_pages, book, "html", language, book / "_build" / (language or "own"), book / "log.txt"
            )
            profile = pstats.Stats(profiler)
            rows += [
                {"part": part, "language": language or "zh", "s": seconds(profile, *where)}
                for part, where in PARTS.items()
            ]
    write("profile", rows)


if __name__ == "__main__":
    main()
