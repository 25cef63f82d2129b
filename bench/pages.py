"""How heavy the first view of each chapter is, and how soon and how steadily a phone on a slow network shows it.

Run as ``python bench/pages.py [CHAPTER…]`` after ``make book``; needs Chromium, writes a table into bench/results.
The pages are served compressed, as a static host does it, to a Chromium that is held to the network and the
processor of Lighthouse's phone. The index of the search is not part of a page; it is loaded by the search page alone.
"""

from __future__ import annotations

import gzip
import shutil
import statistics
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from measure import PROJECT, write
from playwright.sync_api import Browser, sync_playwright

SITE = PROJECT / "_build" / "html"
RUNS = 5
GOALS = {"kB": 300, "s": 1.5, "CLS": 0.01}
COMPRESSED = {".html", ".css", ".js", ".svg", ".json"}

PHONE = {"width": 360, "height": 740}
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


@dataclass(frozen=True)
class View:
    """What one opening of a page took."""

    kilobytes: float
    requests: int
    seconds: float
    shift: float


@cache
def compressed(path: Path) -> bytes:
    """A file as it travels."""
    return gzip.compress(path.read_bytes(), mtime=0)


class Host(SimpleHTTPRequestHandler):
    """Files as a static host gives them: compressed if that helps, to be kept for a while."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with a file."""
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        packed = path.suffix in COMPRESSED
        body = compressed(path) if packed else path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        with suppress(ConnectionError):  # a page that is left fetches nothing more
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""


def view(browser: Browser, address: str) -> View:
    """Open a page with an empty cache, on the phone."""
    context = browser.new_context(viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True)
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
    return View(sum(loaded) / 1000, len(loaded), seen["lcp"] / 1000, seen["cls"])


def main(chapters: list[str]) -> None:
    """Keep the median of each chapter beside the goals."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium or not SITE.exists():
        sys.exit("bench/pages.py needs Chromium and the built book: `make book`")
    server = ThreadingHTTPServer(("localhost", 0), partial(Host, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    names = chapters or ["book/index", *sorted(f"notebooks/{path.stem}" for path in SITE.glob("notebooks/*.html"))]
    heads = "page|kB, compressed (≤ {kB})|requests|largest paint, s (≤ {s})|shift (≤ {CLS})".format(**GOALS).split("|")
    rows = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name in names:
            views = [view(browser, f"http://localhost:{server.server_port}/{name}.html") for _ in range(RUNS)]
            middle = {of: statistics.median(getattr(v, of) for v in views) for of in View.__annotations__}
            rows.append("{}|{kilobytes:.0f}|{requests:.0f}|{seconds:.2f}|{shift:.3f}".format(name, **middle).split("|"))
        browser.close()
    server.shutdown()
    write("pages", heads, rows)


if __name__ == "__main__":
    main(sys.argv[1:])
