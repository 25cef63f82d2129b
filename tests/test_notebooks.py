"""The notebooks as an analyst gets them: clean in git, running alone from anywhere, with parameters."""

from __future__ import annotations

import ast
import asyncio
import re
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

import nbformat
import papermill
import pytest
from building import WITHOUT_PORTS
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelspec import get_kernel_dict
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from nbclient import NotebookClient
from nbconvert.exporters import ScriptExporter
from pybtex.database import parse_file
from traitlets.config import Config

from gongbao.figures.bundles import CHART_MIME, FIGURES_MIME, SKETCH_MIME, TABLE_MIME
from gongbao.figures.errors import UnusableValueError
from gongbao.pages.bibliography import label_of
from gongbao.prose.numbers import CITATION, CITED

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


@each_notebook
def test_it_is_stripped_of_outputs(path):
    for cell in code_cells(path):
        assert cell.outputs == []
        assert cell.execution_count is None


def lines(cell: nbformat.NotebookNode) -> int:
    return sum(1 for line in cell.source.splitlines() if line.strip())


@each_notebook
def test_what_was_opened_and_saved_in_jupyterlab_is_as_it_was(path, tmp_path):
    """JupyterLab puts what the kernel says of itself in place of the metadata, with its version of Python."""
    place = Path(shutil.copy(path, tmp_path))
    options = Config(ContentsManager={"pre_save_hook": "gongbao.prose.notebook.forget_version"})
    manager = AsyncLargeFileManager(root_dir=str(tmp_path), config=options)

    async def save() -> None:
        model = await manager.get(path.name)
        kernel = {key: get_kernel_dict()[key] for key in ("display_name", "language")} | {"name": "python3"}
        model["content"]["metadata"] = {"kernelspec": kernel, "language_info": dict(IPythonKernel.language_info)}
        await manager.save(model, path.name)

    asyncio.run(save())
    assert place.read_bytes() == path.read_bytes()


@each_notebook
def test_its_script_is_python_with_the_prose(path):
    script, resources = ScriptExporter().from_filename(str(path))
    title = nbformat.read(path, as_version=4).cells[0].source.splitlines()[0]
    assert resources["output_extension"] == ".py"
    assert f"# {title}" in script.splitlines()


@each_notebook
def test_its_cells_are_few_short_and_tagged_rightly(path):
    cells = code_cells(path)
    assert len(cells) <= 25
    assert statistics.median(map(lines, cells)) <= 6
    for cell in cells:
        assert lines(cell) <= 15, cell.source
        assert cell.metadata.tags in (["hide-input"], ["parameters"])


@each_notebook
def test_its_code_has_no_english_but_keys(path):
    """What readers see in English is data: a string in a cell is a key, a path or a pattern, or it is Chinese."""
    for cell in code_cells(path):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words = re.findall(r"[A-Za-z]{2,}", re.sub(r"\S*[@{}#/]\S*", " ", node.value))
                assert len(words) < 2 or " " not in node.value.strip(), node.value


def emitted(notebook: nbformat.NotebookNode) -> dict[str, dict]:
    """What a run publishes last: figures by id, charts and tables by name."""
    outputs = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", ())]
    found = {record["id"]: record for data in outputs for record in data.get(FIGURES_MIME, ())}
    named = (data[mime] for data in outputs for mime in (CHART_MIME, TABLE_MIME, SKETCH_MIME) if mime in data)
    return found | {record["name"]: record for record in named}


def executed(path: Path, cells: list[nbformat.NotebookNode]) -> nbformat.NotebookNode:
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [nbformat.v4.new_code_cell(cell.source) for cell in cells]
    resources = {"metadata": {"path": path.parent}}
    return NotebookClient(notebook, timeout=300, resources=resources, config=WITHOUT_PORTS).execute()


