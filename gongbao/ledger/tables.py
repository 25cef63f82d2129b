"""Read the data files, and say where a fault in them is.

The schemas of the tables are in ``data/datapackage.yaml``; :mod:`gongbao.verify.check` checks the tables against them.
Loaders check only what they need: a full check costs each kernel a second.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

S = TypeVar("S")
T = TypeVar("T")

_REPEATED_GROUP = re.compile(r"(?<!\\)\)[*+{]")
"""A repeated group in a pattern: matching may take exponential time."""

PACKAGE = "datapackage.yaml"
"""The file that marks a folder as the data of a book."""


def find_data(folder: Path) -> Path:
    """The data of the project that a folder lies in; if it lies in none, of the project that the library lies in.

    Without either, the path of a folder that does not exist.
    """
    projects = (folder, *folder.parents, Path(__file__).resolve().parents[2])
    found = (project / "data" for project in projects if (project / "data" / PACKAGE).is_file())
    return next(found, folder / "data")


@cache
def book_data() -> Path:
    """The data of the book, found whatever directory a notebook runs in; a build names its own in the environment.

    They are looked for when they are first wanted: kernels are forked off a process that has loaded the library.
    """
    return Path(os.environ.get("GONGBAO_DATA") or find_data(Path.cwd()))


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a data file: where it is, what it is, and what to do about it."""

    file: str
    row: int | None
    problem: str
    expected: str

    def __str__(self) -> str:
        place = f"{self.file}, row {self.row}" if self.row else self.file
        return " ".join(f"{place}: {self.problem}; expected: {self.expected}".split())


