"""Figures as objects: prose links to one by its id, every builder prints it and leads to its row.

On the web the row is that of the ledger page. On paper, and in a chapter by itself, a number leads first to the
evidence table of its own chapter, and what is computed has its only row there: a second list of it would be a quarter
of the book.

The rows of the ledger and of context.csv are objects from the start; what notebooks publish is added as they are read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from gettext import NullTranslations
from pathlib import Path
from typing import Any, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.domains import Domain, ObjType
from sphinx.domains.std import StandardDomain
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.nodes import make_refnode

from gongbao.figures.bundles import EXACT_COLUMNS
from gongbao.figures.figure import Claim, period
from gongbao.figures.messages import _
from gongbao.ledger.context import load_context
from gongbao.ledger.labels import Labels
from gongbao.ledger.relations import load_relations
from gongbao.ledger.rows import Ledger, Row
from gongbao.pages.freshness import fingerprint
from gongbao.pages.language import is_source, localised
from gongbao.prose import numbers
from gongbao.verify.check import data_faults

logger = logging.getLogger(__name__)

Record = dict[str, Any]
"""What :meth:`gongbao.figures.figure.Figure.record` returns."""

FORMS = tuple(numbers.MARKS)
"""The forms that a figure may take: the parts of its record."""

PAGES = "pages"
"""Under what name the index of the gazette's pages is listed."""

ID_IN_BRACES = re.compile(r"\{([^{}]+)\}")
"""An id where a formula names it."""


def stands_alone(builder: Builder) -> bool:
    """Whether a builder writes what is read without the web pages: its numbers lead to evidence tables."""
    return bool(getattr(builder, "stands_alone", False))


def reference_to(id: str, form: str, docname: str) -> addnodes.pending_xref:
    """A place where a figure will be printed; ``form`` is one of :data:`FORMS`, or ``name`` for its name."""
    attributes = {"refdoc": docname, "refexplicit": False, "refwarn": True}
    return addnodes.pending_xref(id, nodes.inline(id, id), refdomain="figure", reftype=form, reftarget=id, **attributes)


