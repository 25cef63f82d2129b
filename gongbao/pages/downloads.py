"""The files to download: written beside the pages, linked from them, and listed with size and SHA-256."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.domains import Domain, ObjType
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.transforms import SphinxTransform
from sphinx.transforms.i18n import Locale
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode
from sphinx.util.osutil import relative_uri

from gongbao.figures.messages import _
from gongbao.pages.domain import FigureDomain
from gongbao.pages.language import catalogue, is_source
from gongbao.pages.listings import Cell, listing_table
from gongbao.results.results import FILE, Record
from gongbao.results.runs import content as digest_of
from gongbao.results.runs import folder_digest

logger = logging.getLogger(__name__)

FOLDER = "data"
"""Where the files lie, beside the pages."""

OFFERED = re.compile(r"(?:\.\./)*(?:(?:_build/html/)?data/(?P<file>.+)|_build/pdf/[^/]+\.pdf)")
"""Where a page or notebook finds the files that the book offers, and the printed book."""

BUILDERS = ("html", "dirhtml")
"""The builders whose pages have files beside them."""

Entry = tuple[str, str, str, int, str]
"""Of a file: the kind, the path, what it holds, its size, its digest."""


class download_list(nodes.General, nodes.Element):  # noqa: N801 (docutils names nodes in lower case)
    """Where a list of files will stand once they are made."""


class DownloadsDirective(SphinxDirective):
    """``{downloads} charts``: the files of a kind (:data:`gongbao.export.GROUPS`) on the web."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Leave the place open until all pages are read."""
        DownloadsDomain.of(self.env).data["lists"].add(self.env.docname)
        node = download_list(group=self.arguments[0], docname=self.env.docname)
        self.set_source_info(node)
        return [node]


def file_reference(path: str, text: str, docname: str) -> addnodes.pending_xref:
    """A link to a file."""
    attributes = {"refdoc": docname, "refexplicit": True, "refwarn": True}
    content = nodes.inline("", text)
    return addnodes.pending_xref("", content, refdomain="data", reftype="file", reftarget=path, **attributes)


class LinkFiles(SphinxTransform):
    """Leads a page to the file beside it that a notebook in its folder leads to.

    What lies in ``data/`` is offered as it is; what a build makes of it is below ``_build``.
    """

    default_priority = Locale.default_priority + 1
    """Before Sphinx copies what it believes to be files for this page alone."""

    def apply(self, **_: Any) -> None:
        """Look at the links of a page that MyST has left open."""
        for link in [
            *self.document.findall(addnodes.download_reference),
            *self.document.findall(addnodes.pending_xref),
        ]:
            if link["reftype"] == "myst" and (found := OFFERED.fullmatch(link["reftarget"])):
                reference = file_reference(found["file"] or "", link.astext(), self.env.docname)
                reference["reftype"] = "file" if found["file"] else "printed"
                reference.source, reference.line = link.source, link.line
                link.replace_self(reference)


def list_reference(text: str, docname: str) -> addnodes.pending_xref:
    """A link to the page that lists the files."""
    node = file_reference("", text, docname)
    node["reftype"] = "list"
    return node


class DownloadsDomain(Domain):
    """The files that the book offers: ``[总账](../data/ledger/debt.csv)`` leads to one.

    ``../_build/pdf/…`` leads to the printed book, which may be put beside the pages.

    Data: ``charts`` (page → its charts), ``lists`` (pages that list files), ``files`` (what the last build wrote), and
    ``state`` (a digest of what that was made of).
    """

    name = "data"
    label = "data"
    object_types = {"file": ObjType("file", "file")}
    initial_data = {"charts": {}, "lists": set(), "files": [], "state": ""}
    data_version = 1
    dangling_warnings = {"file": "the book offers no file %(target)s"}

    @classmethod
    def of(cls, env: BuildEnvironment) -> DownloadsDomain:
        """The domain as an environment holds it."""
        return cast(DownloadsDomain, env.get_domain(cls.name))

    @property
    def files(self) -> list[Entry]:
        """The files that were written."""
        files: list[Entry] = self.data["files"]
        return files

    @property
    def lists(self) -> list[str]:
        """The pages that list files."""
        return sorted(self.data["lists"])

    def charts(self) -> dict[str, list[Record]]:
        """The charts of each page."""
        charts: dict[str, list[Record]] = self.data["charts"]
        return charts

    def keep_chart(self, record: Record, docname: str, anchor: str) -> None:
        """Keep the data of a chart, and where it stands."""
        kept = {key: record[key] for key in ("name", "title", "note", "source", "data")}
        self.charts().setdefault(docname, []).append({**kept, "anchor": anchor})

    # --- Sphinx

    def clear_doc(self, docname: str) -> None:
        """Forget what a page brought in."""
        self.charts().pop(docname, None)
        self.data["lists"].discard(docname)

    def merge_domaindata(self, docnames: list[str], otherdata: dict[str, Any]) -> None:
        """Take over what another process read."""
        self.charts().update({page: charts for page, charts in otherdata["charts"].items() if page in docnames})
        self.data["lists"] |= otherdata["lists"] & set(docnames)

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
        """The link; where there are no files, such as on paper, its text."""
        if builder.name not in BUILDERS:
            return contnode
        if typ == "printed":
            uri = relative_uri(builder.get_target_uri(fromdocname), f"{env.config.typst_filename}.pdf")
            return nodes.reference("", "", contnode, refuri=uri, internal=True)
        if typ == "list":
            return make_refnode(builder, fromdocname, self.lists[0], "", contnode) if self.lists else contnode
        if target not in {path for _, path, *_ in self.files}:
            return None
        return link(builder, fromdocname, target, contnode)

    def resolve_any_xref(self, *_: Any) -> list[tuple[str, nodes.reference]]:  # type: ignore[override]
        """Files are only meant where a link says so."""
        return []


