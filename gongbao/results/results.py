"""The file of results: every figure of the book, and the charts, tables and small pictures that its notebooks make.

It is made before Sphinx reads a page. Pages, PDFs, the files to download, ``make numbers`` and ``show`` read it.
"""

from __future__ import annotations

import ast
import contextlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from gongbao.figures.bundles import CHART_MIME, EXACT_COLUMNS, FIGURES_MIME, SKETCH_MIME, TABLE_MIME
from gongbao.figures.origin import Claim
from gongbao.ledger.absences import load_absences
from gongbao.ledger.labels import CATALOGUE, Labels
from gongbao.ledger.rows import Ledger, Row, load_context, load_units
from gongbao.ledger.words import load_words, unused
from gongbao.prose import numbers
from gongbao.prose.notebook import read
from gongbao.prose.numbering import numbered, places
from gongbao.prose.toc import pages
from gongbao.results.runs import code, content, digest_of, executed, of_files, programs, run_all, run_file, write_whole

FILE = Path("_build", "results.json")
"""The file of results, below the folder of the book."""

NOTE = FILE.with_suffix(".note")
"""Digests of the inputs, without prose, and of the file itself, by which unchanged results are recognised."""

Notebooks = Mapping[str, NotebookNode]
"""Notebooks by their names among the pages, in the order of the book."""

Record = dict[str, Any]
"""The result of :meth:`gongbao.figures.figure.Figure.record`, or the bundle of a chart, table or small picture."""


@dataclass
class Chapter:
    """The results of a notebook, in the order of its cells.

    Attributes:
        published: the ids of the figures that it computes.
        parameters: ``name``, ``value`` and ``meaning`` of each of its assumptions (:func:`parameters`).
        charts: the bundle of each chart; likewise ``tables``, and ``sketches``, at most one small picture.
    """

    published: list[str] = field(default_factory=list)
    parameters: list[Record] = field(default_factory=list)
    charts: list[Record] = field(default_factory=list)
    tables: list[Record] = field(default_factory=list)
    sketches: list[Record] = field(default_factory=list)


_computed: dict[Path, tuple[Results, Notebooks]] = {}
"""The result of the last :func:`compute` for each book."""


@dataclass
class Results:
    """All results of a book.

    Attributes:
        records: every figure by id: what the data state, what is from outside, what is stated in words, then what
            notebooks compute, in the order of the book.
        chapters: those of each notebook, by its name among the pages (``notebooks/debt``), in the order of the book.
        faults: what is wrong with them, a line each.
    """

    records: dict[str, Record] = field(default_factory=dict)
    chapters: dict[str, Chapter] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def of_the_data(self) -> list[str]:
        """The ids of the figures that no notebook computes."""
        computed = {id for chapter in self.chapters.values() for id in chapter.published}
        return [id for id in self.records if id not in computed]

    def publisher(self, id: str) -> str | None:
        """The notebook that computes a figure; None for one of the data."""
        return next((name for name, chapter in self.chapters.items() if id in chapter.published), None)

    def words(self) -> dict[str, list[str]]:
        """The words of charts and figures that are to be translated, with the places where they occur."""
        said = {"data": [self.records[id] for id in self.of_the_data()]}
        for name, chapter in self.chapters.items():
            made = [self.records[id] for id in chapter.published]
            said[name] = [*made, *chapter.parameters, *chapter.charts, *chapter.tables, *chapter.sketches]
        found: dict[str, set[str]] = defaultdict(set)
        for name, records in said.items():
            for word in (word for record in records for word in record.get("words", ())):
                found[word].add(name)
        return {word: sorted(found[word], key=lambda place: (place == "data", place)) for word in sorted(found)}


def notebooks_of(root: Path) -> list[Path]:
    """The notebooks that are pages of a book, in its order."""
    return [path for path in pages(root) if path.suffix == ".ipynb"]


def sources_of(root: Path) -> dict[str, NotebookNode]:
    """The notebooks as they lie in the book, without outputs; a ValueError if a file is none."""
    return {path.relative_to(root).with_suffix("").as_posix(): read(path) for path in notebooks_of(root)}


