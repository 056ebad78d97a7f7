"""The environment of the book: what this machine can install, and how it gets there.
tools/install.py starts it.

Standard library only, for it runs before anything is installed. The packages are those
of requirements.txt; what differs between interpreters stands here. An environment that
is up to date is left alone.
"""

import argparse
import hashlib
import pathlib
import platform
import subprocess
import sys
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent
OLDEST, NEWEST = (3, 10), (3, 13)
LAST_WITH_PINS = (3, 11)
# What the locks were resolved for, on x86-64 Linux. The second one adds what the tests
# need.
LOCKED = (3, 11)
LOCKS = ("requirements.lock", "requirements-test.lock")

# MXNet 1.9.1 and d2l 1.0.3 ask for packages that have no wheels for Python 3.12 and
# newer, and run without them (d2lutils/compat.py). setuptools < 81 still brings
# distutils, which MXNet imports.
WITHOUT_PINS = ["mxnet==1.9.1", "d2l==1.0.3", "graphviz==0.8.4"]
BESIDE = ["setuptools<81", "requests>=2.31", "pandas>=2.1", "matplotlib-inline>=0.1.6"]

# How pip says that nobody answered.
NO_NETWORK = (
    "Name or service not known",
    "Temporary failure in name resolution",
    "Failed to establish a new connection",
    "NewConnectionError",
    "Network is unreachable",
    "ProxyError",
    "ConnectTimeoutError",
)


def refusal(system=None, machine=None, version=None):
    """Why the book cannot be installed on this machine, in one sentence; None where it
    can be.
    """
    system, machine = system or platform.system(), machine or platform.machine()
    version = tuple(version or sys.version_info[:2])
    instead = (
        "use the rendered book, or `pip install .[torch]` for the library with its "
        "PyTorch engine"
    )
    if (system, machine) not in (("Linux", "x86_64"), ("Darwin", "x86_64")):
        return (
            "MXNet has wheels for x86-64 Linux and Intel macOS only, "
            f"and this is {system} on {machine}: {instead}."
        )
    if not OLDEST <= version <= NEWEST:
        found = ".".join(map(str, version))
        return (
            f"The book runs on Python 3.10 to 3.13, and this is {found}: "
            f"use `make PYTHON=python3.11`, or {instead}."
        )
    return None


def steps(extras=(), minimal=False, version=None):
    """The arguments of each call of pip, in order.

    minimal: only what the library and one notebook need, for a quick test of an
    interpreter.
    """
    version = tuple(version or sys.version_info[:2])
    package = f".[{','.join(extras)}]" if extras else "."
    lines = ["-e", package]
    lines += ["ipykernel", "nbval==0.11.0"] if minimal else ["-r", "requirements.txt"]
    if version <= LAST_WITH_PINS:
        pins = ["mxnet==1.9.1", "d2l==1.0.3", "numpy==1.23.5"]
        return [lines + (pins if minimal else [])]
    return [lines + BESIDE, ["--no-deps", *WITHOUT_PINS]]


def locked_steps(extras=(), system=None, version=None):
    """As `steps`, with every package in the version and with the checksum that the
    locks name.

    The locks cover the book and its tests. PyTorch (extra "torch") comes by its version
    alone: its CPU and GPU builds are different files under one number.
    """
    system, version = (
        system or platform.system(),
        tuple(version or sys.version_info[:2]),
    )
    if system != "Linux" or version != LOCKED:
        found = f"{'.'.join(map(str, version))} on {system}"
        raise SystemExit(
            f"requirements.lock is for Python 3.11 on Linux, and this is {found}: "
            "leave out LOCKED=1 (--locked)."
        )
    locks = LOCKS if "test" in extras else LOCKS[:1]
    named = [argument for lock in locks for argument in ("-r", lock)]
    lines = [["--require-hashes", "--no-deps", *named]]
    lines.append(["--no-deps", "--no-build-isolation", "-e", "."])
    return [*lines, ["torch"]] if "torch" in extras else lines


