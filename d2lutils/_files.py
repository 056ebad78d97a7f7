"""Files that are there whole or not at all: a process may be killed at any moment."""

import os


def write(path, content):
    """Put content, bytes or a text, into the file at a pathlib.Path; until it is complete, what was there stays."""
    part = path.with_name(path.name + ".part")
    if isinstance(content, str):
        part.write_text(content, encoding="utf8")
    else:
        part.write_bytes(content)
    os.replace(part, path)  # atomic
