"""Call Sphinx as ``jupyter-book build`` does, for one language of the book, and keep what it says in a log.

Of that a build prints the warnings: Jupyter Book and Sphinx also write pages about what is in order, and name folders
that are gone when the build is done.
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

from gongbao.prose.editions import UNTRANSLATED, configuration
from gongbao.prose.toc import TOC, pages
from gongbao.results.failure import in_one_line, plain
from gongbao.results.processes import end_with_the_build
from gongbao.results.runs import write_whole

T = TypeVar("T")

SILENT = ("sphinx_multitoc_numbering", "sphinx_jupyterbook_latex")
"""Extensions that work before or after pages are read, and do not say that these may be read side by side."""

MOST = 8
"""How many lines of a kind are printed; the log has all."""

_EXECUTION = ("cache", "direct", "inline")
"""The modules of MyST-NB that run notebooks, each with a class that is called so."""

_PARTS = 3
"""How many parts of the book there are for each process: Sphinx prepares one while those before it are written."""

PROCESSES = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
"""A language is a process: Sphinx knows one at a time. Where that is safe, it has loaded what this one has."""


class BuildError(ValueError):
    """A build that did not come to its end; the message says why, a line for each thing to mend."""


class BrokenStateError(BuildError):
    """A build that failed in a way that what the last build left may be the cause of."""


def settings(root: Path, language: str = "") -> dict[str, Any]:
    """The configuration of Sphinx that Jupyter Book makes of ``_config.yml``."""
    from jupyter_book.config import get_final_config

    options = {"latex_individualpages": False, "external_toc_path": str(root / TOC), "nitpicky": True}
    config, _ = get_final_config(user_yaml=configuration(root, language), cli_config=options, sourcedir=root)
    # Sphinx is told which files are pages: to find those that are none, all folders would be searched, this one's too
    config["external_toc_exclude_missing"] = False
    config["include_patterns"] = [path.relative_to(root).as_posix() for path in pages(root)]
    config["nb_execution_mode"] = "off"  # notebooks have run
    return dict(config)


def load(root: Path, *, files: bool = False) -> None:
    """Load what pages, and files to download, are written with, so that the processes that are forked off need not."""
    from sphinx.application import builtin_extensions

    from gongbao.pages import PARTS

    for way in _EXECUTION:  # no build runs notebooks so, and they load a database
        if (name := f"myst_nb.core.execute.{way}") not in sys.modules:
            sys.modules[name] = ModuleType(name)
            setattr(sys.modules[name], f"NotebookClient{way.capitalize()}", None)
    parts = ["myst_nb.sphinx_ext", *(f"gongbao.pages.{part}" for part in PARTS)]  # imported by setup() only
    parts += ["gongbao.export"] if files else []
    for name in (*builtin_extensions, *settings(root)["extensions"], *parts):
        import_module(name)


def name_of(edition: str, language: str) -> str:
    """How the files of an edition in a language begin, or in the book's own."""
    return "-".join(filter(None, [edition, language]))


def work(state: Path, language: str) -> Path:
    """Where Sphinx works on a language; all builders share what was read."""
    return state / (language or "own")


def write_all(root: Path, builder: str, languages: Sequence[str], state: Path, edition: str) -> list[str]:
    """Write languages side by side, once notebooks have run and the data are checked; what is not translated."""
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
            # a translation takes a third longer than what it translates, which leaves it a processor
            first = each if language or len(languages) == 1 else partial(_give_way, each)
            written.append(processes.submit(first, root, builder, language, place, log))
        if new_site:
            from gongbao.pages.notebooks import make_offered

            # once for all languages; not in this process: one forked off after Typst has drawn waits for its threads
            written.append(processes.submit(_give_way, make_offered, root))
    untranslated, errors = list[str](), list[BuildError]()
    for one in written:
        try:
            untranslated += one.result() or []
        except BuildError as error:
            errors.append(error)
    if errors:  # of what all languages say each line once
        said = dict.fromkeys(line for error in errors for line in str(error).splitlines())
        raise type(errors[0])("\n".join(said)) from errors[0]
    return untranslated


def _begin() -> None:
    end_with_the_build()
    # doctrees are full of cycles, which the collector would look through again and again; there is memory enough
    gc.freeze()
    gc.set_threshold(1_500_000)
    if hasattr(os, "register_at_fork"):  # Sphinx forks to read and write in parallel
        os.register_at_fork(after_in_child=end_with_the_build)


def _give_way(work: Callable[..., T], *arguments: Any) -> T:
    """Do what is done before all else is, and leave the processors to that."""
    if hasattr(os, "nice"):
        os.nice(5)
    return work(*arguments)


def write(
    root: Path, builder: str, language: str, place: Path, log: Path, *, computed: bool = False, parallel: int = 1
) -> list[str]:
    """Write one language of the book, its own if none is given, and say what is not translated.

    In ``place`` Sphinx keeps what it read, and writes a folder that is called as the builder. What is said goes into
    the log, warnings last. The data have been checked, and the notebooks run, if they are ``computed``. A BuildError
    says what was wrong: warnings, or what Sphinx failed by.
    """
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    said, warned, failure = io.StringIO(), io.StringIO(), BuildError()
    where = log.relative_to(root).as_posix()
    try:
        with redirect_stdout(said), redirect_stderr(said), patch_docutils(), docutils_namespace():
            config = settings(root, language) | {"gongbao_computed": computed}
            arguments = (root, None, place / builder, place / "doctrees", builder)
            app = Sphinx(*arguments, config, said, warned, warningiserror=True, keep_going=True)
            for name in app.extensions.keys() & SILENT:
                app.extensions[name].parallel_read_safe = True
            # Sphinx would warn of an extension that cannot do this, or does not say that it can
            safe = all(one.parallel_read_safe and one.parallel_write_safe for one in app.extensions.values())
            app.parallel = parallel if safe else 1
            app.build()
    except Exception as error:
        said.write(traceback.format_exc())
        failure = _failure(error, where)
    # without the colours of a terminal
    status, warnings = plain(said.getvalue()), plain(warned.getvalue())
    write_whole(log, f"{status}{warnings}".encode())
    lines = warnings.replace(f"{root}{os.sep}", "").splitlines()
    if wrong := [*shortened(lines, f"all that was said is in {where}"), *str(failure).splitlines()]:
        raise type(failure)("\n".join(wrong))
    # the line may begin with the progress of Sphinx
    return [line[line.index(UNTRANSLATED) :] for line in status.splitlines() if UNTRANSLATED in line]


def _failure(error: BaseException, log: str) -> BuildError:
    """What an error of Sphinx is for a build: what authors can mend, or what is behind it, and where more is told."""
    from sphinx.errors import SphinxError, SphinxParallelError

    # authors can mend what Sphinx raises itself, such as what Typst cannot set; what it wraps is a bug
    wraps = isinstance(error, SphinxParallelError) or getattr(error, "orig_exc", None)
    if isinstance(error, SphinxError) and not wraps:
        return BuildError(str(error))
    while cause := error.__cause__ or error.__context__:
        error = cause
    file = getattr(error, "filename", None)  # as of a bibliography
    place = f" in {Path(file).name}" if file else ""
    return BrokenStateError(f"Sphinx: {in_one_line(error)}{place} (more is in {log})")


def shortened(lines: Sequence[str], rest: str) -> list[str]:
    """The first of many lines, and where the rest is."""
    more = [f"… and {len(lines) - MOST} more; {rest}"] if len(lines) > MOST else []
    return [*lines[:MOST], *more]
