"""Search that finds Chinese: the text itself is the index, and the query becomes a pattern to look for in it.

Sphinx's own index has words, which Chinese does not separate; its results fetch excerpts from pages, which browsers
refuse for local files. A book is small: its text is searched as a whole, so any run of characters is found, with its
place and its context. Only the search page loads the text (``search.js``).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

from docutils import nodes
from sphinx.application import Sphinx

from gongbao.figures.messages import _
from gongbao.ledger.rows import load_reports
from gongbao.ledger.tables import read_yaml
from gongbao.pages.domain import CLAIMS, PAGES, FigureDomain, label, places
from gongbao.pages.once import made_once
from gongbao.pages.web import web_builder, words
from gongbao.results.runs import write_whole

NOT_READ = (nodes.raw, nodes.comment, nodes.literal_block, nodes.math_block)
"""Nodes whose source nobody searches: code, formulas, markup."""

INDEX = Path("_static", "search-index.js")
"""The text that is searched, below the folder of the pages; written when all pages are."""

SYNONYMS = Path("book", "synonyms.yaml")
"""Groups of words that readers use for one thing, below the folder of the book."""

_FRACTION, _LATEX = re.compile(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}"), re.compile(r"\\[A-Za-z]+|[{}_^\\]")
"""In a formula within a sentence: fractions, which become quotients, and LaTeX marks, which are left out."""

HAN = range(0x4E00, 0xA000)
"""The characters of Unicode that Chinese is written in, but for rare ones."""

LISTINGS = {"figure-listing", "ledger", "unprinted"}
"""The classes of lists of figures, which are found by their rows, and of text that is hidden if there is a PDF."""

WORDS = {
    "and": _("，"),
    "asFigures": _("数据总账（{count}行）"),
    "empty": _("请输入字词或数字。"),
    "end": _("。"),
    "found": _("“{asked}”："),
    "gazettePage": _("公报第{page}页"),
    "inText": _("正文（{count}处）"),
    "morePlaces": _("另有{count}处"),
    "moreRows": _("另有{count}行"),
    "near": _("没有完全相同的“{asked}”，含有其中多数字词的有："),
    "like": _("没有“{asked}”，读音或意思相近的有："),
    "nothing": _("没有找到“{asked}”。可以换一个说法，少写几个字，或用空格隔开几个词。"),
    "page": _("第{page}页"),
    "places": _("正文{count}处"),
    "rows": _("数据总账{count}行"),
    "title": _("“{asked}”的{title}"),
}
"""The words of the script."""

Place = tuple[str, str, str]
"""Anchor (empty for the page itself), heading, text."""


def setup(app: Sphinx) -> None:
    """Replace Sphinx's own search by this one."""
    app.connect("builder-inited", write_no_other_index)
    app.connect("html-collect-pages", lambda app: [("search", {"words": words(**WORDS)}, "search.html")])
    app.connect("doctree-resolved", keep_places)
    app.connect("build-finished", write_index)


def write_no_other_index(app: Sphinx) -> None:
    """Keep Sphinx from writing an index of its own."""
    if builder := web_builder(app):
        builder.search = False


# --- the searched text


