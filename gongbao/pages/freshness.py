"""No page keeps an old number: outputs are used again only while all that they rest on is as it was.

jupyter-cache recognises a notebook by its cells alone. So the evidence of each run (:mod:`gongbao.results`) is kept
with it, and before Sphinx reads a page, its run is held against what there is now. What has to run then runs side by
side, before MyST-NB reads the pages and finds all runs in the cache.

A page may also be older than the run in the cache: another builder may have run the notebook. So each page keeps the
evidence of the run that it shows, too.
"""

from __future__ import annotations

import hashlib
import logging as standard
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from docutils import nodes
from filelock import FileLock
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from jupyter_cache.cache.db import NbCacheRecord
from jupyter_client.kernelspec import NATIVE_KERNEL_NAME, KernelSpecManager
from myst_nb.core.config import NbParserConfig
from myst_nb.core.nb_to_tokens import nb_node_to_dict
from myst_nb.core.read import NbReader, create_nb_reader
from myst_nb.sphinx_ import NbMetadataCollector
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors import EnvironmentCollector
from sphinx.errors import ExtensionError
from sphinx.util import logging

import gongbao
from gongbao.prose.notebook import require_merged
from gongbao.results.evidence import EVIDENCE, Evidence, Witness
from gongbao.results.failure import place_in_words, plain

if TYPE_CHECKING:
    from gongbao.results.runner import Run

logger = logging.getLogger(__name__)

INPUTS = ("data/**/*.csv", "data/**/*.yaml", "locale/**/labels.po")
LIBRARY = ("**/*.py", "**/*.mplstyle", "**/*.otf")


def fingerprint(project: Path) -> str:
    """One digest of all data and the whole library, for what is made of all of it."""
    library = Path(gongbao.__file__).parent
    digest = hashlib.sha256()
    for root, patterns in ((project, INPUTS), (library, LIBRARY)):
        for path in sorted(path for pattern in patterns for path in root.glob(pattern)):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


