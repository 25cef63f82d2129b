"""The catalogues of the translation: complete, up to date, and true to what no translation may change."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from building import PROJECT

from gongbao.build.messages import CATALOGUES, KEYWORDS, extract_library, read, renew
from gongbao.figures.messages import CATALOGUE, NAMES
from gongbao.prose.numbers import LINK, marked

PAGES = PROJECT / "locale" / "en" / "LC_MESSAGES"
OWN = CATALOGUES / "en" / "LC_MESSAGES" / f"{CATALOGUE}.po"
UPDATE = "; run `make messages` and translate what it adds"

ROLE = re.compile(r"\{([a-z:]+)\}`([^`]+)`")
TERM = re.compile(r"\]\(<?#[^()<>]+>?\)")
PATH = re.compile(r"\]\((?!<?#|https?:)([^()]+)\)")
HAN = re.compile("[\u3400-\u9fff]")
IN_BRACKETS = re.compile(r"\([^)]*\)|<[^>]*>|`[^`]*`")
CHINESE_MARKS = re.compile("[，。；：！？、（）《》]")
OTHER_WORDS = re.compile(
    "private tutoring|out-of-school|school subjects|after-school service\\b"
    "|shares? of (?:administrative )?lawsuits lost|share lost"
    "|heads? of (?:the )?agenc|higher law|integrated enforcement|filed for review",
    re.IGNORECASE,
)
MONTHS = re.compile("January|February|March|April|May|June|July|August|September|October|November|December")


def messages() -> list[tuple[str, Message]]:
    return [
        (path.stem, message) for path in [*sorted(PAGES.rglob("*.po")), OWN] for message in read(path) if message.id
    ]


def faults(check) -> list[str]:
    return [f"{name}: {str(message.id)[:60]}" for name, message in messages() if not check(message.id, message.string)]


def roles(text: str) -> list[str]:
    """What a text refers to; a number may be printed in another form, and a term by its English name."""
    found = [f"number {match['id']}" for match in LINK.finditer(text)]
    found += ["term" for _ in TERM.findall(LINK.sub("", text))]
    found += [f"path {target}" for target in PATH.findall(text)]
    return found + [f"{role} {content.strip()}" for role, content in ROLE.findall(text)]


def digits(text: str) -> list[str]:
    return sorted(
        re.findall(
            r"\d+(?:\.\d+)?", re.sub(r"`[^`]*`|\[[^\]]*\]\(<?#[^)]*\)|\]\([^)]*\)|\{\d+\}", " ", ROLE.sub(" ", text))
        )
    )


# --- up to date


@pytest.fixture(scope="module")
def templates(built, tmp_path_factory) -> Path:
    """What Sphinx and the library find to translate in the book as it is."""
    done = built.build("--builder", "custom", "--custom-builder", "gettext", "-q")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return built.root / "_build" / "gettext"


def test_every_paragraph_has_its_message_and_no_message_is_left_over(templates):
    found = {path.relative_to(templates).with_suffix(".po") for path in templates.rglob("*.pot")}
    found.remove(Path(f"{NAMES}.po"))  # English names are in the data
    assert found == {path.relative_to(PAGES) for path in PAGES.rglob("*.po")}, UPDATE
    for name in sorted(found):
        wanted = {message.id for message in read(templates / name.with_suffix(".pot")) if message.id}
        there = {message.id for message in read(PAGES / name) if message.id}
        assert sorted(wanted - there) == [], f"{name} lacks these{UPDATE}"
        assert sorted(there - wanted) == [], f"{name} has these for nothing{UPDATE}"


def test_every_message_of_the_library_is_in_its_catalogue():
    wanted = {message.id for message in extract_library() if message.id}
    assert len(wanted) > 50
    assert {message.id for message in read(OWN) if message.id} == wanted, UPDATE


def test_templates_of_the_theme_are_searched_for_messages():
    assert {"_", "says"} <= KEYWORDS.keys()
    assert any("figure-card.html" in place for message in extract_library() for place in message.auto_comments)


def test_no_message_is_untranslated_doubtful_or_obsolete():
    doubtful = [f"{name}: {message.id}" for name, message in messages() if message.fuzzy or not message.string]
    assert doubtful == [], f"translate these{UPDATE}"
    obsolete = [path.name for path in [*PAGES.rglob("*.po"), OWN] if read(path).obsolete]
    assert obsolete == [], UPDATE


def test_a_catalogue_is_the_same_bytes_however_often_it_is_renewed(tmp_path):
    for path in [*PAGES.rglob("*.po"), OWN]:
        copy = tmp_path / "en" / "LC_MESSAGES" / path.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
        renew(copy, read(path), "en")
        assert copy.read_bytes() == path.read_bytes(), path
        assert not re.search(rb"\d{4}-\d{2}-\d{2} \d{2}:\d{2}|/home/|/tmp/|/work/", path.read_bytes()), path


def test_a_message_that_changed_keeps_its_translation_as_doubtful(tmp_path):
    path, before, after = tmp_path / "one.po", Catalog(), Catalog()
    before.add("本书读一份公报。", "This book reads a gazette.")
    before.add("再见", "Farewell")
    after.add("新的一句，谁也没有译过")
    after.add("本书只读一份公报。")
    for template in (before, after):
        renew(path, template, "en")
    assert [(message.id, message.string, message.fuzzy) for message in read(path) if message.id] == [
        ("新的一句，谁也没有译过", "", False),
        ("本书只读一份公报。", "This book reads a gazette.", True),
    ]
    assert not read(path).obsolete


# --- true to the text


def test_references_and_figures_stay():
    def same(message: str, translation: str) -> bool:
        before, after = roles(message), roles(translation)
        return set(before) == set(after) and before.count("term") == after.count("term")

    assert faults(same) == []


def test_no_number_stands_in_a_message():
    assert faults(lambda message, translation: marked(message) == message and marked(translation) == translation) == []


def test_digits_stay():
    def same(message: str, translation: str) -> bool:
        # a month may have its name
        months = MONTHS.search(translation)
        # sums, and the names of plan and gazette, have none in Chinese
        translation = re.sub(r"CNY \d+ [mb]illion|\b14th Five-Year Plan\b|(?<=No\. )7(?= of 2023)", "", translation)
        if "万" in message:
            translation = re.sub(r"\b10,000\b", "", translation)
        texts = (message, re.sub(r"\d+月", "", message) if months else message)
        # the year of a figure may be said where Chinese leaves it to its card
        years, said = set(re.findall(r"@(\d{4})", message)), Counter(digits(translation))
        return any(said >= (own := Counter(digits(text))) and (said - own).keys() <= years for text in texts)

    assert faults(same) == []


def test_places_for_numbers_stay():
    assert (
        faults(
            lambda m, t: (
                sorted(re.findall(r"\{\w+\}", ROLE.sub("", m))) == sorted(re.findall(r"\{\w+\}", ROLE.sub("", t)))
            )
        )
        == []
    )


def test_chinese_stands_in_brackets_only():
    assert faults(lambda _, translation: not HAN.search(IN_BRACKETS.sub("", translation))) == []


def test_no_chinese_mark_is_left():
    assert faults(lambda _, translation: not CHINESE_MARKS.search(translation)) == []


def test_an_entry_of_the_glossary_has_the_term_of_its_head_and_a_source():
    heads: list[str] = []
    entries = 0
    for message in read(PAGES / "book" / "glossary.po"):
        if term := re.match("([A-Z][^：（]*)(?:（[^）]*）)?：", message.id):
            assert term[1].casefold() in map(str.casefold, heads), message.id
            assert message.string.endswith((".)", ".”)")), message.id
            heads, entries = [], entries + 1
        else:
            heads.append(message.string)
    assert entries > 100


def test_one_term_has_one_translation():
    data = [path.read_text("utf-8") for path in (PROJECT / "data").rglob("*.csv")]
    said = [message.string for _, message in messages()] + data
    assert [found for text in said for found in OTHER_WORDS.findall(text)] == []


@pytest.mark.parametrize(
    "test", [test_references_and_figures_stay, test_digits_stay, test_chinese_stands_in_brackets_only]
)
def test_the_checks_would_notice(test, monkeypatch):
    spoilt = Message("见[](#debt.limit.total@2023)，2023年", "see 数 in 2024")
    monkeypatch.setitem(globals(), "messages", lambda: [("spoilt", spoilt)])
    with pytest.raises(AssertionError):
        test()
