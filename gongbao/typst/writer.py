"""The writer: one method for each type of node, from docutils to Typst.

Simple nodes open and close a Typst function around their children. Where Typst wants the parts
in another order than the tree has them (a table's caption first, a footnote's text at its
reference), the method renders those parts itself and skips the node.

An extension can teach it a node of its own: ``app.add_node(cls, typst=(visit, depart))``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import ClassVar, cast
from urllib.parse import quote

from docutils import nodes
from sphinx import addnodes
from sphinx.builders import Builder
from sphinx.locale import admonitionlabels
from sphinx.util import logging
from sphinx.util.docutils import SphinxTranslator

from gongbao.typst import formulas, markup
from gongbao.typst.anchors import Anchors
from gongbao.typst.markup import call
from gongbao.typst.tables import Cell, Grid
from gongbao.typst.typesetting import printable_characters

logger = logging.getLogger(__name__)

_OUTSIDE_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_TERMINAL_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_LENGTH = re.compile(r"^\s*([0-9.]+)\s*(%|px|pt|cm|mm|in|em|)\s*$")
_LANGUAGES = {"ipython3": "python", "ipython": "python", "console": "bash", "shell": "bash"}
_NO_LANGUAGE = {"", "none", "text", "default", "myst-ansi"}

# What is there to look things up in, hundreds of rows or lines: smaller type, and tighter.
_COMPACT = "figure-listing"

# Kinds of boxes that the template has a colour for; others take the neutral one.
_BOX_KINDS = {"note", "seealso", "tip", "hint", "important", "warning", "caution", "attention", "danger", "error"}


_STYLES: dict[type[nodes.Node], str] = {
    nodes.emphasis: "emph",
    addnodes.literal_emphasis: "emph",
    nodes.title_reference: "emph",
    nodes.strong: "strong",
    addnodes.literal_strong: "strong",
    nodes.superscript: "super",
    nodes.subscript: "sub",
}


class part(nodes.General, nodes.Element):  # noqa: N801 - docutils names its nodes so
    """Marks where a part of the book begins; without a caption, where parts end."""


class TypstTranslator(SphinxTranslator):
    """Writes an assembled tree as Typst markup."""

    # These carry their label themselves, where a link shall land.
    _self_anchored: ClassVar = (
        nodes.section,
        nodes.figure,
        nodes.table,
        nodes.math_block,
        nodes.footnote,
        nodes.footnote_reference,
        nodes.citation,
    )

    def __init__(self, document: nodes.document, builder: Builder) -> None:
        super().__init__(document, builder)
        self.body: list[str] = []
        self.docname: str = self.config.root_doc
        self._anchors = Anchors(document, self.docname)
        self._placed: set[str] = set()
        self._linked: dict[str, nodes.Element] = {}
        self._hoisted: list[str] | None = None
        self._section_depth = 0
        self._in_part = False
        self._part: str | None = None
        self.elsewhere: Mapping[str, tuple[str, Anchors]] = {}
        """The pages that another PDF of the book holds, each with its file and where links land in it."""

    def astext(self) -> str:
        """Return the text of the book, without the template."""
        return "".join(self.body)

    # -- How methods write ------------------------------------------------------------------

    def render(self, *elements: nodes.Node) -> str:
        """Render nodes to a string instead of the body."""
        outer, self.body = self.body, []
        for element in elements:
            element.walkabout(self)
        inner, self.body = "".join(self.body), outer
        return inner.strip()

    def content(self, element: nodes.Element) -> str:
        """Render what is inside an element, with its anchor."""
        return self._anchor(element) + self.render(*element.children)

    def inline(self, text: str) -> None:
        """Write something that stands within a line."""
        self.body.append(text)

    def block(self, text: str) -> None:
        """Write something that stands by itself."""
        self.body.append(f"\n{text}\n\n")

    def dispatch_visit(self, node: nodes.Node) -> None:
        """Visit a node; before it, mark the place where links to it land."""
        if isinstance(node, nodes.Element) and not isinstance(node, self._self_anchored):
            self.inline(self._anchor(node))
        super().dispatch_visit(node)

    def unknown_visit(self, node: nodes.Node) -> None:
        """Report a type of node that has no method; its children are printed nevertheless."""
        self._warn("unknown_node", node, "no way to print a node of type %r", type(node).__name__)

    def unknown_departure(self, node: nodes.Node) -> None:
        """Nothing to close."""

    def _pass_through(self, node: nodes.Element) -> None:
        """A node that only groups what is inside."""

    def _skip(self, node: nodes.Element) -> None:
        """A node that is not for print."""
        raise nodes.SkipNode

    def _warn(self, subtype: str, node: nodes.Node, message: str, *arguments: object) -> None:
        logger.warning(message, *arguments, type="typst", subtype=subtype, location=node)

    # -- Anchors and links ------------------------------------------------------------------

    def _claim_label(self, node: nodes.Element) -> str | None:
        """Return the label that this node has to carry, unless another one carries it already."""
        label = self._anchors.of_node(self.docname, node)
        if label is None or label in self._placed:
            return None
        self._placed.add(label)
        return label

    def _anchor(self, node: nodes.Element) -> str:
        label = self._claim_label(node)
        if not label:
            return ""
        anchor = f"#anchor({markup.string(label)});"
        if self._hoisted is None:
            return anchor
        self._hoisted.append(anchor)
        return ""

    def _without_anchors(self, render: Callable[[], str]) -> tuple[str, str]:
        """Render something that Typst prints more than once, and return its anchors apart.

        A title stands in the contents too, the head of a table on each of its pages; an anchor
        in there would exist twice, and no link could lead to it.
        """
        outer, self._hoisted = self._hoisted, []
        text, anchors = render(), "".join(self._hoisted)
        self._hoisted = outer
        return text, anchors

    def _link(self, label: str, text: str, node: nodes.Element) -> str:
        self._linked.setdefault(label, node)
        return f"#link(label({markup.string(label)}))[{text}];"

    def _place_leftovers(self) -> None:
        """A link may lead into something that is not printed: report it and let it land here."""
        for label, node in self._linked.items():
            if label not in self._placed:
                self._warn("dangling", node, "reference to %r, which is not printed", label)
                self.inline(f"#anchor({markup.string(label)});")

    def visit_reference(self, node: nodes.Element) -> None:
        if not _is_card_cover(node):
            self.inline(self._link_as(node, self.render(*node.children)))
        raise nodes.SkipNode

    visit_number_reference = visit_reference

    def visit_download_reference(self, node: nodes.Element) -> None:
        text = self.render(*node.children)
        address = node.get("refuri", "")
        self.inline(self._outside_link(address, text) if _OUTSIDE_ADDRESS.match(address) else text)
        raise nodes.SkipNode

    def _link_as(self, reference: nodes.Element, text: str) -> str:
        """Link a text to where a reference leads."""
        if "refid" in reference:
            return self._internal_link(self.docname, reference["refid"], text, reference)
        if reference.get("refuri"):
            return self._address_link(reference["refuri"], text, reference)
        return text

    def _address_link(self, address: str, text: str, node: nodes.Element) -> str:
        if address.startswith("%"):
            docname, _, anchor = address[1:].partition("#")
            return self._internal_link(docname, anchor, text, node)
        if address.startswith("#"):
            return self._internal_link(self.docname, address[1:], text, node)
        if _OUTSIDE_ADDRESS.match(address):
            return self._outside_link(address, text)
        self._warn("dangling", node, "reference to %r, which is no page of the book", address)
        return text

    def _internal_link(self, docname: str, anchor: str, text: str, node: nodes.Element) -> str:
        file, anchors = self.elsewhere.get(docname, ("", self._anchors))
        label = anchors.label(docname, anchor)
        if label and file:
            return self._outside_link(f"{file}#nameddest={quote(anchors.section(docname, anchor) or docname)}", text)
        if label is None:
            target = f"{docname}#{anchor}" if anchor else docname
            self._warn("dangling", node, "reference to %r, which does not exist", target)
            return text
        return self._link(label, text, node)

    def _outside_link(self, address: str, text: str) -> str:
        return f"#link({markup.string(address)})[{text or markup.escape(address)}];"

    # The anchor is written before any node; a target may also have text.
    visit_target = depart_target = _pass_through

    # -- Book, parts, pages and sections ----------------------------------------------------

    def visit_document(self, node: nodes.Element) -> None:
        self._begin_page(node)

    def depart_document(self, node: nodes.Element) -> None:
        self._place_leftovers()

    def visit_start_of_file(self, node: nodes.Element) -> None:
        node["outer"] = (self.docname, self._section_depth)
        if self.docname == self.config.root_doc:
            self._section_depth = 0
        self.docname = node["docname"]
        self._begin_page(node)

    def depart_start_of_file(self, node: nodes.Element) -> None:
        self.docname, self._section_depth = node["outer"]

    def _begin_page(self, node: nodes.Element) -> None:
        """Footnotes count from one on each page, as in HTML; a page without a title is anchored."""
        self.block("#counter(footnote).update(0)")
        if not any(isinstance(child, nodes.section) for child in node.children):
            self._placed.add(self.docname)
            self.inline(f"#anchor({markup.string(self.docname)});")

    def visit_part(self, node: nodes.Element) -> None:
        self._in_part = bool(node["caption"])
        self._part = self._text(node["caption"], node) if self._in_part else None
        raise nodes.SkipNode

    def visit_section(self, node: nodes.Element) -> None:
        self._section_depth += 1
        node["begins"] = node["text_begins"] = len(self.body)

    def depart_section(self, node: nodes.Element) -> None:
        """Take back the heading of a section of a page that has something on the web only."""
        if self._section_depth > 1 and not "".join(self.body[node["text_begins"] :]).strip():
            del self.body[node["begins"] :]
            self._placed.discard(self._anchors.of_node(self.docname, node) or "")
        self._section_depth -= 1

    def visit_title(self, node: nodes.Element) -> None:
        if isinstance(node.parent, nodes.section):
            self._write_heading(node, node.parent)
        else:
            self.block(call("rubric", self.content(node)))
        raise nodes.SkipNode

    def _write_heading(self, title: nodes.Element, section: nodes.section) -> None:
        text, anchors = self._without_anchors(lambda: self.content(title))
        particulars = {
            "depth": str(self._section_depth),
            "offset": "1" if self._in_part else "0",
            "number": markup.optional_string(self._section_number(section)),
            "target": markup.optional_string(self._claim_label(section)),
        }
        chapter = self._section_depth == 1
        if chapter and self._part:
            particulars["part"] = f"[{self._part}]"
            self._part = None
        self.block(call("chapter" if chapter else "section", text, **particulars) + anchors)
        section["text_begins"] = len(self.body)

    def _section_number(self, section: nodes.section) -> str | None:
        """The number that HTML shows; Sphinx keeps that of a page's title under the empty id."""
        numbers = self.builder.env.toc_secnumbers.get(self.docname, {})
        anchors = [f"#{anchor}" for anchor in section["ids"]]
        if not isinstance(section.parent, nodes.section):
            anchors.append("")
        number = next((numbers[anchor] for anchor in anchors if numbers.get(anchor)), None)
        return ".".join(map(str, number)) if number else None

    def visit_rubric(self, node: nodes.Element) -> None:
        self.block(call("rubric", self.content(node)))
        raise nodes.SkipNode

    visit_subtitle = visit_rubric

    def visit_transition(self, node: nodes.Element) -> None:
        if "footnotes" not in node["classes"]:  # MyST's rule above the notes of a page
            self.block("#transition()")
        raise nodes.SkipNode

    # -- Text -------------------------------------------------------------------------------

    def visit_Text(self, node: nodes.Text) -> None:  # noqa: N802 - the name of the node
        text = self._text(node.astext(), node)
        # a narrow column has to break it
        whole = markup.is_quantity(node.astext()) and not _stands_in_table(node)
        # Unicode allows a line to begin with these after a box, but not where a word joiner stands between
        joiner = r"\u{2060}" if _neighbour(node, 1) in ("；", "：") else ""
        self.inline(f"#box[{text}];{joiner}" if whole else text)
        raise nodes.SkipNode

    def _text(self, text: str, node: nodes.Node) -> str:
        """Escape text, with the lines of the source joined and every character printable."""
        self._check_characters(text, node)
        if text[:1].isspace() or text[-1:].isspace():
            text = markup.join_lines(text, _neighbour(node, -1), _neighbour(node, 1))
        return markup.escape(markup.join_lines(text))

    def _check_characters(self, text: str, node: nodes.Node) -> None:
        missing = sorted(set(text) - printable_characters())
        if missing:
            names = ", ".join(f"{character!r} (U+{ord(character):04X})" for character in missing)
            self._warn("glyph", node, "no font of the book has %s", names)

    visit_paragraph = visit_compact_paragraph = _pass_through

    def depart_paragraph(self, node: nodes.Element) -> None:
        self.inline("\n\n")

    depart_compact_paragraph = depart_paragraph

    def _visit_styled(self, node: nodes.Element) -> None:
        self.inline(f"#{_STYLES[type(node)]}[")

    def _depart_styled(self, node: nodes.Element) -> None:
        self.inline("];")

    visit_emphasis = visit_literal_emphasis = visit_title_reference = _visit_styled
    visit_strong = visit_literal_strong = visit_superscript = visit_subscript = _visit_styled
    depart_emphasis = depart_literal_emphasis = depart_title_reference = _depart_styled
    depart_strong = depart_literal_strong = depart_superscript = depart_subscript = _depart_styled

    visit_inline = depart_inline = _pass_through
    visit_abbreviation = visit_generated = visit_problematic = _pass_through
    depart_abbreviation = depart_generated = depart_problematic = _pass_through

    def visit_literal(self, node: nodes.Element) -> None:
        self._check_characters(node.astext(), node)
        self.inline(f"#raw({markup.string(node.astext())});")
        raise nodes.SkipNode

    visit_kbd = visit_literal

    def visit_raw(self, node: nodes.Element) -> None:
        """By docutils' contract a raw node speaks to the formats it names and to no others."""
        if "typst" in node.get("format", "").split():
            self.inline(node.astext())
        raise nodes.SkipNode

    # -- Lists ------------------------------------------------------------------------------

    def _items(self, node: nodes.Element) -> str:
        return "".join(f"[{self.content(item)}]" for item in _elements(node))

    def visit_bullet_list(self, node: nodes.Element) -> None:
        self.block(f"#list{self._items(node)};")
        raise nodes.SkipNode

    def visit_enumerated_list(self, node: nodes.Element) -> None:
        patterns = {"loweralpha": "a", "upperalpha": "A", "lowerroman": "i", "upperroman": "I"}
        pattern = patterns.get(node.get("enumtype", ""), "1")
        numbering = node.get("prefix", "") + pattern + node.get("suffix", ".")
        self.block(f"#enum(numbering: {markup.string(numbering)}, start: {node.get('start', 1)}){self._items(node)};")
        raise nodes.SkipNode

    def visit_definition_list_item(self, node: nodes.Element) -> None:
        """One definition may have several terms in a glossary; a classifier belongs to the term before it."""
        terms = definition = ""
        for child in _elements(node):
            if isinstance(child, nodes.definition):
                definition = self.content(child)
            else:
                gap = "#h(1em);" if isinstance(child, nodes.term) else " "
                terms += (gap if terms else "") + self.content(child)
        self.block(call("definition", terms, definition))
        raise nodes.SkipNode

    visit_definition_list = visit_glossary = _pass_through
    depart_definition_list = depart_glossary = _pass_through

    # -- Blocks of text ---------------------------------------------------------------------

    def visit_block_quote(self, node: nodes.Element) -> None:
        self.block(call("blockquote", self.content(node)))
        raise nodes.SkipNode

    def visit_literal_block(self, node: nodes.Element) -> None:
        text = _TERMINAL_COLOUR.sub("", node.astext()).rstrip("\n")
        self._check_characters(text, node)
        language = node.get("language", "")
        language = _LANGUAGES.get(language, language)
        lang = markup.optional_string(None if language in _NO_LANGUAGE else language)
        kind = "output" if "output" in node["classes"] else "code"
        raw = f"#raw(block: true, lang: {lang}, {markup.string(text)})"
        self.block(call("listing", raw, kind=markup.string(kind)))
        raise nodes.SkipNode

    def visit_Admonition(self, node: nodes.Element) -> None:  # noqa: N802 - a base class
        """Any admonition: the named ones by their type, the generic ones by their classes."""
        name = type(node).__name__
        children = list(node.children)
        if children and isinstance(children[0], nodes.title):
            title = self.content(cast(nodes.Element, children.pop(0)))
            name = next((c for c in node["classes"] if c in _BOX_KINDS), "admonition")
        else:
            title = markup.escape(str(admonitionlabels.get(name, "")))
        self._write_box(name, title, self.render(*children))
        raise nodes.SkipNode

    visit_topic = visit_sidebar = visit_Admonition

    def _write_box(self, kind: str, title: str, body: str) -> None:
        kind = kind if kind in _BOX_KINDS else "plain"
        self.block(f"#callout({markup.string(kind)}, title: [{title}])[\n{body}\n];")

    def visit_container(self, node: nodes.Element) -> None:
        """Containers group; some of MyST-NB and sphinx-design also look like something."""
        if node.get("nb_element") == "cell_code_source":
            self._write_cell_input(node)
        elif node.get("literal_block"):
            self._write_captioned_code(node)
        elif _COMPACT in node["classes"]:
            self.block(call("fine-print", self.content(node)))
        elif node.get("design_component") in {"card", "dropdown", "tab-item"}:
            self._write_design_box(node)
        elif node.get("design_component") == "grid-row":
            cells = [self.content(cell) for cell in node.children if isinstance(cell, nodes.Element)]
            self.block(call("side-by-side", *cells, columns=str(_columns_in_print(node))))
        else:
            return
        raise nodes.SkipNode

    depart_container = _pass_through

    def _write_cell_input(self, node: nodes.Element) -> None:
        shown = self.config.typst_show_code
        if shown == "all" or (shown == "parameters" and _is_parameters_cell(node.parent)):
            self.block(call("cell-input", self.render(*node.children)))

    def _write_captioned_code(self, node: nodes.Element) -> None:
        caption, rest = _split(node, nodes.caption)
        for title in caption:
            number = self._caption_number("code-block", node)
            self.block(call("listing-caption", number + self.content(title)))
        self.inline(self.render(*rest))

    def _write_design_box(self, node: nodes.Element) -> None:
        """A card, a dropdown or a tab: a box with its title, all of it open."""
        title: str = ""
        rest: list[nodes.Node] = []
        for child in node.children:
            if not title and isinstance(child, nodes.rubric):
                title = self.content(child)
            else:
                rest.append(child)
        heading = next((c for c in node.findall(nodes.container) if _is_card_title(c)), None)
        if heading is not None:
            title = self._card_link(node, self.content(heading))
            heading.parent.remove(heading)
        self._write_box("plain", title, self.render(*rest))

    def _card_link(self, card: nodes.Element, title: str) -> str:
        """Give the link that covers a whole card in HTML to the card's title."""
        cover = next(filter(_is_card_cover, card.findall(nodes.reference)), None)
        return title if cover is None else self._link_as(cover, title)

    visit_compound = depart_compound = _pass_through
    visit_PassthroughTextElement = depart_PassthroughTextElement = _pass_through  # noqa: N815

    # -- Figures, images and tables ---------------------------------------------------------

    def visit_figure(self, node: nodes.Element) -> None:
        captions, rest = _split(node, nodes.caption)
        legends = [child for child in rest if isinstance(child, nodes.legend)]
        body = self.render(*(child for child in rest if child not in legends))
        caption, anchors = self._caption(captions)
        number = self._caption_number("figure", node) if caption else ""
        self.block(
            anchors
            + call(
                "illustration",
                body,
                caption=f"[{number}{caption}]" if caption else "none",
                legend="[" + "\n\n".join(map(self.content, legends)) + "]" if legends else "none",
                target=markup.optional_string(self._claim_label(node)),
            )
        )
        raise nodes.SkipNode

    def _caption(self, titles: list[nodes.Element]) -> tuple[str, str]:
        """The words of a caption and its anchors, apart because a list of figures prints the words again."""
        return self._without_anchors(lambda: "".join(map(self.content, titles)))

    def _caption_number(self, kind: str, node: nodes.Element) -> str:
        """The number of a figure, table or listing as HTML words it."""
        numbers = self.builder.env.toc_fignumbers.get(self.docname, {}).get(kind, {})
        number = next((numbers[anchor] for anchor in node["ids"] if anchor in numbers), None)
        if number is None:
            return ""
        words = self.config.numfig_format.get(kind, "%s") % ".".join(map(str, number))
        return call("caption-number", markup.escape(words))

    def visit_image(self, node: nodes.Element) -> None:
        name = self.builder.images.get(node["uri"])
        if name is None:
            # Sphinx has warned of a missing file already; print what the picture would say.
            self.inline(self._text(node.get("alt", ""), node))
            raise nodes.SkipNode
        image = (
            f"image({markup.string(f'images/{name}')}, "
            f"alt: {markup.optional_string(node.get('alt'))}, width: {_image_width(node)})"
        )
        if _stands_in_line(node):
            self.inline(f"#box({image});")
        else:
            align = node.get("align")
            placement = align if align in {"left", "right"} else "center"
            self.block(f"#picture({image}, placement: {placement});")
        raise nodes.SkipNode

    def visit_table(self, node: nodes.Element) -> None:
        titles, rest = _split(node, nodes.title)
        caption, anchors = self._caption(titles)
        number = self._caption_number("table", node) if caption else ""
        target = self._claim_label(node)
        self.inline(anchors)
        for group in rest:
            if isinstance(group, nodes.tgroup):
                grid = Grid(group, compact=_COMPACT in node["classes"])
                explicit = "colwidths-given" in node["classes"]
                self.block(self._table(grid, explicit, number + caption, target))
                target = None
            else:
                self.inline(self.render(group))
        raise nodes.SkipNode

    def _table(self, grid: Grid, explicit: bool, caption: str, target: str | None) -> str:
        alignments = grid.alignments()
        header, anchors = self._without_anchors(lambda: self._cells(grid.header, alignments))
        body = self._cells(grid.body, alignments)
        return (
            f"{anchors}#data-table(columns: {markup.array(grid.widths(explicit))}, "
            f"align: {markup.array(alignments)}, header: ({header}), "
            f"header-rows: {len(grid.header)}, together: {markup.boolean(grid.short)}, "
            f"dense: {markup.boolean(grid.dense)}, compact: {markup.boolean(grid.compact)}, "
            f"caption: {f'[{caption}]' if caption else 'none'}, "
            f"target: {markup.optional_string(target)},\n{body});"
        )

    def _cells(self, rows: list[list[Cell]], alignments: list[str]) -> str:
        return "".join(f"{self._cell(cell, alignments)},\n" for row in rows for cell in row)

    def _cell(self, cell: Cell, alignments: list[str]) -> str:
        spans = [f"{name}: {count}" for name, count in (("colspan", cell.columns), ("rowspan", cell.rows)) if count > 1]
        if cell.alignment and cell.alignment != alignments[cell.column]:
            spans.append(f"align: {cell.alignment}")
        row = cell.entry.parent
        anchor = self._anchor(row) if cell.entry is row.children[0] else ""
        content = anchor + self.content(cell.entry)
        return f"table.cell({', '.join(spans)})[{content}]" if spans else f"[{content}]"

    # -- Formulas ---------------------------------------------------------------------------

    def visit_math(self, node: nodes.Element) -> None:
        formula = self._formula(node)
        self.inline(f"#math.equation(alt: {markup.string(node.astext())}, ${formula}$);")
        raise nodes.SkipNode

    def visit_math_block(self, node: nodes.Element) -> None:
        number = self._equation_number(node)
        self.block(
            f"#formula(number: {markup.optional_string(number)}, "
            f"target: {markup.optional_string(self._claim_label(node))}, "
            f"alt: {markup.string(node.astext())}, $ {self._formula(node)} $);"
        )
        raise nodes.SkipNode

    def _formula(self, node: nodes.Element) -> str:
        latex = node.astext()
        try:
            return formulas.from_latex(latex)
        except formulas.FormulaError as error:
            self._warn("math", node, "formula %r: %s", latex, error)
            return markup.string(latex)

    def _equation_number(self, node: nodes.Element) -> str | None:
        if self.config.math_numfig and self.config.numfig:
            numbers = self.builder.env.toc_fignumbers.get(self.docname, {}).get("displaymath", {})
            found = next((numbers[anchor] for anchor in node["ids"] if anchor in numbers), None)
            if found:
                return ".".join(map(str, found))
        return str(node["number"]) if node.get("number") else None

    # -- Notes and sources ------------------------------------------------------------------

    def visit_footnote_reference(self, node: nodes.Element) -> None:
        note = self._anchors.footnote(self.docname, node.get("refid", ""))
        if note is None:
            self._warn("dangling", node, "footnote %r does not exist", node.astext())
            self.inline(f"#super[{self._text(node.astext(), node)}];")
            raise nodes.SkipNode
        label = markup.string(self._anchors.of_node(self.docname, note) or "")
        if self._claim_label(note):
            _labels, text = _split(note, nodes.label)
            self.inline(f"#note({label})[{self.render(*text)}];")
        else:
            self.inline(f"#footnote(label({label}));")
        raise nodes.SkipNode

    def visit_footnote(self, node: nodes.Element) -> None:
        """Notes are printed where the text refers to them; here only one that nothing refers to."""
        if node.get("backrefs"):
            raise nodes.SkipNode
        self.visit_citation(node)

    def visit_citation(self, node: nodes.Element) -> None:
        labels, text = _split(node, nodes.label)
        label = "".join(map(self.content, labels))
        target = markup.optional_string(self._claim_label(node))
        self.block(call("source-entry", label, self.render(*text), target=target))
        raise nodes.SkipNode

    def visit_citation_reference(self, node: nodes.Element) -> None:
        text = f"\\[{self.render(*node.children)}\\]"
        self.inline(self._internal_link(self.docname, node.get("refid", ""), text, node))
        raise nodes.SkipNode

    # -- Not for print ----------------------------------------------------------------------

    # What docutils and Sphinx keep in the tree for other purposes.
    visit_comment = visit_meta = visit_index = visit_substitution_definition = _skip
    visit_pending = visit_tabular_col_spec = visit_decoration = visit_label = _skip
    # Already in the log of the build.
    visit_system_message = _skip
    # Pages are in the tree itself, and the book has a table of contents.
    visit_toctree = visit_TableOfContentsNode = _skip  # noqa: N815
    # Pictographs from web fonts.
    visit_sd_icon = visit_fontawesome = _skip