def link(builder: Builder, docname: str, path: str, content: nodes.Node) -> nodes.reference:
    """The link from a page to a file."""
    uri = relative_uri(builder.get_target_uri(docname), f"{FOLDER}/{path}")
    return nodes.reference("", "", content, refuri=uri, internal=True, classes=["download"])


class FillDownloads(SphinxPostTransform):
    """Put the lists in place; where there are no files there are no lists."""

    default_priority = 8

    def run(self, **_options: Any) -> None:
        """Replace every :class:`download_list` of a page."""
        files = DownloadsDomain.of(self.env).files
        for node in list(self.document.findall(download_list)):
            if self.app.builder.name not in BUILDERS:
                node.parent.remove(node)
                continue
            rows: list[list[Cell]] = []
            for group, path, content, size, digest in files:
                if group == node["group"]:
                    name = link(self.app.builder, node["docname"], path, nodes.Text(path))
                    rows.append([[name], content, f"{size:,}", [nodes.inline("", digest, classes=["figure-id"])]])
            if not rows:
                logger.warning("the book offers no files of the kind %s", node["group"], location=node)
            header = (_("文件"), _("内容"), _("字节"), "SHA-256")
            node.replace_self(listing_table(header, (30, 30, 10, 30), (False, False, True, False), rows))


def publish(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Write the files if what they are made of has changed; the pages that list them are then written again."""
    domain = DownloadsDomain.of(env)
    if app.builder.name not in BUILDERS or not (domain.charts() or domain.lists):
        return []
    charts, figures = _charts(app, env), _figures(app, env)
    folder = Path(app.outdir) / FOLDER
    base = str(app.config.html_baseurl or "")
    made_of = [
        folder_digest(Path(app.srcdir, "data"), ["**/*"]),
        digest_of(Path(app.srcdir, FILE)),
        charts,
        figures,
        base,
    ]
    state = hashlib.sha256(json.dumps(made_of).encode()).hexdigest()
    if state == domain.data["state"] and all((folder / path).is_file() for _, path, *_ in domain.files):
        return []
    # what writes spreadsheets and databases is slow to import, and most builds need it for nothing
    from gongbao import export as publishing

    try:
        made = publishing.downloads(
            Path(app.srcdir) / "data",
            [publishing.Chart(**chart) for chart in charts],
            [publishing.Figure(**figure) for figure in figures],
            base,
            translated=not is_source(app.config),
        )
    except ValueError as error:
        raise ExtensionError(f"the files to download cannot be made\n{error}") from error
    _write(folder, {file.path: file.data for file in made})
    files = [(file.group, file.path, file.content, len(file.data), file.digest) for file in made]
    domain.data.update(files=files, state=state)
    return domain.lists


def _write(folder: Path, files: dict[str, bytes]) -> None:
    """Write what differs, and remove what is no longer offered."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_bytes() != data:
            path.write_bytes(data)
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).as_posix() not in files:
            path.unlink()


def _charts(app: Sphinx, env: BuildEnvironment) -> list[dict[str, str]]:
    """The charts in the order of the book, with what is said of them as it is on the page."""
    domain = FigureDomain.of(env)
    found = []
    for docname, charts in sorted(DownloadsDomain.of(env).charts().items()):
        words_of = catalogue(env, docname)
        numbers = env.toc_fignumbers.get(docname, {}).get("figure", {})
        for chart in charts:
            number = numbers.get(chart["anchor"], ())
            label = app.config.numfig_format["figure"] % ".".join(map(str, number)) if number else ""
            place = f"{app.builder.get_target_uri(docname)}#{chart['anchor']}"
            words = {key: chart[key] for key in ("name", "title", "note", "source", "data")}
            words |= {key: domain.plain(chart[key], words_of) for key in ("title", "note") if chart[key]}
            words |= {"label": label, "chapter": env.titles[docname].astext(), "place": place}
            words["unit_column"] = "unit" if is_source(app.config) else "unit_en"
            found.append((number, words))
    return [chart for _, chart in sorted(found, key=lambda entry: entry[0])]


def _figures(app: Sphinx, env: BuildEnvironment) -> list[dict[str, Any]]:
    """All figures, each with the place of its row."""
    domain = FigureDomain.of(env)
    found = []
    for id, record in sorted(domain.records.items()):
        docname = domain.listed_on(record)
        found.append({"record": record, "place": f"{app.builder.get_target_uri(docname)}#{id}" if docname else ""})
    return found


def setup(app: Sphinx) -> None:
    """Register the domain, the directive and what fills the page."""
    app.add_domain(DownloadsDomain)
    app.add_node(download_list)
    app.add_directive("downloads", DownloadsDirective)
    app.add_transform(LinkFiles)
    app.add_post_transform(FillDownloads)
    # after the figures have got their numbers
    app.connect("env-get-updated", publish, priority=900)
