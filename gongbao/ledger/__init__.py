"""The data: what the gazette states, what ought to hold, what is computed and how it is called, the 31 indicators.

Start at :mod:`gongbao.ledger.rows`. Imports ``figures``.
"""
