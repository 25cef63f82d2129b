"""Directives that show the data: sources, verification, the gazette page by page, and what it does not mention."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from docutils import nodes
from markupsafe import escape
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from gongbao.figures.messages import N_, _
from gongbao.ledger.absences import Place, load_absences
from gongbao.ledger.rows import GRADES, Ledger, Report
from gongbao.ledger.tables import Record, read_table, read_yaml
from gongbao.pages.domain import PAGES, FigureDomain, label, reference_to
from gongbao.pages.language import SOURCE, in_source_language, is_source, localised
from gongbao.pages.notebooks import note_run
from gongbao.pages.steps import add_directive
from gongbao.pages.tables import Cell, View, joined, later, page_id, table
from gongbao.verify.record import RECORD, read_record

TYPES = {"string": N_("文本"), "integer": N_("整数"), "number": N_("实数")}
"""The words for the types of Frictionless Data in the package."""

NAMES_IN_CELL = 4
"""How many figures of a source are named; more are only counted."""


def data_of(env: BuildEnvironment, *names: str) -> Path:
    """The folder of the data; a page that shows files (or patterns) in it is read again when these change."""
    data = Path(env.srcdir, "data")
    for path in (path for name in names for path in sorted(data.glob(name))):
        env.note_dependency(str(path))
    return data


def reports(directive: SphinxDirective) -> list[nodes.Node]:
    """``{reports}``: the texts of the gazette, each with its pages, its statements and its figures."""
    ledger = Ledger.load(data_of(directive.env, "reports.csv", "units.csv", "ledger/*.csv"))
    rows: list[list[Cell]] = []
    for report in ledger.reports.values():
        stated = [row.id for row in ledger.rows if row.report.key == report.key]
        rows.append([*report.words(is_source(directive.config)), span(report), *_counts(stated)])
    rows.append([_("合计"), "", "", "", *_counts([row.id for row in ledger.rows])])
    header = (_("简称"), _("标题"), _("机构"), _("页"), _("陈述"), _("数"))
    return [table(header, (16, 27, 17, 10, 18, 12), rows, numeric={3, 4, 5})]


def external_sources(directive: SphinxDirective) -> list[nodes.Node]:
    """``{external-sources}``: the sources of figures from outside the gazette, with their grades."""
    records: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in read_table(data_of(directive.env, "context.csv") / "context.csv", optional=True):
        records[record["source"], record["grade"]].append(record)
    rows: list[list[Cell]] = []
    for (source, grade), found in sorted(records.items(), key=lambda entry: (entry[0][1], entry[0][0])):
        column = "name_zh" if is_source(directive.config) else "name_en"
        names = list(dict.fromkeys(record[column] for record in found))
        rest = _("等{count}项").format(count=len(names)) if len(names) > NAMES_IN_CELL else ""
        apart = _("、") if column == "name_zh" else _("；")  # English names have commas of their own
        words = apart.join(names[:NAMES_IN_CELL]) + rest
        kind = _("{grade}：{meaning}").format(grade=grade, meaning=_(GRADES[grade]))
        rows.append([[_source(source)], kind, words, str(len(found))])
    return [table((_("来源"), _("级别"), _("内容"), _("数")), (35, 16, 37, 12), rows, numeric={3})]


def absences(directive: SphinxDirective) -> list[nodes.Node]:
    """``{absences}``: what the gazette does not say: the claim, the pages searched, what must not occur there.

    Links in prose lead to its rows, which are labels like MyST's own; a link to a missing row stops the build.
    """
    header = (_("公报没有的"), _("在哪里找过"), _("找不到的"), _("那里有的"))
    chinese, rows = is_source(directive.config), list[list[Cell]]()
    for absence in load_absences(data_of(directive.env, "absences.csv", "reports.csv")):
        label = nodes.target("", "", ids=[absence.id], names=[absence.id])
        directive.state.document.note_explicit_target(label)
        claim = nodes.Text(absence.record["claim_zh" if chinese else "claim_en"])
        where = _("、").join(_in_words(place, chinese) for place in absence.places)
        rows.append([[label, claim], where, *(_patterns(absence.record[column]) for column in ("absent", "found"))])
    return [table(header, (30, 20, 32, 18), rows)]


def verification(directive: SphinxDirective) -> list[nodes.Node]:
    """``{verification}``: the result of the last comparison with the gazette; without one, every page says so."""
    if not (record := read_record(data_of(directive.env, RECORD))):
        return []
    set_aside = record["set_aside"]
    by_rules = _("{count}（{rules}条规则）").format(count=sum(set_aside.values()), rules=len(set_aside))
    rows: list[list[Cell]] = [
        [_("核对日期"), record["date"]],
        [_("公报文本的SHA-256"), [nodes.literal("", record["source"])]],
        [_("与原页一致的陈述"), str(record["rows"])],
        [_("按写明理由的规则排除的数字"), by_rules],
        [_("既没有录入也没有排除的数字"), str(record["unaccounted"])],
    ]
    if left_out := record.get("left_out"):
        rows.append([_("还没有录入的页上的数字"), str(left_out)])
    return [table((_("项目"), _("结果")), (40, 60), rows)]


def data_dictionary(directive: SphinxDirective) -> list[nodes.Node]:
    """``{data-dictionary}``: a section for each table, or tables with one schema; in it a row for each column."""
    data = data_of(directive.env, "datapackage.yaml", "*-schema.yaml")
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for resource in read_yaml(data / "datapackage.yaml")["resources"]:
        groups[str(resource["schema"])].append(resource)
    suffix = "_zh" if is_source(directive.config) else ""
    sections: list[nodes.Node] = []
    for first, *others in groups.values():
        schema, path = first["schema"], Path(first["path"])
        fields = (read_yaml(data / schema) if isinstance(schema, str) else schema)["fields"]
        rows: list[list[Cell]] = [
            [[nodes.literal("", field["name"])], _(TYPES[field["type"]]), field.get(f"description{suffix}", "")]
            for field in fields
        ]
        # tables with one schema have a folder of their own
        title = nodes.title("", str(path.with_name("*.csv") if others else path), translatable=False)
        names = _("；").join(resource[f"title{suffix}"] for resource in (first, *others))
        made = table((_("列"), _("类型"), _("内容")), (24, 12, 64), rows, classes=["colwidths-given"])
        paragraph = nodes.paragraph("", names, translatable=False)
        sections.append(nodes.section("", title, paragraph, made, ids=[nodes.make_id(first["name"])]))
    return sections


def parameters(directive: SphinxDirective) -> list[nodes.Node]:
    """``{parameters}``: the assumptions of every notebook, in the order of the book: name, meaning and value."""
    directive.env.note_dependency(str(Path(directive.env.srcdir, "_toc.yml")))
    rows: list[list[Cell]] = []
    for docname, chapter in FigureDomain.of(directive.env).results.chapters.items():
        note_run(directive.env, docname)
        for parameter in chapter.parameters:
            said = localised(parameter, directive.config)
            name, value = nodes.literal("", said["name"]), nodes.literal("", said["value"])
            link = reference_to(f"/{docname}", "doc", directive.env.docname, "std")
            rows.append([[link], [name], said["meaning"], [value]])
    return [table((_("章"), _("参数"), _("含义"), _("缺省值")), (20, 24, 38, 18), rows)]


def _source(source: str) -> nodes.Node:
    """A source as its address; one on the web is a link."""
    address = nodes.inline("", source, classes=["figure-id"])
    return nodes.reference("", "", address, refuri=source) if source.startswith(("http://", "https://")) else address


def _in_words(place: Place, chinese: bool) -> str:
    return place.report.words(chinese)[0] if place.report else _named(place.first_page, place.last_page)


def _patterns(texts: str) -> list[nodes.Node]:
    """Patterns as code, marked as Chinese in every edition."""
    return joined(" ", (nodes.literal("", text, classes=[f"language-{SOURCE}"]) for text in texts.split()))


def span(report: Report) -> str:
    """The first and the last page of a text; one of them if it has no more."""
    return _("～").join(map(str, dict.fromkeys((report.first_page, report.last_page))))


def _counts(stated: Sequence[str]) -> tuple[str, str]:
    """How many statements there are, and of how many figures, of which the ids are given."""
    return str(len(stated)), str(len(set(stated)))


# --- the gazette page by page

Pages = dict[int, dict[str, str]]
"""For each page number, the ids of the figures that it states, each with its phrases there."""


def gazette_pages(directive: SphinxDirective) -> list[nodes.Node]:
    """``{gazette-pages}``: a section for each text of the gazette; its pages are filled in once all pages are read."""
    FigureDomain.of(directive.env).note_listing(PAGES, directive.env.docname)
    ledger = Ledger.load(data_of(directive.env, "reports.csv", "units.csv", "ledger/*.csv"))
    stated: dict[tuple[str, int], dict[str, str]] = defaultdict(lambda: defaultdict(str))
    for row in ledger.rows:
        stated[row.report.key, row.page][row.id] += f"“{row.phrase}”"
    sections: list[nodes.Node] = []
    for report in ledger.reports.values():
        short, title, body = report.words(is_source(directive.config))
        heading = nodes.title("", short, translatable=False)
        first, last = report.first_page, report.last_page
        words = _("{title}（{body}，{pages}）").format(title=title, body=body, pages=_named(first, last))
        pages = {number: dict(stated[report.key, number]) for number in range(first, last + 1)}
        place = later(fill=partial(fill, pages=pages), docname=directive.env.docname)
        paragraph = nodes.paragraph("", words, translatable=False)
        sections.append(nodes.section("", heading, paragraph, place, ids=[nodes.make_id(f"report-{report.key}")]))
    return sections


def _named(first: int, last: int) -> str:
    # English has a mark for one page and another for more
    return (_("第{page}页") if first == last else _("第{first}～{last}页")).format(page=first, first=first, last=last)


def fill(view: View, pages: Pages) -> list[nodes.Node]:
    """The pages of a text of the gazette."""
    made = _on_the_web(view, pages) if view.on_the_web else _in_print(view, pages)
    if any(pages.values()):
        return made
    return [*made, nodes.paragraph("", _("这一篇没有统计数；其中的日期、文号和序号按写明理由的规则排除。"))]


def _on_the_web(view: View, pages: Pages) -> list[nodes.Node]:
    """Each page with its figures, their phrases and uses; pages without any share a line."""
    content: list[nodes.Node] = []
    for states, group in groupby(pages, key=lambda page: bool(pages[page])):
        if not states:
            content.append(_line(group))
            content += [nodes.paragraph("", _("本页没有统计数。"))] if any(pages.values()) else []
            continue
        for page in group:
            items = "".join(_item(view, id, phrases) for id, phrases in pages[page].items())
            listed = f'<ul class="gazette-figures simple">\n{items}</ul>\n'
            content += [_line([page]), nodes.raw("", listed, format="html")]
    return content


def _item(view: View, id: str, phrases: str) -> str:
    record = view.domain.records.get(id)
    name = escape(f"{_('，')}{label(record)}" if record else "")
    said = in_source_language(phrases, view.builder.config)
    uses = f'<span class="figure-uses">{view.uses(id)}</span>'
    return f"<li><p>{view.figure(id, 'text')}{name}{said} {uses}</p></li>\n"


def _line(pages: Iterable[int]) -> nodes.paragraph:
    """A line with the numbers of pages, which has their addresses."""
    addressed = (nodes.inline("", _named(page, page), ids=[page_id(page)]) for page in pages)
    return nodes.paragraph("", "", *joined(_("、"), addressed), classes=["gazette-page"])


def _in_print(view: View, pages: Pages) -> list[nodes.Node]:
    """Only the numbers, each leading to its row: the rest is in the ledger."""
    content: list[nodes.Node] = []
    for page, said in pages.items():
        if said:
            numbers = joined(_("、"), (reference_to(id, "text", view.docname) for id in said))
            content.append(nodes.paragraph("", "", nodes.strong("", _named(page, page)), nodes.Text(_("：")), *numbers))
    return content


def setup(app: Sphinx) -> None:
    """Register the directives."""
    made = (reports, gazette_pages, external_sources, verification, absences, data_dictionary, parameters)
    for directive in made:
        add_directive(app, directive.__name__.replace("_", "-"), directive)