class FigureDomain(Domain):
    """The figures of the book.

    Data: ``published`` (id → page and record), ``uses`` (page → id → sections), ``listings`` (what is listed → page),
    ``evidence`` (pages with an evidence table), ``sketches`` (chapter → page and record),
    ``sketched`` (page → chapters), ``words`` (page → what is to be translated besides its text), ``written`` (id →
    record, as the last build printed it), and ``sources`` (the fingerprint of data that are in order, their records
    by id, and the relations of each).
    """

    name = "figure"
    label = "figure"
    object_types = {"figure": ObjType("figure", *FORMS)}
    initial_data = {
        "published": {},
        "uses": {},
        "listings": {},
        "evidence": set(),
        "sketches": {},
        "sketched": {},
        "words": {},
        "written": {},
        "sources": ("", {}, {}),
    }
    data_version = 7
    dangling_warnings = dict.fromkeys(FORMS, "no figure has the id %(target)s, or no page lists it")

    @classmethod
    def of(cls, env: BuildEnvironment) -> FigureDomain:
        """The domain as an environment holds it."""
        return cast(FigureDomain, env.get_domain(cls.name))

    def load_sources(self, data: Path) -> None:
        """Read the rows that need no notebook, unless they are there as the data and the library now make them.

        Raises:
            ExtensionError: if the data is faulty.
        """
        state = fingerprint(data.parent)
        if self.data["sources"][0] == state:
            return
        if faults := data_faults(data):
            raise ExtensionError("the data is faulty\n" + "\n".join(map(str, faults)))
        ledger = Ledger.load(data)
        labels = Labels.load(ledger.units, data)
        records = {id: figure.record() for id, figure in {**ledger, **load_context(data)}.items()}
        records |= {id: words_record(rows, labels) for id, rows in ledger.words.items()}
        records = {id: localised(record, self.env.config) for id, record in records.items()}
        note = "note_zh" if is_source(self.env.config) else "note_en"
        checks: dict[str, list[tuple[str, str]]] = {}
        for relation in load_relations(data):
            for id in sorted(relation.ids):
                checks.setdefault(id, []).append((relation.record[note], relation.expected))
        self.data["sources"] = (state, records, checks)

    @property
    def sources(self) -> dict[str, Record]:
        """The rows of the ledger and of context.csv, by id."""
        records: dict[str, Record] = self.data["sources"][1]
        return records

    @property
    def checks(self) -> dict[str, list[tuple[str, str]]]:
        """The relations that a figure ought to satisfy, by its id: what each says, and the verdict."""
        checks: dict[str, list[tuple[str, str]]] = self.data["sources"][2]
        return checks

    # --- what there is

    def records(self) -> dict[str, Record]:
        """Every figure of the book by id: what the data state, then what each page computes, in the order of the book.

        The pages may have been read in any order; a page publishes in that of its cells.
        """
        places = {docname: place for place, docname in enumerate(self._order)}
        kept: Iterable[tuple[str, Record]] = self.data["published"].values()
        ordered = sorted(kept, key=lambda entry: (places.get(entry[0], len(places)), entry[0]))
        return self.sources | {record["id"]: record for _, record in ordered}

    def record(self, id: str) -> Record | None:
        """A figure of the book; None if there is none of that id."""
        kept: tuple[str, Record] | None = self.data["published"].get(id)
        return kept[1] if kept else self.sources.get(id)

    def uses(self) -> dict[str, set[str]]:
        """The ids of the figures that each page prints or draws."""
        return {docname: set(used) for docname, used in self.data["uses"].items()}

    def sections_with(self, id: str) -> dict[str, list[str]]:
        """Where the book prints or draws a figure: for each page the ids of the sections, in the order of the book."""
        uses: dict[str, dict[str, list[str]]] = self.data["uses"]
        return {docname: uses[docname][id] for docname in self._order if id in uses.get(docname, ())}

    @cached_property
    def _order(self) -> list[str]:
        """The pages in the order of the book; asked for when all are read."""
        return list(self.env.collect_relations())

    def publish(self, record: Record, docname: str) -> None:
        """Take up a figure that a page computes."""
        published = self.data["published"]
        id = record["id"]
        if id in self.sources or published.get(id, (docname,))[0] != docname:
            logger.warning("the figure %s is published more than once", id, location=docname)
        published[id] = (docname, record)

    def note_use(self, docname: str, id: str, section: str) -> None:
        """Keep that a section of a page depends on a figure."""
        sections = self.data["uses"].setdefault(docname, {}).setdefault(id, [])
        if section not in sections:
            sections.append(section)

    def note_listing(self, what: str, docname: str) -> None:
        """Keep which page holds the rows of a kind of figures."""
        self.data["listings"][what] = docname

    def printed_on(self, docname: str) -> set[str]:
        """The ids of the figures that a page prints: in its text, its charts, and its evidence table."""
        records = self.records()
        used = self.uses().get(docname, set()) & records.keys()
        if self.data["listings"].get(PAGES) == docname:
            used |= self.sources.keys()
        return with_inputs(used, records) if docname in self.data["evidence"] else used

    def note_evidence(self, docname: str) -> None:
        """Keep that a page has an evidence table."""
        self.data["evidence"].add(docname)

    def keep_sketch(self, record: Record, docname: str) -> None:
        """Keep the small picture of a chapter."""
        self.data["sketches"][record["name"]] = (docname, record)

    def note_words(self, docname: str, words: Iterable[str]) -> None:
        """Keep what the drawings and figures of a page say, for the catalogue of labels."""
        self.data["words"].setdefault(docname, set()).update(words)

    def words(self) -> dict[str, list[str]]:
        """Everything to translate that is not the text of a page, with the places where it stands."""
        found: dict[str, list[str]] = {}
        sources = (("data", record.get("words", ())) for record in self.sources.values())
        for place, words in (*sorted(self.data["words"].items()), *sources):
            for word in sorted(words):
                if place not in found.setdefault(word, []):
                    found[word].append(place)
        return found

    def plain(self, text: str, words: NullTranslations) -> str:
        """A text in the language of a catalogue, with the numbers that its links print."""
        return numbers.unlinked(words.gettext(numbers.marked(text)), self.record, text)

    def sketch(self, name: str) -> Record | None:
        """The small picture of a chapter: ``uri``, ``alt``, ``svg``, ``uses``."""
        kept: tuple[str, Record] | None = self.data["sketches"].get(name)
        return kept[1] if kept else None

    def note_sketched(self, docname: str, name: str) -> None:
        """Keep that a page shows the small picture of a chapter."""
        self.data["sketched"].setdefault(docname, set()).add(name)

    def sketched(self) -> dict[str, set[str]]:
        """The chapters whose small pictures each page shows."""
        sketched: dict[str, set[str]] = self.data["sketched"]
        return sketched

    def listed_on(self, record: Record) -> str | None:
        """The page that holds the row of a figure."""
        listings: dict[str, str] = self.data["listings"]
        return listings.get(listing_of(record))

    def published_on(self, docname: str) -> set[str]:
        """The ids of the figures that a page computes."""
        return {id for id, (page, _) in self.data["published"].items() if page == docname}

    def publisher(self, record: Record) -> str | None:
        """The page whose evidence table holds the row of a figure because the page computes it."""
        page, _ = self.data["published"].get(record["id"], (None, None))
        return page if page in self.data["evidence"] else None

    def _leads_to(self, record: Record, node: addnodes.pending_xref, builder: Builder) -> str | None:
        """The page with the row that a printed number leads to."""
        if not stands_alone(builder):
            return self.listed_on(record)
        page: str = node["refdoc"]
        if page in self.data["evidence"] and not node.get("in_own_row"):
            return page
        return self.publisher(record) or self.listed_on(record)

    # --- Sphinx

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        """Note the figures that the sections of a page print or draw."""
        for reference in document.findall(addnodes.pending_xref):
            if reference.get("refdomain") == self.name:
                self.note_use(docname, reference["reftarget"], _section_of(reference))
        for chart in document.findall(nodes.figure):
            draws: list[str] = chart.get("draws", [])
            for id in draws:
                self.note_use(docname, id, _section_of(chart))

    def clear_doc(self, docname: str) -> None:
        """Forget what a page brought in."""
        for kind in ("published", "sketches"):
            self.data[kind] = {id: entry for id, entry in self.data[kind].items() if entry[0] != docname}
        self.data["listings"] = {what: page for what, page in self.data["listings"].items() if page != docname}
        self.data["evidence"].discard(docname)
        self.data["uses"].pop(docname, None)
        self.sketched().pop(docname, None)
        self.data["words"].pop(docname, None)

    def merge_domaindata(self, docnames: list[str], otherdata: dict[str, Any]) -> None:
        """Take over what another process read."""
        for docname, record in otherdata["published"].values():
            if docname in docnames:
                self.publish(record, docname)
        for what, docname in otherdata["listings"].items():
            if docname in docnames:
                self.note_listing(what, docname)
        for docname, record in otherdata["sketches"].values():
            if docname in docnames:
                self.keep_sketch(record, docname)
        self.data["evidence"] |= otherdata["evidence"] & set(docnames)
        for docname in docnames:
            if docname in otherdata["uses"]:
                self.data["uses"][docname] = otherdata["uses"][docname]
            self.note_words(docname, otherdata["words"].get(docname, ()))
            for name in otherdata["sketched"].get(docname, ()):
                self.note_sketched(docname, name)

    def resolve_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        typ: str,
        target: str,
        node: addnodes.pending_xref,
        contnode: nodes.Element,
    ) -> nodes.Element | None:
        """The number as text that leads to its row; in that row itself it leads nowhere."""
        record = self.record(target)
        docname = self._leads_to(record, node, builder) if record else None
        if record is None or docname is None:
            return None
        text = label(record) if typ == "name" else record[typ]
        said = node.get("said")
        if said is not None and not numbers.says(said, text):
            told = f"{numbers.stale(target, said, text)}; {numbers.MEND}"
            logger.warning(told, location=node, type="gongbao", subtype="number")
        content = nodes.inline(text, text, classes=["figure-value", f"claim-{record['claim']}"])
        if node.get("in_own_row") and docname == fromdocname:
            return content
        title = None if typ == "name" else self.title(record)
        return make_refnode(builder, fromdocname, docname, target, content, title)

    def resolve_any_xref(self, *_: Any) -> list[tuple[str, nodes.reference]]:  # type: ignore[override]
        """Figures are only meant where a role of this domain says so."""
        return []

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """The figures that have a row, for the inventory; prose, not the search, leads to them."""
        for id, record in self.records().items():
            if docname := self.listed_on(record):
                yield id, record["name"], "figure", docname, id, -1

    # --- words

    def title(self, record: Record) -> str:
        """The text over a number, for who reads without the card: kind of claim, name, the first place."""
        said = _("{kind}：{name}").format(kind=CLAIMS[record["claim"]], name=label(record))
        return _("，").join([said, *places(record, 1)])


