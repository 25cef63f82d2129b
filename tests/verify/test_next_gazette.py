"""The page on the next gazette: its commands make a folder of data that is whole, though nothing is entered yet."""

from __future__ import annotations

import re
import shutil
import subprocess

from gongbao.verify.check import described_paths, faults
from gongbao.verify.rules import GENERAL, load_rules


def test_the_commands_of_the_page_begin_a_folder_of_data(project, tmp_path):
    page = (project / "book" / "next-gazette.md").read_text("utf-8")
    commands = re.search(r"```shell\n(.*?)```", page, re.DOTALL)[1]
    shutil.copytree(project / "data", tmp_path / "shudu" / "data")
    subprocess.run(["bash", "-e", "-c", commands], cwd=tmp_path / "shudu", check=True)
    data = tmp_path / "next" / "data"
    assert faults(data) == []
    assert {f"{kind}/budget.csv" for kind in ("ledger", "derived", "words")} < set(described_paths(data))
    assert {rule.scope for rule in load_rules(data)} == {GENERAL}
