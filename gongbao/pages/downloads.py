"""The files to download: written beside the pages, linked from them, and listed with size and SHA-256."""

from __future__ import annotations

import re
import shutil
from functools import partial
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.transforms import SphinxTransform
from sphinx.transforms.i18n import Locale
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

from gongbao.figures.messages import _
from gongbao.pages.domain import FILES, FigureDomain
from gongbao.pages.language import catalogue, is_source, localised
from gongbao.pages.once import pictures_once
from gongbao.pages.steps import add_directive, while_read
from gongbao.pages.tables import Cell, View, later, table
from gongbao.results.runs import digest_of, write_whole

logger = logging.getLogger(__name__)

FOLDER = "data"
"""The folder of the files, beside the pages."""

OFFERED = re.compile(r"(?:\.\./)*(?:(?:_build/html/)?data/(?P<file>.+)|_build/pdf/(?P<paper>[^/]+\.pdf))")
"""Addresses in pages and notebooks of the files that the book offers, and of the volumes of the printed book."""


# --- links to the files


def link_files(page: SphinxTransform) -> None:
    """Turn links to files of the project into links to the same files among the pages.

    Files in ``data/`` are offered as they are; those that a build makes are below ``_build``. ``../_build/pdf/…`` is a
    volume of the printed book, which may be put beside the pages; the first one if the edition has none of that name.
    """
    for kind in (addnodes.download_reference, addnodes.pending_xref):
        for link in list(page.document.findall(kind)):
            if link["reftype"] == "myst" and (found := OFFERED.fullmatch(link["reftarget"])):
                text = link.astext()
                fill = partial(file_link, path=found["file"], text=text, line=link.line)
                if found["paper"]:
                    fill = partial(paper_link, name=found["paper"], text=text)
                link.replace_self(later("", nodes.inline("", text), fill=fill, docname=page.env.docname))


def file_link(view: View, path: str, text: str, line: int | None = None) -> list[nodes.Node]:
    """A link to a file; in editions without files, such as on paper, only its text."""
    content = nodes.inline("", text)
    if view.on_the_web and path in {file.path for file in view.domain.data["files"]}:
        return [_link(view, path, content)]
    if view.on_the_web:
        place = view.docname, line
        logger.warning("the book offers no file %s", path, location=place, type="gongbao", subtype="file")
    return [content]


class Listed(NamedTuple):
    """A file that pages list: its kind, its path, what it holds, its size in bytes, its SHA-256."""

    group: str
    path: str
    content: str
    size: int
    digest: str


def paper_link(view: View, name: str, text: str) -> list[nodes.Node]:
    """A link to a volume of the printed book, the first if none has the name; only its text if not on the web."""
    content, config = nodes.inline("", text), view.builder.config
    if not view.on_the_web:
        return [content]
    others = [f"{volume['filename']}.pdf" for volume in config.typst_volumes]
    volume = name if name in others else f"{config.typst_filename}.pdf"
    link = nodes.reference("", "", content, refuri=view.file(volume), internal=True)
    missing = _("{text}（没有随这些网页提供）").format(text=text)
    return [nodes.inline("", "", link, classes=["printed"]), nodes.inline("", missing, classes=["unprinted"])]


def list_link(view: View, text: str) -> nodes.Node:
    """A link to the page that lists the files; only its text if no page does."""
    content, listed_on = nodes.inline("", text), view.domain.listing.get(FILES)
    return make_refnode(view.builder, view.docname, listed_on, "", content) if listed_on else content


def _link(view: View, path: str, content: nodes.Node) -> nodes.reference:
    uri = view.file(f"{FOLDER}/{path}")
    return nodes.reference("", "", content, refuri=uri, internal=True, classes=["download"])


