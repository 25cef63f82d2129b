"""Run, check, write in every language, and put the whole in its place.

Start at :mod:`gongbao.build.book`. Imports all the rest.
"""
