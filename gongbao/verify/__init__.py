"""Whether the data are right: in themselves (``check``), and against the pages of the gazette (``verification``).

Imports ``figures`` and ``ledger``.
"""
