"""The book's pages and notebooks as text, read without Sphinx: their order, their numbers, their editions.

Start at :mod:`gongbao.prose.numbers`. Imports ``figures`` and ``ledger``.
"""
