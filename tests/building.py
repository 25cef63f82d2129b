"""A copy of the project that is built as its readers get it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir

from lxml import html
from traitlets.config import Config

PROJECT = Path(__file__).parents[1]
SOURCES = ("_config.yml", "_toc.yml", "book", "notebooks", "data", "locale")
OTHER_TOPICS = r"\{(?!debt\.)"
WITHOUT_PORTS = Config(KernelManager={"transport": "ipc", "ip": f"{gettempdir()}/kernel-{os.getpid()}"})
"""For kernels: a port that was free when one was told its number may be another's by the time it takes it."""
JUPYTER_BOOK = shutil.which("jupyter-book", path=str(Path(sys.executable).parent))


def columns(table: str) -> list[str]:
    """The columns of a data file, such as ``ledger/debt.csv``."""
    return (PROJECT / "data" / table).read_text("utf-8").partition("\n")[0].split(",")


def copy_debt(target: Path) -> None:
    """Copy the data of the debt topic: of what chapters have, of relations and package what belongs to it."""
    shutil.copytree(PROJECT / "data", target)
    for path in target.glob("*/*.csv"):
        if path.stem != "debt":
            path.unlink()
    relations = target / "relations.csv"
    kept = [line for line in relations.read_text("utf-8").splitlines(True) if not re.search(OTHER_TOPICS, line)]
    relations.write_text("".join(kept), "utf-8")
    rules = target / "set-aside.csv"
    head, *lines = rules.read_text("utf-8").splitlines(True)
    rules.write_text(head + "".join(line for line in lines if line.split(",")[1] == "general"), "utf-8")
    (target / "nouns.csv").write_text("series,one_en,many_en\n", "utf-8")
    absences = target / "absences.csv"
    # what is made of phrases lacks the subjects of claims
    absences.write_text(absences.read_text("utf-8").splitlines(True)[0], "utf-8")
    package = target / "datapackage.yaml"
    resource = r"  - name: (?:ledger|derived|words)-(?!debt\b).*?(?=  - name: |\Z)"
    package.write_text(re.sub(resource, "", package.read_text("utf-8"), flags=re.S), "utf-8")


@dataclass(frozen=True)
class Built:
    """A copy of the project that was built."""

    root: Path

    @property
    def html(self) -> Path:
        return self.root / "_build" / "html"

    def page(self, name: str) -> html.HtmlElement:
        return html.fromstring((self.html / name).read_bytes())

    def build(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._run(JUPYTER_BOOK, "build", ".", "-W", "-n", "--keep-going", *arguments)

    def build_editions(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What `make book` does, or with arguments `make pdf`."""
        return self._run(sys.executable, "-m", "gongbao", "build", *arguments)

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"SOURCE_DATE_EPOCH": "1700000000", "PYTHONUTF8": "1", "PYTHONPATH": str(PROJECT)}
        return subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True, encoding="utf-8")


def copy_project(target: Path) -> Built:
    target.mkdir(exist_ok=True)
    for name in SOURCES:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints", "*.mo"))
        else:
            shutil.copy(source, target / name)
    return Built(target)