def _elements(node: nodes.Element) -> list[nodes.Element]:
    return [child for child in node.children if isinstance(child, nodes.Element)]


def _split(node: nodes.Element, kind: type[nodes.Element]) -> tuple[list[nodes.Element], list[nodes.Node]]:
    """Part the children of one type from the others."""
    chosen = [child for child in node.children if isinstance(child, kind)]
    return chosen, [child for child in node.children if not isinstance(child, kind)]


def _is_parameters_cell(cell: nodes.Element) -> bool:
    """Tell whether a cell holds assumptions that a reader may change; papermill's name for it is a tag."""
    return not {"tag_parameters", "tag_injected-parameters"}.isdisjoint(cell["classes"])


def _columns_in_print(row: nodes.Element) -> int:
    """The columns that sphinx-design gives a grid on a screen of medium width, which is nearest to a page."""
    counts = (re.fullmatch(r"sd-row-cols-md-(\d+)", name) for name in row["classes"])
    return next((int(count[1]) for count in counts if count), 1)


def _is_card_title(node: nodes.Element) -> bool:
    return bool(node.get("design_component") == "card-title")


def _is_card_cover(node: nodes.Element) -> bool:
    """The invisible link that covers a clickable card in HTML; its text is not for reading."""
    return "sd-hide-link-text" in node.get("classes", [])


