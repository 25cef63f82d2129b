"""Read the project's CSV tables: strictly, and with messages that lead to the fault."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "datapackage.yaml"
"""The file by which a folder is known as the data of a book."""


class NoDataError(ValueError):
    """The folder that was to hold the data is not there, since the working directory lies in no project."""

    def __init__(self, folder: Path) -> None:
        remedy = "work in the project's folder (cd, or %cd in a notebook), or name its data in GONGBAO_DATA"
        super().__init__(f"{folder.parent} lies in no project: there is no data/{PACKAGE} in it or above it; {remedy}")


def find_data(folder: Path) -> Path:
    """The data of the project that a folder lies in; of the one that the library lies in, if there is no other.

    Without either it is a folder that is not there: importing the library needs no data.
    """
    projects = (folder, *folder.parents, Path(__file__).resolve().parents[2])
    found = (project / "data" for project in projects if (project / "data" / PACKAGE).is_file())
    return next(found, folder / "data")


DATA = Path(os.environ.get("GONGBAO_DATA") or find_data(Path.cwd()))
"""The data of the book, found whatever directory a notebook runs in; a build names its own in the environment."""


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
    """Data that cannot be used; prints as one line a fault."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True, slots=True)
class Record:
    """A row of a table: its cells by column, and the line of the file where it stands (1 is the header)."""

    file: str
    row: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def fault(self, problem: str, expected: str) -> Fault:
        """A fault in this row."""
        return Fault(self.file, self.row, problem, expected)


def display_name(path: Path) -> str:
    """A file as messages name it: from ``data/`` on, wherever the project lies."""
    parts = path.parts
    last = max((place for place, part in enumerate(parts) if part == "data"), default=len(parts) - 1)
    return "/".join(parts[last:])


def read_text(path: Path) -> str:
    """The text of a data file.

    Raises:
        FaultyDataError: if the file is missing, is not UTF-8, or starts with a byte order mark.
        NoDataError: if there are no data at all.
    """
    name = display_name(path)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        if path.is_relative_to(DATA) and not DATA.is_dir():
            raise NoDataError(DATA) from None
        raise FaultyDataError([Fault(name, None, "there is no such file", "a UTF-8 CSV file")]) from None
    if raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise FaultyDataError([Fault(name, 1, "the file starts with a byte order mark", "UTF-8 without one")])
    try:
        if b"\0" in raw:
            raise FaultyDataError(
                [Fault(name, 1, "the file holds NUL bytes (UTF-16 looks like this)", "UTF-8 without them")]
            )
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        problem = f"byte 0x{raw[error.start]:02x} is not UTF-8 (a file saved as GBK looks like this)"
        raise FaultyDataError([Fault(name, row, problem, "UTF-8 without a byte order mark")]) from None


def read_table(path: Path, columns: Sequence[str]) -> list[Record]:
    """The rows of a CSV table that has exactly these columns in this order.

    Raises:
        FaultyDataError: if the file cannot be read, the header differs, or a row has too many or too few cells.
    """
    name = display_name(path)
    reader = csv.reader(io.StringIO(read_text(path), newline=""))
    header = next(reader, [])
    if header != list(columns):
        missing = [column for column in columns if column not in header]
        problem = f"the column {missing[0]!r} is missing" if missing else f"the header is {','.join(header)}"
        raise FaultyDataError([Fault(name, 1, problem, f"the header {','.join(columns)}")])
    records: list[Record] = []
    faults: list[Fault] = []
    row = reader.line_num + 1
    for cells in reader:
        if len(cells) == len(columns):
            records.append(Record(name, row, dict(zip(columns, cells, strict=True))))
        else:
            problem = f"the row has {len(cells)} cells"
            faults.append(Fault(name, row, problem, f"{len(columns)} cells, text with commas in quotes"))
        row = reader.line_num + 1  # a cell may run over lines: the record began here
    if faults:
        raise FaultyDataError(faults)
    return records
