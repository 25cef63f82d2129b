"""Call Sphinx as ``jupyter-book build`` does, for one language of the book, and keep what it says in a log.

A build prints only the warnings of it: Jupyter Book and Sphinx also print pages of text about what is in order, and
name folders that are gone when the build is done.
"""

from __future__ import annotations

import gc
import io
import multiprocessing
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from gongbao.prose.editions import configuration
from gongbao.prose.toc import TOC, pages
from gongbao.results.failure import in_one_line, plain
from gongbao.results.processes import end_with_the_build
from gongbao.results.runs import write_whole

T = TypeVar("T")

SILENT = ("sphinx_multitoc_numbering", "sphinx_jupyterbook_latex")
"""Extensions that are safe when pages are read in parallel, since they work before or after, but do not say so."""

MOST = 8
"""The most lines of a kind that are printed; the log has all."""

_EXECUTION = ("cache", "direct", "inline")
"""The modules of MyST-NB that run notebooks; each defines a class ``NotebookClient<Name>``."""

_PARTS = 3
"""Into how many parts each process divides the book: Sphinx prepares one while those before it are written."""

PROCESSES = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
"""One process for each language, since Sphinx's state is global; on Linux forked, to inherit loaded modules."""


class BuildError(ValueError):
    """A build that failed; the message has a line for each thing to mend."""


class BrokenStateError(BuildError):
    """A failure that the reused state of the last build may have caused; a clean build may succeed."""


def settings(root: Path, language: str = "") -> dict[str, Any]:
    """The configuration of Sphinx that Jupyter Book makes of ``_config.yml``."""
    from jupyter_book.config import get_final_config

    options = {"latex_individualpages": False, "external_toc_path": str(root / TOC), "nitpicky": True}
    config, _ = get_final_config(user_yaml=configuration(root, language), cli_config=options, sourcedir=root)
    # Sphinx is told which files are pages: else it would search all folders, the build's too, for those that are none
    config["external_toc_exclude_missing"] = False
    config["include_patterns"] = [path.relative_to(root).as_posix() for path in pages(root)]
    config["nb_execution_mode"] = "off"  # notebooks have run
    return dict(config)


def load(root: Path, *, files: bool = False) -> None:
    """Load the modules that write pages, and files to download, so that forked processes need not."""
    from sphinx.application import builtin_extensions

    from gongbao.pages import PARTS

    for way in _EXECUTION:  # no build runs notebooks with them, and they load a database
        if (name := f"myst_nb.core.execute.{way}") not in sys.modules:
            sys.modules[name] = ModuleType(name)
            setattr(sys.modules[name], f"NotebookClient{way.capitalize()}", None)
    parts = ["myst_nb.sphinx_ext", *(f"gongbao.pages.{part}" for part in PARTS)]  # imported by setup() only
    parts += ["gongbao.export"] if files else []
    for name in (*builtin_extensions, *settings(root)["extensions"], *parts):
        import_module(name)


def name_of(edition: str, language: str) -> str:
    """The beginning of the names of files of an edition in a language; the book's own is empty."""
    return "-".join(filter(None, [edition, language]))


def work(state: Path, language: str) -> Path:
    """The folder in which Sphinx works on a language; all builders share the pages that were read."""
    return state / (language or "own")


def write_all(root: Path, builder: str, languages: Sequence[str], state: Path, edition: str) -> list[str]:
    """Write languages in parallel, once notebooks have run and data are checked; returns what is not translated."""
    places = [work(state, language) for language in languages]
    logs = [root / "_build" / "log" / f"{name_of(edition, language)}.txt" for language in languages]
    new_site = builder == "html" and not all(place.exists() for place in places)
    if PROCESSES.get_start_method() == "fork":
        load(root, files=new_site)
    share = (os.cpu_count() or 1) // len(languages)
    each = partial(write, computed=True, parallel=_PARTS * share if share > 1 else 1)
    with ProcessPoolExecutor(len(languages) + new_site, PROCESSES, _begin) as processes:
        written: list[Future[list[str] | None]] = []
        for language, place, log in zip(languages, places, logs, strict=True):
            # a translation takes a third longer than the original, which therefore has a lower priority
            first = each if language or len(languages) == 1 else partial(_give_way, each)
            written.append(processes.submit(first, root, builder, language, place, log))
        if new_site:
            from gongbao.pages.notebooks import make_offered

            # once for all languages; not in this process: one forked after Typst has drawn would wait for its threads
            written.append(processes.submit(_give_way, make_offered, root))
    untranslated, errors = list[str](), list[BuildError]()
    for one in written:
        try:
            untranslated += one.result() or []
        except BuildError as error:
            errors.append(error)
    if errors:  # a line that several languages report is printed once
        said = dict.fromkeys(line for error in errors for line in str(error).splitlines())
        raise type(errors[0])("\n".join(said)) from errors[0]
    return untranslated


