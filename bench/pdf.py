"""How long the PDF takes after the HTML, by phase, and beside the LaTeX route on the same book in the same run.

Run as ``python bench/pdf.py``; writes a Markdown table to standard output. The LaTeX route needs xelatex with Chinese,
latexmk and rsvg-convert (Debian: texlive-xetex texlive-lang-chinese texlive-latex-extra texlive-fonts-recommended
texlive-plain-generic tex-gyre fonts-freefont-otf latexmk librsvg2-bin); without them its rows are left out.
"""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from gongbao.typst.typesetting import compile_pdf

PROJECT = Path(__file__).parents[1]
PARTS = ("_config.yml", "_toc.yml", "book", "notebooks", "data")
RUNS = 5
BIN = Path(sys.executable).parent
LATEX_TOOLS = ("xelatex", "latexmk", "rsvg-convert")


def run(*command: str, cwd: Path, makes: Path | None = None) -> float:
    """Seconds that a command takes; a failure ends the measurement, unless it makes what is wanted nevertheless."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8")
    if done.returncode and not (makes and makes.exists()):
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return time.perf_counter() - start


def copy_of_the_book(place: Path) -> Path:
    """The sources of the book in a folder of their own, with the HTML built."""
    for part in PARTS:
        source = PROJECT / part
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, place / part)
    jupyter_book(place)
    return place


def jupyter_book(book: Path, *builder: str) -> float:
    """Build with the command that readers use."""
    return run(str(BIN / "jupyter-book"), "build", ".", "-W", "-n", "--keep-going", *builder, cwd=book)


def typst(book: Path) -> dict[str, float]:
    """The PDF after the HTML: from nothing, the typesetting alone, and once more with nothing changed."""
    for left in ("typst", ".doctrees/typst"):
        shutil.rmtree(book / "_build" / left, ignore_errors=True)
    builder = ("--builder", "custom", "--custom-builder", "typst")
    whole, again = jupyter_book(book, *builder), jupyter_book(book, *builder)
    start = time.perf_counter()
    compile_pdf(book / "_build" / "typst" / "shudu-qingpu.typ", ["ua-1"], 0)
    typesetting = time.perf_counter() - start
    return {"PDF": whole, "of that typesetting": typesetting, "PDF again, nothing changed": again}


def latex(book: Path) -> dict[str, float]:
    """The same book through Sphinx's LaTeX writer and xelatex; its pictures have to be turned into PDF first."""
    output = book / "_build" / "latex"
    shutil.rmtree(output, ignore_errors=True)
    options = (
        "-q",
        "-b",
        "latex",
        "-D",
        "latex_engine=xelatex",
        "-D",
        "language=zh_CN",
        "-d",
        str(output / "doctrees"),
    )
    written = run(str(BIN / "sphinx-build"), *options, ".", str(output), cwd=book)
    for drawing in output.glob("*.svg"):
        written += run("rsvg-convert", "-f", "pdf", "-o", str(drawing.with_suffix(".pdf")), str(drawing), cwd=output)
    (source,) = output.glob("*.tex")
    source.write_text(re.sub(r"\{([a-z0-9-]+)\}\.svg", r"{\1}.pdf", source.read_text("utf-8")), "utf-8")
    # formulas are MathML in this book: LaTeX misses their numbers, complains, and typesets the rest
    options = ("-xelatex", "-interaction=nonstopmode", "-quiet", "-f")
    typeset = run("latexmk", *options, source.name, cwd=output, makes=source.with_suffix(".pdf"))
    return {"LaTeX": written + typeset, "of that typesetting (xelatex)": typeset}


def main() -> None:
    """Print the median of each phase, and its ratio to the LaTeX route where that runs."""
    with tempfile.TemporaryDirectory() as place:
        book = copy_of_the_book(Path(place))
        runs = [typst(book) for _ in range(RUNS)]
        if all(map(shutil.which, LATEX_TOOLS)):
            run(str(BIN / "jupyter-book"), "config", "sphinx", ".", cwd=book)
            runs = [before | latex(book) for before in runs]
    medians = {phase: statistics.median(one[phase] for one in runs) for phase in runs[0]}
    whole = medians.get("LaTeX")
    print("| phase | median, s | ratio to LaTeX |\n|---|---|---|")
    for phase, seconds in medians.items():
        print(f"| {phase} | {seconds:.1f} | {f'{seconds / whole:.2f}' if whole else '—'} |")


if __name__ == "__main__":
    main()
