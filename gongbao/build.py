"""Build the book: the last good one stays in its place until the next is whole and checked.

Jupyter Book works on a copy of what it last knew, in ``_build/staging``, and only there. If the result holds, staging
takes the place of ``_build/state``, pages and doctrees together, and then a copy of the pages that of ``_build/html``.
So whatever ends a build at whatever moment leaves a whole book to read, and a state that fits its own pages.

The pages in other languages (:mod:`gongbao.editions`) are made beside, from the same runs of the notebooks, each
language in a folder of its own in staging, and then become a part of the site.
"""

from __future__ import annotations

import hashlib
import html
import importlib
import json
import multiprocessing
import os
import platform
import re
import shutil
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import replace as changed
from pathlib import Path
from urllib.parse import unquote

import yaml

import gongbao
from gongbao.editions import CONFIG, VARIABLE, configuration, languages, name_of_pdf
from gongbao.execution.failure import in_one_line
from gongbao.process import make_lean
from gongbao.replacement import digest, recover, remove, replace, replace_file

_NO_INPUT = {"_build", "__pycache__", "tests"}
_ENVIRONMENT = ("SOURCE_DATE_EPOCH", "TZ", "LANG", "LANGUAGE", "LC_", "GONGBAO_", "MPL", "DOCUTILS", "SPHINX")
CACHE = ".jupyter_cache"
_KNOWN_FAILURE = 1
_BUILD_INFO = ".buildinfo"
"""Sphinx's note of the configuration for its next build; it differs with the place of the installed packages."""
# what a reader follows or sees; the themes name style sheets that they do not bring
_LINK = re.compile(r"""<(?:a|img|object|source)\s[^>]*?\b(?:href|src|data)=(["'])([^"'#?]+)[^"']*\1""")


class BuildError(Exception):
    """A build that did not come to its end; the message says why."""


@dataclass(frozen=True)
class Edition:
    """One form of the book: how Jupyter Book is asked for it, where it puts it, what must hold of it.

    The pages are there in all languages; printed it is in one, the book's own if none is named.
    """

    name: str
    options: tuple[str, ...]
    output: str
    check: Callable[[Path, Path], None]
    language: str = ""

    def languages(self, root: Path) -> list[str]:
        """The languages to build."""
        return ["", *languages(root)] if self.name == HTML.name else [self.language]


@dataclass(frozen=True)
class Places:
    """Where things are, below the folder of the book."""

    root: Path

    @property
    def build(self) -> Path:
        """What is made, and may be removed at any time."""
        return self.root / "_build"

    @property
    def html(self) -> Path:
        """The pages that are read."""
        return self.build / "html"

    @property
    def staging(self) -> Path:
        """Where a build works."""
        return self.build / "staging"

    @property
    def state(self) -> Path:
        """What the last good build left."""
        return self.build / "state"

    @property
    def lock(self) -> Path:
        """Held by the build that runs."""
        return self.build / ".lock"

    @property
    def lent_cache(self) -> Path:
        """The executed notebooks while a build uses them."""
        return self.staging / "_build" / CACHE

    @property
    def cache(self) -> Path:
        """The executed notebooks, where Jupyter Book looks for them by itself."""
        return self.build / CACHE

    def made(self, edition: Edition, place: Path) -> Path | None:
        """The edition as Jupyter Book made it in staging or state."""
        return next(iter(sorted((place / edition.language / "_build").glob(edition.output))), None)

    def published(self, edition: Edition) -> Path | None:
        """The edition that is read."""
        if edition is HTML:
            return self.html
        pdf = self.build / "pdf" / name_of_pdf(self.root, edition.language)
        return pdf if pdf.exists() else None

    def pdfs(self) -> Iterator[tuple[Path, Path]]:
        """Every PDF that there is, with the folder of the pages in its language."""
        for language in ["", *languages(self.root)]:
            if pdf := self.published(in_language(PDF, language)):
                yield pdf, self.html / language


def check_pages(site: Path, root: Path) -> None:
    """Every page of the table of contents is there in each language to its end, and local links have their targets."""
    from sphinx_external_toc.parsing import parse_toc_yaml

    folders = [site / language for language in ["", *languages(root)]]
    pages = {"index", *parse_toc_yaml(root / "_toc.yml")}
    paths = {folder / f"{page}.html": page for folder in folders for page in sorted(pages)}
    if missing := [path.relative_to(site).with_suffix("").as_posix() for path in paths if not path.is_file()]:
        raise BuildError(f"there is no page {', '.join(missing)}")
    for path in (path for path, page in paths.items() if page != "index"):
        _check_page(path, site, folders)