def compute(root: Path, told: Callable[[str], None] = lambda line: None) -> tuple[Results, Notebooks]:
    """Run the notebooks that have to run, and write the file of results if it changes; the notebooks have outputs then.

    A FailedRunError if a notebook fails, another ValueError if a file cannot be used. ``told`` gets a line a step.
    """
    sources = sources_of(root)
    notebooks = run_all(root, sources, told)
    file, note, made_of = root / FILE, root / NOTE, _made_of(root, sources)
    if note.is_file() and note.read_bytes() == _noted(made_of, file):
        results = _saved(file)
    else:
        results = collect(root / "data", notebooks)
        data = json.dumps(results, default=vars, ensure_ascii=False).encode()
        if not file.exists() or file.read_bytes() != data:
            write_whole(file, data)
        note.write_bytes(_noted(made_of, file))
    _computed[root] = results, notebooks
    return results, notebooks


def _made_of(root: Path, notebooks: Notebooks) -> str:
    """One digest of the inputs of the results: the data, their English, the library, the outputs of notebooks."""
    data = [of_files(root / "data", (root / "data").rglob("*")), content(root / CATALOGUE)]
    cells = [[name, [[cell.metadata, cell.source] for cell in code(notebook)]] for name, notebook in notebooks.items()]
    runs = [content(run_file(root, name)) for name in notebooks]
    return digest_of([data, programs(), cells, runs])


def _noted(made_of: str, file: Path) -> bytes:
    """The contents of the note for a file of results."""
    return f"{made_of} {content(file)}".encode()


def _saved(file: Path) -> Results:
    """The results of the file."""
    saved = json.loads(file.read_text("utf-8"))
    chapters = {name: Chapter(**chapter) for name, chapter in saved["chapters"].items()}
    return Results(saved["records"], chapters, saved["faults"])


def computed(root: Path) -> tuple[Results, Notebooks]:
    """The results of the last :func:`compute` in this process or its parent; else those on disk."""
    if root in _computed:
        return _computed[root]
    return _saved(root / FILE), executed(root, sources_of(root))


def last_records(root: Path) -> dict[str, Record]:
    """The records of the last file of results; empty if notebooks have never run, or it cannot be read."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        return dict(json.loads((root / FILE).read_text("utf-8"))["records"])
    return {}


def collect(data: Path, notebooks: Notebooks) -> Results:
    """The results of a book out of its data and the outputs of its notebooks."""
    labels = Labels.load(load_units(data), data)
    results = Results(records=records_of_data(data, labels))
    for name, notebook in notebooks.items():
        chapter = results.chapters[name] = Chapter(parameters=list(parameters(notebook, labels)))
        for bundle in emitted(notebook):
            for record in bundle.get(FIGURES_MIME, ()):
                if record["id"] in results.records:
                    results.faults.append(f"{name}: the figure {record['id']} is published more than once")
                else:
                    chapter.published.append(record["id"])
                results.records[record["id"]] = record
            kinds = {CHART_MIME: chapter.charts, TABLE_MIME: chapter.tables, SKETCH_MIME: chapter.sketches}
            for mime, made in kinds.items():
                made += [bundle[mime]] if mime in bundle else []
    results.faults += [*_wrong_units(results), *_left_over(data, results)]
    return results


_UNIT_IN_NOTE = re.compile("单位：([^。，；、（]+)")


def _wrong_units(results: Results) -> Iterator[str]:
    """The charts whose note names a unit in which nothing is drawn: a reader would misread the numbers."""
    for name, chapter in results.chapters.items():
        for chart in chapter.charts:
            drawn = sorted({results.records[id]["unit"] for id in chart["uses"] if id in results.records})
            named = _UNIT_IN_NOTE.search(chart["note"])
            # 亿元一年, 占全区面积的%
            if named and not any(named[1].startswith(unit) or named[1].endswith(unit) for unit in drawn):
                problem = f"the note of the chart {chart['name']} names the unit {named[1]}"
                yield f"{name}: {problem}, drawn is {' and '.join(drawn)}"


def emitted(notebook: NotebookNode) -> Iterator[Mapping[str, Any]]:
    """The mime bundles that the cells of a notebook put out."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if "data" in output:
                yield output["data"]


