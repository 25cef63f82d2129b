"""Find numbers that were typed into prose or code instead of being published from a figure.

A number in the text of the book has to be that of a figure, ``[192.1亿元](#debt.limit.total@2023)``. Other texts that
may have digits are listed in :data:`ALLOWED`; all other digits are findings.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from gongbao.ledger.tables import Fault, read_text
from gongbao.prose.numbers import CITATION, LINK, MARKS
from gongbao.prose.toc import pages

ALLOWED: dict[str, re.Pattern[str]] = {
    "front matter or comment": re.compile(r"\A---\n.*?\n---\n|^%[^\n]*$|<!--.*?-->", re.S | re.M),
    "code or formula": re.compile(
        r"^(?P<fence>`{3,})(?:\{math\}|[a-z]*)(?: [^\n]*)?\n.*?^(?P=fence)[ ]*$|\$\$.+?\$\$|\$[^$\n]+\$", re.S | re.M
    ),
    "published figure, or number that the book gives": LINK,
    "term": re.compile(r"\[(?P<term>[^\[\]\n]+)\]\(#(?P=term)\)"),
    "reference": re.compile(rf"\{{cite:[pt]\}}`[^`]+`|{CITATION.pattern}"),
    "code in a line": re.compile(r"(?<![}`])`[^`\n]+`"),
    "address": re.compile(r"\]\([^)\n]*\)|</?[a-z][^>\n]*>|https?://[!-~]+"),
    "document title": re.compile(r"《[^》\n]+》"),
    "date": re.compile(
        r"(?<![0-9])(?:19|20)[0-9]{2}\s?年(?:\s?[0-9]{1,2}\s?月(?:\s?[0-9]{1,2}\s?日)?)?"
        r"|(?<![0-9])(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}(?![0-9])"
    ),
    "section, list or law number": re.compile(r"第\s?[0-9]+\s?[章节条款项号页]|^[ ]*[0-9]+\.(?=[ ])", re.M),
}
"""The kinds of text in which digits may be typed, in the order in which they are set aside."""

# A fence ends with as many marks as it began with; title and body of a directive that is no formula may be prose
_DIRECTIVE = re.compile(
    r"^(?P<head>(?P<fence>`{3,})\{(?!math\})[^}\n]*\})(?P<body>.*?)^(?P<foot>(?P=fence)[ ]*)$", re.S | re.M
)
_BROUGHT_IN = re.compile(r"\{(?:literal)?include\}|^:file:[^\n]*", re.M)
"""Directives that include other files, which this check would miss."""

# digits of all scripts, also as small letters, in circles and as Roman numerals
_DIGIT = r"[\d²³¹⁰-⁹₀-₉Ⅰ-ↈ①-⒛⓪⓫-⓿❶-➓㉈-㉏㉑-㉟㊱-㊿]"
_NUMERAL = re.compile(rf"{_DIGIT}+(?:[.,．]{_DIGIT}+)*")
_HAN = "零〇一二三四五六七八九十百千万亿两"
_MEASURE = (
    "(?:[个项家次人页条元%％件所户天名年岁米亩吨场起座栋处辆台套张本篇份枚门类种批轮期倍折]|[亿万](?!级)"
    "|公顷|公里|平方|立方|公斤|千克|千瓦|小时|分钟)"
)
_HAN_QUANTITY = re.compile(
    rf"百分之[{_HAN}]+(?:点[{_HAN}]+)?|[{_HAN}]+分之[{_HAN}]+"
    rf"|(?<![第{_HAN}])[{_HAN}]+(?:点[{_HAN}]+)?(?:成(?![^以上]?[立为])|倍|亿元|万元|个百分点)"
    rf"|(?<![第统单逐{_HAN}])(?:[{_HAN}]{{2,}}|十)[多余几]?{_MEASURE}|[¼-¾⅐-⅞]|[壹贰叁肆柒捌玖拾佰仟]{{2,}}|[廿卅][{_HAN}]?{_MEASURE}"
    rf"|(?<![第{_HAN}])[一二三四五六七八九两]+[十百千]*[万亿]"
)

_ID_OR_PERIOD = re.compile(
    r"(?:[a-z][a-z-]*)?(?:\.(?:[a-z][a-z0-9-]*)?(?:\{[a-z]+\})?)*@(?:(?:[0-9]|\{[a-z]+\})(?:[0-9/-]|\{[a-z]+\})*)?"
    r"|^(?:19|20)[0-9]{2}(?:-[0-9]{2})?(?:/(?:19|20)[0-9]{2}(?:-[0-9]{2})?)?$"
    r"|(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}|^-[0-9]{2}-[0-9]{2}$"
    r"|^[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)+$"  # a part of an id, such as top500.revenue
)
_PICTURE = frozenset(
    {
        *("canvas", "plot", "subplots", "set", "set_xlim", "set_ylim", "set_xticks", "set_yticks", "margins"),
        *("axvline", "axhline", "annotate", "text", "legend", "eventplot", "tick_params", "locator_params", "grid"),
    }
)
"""Calls that draw: the numbers in them are sizes and places; what is drawn comes from figures."""

_PLACES = frozenset({"root", "head", "tail", "nlargest", "nsmallest", "shift", "diff", "xs", "droplevel", "rpartition"})
"""Calls whose numbers are positions or repetitions."""

_HARMLESS = frozenset({-1, 0, 1, 2})
"""Numbers that are logic rather than facts: signs, positions, the 2 of an average; truth values are 0 and 1."""


PUBLISH = "publish it from a figure and link to that: [](#debt.limit.total@2023)"


def _typed(place: str, number: str, around: str, expected: str = PUBLISH) -> Fault:
    return Fault(place, None, f"the number {number} is typed in “{around}”", expected)


def typed_in_prose(text: str, place: str) -> Iterator[Fault]:
    """The typed numbers of a Markdown text, and the places where it includes another file."""
    for found in _BROUGHT_IN.finditer(text):
        problem, expected = f"{found[0]} brings in another text", "the text itself, whose numbers can be seen"
        yield Fault(_line(text, place, found), None, problem, expected)
    text = _DIRECTIVE.sub(lambda match: _blank(match["head"]) + match["body"] + _blank(match["foot"]), text)
    for pattern in ALLOWED.values():
        # blanks of the same length keep all positions
        text = pattern.sub(lambda match: _blank(match[0]), text)
    for pattern in (_NUMERAL, _HAN_QUANTITY):
        for match in pattern.finditer(text):
            around = " ".join(text[max(0, match.start() - 12) : match.end() + 8].split())
            yield _typed(_line(text, place, match), match[0], around)


def _line(text: str, place: str, found: re.Match[str]) -> str:
    return f"{place}, line {text.count(chr(10), 0, found.start()) + 1}"


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def typed_in_code(source: str, place: str, parameters: bool = False) -> Iterator[Fault]:
    """The typed numbers of a code cell: in its strings, which may be shown, and as values.

    In a cell of parameters, a value that is assigned to a name is an assumption, and no finding.
    """
    tree = ast.parse(source)
    assumed = [one.value for one in tree.body if isinstance(one, ast.Assign) and _is_plain(one.value)]
    free = {id(one) for value in assumed if parameters for one in ast.walk(value)}
    exempt = free | {id(one) for node in ast.walk(tree) for part in _no_facts(node) for one in ast.walk(part)}
    for node in (node for node in ast.walk(tree) if isinstance(node, ast.Constant)):
        where = f"{place}, line {node.lineno}"
        value = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
        if isinstance(value, str) and id(node) not in free:
            for found in typed_in_prose(_ID_OR_PERIOD.sub(" ", value), where):
                yield replace(found, file=where)
        elif isinstance(value, int | float) and value not in _HARMLESS and id(node) not in exempt:
            yield _typed(where, str(value), ast.unparse(node), "take it from the data, or say chapter.assume")


def _is_plain(value: ast.expr) -> bool:
    """Whether a value is a literal: a number, None, a string, or a list of these."""
    try:
        ast.literal_eval(value)
    except ValueError:
        return False
    return True


def _no_facts(node: ast.AST) -> list[ast.AST]:
    """The parts of a node whose numbers are no facts: sizes and places in a picture, places in a table, exponents."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name)) if name in _PICTURE or name in _PLACES:
            return [*node.args, *node.keywords]
        case ast.Subscript(value=ast.Attribute(attr="iloc" | "iat"), slice=place):
            return [place]
        case ast.BinOp(op=ast.Pow(), right=exponent):
            return [exponent]
    return []


