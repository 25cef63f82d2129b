"""The rows that numbers lead to: the ledger on the web and in print, and the evidence table of a chapter.

On the web a row has the statements of a figure, its checks and its uses; static/ledger.js makes one table of the rows,
to search, filter and sort. Builders for print have plain tables.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from docutils import nodes
from markupsafe import Markup, escape
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from gongbao.figures.bundles import EXACT_COLUMNS
from gongbao.figures.expression import ID_IN_BRACES
from gongbao.figures.figure import assuming, each_assumption
from gongbao.figures.messages import _
from gongbao.figures.units import NBSP
from gongbao.ledger.relations import Verdict
from gongbao.ledger.tables import read_table, tables_in
from gongbao.pages.cards import interval
from gongbao.pages.domain import (
    CLAIMS,
    EVIDENCE,
    FigureDomain,
    label,
    listing_of,
    places,
    reference_to,
    with_inputs,
)
from gongbao.pages.language import in_source_language, is_source
from gongbao.pages.steps import add_directive
from gongbao.pages.tables import Cell, View, folded, formula_nodes, later, table
from gongbao.pages.web import FIRST, words
from gongbao.results.results import Chapter, Record

SAYS = {
    "filter": _("筛选总账"),
    "facets": {
        "q": _("搜索"),
        "topic": _("主题"),
        "claim": _("性质"),
        "report": _("篇目"),
        "page": _("公报页码"),
        "unit": _("单位"),
    },
    "example": _("名称、编号或原文"),
    "all": _("全部"),
    "reset": _("清除"),
    "download": _("下载这些行（CSV）"),
    "cite": _("引用"),
    "info": _("第{first}～{last}行，共{count}行"),
    "filtered": _("（总账有{all}行）"),
    "none": _("没有这样的行"),
    "sort": _("按这一列排序"),
    "rows": _("每页行数"),
    "pages": _("翻页"),
    "part": _("第{part}页，共{parts}页"),
    "steps": {"first": _("第一页"), "previous": _("上一页"), "next": _("下一页"), "last": _("最后一页")},
}
"""The words of the script."""


ENDS = re.compile("(−?[0-9.]+)～(−?[0-9.]+)")
"""The ends of an interval as a row prints them: all digits of thousands of floats would be a tenth of the page."""

MOST_DIGITS = 9
"""The significant digits of computed values by which rows are sorted; the files to download have all."""

_COUNTED = re.compile(r"\[[^\[\]{}]*\]")
"""The words in a formula for what it counts."""

_IN_COMMON = 2
"""Two inputs are the same quantity of two things if their names share so many characters in a row."""


def figures(directive: SphinxDirective) -> list[nodes.Node]:
    """``{figures} debt``: the rows of a ledger topic; or ``computed``, ``external``, or ``here``, the page's own."""
    what, docname = directive.arguments[0], directive.env.docname
    topics = {path.stem for path in tables_in(Path(directive.env.srcdir, "data", "ledger"))}
    if what not in topics | {"computed", "external", EVIDENCE}:
        return [directive.state.document.reporter.warning(f"the ledger has no topic {what}", line=directive.lineno)]
    FigureDomain.of(directive.env).note_listing(what, docname)
    return [later(fill=evidence if what == EVIDENCE else partial(rows, what=what), docname=docname)]


def evidence(view: View) -> list[nodes.Node]:
    """The figures that a page uses, with sources or formulas, folded, on the web; in print, those that it computes."""
    if not view.on_the_web:
        return [computed(view)]
    used = with_inputs(view.domain.uses(view.docname), view.domain.records)
    records, made = [view.domain.records[id] for id in sorted(used)], list[str]()
    for record in sorted(records, key=lambda record: list(CLAIMS).index(record["claim"])):
        pages = dict.fromkeys(s["place"] for s in record["statements"])
        origin = view.formula(record) or _("、").join(pages) or _("参数")
        number = view.figure(record["id"], "tolerance")
        parity = "odd" if len(made) % 2 else "even"  # the head is the first row
        rest = (label(record), str(CLAIMS[record["claim"]]), origin)
        cells = [f'<td class="text-right"><p>{number}</p></td>', *(f"<td><p>{escape(text)}</p></td>" for text in rest)]
        made.append(_row(f'class="row-{parity}"', cells))
    header = (_("数字"), _("指标（时期）"), _("性质"), _("出处或算式"))
    summary = escape(_("列出{count}个数，各附出处或算式").format(count=len(made)))
    opening = f'<details class="evidence"><summary>{summary}</summary>'
    return folded(opening, table(header, (19, 30, 13, 38), "".join(made), numeric={0}))


