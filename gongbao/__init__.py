"""数读青浦: figures out of a gazette that carry their rounding and their source, for notebooks and for the book."""

import sys

# jsonschema, which nbformat and Frictionless load, would spend a second on the grammar of a format that no notebook
# and no table here has; so too with the reader of durations, which loads a calendar, and with patterns of addresses
for _name in ("rfc3987_syntax", "isoduration", "rfc3986_validator"):
    sys.modules.setdefault(_name, None)  # type: ignore[arg-type]