def install(python, wanted):
    """Run pip under `python` for each of the `wanted` lists of arguments; stop with a
    sentence if one fails.
    """
    for arguments in wanted:
        command = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        done = subprocess.run(
            [*command, *arguments],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        if done.returncode == 0:
            continue
        if any(words in done.stderr for words in NO_NETWORK):
            raise SystemExit(
                "The packages of the book could not be fetched: no network, or no "
                "answer from the "
                "package index. The same command goes on where it stopped."
            )
        sys.stderr.write(done.stderr)
        raise SystemExit(
            "pip could not install the book; its message is above. "
            "The same command goes on where it stopped."
        )


def make(folder):
    """A new virtual environment in `folder`; stop with a sentence where there can be
    none.
    """
    try:
        venv.create(folder, with_pip=True, clear=True)
    except subprocess.CalledProcessError:
        raise SystemExit(
            "This Python cannot make a virtual environment with pip in it: install "
            "the package that "
            "brings its `venv` module (python3-venv on Debian and Ubuntu)."
        ) from None
    except (OSError, ValueError) as error:
        raise SystemExit(
            f"No virtual environment can be made in {folder}: {error}."
        ) from None


def fingerprint(*things):
    return hashlib.sha256(repr(things).encode()).hexdigest()[:16]


def update(folder, wanted, locked=False):
    """Bring the environment in `folder` up to what is `wanted`; nothing is done where
    it is there already.

    An environment belongs to the interpreter that made it and to its place, whose full
    path its programs hold. What was installed from other requirements, or with the
    locks where this time is without them, does not count.
    """
    names = ("requirements.txt", *LOCKS, "pyproject.toml")
    described = [(ROOT / name).read_text(encoding="utf8") for name in names]
    made = {"made-in": str(folder.resolve()), "made-by": sys.version}
    basis = fingerprint(described, made, str(ROOT), locked)
    stamp = folder / f"installed-{basis}-{fingerprint(wanted)}"
    try:
        if stamp.exists():
            return
        print(
            f"installing into {folder} (a few minutes the first time) ...", flush=True
        )
        found = {name: folder / name for name in made if (folder / name).exists()}
        # "made-by" is written last: without it, the environment is not whole.
        if "made-by" not in found or any(
            path.read_text(encoding="utf8") != made[name]
            for name, path in found.items()
        ):
            make(folder)
            for name, text in made.items():
                (folder / name).write_text(text, encoding="utf8")
        for old in folder.glob("installed-*"):
            if not old.name.startswith(f"installed-{basis}-"):
                old.unlink()
        install(folder / "bin" / "python", wanted)
        (folder / "locked").touch() if locked else (folder / "locked").unlink(True)
        stamp.touch()
    except OSError as error:
        raise SystemExit(
            f"The book cannot be installed into {folder}: {error}."
        ) from None


def main():
    parser = argparse.ArgumentParser(
        prog="tools/install.py",
        description="Install the book into a virtual environment.",
    )
    parser.add_argument(
        "folder",
        type=pathlib.Path,
        nargs="?",
        help="of the virtual environment; default: none is made",
    )
    parser.add_argument("--extra", action="append", default=[], help="test or torch")
    parser.add_argument(
        "--minimal",
        action="store_true",
        help="only what the library and one notebook need",
    )
    parser.add_argument(
        "--locked",
        action=argparse.BooleanOptionalAction,
        help="exactly what the locks name; default: as the environment was made",
    )
    options = parser.parse_args()
    if (reason := refusal()) is not None:
        raise SystemExit(reason)

    locked = options.locked
    if locked is None:
        locked = options.folder is not None and (options.folder / "locked").exists()
    if locked:
        wanted = locked_steps(options.extra)
    else:
        wanted = steps(options.extra, options.minimal)
    if options.folder is None:
        install(sys.executable, wanted)
    else:
        update(options.folder, wanted, locked)
