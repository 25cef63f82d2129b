"""Check, verify and look up the figures of the book; build it."""

from __future__ import annotations

import argparse
import csv
import datetime
import gc
import io
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gongbao.ledger.absences import load_absences
from gongbao.ledger.relations import load_relations
from gongbao.ledger.rows import Ledger, Sources
from gongbao.ledger.tables import FaultyDataError, book_data, read_table
from gongbao.prose.editions import CONFIG, languages, require_readable
from gongbao.prose.numbering import wrong_links
from gongbao.prose.numbers import MEND, refresh, unknown
from gongbao.prose.toc import TOC, require_pages
from gongbao.prose.typed import typed_in_book, wrong_translations

if TYPE_CHECKING:
    from gongbao.verify.source import Source


def check(_: argparse.Namespace) -> int:
    """Check tables, package, relations, and that no number is typed; no source is needed."""
    from gongbao.verify.check import faults  # its patterns take time to make, for which no build should wait
    from gongbao.verify.record import stale_data

    if wrong := _not_here() or faults():
        return _failed(wrong)
    root, found = Path.cwd(), list[object](stale_data(book_data()))
    if (root / CONFIG).is_file():
        require_readable(root)
    if (root / TOC).is_file():  # other folders have data only
        require_pages(root)
        found += [*typed_in_book(root), *wrong_translations(root), *wrong_links(root, load_absences())]
    if found:
        return _failed(found)
    ledger = Ledger.load()
    verdicts = Counter(relation.verdict(ledger).en for relation in load_relations())
    print(f"ledger: {len(ledger.rows)} statements of {len(ledger)} figures in {len(ledger.reports)} reports")
    for verdict, count in sorted(verdicts.items()):
        print(f"relations: {count} of {verdicts.total()}: {verdict}")
    print("all is well")
    return 0


def verify_source(arguments: argparse.Namespace) -> int:
    """Verify every row and every claim of absence against the gazette, and account for every numeral."""
    from gongbao.verify.check import faults
    from gongbao.verify.draft import page_ranges
    from gongbao.verify.record import read_record, shrunk, write_record
    from gongbao.verify.rules import load_rules
    from gongbao.verify.source import Source
    from gongbao.verify.verification import verify

    if found := _not_here() or faults():
        return _failed(found)
    ledger, source, absences = Ledger.load(), Source.read(arguments.source), load_absences()
    indicators = read_table(book_data() / "indicators.csv", optional=True)
    reports = ledger.reports.values()
    result = verify(ledger, source, load_rules(), indicators, absences, reports, listed=arguments.listed)
    _name_unreadable(source)  # first: pages of which nothing is read may be why rows do not hold
    if not result.passed:
        return _failed([*result.faults, *result.unaccounted])
    if (fewer := shrunk(book_data())) and not arguments.fewer:
        return _failed([*fewer, "expected: all that were verified, or --fewer where they are meant to go"])
    last = read_record(book_data()).get("source", source.sha256)
    another = [] if last == source.sha256 else ["the source is another file than that of the last verification"]
    record = write_record(result, source, datetime.date.today().isoformat(), book_data())
    lines = [f"{result.rows} rows hold against {len(source.pages)} pages"]
    lines += [f"set aside as {rule}: {count} numerals" for rule, count in sorted(result.set_aside.items())]
    lines += [f"absent as claimed: {len(absences)}", f"unaccounted: {len(result.unaccounted)}"]
    if result.pages_left_out:
        pages = page_ranges(result.pages_left_out)
        lines.append(f"in no report, not accounted for: {result.left_out} numerals of pages {pages}")
    lines.append(f"page numbers and running heads left out: {source.furniture} lines")
    print("\n".join([*lines, *fewer, *another, f"recorded in data/{record.name}"]))
    return 0


def _not_here() -> list[str]:
    """An error if the folder is in no book: the library's own data would be used, as for notebooks anywhere."""
    here = Path.cwd()
    if "GONGBAO_DATA" in os.environ or book_data().parent in (here, *here.parents):
        return []
    return [f"{here} lies in no book; expected: a folder with data/datapackage.yaml, or one within it"]


def draft(arguments: argparse.Namespace) -> int:
    """Propose rows for a gazette that has no ledger yet, as CSV; say how well they meet the ledger there is."""
    from gongbao.verify.draft import Proposal, propose, score
    from gongbao.verify.rules import load_rules
    from gongbao.verify.source import Source

    if arguments.output and arguments.output.resolve() == arguments.source.resolve():
        return _failed([f"{arguments.output} is the source; expected: another file for --output"])
    source, ledger = Source.read(arguments.source), Ledger.load()
    found = propose(source, ledger.units.values(), load_rules())
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows([Proposal._fields, *found.proposals])
    if arguments.output:
        # Excel recognises UTF-8 by the byte order mark
        arguments.output.write_text(table.getvalue(), "utf-8-sig", newline="")
    else:
        sys.stdout.write(table.getvalue())
    _name_unreadable(source)
    print("\n".join(found.summary()), file=sys.stderr)
    if len(source.unreadable) == len(source.pages):
        return 1
    if arguments.score:
        proposed, stated, met = score(found.proposals, ledger)
        words = f"{met} of {proposed} proposals are statements of the ledger, which has {stated}"
        shares = f"precision {met / (proposed or 1):.1%}, recall {met / (stated or 1):.1%}"
        print(f"{words}: {shares}", file=sys.stderr)
    return 0


