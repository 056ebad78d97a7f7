"""A quick test under each other supported Python of this machine: install, import, one
training step, one chapter.

    python tools/test_pythons.py [--folder FOLDER]

Looks for python3.10 to python3.13 on the PATH and among pyenv's versions. Ends with
pytest's kind of closing line.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SUPPORTED = [(3, minor) for minor in range(10, 14)]
CHAPTER = "chapters/risk.ipynb"

TRAINING_STEP = """
import numpy
from d2lutils import engines, networks
from mxnet import autograd, np, npx
from d2l import mxnet as d2l
npx.set_np()
w = np.array([2.0, -1.0]); w.attach_grad()
with autograd.record():
    loss = ((w - 1) ** 2).sum()
loss.backward()
w -= 0.25 * w.grad
assert w.asnumpy().tolist() == [1.5, 0.0], w
print("NumPy", numpy.__version__)
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


def smoke(executable, folder):
    """Install the book for one interpreter and run the smallest things that show that
    it works there.
    """
    python = folder / "bin" / "python"
    nbval = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval"]
    nbval += [CHAPTER]
    for command in (
        [executable, "tools/install.py", folder, "--minimal"],
        [python, "-W", "error::UserWarning", "-c", TRAINING_STEP],
        [python, *nbval],
    ):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if done.returncode != 0:
            print(done.stdout[-6000:], done.stderr[-6000:], sep="\n")
            return False
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument(
        "--folder",
        type=pathlib.Path,
        default=ROOT,
        help="where the environments .venv-3.x go",
    )
    options = parser.parse_args()
    found = interpreters()
    if not found:
        print("No other supported Python (3.10 to 3.13) on this machine.")
        return 0
    failed = []
    for version, executable in found.items():
        name = ".".join(map(str, version))
        start = time.monotonic()
        passed = smoke(executable, (options.folder / f".venv-{name}").resolve())
        print(
            f"Python {name}: {'passed' if passed else 'FAILED'} after "
            f"{time.monotonic() - start:.0f} s",
            flush=True,
        )
        failed += [] if passed else [name]
    print(f"Pythons: {len(found) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
