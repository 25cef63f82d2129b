"""Build the book: the last good one stays in its place until the next is whole and checked.

Jupyter Book works on a copy of what it last knew, in ``_build/staging``, and only there. If the result holds, staging
takes the place of ``_build/state``, pages and doctrees together, and then a copy of the pages that of ``_build/html``.
So whatever ends a build at whatever moment leaves a whole book to read, and a state that fits its own pages.

The pages in other languages (:mod:`gongbao.prose.editions`) are made beside, from the same runs of the notebooks, each
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
from collections.abc import Callable, Container, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from dataclasses import replace as changed
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml

import gongbao
from gongbao.build.process import make_lean
from gongbao.build.replacement import digest, recover, remove, replace, replace_file
from gongbao.build.report import recorded, shortened, untranslated, warnings
from gongbao.prose.editions import CONFIG, VARIABLE, configuration, languages, name_of_pdf
from gongbao.prose.toc import names, pages
from gongbao.results.failure import in_one_line

_NO_INPUT = {"_build", "__pycache__", "tests"}
_ENVIRONMENT = ("SOURCE_DATE_EPOCH", "TZ", "LANG", "LANGUAGE", "LC_", "GONGBAO_", "MPL", "DOCUTILS", "SPHINX")
CACHE = ".jupyter_cache"
_KNOWN_FAILURE = 1
_INTERRUPTED = 130
_BUILD_INFO = ".buildinfo"
"""Sphinx's note of the configuration for its next build; it differs with the place of the installed packages."""
# what a reader follows or sees; the themes name style sheets that they do not bring
_LINK = re.compile(r"""<(?:a|img|object|source)\s[^>]*?\b(?:href|src|data)=(["'])([^"'#?]+)[^"']*\1""")


class BuildError(Exception):
    """A build that did not come to its end; the message says why, a line for each thing to mend."""


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

    @property
    def logs(self) -> Path:
        """What the last builds said, and the tracebacks of notebooks that failed."""
        return self.build / "log"

    def log(self, edition: Edition, language: str) -> Path:
        """What the last build of an edition said in a language."""
        return self.logs / ("-".join(filter(None, [edition.name, language])) + ".txt")

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
    folders = [site / language for language in ["", *languages(root)]]
    wanted = sorted({"index", *names(root)})
    paths = {folder / f"{page}.html": page for folder in folders for page in wanted}
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
    """One digest of everything that the book is made of: the project, the library, what is installed.

    Any file of the project counts but notebooks that are no pages of the book, such as a scenario, and what programs
    made of a notebook beside it, such as ``debt.html``: commands that the README names leave them.
    """
    variables = sorted(item for item in os.environ.items() if item[0].startswith(_ENVIRONMENT))
    day = None if "SOURCE_DATE_EPOCH" in os.environ else time.strftime("%Y-%m-%d", time.gmtime())
    return _digest([_contents(root, set(pages(root))), tools(), variables, day])


