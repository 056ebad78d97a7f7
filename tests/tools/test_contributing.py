"""The walks of CONTRIBUTING.md, gone in a copy of the book: what is written there
works, and how long it takes.

All three are written before the copy is executed and built, once.
"""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

import notebooks
import pytest
from bs4 import BeautifulSoup

ROOT = notebooks.ROOT
CHAPTER = "chapters/sources/risk.md"
PLACES = ("", "solutions/", "pytorch/")  # the solution needs no framework
NOTEBOOKS = {f"chapters/{place}risk.ipynb" for place in PLACES}
PASSAGES = "chapters/passages.json"
EXERCISES = "tests/exercises/test_exercises.py"
HALF = "risk-half"


def walk(title):
    """The blocks of text and of code that a section of CONTRIBUTING.md tells one to
    write, in its order.
    """
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf8")
    section = re.search(rf"^## {title}\n(.*?)^## ", text, re.MULTILINE | re.DOTALL)[1]
    blocks = re.findall(
        r"^(`{3,})(?:markdown|python)\n(.*?)^\1$", section, re.MULTILINE | re.DOTALL
    )
    return [block for _, block in blocks]


class Copy:
    """A copy of the book with one chapter, shortened to its first sections."""

    def __init__(self, root):
        self.root = root
        for name in (
            "d2lutils",
            "chapters/_static",
            "chapters/_templates",
            "tests/exercises",
        ):
            shutil.copytree(
                ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        (root / "chapters" / "sources").mkdir()
        for name in ("_config.yml", "references.bib", "bibliography.md", "claims.md"):
            path = name if name == "_config.yml" else f"chapters/{name}"
            shutil.copy(ROOT / path, root / path)
        (root / "tools").symlink_to(ROOT / "tools")
        source = (ROOT / CHAPTER).read_text(encoding="utf8")
        head = re.split(r"^(?=## )", source, flags=re.MULTILINE)[:2]
        text = "".join(head) + "## Summary\n\nDone.\n\n## Further reading\n\nMore.\n"
        (root / CHAPTER).write_text(text, encoding="utf8")
        names = set(re.findall(r"claims\.check\(\s*\"([\w-]+)", text))
        passages = json.loads((ROOT / PASSAGES).read_text(encoding="utf8"))
        for source, stated in passages.items():
            kept = [p for p in stated if names.intersection(p.get("claims", ()))]
            for passage in kept:
                passage["claims"] = [c for c in passage["claims"] if c in names]
            opinions = [p for p in stated if "reason" in p and "chapter" not in p]
            passages[source] = kept or opinions[:1]
        (root / PASSAGES).write_text(json.dumps(passages), encoding="utf8")
        self.before = {}

    def run(self, *command):
        environment = {**os.environ, "PYTHONPATH": str(self.root)}
        command = [sys.executable, *map(str, command)]
        done = subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def execute(self):
        self.run("tools/notebooks.py", "sync", "--root", self.root)

    def build(self):
        """Build the pages as `make book` does."""
        program = pathlib.Path(sys.executable).with_name("jupyter-book")
        self.run(program, "build", self.root, "-q", "-W", "-n", "--keep-going")

    def page(self, name):
        path = self.root / "_build" / "html" / "chapters" / f"{name}.html"
        return BeautifulSoup(path.read_text(encoding="utf8"), "html.parser")

    def insert(self, text, name, before):
        """Write `text` into a file, before the first line that begins with `before`."""
        path = self.root / name
        old = path.read_text(encoding="utf8")
        assert len(re.findall(rf"^{before}", old, re.MULTILINE)) == 1
        path.write_text(
            re.sub(rf"^(?={before})", lambda _: text + "\n", old, flags=re.MULTILINE),
            encoding="utf8",
        )

    def changed(self):
        """The files that differ from the last time that this was asked."""
        now = {
            str(path.relative_to(self.root)): hashlib.sha256(
                path.read_bytes()
            ).hexdigest()
            for folder in ("chapters", "d2lutils", "tests")
            for path in (self.root / folder).rglob("*")
            if path.is_file()
            and "__pycache__" not in path.parts
            and ".pytest_cache" not in path.parts
        }
        before, self.before = self.before, now
        return {
            name for name in now.keys() | before if now.get(name) != before.get(name)
        }


def write_figure(book):
    (text,) = walk("Your first figure")
    book.insert(text, CHAPTER, "## Summary")
    return {CHAPTER}


def write_claim(book):
    (text,) = walk("Your first claim")
    book.insert(text, CHAPTER, "## Summary")
    return {CHAPTER}


def write_exercise(book):
    text, entry, function, right, wrong = walk("Your first exercise")
    module = "d2lutils/exercises/_risk.py"
    book.insert(text, CHAPTER, "## Further reading")
    book.insert("from scipy.optimize import brentq\n", module, "from d2lutils import")
    book.insert(function + "\n", module, r"EXERCISES = \(")
    book.insert(entry.rstrip("\n"), module, r"\)\n\Z")
    book.insert(right.rstrip("\n"), EXERCISES, r'    "risk-mirror": ')
    book.insert(
        wrong.rstrip("\n"),
        EXERCISES,
        r'    \("risk-mirror", lambda: excess_at\(0.2\)',
    )
    return {CHAPTER, module, EXERCISES}


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """The book after the walks, and the seconds that it took."""
    book = Copy(tmp_path_factory.mktemp("copy") / "book")
    (book.root / "_toc.yml").write_text(
        "format: jb-book\nroot: chapters/risk\n"
        "chapters: [{file: chapters/claims}, {file: chapters/bibliography}]\n"
    )
    book.changed()
    start = time.monotonic()
    for write in (write_figure, write_claim, write_exercise):
        assert write(book) == book.changed()
    book.execute()
    book.build()
    book.run("-m", "pytest", "-q", "-p", "no:cacheprovider", EXERCISES, "-k", HALF)
    assert book.changed() == NOTEBOOKS
    return book, time.monotonic() - start


def test_your_first_figure(walked, capsys):
    page = walked[0].page("risk")
    figure = page.find(id="fig-risk-slope")
    assert figure.find("img")["alt"].startswith("The derivative of the risk")
    assert "It is zero where the risk is least" in figure.find("figcaption").text
    number = figure.select_one(".caption-number").text.strip()
    assert number in page.find("a", href="#fig-risk-slope").text
    with capsys.disabled():
        print(f" the walks: {walked[1]:.0f} s ", end="")


def test_your_first_claim(walked):
    book, _ = walked
    assert book.page("risk").find(id="claim-risk-slope-at-the-minimum")
    assert book.page("claims").find(
        "a", href=re.compile("risk.html#claim-risk-slope-at-the-minimum$")
    )


def test_your_first_exercise(walked):
    """Its tests have passed; the page shows it."""
    assert walked[0].page("risk").find(id="ex-risk-half")