def _section_of(node: nodes.Node) -> str:
    """The id of the section around a node."""
    while node.parent and not isinstance(node, nodes.section):
        node = node.parent
    return str(node["ids"][0]) if isinstance(node, nodes.section) and node["ids"] else ""


def words_record(rows: list[Row], labels: Labels) -> Record:
    """The record of what the gazette states in words: like that of a figure, without a number."""
    first = rows[0]
    english = labels.english(first.value)
    return {
        "id": first.id,
        "name": first.record["name_zh"],
        "name_zh": first.record["name_zh"],
        "name_en": first.record["name_en"],
        "claim": str(Claim.STATED),
        **dict.fromkeys(FORMS, first.value),
        **dict.fromkeys(EXACT_COLUMNS, ""),
        "printed": first.value,
        "printed_en": english,
        "meaning": "",
        "unit": first.unit.symbol,
        "unit_en": first.unit.many_en,
        "formula": "",
        "inputs": [],
        "inference": "",
        "statements": [row.statement.record() for row in rows],
        "en": {"name": first.record["name_en"], **dict.fromkeys(FORMS, english)},
        "words": list(filter(None, [labels.template(first.value)])),
    }


CLAIMS = {str(claim): _(claim.zh) for claim in Claim}
"""The words for the kinds of claims, in the order in which they are listed; they take the language when printed."""


