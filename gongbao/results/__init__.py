"""The results of the notebooks: these run first, and leave one file of results before Sphinx reads a page.

Start at :mod:`gongbao.results.results`; ``runs`` knows which notebooks have to run again, ``kernels`` runs them.
Imports ``figures``, ``ledger`` and ``prose``; ``preload`` also ``chapter``, for the kernels.
"""
