"""Make an environment and install the book into it: `python tools/install.py FOLDER [--extra NAME ...] [--locked]`.

Standard library only, for it runs before anything is installed. The packages are those of requirements.txt;
what differs between interpreters stands here. A folder that is up to date is left alone. Without a folder the
book goes into the running interpreter, which is what a hosted notebook wants.
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
LOCKED = (3, 11)  # what requirements.lock was resolved for, on x86-64 Linux

# MXNet 1.9.1 and d2l 1.0.3 ask for packages that have no wheels for Python 3.12 and newer, and run without
# them (d2lutils/compat.py). setuptools < 81 still brings distutils, which MXNet imports.
WITHOUT_PINS = ["mxnet==1.9.1", "d2l==1.0.3", "graphviz==0.8.4"]
BESIDE = ["setuptools<81", "requests>=2.31", "pandas>=2.1", "matplotlib-inline>=0.1.6"]


def refusal(system=None, machine=None, version=None):
    """Why the book cannot be installed on this machine, in one sentence; None where it can be."""
    system, machine = system or platform.system(), machine or platform.machine()
    version = tuple(version or sys.version_info[:2])
    instead = "use the rendered book, or `pip install .[torch]` for the library with its PyTorch engine"
    if (system, machine) not in (("Linux", "x86_64"), ("Darwin", "x86_64")):
        return f"MXNet has wheels for x86-64 Linux and Intel macOS only, and this is {system} on {machine}: {instead}."
    if not OLDEST <= version <= NEWEST:
        found = ".".join(map(str, version))
        return f"The book runs on Python 3.10 to 3.13, and this is {found}: use `make PYTHON=python3.11`, or {instead}."
    return None


def steps(extras=(), minimal=False, version=None):
    """The arguments of each call of pip, in order.

    minimal: only what the library and one notebook need, for a quick test of an interpreter.
    """
    version = tuple(version or sys.version_info[:2])
    package = f".[{','.join(extras)}]" if extras else "."
    lines = ["-e", package] + (
        ["ipykernel", "nbval==0.11.0"] if minimal else ["-r", "requirements.txt"]
    )
    if version <= LAST_WITH_PINS:
        return [
            lines + (["mxnet==1.9.1", "d2l==1.0.3", "numpy==1.23.5"] if minimal else [])
        ]
    return [lines + BESIDE, ["--no-deps", *WITHOUT_PINS]]


def locked_steps(extras=(), system=None, version=None):
    """As `steps`, with every package in the version and with the checksum that requirements.lock names.

    The lock covers the book and its tests. PyTorch (extra "torch") comes by its version alone: its CPU and GPU
    builds are different files under one number.
    """
    system, version = (
        system or platform.system(),
        tuple(version or sys.version_info[:2]),
    )
    if system != "Linux" or version != LOCKED:
        found = f"{'.'.join(map(str, version))} on {system}"
        raise SystemExit(
            f"requirements.lock is for Python 3.11 on Linux, and this is {found}: leave out --locked."
        )
    lines = [["--require-hashes", "--no-deps", "-r", "requirements.lock"]]
    lines.append(["--no-deps", "--no-build-isolation", "-e", "."])
    return [*lines, ["torch"]] if "torch" in extras else lines


def install(python, wanted):
    """Run pip under `python` for each of the `wanted` lists of arguments; stop with a sentence if one fails."""
    for arguments in wanted:
        command = [
            python,
            "-m",
            "pip",
            "install",
            "-qq",
            "--disable-pip-version-check",
            *arguments,
        ]
        if subprocess.run(command, cwd=ROOT).returncode != 0:
            raise SystemExit(
                "pip could not install the book; its message is above. The same command resumes."
            )


def main():
    parser = argparse.ArgumentParser(
        description="Install the book into a virtual environment."
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
        "--locked", action="store_true", help="exactly what requirements.lock names"
    )
    options = parser.parse_args()
    if (reason := refusal()) is not None:
        raise SystemExit(reason)

    wanted = (
        locked_steps(options.extra)
        if options.locked
        else steps(options.extra, options.minimal)
    )
    if options.folder is None:
        install(sys.executable, wanted)
        return
    described = ("requirements.txt", "requirements.lock", "pyproject.toml")
    content = "".join((ROOT / name).read_text(encoding="utf8") for name in described)
    digest = hashlib.sha256(f"{content}{wanted}{sys.version}".encode()).hexdigest()
    stamp = options.folder / f"installed-{digest[:16]}"
    if stamp.exists():
        return
    print(
        f"installing into {options.folder} (a few minutes the first time) ...",
        flush=True,
    )
    made_by = options.folder / "made-by"
    if not made_by.exists() or made_by.read_text() != sys.version:
        venv.create(options.folder, with_pip=True, clear=True)
        made_by.write_text(sys.version)
    install(options.folder / "bin" / "python", wanted)
    stamp.touch()


if __name__ == "__main__":
    main()
