"""The syntax of Typst: what is escaped stays what it was."""

from __future__ import annotations

import pytest

from gongbao.typst import markup


@pytest.mark.parametrize("text", ["#a", "$x$", "*b*", "_i_", "`r`", "<l>", "@r", "[x]", "\\", "a--b"])
def test_every_character_of_markup_is_escaped(text: str) -> None:
    escaped = markup.escape(text)
    for position, character in enumerate(escaped):
        if character in "#$*_`<>@[]-":
            assert escaped[position - 1] == "\\"
    assert escaped.replace("\\\\", "\0").replace("\\", "").replace("\0", "\\") == text


def test_an_ordinal_at_the_start_does_not_become_a_list() -> None:
    assert markup.escape("2023. 年") == "2023\\. 年"
    assert markup.escape("共 3.5 亿") == "共 3.5 亿"


def test_string_literals_keep_quotes_and_lines() -> None:
    assert markup.string('a"b\\c\nd') == '"a\\"b\\\\c\\nd"'
    assert markup.string("a\fb") == '"a\fb"', "an escape that Typst does not know would be printed"


def test_a_call_ends_with_a_semicolon() -> None:
    assert markup.call("emph", "字") == "#emph[字];"
    assert markup.call("box", "a", line_width=markup.Code("1pt")) == "#box(line-width: 1pt)[a];"
    assert markup.call("rule") == "#rule();"


def test_words_in_a_formula_cannot_become_a_call() -> None:
    assert markup.formula(r"\text{增速}(t)").startswith('"增速"')


def test_an_aligned_formula_has_no_dollars_of_its_own() -> None:
    result = markup.formula(r"\begin{align} a &= b \\ c &= d \end{align}")
    assert "$" not in result
    assert "&" in result


def test_a_long_id_may_break_after_its_separators() -> None:
    assert markup.escape("debt.limit.general@2023") == "debt.#wbr;limit.#wbr;general\\@#wbr;2023"
    assert markup.escape("2023.5") == "2023.5"


def test_runs_that_no_line_may_break() -> None:
    runs = markup.unbreakable_runs("余额 1234.5 debt.limit.general@2023")
    assert runs == ["余", "额", "1234.5", "debt.", "limit.", "general@", "2023"]
    assert markup.unbreakable_runs("0.7295±0.0003 2.18\xa0km/km²") == ["0.7295±0.0003", "2.18\xa0km/km²"]


def test_a_page_stays_on_the_line_of_its_word():
    assert markup.escape("p. 93, pp. 92 or 94; see p. x") == "p.\u00a093, pp.\u00a092 or 94; see p. x"