def downloads(directive: SphinxDirective) -> list[nodes.Node]:
    """``{downloads} charts``: the files of a kind (:class:`gongbao.export.Download`) on the web."""
    docname, fill = directive.env.docname, partial(_list, kind=directive.arguments[0], line=directive.lineno)
    FigureDomain.of(directive.env).note_listing(FILES, docname)
    return [later(fill=fill, docname=docname)]


def _list(view: View, kind: str, line: int) -> list[nodes.Node]:
    """The list of the files of a kind; nothing in editions without files."""
    if not view.on_the_web:
        return []
    rows: list[list[Cell]] = []
    for file in view.domain.data["files"]:
        if file.group == kind:
            link = _link(view, file.path, nodes.Text(file.path))
            digest = nodes.inline("", file.digest, classes=["figure-id"])
            rows.append([[link], file.content, f"{file.size:,}", [digest]])
    if not rows:
        logger.warning("the book offers no files of the kind %s", kind, location=(view.docname, line))
    return [table((_("文件"), _("内容"), _("字节"), "SHA-256"), (33, 26, 15, 26), rows, numeric={2})]


# --- the files


def publish(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Write the files if their inputs have changed; the pages that list them are then written again."""
    domain, source, folder = FigureDomain.of(env), Path(app.srcdir, "data"), Path(app.outdir, FOLDER)
    lists = domain.pages_listing(FILES)
    if app.builder.format != "html" or not (lists or domain.results.chapters):
        return []
    language = "" if is_source(app.config) else str(app.config.language)
    charts, base = _charts(app, env), str(app.config.html_baseurl or "")
    places = {id: domain.row(record, app.builder) for id, record in sorted(domain.records.items())}
    tables = [path.read_text("utf-8") for path in sorted(source.rglob("[!.]*.*")) if path.suffix in (".csv", ".yaml")]
    state = digest_of([tables, charts, domain.digests, places, base, language])
    if state == domain.data["files_made_of"] and all((folder / file.path).is_file() for file in domain.data["files"]):
        return []
    # what writes spreadsheets and databases is slow to import, and most builds do not need it
    from gongbao import export

    figures = [{**domain.records[id], "place": place} for id, place in places.items()]
    try:
        files = export.downloads(source, charts, figures, base, language, draw=partial(pictures_once, Path(app.srcdir)))
    except ValueError as error:
        raise ExtensionError(f"the files to download cannot be made\n{error}") from error
    shutil.rmtree(folder, ignore_errors=True)
    for file in files:
        write_whole(folder / file.path, file.data)
    listed = [Listed(file.group, file.path, file.content, len(file.data), file.digest) for file in files]
    domain.data.update(files=listed, files_made_of=state)
    return lists


def _charts(app: Sphinx, env: BuildEnvironment) -> list[dict[str, str]]:
    """The charts in the order of the book, with their words as on the page."""
    domain, found = FigureDomain.of(env), list[dict[str, str]]()
    for docname, made in domain.results.chapters.items():
        words, numbers = catalogue(env, docname), env.toc_fignumbers.get(docname, {}).get("figure", {})
        for chart in (localised(chart, app.config) for chart in made.charts):
            anchor = nodes.make_id(f"fig-{chart['name']}")
            number = ".".join(map(str, numbers.get(anchor, ())))
            listed = {key: chart[key] for key in ("name", "source", "data", "svg")}
            listed |= {key: domain.plain(chart[key], words) for key in ("title", "note")}
            listed["label"] = app.config.numfig_format["figure"] % number if number else ""
            listed["chapter"] = env.titles[docname].astext()
            listed["place"] = f"{app.builder.get_target_uri(docname)}#{anchor}"
            found.append(listed)
    return found


def setup(app: Sphinx) -> None:
    """Register the directive and the links."""
    add_directive(app, "downloads", downloads, arguments=1)
    # before Sphinx copies what it takes for files of a single page
    while_read(app, link_files, Locale.default_priority + 1)
    # after the figures have got their numbers
    app.connect("env-get-updated", publish, priority=900)