class FaultyDataError(ValueError):
    """Data that cannot be used; its text has one line for each fault."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True, slots=True)
class Record:
    """A row of a table: its cells by column, and the line of the file where it begins (1 is the header)."""

    file: str
    row: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """A cell; a FaultyDataError if there is no such column."""
        if column not in self.cells:
            problem, header = f"the column {column!r} is missing", ",".join(self.cells)
            raise FaultyDataError([Fault(self.file, 1, problem, f"the columns of {PACKAGE}, not {header}")])
        return self.cells[column]

    @property
    def place(self) -> str:
        """The row as the book names it: file and line."""
        return f"{self.file}:{self.row}"

    def fault(self, problem: str, expected: str) -> Fault:
        """A fault in this row."""
        return Fault(self.file, self.row, problem, expected)

    def error(self, problem: str, expected: str) -> FaultyDataError:
        """The same, to be raised."""
        return FaultyDataError([self.fault(problem, expected)])

    def page(self, column: str) -> int:
        """A cell that holds a printed page number, such as 96; a FaultyDataError if it holds something else."""
        cell = self[column]
        if not re.fullmatch("[1-9][0-9]*", cell):
            raise self.error(f"the {column} is {cell!r}", "a page number in digits 0-9, without zeros before it")
        return int(cell)

    def pattern(self, column: str, text: str) -> re.Pattern[str]:
        """A regular expression that a cell holds.

        A FaultyDataError if it is none, matches the empty text, or might search a page without end.
        """
        try:
            pattern = re.compile(text)
        except (re.error, RecursionError, OverflowError) as error:
            raise self.error(f"the {column} {text!r} cannot be read: {error}", "a regular expression") from None
        if pattern.match(""):
            raise self.error(f"the {column} {text!r} is found in nothing at all", "a longer pattern")
        if _REPEATED_GROUP.search(text):
            problem = f"the {column} {text!r} repeats a group in brackets, and might search a page without end"
            raise self.error(problem, "what is repeated without brackets, such as [^。]{0,9}")
        return pattern


def display_name(path: Path) -> str:
    """A file as messages name it: from ``data/`` on, wherever the data lie and whatever their folder is called."""
    if path.is_relative_to(book_data()):
        return Path("data", path.relative_to(book_data())).as_posix()
    if path.is_relative_to(Path.cwd()):
        return path.relative_to(Path.cwd()).as_posix()
    _, data, rest = f"/{path.as_posix()}".rpartition("/data/")
    return f"data/{rest}" if data else path.name


def read_text(path: Path) -> str:
    """The text of a data file.

    A FaultyDataError if the file, or the project, is missing; if it is not UTF-8, or starts with a byte order mark.
    """
    name, expected = display_name(path), "UTF-8 without a byte order mark"
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        missing = Fault(name, None, "there is no such file", "a file in UTF-8")
        if path.is_relative_to(book_data()) and not book_data().is_dir():
            problem = f"it lies in no project: there is no data/{PACKAGE} in it or above it"
            remedy = "to be in the project's folder (cd, or %cd in a notebook), or its data named in GONGBAO_DATA"
            missing = Fault(str(book_data().parent), None, problem, remedy)
        raise FaultyDataError([missing]) from None
    if raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise FaultyDataError([Fault(name, 1, "the file starts with a byte order mark", expected)])
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        problem = f"byte 0x{raw[error.start]:02x} is not UTF-8 (a file saved as GBK looks like this)"
        raise FaultyDataError([Fault(name, row, problem, expected)]) from None


def tables_in(folder: Path) -> list[Path]:
    """The CSV files of a folder, without hidden ones, which editors and systems leave beside open files."""
    return sorted(filter(Path.is_file, folder.glob("[!.]*.csv")))


def read_table(path: Path, *, optional: bool = False) -> list[Record]:
    """The rows of a CSV table, cells as text; no rows if the table is ``optional`` and these data do not have it.

    A FaultyDataError if the file cannot be read, is empty, or a row has more or fewer cells than the header.
    """
    if optional and path.parent.is_dir() and not path.is_file():
        return []
    name, text = display_name(path), read_text(path)
    reader = csv.reader(io.StringIO(text, newline=""))
    records: list[Record] = []
    faults: list[Fault] = []
    try:
        header = next(reader, [])
        if not header:
            expected = f"the columns of {PACKAGE}, with commas between"
            raise FaultyDataError([Fault(name, 1, "there is no head", expected)])
        row = reader.line_num + 1
        for cells in reader:
            if len(cells) == len(header):
                records.append(Record(name, row, dict(zip(header, cells, strict=True))))
            else:
                expected = f"{len(header)} cells, text with commas in quotes"
                faults.append(Fault(name, row, f"the row has {len(cells)} cells", expected))
            row = reader.line_num + 1  # a cell may run over lines: the record began here
    except csv.Error as error:
        problem, expected = f"the row cannot be read: {error}", "cells of some hundred characters, without NUL"
        faults = [Fault(name, reader.line_num, problem, expected)]
    if faults:
        raise FaultyDataError(faults)
    return records


def read_rows(path: Path, make: Callable[[Record], T], *, optional: bool = False) -> list[T]:
    """Apply a function to each row of a CSV table; no rows if the table is ``optional`` and is not there.

    A FaultyDataError if it raises one, or a ValueError or KeyError, for some rows; all of them are named at once.
    """
    return each(make, read_table(path, optional=optional))


def each(make: Callable[[S], T], things: Iterable[S]) -> list[T]:
    """Apply a function to each row, or file; the faults of all of them are raised as one FaultyDataError."""
    made: list[T] = []
    faults: list[Fault] = []
    for thing in things:
        try:
            made.append(make(thing))
        except FaultyDataError as error:
            faults += error.faults
        except (ValueError, KeyError) as error:
            if not isinstance(thing, Record):
                raise
            expected = f"a row as {PACKAGE} describes it; `python -m gongbao check` says more"
            faults.append(thing.fault(f"the row cannot be used: {error}", expected))
    if faults:
        raise FaultyDataError(dict.fromkeys(faults))
    return made


def while_unchanged(read: Callable[[Path], T]) -> Callable[[Path], T]:
    """Cache what a function makes of a file until the time or the size of the file changes.

    So a row added while a notebook is open counts when a cell runs again, without a restart of the kernel.
    """
    kept = cache(lambda file, stamp: read(file))

    def read_again(file: Path) -> T:
        stamp: object = None
        with suppress(FileNotFoundError):
            status = file.stat()
            stamp = status.st_mtime_ns, status.st_size
        return kept(file, stamp)

    return read_again


@while_unchanged
def read_yaml(path: Path) -> Any:
    """The contents of a YAML file, which are cached and must not be changed: parsing is slow.

    A FaultyDataError if it is no YAML.
    """
    import yaml  # not above: notebooks read no YAML

    try:
        return yaml.load(read_text(path), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = f"it is no YAML: {getattr(error, 'problem', None) or error}"
        expected = "`key: value`, keys of one thing indented alike, every quotation mark and bracket closed"
        raise FaultyDataError([Fault(display_name(path), mark and mark.line + 1, problem, expected)]) from None


def read_mapping(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file, which must not be changed; a FaultyDataError if it holds something else."""
    said = read_yaml(path)
    if not isinstance(said, dict | None):
        raise FaultyDataError([Fault(display_name(path), None, "it says nothing by keys", "`key: value` in each line")])
    return said or {}