def _left_over(data: Path, results: Results) -> Iterator[str]:
    """The rows of data/derived/ and of nouns.csv that nothing in the book uses: misspelt, or left over."""
    names, words, units = {name.rpartition("/")[2] for name in results.chapters}, load_words(data), load_units(data)
    for chapter in filter(names.__contains__, words):
        yield from map(str, words[chapter].unpublished(results.records))
    counted = (
        record["id"].partition("@")[0]
        for record in results.records.values()
        if any(part in units and units[part].counts for part in record["unit"].split("/"))
    )
    # only if all chapters are there that may need them
    yield from map(str, unused(counted, data) if words.keys() <= names else ())


def parameters(notebook: NotebookNode, labels: Labels) -> Iterator[Record]:
    """The assumptions of a notebook: ``name``, ``value`` as written, ``meaning``, which is the comment after it.

    They are the assignments of the cell that is tagged ``parameters``.
    """
    for source in (cell.source for cell in notebook.cells if "parameters" in cell.metadata.get("tags", ())):
        for node in ast.parse(source).body:
            match node:
                case ast.Assign([ast.Name(name), *_], value) | ast.AnnAssign(ast.Name(name), _, ast.expr() as value):
                    # offsets count bytes
                    line = source.splitlines()[(node.end_lineno or node.lineno) - 1].encode()
                    meaning = line[node.end_col_offset :].decode().strip().removeprefix("#").strip()
                    english, words = {"meaning": labels.english(meaning)}, filter(None, [labels.template(meaning)])
                    said = {"meaning": meaning, "en": english, "words": [*words]}
                    yield {"name": name, "value": ast.get_source_segment(source, value) or "", **said}


def records_of_data(data: Path, labels: Labels) -> dict[str, Record]:
    """The records that need no notebook: the ledger, context.csv, and statements in words."""
    ledger = Ledger.load(data)
    records = {id: figure.record() for id, figure in {**ledger, **load_context(data)}.items()}
    return records | {id: _in_words(rows, labels) for id, rows in ledger.words.items()}


def _in_words(rows: list[Row], labels: Labels) -> Record:
    """The record of a statement in words: like that of a figure, without a number."""
    first = rows[0]
    zh, en, english = first.record["name_zh"], first.record["name_en"], labels.english(first.value)
    return {
        "id": first.id,
        "name": zh,
        "name_zh": zh,
        "name_en": en,
        "claim": str(Claim.STATED),
        **dict.fromkeys(numbers.MARKS, first.value),
        **dict.fromkeys((*EXACT_COLUMNS, "formula", "inference"), ""),
        "printed": first.value,
        "printed_en": english,
        "unit": first.unit.symbol,
        "unit_en": "",
        "measure": first.unit.measure,
        "factor": float(first.unit.factor),
        "inputs": [],
        "statements": [row.statement.record() for row in rows],
        "en": {"name": en, **dict.fromkeys(numbers.MARKS, english)},
        "words": list(filter(None, [labels.template(first.value)])),
    }


def links(root: Path) -> dict[str, Mapping[str, Any]]:
    """The targets of links in texts by id: a figure, or a chart, table or equation with its number.

    A target that prints no number, such as a term, has an empty record. Notebooks run if they have to.
    """
    results, notebooks = compute(root)
    bundles: dict[str, Iterable[Mapping[str, Any]]] = {
        name.rpartition("/")[2]: list(emitted(notebook)) for name, notebook in notebooks.items()
    }
    found: dict[str, Mapping[str, Any]] = {place: {} for place in places(root)}
    found |= {absence.id: {} for absence in load_absences(root / "data")}
    found |= {id: dict.fromkeys(numbers.MARKS, text) for id, text in numbered(root, bundles).items()}
    return found | results.records