def typed_in_notebook(path: Path) -> Iterator[Fault]:
    """The typed numbers of a notebook; a cell tagged ``parameters`` may give assumptions their values."""
    from gongbao.prose.notebook import read  # nbformat is slow to import, and most commands need none of this

    for number, cell in enumerate(read(path).cells, 1):
        place = f"{path.name}, cell {number}"
        if cell.cell_type != "code":
            yield from typed_in_prose(cell.source, place)
        else:
            try:
                yield from typed_in_code(cell.source, place, "parameters" in cell.metadata.get("tags", ()))
            except SyntaxError as error:
                raise ValueError(f"{place}: cannot read the code: {error.msg}; expected: plain Python") from None


def typed_in_book(project: Path, known: Container[str] = ()) -> Iterator[Fault]:
    """The typed numbers of all pages and notebooks of the book, except files, by path, ``known`` to have none.

    A ValueError in one line if a page cannot be read.
    """
    from gongbao.prose.notebook import require_merged

    for path in (path for path in pages(project) if path.relative_to(project).as_posix() not in known):
        if path.suffix == ".ipynb":
            yield from typed_in_notebook(path)
        else:
            text = read_text(path)
            require_merged(text, path.name)
            yield from typed_in_prose(text, path.name)


def wrong_translations(project: Path, known: Container[str] = ()) -> Iterator[Fault]:
    """Catalogues that cannot be read, and translations whose links or digits are not those of their text.

    Files, by path, that are ``known`` to be right are left out.
    """
    from babel.messages.pofile import PoFileError, read_po  # slow to import, as nbformat is

    for path in sorted(project.glob("locale/*/LC_MESSAGES/**/*.po")):
        if (name := path.relative_to(project).as_posix()) in known:
            continue
        try:
            with path.open("rb") as file:
                messages = list(read_po(file, abort_invalid=True))
        except (PoFileError, UnicodeDecodeError) as error:
            row = error.lineno + 1 if isinstance(error, PoFileError) else None
            expected = "msgid and msgstr, each text in quotation marks, in UTF-8"
            yield Fault(name, row, f"the catalogue cannot be read: {error}", expected)
            continue
        for message in messages:
            if message.id and message.string and not message.fuzzy:
                for problem, expected in islice(_untrue(str(message.id), str(message.string)), 1):
                    yield Fault(name, message.lineno, problem, expected)


