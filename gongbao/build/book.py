"""Build the book: notebooks run, Sphinx writes every language, and a complete, correct result replaces the last one.

Sphinx works on a copy of the last state, in ``_build/next``, and only there. If the result passes the checks, that
becomes ``_build/state``, and its pages, as hard links, become ``_build/html``. So a build that ends at any moment
leaves a complete book to read, and a state that fits its own pages.

:mod:`~gongbao.build.files` has the files that are read and written, :mod:`~gongbao.build.sphinx` calls Sphinx.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import sys
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from gongbao.build.checks import check_pages
from gongbao.build.files import different, digest, files, inputs, link, put, recover, remove, replace
from gongbao.build.sphinx import PROCESSES, BrokenStateError, BuildError, load, name_of, shortened, work, write_all
from gongbao.prose.editions import FOLDER, PRINTED, VARIABLE, languages, names_of_pdfs, require_readable
from gongbao.prose.toc import names, require_pages
from gongbao.prose.typed import typed_in_book, wrong_translations
from gongbao.results.failure import in_one_line
from gongbao.results.processes import end_with_the_build
from gongbao.results.results import FILE, NOTE, compute
from gongbao.results.runs import programs, write_whole

HTML, PDF = "html", "pdf"
"""The forms of the book."""

READ = "read.json"
"""The inputs of the state, shared by all editions: ``files`` with their digests, and ``programs``."""

LOCK = ".lock"
"""The lock file: only one build of a folder runs at a time."""

_FOLDERS = ("html", "log", "made", "next", "pdf", "runs", "state")
"""The folders in ``_build`` that this and other modules make."""

_BUILDERS = {HTML: "html", PDF: "typst"}


def build(root: Path, edition: str, language: str = "") -> int:
    """Build an edition if anything changed: pages in all languages, or the PDF in one, by default the book's own.

    0 if the edition exists afterwards; else a message on stderr says why not, and the last good one stays.
    """
    try:
        require_readable(root.resolve())
        require_pages(root.resolve())
        made = Build(root.resolve(), edition, language)
    except ValueError as error:  # the configuration cannot be read
        print(f"The {edition.upper()} edition was not built: {error}", file=sys.stderr)
        return 1
    try:
        made.remove_misshapen()
        made.place.mkdir(exist_ok=True)
        with _only_build(made.place):
            print(made.renew())
    except KeyboardInterrupt:
        return _failed(made, "it was interrupted")
    except (OSError, ValueError) as error:
        return _failed(made, str(error))
    except Exception as error:
        log = made.place / "log" / "failure.txt"
        write_whole(log, traceback.format_exc().encode())
        return _failed(made, f"{in_one_line(error)} (the traceback is in {made.seen(log)})")
    return 0


def _only_build(place: Path) -> AbstractContextManager[object]:
    """Wait for another build in this folder; the system frees the lock when its holder ends in any way."""
    lock = FileLock(place / LOCK)
    try:
        return lock.acquire(timeout=0)
    except Timeout:
        print("== waiting for another build in this folder", flush=True)
        return lock.acquire()


def _failed(build: Build, reason: str) -> int:
    there = all(path.exists() for path in build.published)
    rest = f"the last good one is as before: {build.where}" if there else "there is none from before"
    if "\n" in reason:
        print(reason, file=sys.stderr)
        reason = "see above"
    sys.stdout.flush()
    print(f"The {build.edition.upper()} edition was not built: {reason}; {rest}", file=sys.stderr)
    return 1


class Build:
    """A build of an edition of the book in a folder.

    Attributes:
        languages: those that are built; the book's own is the empty string.
        place: the folder ``_build``, which may be removed at any time.
        published: the files for readers: the folder of the pages, or the PDFs.
        state: the folder that the last good build left, from which the next one begins.
        next: the folder in which a build works.
        coming: the folder of pages that are about to be published.
    """

    def __init__(self, root: Path, edition: str, language: str = "") -> None:
        self.root, self.edition, self.language = root, edition, language
        self.languages = ["", *languages(root)] if edition == HTML else [language]
        self.place = root / "_build"
        self.state, self.next, self.coming = (self.place / name for name in ("state", "next", "html.new"))
        called, own = names_of_pdfs(root, language), names_of_pdfs(root)
        # PDFs of another language must not replace those of the book's own with the same names
        apart = language if set(called) & set(own) else ""
        pdfs = [self.place / "pdf" / apart / name for name in called]
        self.published = [self.place / "html"] if edition == HTML else pdfs

    @property
    def where(self) -> str:
        """A sentence that says where the edition is."""
        first, *others = self.published
        more = [f"{language}/index.html" for language in self.languages[1:]] + [path.name for path in others]
        path = first / "index.html" if self.edition == HTML else first
        return f"the {self.edition.upper()} edition is in {', '.join([self.seen(path), *more])}"

    def seen(self, path: Path) -> str:
        """A path as seen from the folder of the book."""
        return path.relative_to(self.root).as_posix()

    def remove_misshapen(self) -> None:
        """Remove files where folders should be, folders where files should be, and broken links."""
        folders = [self.place, *(self.place / name for name in _FOLDERS)]
        for path in (*folders, self.place / LOCK, self.root / FILE, self.root / NOTE):
            expected, right = ("folder", path.is_dir()) if path in folders else ("file", path.is_file())
            if not right and (path.exists() or path.is_symlink()):
                print(f"== {self.seen(path)} is no {expected}, and is made anew", flush=True)
                remove(path)

    def renew(self) -> str:
        """Build the edition if anything changed, and say where it is; a BuildError if the book cannot be built."""
        for place in (self.place / "html", self.state):
            recover(place)
        remove(self.coming)
        found = files(self.root)
        now = inputs(found)
        made_of = _read(self._record_file(self.state)).get("inputs")
        is_new = made_of != now or self._is_spoilt() or not (self.root / FILE).is_file()
        if is_new:
            self._make(now, found)
        self._publish()
        return self.where[0].upper() + self.where[1:] if is_new else f"Nothing changed; {self.where}"

    def _make(self, now: str, found: dict[str, str]) -> None:
        """Build in a copy of the last state, and replace that by it if it passes the checks."""
        new_data = self._require_sound(found)
        os.environ[VARIABLE] = " ".join(languages(self.root))
        # a process: as threads, copying files and importing modules would slow each other down
        copying, beside = ProcessPoolExecutor(1, PROCESSES, end_with_the_build), ThreadPoolExecutor(1)
        with copying, beside, _timed("running notebooks"):
            meanwhile = (
                copying.submit(self._copy_state),
                beside.submit(load, self.root, files=new_data and self.edition == HTML),
            )
            compute(self.root, lambda line: print(line, flush=True))
            for task in meanwhile:
                task.result()
        gc.freeze()
        gc.enable()
        before, found = found, files(self.root)
        if changed := ", ".join(different(before, found, below="data")):
            raise BuildError(f"{changed} changed while the notebooks ran; expected: data that stay as they are")
        # a loop, not a retry within `except`: processes forked there would report this error as the cause of their own
        for with_state in (self.next.exists(), False):
            try:
                self._write(now, found)
                break
            except BrokenStateError as error:
                if not with_state:
                    raise
                print(f"== what the last build left cannot be used, and everything is made anew: {error}", flush=True)
                remove(self.next)
        replace(self.next, self.state)

    def _copy_state(self) -> None:
        """Copy the last state to ``next``, if the same programs made it, without what is always rewritten."""
        remove(self.next)
        if _read(self.state / READ).get("programs") == programs():
            shutil.copytree(self.state, self.next, ignore=self._left_out, copy_function=self._copy)
            if self._is_spoilt() or _read(self._record_file(self.state)).get("pages") != names(self.root):
                # a removed page leaves files in many places; to write all pages again without reading them is fast
                for language in self.languages:
                    remove(work(self.next, language) / _BUILDERS[self.edition])

    def _left_out(self, place: str, names: list[str]) -> list[str]:
        """The names in a folder of the last state that are not copied: languages that are gone, and scripts and sheets.

        Pages contain checksums of scripts and sheets that exist before; without those, they are as in a clean build.
        """
        folder = Path(place)
        if folder == self.state:
            there = {work(folder, language).name for language in ["", *languages(self.root)]}
            return [name for name in names if (folder / name).is_dir() != (name in there)]
        if folder.parts[-2:] != (HTML, "_static") or self.edition != HTML:
            return []
        # the data of figures for scripts are written with the pages
        return [name for name in names if name != Path(FOLDER).name]

    def _copy(self, source: str, place: str) -> None:
        """Copy a file, or hard-link it if this build never changes it in place: that saves 0.2 s of 2.2."""
        _language, *folders = Path(source).relative_to(self.state).parts[:-1] or [""]
        others = {builder for edition, builder in _BUILDERS.items() if edition != self.edition}
        is_left = folders[:2] == [HTML, "data"] or (folders[:2] == [HTML, "_static"] and folders[2:])
        (link if is_left or others.intersection(folders[:1]) else shutil.copy2)(source, place)

    def _require_sound(self, found: dict[str, str]) -> bool:
        """A BuildError for faulty data or typed numbers in changed files; returns whether data or programs changed."""
        # not while a thread loads Sphinx: both import some modules, and would see them half loaded
        from gongbao.results import kernels

        last, faulty = _read(self.state / READ), list[str]()
        before = last.get("files", {}) if last.get("programs") == programs() else {}
        if changed := [name.removeprefix("data/") for name in different(before, found, below="data")]:
            from gongbao.verify.check import faults

            kernels.load()
            faulty = list(map(str, faults(self.root / "data", changed)))
        known = {name for name, digest in before.items() if found.get(name) == digest}
        texts = chain(typed_in_book(self.root, known), wrong_translations(self.root, known))
        if wrong := faulty or list(map(str, texts)):
            raise BuildError("\n".join(shortened(wrong, "`make check` lists all")))
        return bool(changed)

    def _write(self, now: str, found: dict[str, str]) -> None:
        """Have Sphinx write the edition in ``next``, from the state that is there, and check it."""
        self._tell_what_changed(found)
        with _timed(f"building {self.edition}"):
            for line in write_all(self.root, _BUILDERS[self.edition], self.languages, self.next, self.edition):
                print(line, flush=True)
        with ProcessPoolExecutor(1, PROCESSES, end_with_the_build) as beside, _timed(f"checking {self.edition}"):
            made = beside.submit(self._made, self.next)
            if self.edition == HTML:
                self._gather(self.next)
                check_pages(self.coming, self.root)
        record = {"inputs": now, "made": made.result(), "pages": names(self.root)}
        self._record_file(self.next).write_text(json.dumps(record), "utf-8")
        (self.next / READ).write_text(json.dumps({"files": found, "programs": programs()}), "utf-8")

    def _tell_what_changed(self, found: dict[str, str]) -> None:
        """Give files that have changed since they were read a new time, by which Sphinx and gettext recognise changes.

        A file that was copied in, or restored, may be older than the last build.
        """
        last = _read(self.next / READ).get("files", {})
        changed = different(last, found)
        for compiled in self.root.glob("locale/*/LC_MESSAGES/**/*.mo"):
            if not last or compiled.with_suffix(".po").relative_to(self.root).as_posix() in changed:
                compiled.unlink()  # gettext goes by time alone
        latest = max((path.stat().st_mtime for path in self.next.glob("*/doctrees/environment.pickle")), default=0.0)
        for path in (self.root / name for name in changed if last):
            if path.exists():
                os.utime(path, (time.time(), max(time.time(), latest + 1)))

    def _files(self, state: Path) -> list[Path]:
        """The edition as Sphinx made it: the folder of each language, or the PDFs."""
        folders = [work(state, language) / _BUILDERS[self.edition] for language in self.languages]
        return folders if self.edition == HTML else [folders[0] / path.name for path in self.published]

    def _made(self, state: Path) -> list[str]:
        """The digests of the edition as Sphinx made it."""
        return list(map(digest, self._files(state)))

    def _is_spoilt(self) -> bool:
        """Whether the edition differs from what the last build left."""
        return _read(self._record_file(self.state)).get("made") != self._made(self.state)

    def _gather(self, state: Path) -> None:
        """Put the pages of all languages together: the others in folders within the book's own."""
        remove(self.coming)
        # Sphinx's note of the configuration, for its next build, depends on where packages are installed
        ignored = shutil.ignore_patterns(".buildinfo")
        for language, made in zip(self.languages, self._files(state), strict=True):
            shutil.copytree(made, self.coming / language, ignore=ignored, copy_function=link)

    def _publish(self) -> None:
        """Hard-link the edition to where it is read; cheap enough to do every time."""
        site = self.place / "html"
        if self.edition == HTML:
            if not self.coming.exists():
                self._gather(self.state)
            self._offer_pdfs(self.coming)
            replace(self.coming, site)
        else:
            for made, place in zip(self._files(self.state), self.published, strict=True):
                put(made, place)
            if site.exists():
                self._offer_pdfs(site)

    def _offer_pdfs(self, site: Path) -> None:
        """Put every existing PDF among the pages of its language, for download, and let them show their links to it."""
        for language in ["", *languages(self.root)]:
            for pdf in filter(Path.exists, Build(self.root, PDF, language).published):
                put(pdf, site / language / pdf.name)
                write_whole(site / language / PRINTED, b".unprinted { display: none; }\n")

    def _record_file(self, state: Path) -> Path:
        return state / f"{name_of(self.edition, self.language)}.json"


def _read(path: Path) -> dict[str, Any]:
    """A note of a build for the next one; empty if it is missing or broken."""
    try:
        noted = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return noted if isinstance(noted, dict) else {}


@contextmanager
def _timed(step: str) -> Iterator[None]:
    print(f"== {step}", flush=True)
    start = time.monotonic()
    yield
    print(f"== {step} took {time.monotonic() - start:.1f} s", flush=True)