def _name_unreadable(source: Source) -> None:
    """Name the pages of a source whose text cannot be read, if there are some."""
    from gongbao.verify.draft import page_ranges

    if pages := page_ranges(source.unreadable):
        print(f"pages without readable text (scanned, or in a font that says no characters): {pages}", file=sys.stderr)


def build_edition(arguments: argparse.Namespace) -> int:
    """Build the book, or say that nothing changed; one that fails leaves the last good one."""
    gc.disable()  # until the build has imported all: the collector would look through that again and again
    from gongbao.build.book import build  # loads Sphinx, for which no other command should wait

    return build(Path.cwd(), arguments.edition, arguments.language)


def numbers(arguments: argparse.Namespace) -> int:
    """Name the numbers in pages and notebooks that are no longer what their figures say, or bring them up to date."""
    from gongbao.results.results import links  # loads Jupyter, as above

    root = Path.cwd()
    changes = list(refresh(root, links(root), write=arguments.write))
    unclear = [change for change in changes if change.after is None]
    stale = [change for change in changes if change.after is not None]
    if arguments.write:
        print("\n".join(map(str, stale)) or "every number is what its figure says")
        return _failed(unclear) if unclear else 0
    return _failed([*(f"{change}; {MEND}" for change in stale), *unclear]) if changes else 0


def show(arguments: argparse.Namespace) -> int:
    """Show a figure, or words, with statements or formula, and with relations; or the ids of what is called so."""
    id, figures = arguments.id, Sources()
    figure, rows = figures.get(id), figures.ledger.words.get(id, [])
    statements = figure.statements if figure else [row.statement for row in rows]
    lines = [
        f"  {s.place} “{s.phrase}” {s.precision} [{s.row}]" + (f" — {s.note}" if s.note else "") for s in statements
    ]
    if figure:
        record = figure.record()
    elif rows:
        record = {**rows[0].record.cells, "text": rows[0].value}
    else:  # what a notebook computes, as of its last run
        from gongbao.results.results import last_records  # loads Jupyter, as above

        records = last_records(Path.cwd())
        if id not in records:
            named = {one: (figure.name_zh, figure.name_en) for one, figure in figures.items()}
            named |= {one: (record["name_zh"], record["name_en"]) for one, record in records.items()}
            called = [(one, f"{zh} ({en})") for one, (zh, en) in named.items()]
            if met := [f"{one}  {name}" for one, name in called if id.lower() in name.lower()]:
                print(*met, sep="\n")
                return 0
            later = [] if records else ["what notebooks compute is known once the book is built: `make book`"]
            return _failed([unknown(id, {*figures, *figures.ledger.words, *records}), *later])
        record = records[id]
        lines = [f"  = {record['formula']}" + (f" — {record['inference']}" if record["inference"] else "")]
    lines += [f"  {one.verdict(figures).en}: {one.text}" for one in load_relations() if id in one.ids]
    text = record["text"] + (f", in {record['range']}" if "range" in record else "")
    print(id, f"{record['name_zh']} ({record['name_en']})", text, *lines, sep="\n")
    return 0


def _failed(lines: Iterable[object]) -> int:
    print(*lines, sep="\n", file=sys.stderr)
    return 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 only if all is well."""
    parser = argparse.ArgumentParser(prog="gongbao", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=run.__doc__)
        added.set_defaults(run=run)
        return added

    command("check", check)
    verifying, drafting = command("verify", verify_source), command("draft", draft)
    for one in (verifying, drafting):
        one.add_argument("source", metavar="SOURCE", type=Path, help="the gazette as PDF, or as text of pdftotext")
    listed = "account for the pages of the reports in reports.csv only, for a start"
    verifying.add_argument("--listed", action="store_true", help=listed)
    fewer = "record that there are fewer rows or relations than before"
    verifying.add_argument("--fewer", action="store_true", help=fewer)
    output = "write a file that Excel opens, not to the console"
    drafting.add_argument("--output", metavar="FILE", type=Path, help=output)
    drafting.add_argument("--score", action="store_true", help="compare the proposals with the ledger")
    command("show", show).add_argument("id", metavar="ID", help="such as debt.limit.total@2023, or a part of names")
    command("numbers", numbers).add_argument("--write", action="store_true", help="bring the texts up to date")
    building = command("build", build_edition)
    building.add_argument("edition", nargs="?", choices=("html", "pdf"), default="html")
    printed = "of the PDF, the book's own if none is given; the pages are built in all"
    choices = ["", *languages(Path.cwd())]
    building.add_argument("language", nargs="?", metavar="LANGUAGE", choices=choices, default="", help=printed)
    parsed = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a console may lack Chinese and the minus sign
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        status: int = parsed.run(parsed)
    except FaultyDataError as error:
        return _failed([str(error)])
    except (OSError, ValueError) as error:
        return _failed([f"{type(error).__name__}: {error}"])
    return status


if __name__ == "__main__":
    sys.exit(main())
