"""The notebooks that pages offer: executed, and to be read in any program; one is opened where nothing is trusted."""

from __future__ import annotations

import base64
import copy
import io
import re
from pathlib import Path

import nbformat
import pytest
from building import PROJECT
from lxml import html
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from PIL import Image

from gongbao.figures.bundles import CHART_MIME, MIMES, SKETCH_MIME
from gongbao.pages.notebooks import DENSITY, readable
from gongbao.results.runs import run_file

NAMES = sorted(path.stem for path in (PROJECT / "notebooks").glob("*.ipynb"))
each_notebook = pytest.mark.parametrize("name", NAMES)


def offered(built, name: str, edition: str = "") -> Path:
    """The file that the button of a page leads to."""
    page = built.html / edition / "notebooks" / f"{name}.html"
    (link,) = html.fromstring(page.read_bytes()).xpath("//a[@download][contains(@href, '.ipynb')]/@href")
    return page.parent.joinpath(link).resolve()


def run_of(built, name: str) -> NotebookNode:
    """The notebook as the build ran it, without the note of what the run rests on."""
    run = nbformat.read(run_file(built.root, f"notebooks/{name}"), as_version=4)
    return run


def bundles(notebook: NotebookNode) -> list[NotebookNode]:
    return [output for cell in notebook.cells for output in cell.get("outputs", ()) if "data" in output]


def drawn(output: NotebookNode) -> bool:
    return bool({CHART_MIME, SKETCH_MIME} & output.data.keys())


@each_notebook
def test_it_is_the_source_with_all_that_its_run_gave(built, name):
    source = nbformat.read(PROJECT / "notebooks" / f"{name}.ipynb", as_version=4)
    run = run_of(built, name)
    found = nbformat.read(offered(built, name), as_version=4)
    nbformat.validate(found)
    assert [cell.source for cell in found.cells] == [cell.source for cell in source.cells]
    code = [cell for cell in found.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    for before, after in zip(bundles(run), bundles(found), strict=True):
        assert after.data["text/plain"] == before.data["text/plain"] and after.data["text/plain"].strip()
        kept = before.data.keys() - MIMES
        assert after.data.keys() == ({*kept, "image/png"} if drawn(before) else kept)


@each_notebook
def test_each_chart_is_a_picture_too_and_says_what_it_shows(built, name):
    run = run_of(built, name)
    pairs = [
        (a, b) for a, b in zip(bundles(run), bundles(nbformat.read(offered(built, name), 4)), strict=True) if drawn(a)
    ]
    assert pairs
    for before, after in pairs:
        record = before.data.get(CHART_MIME) or before.data[SKETCH_MIME]
        assert after.data["text/plain"].endswith(record["alt"])
        picture = Image.open(io.BytesIO(base64.b64decode(after.data["image/png"])))
        picture.load()
        points = float(re.search(r'width="([0-9.]+)pt"', record["svg"])[1])
        assert picture.width == pytest.approx(points * 96 / 72 * DENSITY, abs=2)
        assert after.metadata["image/png"].width == picture.width // DENSITY
        assert picture.getpixel((0, 0))[:3] == (255, 255, 255) and len(picture.convert("RGB").getcolors(1 << 20)) > 2
        assert not picture.info.keys() & {"Software", "Creation Time", "date:create"}
        (image,) = html.fromstring(after.data["text/html"]).iter("img")
        assert image.get("alt") == record["alt"] and image.get("src").startswith("data:image/svg+xml;base64,")
        assert "background: white" in image.get("style")


@each_notebook
def test_it_names_no_place_of_this_machine_and_is_the_same_in_all_editions(built, name):
    content = offered(built, name).read_text("utf-8")
    assert str(built.root) not in content and str(Path.home()) not in content and "vnd.gongbao" not in content
    assert content == offered(built, name, "en").read_text("utf-8")


def test_the_same_run_gives_the_same_bytes(built, tmp_path):
    run = run_of(built, "debt")
    before = copy.deepcopy(run)
    notebook = readable(run, tmp_path, "debt")
    assert nbformat.writes(notebook) + "\n" == offered(built, "debt").read_text("utf-8")
    assert run == before


def test_nbconvert_shows_its_numbers_and_pictures(built):
    page, _ = HTMLExporter().from_filename(str(offered(built, "debt")))
    shown = html.fromstring(page)
    source = nbformat.read(PROJECT / "notebooks" / "debt.ipynb", as_version=4)
    charts = sum("chapter.chart(" in cell.source for cell in source.cells if cell.cell_type == "code")
    assert len(shown.xpath("//figure//img")) >= charts > 0
    assert shown.xpath("//table//td")
