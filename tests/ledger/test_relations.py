"""Relations: decided by the intervals that rounding implies."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import pytest
from building import columns

from gongbao.figures.expression import Reference, Root
from gongbao.figures.interval import Interval
from gongbao.ledger.relations import Relation, Verdict, evaluate, load_relations
from gongbao.ledger.rows import Ledger
from gongbao.ledger.tables import FaultyDataError

LEDGER_COLUMNS = columns("ledger/debt.csv")

HEADER = "relation,kind,formula,verdict,note_zh,note_en\n"


@pytest.fixture
def figures(data) -> Ledger:
    """Figures that sum up, nearly sum up, and do not."""
    values = {"a": "1.2", "b": "2.3", "sum": "3.5", "near": "3.6", "far": "3.7", "half": "3.65"}
    rows = [f"law.{name},2022,甲,A,{value},亿元,rounded,law-report,33,为{value}亿元," for name, value in values.items()]
    rows.append("law.rate,2022,比,Rate,52,%,rounded,law-report,33,为52%,")
    (data / "ledger" / "law.csv").write_text("\n".join([",".join(LEDGER_COLUMNS), *rows]) + "\n", "utf-8")
    return Ledger.load(data)


@pytest.fixture
def relation(data):
    """One relation of a formula."""

    def load(formula: str) -> Relation:
        (data / "relations.csv").write_text(HEADER + f"law.x@2022,identity,{formula},exact,注,note\n", "utf-8")
        (only,) = load_relations(data)
        return only

    return load


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        ("{law.sum@2022} = {law.a@2022} + {law.b@2022}", Verdict.EXACT),
        ("{law.near@2022} = {law.a@2022} + {law.b@2022}", Verdict.ROUNDING),
        # 3.65 to 3.75 against 3.40 to 3.60: no true values could make it hold
        ("{law.far@2022} = {law.a@2022} + {law.b@2022}", Verdict.CONTRADICTS),
        # 3.645 to 3.655 against 3.55 to 3.65 have 3.645 to 3.65 in common
        ("{law.half@2022} = {law.near@2022}", Verdict.ROUNDING),
        ("{law.half@2022} = {law.sum@2022}", Verdict.CONTRADICTS),
        # 1.2 ÷ 2.3 is 52.17 %
        ("{law.rate@2022} = {law.a@2022} / {law.b@2022}", Verdict.ROUNDING),
        ("{law.rate@2022} = {law.b@2022} / {law.a@2022}", Verdict.CONTRADICTS),
        ("{law.a@2022} × 2 = {law.a@2022} + {law.a@2022}", Verdict.EXACT),
    ],
)
def test_verdict_follows_from_the_intervals(figures, relation, formula, verdict):
    assert relation(formula).verdict(figures) is verdict


def test_ends_that_touch_hold_within_rounding(figures, relation):
    # 3.45 to 3.55 and 3.55 to 3.65
    assert relation("{law.sum@2022} = {law.near@2022}").verdict(figures) is Verdict.ROUNDING


def test_gap_is_a_figure_with_its_unit(figures, relation):
    gap = relation("{law.far@2022} = {law.a@2022} + {law.b@2022}").gap(figures)
    assert (gap.exact, gap.unit.symbol) == (Fraction("0.2"), "亿元")
    assert gap.interval.half_width == Fraction("0.15")


def test_relation_knows_its_figures_and_its_text(relation):
    only = relation("{law.sum@2022}={law.a@2022}-{law.b@2022}")
    assert only.ids == {"law.sum@2022", "law.a@2022", "law.b@2022"}
    assert only.text == "{law.sum@2022} = {law.a@2022} − {law.b@2022}"


@pytest.mark.parametrize(
    ("formula", "problem"),
    [
        ("{law.sum@2022} = {law.none@2022}", r"law\.none@2022"),
        ("{law.sum@2022} = {law.rate@2022}", "亿元 and %"),
        ("{law.sum@2022} = 3", "a ratio"),
    ],
)
def test_relation_that_cannot_be_decided_names_file_row_and_reason(figures, relation, formula, problem):
    with pytest.raises(FaultyDataError, match=problem) as faulty:
        relation(formula).verdict(figures)
    (fault,) = faulty.value.faults
    assert (fault.file, fault.row) == ("data/relations.csv", 2)


def test_what_no_relation_can_say_is_no_figure():
    with pytest.raises(TypeError, match=re.escape("({law.a@2022})^(1/2) is none of: an id")):
        evaluate(Root(2, Reference("law.a@2022")), {})


def test_divisor_that_may_be_zero_is_a_fault_of_its_row(figures, relation):
    only = relation("{law.rate@2022} = {law.a@2022} / ({law.b@2022} - {law.b@2022})")
    with pytest.raises(FaultyDataError, match="zero"):
        only.verdict(figures)


def test_all_relations_that_cannot_be_read_are_named_at_once(data):
    rows = (
        "x@2022,identity,{a} + {b},exact,注,note\n"
        "y@2022,identity,{a} = {b} +,exact,注,note\n"
        "v@2022,identity,{a} = {b},exact,注,note\n"
    )
    (data / "relations.csv").write_text(HEADER + rows, "utf-8")
    with pytest.raises(FaultyDataError) as faulty:
        load_relations(data)
    assert [fault.row for fault in faulty.value.faults] == [2, 3]


def test_relations_of_the_project_have_the_verdicts_that_were_found(whole_ledger):
    relations = load_relations()
    assert len({relation.id for relation in relations}) == len(relations)
    assert {relation.id: relation.verdict(whole_ledger) for relation in relations} == {
        relation.id: relation.expected for relation in relations
    }


def test_sums_that_the_debt_reports_imply_are_among_the_relations():
    texts = {relation.text for relation in load_relations()}
    assert "{debt.limit.total@2023} = {debt.limit.total@2022} + {debt.limit.new.total@2023}" in texts
    bridge = (
        "{debt.balance.total@2023-12-31} = {debt.balance.total@2022-12-31} − {debt.principal.due.total@2023}"
        " + {debt.bond.new.general@2023} + {debt.bond.new.special@2023} + {debt.bond.refinancing.total@2023}"
    )
    assert bridge in texts


def test_every_relation_that_holds_would_notice_a_wrong_input(whole_ledger):
    """Each is given one input that is half as large again: a check that cannot fail is none."""
    blind = []
    for relation in load_relations():
        if relation.verdict(whole_ledger) not in (Verdict.EXACT, Verdict.ROUNDING):
            continue
        if not any(_contradicts_with(relation, id, whole_ledger) for id in relation.ids):
            blind.append(relation.id)
    assert blind == []


def _contradicts_with(relation, id, ledger) -> bool:
    figure = ledger[id]
    (leaf,) = figure.leaves.values()
    half = leaf.value / 2
    wrong = replace(
        leaf, value=leaf.value + half, interval=Interval(leaf.interval.low + half, leaf.interval.high + half)
    )
    figures = {**ledger, id: replace(figure, leaves={id: wrong})}
    return relation.verdict(figures) is Verdict.CONTRADICTS


def test_relations_are_many_and_of_every_kind():
    relations = load_relations()
    assert len(relations) >= 150
    assert {relation.kind for relation in relations} == {"identity", "share", "growth", "restatement", "pair"}


def test_an_error_is_caught_beyond_what_rounding_allows(relation, figures):
    """Three numbers rounded to a tenth leave 0.15 open; 0.1 is used up where the sum is off by that."""
    assert relation("{law.sum@2022} = {law.a@2022} + {law.b@2022}").caught(figures).text == "0.15亿元"
    assert relation("{law.near@2022} = {law.a@2022} + {law.b@2022}").caught(figures).text == "0.25亿元"
    # an error of 52 % is in percentage points: 4.1 % of 52 % would be another
    assert relation("{law.rate@2022} = {law.a@2022} / {law.b@2022}").caught(figures).text == "4.1个百分点"


def test_only_linear_relations_have_coefficients(relation):
    linear = relation("{law.sum@2022} - {law.a@2022} = {law.b@2022} + 1")
    assert linear.coefficients == {"law.sum@2022": 1, "law.a@2022": -1, "law.b@2022": -1, "": -1}
    mean = relation("{law.sum@2022} = ({law.a@2022} + {law.b@2022}) / 2 × 3")
    assert mean.coefficients == {"law.sum@2022": 1, "law.a@2022": Fraction(-3, 2), "law.b@2022": Fraction(-3, 2)}
    for divisor in ("{law.b@2022}", "({law.b@2022} - {law.a@2022})"):
        assert relation(f"{{law.rate@2022}} = {{law.a@2022}} / {divisor}").coefficients is None


@pytest.mark.parametrize(("parts", "ways"), [("ab", (True, True)), ("ba", (False, False))])
def test_a_rate_fits_what_it_is_rounded_from(relation, figures, parts, ways):
    """1.2 ÷ 2.3 is 48.9 to 55.6 %: 52 may be rounded or cut off."""
    one, other = parts
    assert relation(f"{{law.rate@2022}} = {{law.{one}@2022}} / {{law.{other}@2022}}").fits(figures) == ways


def test_the_forest_is_cut_off_and_the_share_of_indicators_rounded():
    relations, ledger = {one.id: one for one in load_relations()}, Ledger.load()
    assert relations["assets.forest.coverage@2022-12-31"].fits(ledger) == (False, True)
    assert relations["plan.judgement.midterm.met.share@2023-06-30"].fits(ledger) == (True, False)
