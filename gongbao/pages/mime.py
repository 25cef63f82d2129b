"""Turn what notebooks emit (:mod:`gongbao.chapter.chapter`) into the nodes that every builder writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from html import escape
from typing import Any, ClassVar, cast

from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer
from sphinx.environment import BuildEnvironment

from gongbao.figures.bundles import CHART_MIME, FIGURES_MIME, MIMES, SKETCH_MIME, TABLE_MIME
from gongbao.figures.messages import _
from gongbao.pages.domain import label, reference_to
from gongbao.pages.downloads import file_link, list_link
from gongbao.pages.language import catalogue, is_source, localised, own_words
from gongbao.pages.markup import NARROW
from gongbao.pages.numbers import FILLED
from gongbao.pages.tables import Cell, View, folded, later, table
from gongbao.results.results import Record


class GongbaoRenderer:
    """MyST-NB calls this first for every output of a notebook.

    Published figures and the small picture of a chapter put nothing on its page: prose prints the figures, other pages
    show the picture.
    """

    mime_priority_overrides: ClassVar[Sequence[tuple[str, str, int | None]]] = [("*", mime, 0) for mime in MIMES]

    @staticmethod
    def handle_mime(renderer: NbElementRenderer, data: MimeData, inline: bool) -> list[nodes.Element] | None:
        """Nodes for an output of gongbao; None leaves an output to MyST-NB."""
        if data.mime_type in (FIGURES_MIME, SKETCH_MIME):
            return []
        if data.mime_type in (CHART_MIME, TABLE_MIME):
            make = _chart if data.mime_type == CHART_MIME else _table
            record = localised(cast(Record, data.content), _environment(renderer).config)
            return [make(renderer, record, data.line or 0)]
        marks = data.output_metadata
        # the mark of an output as a whole, or of a form of it, as IPython's formatters give it
        return [] if marks.get("gongbao") or marks.get("text/html", {}).get("gongbao") else None


def _environment(renderer: NbElementRenderer) -> BuildEnvironment:
    return cast(BuildEnvironment, renderer.renderer.sphinx_env)


def _chart(renderer: NbElementRenderer, record: Record, line: int) -> nodes.Element:
    """A numbered figure: picture with alt text, title, source line, and its data as a table and as files."""
    env, name = _environment(renderer), record["name"]
    picture = renderer.write_file(["charts", f"{name}.svg"], record["svg"].encode(), overwrite=True)
    renderer.write_file(["charts", f"{name}{NARROW}"], record["narrow"].encode(), overwrite=True)
    image = nodes.image(uri=picture, alt=own_words(env, record["alt"]), classes=["chart"])
    tools = later(fill=partial(_tools, name=name, ids=record["uses"]), docname=env.docname)
    source = nodes.paragraph("", record["source"], translatable=False)
    note = [_read(renderer, nodes.paragraph(), record["note"], line)] if record["note"] else []
    caption = _read(renderer, nodes.caption(), record["title"], line)
    figure = nodes.figure("", image, caption, nodes.legend("", *note, source, tools))
    figure["draws"] = record["uses"]
    return _addressed(renderer, figure, f"fig-{name}")


def _tools(view: View, name: str, ids: Sequence[str]) -> list[nodes.Node]:
    """The data of a chart as a folded table, which replaces the drawing while it is open, and as files."""
    if not view.on_the_web:
        return []
    kinds = {"csv": _("数据（CSV）"), "png": "PNG", "svg": "SVG"}
    files = [link for kind, text in kinds.items() for link in file_link(view, f"charts/{name}.{kind}", text)]
    place = nodes.reference("", _("此图链接"), refid=nodes.make_id(f"fig-{name}"))
    links = nodes.paragraph("", "", *files, list_link(view, _("其他格式")), place)
    records = [view.domain.records[id] for id in ids if id in view.domain.records]
    rows: list[list[Cell]] = [
        [label(record), [reference_to(record["id"], "tolerance", view.docname)]] for record in records
    ]
    shown = table((_("指标（时期）"), _("数字")), (2, 1), rows, numeric={1}, classes=["chapter-table"])
    prompts = "".join(f"<span>{escape(prompt)}</span>" for prompt in (_("看表"), _("看图")))
    opening = f'<details class="chart-values"><summary>{prompts}</summary>'
    return [*folded(opening, shown), nodes.container("", links, classes=["chart-files"])]


def _table(renderer: NbElementRenderer, record: Record, line: int) -> nodes.Element:
    """A numbered table whose numbers lead to their rows."""
    env = _environment(renderer)
    language, words = "zh" if is_source(env.config) else "en", catalogue(env, env.docname)

    def cell(content: Any) -> Cell:
        if isinstance(content, str):
            return content
        if "id" not in content:
            return own_words(env, content[language])
        number = reference_to(content["id"], content["form"], env.docname)
        if language == "en":
            number["printed"] = content["en"]
        return [number]

    def head(parts: Mapping[str, str]) -> str:
        # the unit is not translated: figures have it in both languages
        said, unit = words.gettext(parts["head"]), own_words(env, parts[language])
        # else English might name what is counted twice: “Pages (pages)”
        told = not unit or (language == "en" and f" {unit} " in f" {said.lower()} ")
        return said if told else _("{head}（{unit}）").format(head=said, unit=unit)

    rows = [[cell(content) for content in row] for row in record["rows"]]
    widths = [1 if numeric else 2 for numeric in record["numeric"]]
    numeric = [place for place, is_numeric in enumerate(record["numeric"]) if is_numeric]
    heads = [head(parts) for parts in record["heads"]]
    made = table(heads, widths, rows, numeric=numeric, classes=["chapter-table"], translatable=True)
    made.insert(0, _read(renderer, nodes.title(), record["title"], line))
    return _addressed(renderer, made, f"tab-{record['name']}")


def _read(renderer: NbElementRenderer, node: nodes.Element, text: str, line: int) -> nodes.Element:
    """A node with a text that is read as Markdown, since links in it may print figures."""
    node.rawsource = text  # what is to be translated
    with renderer.renderer.current_node_context(node):
        renderer.renderer.nested_render_text(text, line, inline=True)
    for link in node.findall(nodes.reference):
        link[FILLED] = True
    return node


def _addressed(renderer: NbElementRenderer, node: nodes.Element, name: str) -> nodes.Element:
    """The node under a name that references may use."""
    node["names"].append(nodes.fully_normalize_name(name))
    renderer.renderer.document.note_explicit_target(node, node)
    return node
