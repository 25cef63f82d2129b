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
from sphinx.domains import Domain
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
from gongbao.pages.language import catalogue, is_source, localised
from gongbao.pages.listings import Cell, listing_table
from gongbao.results.results import Record

logger = logging.getLogger(__name__)

FOLDER = "data"
"""Where the files lie, beside the pages."""

OFFERED = re.compile(r"(?:\.\./)*(?:(?:_build/html/)?data/(?P<file>.+)|_build/pdf/[^/]+\.pdf)")
"""Where a page or notebook finds the files that the book offers, and the printed book."""

BUILDERS = ("html", "dirhtml")
"""The builders whose pages have files beside them."""


class download_list(nodes.General, nodes.Element):  # noqa: N801 (docutils names nodes in lower case)
    """Where a list of files will stand once they are made."""


class DownloadsDirective(SphinxDirective):
    """``{downloads} charts``: the files of a kind (:class:`gongbao.export.Download`) on the web."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Leave the place open until all pages are read."""
        DownloadsDomain.of(self.env).data["lists"].add(self.env.docname)
        node = download_list(group=self.arguments[0], docname=self.env.docname)
        self.set_source_info(node)
        return [node]


def file_reference(path: str, text: str, docname: str, type: str = "file") -> addnodes.pending_xref:
    """A link to a file; of the type ``printed`` to the printed book, ``list`` to the page that lists the files."""
    attributes = {"refdoc": docname, "refexplicit": True, "refwarn": True}
    return addnodes.pending_xref(
        "", nodes.inline("", text), refdomain="data", reftype=type, reftarget=path, **attributes
    )


def list_reference(text: str, docname: str) -> addnodes.pending_xref:
    """A link to the page that lists the files."""
    return file_reference("", text, docname, "list")


class LinkFiles(SphinxTransform):
    """Leads a page to the file beside it that a notebook in its folder leads to.

    What lies in ``data/`` is offered as it is; what a build makes of it is below ``_build``.
    """

    default_priority = Locale.default_priority + 1
    """Before Sphinx copies what it believes to be files for this page alone."""

    def apply(self, **_: Any) -> None:
        """Look at the links of a page that MyST has left open."""
        for kind in (addnodes.download_reference, addnodes.pending_xref):
            for link in list(self.document.findall(kind)):
                if link["reftype"] == "myst" and (found := OFFERED.fullmatch(link["reftarget"])):
                    type = "file" if found["file"] else "printed"
                    reference = file_reference(found["file"] or "", link.astext(), self.env.docname, type)
                    reference.source, reference.line = link.source, link.line
                    link.replace_self(reference)


class DownloadsDomain(Domain):
    """The files that the book offers: ``[总账](../data/ledger/debt.csv)`` leads to one.

    ``../_build/pdf/…`` leads to the printed book, which may be put beside the pages.

    Data: ``lists`` (pages that list files), ``files`` (of what the last build wrote: kind, path, what it holds, size,
    digest), and ``state`` (a digest of what that was made of).
    """

    name = label = "data"
    initial_data = {"lists": set(), "files": [], "state": ""}
    data_version = 2
    dangling_warnings = {"file": "the book offers no file %(target)s"}

    @classmethod
    def of(cls, env: BuildEnvironment) -> DownloadsDomain:
        """The domain as an environment holds it."""
        return cast(DownloadsDomain, env.get_domain(cls.name))

    def clear_doc(self, docname: str) -> None:
        """Forget a page."""
        self.data["lists"].discard(docname)

    def merge_domaindata(self, docnames: list[str], otherdata: dict[str, Any]) -> None:
        """Take over what another process read."""
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
            lists = sorted(self.data["lists"])
            return make_refnode(builder, fromdocname, lists[0], "", contnode) if lists else contnode
        if target not in {path for _group, path, *_rest in self.data["files"]}:
            return None
        return _link(builder, fromdocname, target, contnode)

    def resolve_any_xref(self, *_: Any) -> list[tuple[str, nodes.reference]]:  # type: ignore[override]
        """Files are only meant where a link says so."""
        return []


