"""Chapters as files of their own, in ``_build/chapters``: ``python -m gongbao.build.chapters [NAME…]``, by default all.

The PDF has the chapter's pages of the printed book. nbconvert makes HTML and Python of the executed notebook, once its
prose is plain Markdown. These two formats work for any notebook, such as a scenario that papermill ran:
``jupyter nbconvert --to shudu_html scenario.ipynb``.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Set
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import Any

import pybtex
from nbconvert.exporters import HTMLExporter, PythonExporter, TemplateExporter
from nbconvert.preprocessors import Preprocessor
from nbconvert.utils.exceptions import ConversionException
from nbformat import NotebookNode
from pypdf import PdfReader, PdfWriter
from pypdf.generic import Destination, NameObject
from traitlets import Unicode
from traitlets.config import Config

from gongbao.figures.bundles import FIGURES_MIME
from gongbao.ledger.labels import Labels
from gongbao.ledger.rows import load_units
from gongbao.ledger.tables import book_data
from gongbao.prose import numbers
from gongbao.prose.editions import names_of_pdfs
from gongbao.prose.numbers import CITATION, CITED
from gongbao.results.processes import end_with_the_build
from gongbao.results.results import Record, compute, emitted, notebooks_of, records_of_data

TEMPLATE = """
{%- extends 'lab/index.html.j2' -%}
{%- block html_head -%}
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
{{ super() }}
{%- endblock -%}
{%- block html_head_js -%}{%- endblock -%}
{%- block html_head_js_mathjax -%}{%- endblock -%}
{%- block html_head_js_mermaidjs -%}{%- endblock -%}
{%- block input_group -%}
<details{% if "hide-input" not in cell.metadata.get("tags", []) %} open{% endif %}><summary>代码</summary>
{{ super() }}
</details>
{%- endblock -%}
"""
"""nbconvert's page without scripts from the web, and with those cells folded that are folded in the book."""

NOTE = "\n\n> **另一组参数**：本章按{parameters}运行；数、图、表由此算出，文字是按缺省参数写的。\n"
"""The note below the title of a scenario: its numbers are new, its sentences are not."""

NONE = "（无）"
"""Printed for a number that the run of a scenario did not compute."""

_ELSEWHERE = re.compile(rf"(?<!!)\[(?P<text>[^\[\]\n]+)\]\((?!https?:|#(?:{numbers.ID.pattern})\))[^()\n]*\)")
"""Links that lead out of the chapter: to terms and other pages."""

_ADDRESS = re.compile(r"https?://[^\s（；]+")


class PlainProse(Preprocessor):
    """Preprocessor: fills the numbers of this run into the prose, and replaces links to other pages by their text."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Change the Markdown cells; a ConversionException if papermill ran the notebook, and the run failed."""
        papermill = nb.metadata.get("papermill", {})
        if papermill.get("exception"):
            raise ConversionException(f"{resources['metadata']['name']}: the run failed; its error is in the notebook")
        nb.cells = [cell for cell in nb.cells if "only-html" not in cell.metadata.get("tags", ())]
        prose = [cell for cell in nb.cells if cell.cell_type == "markdown"]
        records = {record["id"]: record for bundle in emitted(nb) for record in bundle.get(FIGURES_MIME, ())}
        linked = {match["id"] for cell in prose for match in numbers.LINK.finditer(cell.source)}
        stated = _stated(linked)
        if papermill:
            # with other parameters there may be no number for, say, a later year
            topics = {"scenario", *(id.partition(".")[0] for id in records)}
            missing = {id for id in linked - records.keys() - stated.keys() if id.partition(".")[0] in topics}
            records |= {id: dict.fromkeys(numbers.MARKS, NONE) for id in missing}
        # numbers that are not of this run stay as they are; without an entry, similar ids would be looked for
        known = {id: records.get(id, {}) for id in linked}
        works: list[str] = []
        for cell in prose:
            text, _changes = numbers.refreshed(cell.source, known)
            cell.source = _plain(text, works)
            if "evidence" in cell.metadata.get("tags", ()):
                cell.source += "\n\n" + "\n".join(stated.values())
        if prose:
            prose[-1].source += _references(tuple(works))
            title, newline, rest = prose[0].source.partition("\n")
            nb.metadata["title"] = title.lstrip("# ")
            if parameters := papermill.get("parameters"):
                said = "、".join(f"`{name} = {value!r}`" for name, value in parameters.items())
                prose[0].source = f"{title}{NOTE.format(parameters=said)}{newline}{rest}"
        return nb, resources


def _stated(ids: Set[str]) -> dict[str, str]:
    """The ids that the gazette or an external source states, each with a list item that names the places."""
    items: dict[str, str] = {}
    for id in sorted(ids & _of_the_data().keys()):
        record = _of_the_data()[id]
        places = "；".join(dict.fromkeys(statement["place"] for statement in record["statements"]))
        places = _ADDRESS.sub(r"<\g<0>>", places)  # so that Markdown ends the address there
        items[id] = f'- <span id="{id}">{record["name"]}</span>：{record["text"]}（{places}）'
    return items


