"""The writer: from docutils to Typst.

For most nodes :data:`_PRINTED` has the text around their children. If Typst wants the parts in another order than the
tree (a table's caption first), a method ``write_<type of node>`` gives the text of the whole node. A type without
either is written like its base class.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from docutils import nodes
from sphinx.builders import Builder
from sphinx.locale import admonitionlabels
from sphinx.util import logging
from sphinx.util.nodes import traverse_parent

from gongbao.typst import markup
from gongbao.typst.anchors import Anchors
from gongbao.typst.markup import call
from gongbao.typst.tables import Grid, Rows

logger = logging.getLogger(__name__)

PAGE_PREFIX = "%"
"""Marks a reference to a page of the book; no real address begins with it."""

IMAGES = "images"
"""The folder of the images, beside the Typst file."""

_OUTSIDE_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_TERMINAL_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_LENGTH = re.compile(r"[0-9.]+(%|pt|cm|mm|in|em)")
_LANGUAGES = {"ipython3": "python", "ipython": "python", "console": "bash", "shell": "bash"}
_NO_LANGUAGE = {"", "none", "text", "default", "myst-ansi"}
_COUNTERS = {"loweralpha": "a", "upperalpha": "A", "lowerroman": "i", "upperroman": "I"}
_PARAMETERS = {"tag_parameters", "tag_injected-parameters"}
# What MyST writes as HTML only: a line break, the boxes of a list of tasks. The first that a text begins with counts.
_TASK = '<input class="task-list-item-checkbox" '
_HTML_ONLY = {"<br />": "#linebreak();", f"{_TASK}checked": "✓", _TASK: "□"}

# Long lists for reference, hundreds of rows or lines: smaller type, and tighter.
_COMPACT = "figure-listing"

# A container of boxes that are side by side, in print as on a wide screen.
_TWO_COLUMNS = "two-columns"

# Kinds of boxes that the template has a colour for; others take the neutral one.
_BOX_KINDS = {"note", "seealso", "tip", "hint", "important", "warning", "caution", "attention", "danger", "error"}

_NOT_FOR_PRINT = {
    # what docutils and Sphinx keep in the tree for other purposes
    *("comment", "decoration", "index", "label", "meta", "pending", "substitution_definition", "tabular_col_spec"),
    "system_message",  # in the log of the build already
    *("toctree", "TableOfContentsNode"),  # pages are in the tree itself, and the book has a table of contents
    *("sd_icon", "fontawesome"),  # pictographs from web fonts
}

_PRINTED = {
    **dict.fromkeys(("emphasis", "title_reference"), "#emph[{}];"),
    "strong": "#strong[{}];",
    "superscript": "#super[{}];",
    "subscript": "#sub[{}];",
    "paragraph": "{}\n\n",
    "block_quote": markup.block("#blockquote[{trimmed}];"),
    **dict.fromkeys(("rubric", "subtitle", "title"), markup.block("#rubric[{trimmed}];")),  # a section writes its title
    **dict.fromkeys(("abbreviation", "generated", "problematic", "PassthroughTextElement"), "{}"),
    **dict.fromkeys(("compound", "definition_list", "glossary"), "{}"),
    "transition": markup.block("#transition()"),
    "target": "{}",  # the anchor is written before any node; a target may also have text
}
"""Typst templates by node type; ``{}`` is the children's text, ``{trimmed}`` the same without white space around it."""


class part(nodes.General, nodes.Element):  # noqa: N801 - docutils names its nodes so
    """Marks where a part of the book begins; without a caption, where parts end."""


