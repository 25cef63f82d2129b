"""The ledger: rows, and the figures that they make together."""

from __future__ import annotations

from fractions import Fraction

import pytest
from building import columns

from gongbao.figures.interval import Interval
from gongbao.figures.origin import Claim
from gongbao.figures.units import UnitError
from gongbao.ledger.rows import Ledger, load_reports
from gongbao.ledger.tables import FaultyDataError

LEDGER_COLUMNS = columns("ledger/debt.csv")


def write_topic(data, topic: str, *rows: str) -> None:
    """A ledger file of its own."""
    (data / "ledger" / f"{topic}.csv").write_text("\n".join([",".join(LEDGER_COLUMNS), *rows]) + "\n", "utf-8")


def test_every_row_of_every_file_is_there(whole_ledger, project):
    lines = sum(len(path.read_text("utf-8").splitlines()) - 1 for path in (project / "data" / "ledger").glob("*.csv"))
    assert len(whole_ledger.rows) == lines


def test_debt_is_complete(ledger):
    debt = [row for row in ledger.rows if row.topic == "debt"]
    assert {row.page for row in debt} == {92, 93, 94, 95, 96, 97}
    assert len(debt) == 85


def test_figure_has_the_statements_of_all_its_rows(ledger):
    limit = ledger["debt.limit.total@2023"]
    assert [s.page for s in limit.statements] == [92, 93, 94, 94, 96, 96, 96]
    assert limit.statements[0].place == "债务决议第92页"
    assert limit.statements[0].row == "data/ledger/debt.csv:2"


def test_figure_is_stated_and_named(ledger):
    limit = ledger["debt.limit.total@2023"]
    assert limit.claim is Claim.STATED
    assert (limit.name_zh, limit.name_en) == ("地方政府债务限额", "Local government debt limit")
    assert (limit.text, limit.range_text) == ("192.1亿元", "192.05～192.15亿元")


def test_printed_zeros_are_kept(ledger):
    assert ledger["debt.limit.new.total@2023"].text == "7.0亿元"
    assert ledger["debt.use.general.roads@2023"].text == "5.45亿元"


def test_mapping_holds_each_figure_once(ledger):
    assert len(list(ledger)) == len(set(ledger)) == len(ledger) < len(ledger.rows)
    assert all(ledger[id].id == id for id in ledger)


def test_unknown_figure_is_named(ledger):
    with pytest.raises(KeyError, match=r"debt\.limit\.total@1999"):
        ledger["debt.limit.total@1999"]
    assert "debt.limit.total@1999" not in ledger


def test_rows_of_different_precision_meet_in_what_they_share(data):
    write_topic(
        data,
        "law",
        "law.cases,2022,案件,Cases,12.5,亿元,rounded,law-report,33,案件12.5亿元,",
        "law.cases,2022,案件,Cases,12.5,亿元,over,law-report,34,超过12.5亿元,",
    )
    cases = Ledger.load(data)["law.cases@2022"]
    assert cases.interval == Interval(Fraction("12.5"), Fraction("12.55"))


def test_a_target_was_set_and_is_not_rounded(whole_ledger):
    set_aim, about, measured = (
        whole_ledger[f"plan.indicator.{one}"].interval
        for one in ("27-forest-coverage.target@2025", "01-gdp-growth.target@2025", "27-forest-coverage.midterm@2022")
    )
    assert set_aim == Interval.point(Fraction(19))
    assert about == Interval(Fraction("7.5"), Fraction("8.5"))
    assert measured == Interval(Fraction("18.75"), Fraction("18.85"))


def test_rows_that_do_not_agree_are_named(data):
    write_topic(
        data,
        "law",
        "law.cases,2022,案件,Cases,12.5,亿元,rounded,law-report,33,案件12.5亿元,",
        "law.cases,2022,案件,Cases,12.7,亿元,rounded,law-report,34,案件12.7亿元,",
    )
    with pytest.raises(FaultyDataError, match=r"law\.csv, row 2: the rows of law\.cases@2022 do not agree"):
        Ledger.load(data)["law.cases@2022"]


def test_topics_may_be_chosen(data):
    write_topic(data, "law", "law.cases,2022,案件,Cases,12,亿元,exact,law-report,33,案件12亿元,")
    assert list(Ledger.load(data, ["law"])) == ["law.cases@2022"]
    assert "debt.limit.total@2023" in Ledger.load(data)
    assert "debt.limit.total@2023" not in Ledger.load(data, ["law"])


def test_all_faults_are_named_at_once(data):
    write_topic(
        data,
        "law",
        "law.a,2022,甲,A,十二,亿元,exact,law-report,33,案件12亿元,",
        "law.b,2022,乙,B,12,两,exact,law-reports,x,案件12亿元,",
    )
    with pytest.raises(FaultyDataError) as faulty:
        Ledger.load(data)
    assert [(f.file, f.row) for f in faulty.value.faults] == [("data/ledger/law.csv", 2), ("data/ledger/law.csv", 3)]


def test_row_of_words_is_a_row_among_others(data):
    write_topic(data, "plan", "plan.index,2022,指数,Index,较快,%,text,plan-report,44,增长较快,")
    ledger = Ledger.load(data)
    assert {**ledger}["debt.limit.total@2023"].text == "192.1亿元"
    assert "plan.index@2022" not in ledger
    assert [row.value for row in ledger.words["plan.index@2022"]] == ["较快"]


def test_units_do_not_mix(ledger):
    with pytest.raises(UnitError):
        ledger["debt.limit.total@2023"] + ledger["debt.ratio.audit@2022-12-31"]


def test_frame_has_a_row_a_statement_with_numbers_as_numbers(ledger):
    frame = ledger.frame
    assert list(frame.columns) == ["id", "topic", *LEDGER_COLUMNS]
    assert len(frame) == len(ledger.rows)
    bonds = frame[frame["id"] == "debt.bond.new.total@2023"]
    assert bonds["value"].tolist() == [8.8] * len(bonds)
    assert bonds["page"].tolist() == [93, 94, 95, 96]
    assert frame.loc[frame["report"] == "debt-resolution", "value"].sum() == pytest.approx(192.1 + 104.8 + 87.3)


def test_reports_cover_the_gazette_without_gap_or_overlap():
    reports = sorted(load_reports().values(), key=lambda report: report.first_page)
    pages = [page for report in reports for page in range(report.first_page, report.last_page + 1)]
    assert pages == list(range(1, 114))


def test_reports_are_named():
    bill = load_reports()["debt-bill"]
    assert (bill.short_zh, bill.body_en, bill.first_page, bill.last_page) == ("债务议案", "District government", 93, 94)
