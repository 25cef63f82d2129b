"""The builders of the book, made to write one chapter: the same writers on a smaller tree."""

from __future__ import annotations

import base64
import mimetypes
import re
from functools import cache
from html import escape
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.builders.singlehtml import SingleFileHTMLBuilder
from sphinx.builders.text import TextBuilder
from sphinx.highlighting import PygmentsBridge
from sphinx.util.osutil import ensuredir
from sphinx.writers.text import TextTranslator

from gongbao.chapters.chapters import address, chapter_tree, references
from gongbao.typst import markup
from gongbao.typst.builder import PAGE_PREFIX, TypstBuilder

EVIDENCE_ELSEWHERE = "（证据表见本章的PDF或HTML。）"
"""What stands in a program instead of the evidence table."""


class ChapterBuilder(Builder):
    """Writes chapters when it is asked to; building only reads."""

    def init(self) -> None:
        """Keep resolved pages: each resolution of a bibliography adds its text to the same nodes once more."""
        super().init()
        self.page = cache(self._resolved)

    def _resolved(self, docname: str) -> nodes.document:
        """A page whose references name it even where they stay within it: parts of it will stand elsewhere."""
        page = self.env.get_and_resolve_doctree(docname, self)
        for reference in page.findall(nodes.reference):
            if "refid" in reference:
                reference["refuri"] = f"{PAGE_PREFIX}{docname}#{reference['refid']}"
                del reference["refid"]
        return page

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """Address a page so that a reference to it can be told from an outside address."""
        return PAGE_PREFIX + docname

    def get_relative_uri(self, from_: str, to: str, typ: str | None = None) -> str:
        """Address a page; from everywhere it is the same."""
        return self.get_target_uri(to, typ)

    def get_outdated_docs(self) -> Any:
        """Nothing is written by building, so nothing is outdated."""
        return []

    def write(self, *_ignored: object) -> None:
        """Write nothing."""

    def finish(self) -> None:
        """Copy nothing; but extensions expect the folder of the static files."""
        Path(self.outdir, "_static").mkdir(exist_ok=True)


class ChapterPrint(ChapterBuilder, TypstBuilder):
    """A chapter as a PDF, or its prose as plain text: both are read without the web pages."""

    def pdf(self, docname: str) -> bytes:
        """Typeset a chapter."""
        self.chapter = docname
        self.images.clear()
        # a folder of its own: chapters are written side by side
        self.outdir = type(self.outdir)(self.app.outdir / docname)
        ensuredir(self.outdir)
        TypstBuilder.write(self)
        return Path(self.outdir, f"{self.config.typst_filename}.pdf").read_bytes()

    def text(self, docname: str) -> bytes:
        """The prose for the comments of a program, with :data:`CODE_CELL` in the place of each code cell."""
        tree = self.page(docname).deepcopy()
        for cell in [node for node in tree.findall(nodes.container) if node.get("nb_element") == "cell_code"]:
            cell.replace_self(nodes.paragraph("", f"\ue000{cell['cell_index']}\ue000"))
        for reference in list(tree.findall(nodes.reference)):
            reference.replace_self(nodes.Text(reference.astext()))
        for table in list(tree.findall(nodes.table)):
            if "figure-listing" in table["classes"]:
                table.replace_self(nodes.paragraph("", EVIDENCE_ELSEWHERE))
        self.current_docname, self.secnumbers = docname, self.env.toc_secnumbers.get(docname, {})
        translator = TextTranslator(tree, cast(TextBuilder, self))
        tree.walkabout(translator)
        return translator.body.encode()

    def _assemble(self) -> nodes.document:
        return chapter_tree(self.chapter, self.page)

    def _particulars(self) -> dict[str, str]:
        """Those of the book, whose title stands below that of the chapter."""
        book, title = super()._particulars(), self.env.titles[self.chapter].astext()
        return {**book, "title": markup.string(title), "subtitle": book["title"]}


class ChapterHtml(ChapterBuilder, SingleFileHTMLBuilder):
    """A chapter as one HTML file that asks for no other."""

    stands_alone = True

    def init(self) -> None:
        """Take from the pages what is meant for print: there are no files beside this one, and no menu above."""
        super().init()
        self.tags.remove(self.format)

    def html(self, docname: str) -> bytes:
        """Write a chapter with its pictures and its style sheet inside."""
        tree = chapter_tree(docname, self.page)
        _lead_within_the_file(tree, docname)
        for image in tree.findall(nodes.image):
            image["uri"] = _data_address(Path(self.srcdir, image["uri"]))
        page = Template(_resource("page.html")).substitute(
            title=escape(self.env.titles[docname].astext()),
            book=escape(self.config.html_title),
            author=escape(self.config.author),
            version=escape(self.config.version),
            language=self.config.language.replace("_", "-"),
            style=self._style(),
            body="".join(self._fragment(part, docname) for part in tree.children),
        )
        return page.encode()

    def _fragment(self, part: nodes.Node, docname: str) -> str:
        """The page with the numbers that the book gives to its sections and figures; an appendix has none."""
        numbered = [docname] if isinstance(part, addnodes.start_of_file) else []
        secnumbers, fignumbers = self.env.toc_secnumbers, self.env.toc_fignumbers
        # under the names that Sphinx's writer looks for in a single file
        self.secnumbers = {f"{of}/{id}": number for of in numbered for id, number in secnumbers.get(of, {}).items()}
        self.fignumbers = {f"{of}/{kind}": found for of in numbered for kind, found in fignumbers.get(of, {}).items()}
        return self.render_partial(part)["fragment"]

    def _style(self) -> str:
        """The sheet of the page, that of the book, and the colours of code."""
        folders = [Path(self.srcdir, folder) for folder in self.config.html_static_path]
        sheets = (folder / name for folder in folders for name, _ in self.config.html_css_files)
        book = [sheet.read_text("utf-8") for sheet in sheets if sheet.is_file()]
        dark = PygmentsBridge("html", "a11y-high-contrast-dark").get_stylesheet()
        light = PygmentsBridge("html", "a11y-high-contrast-light").get_stylesheet()
        code = [light, f"@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}"]
        return "\n".join([*book, *code, _resource("page.css")])


CODE_CELL = re.compile("\ue000([0-9]+)\ue000")
"""Where a code cell stands in the text of a chapter: its place in the notebook."""


def _lead_within_the_file(tree: nodes.document, docname: str) -> None:
    """Give ids of other pages the names of these pages, and make the addresses of references fit."""
    for file in list(tree.findall(addnodes.start_of_file)):
        if file["docname"] != docname:
            for node in file.findall(nodes.Element):
                ids: list[str] = node.get("ids", [])
                node["ids"] = [_local(file["docname"], id, docname) for id in ids]
            file.replace_self(file.children)
    for reference in list(references(tree)):
        reference["refuri"] = f"#{_local(*address(reference), docname)}"


def _local(page: str, anchor: str, docname: str) -> str:
    return (anchor or f"document-{page}") if page == docname else f"{page}/{anchor}"


def _data_address(path: Path) -> str:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def _resource(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Take the places of the builders of the book."""
    for builder in (ChapterPrint, ChapterHtml):
        app.add_builder(builder, override=True)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
