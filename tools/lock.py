"""Write the locks: `python tools/lock.py [--upgrade]`.

requirements.lock is what a reader installs; requirements-pdf.lock adds what prints the
book, requirements-test.lock what the tests need. All name every package in one version
and with its checksums. Versions stay as they are as long as they satisfy
requirements.txt and pyproject.toml; --upgrade takes the newest ones.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from environment import LOCKED, LOCKS, ROOT

ABOUT = {
    "": "What a reader of the book installs.",
    "pdf": "What `make pdf` needs besides requirements.lock.",
    "test": "What the tests need besides the other two.",
}

# From 4.25 on what Jupyter asks for with it builds 39 parsers at import, a second of
# each process that imports nbformat; see python-jsonschema/jsonschema#1428.
HELD = "jsonschema<4.25"


def entries(text):
    """{package: all lines about it} of a lock."""
    found = re.findall(r"^([A-Za-z0-9._-]+)(==.*(?:\n[ \t]+.*)*)", text, re.MULTILINE)
    return {name: name + rest for name, rest in found}


def resolve(known, upgrade, *options):
    """What uv finds for the book with the versions of `known`, a lock, wherever they
    will do; a lock as text.
    """
    uv = shutil.which("uv") or shutil.which(
        "uv", path=pathlib.Path(sys.executable).parent
    )
    if uv is None:
        raise SystemExit(
            "uv resolves the versions, and none is here: `pip install uv`."
        )
    lines = (ROOT / "requirements.txt").read_text(encoding="utf8").splitlines()
    wanted = "\n".join(line for line in lines if not line.startswith("-e"))
    with tempfile.TemporaryDirectory() as folder:
        output = pathlib.Path(folder, "lock")
        output.write_text(known, encoding="utf8")
        command = [uv, "pip", "compile", "-", "pyproject.toml", *options, "--quiet"]
        command += [
            "--python-version",
            ".".join(map(str, LOCKED)),
            "--output-file",
            str(output),
        ]
        command += ["--python-platform", "x86_64-manylinux_2_28"]
        command += ["--generate-hashes", "--no-annotate", "--no-header"]
        command += ["--upgrade"] if upgrade else []
        done = subprocess.run(
            command, cwd=ROOT, input=wanted, text=True, stdout=subprocess.DEVNULL
        )
        if done.returncode != 0:
            raise SystemExit(
                "uv found no versions that go together; its message is above."
            )
        return output.read_text(encoding="utf8")


def write(path, about, found):
    lines = [
        f"# {about} Written by `make lock`.",
        *(found[name] for name in sorted(found)),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf8")


def main():
    parser = argparse.ArgumentParser(description="Pin the versions of all packages.")
    parser.add_argument(
        "--upgrade", action="store_true", help="take the newest versions"
    )
    options = parser.parse_args()
    paths = {extra: ROOT / name for extra, name in LOCKS.items()}
    known = "\n".join(
        path.read_text(encoding="utf8") for path in paths.values() if path.exists()
    )
    before = {}
    for extra, path in paths.items():
        others = ["--extra", extra] if extra else []
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as constraint:
            constraint.write("\n".join([HELD, *before.values()]))
            constraint.flush()
            others += ["--constraint", constraint.name]
            everything = entries(resolve(known, options.upgrade, *others))
        added = {name: text for name, text in everything.items() if name not in before}
        write(path, ABOUT[extra], added)
        before |= added


if __name__ == "__main__":
    main()
