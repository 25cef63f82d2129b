"""Build the book: run notebooks, check, write every language, and put the result in its place.

Start at :mod:`gongbao.build.book`. Imports all the rest.
"""
