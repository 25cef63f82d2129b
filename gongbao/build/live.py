"""Show the book while it is written: open pages show each saved change at once, in every language.

Sphinx is loaded once. Whenever a file is saved, a process for each language is forked off, which writes what changed to
``_build/live``. Faults that would stop a build are printed in the terminal, and the pages are shown all the same. When
the library itself changes, the server starts again.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response, StreamingResponse
from starlette.routing import Route
from watchfiles import PythonFilter, awatch, run_process

import gongbao
from gongbao.build.files import different, files
from gongbao.build.sphinx import load, shortened, work, write_all
from gongbao.prose.editions import VARIABLE, languages
from gongbao.results.failure import in_one_line
from gongbao.results.results import compute
from gongbao.verify.check import data_faults

LIBRARY = Path(gongbao.__file__).parent

_SCRIPT = """\
let shown;
new EventSource("/live-events").onmessage = ({data}) => {
  if (shown && shown !== data) location.reload();
  shown = data;
};
"""
"""The script that reloads a page when it has changed."""


class Live:
    """The pages of a book as it is being written."""

    def __init__(self, root: Path) -> None:
        self.root, self.languages = root, ["", *languages(root)]
        self.place = root / "_build" / "live"
        self.written = 0.0
        self.checked, self.faults = dict[str, str](), list[str]()
        self.news = asyncio.Condition()
        self.leaves: Callable[[], bool] = lambda: False
        os.environ[VARIABLE] = " ".join(self.languages[1:])
        load(root)

    def write(self) -> None:
        """Write what changed, and print what is wrong with it."""
        start, wrong = time.monotonic(), list[str]()
        try:
            compute(self.root, print)
            if different(self.checked, found := files(self.root), below="data"):
                self.checked, self.faults = found, list(map(str, data_faults(self.root / "data")))
            wrong += shortened(self.faults, "`make check` lists all")
            write_all(self.root, "html", self.languages, self.place, "live")
        except ValueError as error:
            wrong += str(error).splitlines()
        except Exception as error:  # such as for a file that is gone for a moment
            wrong.append(in_one_line(error))
        print("\n".join([*wrong, f"== written in {time.monotonic() - start:.1f} s"]), flush=True)

    async def follow(self) -> None:
        """Write whenever a file of the book is saved, and notify open pages."""
        book = {self.root, *((self.root / name).parent for name in files(self.root))}
        library = {path.parent for path in (LIBRARY / "pages").rglob("*.*")}
        # folders only: a watched file is lost when an editor replaces it by another
        async for changes in awatch(*book, *library, recursive=False, rust_timeout=100, yield_on_timeout=True):
            if changes or not self.written:
                await asyncio.to_thread(self.write)
                async with self.news:
                    self.written = time.time()
                    self.news.notify_all()

    # --- requests of a browser

    async def page(self, request: Request) -> Response:
        """A file of an edition; a page may listen for changes, which the policy of the book itself forbids."""
        first, _, rest = request.path_params["path"].partition("/")
        language, name = (first, rest) if first in self.languages[1:] else ("", request.path_params["path"])
        site = (work(self.place, language) / "html").resolve()
        file = (site / name / "index.html" if (site / name).is_dir() else site / name).resolve()
        if not file.is_relative_to(site) or not file.is_file():
            return Response("There is no such page (yet).", 404)
        if file.suffix != ".html":
            return FileResponse(file, headers={"Cache-Control": "no-cache"})
        text = file.read_text("utf-8").replace("default-src 'none'", "default-src 'none'; connect-src 'self'")
        return HTMLResponse(text.replace("</head>", '<script src="/live.js" defer></script></head>'))

    async def events(self, request: Request) -> Response:
        """Send the time of the last writing, and of each later one."""

        async def times() -> AsyncIterator[str]:
            said = -1.0
            while not self.leaves():
                if said != self.written:
                    said = self.written
                    yield f"data: {said}\n\n"
                async with self.news:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self.news.wait(), 1)

        return StreamingResponse(times(), media_type="text/event-stream")


def serve(root: Path, port: int) -> None:
    """Serve the pages at an address of this machine until it is interrupted."""
    live = Live(root)

    @asynccontextmanager
    async def following(_: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(live.follow())
        yield
        task.cancel()

    script = Response(_SCRIPT, media_type="text/javascript")
    routes = [Route("/live.js", lambda _: script), Route("/live-events", live.events), Route("/{path:path}", live.page)]
    print(f"== http://127.0.0.1:{port}/ shows the book as soon as it is written", flush=True)
    app = Starlette(routes=routes, lifespan=following)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    live.leaves = lambda: server.should_exit  # else the server would wait for open pages, which wait for news
    with suppress(KeyboardInterrupt):
        server.run()


if __name__ == "__main__":
    run_process(LIBRARY, target=serve, args=(Path.cwd(), int(sys.argv[1])), watch_filter=PythonFilter())
