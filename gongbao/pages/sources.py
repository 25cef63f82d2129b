"""Where the figures come from: the texts of the gazette, what is from outside it, and how both were verified."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from gongbao.figures.messages import _
from gongbao.ledger.rows import GRADES, Ledger
from gongbao.ledger.tables import Record, read_table
from gongbao.pages.language import is_source
from gongbao.pages.listings import Cell, listing_table
from gongbao.verify.verification import RECORD

NAMES_IN_CELL = 4
"""How many figures of a source are named before they are only counted."""


class SourcesDirective(SphinxDirective):
    """A table made of the data; a page that shows it is read again when they change."""

    def data(self, *names: str) -> Path:
        """The folder of the data, with the files (or patterns) in it that the table depends on."""
        data = Path(self.env.srcdir) / "data"
        for path in (path for name in names for path in sorted(data.glob(name))):
            self.env.note_dependency(str(path))
        return data


class Reports(SourcesDirective):
    """``{reports}``: the texts of the gazette, each with its pages, its statements and its figures."""

    def run(self) -> list[nodes.Node]:
        """Count the rows of the ledger by report."""
        ledger = Ledger.load(self.data("reports.csv", "units.csv", "ledger/*.csv"))
        ids: dict[str, list[str]] = {key: [] for key in ledger.reports}
        for row in ledger.rows:
            ids[row.report.key].append(row.id)
        rows: list[list[Cell]] = []
        for key, report in ledger.reports.items():
            pages = dict.fromkeys((report.first_page, report.last_page))
            names = report.words(is_source(self.config))
            rows.append([*names, _("～").join(map(str, pages)), *_counts(ids[key])])
        rows.append([_("合计"), "", "", "", *_counts(id for stated in ids.values() for id in stated)])
        header = (_("简称"), _("标题"), _("机构"), _("页"), _("陈述"), _("数"))
        return [_table(header, (15, 36, 17, 14, 9, 9), 3, rows)]


class ExternalSources(SourcesDirective):
    """``{external-sources}``: where the figures from outside the gazette are from, and how good that is."""

    def run(self) -> list[nodes.Node]:
        """Group context.csv by source."""
        records: dict[tuple[str, str], list[Record]] = defaultdict(list)
        for record in read_table(self.data("context.csv") / "context.csv"):
            records[record["source"], record["grade"]].append(record)
        rows: list[list[Cell]] = []
        for (source, grade), found in sorted(records.items(), key=lambda entry: (entry[0][1], entry[0][0])):
            column = "name_zh" if is_source(self.config) else "name_en"
            names = list(dict.fromkeys(record[column] for record in found))
            rest = _("等{count}项").format(count=len(names)) if len(names) > NAMES_IN_CELL else ""
            words = _("、").join(names[:NAMES_IN_CELL]) + rest
            kind = _("{grade}：{meaning}").format(grade=grade, meaning=_(GRADES[grade]))
            rows.append([[_source(source)], kind, words, str(len(found))])
        return [_table((_("来源"), _("级别"), _("内容"), _("数")), (36, 16, 40, 8), 3, rows)]


class VerificationRecord(SourcesDirective):
    """``{verification}``: what the last comparison with the gazette found."""

    def run(self) -> list[nodes.Node]:
        """Read the record that verifying left."""
        record = json.loads((self.data(RECORD) / RECORD).read_text("utf-8"))
        set_aside = record["set_aside"]
        by_rules = _("{count}（{rules}条规则）").format(count=sum(set_aside.values()), rules=len(set_aside))
        rows: list[list[Cell]] = [
            [_("核对日期"), record["date"]],
            [_("公报文本的SHA-256"), [nodes.literal("", record["source"])]],
            [_("与原页一致的陈述"), str(record["rows"])],
            [_("按写明理由的规则排除的数字"), by_rules],
            [_("既没有录入也没有排除的数字"), str(record["unaccounted"])],
        ]
        return [_table((_("项目"), _("结果")), (40, 60), 2, rows)]


def _source(source: str) -> nodes.Node:
    """A source as its address; one on the web is a link."""
    address = nodes.inline("", source, classes=["figure-id"])
    return nodes.reference("", "", address, refuri=source) if source.startswith(("http://", "https://")) else address


def _counts(ids: Iterable[str]) -> tuple[str, str]:
    """How many statements there are, and of how many figures."""
    stated = list(ids)
    return str(len(stated)), str(len(set(stated)))


def _table(header: Sequence[str], widths: Sequence[int], words: int, rows: Iterable[Sequence[Cell]]) -> nodes.table:
    """A table whose first columns hold words, the others numbers."""
    return listing_table(header, widths, [place >= words for place in range(len(header))], rows)


def setup(app: Sphinx) -> None:
    """Register the directives."""
    app.add_directive("reports", Reports)
    app.add_directive("external-sources", ExternalSources)
    app.add_directive("verification", VerificationRecord)