@cache
def _of_the_data() -> dict[str, Record]:
    return records_of_data(book_data(), Labels.load(load_units(book_data())))


def _plain(text: str, works: list[str]) -> str:
    """Markdown without links to other pages, and with citations as numbers of ``works``, to which they are added."""

    def cite(match: re.Match[str]) -> str:
        keys = CITED.findall(match[0])
        works.extend(key for key in keys if key not in works)
        return f"[{', '.join(str(works.index(key) + 1) for key in keys)}]"

    return _ELSEWHERE.sub(r"\g<text>", CITATION.sub(cite, text))


@cache
def _references(works: tuple[str, ...]) -> str:
    """The list of works that a chapter cites, for its end."""
    path = book_data().parent / "book" / "references.bib"
    if not works or not path.is_file():
        return ""
    listed = pybtex.format_from_file(str(path), style="unsrt", citations=list(works), output_backend="markdown")
    return f"\n\n## 文献\n\n{listed}"


class _Chapter(TemplateExporter):
    """The settings that the formats share."""

    @property
    def default_config(self) -> Config:
        """The settings of this project, and those of nbconvert for the format."""
        config = Config(
            Exporter={"preprocessors": [PlainProse]},
            TemplateExporter={"exclude_input_prompt": True, "exclude_output_prompt": True},
            HTMLExporter={"exclude_anchor_links": True, "language_code": "zh"},
        )
        config.merge(super().default_config)
        return config


class ChapterHtml(_Chapter, HTMLExporter):
    """``shudu_html``: one file with everything in it."""

    export_from_notebook = "HTML（数读）"
    raw_template = Unicode(TEMPLATE).tag(affects_environment=True)


class ChapterScript(_Chapter, PythonExporter):
    """``shudu_script``: the code, with the prose as comments."""

    export_from_notebook = "Python（数读）"


# --- all formats of the chapters of a book


def cut(book: PdfReader, page: str) -> PdfWriter:
    """The pages of a chapter, such as ``notebooks/debt``, with links and outline entries that stay within them."""
    starts = dict(_starts(book))
    first = _page(book, book.named_destinations[page])
    last = min(start for start in [*starts, len(book.pages)] if start > first)
    about: dict[str, Any] = dict(book.metadata or {})
    chapter = PdfWriter()
    chapter.append(book, pages=(first, last))
    chapter.add_metadata({**about, "/Title": starts[first], "/Subject": about.get("/Title", "")})
    for key in ("/Lang", "/ViewerPreferences"):
        chapter.root_object[NameObject(key)] = book.root_object[key]
    return chapter


def _starts(book: PdfReader) -> Iterator[tuple[int, str]]:
    """The pages on which parts and chapters start, with their titles: the two upper levels of the outline."""
    for entry in book.outline:
        for item in entry if isinstance(entry, list) else [entry]:
            if not isinstance(item, list):
                yield _page(book, item), str(item.title)


def _page(book: PdfReader, destination: Destination) -> int:
    return book.get_destination_page_number(destination) or 0


def export(book: Path, target: Path, page: str, notebook: NotebookNode) -> None:
    """Write a chapter in all formats into a folder: its pages of the book, and its executed notebook."""
    name = page.rpartition("/")[2]
    for exporter in _exporters():
        text, resources = exporter.from_notebook_node(notebook, {"metadata": {"name": name}})
        (target / f"{name}{resources['output_extension']}").write_text(text, "utf-8")
    cut(_opened(book), page).write(target / f"{name}.pdf")


@cache  # so that a process compiles their templates only once
def _exporters() -> tuple[Any, ...]:
    formats: tuple[Any, ...] = ChapterHtml, ChapterScript
    return tuple(one() for one in formats)


@cache  # reading its structure takes as long as cutting a chapter
def _opened(book: Path) -> PdfReader:
    return PdfReader(book)


def main(root: Path, names: list[str]) -> int:
    """Export chapters, by default all; 0 if they exist afterwards."""
    chapters = {path.stem: path.relative_to(root).with_suffix("").as_posix() for path in notebooks_of(root)}
    if unknown := [name for name in names if name not in chapters]:
        print(f"there is no chapter {' '.join(map(repr, unknown))}; there are {', '.join(chapters)}", file=sys.stderr)
        return 1
    from gongbao.build.book import PDF, build  # loads what nbconvert should not wait for
    from gongbao.build.sphinx import PROCESSES

    if status := build(root, PDF):
        return status
    target = root / "_build" / "chapters"
    target.mkdir(exist_ok=True)
    book = root / "_build" / "pdf" / names_of_pdfs(root)[0]
    pages = [chapters[name] for name in names or chapters]
    _results, runs = compute(root)
    with ProcessPoolExecutor(min(len(pages), os.cpu_count() or 1), PROCESSES, end_with_the_build) as processes:
        list(processes.map(partial(export, book, target), pages, map(runs.__getitem__, pages)))
    print(f"The chapters are in {target.relative_to(root).as_posix()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path.cwd(), sys.argv[1:]))
