"""The library's quick tests and a chapter of each edition under every other supported
Python of this machine.

    python tools/test_pythons.py [--folder FOLDER] [--ends] [3.13 ...]

Looks for python3.10 to python3.14 on the PATH and among pyenv's versions. Each gets the
two environments that a reader may have, one with MXNet alone and one with PyTorch
alone; two run at a time. uv, where it is here, makes them in seconds and keeps each
package once. Ends with pytest's kind of closing line.
"""

import argparse
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import time

import environment

ROOT = environment.ROOT
SUPPORTED = [
    (3, minor) for minor in range(environment.OLDEST[1], environment.NEWEST[1] + 1)
]
CHAPTER = "saddles.ipynb"  # the shortest one

# Where releases of NumPy, SciPy, pandas and the frameworks differ, and no test is long.
FRAMEWORK = [
    "tests/engines/test_engines.py",
    "tests/networks",
    "tests/test_checks.py",
    "tests/test_compat.py",
    "tests/training/test_training.py",
]
QUICK = {
    "mxnet": FRAMEWORK,
    "torch": [
        *FRAMEWORK,
        "tests/arguments",
        "tests/kernels/test_kernels.py",
        "tests/test_plotting.py",
        "tests/test_spectra.py",
        "tests/test_tuning.py",
    ],
}

ALONE = """
import importlib, pkgutil, sys
import d2lutils
from d2lutils import engines
assert engines.available() == (sys.argv[1],), engines.available()
for module in pkgutil.walk_packages(d2lutils.__path__, "d2lutils."):
    last = module.name.rpartition(".")[2]
    if not last.startswith(("__main__", "_mxnet", "_torch")):
        importlib.import_module(module.name)
assert not {"mxnet", "torch"} & sys.modules.keys()
d2l = importlib.import_module("d2l." + sys.argv[1])
d2l.plot([1, 2], [3, 4])
"""


def version_of(executable):
    code = "import sys; print(*sys.version_info[:2])"
    try:
        printed = subprocess.run(
            [executable, "-c", code], capture_output=True, text=True, timeout=60
        ).stdout
        return tuple(map(int, printed.split()))
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None


def interpreters():
    """The supported interpreters of this machine other than the running one: {(3, 12):
    path}.
    """
    found = {}
    pyenv = (
        pathlib.Path(os.environ.get("PYENV_ROOT", pathlib.Path.home() / ".pyenv"))
        / "versions"
    )
    for version in SUPPORTED:
        name = "python{}.{}".format(*version)
        candidates = [shutil.which(name), *sorted(pyenv.glob(f"*/bin/{name}"))]
        for candidate in filter(None, candidates):
            if version != sys.version_info[:2] and version_of(candidate) == version:
                found[version] = str(candidate)
                break
    return found


def trouble(executable, framework, folder):
    """Install the book with one framework for one interpreter and run what shows that
    it works there; what was printed where it does not, else None.
    """
    python = environment.interpreter(folder)
    option = environment.OPTIONS[framework]
    tested = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    commands = [
        [executable, "tools/install.py", folder, option, "--extra", "test"],
        [python, "-W", "error::UserWarning", "-c", ALONE, framework],
        [*tested, *QUICK[framework]],
    ]
    chapter = pathlib.Path(environment.NOTEBOOKS[framework], CHAPTER)
    if (ROOT / chapter).exists():
        commands.append([*tested, "--nbval", chapter])
    for command in commands:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if done.returncode != 0:
            return f"{done.stdout[-6000:]}\n{done.stderr[-6000:]}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("versions", nargs="*", help="such as 3.13; default: all")
    parser.add_argument(
        "--folder",
        type=pathlib.Path,
        default=ROOT,
        help="where the environments .venv-3.x-FRAMEWORK go",
    )
    parser.add_argument(
        "--ends",
        action="store_true",
        help="only the newest with the first framework and the oldest with the last",
    )
    options = parser.parse_args()
    found = interpreters()
    if not found:
        print("No other supported Python (3.10 to 3.14) on this machine.")
        return 0

    def test(what):
        version, framework = what
        name = "{}.{}".format(*version)
        folder = (options.folder / f".venv-{name}-{framework}").resolve()
        start = time.monotonic()
        told = trouble(found[version], framework, folder)
        seconds = f"{time.monotonic() - start:.0f} s"
        where = f"Python {name} with {environment.NAMES[framework]}"
        said = f"FAILED after {seconds}\n{told}" if told else f"passed after {seconds}"
        print(f"{where}: {said}", flush=True)
        return told is None

    wanted = [
        (version, framework)
        for version in sorted(found, reverse=True)
        if not options.versions or "{}.{}".format(*version) in options.versions
        for framework in environment.frameworks(*environment.machine())
    ]
    # MXNet, which is old, where all else is newest, and PyTorch where all else is old.
    wanted = wanted[:1] + wanted[1:][-1:] if options.ends else wanted
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        passed = sum(pool.map(test, wanted))
    print(f"Pythons: {passed} passed, {len(wanted) - passed} failed")
    return 0 if passed == len(wanted) else 1


if __name__ == "__main__":
    sys.exit(main())
