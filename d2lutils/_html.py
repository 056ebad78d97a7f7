"""Short texts of the book as HTML."""

import html
import re


def rich(text: str) -> str:
    r"""Escape HTML and turn ```code``` into code.

    Mathematics between dollar signs is left to the page, as ``\(...\)``.
    """
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))
    return re.sub(
        r"\$([^$]+)\$",
        r'<span class="math notranslate nohighlight">\\(\1\\)</span>',
        text,
    )
