"""What the benchmarks compute, on small numbers; what they measure takes an hour: `make bench`."""

from __future__ import annotations

import ast
import cProfile
import os
import pstats
import sys
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

from bench.builds import FROM_NOTHING, Builder, Change, merged, shows, tables, turn
from bench.growth import BUILDER, CHANGES, IDS, NUMBERS, copied_rows, topics, write_data, write_pages
from bench.measure import CommandFailedError, copy_of_the_book, environment, measure
from bench.profile import PARTS, seconds
from bench.report import (
    after_changes,
    exponent,
    from_nothing,
    growth,
    markdown,
    page_views,
    parts_of_a_build,
    speed_up,
    spread,
)
from bench.reproduce import differing, digests

BUSY = "import time\nstop = time.process_time() + 0.3\nwhile time.process_time() < stop: pass"

# a grandchild whose parent ends first; the command waits for what it does, not for itself
LEAVE = f"""
import os
heard, said = os.pipe()
if os.fork() == 0:
    if os.fork() == 0:
        exec({BUSY!r})
        os.write(said, b".")
    os._exit(0)
os.wait()
os.read(heard, 1)
"""


def builds(*rows: tuple[str, str, float, bool]) -> pd.DataFrame:
    """Builds that took so many seconds, twice that of processors, and ten times as many MiB."""
    frame = pd.DataFrame(rows, columns=["builder", "change", "wall", "fresh"])
    return frame.assign(cpu=frame["wall"] * 2, memory=frame["wall"] * 10)


class TestMeasure:
    def test_it_counts_processors_and_memory_of_the_command(self, tmp_path):
        cost = measure([sys.executable, "-c", f"text = 'x' * (200 << 20)\n{BUSY}"], tmp_path, os.environ)
        assert 0.3 <= cost.cpu < 3
        assert cost.wall >= 0.3
        assert 200 <= cost.memory < 400

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux hands them over")
    def test_it_counts_what_the_command_leaves_behind(self, tmp_path):
        assert measure([sys.executable, "-c", LEAVE], tmp_path, os.environ).cpu >= 0.3

    def test_a_command_that_fails_is_no_measurement(self, tmp_path):
        with pytest.raises(CommandFailedError, match="no such page"):
            measure([sys.executable, "-c", "raise SystemExit('no such page')"], tmp_path, os.environ)


class TestBuilds:
    WRITE = "import pathlib; pathlib.Path('page.html').write_text(pathlib.Path('text').read_text())"

    def book(self, tmp_path: Path, text: str = "a word") -> Path:
        (tmp_path / "text").write_text(text)
        return tmp_path

    def test_each_run_makes_another_change(self, tmp_path):
        book, change = self.book(tmp_path), Change("text", "(?<=word)([a-z])?", "{letter}", "word{letter}")
        signs = [change.make(book, run) for run in (1, 2)]
        assert signs == ["wordb", "wordc"]
        assert (book / "text").read_text() == "a wordc"

    def test_a_change_without_its_place_is_refused(self, tmp_path):
        with pytest.raises(LookupError, match="text has nothing like sentence"):
            Change("text", "sentence", "", "").make(self.book(tmp_path), 1)

    def test_a_page_that_does_not_follow_is_not_fresh(self, tmp_path):
        book, changes = self.book(tmp_path), {"a word": Change("text", "word", "word{letter}", "word{letter}")}
        follows = Builder([sys.executable, "-c", self.WRITE], "page.html")
        stays = Builder([sys.executable, "-c", "pass"], "page.html")
        assert [row["fresh"] for row in turn(follows, book, os.environ, changes, 1)] == [True, True]
        assert [row["fresh"] for row in turn(stays, book, os.environ, changes, 2)] == [True, False]

    def test_a_builder_that_keeps_nothing_builds_from_nothing_alone(self, tmp_path):
        book = self.book(tmp_path)
        builder = Builder([sys.executable, "-c", self.WRITE], "page.html", made=["old"], keeps=False)
        (book / "old").mkdir()
        assert [row["change"] for row in turn(builder, book, os.environ, {"a word": None}, 1)] == [FROM_NOTHING]
        assert not (book / "old").exists()

    def test_line_breaks_do_not_hide_a_sign(self, tmp_path):
        page = tmp_path / "page.html"
        page.write_text("它们各\n 数", "utf-8")
        assert shows(page, "它们各数")
        assert not shows(page, "它们各数的")

    @pytest.mark.parametrize("name", tables())
    def test_the_changes_of_the_book_have_their_places(self, name, tmp_path):
        """Else the bench would fail after the first build."""
        book, table = copy_of_the_book(tmp_path / "book"), tables()[name]
        for change in table["changes"].values():
            assert change.make(book, 1)
            assert change.make(book, 2)
        assert table["reference"] in table["builders"]

    def test_settings_are_replaced_at_any_depth_and_others_stay(self):
        settings = {"a": 1, "b": {"c": [2], "d": {"e": 3, "f": 4}}}
        assert merged(settings, {"a": None}) == {"b": settings["b"]}
        assert merged(settings, {"a": 0, "b": {"c": [], "d": {"e": 5}}}) == {
            "a": 0,
            "b": {"c": [], "d": {"e": 5, "f": 4}},
        }

    def test_plain_jupyter_book_has_no_extension_of_this_project(self, tmp_path):
        book = tables()["html"]["builders"]["Jupyter Book 1, plain"].prepare(tmp_path / "book")
        config = (book / "_config.yml").read_text("utf-8")
        assert "gongbao" not in config
        assert "execute_notebooks: cache" in config
        assert "html_title: 数读青浦" in config