def _begin() -> None:
    end_with_the_build()
    # doctrees are full of cycles, which the garbage collector would search again and again; there is memory enough
    gc.freeze()
    gc.set_threshold(1_500_000)
    if hasattr(os, "register_at_fork"):  # Sphinx forks to read and write in parallel
        os.register_at_fork(after_in_child=end_with_the_build)


def _give_way(work: Callable[..., T], *arguments: Any) -> T:
    """Run a task with low priority: it ends before the others anyway."""
    if hasattr(os, "nice"):
        os.nice(5)
    return work(*arguments)


def write(
    root: Path, builder: str, language: str, place: Path, log: Path, *, computed: bool = False, parallel: int = 1
) -> list[str]:
    """Write one language of the book, its own if none is given; returns lines on what is not translated.

    In ``place`` Sphinx keeps the pages that it read, and writes a folder with the name of the builder. All output goes
    into the log, warnings last. ``computed`` says that the data have been checked and the notebooks run. A BuildError
    has the warnings, or the reason for which Sphinx failed.
    """
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    from gongbao.pages.domain import FigureDomain

    said, warned, missing = io.StringIO(), io.StringIO(), ""
    failure: BuildError | None = None
    where = log.relative_to(root).as_posix()
    try:
        with redirect_stdout(said), redirect_stderr(said), patch_docutils(), docutils_namespace():
            config = settings(root, language) | {"gongbao_computed": computed}
            arguments = (root, None, place / builder, place / "doctrees", builder)
            app = Sphinx(*arguments, config, said, warned, warningiserror=True, keep_going=True)
            for name in app.extensions.keys() & SILENT:
                app.extensions[name].parallel_read_safe = True
            # Sphinx would warn of an extension that cannot work in parallel, or does not say that it can
            safe = all(one.parallel_read_safe and one.parallel_write_safe for one in app.extensions.values())
            app.parallel = parallel if safe else 1
            app.build()
            missing = FigureDomain.of(app.env).missing
    except Exception as error:
        said.write(traceback.format_exc())
        failure = _failure(error, where)
    # without the colours of a terminal
    status, warnings = plain(said.getvalue()), plain(warned.getvalue())
    write_whole(log, f"{status}{warnings}".encode())
    lines = warnings.replace(f"{root}{os.sep}", "").splitlines()
    if lines or failure:
        fault = failure or BuildError()
        told = [*shortened(lines, f"all that was said is in {where}"), *str(fault).splitlines()]
        raise type(fault)("\n".join(told))
    return [missing] if missing else []


def _failure(error: BaseException, log: str) -> BuildError:
    """An error of Sphinx as a BuildError that authors can mend, or a BrokenStateError with its cause and the log."""
    from sphinx.errors import SphinxError, SphinxParallelError

    # authors can mend errors of Sphinx itself, such as for what Typst cannot set; a wrapped error is a bug
    wraps = isinstance(error, SphinxParallelError) or getattr(error, "orig_exc", None)
    if isinstance(error, SphinxError) and not wraps:
        return BuildError(str(error))
    while cause := error.__cause__ or error.__context__:
        error = cause
    file = getattr(error, "filename", None)  # such as a bibliography
    place = f" in {Path(file).name}" if file else ""
    return BrokenStateError(f"Sphinx: {in_one_line(error)}{place} (more is in {log})")


def shortened(lines: Sequence[str], rest: str) -> list[str]:
    """The first of many lines, and a line that says where the rest is."""
    more = [f"… and {len(lines) - MOST} more; {rest}"] if len(lines) > MOST else []
    return [*lines[:MOST], *more]
