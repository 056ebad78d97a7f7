"""The environment of the book: what this machine can install, and how it gets there.
tools/install.py starts it.

Standard library only, for it runs before anything is installed. The packages are those
of requirements.txt; what differs between machines and interpreters stands here. An
environment that is up to date is left alone.
"""

import argparse
import hashlib
import importlib.util
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent
OLDEST, NEWEST = (3, 10), (3, 14)
LAST_WITH_PINS = (3, 11)
# What the locks were resolved for, on x86-64 Linux. A reader needs the first one alone;
# each adds to those before it what an extra needs.
LOCKED = (3, 11)
LOCKS = {
    "": "requirements.lock",
    "pdf": "requirements-pdf.lock",
    "test": "requirements-test.lock",
}

# What Colab and Kaggle set.
HOSTED = {"COLAB_RELEASE_TAG", "KAGGLE_KERNEL_RUN_TYPE"}

# The notebooks of each framework.
NOTEBOOKS = {"mxnet": "chapters", "torch": "chapters/pytorch"}
FRAMEWORKS = tuple(NOTEBOOKS)
NAMES = {"mxnet": "MXNet", "torch": "PyTorch"}
OPTIONS = {"mxnet": "--mxnet", "torch": "--pytorch"}

# MXNet 1.9.1 and d2l 1.0.3 ask for packages that have no wheels for Python 3.12 and
# newer, and run without them (d2lutils/_compat.py). setuptools < 81 still brings
# distutils, which MXNet imports.
PINNED = ("mxnet", "d2l", "numpy")
MXNET = ["mxnet==1.9.1", "graphviz==0.8.4"]
D2L = ["d2l==1.0.3"]
BESIDE_MXNET = ["setuptools<81"]
BESIDE_D2L = ["requests>=2.31", "pandas>=2.1", "matplotlib-inline>=0.1.6"]
TORCH = ["torch>=2.2", "torchvision>=0.17"]  # d2l.torch imports torchvision

# How pip and uv say that nobody answered.
NO_NETWORK = (
    "Name or service not known",
    "Temporary failure in name resolution",
    "Failed to establish a new connection",
    "NewConnectionError",
    "Network is unreachable",
    "ProxyError",
    "ConnectTimeoutError",
    "error sending request",
    "dns error",
)


def machine():
    """(system, processor) that the running interpreter was built for."""
    if sysconfig.get_platform() == "win-amd64":  # on an Arm machine, too
        return "Windows", "AMD64"
    return platform.system(), platform.machine()


def frameworks(system, processor):
    """The frameworks that have wheels for a machine, the default first."""
    return {
        ("Linux", "x86_64"): FRAMEWORKS,
        ("Darwin", "x86_64"): ("mxnet",),
        ("Darwin", "arm64"): ("torch",),
        ("Linux", "aarch64"): ("torch",),
        ("Windows", "AMD64"): ("torch",),
    }.get((system, processor), ())


def refusal(wanted=(), system=None, processor=None, version=None):
    """Why the book cannot be installed on this machine, in one sentence; None where it
    can be.

    wanted: frameworks; without any, the machine's default.
    """
    here = (system, processor) if system else machine()
    version = tuple(version or sys.version_info[:2])
    if not OLDEST <= version <= NEWEST:
        found = ".".join(map(str, version))
        return (
            f"The book runs on Python 3.10 to 3.14, and this is {found}: start it with "
            "one of those, such as python3.12 (Windows: py -3.12), or read the "
            "rendered book."
        )
    there = frameworks(*here)
    if not there:
        return (
            "Neither MXNet nor PyTorch has wheels for {} on {}: read the rendered book."
        ).format(*here)
    for name in set(wanted) - set(there):
        return (
            f"{NAMES[name]} has no wheels for {here[0]} on {here[1]}: leave out "
            f"{OPTIONS[name]} (FRAMEWORK), and {NAMES[there[0]]} is installed."
        )
    return None


def default(hosted):
    """The frameworks to install where none is named: on a hosted notebook the one that
    is there, else the one that this machine has wheels for, MXNet first.
    """
    there = (name for name in FRAMEWORKS if hosted and importlib.util.find_spec(name))
    return (*there, *frameworks(*machine()))[:1]


