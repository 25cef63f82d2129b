"""The pictures of the README, taken from the built book: ``make book``, then ``python tests/pictures.py``."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

PROJECT = Path(__file__).parents[1]
BOX, NUMBER, CHART = ".findings", ".findings a[href$='#debt.balance.general.computed@2023-12-31']", "#fig-debt-uses"


def keep(page: Page, name: str) -> None:
    """Write what the window shows, in few colours, which is enough for text and bars."""
    page.wait_for_timeout(800)  # for fonts, and until a card is open
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(dither=Image.Dither.NONE)
    picture.save(PROJECT / ".github/pictures" / name, optimize=True)


def show(page: Page, selector: str, above: int) -> None:
    """Scroll to what is meant, with some room above it."""
    page.locator(selector).first.evaluate("(it, above) => scrollBy(0, it.getBoundingClientRect().top - above)", above)


def main() -> None:
    """Take the front page and a card on a desk, and a chart on a phone, in both languages."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        for language, folder in (("zh", PROJECT / "_build/html"), ("en", PROJECT / "_build/html/en")):
            desk = browser.new_page(viewport={"width": 1280, "height": 860})
            desk.goto((folder / "book/index.html").as_uri())
            keep(desk, f"front-{language}.png")
            debt = (folder / "notebooks/debt.html").as_uri()
            desk.goto(debt)
            show(desk, BOX, 83)
            desk.hover(NUMBER)
            keep(desk, f"card-{language}.png")
            phone = browser.new_page(viewport={"width": 360, "height": 740}, device_scale_factor=1.5)
            phone.goto(debt)
            show(phone, CHART, 75)
            keep(phone, f"phone-{language}.png")
        browser.close()


if __name__ == "__main__":
    main()
