"""What readers do with the book, on every system, Windows included:

    python tools/make.py book              the pages, and where they are
    python tools/make.py lab               the notebooks in JupyterLab
    python tools/make.py notebooks [NAME]  execute the chapters whose text has changed
    python tools/make.py record [NAME]     run an experiment at full scale, or list them
    python tools/make.py worksheets        the notebooks without outputs and solutions
    python tools/make.py pdf               the book as one PDF, printed by Chromium

Each installs what it needs first. `make book` and the others do the same where there is
a make.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys

import install  # noqa: F401  (says so where Python is too old)

# isort: split
import environment

ROOT = environment.ROOT
HTML = pathlib.Path("_build", "html")
PDF = pathlib.Path("_build", "pdf", "what-makes-deep-learning-hard.pdf")
BUILD = [
    *("-c", "from jupyter_book.cli.main import main; main()"),
    *("build", ".", "-q", "-W", "-n", "--keep-going"),
]
WORKSHEETS = pathlib.Path("_build", "worksheets")
GOALS = ("book", "lab", "notebooks", "worksheets", "record", "pdf")


def commands(goal, names, frameworks, solutions=True):
    """The arguments of Python for each step towards a goal."""
    if goal == "lab":
        first = pathlib.PurePosixPath(environment.NOTEBOOKS[frameworks[0]])
        start = first.relative_to("chapters").as_posix().strip(".")
        address = f"--LabApp.default_url=/lab/tree/{start}"
        return [["-m", "jupyterlab", "--notebook-dir", "chapters", address]]
    printing = ["tools/make_pdf.py", str(HTML), str(PDF)]
    printing += ["--framework", "pytorch" if frameworks[0] == "torch" else "mxnet"]
    return {
        "book": [BUILD],
        "notebooks": [["tools/notebooks.py", "sync", *names]],
        "record": [
            ["-m", "d2lutils.runs", *(["record", *names] if names else ["list"])]
        ],
        "worksheets": [["tools/notebooks.py", "worksheets", str(WORKSHEETS)]],
        "pdf": [BUILD, [*printing, *([] if solutions else ["--without-solutions"])]],
    }[goal]


def settings(frameworks, description=pathlib.Path("/proc/cpuinfo")):
    """What the processor needs in the environment: AMD's from Zen 5 on one word.

    The OpenBLAS in MXNet and in NumPy 1.23.5 takes them for a processor of 2007
    (findings/numpy-amd-of-2007.sh).
    """
    if "mxnet" not in frameworks or not description.exists():
        return {}
    text = description.read_text(encoding="utf8")
    family = re.search(r"^cpu family\s*: (\d+)$", text, re.M)
    if "AuthenticAMD" not in text or not family or int(family[1]) < 26:
        return {}
    return {"OPENBLAS_CORETYPE": "Haswell"}


def main():
    parser = argparse.ArgumentParser(
        prog="tools/make.py",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("goal", choices=GOALS)
    parser.add_argument("names", nargs="*", help="of chapters, or of an experiment")
    parser.add_argument(
        "--folder",
        type=pathlib.Path,
        default=ROOT / ".venv",
        help="of the virtual environment; default: .venv",
    )
    parser.add_argument(
        "--without-solutions", action="store_true", help="leave them out of the PDF"
    )
    environment.add_options(parser)
    options = parser.parse_args()
    if options.goal == "pdf":
        options.extra.append("pdf")
    frameworks = environment.prepare(options, options.folder)
    python = environment.interpreter(options.folder.resolve())
    solutions = not options.without_solutions
    variables = settings(frameworks) | os.environ  # what is set already stays
    for arguments in commands(options.goal, options.names, frameworks, solutions):
        done = subprocess.run([python, *arguments], cwd=ROOT, env=variables)
        if done.returncode != 0:
            sys.exit(done.returncode)
    places = (
        ("book", HTML / "index.html"),
        ("pdf", PDF),
        ("worksheets", WORKSHEETS),
    )
    for goal, path in places:
        if options.goal == goal:
            verb = "are" if goal.endswith("s") else "is"
            print(f"The {goal} {verb} at {(ROOT / path).as_uri()}")


if __name__ == "__main__":
    main()