def keep_places(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Store the text of a page when it is written, for builds that do not write it again."""
    if web_builder(app):
        write_whole(_kept(app, docname), json.dumps(list(places_of(doctree))).encode())


def _kept(app: Sphinx, docname: str) -> Path:
    return Path(app.doctreedir, "search", f"{docname}.json")


def places_of(doctree: nodes.document) -> Iterator[Place]:
    """The sections, charts and tables of a page, each with its own text only."""
    for node in filter(_is_place, doctree.findall(nodes.Element)):
        heads = [child for child in node.children if isinstance(child, nodes.title | nodes.caption)]
        own = "".join(text(child) for child in node.children if child not in heads)
        anchor = "" if node.parent is doctree and isinstance(node, nodes.section) else node["ids"][0]
        yield anchor, " ".join(head.astext() for head in heads), " ".join(own.split())


def _is_place(node: nodes.Element) -> bool:
    """Whether results lead to a node itself, and not to a node around it."""
    return isinstance(node, nodes.section | nodes.figure | nodes.table) and bool(node["ids"])


def text(node: nodes.Node) -> str:
    """The text of a node as it is read, with blanks between blocks; listed figures are found by their rows."""
    if isinstance(node, nodes.Text):
        return node.astext()
    element = cast(nodes.Element, node)
    if _is_place(element) or isinstance(element, NOT_READ) or LISTINGS & set(element.get("classes", ())):
        return ""
    if isinstance(element, nodes.image):
        return str(element.get("alt", "")) if isinstance(element.parent, nodes.figure) else ""
    if isinstance(element, nodes.math):
        return _LATEX.sub("", _FRACTION.sub(r"\1/\2", element.astext()))
    inner = "".join(map(text, element.children))
    return inner if isinstance(element, nodes.Inline) else f" {inner} "


def write_index(app: Sphinx, exception: Exception | None) -> None:
    """Write the text of all pages and the rows of all figures as a script, which a page may load from disk."""
    if exception or not web_builder(app):
        return
    pages = [_page(app, docname) for docname in app.env.collect_relations()]
    figures = list(_figures(app))
    names = {head for page in pages for _anchor, head, _text in page["places"]} | {figure[1] for figure in figures}
    name, written = f"search.{app.config.language}.json", "".join(sorted(set("".join(names))))

    def tables() -> bytes:
        return json.dumps({"simplified": simplified(), "spelling": spelling(written)}).encode()

    gazette, root = FigureDomain.of(app.env).listing.get(PAGES), Path(app.srcdir)
    synonyms = root / SYNONYMS
    index = {
        "pages": pages,
        "figures": figures,
        "gazette": app.builder.get_target_uri(gazette) if gazette else "",
        "lastPage": max(text.last_page for text in load_reports(root / "data").values()) if gazette else 0,
        "synonyms": read_yaml(synonyms) if synonyms.exists() else [],
        **json.loads(made_once(root, name, written, tables)),
    }
    script = "globalThis.searchIndex = " + json.dumps(index, ensure_ascii=False, separators=(",", ":")) + ";\n"
    (Path(app.outdir) / INDEX).write_text(script, "utf-8", newline="\n")


def simplified() -> dict[str, str]:
    """The traditional characters that differ in the book's script, each with its simplified form."""
    from opencc import OpenCC  # for builds that write an index only: it reads its tables when it is loaded

    traditional = list(map(chr, HAN))
    here = OpenCC("t2s").convert("\n".join(traditional)).split("\n")
    return {one: other for one, other in zip(traditional, here, strict=True) if one != other}


def spelling(text: str) -> dict[str, str]:
    """The readings of each Chinese character of a text in the letters of a keyboard, with blanks between.

    With these a name is found by pinyin, and by other characters that sound the same.
    """
    # only single characters are looked up; it would load its phrases, too
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, pinyin

    han = sorted(character for character in set(text) if ord(character) in HAN)
    # ü is typed as v
    return {one: " ".join(pinyin(one, style=Style.NORMAL, heteronym=True, v_to_u=False)[0]) for one in han}


def _page(app: Sphinx, docname: str) -> dict[str, Any]:
    """The entry of a page in the index; chapters, sections, charts and tables have their printed numbers."""
    sections = app.env.toc_secnumbers.get(docname, {})
    numbers = {anchor[1:]: _dotted(number) for anchor, number in sections.items() if anchor and number}
    for kind, numbered in app.env.toc_fignumbers.get(docname, {}).items():
        if form := app.config.numfig_format.get(kind):  # none for formulas
            numbers |= {anchor: form % _dotted(number) for anchor, number in numbered.items()}
    title, chapter = app.env.titles[docname].astext(), sections.get("")
    places: list[Place] = json.loads(_kept(app, docname).read_text("utf-8"))
    return {
        "url": app.builder.get_target_uri(docname),
        "title": _("第{number}章 {title}").format(number=chapter[0], title=title) if chapter else title,
        "chapter": bool(chapter),
        "places": [[anchor, f"{numbers.get(anchor, '')} {head}".strip(), text] for anchor, head, text in places],
    }


def _dotted(number: Iterable[int]) -> str:
    return ".".join(map(str, number))


def _figures(app: Sphinx) -> Iterator[list[str]]:
    """Address, name, number, English name and origin of every figure that has a row."""
    domain = FigureDomain.of(app.env)
    records = domain.records
    # computed figures in an order that does not depend on which page was read last
    for id in [*domain.of_the_data, *sorted(records.keys() - domain.of_the_data.keys())]:
        record = records[id]
        if url := domain.row(record, app.builder):
            origin = _("：").join(filter(None, [str(CLAIMS[record["claim"]]), _("；").join(places(record))]))
            yield [url, label(record), record["tolerance"], record["name_en"], origin]