def rows(view: View, what: str) -> list[nodes.Node]:
    """The rows of a topic of the ledger, of computed figures, or of figures from outside."""
    records = [record for record in view.domain.records.values() if listing_of(record) == what]
    if view.on_the_web:
        header = (_("指标（时期）"), _("数值"), _("出处或算式"), _("用处与核对"))
        made = "".join(_web_row(view, record) for record in records)
        # the style sheet has the widths; scripts let each row be cited
        return [table(header, (1,) * 4, made, numeric={1}, classes=["ledger"])]
    # the rows of the others are in evidence tables of chapters
    if unlisted := [record for record in records if not view.domain.publisher(record)]:
        return [_plain_table(view, unlisted)]
    told = _(
        "推算与推断所得的数各自列在所在章的证据表中，附算式与所用的数，这里不再重复；完整的一览见本书网页版的数据总账。"
    )
    return [nodes.paragraph("", told, translatable=False)] if records else []


def _plain_table(view: View, records: Iterable[Record]) -> nodes.table:
    """A row for each figure: its address, its interval and all its statements."""
    made: list[list[Cell]] = []
    for record in records:
        id, name = record["id"], nodes.inline("", label(record), classes=["figure-name"])
        named = [
            nodes.target("", "", ids=[id]),
            name,
            nodes.Text(" "),
            nodes.inline("", id, classes=["figure-id", "monospace"]),
        ]
        origin = formula_nodes(record, view.docname) or [nodes.Text(_("；").join(places(record)) or _("参数"))]
        made.append([named, record["tolerance"], interval(record), origin])
    header = (_("指标（时期）"), _("数值"), _("范围"), _("出处或算式"))
    return table(header, (38, 13, 21, 28), made, numeric={1, 2})


# --- computed figures in print


def computed(view: View) -> nodes.container:
    """A paragraph for each kind of formula of a page, with its numbers and links to its inputs.

    Only the formula of the first of a kind is printed; those of the others follow from their names. An assumption is
    printed where it is made, and not again with figures computed from that.
    """
    groups: list[tuple[object, list[Record]]] = []
    domain, chapter = view.domain, view.domain.results.chapters.get(view.docname, Chapter())
    for record in map(domain.records.__getitem__, chapter.published):
        made = {**record, "inference": _own_inference(record, domain)}
        form = [_COUNTED.sub("[]", part) for part in ID_IN_BRACES.split(record["formula"])[::2]]
        kind = record["id"].partition("@")[0].split(".")[:2], form, made["inference"]
        alike = (group for of, group in groups if of == kind and _same_of_another(made, group[0], domain))
        if group := next(alike, []):
            group.append(made)
        else:
            groups.append((kind, [made]))
    return nodes.container("", *(_paragraph(group, view) for _kind, group in groups), classes=["figure-listing"])


def _own_inference(record: Record, domain: FigureDomain) -> str:
    inputs = (domain.records[id]["inference"] for id in record["inputs"] if id in domain.records)
    known = {one for inference in inputs for one in each_assumption(inference)}
    return assuming(*(one for one in each_assumption(record["inference"]) if one not in known))


def _same_of_another(record: Record, first: Record, domain: FigureDomain) -> bool:
    """Whether each input is the same as in the first, or, by its name, the same quantity of another thing or period."""
    for own, other in zip(*(ID_IN_BRACES.findall(one["formula"]) for one in (record, first)), strict=True):
        one, another = (domain.records[id]["name_zh"] for id in (own, other))
        shared = SequenceMatcher(None, one, another, autojunk=False).find_longest_match()
        if own != other and shared.size < _IN_COMMON:
            return False
    return True


def _paragraph(group: list[Record], view: View) -> nodes.paragraph:
    first, docname = group[0], view.docname
    content = _entry(first, label(first), docname)
    if formula := formula_nodes(first, docname, _symbols(first, view.domain)):
        content += [nodes.Text(" = "), *formula]
    for before, record in pairwise(group):
        name = label(record)
        content.append(nodes.Text(_("；") if before is not first else _("。同式：")))
        if before is not first and record["name"] == before["name"]:
            name = name.removeprefix(record["name"]).strip()  # only its period
        content += _entry(record, name, docname)
    return nodes.paragraph("", "", *content)


def _entry(record: Record, name: str, docname: str) -> list[nodes.Node]:
    """A name and its number; this is where links from the same number elsewhere lead."""
    number = reference_to(record["id"], "tolerance", docname)
    number["in_own_row"] = True
    gap = "" if name.endswith("）") else " "
    return [nodes.target("", "", ids=[record["id"]]), nodes.Text(name + gap), nodes.strong("", "", number)]


def _symbols(record: Record, domain: FigureDomain) -> dict[str, str]:
    """The inputs that a formula can call by their bare names, because these differ without the periods."""
    inputs = {*ID_IN_BRACES.findall(record["formula"])}
    names = Counter(domain.records[id]["name"] for id in inputs)
    return {id: "symbol" for id in inputs if names[domain.records[id]["name"]] == 1}


# --- the ledger on the web


