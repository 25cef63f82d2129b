"""Figures as objects of Sphinx: prose links to one by its id, every builder prints it and leads to its row.

On the web the row is on the ledger page. On paper, a computed figure has its only row in the evidence table of the
chapter that computes it: a second list would be a quarter of the book.

All figures are known before a page is read (:mod:`gongbao.results`).
"""

from __future__ import annotations

from collections import defaultdict
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
from sphinx.util.nodes import make_refnode, traverse_parent

from gongbao.figures.messages import _
from gongbao.figures.origin import Claim
from gongbao.ledger.relations import load_relations
from gongbao.pages.language import is_source, localised
from gongbao.prose import numbers
from gongbao.results.results import Notebooks, Record, Results
from gongbao.results.runs import digest_of
from gongbao.verify.record import stale_data

FORMS = tuple(numbers.MARKS)
"""The forms that a figure may take: the parts of its record."""

PAGES, EVIDENCE, FILES = "pages", "here", "files"
"""The lists that a page may have besides figures of a kind: pages of the gazette, figures that it uses, files."""

"""An id where a formula names it."""


def reference_to(target: str, kind: str, docname: str, domain: str = "figure") -> addnodes.pending_xref:
    """A pending reference for a domain of Sphinx; a missing target is a warning.

    Figures are printed in one of :data:`FORMS`, as their ``name``, with the period, or as a ``symbol``, the bare name.
    """
    attributes = {"refdomain": domain, "reftype": kind, "reftarget": target, "refdoc": docname}
    return addnodes.pending_xref(target, nodes.inline(target, target), **attributes, refexplicit=False, refwarn=True)