class Runs(EnvironmentCollector):
    """The runs that the pages show: notices those that are out of date, and has their notebooks run."""

    def enable(self, app: Sphinx) -> None:
        """Connect to the build."""
        super().enable(app)
        self._witness = Witness(Path(app.srcdir))
        self._cached: dict[str, tuple[float, Evidence]] = {}
        app.connect("env-before-read-docs", self.run_what_is_missing)

    def get_outdated_docs(
        self, app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
    ) -> list[str]:
        """The pages to read again although their source is the same."""
        shown, executed = _shown(env), NbMetadataCollector.get_doc_data(env)
        return sorted(
            docname
            for docname, data in executed.items()
            if data.get("exec_data") and not self._witness.confirms(shown.get(docname))
        )

    def run_what_is_missing(self, app: Sphinx, env: Any, docnames: list[str]) -> None:
        """Fill the cache with the runs that the pages to be read need, as the only build that does.

        Another build, in another language, may share the cache; it finds there what this one has run.
        """
        place = Path(env.mystnb_config.execution_cache_path)
        place.mkdir(parents=True, exist_ok=True)
        with FileLock(place / ".lock"):
            self._fill_cache(env, docnames)

    def _fill_cache(self, env: Any, docnames: list[str]) -> None:
        self._cached.clear()
        missing: list[tuple[str, NotebookNode, NbParserConfig]] = []
        for docname, notebook, config in notebooks(env, docnames):
            cache = get_cache(config.execution_cache_path)
            record = _find(cache, notebook)
            if record and self._witness.confirms(record.data.get(EVIDENCE)):
                self._keep(docname, record)
                continue
            if record:
                NbCacheRecord.remove_records([record.pk], cache.db)
            missing.append((docname, notebook, config))
        if missing:
            self._run(env, missing)

    def _run(self, env: BuildEnvironment, missing: list[tuple[str, NotebookNode, NbParserConfig]]) -> None:
        from gongbao.results.runner import Job, run  # builds that run nothing should not wait for it

        configs = {docname: config for docname, _, config in missing}
        jobs = [
            Job(
                docname,
                notebook,
                None if config.execution_in_temp else Path(env.doc2path(docname)).parent,
                config.execution_timeout,
                config.execution_allow_errors,
            )
            # the largest first, so that the last one does not run alone for long
            for docname, notebook, config in sorted(missing, key=lambda one: _code(one[1]), reverse=True)
        ]
        tell = _Progress(len(jobs))

        def done(result: Run) -> None:
            tell(result.job.name, result.seconds, bool(result.error))
            if not result.error:
                cache = get_cache(configs[result.job.name].execution_cache_path)
                evidence = None if result.inputs is None else self._witness.evidence(result.inputs)
                data = {"execution_seconds": result.seconds, EVIDENCE: evidence}
                bundle = CacheBundleIn(result.job.notebook, env.doc2path(result.job.name), data=data)
                record = cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
                self._keep(result.job.name, record)

        failed = [result for result in run(jobs, done) if result.error]
        fatal = [result for result in failed if configs[result.job.name].execution_raise_on_error]
        for result in (result for result in failed if result not in fatal):
            report = f"\n{result.report}" if configs[result.job.name].execution_show_tb else ""
            message = "Executing notebook failed: %s%s"
            kind = type(result.error).__name__
            logger.warning(message, kind, report, location=result.job.name, type="mystnb", subtype="exec")
        if fatal:
            root = Path(env.srcdir)
            told = (f"{result.failure} (the traceback is in {_write_report(root, result)})" for result in fatal)
            raise ExtensionError("\n".join(told))

    def _keep(self, docname: str, record: NbCacheRecord) -> None:
        self._cached[docname] = record.created.timestamp(), record.data[EVIDENCE]

    def process_doc(self, app: Sphinx, doctree: nodes.document) -> None:
        """Keep the evidence of a page, if it is that of the run that MyST-NB found."""
        docname = app.env.docname
        run = NbMetadataCollector.get_exec_data(app.env, docname)
        found, evidence = self._cached.get(docname, (None, None))
        if run and evidence and run["mtime"] == found:
            _shown(app.env)[docname] = evidence

    def clear_doc(self, app: Sphinx, env: BuildEnvironment, docname: str) -> None:
        """Forget a page."""
        _shown(env).pop(docname, None)

    def merge_other(self, app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment) -> None:
        """Take over what another process read."""
        _shown(env).update({docname: kept for docname, kept in _shown(other).items() if docname in docnames})


def _shown(env: BuildEnvironment) -> dict[str, Evidence]:
    """The evidence of the runs that pages show, by page."""
    if not hasattr(env, "gongbao_runs"):
        env.gongbao_runs = {}  # type: ignore[attr-defined]
    shown: dict[str, Evidence] = env.gongbao_runs  # type: ignore[attr-defined]
    return shown


def _write_report(root: Path, failed: Run) -> str:
    """Put all about a failure where it stays when the build is gone; the place as seen from the book."""
    path = root / "_build" / "log" / f"{failed.job.name}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(plain(failed.report), "utf-8")
    return path.relative_to(root).as_posix()


def _code(notebook: NotebookNode) -> int:
    """How much code there is, in characters."""
    return sum(len(cell.source) for cell in notebook.cells if cell.cell_type == "code")


