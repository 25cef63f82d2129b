"""What a chapter computes, as it is listed on paper: each number once, in one place with those computed alike.

A formula stands in words, that of the first of its kind; those of the others follow from their names.
"""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from itertools import pairwise

from docutils import nodes

from gongbao.figures.messages import _
from gongbao.pages.domain import ID_IN_BRACES, FigureDomain, label, reference_to
from gongbao.pages.tables import formula_nodes
from gongbao.results.results import Chapter, Record

_COUNTED = re.compile(r"\[[^\[\]{}]*\]")
"""What a formula says that it counts."""

_IN_COMMON = 2
"""The characters in a row that the names of two inputs share if they are the same of two things."""


def computed(domain: FigureDomain, docname: str) -> nodes.container:
    """A paragraph for each kind of formula of a page, with the numbers that it gives and where its inputs stand.

    An assumption stands where it is made, and not again with all that rests on it.
    """
    groups: list[tuple[object, list[Record]]] = []
    chapter = domain.results.chapters.get(docname, Chapter())
    for record in map(domain.records.__getitem__, chapter.published):
        made = {**record, "inference": _own_inference(record, domain)}
        form = [_COUNTED.sub("[]", part) for part in ID_IN_BRACES.split(record["formula"])[::2]]
        kind = record["id"].partition("@")[0].split(".")[:2], form, made["inference"]
        alike = (group for of, group in groups if of == kind and _same_of_another(made, group[0], domain))
        if group := next(alike, []):
            group.append(made)
        else:
            groups.append((kind, [made]))
    return nodes.container(
        "", *(_paragraph(group, domain, docname) for _kind, group in groups), classes=["figure-listing"]
    )


def _own_inference(record: Record, domain: FigureDomain) -> str:
    inputs = (domain.records[id]["inference"] for id in record["inputs"] if id in domain.records)
    known = {one for inference in inputs for one in inference.split("；")}
    return "；".join(one for one in record["inference"].split("；") if one not in known)


def _same_of_another(record: Record, first: Record, domain: FigureDomain) -> bool:
    """Whether each input is that of the first, or the same quantity of another thing or period, by its name."""
    for own, other in zip(*(ID_IN_BRACES.findall(one["formula"]) for one in (record, first)), strict=True):
        one, another = (domain.records[id]["name_zh"] for id in (own, other))
        shared = SequenceMatcher(None, one, another, autojunk=False).find_longest_match()
        if own != other and shared.size < _IN_COMMON:
            return False
    return True


def _paragraph(group: list[Record], domain: FigureDomain, docname: str) -> nodes.paragraph:
    first = group[0]
    content = _entry(first, label(first), docname)
    if formula := formula_nodes(first, docname, _symbols(first, domain)):
        content += [nodes.Text(" = "), *formula]
    for before, record in pairwise(group):
        name = label(record)
        content.append(nodes.Text(_("；") if before is not first else _("。同式：")))
        if before is not first and record["name"] == before["name"]:
            name = name.removeprefix(record["name"]).strip()  # only its period
        content += _entry(record, name, docname)
    return nodes.paragraph("", "", *content)


def _entry(record: Record, name: str, docname: str) -> list[nodes.Node]:
    """A name and its number, to which the number leads wherever else it is printed."""
    number = reference_to(record["id"], "tolerance", docname)
    number["in_own_row"] = True
    gap = "" if name.endswith("）") else " "
    return [nodes.target("", "", ids=[record["id"]]), nodes.Text(name + gap), nodes.strong("", "", number)]


def _symbols(record: Record, domain: FigureDomain) -> dict[str, str]:
    """How a formula calls its inputs: by their bare names, where these tell them apart without the periods."""
    inputs = {*ID_IN_BRACES.findall(record["formula"])}
    names = Counter(domain.records[id]["name"] for id in inputs)
    return {id: "symbol" for id in inputs if names[domain.records[id]["name"]] == 1}
