"""The builder: from Sphinx's page trees to ``book.typ`` and ``book.pdf``."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from babel.core import parse_locale
from docutils import nodes
from sphinx import addnodes
from sphinx.builders import Builder
from sphinx.errors import ConfigError
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.display import progress_message
from sphinx.util.i18n import format_date
from sphinx.util.nodes import inline_all_toctrees

from gongbao.typst import markup
from gongbao.typst.anchors import Anchors
from gongbao.typst.typesetting import compile_pdf
from gongbao.typst.writer import IMAGES, PAGE_PREFIX, TypstTranslator, part

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

logger = logging.getLogger(__name__)

_OUTPUTS = ["text/markdown", "image/svg+xml", "image/png", "image/jpeg", "image/gif", "text/latex", "text/plain"]


def prefer_printable_outputs(app: Sphinx, config: Config) -> None:
    """Tell MyST-NB which form of a notebook's output to print; the book's own wishes come last.

    Markdown is first because only as Markdown does a table stay a table.
    """
    if "nb_mime_priority_overrides" in config:
        ours = [("typst", mime, 10 * rank) for rank, mime in enumerate(_OUTPUTS, 1)]
        config.nb_mime_priority_overrides = [*ours, *config.nb_mime_priority_overrides]


@dataclass(frozen=True)
class Volume:
    """A PDF of the book: its file, its title in PDF readers, its subtitle, its tree, and its link targets."""

    filename: str
    name: str
    subtitle: str
    tree: nodes.document
    anchors: Anchors


class TypstBuilder(Builder):
    """Writes the book as Typst files and PDFs: one, and one for each of ``typst_volumes``."""

    name = "typst"
    format = "typst"
    epilog = "The PDF is in %(outdir)s."
    allow_parallel = True
    supported_image_types = ["image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp"]

    def get_outdated_docs(self) -> str:
        """The book is one file: any change makes all of it outdated."""
        return "all documents"

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """Address a page so that the writer can tell it from an outside address."""
        return PAGE_PREFIX + docname

    def get_relative_uri(self, from_: str, to: str, typ: str | None = None) -> str:
        """Address a page; there is only one file, so it is the same from everywhere."""
        return self.get_target_uri(to, typ)

    def write(self, *_ignored: object) -> None:
        """Write the Typst files with their images and compile them."""
        self.events.emit("write-started", self)
        tree = self._assemble()
        self._copy_images(tree)
        volumes = list(self._volumes(tree))
        with ThreadPoolExecutor() as beside, progress_message("typesetting"):  # the compiler lets other threads run
            # the book, which is last, takes longest
            typeset = [beside.submit(self._typeset, one, self._source(one, volumes)) for one in reversed(volumes)]
            warnings = [warning for one in typeset for warning in one.result()]
        for warning in warnings:
            logger.warning("Typst: %s", warning, type="typst", subtype="compile")

    def _volumes(self, tree: nodes.document) -> Iterator[Volume]:
        """Take the pages of further volumes out of the tree; what is left is the book, and comes last.

        Yields:
            Each volume. A page is in one of them only; the root page, which all have as their first, is the book's.
        """
        config, pages = self.config, {page["docname"]: page for page in tree.findall(addnodes.start_of_file)}
        for settings in config.typst_volumes:
            if unknown := ", ".join(name for name in settings["pages"] if name not in pages):
                raise ConfigError(f"typst_volumes: there is no page {unknown}; there are {', '.join(pages)}")
            taken = tree.copy()
            for name in settings["pages"]:
                pages[name].parent.remove(pages[name])
                taken += pages[name]
            name = f"{config.html_title} · {settings['subtitle']}"
            yield Volume(settings["filename"], name, settings["subtitle"], taken, Anchors(taken, ""))
        anchors = Anchors(tree, config.root_doc)
        yield Volume(config.typst_filename, str(config.html_title), config.typst_subtitle, tree, anchors)

    def _typeset(self, volume: Volume, text: str) -> list[str]:
        """Compile a volume; returns the warnings of Typst."""
        source = Path(self.outdir, f"{volume.filename}.typ")
        source.write_text(text, "utf-8")
        return compile_pdf(source, self.config.typst_pdf_standards, _source_date())

    def _assemble(self) -> nodes.document:
        """Put all pages into one tree, in the order of the table of contents, and resolve it."""
        root = self.config.root_doc
        tree = self.env.get_doctree(root)
        _mark_parts(tree)
        tree = inline_all_toctrees(self, set(), root, tree, str, [root])
        tree["docname"] = root
        self.env.resolve_references(tree, root, self)
        return tree

    def _copy_images(self, tree: nodes.document) -> None:
        self.post_process_images(tree)
        for source, name in self.images.items():
            target = Path(self.outdir, IMAGES, name)
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(Path(self.srcdir, source), target)

    def _source(self, volume: Volume, volumes: Sequence[Volume]) -> str:
        """The Typst file of one of the volumes: the design of the page, the book's particulars, the text."""
        others = [other for other in volumes if other is not volume]
        elsewhere = {page: (f"{one.filename}.pdf", one.anchors) for one in others for page in one.anchors.pages}
        text = TypstTranslator(self, volume.anchors, elsewhere).write(volume.tree)
        config, template = self.config, (Path(__file__).parent / "template.typ").read_text("utf-8")
        language, region, *_variants = parse_locale(config.language.replace("-", "_"))
        particulars = markup.arguments(
            name=volume.name,
            title=str(config.html_title),
            subtitle=volume.subtitle,
            author=str(config.author),
            keywords=config.typst_keywords,
            source=config.typst_source,
            edition=_edition(config),
            verification=config.typst_verification,
            licence=config.typst_licence,
            dated=_source_date() is not None,
            lang=language,
            region=region and region.lower(),
        )
        return (
            f"#let chinese = {markup.literal(language == 'zh')}\n{template}\n#show: book.with({particulars})\n\n{text}"
        )


def _mark_parts(tree: nodes.document) -> None:
    """Keep the captions of the root page's toctrees, which inlining would lose.

    A toctree without a caption ends the part before it. All move to the end of the page: HTML may
    list the chapters in the middle of the root page, but in print they follow all of its text.
    """
    toctrees = [toctree for toctree in tree.findall(addnodes.toctree) if toctree["includefiles"]]
    end = next((child for child in tree.children if isinstance(child, nodes.section)), tree)
    for toctree in toctrees:
        toctree.parent.remove(toctree)
        end.extend([part(caption=toctree.get("caption")), toctree])


def _edition(config: Config) -> str:
    """The version, and the date: ``today``, or the day that SOURCE_DATE_EPOCH names.

    The day of the build is not printed, so that builds on different days give the same file.
    """
    date = str(config.today)
    if not date and _source_date() is not None:
        date = format_date(config.today_fmt or _("%b %d, %Y"), language=config.language)
    return "　".join(filter(None, [config.release or config.version, date]))


def _source_date() -> int | None:
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return int(epoch) if epoch else None