def requirements():
    """The lines of requirements.txt that name packages, but MXNet and what it pins."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf8").splitlines()
    named = [line for line in lines if line and line[0] not in "#-"]
    return [line for line in named if re.match(r"[\w-]+", line)[0] not in PINNED]


def steps(wanted, extras=(), version=None):
    """The arguments of each call of pip, in order, for the `wanted` frameworks."""
    version = tuple(version or sys.version_info[:2])
    lines = ["-e", f".[{','.join(extras)}]" if extras else "."]
    torch = TORCH if "torch" in wanted else []
    if "mxnet" in wanted and version <= LAST_WITH_PINS:
        return [[*lines, "-r", "requirements.txt", *torch]]
    without_pins = D2L + (MXNET if "mxnet" in wanted else [])
    beside = BESIDE_D2L + (BESIDE_MXNET if "mxnet" in wanted else [])
    lines += [*requirements(), *beside, *torch]
    return [lines, ["--no-deps", *without_pins]]


def locked_steps(wanted, extras=(), system=None, version=None):
    """As `steps`, with every package in the version and with the checksum that the
    locks name.

    The locks cover the book with MXNet, and its tests. PyTorch comes by its version
    alone: its CPU and GPU builds are different files under one number.
    """
    system, version = (
        system or platform.system(),
        tuple(version or sys.version_info[:2]),
    )
    if system != "Linux" or version != LOCKED or "mxnet" not in wanted:
        found = f"{'.'.join(map(str, version))} on {system}"
        raise SystemExit(
            f"requirements.lock is for MXNet on Python 3.11 on Linux, and this is "
            f"{' and '.join(NAMES[name] for name in wanted)} on {found}: "
            "leave out LOCKED=1 (--locked)."
        )
    order = list(LOCKS)
    last = max(order.index(name) for name in ["", *extras] if name in order)
    named = [argument for name in order[: last + 1] for argument in ("-r", LOCKS[name])]
    lines = [["--require-hashes", "--no-deps", *named]]
    lines.append(["--no-deps", "--no-build-isolation", "-e", "."])
    return [*lines, TORCH] if "torch" in wanted else lines


def interpreter(folder):
    """The Python of a virtual environment."""
    inside = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return folder.joinpath(*inside)


def installer(python):
    """The command that installs packages under `python`: uv's where uv is here, which
    takes seconds instead of minutes, else pip's.
    """
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--quiet", "--python", python]
    return [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]


def install(python, wanted):
    """Install each of the `wanted` lists of arguments under `python`; stop with a
    sentence if one fails.
    """
    for arguments in wanted:
        done = subprocess.run(
            [*installer(python), *arguments],
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
            "The book could not be installed; the installer's message is above. "
            "The same command goes on where it stopped."
        )


def make(folder):
    """A new virtual environment in `folder`; stop with a sentence where there can be
    none.
    """
    try:
        # Links, as `python -m venv` makes them: a Python that was unpacked somewhere
        # does not find its library from a copy of itself.
        links = os.name != "nt"
        venv.create(folder, with_pip=True, clear=True, symlinks=links)
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
    """Bring the environment in `folder` up to the `wanted` calls of pip; nothing is
    done where they were done already.

    An environment belongs to the interpreter that made it and to its place, whose full
    path its programs hold. What was installed from other requirements, or with the
    locks where this time is without them, does not count.
    """
    names = ("requirements.txt", *LOCKS.values(), "pyproject.toml")
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
        install(interpreter(folder), wanted)
        stamp.touch()
    except OSError as error:
        raise SystemExit(
            f"The book cannot be installed into {folder}: {error}."
        ) from None


def add_options(parser):
    """The options of everything that installs the book."""
    for name, option in OPTIONS.items():
        parser.add_argument(
            option,
            dest="frameworks",
            action="append_const",
            const=name,
            help=f"with {NAMES[name]} (both can be had); default: as the environment "
            "was made, else MXNet where it has wheels and PyTorch elsewhere",
        )
    parser.add_argument(
        "--extra", action="append", default=[], help="test, pdf or cluster"
    )
    parser.add_argument(
        "--locked",
        action=argparse.BooleanOptionalAction,
        help="exactly what the locks name; default: as the environment was made",
    )


def remembered(folder):
    """(frameworks, locked) of an environment, as it was made; () and False without."""
    try:
        told = (folder / "choice").read_text(encoding="utf8").split()
    except OSError:
        return (), False
    return tuple(name for name in told if name in FRAMEWORKS), "locked" in told


def choose(options, folder=None):
    """(frameworks, locked): what `options` say, else what `folder` remembers, else what
    is right for this machine.
    """
    chosen, locked = remembered(folder) if folder else ((), False)
    if options.frameworks:
        chosen = tuple(name for name in FRAMEWORKS if name in options.frameworks)
    if options.locked is not None:
        locked = options.locked
    if (reason := refusal(chosen)) is not None:
        raise SystemExit(reason)
    return chosen or default(hosted=folder is None), locked


def prepare(options, folder=None):
    """Install what the options ask for into a virtual environment, without a folder
    into the running interpreter; the frameworks.
    """
    chosen, locked = choose(options, folder)
    wanted = (locked_steps if locked else steps)(chosen, options.extra)
    if folder is None:
        install(sys.executable, wanted)
    else:
        update(folder, wanted, locked)
        told = " ".join([*chosen, *(["locked"] if locked else [])])
        (folder / "choice").write_text(told, encoding="utf8")
    return chosen


def what_to_open(chosen):
    """One sentence for who has installed the book."""
    places = [f"{NOTEBOOKS[name]}/*.ipynb ({NAMES[name]})" for name in chosen]
    return f"Open {' or '.join(places)}: `python tools/make.py lab`, or `make lab`."


def main():
    parser = argparse.ArgumentParser(
        prog="tools/install.py",
        description="Install the book into a virtual environment.",
    )
    parser.add_argument(
        "folder",
        type=pathlib.Path,
        nargs="?",
        help="of the virtual environment; default: .venv",
    )
    parser.add_argument(
        "--here",
        action="store_true",
        help="into the running interpreter; default on a hosted notebook",
    )
    add_options(parser)
    options = parser.parse_args()
    here = options.here or (options.folder is None and HOSTED & os.environ.keys())
    chosen = prepare(options, None if here else options.folder or ROOT / ".venv")
    print(what_to_open(chosen))
