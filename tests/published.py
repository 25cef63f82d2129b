"""What the notebooks publish, as JSON, and how two versions of the project differ in it.

``python tests/published.py dump FOLDER [NOTEBOOK …]`` runs the notebooks of the project that it stands in, here,
and writes one file a notebook; ``python tests/published.py compare BEFORE AFTER`` prints a line for each difference. A
rewritten notebook, or a rewritten library, has to give the same numbers: run the one before and the other after.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Results = dict[str, dict[str, Any]]

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
RECORD = (
    *("name_zh", "name_en", "claim", "text", "range", "tolerance", "unit", "formula", "inputs", "inference"),
    "statements",
)
"""What a record says of a figure for readers; exact values and intervals are compared as fractions."""

CHART = ("title", "note", "source", "alt")

NUMBER = re.compile(r"\{(?:val|num|pm|range)\}`(?P<role>[^`]+)`|\[[^\]]*\]\(#(?P<link>[^)]+)\)")
"""A number in a title, as a role of version 2 or as a link."""


def run(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The names that a notebook defines, and the bundles that it emits."""
    import gongbao.chapter.chapter

    bundles: list[dict[str, Any]] = []
    gongbao.chapter.chapter.publish_display_data = lambda data, metadata: bundles.append(data)  # type: ignore[assignment]
    names: dict[str, Any] = {}
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), path.name, "exec"), names)
    return names, bundles


def results(path: Path) -> Results:
    """The figures, charts and tables of a notebook, by id or name."""
    names, bundles = run(path)
    figures = names["chapter"].figures.maps[0]
    found: Results = {"figures": {}, "charts": {}, "tables": {}, "sketches": {}}
    for id, figure in figures.items():
        record = figure.record()
        ends = {"value": figure.exact, "low": figure.interval.low, "high": figure.interval.high}
        found["figures"][id] = {key: record[key] for key in RECORD} | {key: str(end) for key, end in ends.items()}
    for bundle in bundles:
        for mime, record in bundle.items():
            if mime.endswith("chart+json"):
                found["charts"][record["name"]] = {key: _by_id(record[key]) for key in CHART} | {
                    "draws": sorted(set(record["uses"])),
                    "order": list(dict.fromkeys(record["uses"])),
                    "data": sorted(row["id"] for row in csv.DictReader(io.StringIO(record["data"]))),
                    "svg": record["svg"],
                }
            elif mime.endswith("table+json"):
                rows = [[_id(cell) for cell in row] for row in record["rows"]]
                cells = {"title": _by_id(record["title"]), "heads": record["heads"], "rows": rows}
                found["tables"][record["name"]] = json.loads(json.dumps(cells))
            elif mime.endswith("sketch+json"):
                found["sketches"][record["name"]] = {"draws": sorted(record["uses"]), "svg": record["svg"]}
    return found


def _id(cell: Any) -> Any:
    return cell.get("id", cell) if isinstance(cell, dict) else cell


def _by_id(title: str) -> str:
    return NUMBER.sub(lambda match: f"{{{match['role'] or match['link']}}}", title)


def differences(before: Results, after: Results) -> Iterator[str]:
    """A line for each thing that is not the same."""
    for kind in before:
        for name in sorted({*before[kind], *after[kind]}):
            if name not in after[kind] or name not in before[kind]:
                yield f"{kind[:-1]} {name}: only {'before' if name in before[kind] else 'after'}"
                continue
            old, new = before[kind][name], after[kind][name]
            for key in old:
                if old[key] != new.get(key):
                    yield f"{kind[:-1]} {name}: {key}: {_short(old[key])} → {_short(new.get(key))}"


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) < 400 else f"{text[:200]} … ({len(text)} characters)"


def main(arguments: list[str]) -> int:
    """Dump, or compare; comparing ends with 1 if anything differs."""
    match arguments:
        case ["dump", folder, *chosen]:
            Path(folder).mkdir(parents=True, exist_ok=True)
            for path in sorted(NOTEBOOKS.glob("*.ipynb")):
                if not chosen or path.stem in chosen:
                    text = json.dumps(results(path), ensure_ascii=False, indent=1)
                    Path(folder, f"{path.stem}.json").write_text(text, "utf-8")
            return 0
        case ["compare", before, after]:
            found = 0
            for path in sorted(Path(after).glob("*.json")):
                old = json.loads(Path(before, path.name).read_text("utf-8"))
                for line in differences(old, json.loads(path.read_text("utf-8"))):
                    print(f"{path.stem}: {line}")
                    found = 1
            return found
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
