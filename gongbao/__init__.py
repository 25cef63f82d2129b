"""数读青浦: figures out of a gazette that carry their rounding and their source, for notebooks and for the book."""

import sys

# jsonschema, which nbformat and Frictionless load, would parse a grammar for a second: that of a format which no
# notebook and no table here has; so with what reads durations, which loads a calendar, and with patterns of addresses
for _name in ("rfc3987_syntax", "isoduration", "rfc3986_validator"):
    sys.modules.setdefault(_name, None)  # type: ignore[arg-type]
