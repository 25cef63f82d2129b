"""Serve the book while it is written: a change of a page, a notebook or the data shows in the browser by itself.

sphinx-autobuild watches, serves and reloads. It would start Python anew for each build, which takes longer than the
build itself; here each build is a fork of a process that has loaded Sphinx, its extensions and the theme. Of this
package nothing else is loaded before the fork, so a change of the library is seen, too.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from sphinx_autobuild.middleware import JavascriptInjectorMiddleware
from sphinx_autobuild.server import RebuildServer
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, WebSocketRoute
from starlette.staticfiles import StaticFiles

from gongbao.build.book import CACHE, is_input, load_extensions

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Rebuild:
    """Builds the book of a folder in a place of its own; warnings are shown and stop nothing."""

    root: Path

    @property
    def place(self) -> Path:
        """Where Jupyter Book makes its folder ``_build``."""
        return self.root / "_build" / "live"

    @property
    def site(self) -> Path:
        """What is served."""
        return self.place / "_build" / "html"

    def __call__(self, *, changed_paths: Sequence[Path]) -> None:
        """Build what changed."""
        from jupyter_book.cli.main import main

        names = sorted({path.relative_to(self.root).as_posix() for path in changed_paths})
        print(f"== building after a change of {', '.join(names)}" if names else "== building", flush=True)
        start = time.monotonic()
        command = ["build", str(self.root), "--path-output", str(self.place), "-n", "-q"]
        try:
            main(command, prog_name="jupyter-book", standalone_mode=False)
        except (RuntimeError, SystemExit) as error:
            print(f"== not built, the pages stay as they are: {error}", file=sys.stderr, flush=True)
        else:
            print(f"== built in {time.monotonic() - start:.1f} s", flush=True)

    def ignores(self, path: str | os.PathLike[str]) -> bool:
        """Whether a change of a file is none of the book: what builds and tools write."""
        return not is_input(Path(path).relative_to(self.root))


def serve(root: Path, port: int) -> None:
    """Build, serve, watch, until interrupted."""
    rebuild = Rebuild(root)
    cache, own = root / "_build" / CACHE, rebuild.place / "_build" / CACHE
    if cache.exists() and not own.exists():
        shutil.copytree(cache, own)
    load_extensions(root, without="gongbao")
    if sys.platform == "linux":
        multiprocessing.set_start_method("fork")
    first = multiprocessing.Process(target=rebuild, kwargs={"changed_paths": ()})
    first.start()
    first.join()
    rebuild.site.mkdir(parents=True, exist_ok=True)
    watcher = RebuildServer([root], rebuild.ignores, change_callback=rebuild)
    app = Starlette(
        routes=[
            WebSocketRoute("/websocket-reload", watcher),
            Mount("/", StaticFiles(directory=rebuild.site, html=True)),
        ],
        middleware=[Middleware(JavascriptInjectorMiddleware, ws_url=f"{HOST}:{port}")],
        lifespan=watcher.lifespan,
    )
    print(f"== http://{HOST}:{port}/ shows the book; Ctrl-C ends it", flush=True)
    uvicorn.run(app, host=HOST, port=port, log_level="warning")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    serve(Path.cwd().resolve(), parser.parse_args().port)