class TestGrowth:
    def test_names_of_copies_are_letters(self):
        assert topics(11)[::10] == ["audit-a", "audit-ba"]

    def test_ids_files_and_charts_are_renamed_and_nothing_else(self):
        text = 'Chapter(\\"audit\\") #audit.total@2023 #fig-audit-counts audit/audit.csv audit-report x.audit.y audited'
        renamed = 'Chapter(\\"new\\") #new.total@2023 #fig-new-counts audit/new.csv audit-report x.audit.y audited'
        assert IDS.sub("new", text) == renamed

    def test_copies_of_rows_have_years_of_their_own(self, tmp_path):
        ledger = tmp_path / "ledger.csv"
        ledger.write_text("series,period,value\na.b,2023,1\na.c,2023,2\n")
        lines = copied_rows(ledger, 3).splitlines()
        assert lines[1:] == ["a.b,2023,1", "a.c,2023,2", "a.b,1901,1", "a.c,1901,2", "a.b,1902,1", "a.c,1902,2"]

    def test_a_grown_book_has_a_notebook_and_a_ledger_for_each_copy(self, tmp_path):
        book = copy_of_the_book(tmp_path / "book")
        write_data(book / "data", topics(2), 2)
        write_pages(book, topics(2))
        stems = {
            folder: sorted(path.stem for path in (book / folder).iterdir()) for folder in ("notebooks", "data/ledger")
        }
        assert stems == {"notebooks": ["audit-a", "audit-b"], "data/ledger": ["assets", "audit-a", "audit-b"]}
        first, second = ((book / "data" / "ledger" / f"{name}.csv").read_text("utf-8") for name in topics(2))
        assert first.replace("audit-a.", "audit-b.") == second != first
        for change in CHANGES.values():
            assert change.make(book, 1)

    @pytest.mark.slow
    def test_a_grown_book_can_be_built(self, tmp_path):
        book = copy_of_the_book(tmp_path / "book")
        write_data(book / "data", topics(1), 2)
        write_pages(book, topics(1))
        measure(NUMBERS, book, environment(book))
        assert BUILDER.build(book, environment(book))["fresh"]

    @pytest.mark.parametrize(("values", "slope"), [([3, 30, 300], 1), ([5, 5, 5], 0), ([1, 100, 10000], 2)])
    def test_the_exponent_is_the_slope_of_the_logarithms(self, values, slope):
        assert exponent([10, 100, 1000], values) == pytest.approx(slope)

    def test_the_table_has_exponents_over_all_sizes_and_over_the_last_two(self):
        rows = [("chapters", size, FROM_NOTHING, cpu, cpu, cpu) for size, cpu in ((10, 1), (100, 10), (1000, 1000))]
        frame = pd.DataFrame(rows, columns=["axis", "size", "change", "cpu", "memory", "html"])
        table = growth(frame, "chapters")
        assert table.index.tolist() == ["10", "100", "1000", "exponent", "exponent of the last two"]
        assert table[f"{FROM_NOTHING}, s"].tolist() == ["1.0", "10.0", "1000.0", "1.50", "2.00"]


