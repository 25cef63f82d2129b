"""How heavy the first view of each chapter is, and how soon and how steadily a phone on a slow network shows it.

``python -m bench.pages [PAGE…]`` after ``make book``; needs Chromium, writes ``results/pages.csv``, one row a view. The
pages come compressed, as from a static host, to a Chromium that is held to the network and processor of Lighthouse's
phone. The index of the search is loaded by the search page alone.
"""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, sync_playwright
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from bench.measure import PROJECT, write

SITE = PROJECT / "_build" / "html"
RUNS = 5
PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
SLOWER = 4
"""Times that a phone takes for what this machine does in one."""

OBSERVE = """
window.seen = { lcp: 0, cls: 0 };
new PerformanceObserver((list) => { for (const entry of list.getEntries()) seen.lcp = entry.startTime; })
  .observe({ type: "largest-contentful-paint", buffered: true });
new PerformanceObserver((list) => { for (const entry of list.getEntries()) seen.cls += entry.value; })
  .observe({ type: "layout-shift", buffered: true });
"""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder over HTTP, compressed; its address."""
    app = Starlette(routes=[Mount("/", StaticFiles(directory=folder))], middleware=[Middleware(GZipMiddleware)])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield "http://{}:{}".format(*server.servers[0].sockets[0].getsockname())
    server.should_exit = True
    thread.join()


def view(browser: Browser, address: str) -> dict[str, float]:
    """Open a page with an empty cache, on the phone: kB, requests, seconds to the largest paint, layout shift."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", NETWORK)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    loaded: list[float] = []
    session.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
    page.add_init_script(OBSERVE)
    page.goto(address, wait_until="networkidle")
    seen = page.evaluate("seen")
    context.close()
    return {"kB": sum(loaded) / 1000, "requests": len(loaded), "paint": seen["lcp"] / 1000, "shift": seen["cls"]}


def main(pages: Sequence[str]) -> None:
    """Measure the pages that are named, or the first page and all chapters."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium or not SITE.exists():
        sys.exit("bench/pages.py needs Chromium and the built book: `make book`")
    names = pages or ["book/index", *sorted(f"notebooks/{path.stem}" for path in SITE.glob("notebooks/*.html"))]
    with served(SITE) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        views = [{"page": name, **view(browser, f"{address}/{name}.html")} for _ in range(RUNS) for name in names]
        browser.close()
    write("pages", views)


if __name__ == "__main__":
    main(sys.argv[1:])