def tools() -> str:
    """One digest of all that makes the book: the library, Python and what else is installed."""
    folders = [Path(entry) for entry in sys.path if entry]
    packages = sorted({path.name for folder in folders if folder.is_dir() for path in folder.glob("*.dist-info")})
    return _digest([_contents(Path(gongbao.__file__).parent), sys.version, platform.platform(), packages])


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _contents(base: Path, chapters: Container[Path] = ()) -> list[tuple[str, str]]:
    return [
        (path.relative_to(base).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted(_files(base, chapters))
    ]


def _files(base: Path, chapters: Container[Path]) -> Iterator[Path]:
    for folder, folders, files in os.walk(base):
        notebooks = {name.removesuffix(".ipynb") for name in files if name.endswith(".ipynb")}
        # nbconvert puts pictures into debt_files
        folders[:] = [name for name in folders if is_input(Path(name)) and name.removesuffix("_files") not in notebooks]
        for path in (Path(folder, name) for name in files if is_input(Path(name))):
            if path in chapters or (path.suffix != ".ipynb" and path.stem not in notebooks and path.is_file()):
                yield path


def is_input(path: Path) -> bool:
    """Whether a file, by its path in the project, may have a part in the book; what builds and tools write has none."""
    return not any(
        part in _NO_INPUT or part.startswith(".") or part.endswith((".egg-info", ".mo")) for part in path.parts
    )


def build(root: Path, name: str, language: str = "") -> int:
    """Build an edition if anything changed; 0 if it is there afterwards, and one clear message if not."""
    places, edition = Places(root.resolve()), in_language(EDITIONS[name], language)
    # the worker waits for a build that is putting things in their places just now, and says what is wrong
    with suppress(OSError, ValueError):
        if _stands(places, edition, inputs(places.root)):
            print(f"Nothing changed; {_where(places, edition)}")
            return 0
    # A process of its own: whatever ends it, this one is there to say so
    worker = [sys.executable, "-X", "utf8", "-m", "gongbao.build.book", str(places.root), name, language]
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
    make_lean()
    places, edition = Places(root), in_language(EDITIONS[name], language)
    try:
        places.build.mkdir(exist_ok=True)
        with _only_build(places):
            _recover(places)
            _renew(places, edition)
    except (BuildError, OSError, ValueError) as error:
        return _say_failure(places, edition, str(error))
    except Exception as error:
        log = places.logs / "failure.txt"
        log.parent.mkdir(exist_ok=True)
        log.write_text(traceback.format_exc(), "utf-8")
        return _say_failure(places, edition, f"{in_one_line(error)} (the traceback is in {_seen(places, log)})")
    print(_where(places, edition)[0].upper() + _where(places, edition)[1:])
    return 0


@contextmanager
def _only_build(places: Places) -> Iterator[None]:
    """Wait for another build in this folder; the system lets go of the lock when its holder dies, however it dies."""
    from filelock import FileLock, Timeout

    lock = FileLock(places.lock)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        print("== waiting for another build in this folder", flush=True)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


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
        if made is None or record is None or (record["inputs"], record["output"]) != (state, _content(edition, made)):
            _stage(places, edition, state)
        _publish(places, edition)
    finally:
        _tidy(places)


def _stage(places: Places, edition: Edition, state: str) -> None:
    """Build in staging; let it take the place of the state if it is whole."""
    _require_figures_behind_numbers(places.root)
    wanted = names(places.root)
    if places.state.exists():
        shutil.copytree(places.state, places.staging)
        if edition is HTML:
            if (_record(places.state, HTML) or {}).get("pages") != wanted:
                # what a removed page leaves behind is in many places; from what was read, all is soon written
                for language in edition.languages(places.root):
                    remove(places.staging / language / "_build" / "html")
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
    record = {"inputs": state, "output": _content(edition, made), "pages": wanted}
    _record_file(places.staging, edition).write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    replace(places.staging, places.state)


def _require_figures_behind_numbers(root: Path) -> None:
    from gongbao.prose.typed import typed_in_book

    if typed := list(map(str, typed_in_book(root))):
        raise BuildError("\n".join(shortened(typed, "`make check` lists all")))


def _begin_with_pages(places: Places, edition: Edition) -> None:
    """Take over what was read for the pages, if that is newer; a PDF is written as a whole, so it misses no change."""
    doctrees = places.staging / edition.language / "_build" / ".doctrees"
    read, own = doctrees / HTML.name, doctrees / Path(edition.output).parent
    if _time_of_reading(read) > _time_of_reading(own):
        remove(own)
        shutil.copytree(read, own)


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
    logs = [places.log(edition, language) for language in (first, *others)]
    try:
        with _processes(places.root, len(others)) as processes:
            translated = [processes.submit(_run_jupyter_book, places, edition, language) for language in others]
            _run_jupyter_book(places, edition, first)
            for translation in translated:
                translation.result()
    except BuildError as error:
        all_of_it = f"all that was said is in {' and '.join(_seen(places, log) for log in logs)}"
        said = [*shortened(warnings(logs, places.root), all_of_it), *str(error).splitlines()]
        raise BuildError("\n".join(said) or all_of_it) from error
    print("".join(f"{line}\n" for line in untranslated(logs)), end="", flush=True)
    made = places.made(edition, places.staging)
    if made is None:
        raise BuildError("Jupyter Book made nothing")
    for language in others:
        shutil.copytree(places.staging / language / "_build" / edition.output, made / language)
        for notebook in made.glob("_sources/**/*.ipynb"):
            # what was run is the same in all languages
            shutil.copy(notebook, made / language / notebook.relative_to(made))
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
    command = ["build", str(places.root), "--path-output", str(place), "-W", "-n", "--keep-going"]
    if language:
        config = configuration(places.root, language)
        config["execute"] = {**config.get("execute", {}), "cache": str(places.lent_cache)}
        place.mkdir(parents=True, exist_ok=True)
        (place / CONFIG).write_text(yaml.safe_dump(config, allow_unicode=True), "utf-8")
        command += ["--config", str(place / CONFIG)]
    with recorded(places.log(edition, language), first=language == edition.language):
        try:
            main([*command, *edition.options], prog_name="jupyter-book", standalone_mode=False)
        except SystemExit as error:
            if error.code:
                raise BuildError("") from error  # warnings, which the log has
        except RuntimeError as error:
            raise BuildError(_reason(error, _seen(places, places.log(edition, language)))) from error


def _reason(error: BaseException, log: str) -> str:
    """What is behind an error, in one line: the page or notebook that Sphinx was at, and where more is told."""
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
    return f"{page or 'Sphinx'}: {in_one_line(behind)} (more is in {log})"


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


def _record(place: Path, edition: Edition) -> dict[str, Any] | None:
    """Of what a state was made, its pages, and what came out; none if it does not say."""
    try:
        record: dict[str, Any] = json.loads(_record_file(place, edition).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return record


@contextmanager
def _timed(step: str) -> Iterator[None]:
    print(f"== {step}", flush=True)
    start = time.monotonic()
    yield
    print(f"== {step} took {time.monotonic() - start:.1f} s", flush=True)


def _seen(places: Places, path: Path) -> str:
    return path.relative_to(places.root).as_posix()


def _where(places: Places, edition: Edition) -> str:
    published = places.published(edition)
    assert published is not None
    path = published / "index.html" if edition is HTML else published
    others = [f"{language}/index.html" for language in edition.languages(places.root)[1:]]
    return f"the {edition.name.upper()} edition is in {', '.join([_seen(places, path), *others])}"


def _say_failure(places: Places, edition: Edition, reason: str) -> int:
    published = places.published(edition)
    kept = published is not None and published.exists()
    rest = f"the last good one is as before: {_where(places, edition)}" if kept else "there is none from before"
    if "\n" in reason:
        reason, lines = "see above", reason
        print(lines, file=sys.stderr)
    sys.stdout.flush()
    print(f"The {edition.name.upper()} edition was not built: {reason}; {rest}", file=sys.stderr)
    return _KNOWN_FAILURE


if __name__ == "__main__":
    try:
        sys.exit(work(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)  # the command that waits for this one says so