def label(record: Record) -> str:
    """The name of a figure with its period."""
    return _("{name}（{period}）").format(name=record["name"], period=period(record["id"]) or _("参数"))


def places(record: Record, limit: int | None = None) -> list[str]:
    """Where a figure is stated, with its phrases; past a limit they are counted."""
    statements = record["statements"]
    shown = [s["place"] + (f"“{s['phrase']}”" if s["phrase"] else "") for s in statements[:limit]]
    more = _("等{count}处").format(count=len(statements))
    return shown + ([more] if limit and len(statements) > limit else [])


def with_inputs(ids: Iterable[str], records: Mapping[str, Record]) -> set[str]:
    """Figures and everything that they were computed from."""
    found: set[str] = set()
    waiting = [id for id in ids if id in records]
    while waiting:
        id = waiting.pop()
        if id not in found:
            found.add(id)
            waiting += records[id]["inputs"]
    return found


def listing_of(record: Record) -> str:
    """What has to be listed for a figure to have a row: a topic of the ledger, ``computed`` or ``external``."""
    if record["claim"] == "stated":
        return str(record["id"]).partition(".")[0]
    return "external" if record["id"].startswith("external.") else "computed"


def check_and_load(app: Sphinx) -> None:
    """Refuse to build on faulty data; else load it."""
    FigureDomain.of(app.env).load_sources(Path(app.srcdir) / "data")


def pages_with_changed_figures(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """The pages to write again although their text is the same, because a figure they print is not."""
    domain = FigureDomain.of(env)
    records = domain.records()
    before, now = domain.data["written"], {id: json.dumps(record) for id, record in records.items()}
    # no id has a blank
    now |= {f"sketch {name}": json.dumps(record) for name, (_, record) in domain.data["sketches"].items()}
    now["the rest of the listings"] = json.dumps([domain.data["uses"], _titles(env), domain.checks], sort_keys=True)
    now["what pages say of each other"] = json.dumps(_said_elsewhere(env), sort_keys=True)
    changed = {id for id in before.keys() | now.keys() if before.get(id) != now.get(id)}
    domain.data["written"] = now
    if "what pages say of each other" in changed:
        return sorted(env.found_docs)
    pages = {docname for docname, ids in domain.uses().items() if with_inputs(ids, records) & changed}
    pages |= {docname for docname, names in domain.sketched().items() if {f"sketch {n}" for n in names} & changed}
    return sorted(pages | (set(domain.data["listings"].values()) if changed else set()))


def _titles(env: BuildEnvironment) -> list[object]:
    """The titles of pages and the numbers of sections, in the order of the book."""
    titles = {docname: title.astext() for docname, title in env.titles.items()}
    return [[docname, titles[docname], env.toc_secnumbers.get(docname)] for docname in env.collect_relations()]


def _said_elsewhere(env: BuildEnvironment) -> list[object]:
    """What a page says that other pages print, in side bars, references and links: titles, numbers, places, terms."""
    standard = cast(StandardDomain, env.get_domain("std"))
    toc = getattr(env, "external_site_map", None)
    labels = [standard.labels, standard.anonlabels, standard.data.get("terms", {})]
    return [_titles(env), toc.as_json() if toc else None, env.toc_fignumbers, *map(_by_text, labels)]


def _by_text(found: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key): [*map(str, value)] for key, value in found.items()}


def setup(app: Sphinx) -> None:
    """Register the domain."""
    app.add_domain(FigureDomain)
    app.connect("builder-inited", check_and_load)
    # when sections have their numbers: those of a first build would else seem to change with the second
    app.connect("env-get-updated", pages_with_changed_figures)