class TypstTranslator:
    """Writes an assembled tree as Typst markup.

    Args:
        builder: what the tree is written for.
        anchors: where links may land in it.
        elsewhere: the pages that another PDF of the book holds, each with its file and where links land in that.
    """

    # These nodes set their label themselves.
    _self_anchored = (nodes.section, nodes.figure, nodes.table, nodes.math_block, nodes.footnote, nodes.citation)

    def __init__(self, builder: Builder, anchors: Anchors, elsewhere: Mapping[str, tuple[str, Anchors]]) -> None:
        self.builder, self.config = builder, builder.config
        self.docname: str = self.config.root_doc
        self._anchors, self._elsewhere = anchors, elsewhere
        self._placed: set[str] = set()
        self._section_depth = 0
        self._in_part = False
        self._part = ""

    # -- How nodes are written --------------------------------------------------------------

    def write(self, node: nodes.Node) -> str:
        """Return a node as markup, with the anchor for links to it before it.

        A node of an unknown type is reported; its children are printed nevertheless.
        """
        anchor = "" if isinstance(node, self._self_anchored) else self._anchor(node)
        for name in (kind.__name__ for kind in type(node).__mro__):
            if name in _NOT_FOR_PRINT:
                return anchor
            if name in _PRINTED:
                text = self.written(*node.children)
                return anchor + _PRINTED[name].format(text, trimmed=text.strip())
            if method := getattr(self, f"write_{name}", None):
                return f"{anchor}{method(node)}"
        self._warn("unknown_node", node, "no way to print a node of type %r", type(node).__name__)
        return anchor + self.written(*node.children)

    def written(self, *elements: nodes.Node) -> str:
        """Nodes as they are written, one after the other."""
        return "".join(map(self.write, elements))

    def render(self, *elements: nodes.Node) -> str:
        """Nodes as the content of something else, without white space around it."""
        return self.written(*elements).strip()

    def content(self, node: nodes.Node) -> str:
        """Render what is inside a node, with its anchor."""
        return self._anchor(node) + self.render(*node.children)

    def _warn(self, subtype: str, node: nodes.Node, message: str, *arguments: object) -> None:
        logger.warning(message, *arguments, type="typst", subtype=subtype, location=node)

    # -- Anchors and links ------------------------------------------------------------------

    def _claim_label(self, node: nodes.Node) -> str | None:
        """Return the label of this node, unless another node has it already."""
        label = self._anchors.of_node(self.docname, node)
        if label is None or label in self._placed:
            return None
        self._placed.add(label)
        return label

    def _anchor(self, node: nodes.Node) -> str:
        label = self._claim_label(node)
        return markup.anchor(label) if label else ""

    def _anchors_in(self, elements: Iterable[nodes.Node]) -> str:
        """The anchors of everything in some elements, to be written beside them.

        A title is printed in the contents too, the head of a table on each of its pages; an anchor
        in there would exist twice, and no link could lead to it.
        """
        return "".join(self._anchor(node) for element in elements for node in element.findall())

    def write_reference(self, node: nodes.Element) -> str:
        return self._link_as(node, self.render(*node.children))

    write_download_reference = write_reference

    def _link_as(self, reference: nodes.Element, text: str) -> str:
        """Link a text to where a reference leads: a place in this PDF, one in another of the book, or an address."""
        address = reference.get("refuri", "")
        if "refid" in reference:
            address = f"{PAGE_PREFIX}{self.docname}#{reference['refid']}"
        if address.startswith(PAGE_PREFIX):
            docname, _sep, anchor = place = address.removeprefix(PAGE_PREFIX).partition("#")
            file, anchors = self._elsewhere.get(docname, ("", self._anchors))
            label = anchors.labels.get((docname, anchor))
            if label is None:
                self._warn("dangling", reference, "reference to %r, which does not exist", "".join(place))
                return text
            if not file:
                return f"#link(label({markup.string(label)}))[{text}];"
            address = f"{file}#nameddest={quote(anchors.sections[docname, anchor])}"
        elif address and not _OUTSIDE_ADDRESS.match(address):
            self._warn("dangling", reference, "reference to %r, which is no page of the book", address)
            return text
        return f"#link({markup.string(address)})[{text or markup.escape(address)}];" if address else text

    # -- Book, parts, pages and sections ----------------------------------------------------

    def write_document(self, page: nodes.Element) -> str:
        """Write the root page, which holds the others; links to a page without a title lead to its beginning."""
        anchor = ""
        if not any(isinstance(child, nodes.section) for child in page.children):
            self._placed.add(self.docname)
            anchor = markup.anchor(self.docname)
        return anchor + self.written(*page.children)

    def write_start_of_file(self, page: nodes.Element) -> str:
        outer = self.docname, self._section_depth
        if self.docname == self.config.root_doc:
            self._section_depth = 0
        self.docname = page["docname"]
        text = self.write_document(page)
        self.docname, self._section_depth = outer
        return text

    def write_part(self, node: nodes.Element) -> str:
        self._in_part = bool(node["caption"])
        self._part = markup.escape(node["caption"]) if self._in_part else ""
        return ""

    def write_section(self, node: nodes.Element) -> str:
        """Leave out the heading of a section below a page's own that has content on the web only."""
        self._section_depth += 1
        titles, rest = _split(node.children, nodes.title)
        heading, text = "".join(self._heading(title, node) for title in titles), self.written(*rest)
        self._section_depth -= 1
        if self._section_depth == 0 or text.strip():
            return heading + text
        self._placed.discard(self._anchors.of_node(self.docname, node) or "")
        return ""

    def _heading(self, title: nodes.Node, section: nodes.Element) -> str:
        anchors, text = self._anchors_in([title]), self.content(title)
        particulars: dict[str, markup.Value] = {"depth": self._section_depth, "offset": int(self._in_part)}
        particulars |= {"number": self._section_number(section), "target": self._claim_label(section)}
        chapter = self._section_depth == 1
        if chapter and self._part:
            particulars["part"], self._part = markup.content(self._part), ""
        return markup.block(call("chapter" if chapter else "section", text, **particulars) + anchors)

    def _section_number(self, section: nodes.Element) -> str | None:
        """The number of a section as in HTML; Sphinx keeps that of a page's title under the empty id."""
        anchors = [f"#{anchor}" for anchor in section["ids"]]
        if not isinstance(section.parent, nodes.section):
            anchors.append("")
        return _number(self.builder.env.toc_secnumbers.get(self.docname, {}), anchors)

    def _float_number(self, kind: str, node: nodes.Element) -> str | None:
        """The number of a figure, table, listing or equation in HTML."""
        return _number(self.builder.env.toc_fignumbers.get(self.docname, {}).get(kind, {}), node["ids"])

    # -- Text -------------------------------------------------------------------------------

    def write_Text(self, node: nodes.Text) -> str:  # noqa: N802 - the name of the node
        text = markup.escape(node.astext())
        # a narrow column has to break it
        if not markup.is_quantity(node.astext()) or any(traverse_parent(node.parent, nodes.entry)):
            return text
        # Unicode allows a line to begin with these after a box, unless a word joiner is between
        following = node.next_node(nodes.Text, ascend=True)
        joiner = r"\u{2060}" if following and following.astext().startswith(("；", "：")) else ""
        return f"#box[{text}];{joiner}"

    def write_inline(self, node: nodes.Element) -> str:
        """A part of a line; one of the class ``monospace``, as an id in a long table, looks like code.

        It is no raw text: for a table with a thousand of those the compiler takes half as long again.
        """
        text = self.written(*node.children)
        return call("monospace", text) if "monospace" in node["classes"] else text

    def write_literal(self, node: nodes.Element) -> str:
        return f"#raw({markup.string(node.astext())});"

    def write_raw(self, node: nodes.Element) -> str:
        """By docutils' contract a raw node is for the formats that it names and for no others; but see _HTML_ONLY."""
        if "typst" in node.get("format", "").split():
            return node.astext()
        return next((text for html, text in _HTML_ONLY.items() if node.astext().startswith(html)), "")

    # -- Lists ------------------------------------------------------------------------------

    def write_bullet_list(self, node: nodes.Element) -> str:
        return markup.block(call("list", *map(self.content, node.children)))

    def write_enumerated_list(self, node: nodes.Element) -> str:
        items, counter = map(self.content, node.children), _COUNTERS.get(node.get("enumtype", ""), "1")
        numbering = f"{node.get('prefix', '')}{counter}{node.get('suffix', '.')}"
        return markup.block(call("enum", *items, numbering=numbering, start=node.get("start", 1)))

    def write_definition_list_item(self, node: nodes.Element) -> str:
        """There may be several terms, and several definitions; a classifier belongs to the term before it."""
        definitions, terms = _split(node.children, nodes.definition)
        gaps = ["", *("#h(1em);" if isinstance(term, nodes.term) else " " for term in terms[1:])]
        words = "".join(gap + self.content(term) for gap, term in zip(gaps, terms, strict=True))
        return markup.block(call("definition", words, "\n\n".join(map(self.content, definitions))))

    # -- Blocks of text ---------------------------------------------------------------------

    def write_literal_block(self, node: nodes.Element) -> str:
        text = _TERMINAL_COLOUR.sub("", node.astext()).rstrip("\n")
        language = node.get("language", "")
        lang = None if language in _NO_LANGUAGE else _LANGUAGES.get(language, language)
        kind = "output" if "output" in node["classes"] else "code"
        raw = f"#raw({markup.arguments(block=True, lang=lang)}, {markup.string(text)})"
        return markup.block(call("listing", raw, kind=kind))

    def write_Admonition(self, node: nodes.Element) -> str:  # noqa: N802 - a base class
        """Any admonition: the named ones by their type, the generic ones by their classes."""
        name = type(node).__name__
        titles, rest = _split(node.children, nodes.title)
        title = "".join(map(self.content, titles)) or markup.escape(str(admonitionlabels.get(name, "")))
        kind = next((one for one in (name, *node["classes"]) if one in _BOX_KINDS), "plain")
        return markup.block(f"#callout({markup.string(kind)}, title: [{title}])[\n{self.render(*rest)}\n];")

    write_topic = write_sidebar = write_Admonition

    def write_container(self, node: nodes.Element) -> str:
        """Containers group; some also look like something."""
        if node.get("nb_element") == "cell_code_source":  # only cells with assumptions are printed; papermill tags them
            shown = not _PARAMETERS.isdisjoint(node.parent["classes"])
            return markup.block(call("cell-input", self.render(*node.children))) if shown else ""
        if _COMPACT in node["classes"]:
            return markup.block(call("fine-print", self.content(node)))
        if _TWO_COLUMNS in node["classes"]:
            return markup.block(call("side-by-side", *map(self.render, node.children)))
        return self.written(*node.children)

    def write_caption(self, node: nodes.Element) -> str:
        """The caption of a code block; figures write theirs themselves."""
        number = self._caption_number("code-block", node.parent)
        return markup.block(call("listing-caption", number + self.content(node)))

    # -- Figures, images and tables ---------------------------------------------------------

    def write_figure(self, node: nodes.Element) -> str:
        captions, others = _split(node.children, nodes.caption)
        legends, drawn = _split(others, nodes.legend)
        body = self.render(*drawn)
        caption, anchors = self._caption("figure", node, captions)
        legend = markup.content("\n\n".join(map(self.content, legends)))
        target = self._claim_label(node)
        return markup.block(anchors + call("illustration", body, caption=caption, legend=legend, target=target))

    def _caption(self, kind: str, node: nodes.Element, titles: list[nodes.Node]) -> tuple[markup.Code, str]:
        """A caption and, apart from it, its anchors, because a list of figures prints the words again."""
        anchors, words = self._anchors_in(titles), "".join(map(self.content, titles))
        return markup.content(words and self._caption_number(kind, node) + words), anchors

    def _caption_number(self, kind: str, node: nodes.Element) -> str:
        """The number of a figure, table or listing as HTML words it."""
        if number := self._float_number(kind, node):
            return call("caption-number", markup.escape(self.config.numfig_format.get(kind, "%s") % number))
        return ""

    def write_image(self, node: nodes.Element) -> str:
        name = self.builder.images.get(node["uri"])
        if name is None:
            return markup.escape(node.get("alt", ""))  # Sphinx has warned of a missing file already
        width = node.get("width", "")
        look = markup.arguments(alt=node.get("alt"), width=markup.Code(width if _LENGTH.fullmatch(width) else "auto"))
        image = f"image({markup.string(f'{IMAGES}/{name}')}, {look})"
        if node.get("alt") == "":  # as in HTML, a picture that is only decoration
            image = f"pdf.artifact({image})"
        within_text = isinstance(node.parent, nodes.TextElement) and len(node.parent.children) > 1
        return f"#box({image});" if within_text else markup.block(f"#picture({image});")

    def write_table(self, node: nodes.Element) -> str:
        titles, rest = _split(node.children, nodes.title)
        (group,) = (part for part in rest if isinstance(part, nodes.tgroup))
        try:
            grid = Grid(group, compact=_COMPACT in node["classes"])
        except ValueError as error:
            self._warn("table", node, "%s", error)
            return ""
        caption, anchors = self._caption("table", node, titles)
        anchors_of_head = self._anchors_in(group.findall(nodes.thead))
        widths = grid.widths("colwidths-given" in node["classes"])
        particulars = markup.arguments(
            columns=list(map(markup.Code, widths)),
            align=list(map(markup.Code, grid.alignments())),
            header=markup.Code(f"({self._cells(grid.header)})"),
            header_rows=len(grid.header),
            dense=grid.dense,
            compact=grid.compact,
            whole=grid.is_whole(widths),
            caption=caption,
            target=self._claim_label(node),
        )
        return anchors + markup.block(f"{anchors_of_head}#data-table({particulars},\n{self._cells(grid.body)});")

    def _cells(self, rows: Rows) -> str:
        """Cells one after the other; the anchor of a row is in its first cell."""
        return "".join(f"[{self._anchor(cell.parent)}{self.content(cell)}],\n" for row in rows for cell in row)

    # -- Formulas ---------------------------------------------------------------------------

    def write_math(self, node: nodes.Element) -> str:
        return f"#math.equation(alt: {markup.string(node.astext())}, ${self._formula(node)}$);"

    def write_math_block(self, node: nodes.Element) -> str:
        counted = self.config.math_numfig and self.config.numfig and self._float_number("displaymath", node)
        number = counted or str(node.get("number") or "")
        particulars = markup.arguments(number=number, target=self._claim_label(node), alt=node.astext())
        return markup.block(f"#formula({particulars}, $ {self._formula(node)} $);")

    def _formula(self, node: nodes.Element) -> str:
        latex = node.astext()
        try:
            return markup.formula(latex)
        except ValueError as error:
            self._warn("math", node, "formula %r: %s", latex, error)
            return markup.string(latex)

    # -- Notes and sources ------------------------------------------------------------------

    def write_footnote_reference(self, node: nodes.Element) -> str:
        return f"#super[{self._link_as(node, self.render(*node.children))}];"

    def write_citation(self, node: nodes.Element) -> str:
        labels, text = _split(node.children, nodes.label)
        label = "".join(map(self.content, labels))
        return markup.block(call("source-entry", label, self.render(*text), target=self._claim_label(node)))

    write_footnote = write_citation  # at the end of a page, as in HTML


def _number(numbers: Mapping[str, tuple[int, ...]], anchors: Iterable[str]) -> str | None:
    found = next((numbers[anchor] for anchor in anchors if numbers.get(anchor)), None)
    return ".".join(map(str, found)) if found else None


def _split(siblings: Sequence[nodes.Node], kind: type[nodes.Node]) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """Separate the nodes of one type from the others."""
    chosen = [node for node in siblings if isinstance(node, kind)]
    return chosen, [node for node in siblings if not isinstance(node, kind)]