@pytest.mark.slow
@each_notebook
def test_its_cells_run_twice_and_from_the_middle(path):
    """An analyst runs a cell again, or all from one on: what is published is replaced by the same."""
    cells = code_cells(path)
    again = [cell for cell in cells for _ in range(2)] + cells[len(cells) // 2 :]
    once = executed(path, cells)
    assert emitted(executed(path, again)) == emitted(once)
    # nor does a forgotten semicolon print a value as Python writes it
    outputs = [output for cell in once.cells for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "execute_result"] == []


@each_notebook
def test_it_opens_no_file_and_sets_no_font(path):
    for cell in code_cells(path):
        for word in ("open(", "read_csv", "rcParams", "fontname", "plt."):
            assert word not in cell.source


@pytest.mark.slow
@each_notebook
def test_it_converts_from_another_directory(path, tmp_path):
    command = [sys.executable, "-m", "nbconvert", "--execute", "--to", "html", "--output-dir", str(tmp_path), str(path)]
    command += [f"--KernelManager.{name}={value}" for name, value in WITHOUT_PORTS.KernelManager.items()]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr[-3000:]
    page = (tmp_path / f"{path.stem}.html").read_text("utf-8")
    if any("chapter.chart(" in cell.source for cell in code_cells(path)):
        assert "data:image/svg+xml" in page
        assert re.search("来源：(公报第|作者推算)", page)
    assert "<table" in page


def rerun(name: str, target: Path, **parameters: object) -> dict[str, dict]:
    """The figures that a notebook publishes under other parameters, by id."""
    source = Path(__file__).parents[1] / "notebooks" / f"{name}.ipynb"
    options = {"parameters": parameters, "progress_bar": False, "config": WITHOUT_PORTS}
    papermill.execute_notebook(source, target / "out.ipynb", **options)
    return emitted(nbformat.read(target / "out.ipynb", as_version=4))


@pytest.mark.slow
def test_the_debt_scenario_takes_parameters(tmp_path):
    """With nothing refinanced and nothing new, each year's balance is what is left of the one before."""
    records = rerun("debt", tmp_path, horizon=2, new_bonds=0, principal_due=50, refinancing=[0])
    assert records["debt.scenario.balance-0@2025-12-31"]["number"] == "32.5"
    assert records["debt.scenario.balance-0@2025-12-31"]["claim"] == "inferred"
    assert "debt.scenario.balance-0@2026-12-31" not in records


@pytest.mark.slow
def test_the_plan_scenario_takes_parameters(tmp_path):
    """Without progress the villages stay as they are; growth of 8 % in all years left still misses a mean of 8 %."""
    records = rerun("plan", tmp_path, factors=[0, 2], growth_2023=8, growth_after=8, horizon=2024)
    assert records["plan.scenario.model-villages.case-0@2024"]["number"] == "10"
    assert records["plan.scenario.model-villages.case-1@2024"]["number"] == "17.2"
    assert records["plan.scenario.model-villages.case-1@2024"]["claim"] == "inferred"
    # (1.02² × 1.08³)^(1/5) − 1
    assert records["plan.scenario.gdp-growth@2025"]["number"] == "5.6"
    assert "plan.scenario.model-villages.case-1@2025" not in records


@pytest.mark.slow
def test_the_law_chapter_takes_parameters(tmp_path):
    """Names, labels and titles say what is assumed; a share of one quarter leaves three quarters for two months."""
    records = rerun("law", tmp_path, confidence=99, first_half_shares=[25], zero_cases=7)
    tail, upper = records["law.july-august.loss-0@2023-07/2023-08"], records["law.zero.upper@2023-01/2023-08"]
    # (5.19 − 0.25 × 2.08) ÷ 0.75
    assert (tail["number"], tail["name_zh"]) == ("6.2", "其后两月的败诉率，上半年占25%")
    # 1 − 0.005^(1/7)
    assert upper["number"] == "53.09"
    assert "若25%" in records["law-tail"]["svg"]
    assert records["law-loss-process"]["title"] == "按最少的件数，2021年与2022年败诉率的置信区间相交"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"confidence": 100}, "置信水平按百分数写"),
        ({"possible_counts": 1}, "至少试两个"),
        ({"first_half_shares": [100]}, "上半年的比重须不小于零"),
        ({"five_years": 0}, "年数须为正数"),
        ({"zero_cases": 0}, "案件数须为正数"),
    ],
)
def test_the_law_chapter_refuses_parameters_it_cannot_use(monkeypatch, wrong, message):
    monkeypatch.setattr("gongbao.chapter.chapter.publish_display_data", lambda data, metadata: None)
    names: dict[str, object] = {}
    with pytest.raises(UnusableValueError, match=message):
        for cell in code_cells(NOTEBOOKS[0].with_name("law.ipynb")):
            exec(cell.source, names)
            if "parameters" in cell.metadata.tags:
                names.update(wrong)


@each_notebook
def test_its_prose_is_markdown_that_every_program_shows(path):
    """Directives and roles are shown as such by JupyterLab, GitHub and VS Code, or as boxes in red."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            assert not re.search(r":::|\{[a-z:]+\}|^\(.*\)=$|^[%+]", cell.source, re.M), cell.id


@each_notebook
def test_works_are_cited_by_the_names_that_the_bibliography_has(path):
    works = parse_file(path.parents[1] / "book" / "references.bib").entries
    prose = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown")
    for text, key in re.findall(r"\[([^\[\]]+)\]\(\.\./book/bibliography\.md#([^)]+)\)", prose):
        assert text == label_of(works[key])
    assert prose.count("bibliography.md#") == len(CITED.findall("".join(m[0] for m in CITATION.finditer(prose))))