class FigureDomain(Domain):
    """The figures of the book, which are all known before a page is read, and what its pages show of them.

    Data by page, set when it is read: ``uses`` (id of each figure that it prints or draws → ids of the sections),
    ``lists`` (topics of the ledger, ``computed``, ``external``, and the names above), ``untranslated`` (how many of its
    messages no catalogue has), ``numbered`` (its parts that may have a number). From the last build: ``written`` (page
    → a digest of what it showed of the rest of the book), ``files`` (:class:`gongbao.pages.downloads.Listed`),
    ``files_made_of`` (a digest).
    """

    name = label = "figure"
    object_types = {"figure": ObjType("figure", *FORMS)}
    by_page = ("uses", "lists", "untranslated", "numbered")
    initial_data = {**{kind: {} for kind in by_page}, "written": {}, "files": [], "files_made_of": ""}
    data_version = 11
    dangling_warnings = dict.fromkeys(FORMS, "no figure has the id %(target)s, or no page lists it")

    results: Results
    """The results of the data and the notebooks."""

    records: dict[str, Record]
    """Every figure of the book by id, in the words of the edition and in the order of the book."""

    checks: dict[str, list[tuple[str, str]]]
    """The relations that a figure ought to satisfy, by its id: the note of each, and its verdict."""

    notebooks: Notebooks
    """The notebooks of the book with their outputs, by page."""

    missing: str
    """A line on what has no translation, once all pages are read; empty if all has."""

    unverified: list[str]
    """The files of the data that have not been verified in their present state."""

    @classmethod
    def of(cls, env: BuildEnvironment) -> FigureDomain:
        """The domain as an environment holds it."""
        return cast(FigureDomain, env.get_domain(cls.name))

    def take_up(self, results: Results, notebooks: Notebooks) -> None:
        """Store the results of the notebooks, in the words of the edition, and the relations of each figure."""
        config, data = self.env.config, Path(self.env.srcdir, "data")
        self.results, self.notebooks = results, notebooks
        self.unverified = sorted({fault.file for fault in stale_data(data)})
        self.records = {id: localised(record, config) for id, record in results.records.items()}
        self.checks, note = defaultdict(list), "note_zh" if is_source(config) else "note_en"
        for relation in load_relations(data):
            for id in sorted(relation.ids):
                self.checks[id].append((relation.record[note], relation.expected))

    # --- what there is

    @cached_property
    def of_the_data(self) -> dict[str, Record]:
        """The figures that no notebook computes, by id."""
        return {id: self.records[id] for id in self.results.of_the_data()}

    @cached_property
    def digests(self) -> dict[str, str]:
        """The digest of each record, by id; everything made of a figure is made anew if its digest changes."""
        return {id: digest_of(record) for id, record in self.records.items()}

    def plain(self, text: str, words: NullTranslations) -> str:
        """A text in the language of a catalogue, with the numbers that its links print."""
        return numbers.unlinked(words.gettext(numbers.marked(text)), self.records.get, text) if text else ""

    # --- where the book has it

    def uses(self, docname: str) -> set[str]:
        """The ids of the figures that a page prints or draws."""
        return set(self.data["uses"].get(docname, ()))

    def sections_with(self, id: str) -> dict[str, list[str]]:
        """Where the book prints or draws a figure: for each page the ids of the sections, in the order of the book."""
        uses: dict[str, dict[str, list[str]]] = self.data["uses"]
        return {docname: uses[docname][id] for docname in self._order if id in uses.get(docname, ())}

    @cached_property
    def _order(self) -> list[str]:
        """The pages in the order of the book; to be used once all are read."""
        return list(self.env.collect_relations())

    def note_listing(self, what: str, docname: str) -> None:
        """Store what a page lists: a kind of figures, or one of the names above."""
        self.data["lists"].setdefault(docname, []).append(what)

    def pages_listing(self, what: str) -> list[str]:
        """The pages that list something, sorted."""
        return sorted(docname for docname, listed in self.data["lists"].items() if what in listed)

    @cached_property
    def listing(self) -> dict[str, str]:
        """The first page with each list that some page has; to be used once all are read."""
        return {what: self.pages_listing(what)[0] for listed in self.data["lists"].values() for what in listed}

    def has_evidence(self, docname: str) -> bool:
        """Whether a page has an evidence table."""
        return EVIDENCE in self.data["lists"].get(docname, ())

    def has_listings(self, docname: str) -> bool:
        """Whether a page holds the rows that numbers lead to, or the pages of the gazette."""
        return bool({*self.data["lists"].get(docname, ())} - {EVIDENCE, FILES})

    def listed_on(self, record: Record) -> str | None:
        """The page that holds the row of a figure."""
        return self.listing.get(listing_of(record))

    def row(self, record: Record, builder: Builder) -> str:
        """The address of the row of a figure, from the folder of the book; empty if no page holds one."""
        docname = self.listed_on(record)
        return f"{builder.get_target_uri(docname)}#{record['id']}" if docname else ""

    def printed_on(self, docname: str) -> set[str]:
        """The ids of the figures that a page prints: in its text, its charts, and its evidence table."""
        used = self.uses(docname) & self.records.keys()
        if self.listing.get(PAGES) == docname:
            used |= self.of_the_data.keys()
        return with_inputs(used, self.records) if self.has_evidence(docname) else used

    def unverified_on(self, docname: str) -> list[str]:
        """The unverified files that a page depends on; the first page and pages with lists name all of them.

        On a file of the ledger depend the pages with figures of its topic, on any other file all pages.
        """
        if not self.unverified:
            return []  # as nearly always: what a page depends on takes a while to find, twice for each page
        every = docname == self.env.config.root_doc or self.has_listings(docname)
        topics = {id.partition(".")[0] for id in with_inputs(self.uses(docname), self.records)}
        paths = [Path(file) for file in self.unverified]
        return [str(path) for path in paths if every or path.parent.name != "ledger" or path.stem in topics]

    def publisher(self, record: Record) -> str | None:
        """The page whose evidence table holds the row of a figure because the page computes it."""
        page = self.results.publisher(record["id"])
        return page if page and self.has_evidence(page) else None

    # --- Sphinx

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        """Note the figures that the sections of a page print or draw."""
        uses: dict[str, dict[str, None]] = defaultdict(dict)
        for reference in document.findall(addnodes.pending_xref):
            if reference.get("refdomain") == self.name:
                uses[reference["reftarget"]][_section_of(reference)] = None
        for chart in document.findall(nodes.figure):
            drawn: list[str] = chart.get("draws", [])
            for id in drawn:
                uses[id][_section_of(chart)] = None
        self.data["uses"][docname] = {id: list(sections) for id, sections in uses.items()}

    def clear_doc(self, docname: str) -> None:
        """Delete the data of a page."""
        for kind in self.by_page:
            self.data[kind].pop(docname, None)

    def merge_domaindata(self, docnames: list[str], otherdata: dict[str, Any]) -> None:
        """Take over what another process read."""
        for kind in self.by_page:
            self.data[kind] |= {docname: otherdata[kind][docname] for docname in docnames if docname in otherdata[kind]}

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
        """The number as a link to its row; in that row itself without a link."""
        if not (record := self.records.get(target)):
            return None
        publisher = self.publisher(record) if builder.format != "html" else None
        if not (docname := publisher or self.listed_on(record)):
            return None
        text, classes, title = printed(record, typ)
        text = node.get("printed", text)
        content = nodes.inline(text, text, classes=classes)
        if node.get("in_own_row") and docname == fromdocname:
            return content
        return make_refnode(builder, fromdocname, docname, target, content, title)

    def resolve_any_xref(self, *_: Any) -> list[tuple[str, nodes.reference]]:  # type: ignore[override]
        """No figures: they are referred to by the roles of this domain only."""
        return []

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """The figures that have a row, for the inventory; Sphinx's search leaves them out."""
        for id, record in self.records.items():
            if docname := self.listed_on(record):
                yield id, record["name"], "figure", docname, id, -1


