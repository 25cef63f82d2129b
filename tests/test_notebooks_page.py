"""The page on working in notebooks: its code runs, its example and its mistakes give what the page says."""

from __future__ import annotations

import os
import re
import shutil
from inspect import signature

import nbformat
import pytest
from building import PROJECT, WITHOUT_PORTS, columns
from nbclient import NotebookClient

from gongbao.chapter.kinds import KINDS
from gongbao.figures.bundles import CHART_MIME, FIGURES_MIME, TABLE_MIME
from gongbao.ledger.rows import Ledger
from gongbao.prose.numbers import MEND, refreshed
from gongbao.prose.typed import typed_in_prose

PAGE = (PROJECT / "book" / "notebooks.md").read_text("utf-8")
FILES = {",".join(columns(f"{folder}/debt.csv")): folder for folder in ("derived", "words")}
ID = "debt.repaid-of-opening.{kind}@2023"
OPEN = "' '.join(map(str, dearer))"
"""Asks for the answers of the comparison that the page explains."""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.S | re.M)


def mistakes() -> list[tuple[str, str]]:
    """Code in the table of mistakes that can run by itself, and what it is said to answer."""
    rows = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|", PAGE, re.M)
    return [(code, said) for code, said in rows if code.startswith(("chapter", "mine", "max"))]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    """The page's code and its mistakes, run as cells over data with the rows of the example."""
    data = tmp_path_factory.mktemp("project") / "data"
    shutil.copytree(PROJECT / "data", data)
    for block in blocks("text"):
        head, row = block.splitlines()
        with (data / FILES[head] / "debt.csv").open("a", encoding="utf-8") as file:
            file.write(f"{row}\n")
    cells = [*blocks("python"), OPEN, *(code for code, _ in mistakes())]
    notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, cells)))
    environment = os.environ | {"GONGBAO_DATA": str(data), "PYTHONPATH": str(PROJECT)}
    client = NotebookClient(notebook, timeout=300, allow_errors=True, config=WITHOUT_PORTS)
    return client.execute(env=environment)


def outputs(run: nbformat.NotebookNode, mime: str) -> list[dict]:
    cells = run.cells[: len(blocks("python"))]
    return [output.data[mime] for cell in cells for output in cell.outputs if mime in output.get("data", {})]


def test_the_code_of_the_page_runs(run):
    assert len(blocks("python")) > 4
    assert len(blocks("text")) == len(FILES)
    for cell in run.cells[: len(blocks("python"))]:
        assert [output.evalue for output in cell.outputs if output.output_type == "error"] == []
        # a picture of its own would be on the page a second time
        assert all("image/png" not in output.data for output in cell.outputs)


def test_the_example_has_names_unit_and_value(run):
    (published,) = outputs(run, FIGURES_MIME)
    ledger = Ledger.load()
    for record, kind, word in zip(
        published, ("total", "general", "special"), ("债务", "一般债务", "专项债务"), strict=True
    ):
        ratio = ledger[f"debt.principal.repaid.{kind}@2023"] / ledger[f"debt.balance.{kind}@2022-12-31"]
        assert record["id"] == ID.format(kind=kind)
        assert record["name_zh"] == f"{word}还本占年初余额的比重"
        assert record["tolerance"] == ratio.to(ledger.units["%"]).tolerance_text
        assert record["claim"] == "derived"


def test_the_example_has_a_table_and_two_charts_that_its_readers_can_follow(run):
    (table,) = outputs(run, TABLE_MIME)
    heads = [f"{head['head']}（{head['zh']}）" if head["zh"] else head["head"] for head in table["heads"]]
    assert heads == ["债务", "年初（亿元）", "还本（亿元）", "还本占年初余额（%）"]
    assert [row[-1]["id"] for row in table["rows"]] == [
        ID.format(kind=kind) for kind in ("total", "general", "special")
    ]
    drawn, plain = outputs(run, CHART_MIME)
    assert drawn["uses"] == plain["uses"] == [row[-1]["id"] for row in table["rows"]]
    assert "公报第" in drawn["source"]
    assert plain["alt"].startswith("柱形图，虚线为合计。")


def test_its_claims_hold(run):
    """The bars of the title do not overlap, and the comparison that is said to be open is."""
    total, general, special = (record["range"].rstrip("%").split("～") for record in outputs(run, FIGURES_MIME)[0])
    assert float(special[0]) > float(general[1])
    assert float(special[0]) > float(total[1])
    (answer,) = run.cells[len(blocks("python"))].outputs
    assert answer.data["text/plain"] == "'<NA> False <NA>'"


def test_the_sentence_of_the_example_is_filled_in(run):
    (sentence,) = blocks("markdown")
    records = {record["id"]: record for record in outputs(run, FIGURES_MIME)[0]}
    filled, changes = refreshed(sentence, records)
    assert len(changes) == 2
    assert all(f"[{change.after}](#{change.id})" in filled for change in changes)
    assert all(change.after for change in changes)


def test_each_mistake_says_what_the_page_quotes(run):
    tried = run.cells[-len(mistakes()) :]
    assert len(tried) == 8
    for cell, (code, said) in zip(tried, mistakes(), strict=True):
        (output,) = cell.outputs
        assert output.output_type == "error", code
        assert said in output.evalue, code


def test_the_table_of_charts_has_every_kind_with_its_options():
    section = PAGE.split("## 图的种类")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([a-z_]+)` \|.*\| ([^|]*)\|$", section, re.M)
    told = {kind: set(re.findall("`([a-z_]+)`", options)) for kind, options in rows}
    assert told == {
        name: {option.name for option in signature(kind.draw).parameters.values() if option.kind is option.KEYWORD_ONLY}
        for name, kind in KINDS.items()
    }


def test_what_the_page_quotes_of_checks_is_what_they_say():
    (typed,) = typed_in_prose("余额5亿元", "debt.ipynb")
    quoted = re.findall(r"^\| [^`|]+ \| `([^`]+)` \|", PAGE.split("## 出错时")[1], re.M)
    assert [said in answer for said, answer in zip(quoted, (str(typed), MEND), strict=True)] == [True] * 2
