"""Whether the data are right: in themselves (``check``), and against the pages of the gazette (``verification``).

Start at :mod:`gongbao.verify.verification`. Imports ``figures`` and ``ledger``.
"""