def notebooks(env: Any, docnames: list[str]) -> Iterator[tuple[str, NotebookNode, NbParserConfig]]:
    """The notebooks that MyST-NB will look for in the cache, as it will, with their configurations."""
    for docname in docnames:
        path = env.doc2path(docname)
        text = Path(path).read_text("utf-8")
        reader = create_nb_reader(path, env.myst_config, env.mystnb_config, text)
        if reader is None:
            continue
        notebook, config = _read(reader, text, Path(path).name), env.mystnb_config
        kernel = notebook.metadata.get("kernelspec", {})
        for pattern, alias in config.kernel_rgx_aliases.items():
            if re.fullmatch(pattern, kernel.get("name") or ""):
                kernel["name"] = alias
                break
        _require_python(kernel, Path(path).name)
        if config.metadata_key in notebook.metadata:
            overrides = nb_node_to_dict(notebook.metadata[config.metadata_key])
            config = config.copy(**{key: value for key, value in overrides.items() if key != "output_folder"})
        if config.execution_mode == "cache" and not any(map(PurePath(path).match, config.execution_excludepatterns)):
            yield docname, notebook, config


def _read(reader: NbReader, text: str, name: str) -> NotebookNode:
    """The notebook, as MyST-NB reads it; one that cannot be read is named."""
    try:
        require_merged(text, name)
        notebook: NotebookNode = reader.read(text)
    except Exception as error:  # MyST-NB reads several formats, each with errors of its own
        said = str(error).splitlines()[0] if isinstance(error, ValueError) else type(error).__name__
        raise ExtensionError(said if name in said else f"{name} is no notebook: {said[:120]}") from None
    return notebook


def _require_python(kernel: NotebookNode, name: str) -> None:
    """Refuse a notebook of another language that would run as Python, since nothing here runs that language."""
    language = kernel.get("language") or "python"
    if kernel.get("name") == NATIVE_KERNEL_NAME and language.lower() != "python":
        raise ExtensionError(f"{name} is written in {language}, and no kernel for that is installed here; install one")


def _find(cache: JupyterCacheAbstract, notebook: NotebookNode) -> NbCacheRecord | None:
    try:
        return cache.match_cache_notebook(notebook)
    except KeyError:
        return None


class _Progress:
    """Says which notebook is done, of how many, and how long it took; on a server only how many there are."""

    def __init__(self, total: int) -> None:
        self._total, self._done = total, 0
        self._each: Callable[..., None] = logger.debug if os.environ.get("CI") else logger.info
        logger.info("running %s %s ...", total, "notebook" if total == 1 else "notebooks")

    def __call__(self, name: str, seconds: float, failed: bool) -> None:
        self._done += 1
        what = "Failed to execute notebook" if failed else "Executed notebook"
        self._each("[%s/%s] %s %s in %.1f s", self._done, self._total, what, name, seconds)


def name_data(app: Sphinx, config: Config) -> None:
    """Point the notebooks to the data of this book."""
    os.environ["GONGBAO_DATA"] = str(Path(app.srcdir) / "data")


def run_python_here(app: Sphinx, config: Config) -> None:
    """Run every notebook with the Python of the build, whatever an editor called it, but those of other languages."""
    specs = KernelSpecManager().get_all_specs()
    others = [re.escape(name) for name, spec in specs.items() if spec["spec"]["language"].lower() != "python"]
    config.nb_kernel_rgx_aliases = {
        **config.nb_kernel_rgx_aliases,
        f"(?!(?:{'|'.join(others)})$).*": NATIVE_KERNEL_NAME,
    }


class InWords(standard.Filter):
    """Says the cell of a notebook where MyST-NB has a number, in every warning."""

    def filter(self, record: standard.LogRecord) -> bool:
        """Look at the place, which Sphinx has made a text by now."""
        if isinstance(place := getattr(record, "location", None), str):
            record.location = place_in_words(place)
        return True


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    for handler in standard.getLogger(logging.NAMESPACE).handlers:
        handler.addFilter(InWords())
    # What one builder has read is news for the next: with doctrees in common, a PDF made after a change of the data
    # would keep the pages of the HTML from being written again
    app.doctreedir = app.outdir.parent / ".doctrees" / app.outdir.name
    app.doctreedir.mkdir(parents=True, exist_ok=True)
    app.connect("config-inited", name_data)
    app.connect("config-inited", run_python_here)
    app.add_env_collector(Runs)
