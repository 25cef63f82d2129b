"""The languages of a book: what an edition says otherwise is put into the configuration, all else stays."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from gongbao.prose.editions import configuration, languages, names_of_pdfs, require_readable

OWN = {
    "title": "书",
    "author": "甲",
    "sphinx": {"config": {"language": "zh_CN", "numfig": True, "typst_filename": "shu"}},
}
ENGLISH = {"title": "Book", "sphinx": {"config": {"language": "en", "typst_volumes": [{"filename": "data"}]}}}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "locale" / "en").mkdir(parents=True)
    (tmp_path / "_config.yml").write_text(yaml.safe_dump(OWN, allow_unicode=True), "utf-8")
    (tmp_path / "locale" / "en" / "_config.yml").write_text(yaml.safe_dump(ENGLISH), "utf-8")
    return tmp_path


def test_an_edition_differs_in_what_it_says_and_in_nothing_else(root):
    assert configuration(root, "") == OWN
    assert configuration(root, "en") == {
        "title": "Book",
        "author": "甲",
        "sphinx": {
            "config": {
                "language": "en",
                "numfig": True,
                "typst_filename": "shu",
                "typst_volumes": [{"filename": "data"}],
            }
        },
    }


def test_each_folder_with_a_configuration_is_a_language(root):
    assert languages(root) == ["en"]


def test_the_printed_book_has_a_file_for_each_volume(root):
    assert names_of_pdfs(root) == ["shu.pdf"]
    assert names_of_pdfs(root, "en") == ["shu.pdf", "data.pdf"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title: [\n", r", row 2: it is no YAML: did not find expected node content; expected: .* closed"),
        ("- title\n", r": it says nothing by keys; expected: `key: value`"),
        ("tilte: Book\n", r": tilte is no option; expected: one of title, author"),
        ("", r": the language is zh_CN; expected: language: en, below sphinx and config"),
        ("sphinx: {config: {language: eng}}\n", r": the language is eng; expected: language: en, below"),
        ("sphinx: en\n", r": sphinx has no options below it"),
    ],
)
def test_a_configuration_that_cannot_be_read_is_named(root, monkeypatch, text, told):
    (root / "locale" / "en" / "_config.yml").write_text(text, "utf-8")
    monkeypatch.chdir(root)
    with pytest.raises(ValueError, match=rf"^locale/en/_config\.yml{told}"):
        require_readable(root)
