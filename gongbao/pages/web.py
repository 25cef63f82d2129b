"""The pages in a browser: templates and style on top of the theme, scripts and their data, the head of a page.

The head of every page (``templates/sphinx_book_theme/layout.html``) has a Content-Security-Policy, by which the browser
loads files of the book only, and no script or style within the page. So the theme's own inline scripts are files or
left out. Books in another theme keep its templates, and get no policy.

A book with a published address (``html_baseurl``) also has descriptions for those who share a page, and a sitemap.

Editions are nested: those in other languages are folders within the book's own. So the links from a page to the same
page in another language are relative, and work in a copy of the site. They exist only when all editions are built. An
id is the same in every edition; ``page.js`` adds the id of the section that is read.
"""

from __future__ import annotations

import datetime
import json
import os
import re
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from babel import Locale
from docutils import nodes
from jinja2 import FileSystemBytecodeCache
from sphinx.application import Sphinx
from sphinx.builders import html
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.config import Config
from sphinx.util.i18n import format_date
from sphinx.util.matching import Matcher
from sphinx.util.osutil import relative_uri

from gongbao.figures.messages import _
from gongbao.pages.domain import FigureDomain
from gongbao.pages.language import SOURCE, is_source
from gongbao.pages.once import MADE
from gongbao.prose.editions import PRINTED, wanted

THEME = "sphinx_book_theme"
STATIC, TEMPLATES = Path(__file__).parent / "static", Path(__file__).parent / "templates"
DESCRIPTION = 160
"""The most characters of a description, which search engines show."""

FIRST = 100
"""The priority of scripts that run before the theme's; ledger.js must detach its thousands of rows first."""

OWN_SHEETS = 600
"""The priority of the library's style sheets: after the theme's and those of extensions, before the author's."""


def web_builder(app: Sphinx) -> StandaloneHTMLBuilder | None:
    """The builder, if it writes pages for a browser."""
    return app.builder if isinstance(app.builder, StandaloneHTMLBuilder) else None


# --- scripts


def words(**messages: object) -> dict[str, Any]:
    """The words of a script, in the language of the edition, as an attribute of the element that loads it.

    Scripts have no words of their own; they read ``document.currentScript.dataset.words``.
    """
    return {"data-words": json.dumps(messages, default=str, ensure_ascii=False)}


def write_script(app: Sphinx, path: str, variable: str, data: Mapping[str, object]) -> None:
    """Write data as a script, since a page that is opened from disk may load nothing else.

    Each entry has its own line, so that a change of one figure changes one line.
    """
    file = Path(app.outdir) / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)  # it may be a hard link to the file of the last build
    # entry by entry: the citations of a large book would be one text of hundreds of megabytes
    with file.open("w", encoding="utf-8", newline="\n") as script:
        script.write(f"{variable} = {{\n")
        script.writelines(f"{json.dumps(key)}:{json.dumps(data[key], ensure_ascii=False)},\n" for key in sorted(data))
        script.write("};\n")


# --- the configuration


def configure(app: Sphinx, config: Config) -> None:
    """Set the options that follow from the theme, the version and the address of the book (``html_baseurl``)."""
    folders = [TEMPLATES]
    if config.html_theme == THEME:
        folders.insert(0, TEMPLATES / THEME)
        options, source = config.html_theme_options, bool(config.html_theme_options.get("repository_url"))
        # without the address of a repository there are no buttons with links to it
        buttons = {f"use_{button}_button": source for button in ("repository", "edit_page", "issues")}
        config.html_theme_options = {**options, **buttons, **({} if source else {"launch_buttons": {}})}
        if config.version:
            version = _("版本{version}，{date}生成").format(version=config.version, date=built_on().isoformat())
            config.html_theme_options["extra_footer"] = " · ".join(filter(None, [options.get("extra_footer"), version]))
    # relative, because Sphinx keeps a digest of the configuration in the book
    config.templates_path = [*(os.path.relpath(folder, app.confdir) for folder in folders), *config.templates_path]
    config.notfound_urls_prefix = "/"
    if config.html_baseurl:
        address = config.html_baseurl.rstrip("/") + "/"
        config.notfound_urls_prefix = urlsplit(address).path
        config.html_baseurl = address if is_source(config) else f"{address}{config.language}/"
        app.setup_extension("sphinx_sitemap")
        config.sitemap_url_scheme = "{link}"
        config.sitemap_excludes = ["search.html", "genindex.html", "404.html"]
    config.notfound_template = "404.html"


def built_on() -> datetime.date:
    """The day of the build, or the one that SOURCE_DATE_EPOCH names."""
    return datetime.date.fromisoformat(format_date("%Y-%m-%d", language="en"))


