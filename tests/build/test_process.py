"""What is not loaded is not missed."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from gongbao.build.process import make_lean
make_lean()
import jsonschema, nbformat
nbformat.validate(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]))
try:
    jsonschema.validate({"pages": "many"}, {"properties": {"pages": {"type": "integer"}}})
except jsonschema.ValidationError as error:
    print(error.message)
print(*sorted(name for name, module in sys.modules.items() if name.startswith(("lark", "rfc3987_syntax")) and module))
"""


def test_schemas_are_checked_without_a_grammar_of_addresses():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout == "'many' is not of type 'integer'\n\n"
