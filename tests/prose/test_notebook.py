"""Notebooks that cannot be read are named, in one line that says what to do."""

from __future__ import annotations

import subprocess
import sys

import nbformat
import pytest

from gongbao.prose.notebook import read, require_merged


def test_a_notebook_is_read(tmp_path):
    path = tmp_path / "a.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("a << b\n=======")]), path)
    assert [cell.source for cell in read(path).cells] == ["a << b\n======="]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"nbformat": 4}'])
def test_what_is_none_is_named(tmp_path, text):
    path = tmp_path / "a.ipynb"
    path.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=r"^a\.ipynb is no notebook: .*; expected: a file that JupyterLab saved$"):
        read(path)


@pytest.mark.parametrize("mark", ["<<<<<<< HEAD", ">>>>>>> 1a2b3c"])
@pytest.mark.parametrize("line", ["{mark}", '    "{mark}\\n",', '  "source": "{mark}"'])
def test_marks_of_a_merge_are_named_in_json_and_in_cells(mark, line):
    with pytest.raises(ValueError, match=r"^a\.ipynb, line 2: “[<>]{7}” is left of a merge; "):
        require_merged("{\n" + line.format(mark=mark), "a.ipynb")


def test_no_grammar_and_no_calendar_is_loaded_to_read_notebooks():
    loaded = "import gongbao.prose.notebook, jsonschema, sys; print(sys.modules.keys() & {'lark', 'arrow'})"
    assert subprocess.check_output([sys.executable, "-c", loaded], text=True) == "set()\n"