def _check_page(path: Path, site: Path, folders: list[Path]) -> None:
    text = path.read_text("utf-8")
    if not text.rstrip().endswith("</html>"):
        raise BuildError(f"the page {path.relative_to(site)} breaks off")
    for link in sorted({unquote(html.unescape(link)) for _, link in _LINK.findall(text)}):
        target = path.parent / link
        # `make pdf` puts the PDF there
        awaited = target.suffix == ".pdf" and Path(os.path.normpath(target.parent)) in folders
        if not (re.match("[a-z]+:|//", link) or target.exists() or awaited):
            raise BuildError(f"{path.relative_to(site)} links to {link}, which is not there")


def check_pdf(path: Path, root: Path) -> None:
    """The PDF can be opened and has pages."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        pages = len(PdfReader(path).pages)
    except PyPdfError as error:
        raise BuildError(f"the PDF cannot be read: {error}") from error
    if not pages:
        raise BuildError("the PDF has no pages")


HTML = Edition("html", ("--builder", "html"), "html", check_pages)
PDF = Edition("pdf", ("--builder", "custom", "--custom-builder", "typst"), "typst/*.pdf", check_pdf)
EDITIONS = {edition.name: edition for edition in (HTML, PDF)}


def in_language(edition: Edition, language: str) -> Edition:
    """An edition in a language; the pages are one edition in all of them."""
    if not language or edition is HTML:
        return edition
    return changed(edition, name=f"{edition.name}-{language}", language=language)


def inputs(root: Path) -> str:
    """One digest of everything that the book is made of: any file of the project, the library, what is installed."""
    variables = sorted(item for item in os.environ.items() if item[0].startswith(_ENVIRONMENT))
    day = None if "SOURCE_DATE_EPOCH" in os.environ else time.strftime("%Y-%m-%d", time.gmtime())
    return _digest([_contents(root), tools(), variables, day])


def tools() -> str:
    """One digest of all that makes the book: the library, Python and what else is installed."""
    folders = [Path(entry) for entry in sys.path if entry]
    packages = sorted({path.name for folder in folders if folder.is_dir() for path in folder.glob("*.dist-info")})
    return _digest([_contents(Path(gongbao.__file__).parent), sys.version, platform.platform(), packages])


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _contents(base: Path) -> list[tuple[str, str]]:
    return [
        (path.relative_to(base).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted(_files(base))
    ]


def _files(base: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(base):
        folders[:] = [name for name in folders if is_input(Path(name))]
        yield from (path for name in names if is_input(Path(name)) and (path := Path(folder, name)).is_file())


def is_input(path: Path) -> bool:
    """Whether a file, by its path in the project, may have a part in the book; what builds and tools write has none."""
    return not any(
        part in _NO_INPUT or part.startswith(".") or part.endswith((".egg-info", ".mo")) for part in path.parts
    )


def build(root: Path, name: str, language: str = "") -> int:
    """Build an edition if anything changed; 0 if it is there afterwards, and one clear message if not."""
    places, edition = Places(root.resolve()), in_language(EDITIONS[name], language)
    try:
        if _stands(places, edition, inputs(places.root)):
            print(f"Nothing changed; {_where(places, edition)}")
            return 0
    except OSError as error:
        return _say_failure(places, edition, str(error))
    # A process of its own: whatever ends it, this one is there to say so
    worker = [sys.executable, "-X", "utf8", "-m", "gongbao.build", str(places.root), name, language]
    try:
        status = subprocess.run(worker, check=False).returncode
    except KeyboardInterrupt:
        return _say_failure(places, edition, "it was interrupted")
    if status not in (0, _KNOWN_FAILURE):
        ended = f"signal {-status} ended it" if status < 0 else f"it ended with status {status}"
        return _say_failure(places, edition, ended)
    return status


def work(root: Path, name: str, language: str) -> int:
    """Build an edition and publish it, as the only build in this folder."""
    from filelock import FileLock, Timeout

    places, edition = Places(root), in_language(EDITIONS[name], language)
    try:
        places.build.mkdir(exist_ok=True)
        # The system lets go of the lock when its holder dies, however it dies
        with FileLock(places.lock, timeout=0):
            _recover(places)
            _renew(places, edition)
    except Timeout:
        return _say_failure(places, edition, "another build is running in this folder")
    except (BuildError, OSError) as error:
        return _say_failure(places, edition, str(error))
    print(_where(places, edition)[0].upper() + _where(places, edition)[1:])
    return 0


def _recover(places: Places) -> None:
    """Put in order what a build that was killed left behind."""
    recover(places.html)
    recover(places.state)
    if places.lent_cache.exists() and not places.cache.exists():
        places.lent_cache.rename(places.cache)
    _tidy(places)


def _tidy(places: Places) -> None:
    for left in (places.staging, _coming(places)):
        remove(left)


def _renew(places: Places, edition: Edition) -> None:
    state = inputs(places.root)
    record = _record(places.state, edition)
    made = places.made(edition, places.state)
    try:
        if made is None or record != {"inputs": state, "output": _content(edition, made)}:
            _stage(places, edition, state)
        _publish(places, edition)
    finally:
        _tidy(places)


def _stage(places: Places, edition: Edition, state: str) -> None:
    """Build in staging; let it take the place of the state if it is whole."""
    if places.state.exists():
        shutil.copytree(places.state, places.staging)
        if edition is HTML:
            # Pages name a checksum of each static file that lies there while they are written, which a clean build
            # lacks for some: without them, an incremental build gives the same bytes
            for language in edition.languages(places.root):
                remove(places.staging / language / "_build" / "html" / "_static")
                if language:
                    remove(places.staging / "_build" / "html" / language)
        else:
            _begin_with_pages(places, edition)
    with _lent_cache(places):
        with _timed(f"building {edition.name}"):
            made = _make(places, edition)
        with _timed(f"checking {edition.name}"):
            edition.check(made, places.root)
    record = {"inputs": state, "output": _content(edition, made)}
    _record_file(places.staging, edition).write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    replace(places.staging, places.state)


def _begin_with_pages(places: Places, edition: Edition) -> None:
    """Take over what was read for the pages, if that is newer; a PDF is written as a whole, so it misses no change."""
    doctrees = places.staging / edition.language / "_build" / ".doctrees"
    pages, own = doctrees / HTML.name, doctrees / Path(edition.output).parent
    if _time_of_reading(pages) > _time_of_reading(own):
        remove(own)
        shutil.copytree(pages, own)


def _time_of_reading(doctrees: Path) -> float:
    environment = doctrees / "environment.pickle"
    return environment.stat().st_mtime if environment.exists() else 0


@contextmanager
def _lent_cache(places: Places) -> Iterator[None]:
    """Executed notebooks are looked for beside the pages; they are large and never wrong, so they move, uncopied."""
    places.lent_cache.parent.mkdir(parents=True, exist_ok=True)
    if places.cache.exists():
        places.cache.rename(places.lent_cache)
    try:
        yield
    finally:
        if places.lent_cache.exists() and not places.cache.exists():
            places.lent_cache.rename(places.cache)


def _make(places: Places, edition: Edition) -> Path:
    """Build in all languages side by side, from one run of each notebook, and put the translations into the site."""
    os.environ[VARIABLE] = " ".join(languages(places.root))
    first, *others = edition.languages(places.root)
    with _processes(places.root, len(others)) as processes:
        translated = [processes.submit(_run_jupyter_book, places, edition, language) for language in others]
        _run_jupyter_book(places, edition, first)
        for translation in translated:
            translation.result()
    made = places.made(edition, places.staging)
    if made is None:
        raise BuildError("Jupyter Book made nothing")
    for language in others:
        shutil.copytree(places.staging / language / "_build" / edition.output, made / language)
    return made


def _processes(root: Path, number: int) -> ProcessPoolExecutor:
    """Processes for Sphinx, which knows one language at a time; where that is safe, they have everything loaded."""
    fork = sys.platform == "linux"
    if number and fork:
        load_extensions(root)
    return ProcessPoolExecutor(max(number, 1), multiprocessing.get_context("fork" if fork else "spawn"))


def load_extensions(root: Path, without: str = "") -> None:
    """Import what every build needs, but for one package."""
    make_lean()
    from jupyter_book.config import get_final_config

    config, _ = get_final_config(user_yaml=root / CONFIG, cli_config={"latex_individualpages": False}, sourcedir=root)
    # MyST-NB loads most of itself only when it is set up
    late = {"jupyter_book.cli.main", "jupyter_book.sphinx", "myst_nb.sphinx_ext"}
    names = {*config["extensions"], config["html_theme"], *late}
    for name in sorted(name for name in names if name.partition(".")[0] != without):
        importlib.import_module(name)


def _run_jupyter_book(places: Places, edition: Edition, language: str) -> None:
    """Do what ``jupyter-book build .`` does; any warning is an error."""
    make_lean()
    from jupyter_book.cli.main import main

    place = places.staging / language
    # of two builds side by side one tells how far it is
    quiet = ["-q"] if os.environ.get("CI") or (language and not edition.language) else []
    command = ["build", str(places.root), "--path-output", str(place), "-W", "-n", "--keep-going", *quiet]
    if language:
        config = configuration(places.root, language)
        config["execute"] = {**config.get("execute", {}), "cache": str(places.lent_cache)}
        place.mkdir(parents=True, exist_ok=True)
        (place / CONFIG).write_text(yaml.safe_dump(config, allow_unicode=True), "utf-8")
        command += ["--config", str(place / CONFIG)]
    try:
        main([*command, *edition.options], prog_name="jupyter-book", standalone_mode=False)
    except SystemExit as error:
        if error.code:
            raise BuildError("there were warnings or errors, see above") from error
    except RuntimeError as error:
        raise BuildError(_reason(error)) from error


def _reason(error: BaseException) -> str:
    """What is behind an error, in one line, after the page or notebook that Sphinx was at."""
    chain = [error]
    while cause := chain[-1].__cause__ or chain[-1].__context__:
        chain.append(cause)
    # Jupyter Book and MyST-NB wrap what happened
    behind = next((one for one in chain if type(one).__name__ not in {"RuntimeError", "ExecutionError"}), chain[-1])
    # not every error of a kernel says which notebook it ran; Sphinx knows what it reads
    steps = [frame.f_locals for one in chain for frame, _ in traceback.walk_tb(one.__traceback__)]
    page = next((str(names["docname"]) for names in steps if names.get("docname")), "")
    if type(behind).__name__ == "ExtensionError":
        return str(behind)  # ours: they say all there is to say
    return f"{page} failed: {in_one_line(behind)}" if page else in_one_line(behind)


def _publish(places: Places, edition: Edition) -> None:
    """Put the edition where it is read; the pages have the PDF with them, for download."""
    made = places.made(edition, places.state)
    assert made is not None
    with _timed(f"publishing {edition.name}"):
        if edition is HTML:
            coming = _coming(places)
            shutil.copytree(made, coming, ignore=shutil.ignore_patterns(_BUILD_INFO))
            for pdf, pages in places.pdfs():
                shutil.copy2(pdf, coming / pages.relative_to(places.html))
            replace(coming, places.html)
        else:
            replace_file(made, places.build / "pdf" / made.name)
            if places.html.exists():
                replace_file(made, places.html / edition.language / made.name)


def _coming(places: Places) -> Path:
    return places.build / "html.new"


def _stands(places: Places, edition: Edition, state: str) -> bool:
    """Whether the edition of these inputs is there, untouched; anything else is a reason to build."""
    record, published = _record(places.state, edition), places.published(edition)
    if published is None or record is None or record.get("inputs") != state:
        return False
    if places.html.exists() and any(digest(pages / pdf.name) != digest(pdf) for pdf, pages in places.pdfs()):
        return False
    return record.get("output") == _content(edition, published)


def _content(edition: Edition, place: Path) -> str | None:
    """A digest of what is read; the PDF among the pages is an edition of its own."""
    return digest(place, without=("*.pdf", _BUILD_INFO) if edition is HTML else ())


def _record_file(place: Path, edition: Edition) -> Path:
    return place / f"{edition.name}.json"


def _record(place: Path, edition: Edition) -> dict[str, str] | None:
    """Of what a state was made and what came out; none if it does not say."""
    try:
        record: dict[str, str] = json.loads(_record_file(place, edition).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return record


@contextmanager
def _timed(step: str) -> Iterator[None]:
    print(f"== {step}", flush=True)
    start = time.monotonic()
    yield
    print(f"== {step} took {time.monotonic() - start:.1f} s", flush=True)


def _where(places: Places, edition: Edition) -> str:
    published = places.published(edition)
    assert published is not None
    path = published / "index.html" if edition is HTML else published
    others = [f"{language}/index.html" for language in edition.languages(places.root)[1:]]
    return f"the {edition.name.upper()} edition is in {', '.join([path.relative_to(places.root).as_posix(), *others])}"


def _say_failure(places: Places, edition: Edition, reason: str) -> int:
    published = places.published(edition)
    kept = published is not None and published.exists()
    rest = f"the last good one is as before: {_where(places, edition)}" if kept else "there is none from before"
    sys.stdout.flush()
    print(f"The {edition.name.upper()} edition was not built: {reason}; {rest}", file=sys.stderr)
    return _KNOWN_FAILURE


if __name__ == "__main__":
    sys.exit(work(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
