"""How long PDF and chapters take after the HTML, by phase, and beside the LaTeX route on the same book in the same run.

Run as ``python bench/pdf.py``; writes a table into bench/results. The LaTeX route needs xelatex with Chinese,
latexmk and rsvg-convert (Debian: texlive-xetex texlive-lang-chinese texlive-latex-extra texlive-fonts-recommended
texlive-plain-generic tex-gyre fonts-freefont-otf latexmk librsvg2-bin); without them its rows are left out.
"""

from __future__ import annotations

import argparse
import multiprocessing
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from gongbao.build.replacement import remove
from measure import BIN, GONGBAO, copy_of_the_book, spread, write

from gongbao.typst.typesetting import compile_pdf

PDF, CHAPTERS, LATEX = "PDF of the book", "all chapters as PDF, HTML and program", "LaTeX, the book"
LATEX_TOOLS = ("xelatex", "latexmk", "rsvg-convert")


def run(*command: str, cwd: Path, makes: Path | None = None) -> float:
    """Seconds that a command takes; a failure ends the measurement, unless it makes what is wanted nevertheless."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8")
    if done.returncode and not (makes and makes.exists()):
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return time.perf_counter() - start


def gongbao(book: Path, edition: str) -> float:
    """Build with the command behind `make book` and `make pdf`."""
    return run(*GONGBAO[:-1], edition, cwd=book)


def typst(book: Path) -> dict[str, float]:
    """The PDF after the HTML: from nothing, once more with nothing changed, and the typesetting alone."""
    state = book / "_build" / "state"
    for left in (book / "_build" / "pdf", state / "_build" / "typst", state / "_build" / ".doctrees" / "typst"):
        remove(left)
    (state / "pdf.json").unlink(missing_ok=True)
    whole, again = gongbao(book, "pdf"), gongbao(book, "pdf")
    # a process of its own: Typst keeps what it has once laid out
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        typesetting = process.submit(seconds_of_typesetting, state / "_build" / "typst" / "shudu-qingpu.typ").result()
    return {PDF: whole, "of that typesetting": typesetting, f"{PDF}, nothing changed": again}


def seconds_of_typesetting(source: Path) -> float:
    """Seconds that Typst takes."""
    start = time.perf_counter()
    compile_pdf(source, ["ua-1"], 0)
    return time.perf_counter() - start


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
    return {LATEX: written + typeset, "of that xelatex": typeset}


def chapters(book: Path) -> dict[str, float]:
    """Every chapter as PDF, HTML and program."""
    remove(book / "_build" / "chapters")
    (book / "_build" / "chapters.json").unlink(missing_ok=True)
    return {CHAPTERS: run(sys.executable, "-X", "utf8", "-m", "gongbao.chapters", cwd=book)}


def main() -> None:
    """Write the median of each phase, and its ratio to the LaTeX route where that runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    count = parser.parse_args().runs
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        book = copy_of_the_book(Path(place))
        gongbao(book, "html")
        with_latex = all(map(shutil.which, LATEX_TOOLS))
        if with_latex:
            run(str(BIN / "jupyter-book"), "config", "sphinx", ".", cwd=book)
        runs = []
        for _ in range(count):
            one = typst(book) | chapters(book)
            one["PDF of the book and all chapters"] = one[PDF] + one[CHAPTERS]
            runs.append(one | (latex(book) if with_latex else {}))
    whole = statistics.median(one[LATEX] for one in runs) if with_latex else None
    rows = []
    for phase in runs[0]:
        seconds = [one[phase] for one in runs]
        rows.append([phase, spread(seconds), f"{statistics.median(seconds) / whole:.2f}" if whole else "—"])
    write("pdf", ("step", "s", "of LaTeX"), rows)


if __name__ == "__main__":
    main()
