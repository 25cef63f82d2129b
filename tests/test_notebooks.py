"""The notebooks as an analyst gets them: clean in git, running alone from anywhere, with parameters."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import papermill
import pytest

from gongbao.bundles import FIGURE_MIME, FIGURES_MIME

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


@each_notebook
def test_it_is_stripped_of_outputs(path):
    for cell in code_cells(path):
        assert cell.outputs == []
        assert cell.execution_count is None


@each_notebook
def test_its_cells_are_short_and_tagged_rightly(path):
    for cell in code_cells(path):
        # a dozen lines, and what the formatter makes of a call with long names
        assert len(cell.source.splitlines()) <= 16, cell.source
        assert cell.metadata.tags in (["hide-input"], ["parameters"])


@each_notebook
def test_it_opens_no_file_and_sets_no_font(path):
    for cell in code_cells(path):
        for word in ("open(", "read_csv", "rcParams", "fontname", "plt."):
            assert word not in cell.source


@each_notebook
def test_it_converts_from_another_directory(path, tmp_path):
    command = [sys.executable, "-m", "nbconvert", "--execute", "--to", "html", "--output-dir", str(tmp_path), str(path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr[-3000:]
    page = (tmp_path / f"{path.stem}.html").read_text("utf-8")
    if any("chapter.chart(" in cell.source for cell in code_cells(path)):
        assert "<svg" in page
        assert "来源：公报第" in page
    assert "<table" in page


def rerun(name: str, target: Path, **parameters: object) -> dict[str, dict]:
    """The figures that a notebook publishes under other parameters, by id."""
    source = Path(__file__).parents[1] / "notebooks" / f"{name}.ipynb"
    papermill.execute_notebook(source, target / "out.ipynb", parameters=parameters, progress_bar=False)
    cells = nbformat.read(target / "out.ipynb", as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    bundles = [output.get("data", {}) for output in outputs]
    records = [bundle[FIGURE_MIME] for bundle in bundles if FIGURE_MIME in bundle]
    records += [record for bundle in bundles for record in bundle.get(FIGURES_MIME, ())]
    return {record["id"]: record for record in records}


def test_the_debt_scenario_takes_parameters(tmp_path):
    """With nothing refinanced and nothing new, each year's balance is what is left of the one before."""
    records = rerun("debt", tmp_path, horizon=2, new_bonds=0, principal_due=50, refinancing=[0])
    assert records["debt.scenario.balance-0@2025-12-31"]["number"] == "32.5"
    assert records["debt.scenario.balance-0@2025-12-31"]["claim"] == "inferred"
    assert "debt.scenario.balance-0@2026-12-31" not in records


def test_the_plan_scenario_takes_parameters(tmp_path):
    """Without progress the villages stay as they are; growth of 8 % in all years left still misses a mean of 8 %."""
    records = rerun("plan", tmp_path, factors=[0, 2], growth_2023=8, growth_after=8, horizon=2024)
    assert records["plan.scenario.model-villages.case-0@2024"]["number"] == "10"
    assert records["plan.scenario.model-villages.case-1@2024"]["number"] == "17.2"
    assert records["plan.scenario.model-villages.case-1@2024"]["claim"] == "inferred"
    # (1.02² × 1.08³)^(1/5) − 1
    assert records["plan.scenario.gdp-growth@2025"]["number"] == "5.6"
    assert "plan.scenario.model-villages.case-1@2025" not in records
