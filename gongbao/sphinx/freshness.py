"""No page keeps an old number: executed notebooks are reused only with the data and the code they ran on.

jupyter-cache recognises a notebook by its cells alone. So each state of data and library gets a cache of its own. The
path of the cache is a setting of MyST-NB that Sphinx watches: when it changes, all pages are read again.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

import gongbao

INPUTS = ("data/**/*.csv", "data/**/*.yaml")
LIBRARY = ("**/*.py", "*.mplstyle", "fonts/*.otf")


def fingerprint(project: Path) -> str:
    """One digest of everything that a notebook reads: the data and the library."""
    library = Path(gongbao.__file__).parent
    digest = hashlib.sha256()
    for root, patterns in ((project, INPUTS), (library, LIBRARY)):
        for path in sorted(path for pattern in patterns for path in root.glob(pattern)):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def choose_cache(app: Sphinx, config: Config) -> None:
    """Point MyST-NB to the cache of this state, and the notebooks to the data of this book."""
    os.environ["GONGBAO_DATA"] = str(Path(app.srcdir) / "data")
    state = fingerprint(Path(app.srcdir))
    config["nb_execution_cache_path"] = str(Path(app.outdir).parent / ".jupyter_cache" / state[:16])


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    # What one builder has read is news for the next: with doctrees in common, a PDF made after a change of the data
    # would keep the pages of the HTML from being written again
    app.doctreedir = app.outdir.parent / ".doctrees" / app.outdir.name
    app.doctreedir.mkdir(parents=True, exist_ok=True)
    app.connect("config-inited", choose_cache)