def _link(builder: Builder, docname: str, path: str, content: nodes.Node) -> nodes.reference:
    uri = relative_uri(builder.get_target_uri(docname), f"{FOLDER}/{path}")
    return nodes.reference("", "", content, refuri=uri, internal=True, classes=["download"])


class FillDownloads(SphinxPostTransform):
    """Put the lists in place; where there are no files there are no lists."""

    default_priority = 8

    def run(self, **_options: Any) -> None:
        """Replace every :class:`download_list` of a page."""
        builder, files = self.app.builder, DownloadsDomain.of(self.env).data["files"]
        for node in list(self.document.findall(download_list)):
            if builder.name not in BUILDERS:
                node.parent.remove(node)
                continue
            rows: list[list[Cell]] = [
                [
                    [_link(builder, node["docname"], path, nodes.Text(path))],
                    content,
                    f"{size:,}",
                    [nodes.inline("", digest, classes=["figure-id"])],
                ]
                for group, path, content, size, digest in files
                if group == node["group"]
            ]
            if not rows:
                logger.warning("the book offers no files of the kind %s", node["group"], location=node)
            header = (_("文件"), _("内容"), _("字节"), "SHA-256")
            node.replace_self(listing_table(header, (30, 30, 10, 30), (False, False, True, False), rows))


def publish(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Write the files if what they are made of has changed; the pages that list them are then written again."""
    domain, source, folder = DownloadsDomain.of(env), Path(app.srcdir, "data"), Path(app.outdir, FOLDER)
    if app.builder.name not in BUILDERS or not (domain.data["lists"] or FigureDomain.of(env).results.chapters):
        return []
    language = "" if is_source(app.config) else str(app.config.language)
    parts = (_charts(app, env), _figures(app, env), str(app.config.html_baseurl or ""), language)
    tables = [path.read_text("utf-8") for path in sorted(source.rglob("*.*")) if path.suffix in (".csv", ".yaml")]
    state = hashlib.sha256(json.dumps([tables, parts]).encode()).hexdigest()
    if state == domain.data["state"] and all((folder / path).is_file() for _, path, *_ in domain.data["files"]):
        return []
    # what writes spreadsheets and databases is slow to import, and most builds need it for nothing
    from gongbao import export

    try:
        files = export.downloads(source, *parts)
    except ValueError as error:
        raise ExtensionError(f"the files to download cannot be made\n{error}") from error
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    offered = {folder / file.path for file in files}
    for path in folder.rglob("*"):
        if path.is_file() and path not in offered:
            path.unlink()
    listed = [(file.group, file.path, file.content, len(file.data), file.digest) for file in files]
    domain.data.update(files=listed, state=state)
    return sorted(domain.data["lists"])


def _charts(app: Sphinx, env: BuildEnvironment) -> list[dict[str, str]]:
    """The charts in the order of the book, with what is said of them as it is on the page."""
    domain, found = FigureDomain.of(env), []
    for docname, made in domain.results.chapters.items():
        words = catalogue(env, docname)
        numbers = env.toc_fignumbers.get(docname, {}).get("figure", {})
        for chart in (localised(chart, app.config) for chart in made.charts):
            anchor = nodes.make_id(f"fig-{chart['name']}")
            number = numbers.get(anchor, ())
            listed = {key: chart[key] for key in ("name", "source", "data")}
            listed |= {key: domain.plain(chart[key], words) if chart[key] else "" for key in ("title", "note")}
            listed["label"] = app.config.numfig_format["figure"] % ".".join(map(str, number)) if number else ""
            listed["chapter"] = env.titles[docname].astext()
            listed["place"] = f"{app.builder.get_target_uri(docname)}#{anchor}"
            found.append((number, listed))
    return [chart for _number, chart in sorted(found, key=lambda entry: entry[0])]


def _figures(app: Sphinx, env: BuildEnvironment) -> list[Record]:
    """All figures, each with the place of its row."""
    domain, found = FigureDomain.of(env), []
    for id, record in sorted(domain.records.items()):
        docname = domain.listed_on(record)
        found.append({**record, "place": f"{app.builder.get_target_uri(docname)}#{id}" if docname else ""})
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
