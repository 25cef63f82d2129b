"""Chapters of the book as files of their own: PDF, HTML and Python, through nbconvert.

``book`` reads the book; ``chapters`` cuts a chapter out of it; ``builders`` are those of the book, made to write one
chapter; ``exporters`` is what nbconvert finds; ``python -m gongbao.chapters`` writes all formats of all chapters.
"""
