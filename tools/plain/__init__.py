"""Notebooks that need nothing but Jupyter, from the sources of the chapters.

A source is MyST Markdown, which Jupyter, GitHub and Colab show raw. Here references and
citations become words and links, captions and theorems text, exercises headings; the
worked solutions go to a notebook of their own.
"""

from plain._blocks import blocks
from plain._labels import Label, Labels, scan
from plain._notebooks import Book, make
from plain._slices import setup

__all__ = ["Book", "Label", "Labels", "blocks", "make", "scan", "setup"]
