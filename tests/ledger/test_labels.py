"""Short texts in English: numbers are kept out of what is translated."""

from __future__ import annotations

import pytest

from gongbao.ledger.labels import Labels
from gongbao.ledger.rows import load_units

LABELS = Labels(
    {"余额 {0}": "Debt {0}", "{0}年末": "End of {0}", "计数[甲：{0}]": "count[A: {0}]", "整数": "whole"}, load_units()
)


@pytest.mark.parametrize(
    ("text", "template", "english"),
    [
        ("余额 126.8亿元", "余额 {0}", "Debt CNY\u00a012.68\u00a0billion"),
        ("余额 3.3±0.1亿元", "余额 {0}", "Debt CNY\u00a0330±10\u00a0million"),
        ("2022年末", "{0}年末", "End of 2022"),
        ("152～213人", "", "152 to 213\u00a0people"),
        ("1人", "", "1\u00a0person"),
        ("16.11%", "", "16.11%"),
        ("GDP", "", "GDP"),
    ],
)
def test_numbers_are_put_back_with_english_units(text, template, english):
    assert (LABELS.template(text), LABELS.english(text)) == (template, english)


def test_what_is_missing_stays_chinese():
    assert LABELS.english("专项债务 2023") == "专项债务 2023"


def test_ids_in_formulas_stay():
    formula = "整数({law.总数@2022} × 2) + 计数[甲：1、3、5]"
    assert LABELS.formula(formula) == "whole({law.总数@2022} × 2) + count[A: 1, 3, 5]"
    assert list(LABELS.formula_templates(formula)) == ["整数", "计数[甲：{0}]"]


def test_a_book_without_a_catalogue_has_no_entries(tmp_path):
    assert Labels.load(load_units(), tmp_path / "data").english("余额") == "余额"