def _section_of(node: nodes.Element) -> str:
    """The id of the section around a node."""
    return next((str(id) for section in traverse_parent(node, nodes.section) for id in section["ids"]), "")


CLAIMS = {str(claim): _(claim.zh) for claim in Claim}
"""The words for the kinds of claims, in the order in which they are listed; they take the language when printed."""


def label(record: Record) -> str:
    """The name of a figure with its period."""
    return _("{name}（{period}）").format(name=record["name"], period=record["id"].partition("@")[2] or _("参数"))


def printed(record: Record, form: str) -> tuple[str, list[str], str | None]:
    """The text of a link to a figure, its classes, and for a number its tooltip.

    The tooltip is for readers without the card: kind of claim, name, the first place.
    """
    names = {"name": label(record), "symbol": record["name"]}
    classes = ["figure-value", f"claim-{record['claim']}"]
    if form in names:
        return names[form], [*classes, "in-words"], None
    said = _("{kind}：{name}").format(kind=CLAIMS[record["claim"]], name=names["name"])
    classes += [] if record["value"] else ["in-words"]
    return record[form], classes, _("，").join([said, *places(record, 1)])


def places(record: Record, limit: int | None = None) -> list[str]:
    """The places that state a figure, with its phrases; above a limit only their number is added."""
    statements = record["statements"]
    shown = [_("{place}“{phrase}”").format(**s) if s["phrase"] else s["place"] for s in statements[:limit]]
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
    """The list that has the row of a figure: a topic of the ledger, ``computed`` or ``external``."""
    if record["claim"] == "stated":
        return str(record["id"]).partition(".")[0]
    return "external" if record["id"].startswith("external.") else "computed"


def pages_to_write_again(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """The pages with the same text, but with changes in what they show of the rest of the book.

    Sphinx writes a page again when its source changes. A page also prints figures, and titles and numbers of other
    pages: without this, a build after a change would not give what a clean one gives.
    """
    domain = FigureDomain.of(env)
    around, everything = digest_of(_around(env)), digest_of([domain.digests, domain.data["uses"], domain.checks])
    before, now = domain.data["written"], {}
    for docname in env.found_docs:
        used = with_inputs(domain.uses(docname), domain.records)
        shown = everything if domain.has_listings(docname) else [domain.digests[id] for id in sorted(used)]
        now[docname] = digest_of([around, domain.unverified_on(docname), shown])
    domain.data["written"] = now
    return sorted(docname for docname, digest in now.items() if before.get(docname) != digest)


def _around(env: BuildEnvironment) -> list[object]:
    """Everything that pages print of each other, in side bars and links: titles, numbers, places, terms, rows."""
    standard = cast(StandardDomain, env.get_domain("std"))
    titles = [[name, env.titles[name].astext(), env.toc_secnumbers.get(name)] for name in env.collect_relations()]
    toc = getattr(env, "external_site_map", None)
    places = [standard.labels, standard.anonlabels, standard.data.get("terms", {})]
    found = [{str(key): [*map(str, value)] for key, value in place.items()} for place in places]
    lists = FigureDomain.of(env).data["lists"]
    return [titles, toc.as_json() if toc else None, env.toc_fignumbers, lists, *found]


def setup(app: Sphinx) -> None:
    """Register the domain."""
    app.add_domain(FigureDomain)
    # once sections have their numbers: else these would seem to change between a first build and the second
    app.connect("env-get-updated", pages_to_write_again)