def _row(attributes: str, cells: Sequence[str]) -> str:
    return "\n".join([f"<tr {attributes}>{cells[0]}", *cells[1:], "</tr>\n"])


def _web_row(view: View, record: Record) -> str:
    """A row with an address, and with the data by which scripts filter and sort it."""
    # in the words of the data, so that the address of a view is the same in every edition
    original = view.domain.results.records[record["id"]]
    statements = [s for s in original["statements"] if s["page"]]
    value, *ends = (record[name] for name in EXACT_COLUMNS)
    if shown := ENDS.match(original["range"]):
        ends = [end.replace("−", "-") for end in shown.groups()]
    low, high = (end if end != value else "" for end in ends)
    data = {
        "claim": record["claim"],
        "high": high,
        "low": low,
        "pages": " ".join(dict.fromkeys(str(s["page"]) for s in statements)),
        "reports": " ".join(dict.fromkeys(s["report"] for s in statements)),
        "unit": record["unit"],
        "value": value if statements or len(value) < MOST_DIGITS else f"{float(value):.{MOST_DIGITS}g}",
    }
    attributes = [f'data-{key}="{escape(text)}"' for key, text in data.items() if text]
    # the column is narrow: lines may break where those of a sentence should not
    printed, ends_text = record["tolerance"].replace(NBSP, " "), interval(record).replace(NBSP, " ")
    also = f' <span class="range">{escape(ends_text)}</span>' if ends_text else ""
    origin = view.formula(record) or _statements(view, record) or _("参数")
    id, name = escape(record["id"]), escape(label(record))
    cells = (
        f'<td><span class="figure-name">{name}</span> <span class="figure-id">{id}</span></td>',
        f'<td class="text-right"><span class="figure-printed">{escape(printed)}</span>{also}</td>',
        f"<td><p>{escape(origin)}</p></td>",
        f"<td>{_uses(view, record['id'])}</td>",
    )
    return _row(" ".join([*attributes, f'id="{id}"']), cells)


def _statements(view: View, record: Record) -> Markup:
    """Where a figure is stated, each place once with all its phrases."""
    phrases: dict[tuple[int | None, str], str] = {}
    for statement in record["statements"]:
        place = statement["page"], statement["place"]
        phrase = f"“{statement['phrase']}”" if statement["phrase"] else ""
        phrases[place] = phrases.get(place, "") + phrase
    config = view.builder.config
    said = (view.gazette(*place) + in_source_language(phrase, config) for place, phrase in phrases.items())
    return escape(_("；")).join(said)


def _uses(view: View, id: str) -> str:
    """Where the book uses a figure, and the relations that it ought to satisfy."""
    used, heading = view.uses(id), escape(_("用于："))
    lines = [f"<p>{heading}{used}</p>"] if used else []
    for note, verdict in view.domain.checks.get(id, ()):
        checked = _("{note}：{verdict}").format(note=note, verdict=_(Verdict(verdict).zh))
        lines.append(f'<p class="relation {verdict}">{escape(checked)}</p>')
    return "\n".join(lines)


def load_script(app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document) -> None:
    """Load the script that makes one table of the rows on pages that have some."""
    if doctree and any("ledger" in found["classes"] for found in doctree.findall(nodes.table)):
        said = words(says=SAYS, names=_names(FigureDomain.of(app.env)))
        app.add_js_file("ledger.js", priority=FIRST, loading_method="defer", **said)


def _names(domain: FigureDomain) -> dict[str, list[tuple[object, ...]]]:
    """The words of an edition for the values by which rows are filtered, in the order of the book.

    A unit comes with what it measures, by which units are grouped, and with its factor, by which values are sorted.
    """
    reports: dict[str, str] = {}
    units: dict[str, Record] = {}
    for id, record in domain.records.items():
        units.setdefault(record["unit"], record)
        for said, original in zip(record["statements"], domain.results.records[id]["statements"], strict=True):
            reports[original["report"]] = said["report"]
    measures = list(dict.fromkeys(record["measure"] for record in units.values()))
    # 家 counts schools, firms and more: English has no word for it, but a meaning
    data = Path(domain.env.srcdir, "data")
    english = {row["unit"]: row["meaning_en"] for row in read_table(data / "units.csv")}
    named: list[tuple[object, ...]] = []
    for symbol, record in sorted(units.items(), key=lambda unit: measures.index(unit[1]["measure"])):
        word = symbol if is_source(domain.env.config) else f"{english.get(symbol, record['unit_en'])} ({symbol})"
        named.append((symbol, word, measures.index(record["measure"]), record["factor"]))
    return {"claims": [*CLAIMS.items()], "reports": [*reports.items()], "units": named}


def setup(app: Sphinx) -> None:
    """Register the directive and the script."""
    add_directive(app, "figures", figures, arguments=1)
    app.connect("html-page-context", load_script)
