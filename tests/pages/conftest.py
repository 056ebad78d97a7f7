"""The built book; the browser to read it with is that of all tests."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def build():
    """build(root, out) builds the book in `root` as the Makefile does, into `out`;
    returns the finished process.
    """

    def run(root, out):
        program = Path(sys.executable).with_name("jupyter-book")
        command = [
            program,
            "build",
            root,
            "--path-output",
            out,
            "-W",
            "-n",
            "--keep-going",
        ]
        return subprocess.run(command, capture_output=True, text=True)

    return run


@pytest.fixture(scope="session")
def book(build, tmp_path_factory):
    """The folder of the built pages: `$BOOK_HTML` if set, else built here."""
    if path := os.environ.get("BOOK_HTML"):
        return Path(path).resolve()
    out = tmp_path_factory.mktemp("built")
    process = build(ROOT, out)
    assert process.returncode == 0, process.stdout + process.stderr
    return out / "_build" / "html"
