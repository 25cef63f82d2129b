"""Links from prose to claims of absence: each leads somewhere, each claim is named, translations name the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from gongbao.ledger.absences import load_absences
from gongbao.prose.numbering import named_absences, wrong_links
from gongbao.results import results

PROJECT = Path(__file__).parents[2]
CATALOGUES = sorted((PROJECT / "locale").rglob("*.po"))


@pytest.fixture
def book(tmp_path: Path) -> Path:
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: index\nparts:\n- chapters:\n  - file: page\n", "utf-8")
    (tmp_path / "page.md").write_text("# 页\n", "utf-8")
    return tmp_path


def test_a_link_that_leads_to_no_claim_is_named(book):
    first, *_ = load_absences()
    (book / "index.md").write_text(f"# 书\n\n[没有]({'#'}{first.id}x)，[没有](#{first.id})。\n", "utf-8")
    (wrong,) = wrong_links(book, [first])
    assert wrong.startswith(f"index.md: nothing has the id {first.id}x")
    assert first.id in wrong.partition("did you mean")[2]


def test_a_claim_that_no_text_names_is_named(book):
    first, second, *_ = load_absences()
    (book / "index.md").write_text(f"# 书\n\n[没有](#{first.id})。\n", "utf-8")
    (wrong,) = wrong_links(book, [first, second])
    assert wrong.startswith(f"data/absences.csv, row {second.record.row}: no text names {second.id}")


def test_the_book_names_every_claim_and_no_other():
    assert list(wrong_links(PROJECT, load_absences())) == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_translations_name_the_claims_of_their_messages(path):
    with path.open("rb") as file:
        for message in read_po(file):
            if message.id and message.string and not message.fuzzy:
                assert set(named_absences(message.string)) == set(named_absences(message.id)), message.id


def test_links_to_claims_print_no_number(monkeypatch):
    monkeypatch.setattr(results, "compute", lambda root: (results.Results(), {}))
    found = results.links(PROJECT)
    assert [found[absence.id] for absence in load_absences()] == [{}] * len(load_absences())