def add_files(app: Sphinx) -> None:
    """Let the builder copy scripts and styles, and pages load the scripts that cite figures and show code."""
    app.config.html_static_path = [*app.config.html_static_path, str(STATIC)]  # a new list: apps share the default
    app.add_js_file("figure-cite.js", loading_method="defer", **words(copied=_("已复制"), failed=_("无法复制")))
    switches = words(show=_("显示代码"), hide=_("不显示代码"), filter=_("筛选这些数"))
    app.add_js_file("page.js", priority=FIRST, loading_method="defer", **switches)


def keep_templates(app: Sphinx) -> None:
    """Reuse templates that were compiled for the last build."""
    if builder := web_builder(app):
        compiled = Path(app.srcdir, MADE, "templates")
        compiled.mkdir(parents=True, exist_ok=True)
        builder.templates.environment.bytecode_cache = FileSystemBytecodeCache(str(compiled))


# --- a page


def complete(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Give the templates translations, notices, a description, and links to other languages and to the PDF.

    In the text, the blank of “p. 93” becomes one that does not break.
    """
    context["says"] = _
    context["body"] = re.sub(r"p\. (?=\d)", "p.&nbsp;", context.get("body", ""))
    if told := unverified(FigureDomain.of(app.env).unverified_on(page)):
        context["theme_announcement"] = escape(told)
    context["editions"] = editions(app, page) if wanted() else []
    if not doctree:
        return
    own = app.builder.get_target_uri(page)
    context["about"] = {"title": app.env.titles[page].astext(), "text": description(doctree)}
    if context["editions"] and (base := app.config.html_baseurl):
        # search engines take whole addresses only, and want a page among its own editions
        whole = urljoin(base, own)
        others = {edition["language"]: urljoin(whole, edition["href"]) for edition in context["editions"]}
        context["alternates"] = {_language(app.config): whole} | others
    if "typst_filename" in app.config:
        # the sheet PRINTED shows or hides these links
        book = app.config.typst_filename
        volumes = (volume["filename"] for volume in app.config.typst_volumes if page in volume["pages"])
        volume, whole = (relative_uri(own, f"{name}.pdf") for name in (next(volumes, book), book))
        context["paper"] = {f"{volume}#nameddest={page}": _("本页（PDF）"), whole: _("全书（PDF）")}


def description(doctree: nodes.document) -> str:
    """The first paragraph of a page, at most :data:`DESCRIPTION` characters of it."""
    sections = (node for node in doctree.children if isinstance(node, nodes.section))
    paragraphs = (node for section in sections for node in section if isinstance(node, nodes.paragraph))
    text = "".join(next(paragraphs, nodes.paragraph()).astext().splitlines())
    return text if len(text) <= DESCRIPTION else f"{text[: DESCRIPTION - 1]}…"


def editions(app: Sphinx, page: str) -> list[dict[str, str]]:
    """The same page in the other languages: ``language``, its ``name`` in that language, and ``href`` from this page.

    The page for wrong addresses may be shown at any address: its links start from the root and lead to the first pages.
    """
    lost = page == getattr(app.config, "notfound_pagename", "")
    root, address = (app.config.notfound_urls_prefix, "index.html") if lost else ("", app.builder.get_target_uri(page))
    places = {SOURCE: address} | {language: f"{language}/{address}" for language in wanted()}
    own = places.pop(_language(app.config))
    return [
        {"language": language, "name": str(Locale.parse(language).get_display_name(language)), "href": root + href}
        for language, href in ((language, relative_uri(own, place)) for language, place in places.items())
    ]


def _language(config: Config) -> str:
    return SOURCE if is_source(config) else str(config.language)


def announce_on_paper(app: Sphinx) -> None:
    """Replace the verification note on the title page in print if data are unverified."""
    if (told := unverified(FigureDomain.of(app.env).unverified)) and "typst_verification" in app.config:
        app.config.typst_verification = told


def unverified(files: Iterable[str]) -> str:
    """The notice about files that are not verified; empty if there are none."""
    named, told = _("、").join(files), _("有些数还没有与公报核对：{files}没有核对过，或在核对以后改动过。")
    return told.format(files=named) if named else ""


def setup(app: Sphinx) -> None:
    """Connect to the build; a page for wrong addresses, and the mark for GitHub Pages, are made by extensions."""
    for sheet in (PRINTED.name, "book.css"):
        app.add_css_file(sheet, priority=OWN_SHEETS)
    app.connect("config-inited", configure)
    app.connect("builder-inited", announce_on_paper)
    app.connect("builder-inited", add_files)
    app.connect("builder-inited", keep_templates)
    # one page is written in each build: else Sphinx would copy no static files, which may be all that changed
    app.connect("env-updated", lambda app, env: [app.config.root_doc])
    app.connect("html-page-context", complete, priority=100)  # before the theme tries which of its templates are empty
    # the theme has catalogues among its static files, which no page loads
    html.DOTFILES = Matcher(["**/.*", "**/locales"])  # type: ignore[attr-defined]
    app.setup_extension("sphinx.ext.githubpages")
    if is_source(app.config):
        # a host has one such page for the whole site, so the editions within it need none
        app.setup_extension("notfound.extension")