_NAMED = re.compile(rf"\]\(<?#(?P<absence>absence[a-z0-9.-]+)>?\)|\{{cite:[pt]\}}`(?P<works>[^`]+)`|{LINK.pattern}")
_PLAIN = re.compile(r"\d+(?:[.,]\d+)*")  # the ² of m² is no number
_HAN_IN_ENGLISH = {"万": ["10000"], "亿": ["10", "100"], "十四五": ["14"], "规划": ["14"], "七": ["7"]}
"""Digits that English may add for these Chinese words."""


def _untrue(text: str, translation: str) -> Iterator[tuple[str, str]]:
    """Visible differences between a translation and its text: the targets of links, and digits."""
    said, meant = ([_name(found) for found in _NAMED.finditer(one)] for one in (translation, text))
    if lost := sorted((Counter(meant) - Counter(said)) + (Counter(said) - Counter(meant))):
        yield f"the text or its translation alone leads to {lost[0]}", "the same links, such as [](#…), in both"
    for link in LINK.finditer(translation):
        if link["text"] not in MARKS.values():
            yield f"{link['text']!r} is typed for {link['id']}", "a mark, such as [](#…): the book prints the number"
    known = {number.replace(",", "") for number in _PLAIN.findall(text)}
    known.update(*(numbers for word, numbers in _HAN_IN_ENGLISH.items() if word in text))
    plain = re.sub(r"\]\([^)\n]*\)|https?://\S+", " ", translation)
    for number in _PLAIN.findall(plain):
        if number.replace(",", "") not in known:
            yield f"the number {number} is typed in the translation alone", "the numbers of the text, figures as [](#…)"


def _name(found: re.Match[str]) -> str:
    """The target of a link; works that are cited together count as one."""
    works = ",".join(sorted((found["works"] or "").split(",")))
    return found["absence"] or works or found["id"]
