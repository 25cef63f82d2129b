"""Pages in other languages than Chinese: additions to Sphinx's own translation, and reports of missing translations.

``labels.pot``, with the words of charts and figures, and ``names.pot``, with the names of figures, are written beside
the templates that Sphinx extracts from pages.
"""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Parser as RstParser
from docutils.utils import new_document
from myst_nb.sphinx_ import Parser
from myst_parser.mdit_to_docutils import base
from myst_parser.mdit_to_docutils.sphinx_ import SphinxRenderer
from myst_parser.parsers.mdit import create_md_parser
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.nodes import extract_messages
from sphinx_external_toc.events import InsertToctrees

from gongbao.figures.messages import NAMES
from gongbao.ledger.labels import HAN, Labels
from gongbao.ledger.rows import load_units
from gongbao.pages.domain import FigureDomain
from gongbao.pages.language import is_source
from gongbao.pages.steps import while_read

logger = logging.getLogger(__name__)

_CHINESE = re.compile("[\u2014\u2018-\u201d\u2026\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
"""Chinese characters and punctuation, full-width forms, and quotation marks and dashes shared with Latin."""


class TranslationParser(Parser):  # type: ignore[misc]
    """Reads each translated text only once, though Sphinx asks for most twice, and all of a page with one parser.

    To make a parser for each text takes longer than to read the text.
    """

    def parse(self, inputstring: str, document: nodes.document) -> None:
        """Read a page, or the translation of a paragraph of it."""
        if not str(document.current_source).endswith("<translated>"):
            super().parse(inputstring, document)
            return
        env = document.settings.env
        if "translations" not in env.temp_data:  # temp_data is emptied for each page
            env.temp_data["translations"] = create_md_parser(env.myst_config, SphinxRenderer), {}
        reader, read = env.temp_data["translations"]
        key = document.current_source, inputstring
        if key not in read:
            reader.options["document"] = document
            reader.render(inputstring)
            for node in document.findall():
                node.document = None  # type: ignore[assignment]  # else this document would be kept with the page
            read[key] = document.children
        document.children = []
        document += [node.deepcopy() for node in read[key]]


def join_chinese_lines(page: SphinxTransform) -> None:
    """Drop line breaks with Chinese on either side: browsers would show them as spaces, and Chinese has none.

    MyST keeps each break as a text node of its own.
    """
    for text in list(page.document.findall(nodes.Text)):
        if text != "\n" or isinstance(text.parent, nodes.FixedTextElement):
            continue
        siblings = text.parent.children
        place = siblings.index(text)
        before = siblings[place - 1].astext()[-1:] if place else ""
        after = siblings[place + 1].astext()[:1] if place + 1 < len(siblings) else ""
        if _CHINESE.match(before) or _CHINESE.match(after):
            text.parent.remove(text)


def count_untranslated(app: Sphinx, doctree: nodes.document) -> None:
    """Count the messages of a page that Sphinx found no translation for."""
    if is_source(app.config):
        return
    tried = [node for node in doctree.findall(nodes.Element) if "translated" in node]
    said = {node.astext() for node in tried if not node["translated"]}
    if not tried:  # there is no catalogue of the page
        said = {message for _node, message in extract_messages(doctree)}
    counts: dict[str, int] = FigureDomain.of(app.env).data["untranslated"]
    counts[app.env.docname] = sum(bool(HAN.search(text)) for text in said)


def _untranslated(app: Sphinx) -> str:
    """A line on how many messages of each page and of the labels have no translation; empty if all have one."""
    if is_source(app.config):
        return ""
    domain, data = FigureDomain.of(app.env), Path(app.srcdir, "data")
    labels = Labels.load(load_units(data), data)
    missing = sum(not labels.knows(word) for word in domain.results.words())
    counts = {**domain.data["untranslated"], "labels": missing}
    told = ", ".join(f"{name} ({count})" for name, count in sorted(counts.items()) if count)
    advice = f"into {app.config.language}; `make messages` puts it into locale/, to be translated there"
    return f"not translated: {told} {advice}" if told else ""


def report_untranslated(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Log what has no translation; changes no page."""
    domain = FigureDomain.of(env)
    domain.missing = _untranslated(app)
    if domain.missing:
        logger.info(domain.missing)
    return []


def write_templates(app: Sphinx, exception: Exception | None) -> None:
    """Write the templates of labels (:class:`gongbao.ledger.labels.Labels`) and of names."""
    if exception or app.builder.name != "gettext":
        return
    results = FigureDomain.of(app.env).results
    names = {record["name"]: [record["name_en"]] for record in results.records.values()}
    for template, messages in (("labels", results.words()), (NAMES, names)):
        catalogue = Catalog(project=app.config.project, version=app.config.version)
        for message, comments in messages.items():
            catalogue.add(message, auto_comments=comments)
        with Path(app.outdir, f"{template}.pot").open("wb") as file:
            write_po(file, catalogue, omit_header=True)


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    app.setup_extension("myst_nb")  # its parser is replaced
    app.add_source_parser(TranslationParser, override=True)
    # MyST makes a document for each text, though Sphinx passes one, as always: make it cheap
    unused = get_default_settings(RstParser)
    base.make_document = lambda *_, **__: new_document("", unused)
    while_read(app, join_chinese_lines, 5)  # before Sphinx keeps the messages
    # so that the captions of the parts, from _toc.yml, are there, too, when Sphinx translates a page
    InsertToctrees.default_priority = 6
    app.connect("doctree-read", count_untranslated)
    app.connect("env-get-updated", report_untranslated)
    app.connect("build-finished", write_templates)