class TestReport:
    def test_a_spread_is_the_median_with_its_limits(self):
        assert spread(pd.Series([9.0, 1.0, 2.0])) == "2.0 (1.0–9.0)"

    def test_ratios_are_those_of_medians_to_the_reference(self):
        own = [("own", FROM_NOTHING, seconds, True) for seconds in (1, 2, 30)]
        plain = [("plain", FROM_NOTHING, seconds, True) for seconds in (4, 8, 8)]
        table = from_nothing(builds(*own, *plain, ("own", "nothing", 99, True)), "plain")
        assert table["ratio"].to_dict() == {"own": "0.25", "plain": "1.00"}
        assert table.loc["own", ["s", "CPU s", "largest process, MiB"]].tolist() == [
            "2.0 (1.0–30.0)",
            "4.0 (2.0–60.0)",
            "20",
        ]
        assert table.loc["own", "runs"] == 3

    def test_without_the_reference_there_are_no_ratios(self):
        table = from_nothing(builds(("own", FROM_NOTHING, 2, True)), "LaTeX")
        assert table.loc["own", ["s", "ratio"]].tolist() == ["2.0 (2.0–2.0)", "—"]

    def test_a_stale_page_and_a_builder_that_keeps_nothing_are_marked(self):
        rows = [("own", "a word", 1, True), ("own", "a word", 3, True), ("own", "a row", 2, True)]
        rows += [("stale", "a word", 1, True), ("stale", "a row", 5, True), ("stale", "a row", 5, False)]
        table = after_changes(builds(*rows, ("keeps nothing", FROM_NOTHING, 7, True)), ["a word", "a row"])
        assert table.loc["own"].tolist() == ["2.0 (1.0–3.0)", "2.0 (2.0–2.0)"]
        assert table.loc["stale"].tolist() == ["1.0 (1.0–1.0)", "5.0 (5.0–5.0) †"]
        assert table.loc["keeps nothing"].tolist() == ["—", "—"]

    def test_a_speed_up_is_that_over_one_worker(self):
        runs = pd.DataFrame({"workers": [0, 1, 4], "wall": [5.0, 10.0, 4.0], "cpu": [9.0, 9.0, 9.0]})
        assert speed_up(runs)["times faster than one"].to_dict() == {
            "the library alone": "2.00",
            "Dask, 1": "1.00",
            "Dask, 4": "2.50",
        }

    def test_views_of_a_page_are_told_by_their_medians(self):
        views = pd.DataFrame({"page": ["a"] * 3, "kB": [1, 2, 9], "requests": 4, "paint": [0.1, 0.5, 3], "shift": 0.0})
        assert page_views(views).loc["a"].tolist() == ["2", "4", "0.50", "0.000"]

    def test_markdown_keeps_digits_as_they_are_written(self):
        table = markdown(pd.DataFrame({"ratio": ["0.50"]}, index=pd.Index(["own"], name="builder")))
        assert [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()][::2] == [
            ["builder", "ratio"],
            ["own", "0.50"],
        ]


class TestReproduce:
    def place(self, root: Path, **files: str) -> dict[str, str]:
        (root / "made").mkdir(parents=True)
        for name, text in files.items():
            (root / "made" / name).write_text(text)
        return digests(root, ("made",))

    def test_two_places_with_the_same_bytes_do_not_differ(self, tmp_path):
        first, second = (self.place(tmp_path / place, a="1", b="2") for place in ("one", "other"))
        assert len(first) == 2
        assert differing(first, second) == []

    def test_other_bytes_and_a_file_more_or_less_differ(self, tmp_path):
        first = self.place(tmp_path / "one", same="1", other="2", less="3")
        second = self.place(tmp_path / "other", same="1", other="20", more="3")
        assert differing(first, second) == ["made/less", "made/more", "made/other"]

    def test_a_folder_that_was_not_built_is_told(self, tmp_path):
        with pytest.raises(FileNotFoundError, match="_build/html"):
            digests(tmp_path, ("_build/html",))


class TestProfile:
    def test_a_part_is_what_its_function_and_all_that_it_calls_took(self):
        profiler = cProfile.Profile()
        profiler.runcall(exec, compile(f"def whole():\n exec({BUSY!r})\nwhole()", "some/part.py", "exec"), {})
        profile = pstats.Stats(profiler)
        assert 0.3 <= seconds(profile, "part.py", "whole") < 3
        with pytest.raises(LookupError, match="no function other"):
            seconds(profile, "part.py", "other")

    def test_the_parts_are_functions_that_there_are(self):
        for file, name in PARTS.values():
            module = ast.parse((Path(find_spec(file.split("/")[0]).origin).parents[1] / file).read_text("utf-8"))
            assert name in {node.name for node in ast.walk(module) if isinstance(node, ast.FunctionDef)}, file

    def test_what_is_made_once_stands_apart_from_the_languages(self):
        rows = [("run notebooks", "all", 9.0), ("read pages", "zh", 2.04), ("read pages", "en", 4.0)]
        table = parts_of_a_build(pd.DataFrame(rows, columns=["part", "language", "s"]))
        assert list(table) == ["all, s", "zh, s", "en, s"]
        assert table.loc["read pages"].tolist() == ["", "2.0", "4.0"]