def _neighbour(node: nodes.Node, step: int) -> str:
    """The character before (-1) or after (1) a node within its paragraph, or nothing."""
    while node.parent is not None and isinstance(node.parent, nodes.TextElement):
        siblings = node.parent.children
        index = siblings.index(node) + step
        while 0 <= index < len(siblings):
            text = siblings[index].astext()
            if text:
                return str(text[-1] if step < 0 else text[0])
            index += step
        node = node.parent
    return ""


def _stands_in_table(node: nodes.Node | None) -> bool:
    while node is not None and not isinstance(node, nodes.entry):
        node = node.parent
    return node is not None


def _stands_in_line(image: nodes.Element) -> bool:
    """An image is part of a line unless it is all that its paragraph holds."""
    parent = image.parent
    if isinstance(parent, nodes.reference):
        image, parent = parent, parent.parent
    return isinstance(parent, nodes.TextElement) and len(parent.children) > 1


def _image_width(node: nodes.Element) -> str:
    """The width the author asked for, never more than the text has; else the image's own."""
    match = _LENGTH.match(str(node.get("width", "")))
    if not match:
        return "auto"
    value, unit = float(match.group(1)), match.group(2)
    if unit in {"px", ""}:
        value, unit = value * 0.75, "pt"  # a CSS pixel
    if unit == "%":
        return f"{min(value, 100):g}%"
    return f"{value:g}{unit}"
