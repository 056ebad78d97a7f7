"""The installer knows which machines can run the book and says so before it installs
anything.
"""

import ast
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile

import environment
import install
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import d2lutils

ROOT = pathlib.Path(install.__file__).parent.parent


@pytest.mark.parametrize("version", [(3, 10), (3, 11), (3, 12), (3, 13)])
@pytest.mark.parametrize("system", ["Linux", "Darwin"])
def test_supported_machines_are_not_refused(system, version):
    assert environment.refusal(system, "x86_64", version) is None


@pytest.mark.parametrize(
    ("machine", "words"),
    [
        (
            ("Linux", "aarch64", (3, 11)),
            ["x86-64 Linux and Intel macOS", "aarch64", "PyTorch engine"],
        ),
        (
            ("Darwin", "arm64", (3, 11)),
            ["x86-64 Linux and Intel macOS", "arm64", "PyTorch engine"],
        ),
        (
            ("Windows", "AMD64", (3, 11)),
            ["x86-64 Linux and Intel macOS", "Windows", "rendered book"],
        ),
        (
            ("Linux", "x86_64", (3, 9)),
            ["Python 3.10 to 3.13", "3.9", "PYTHON=python3.11"],
        ),
        (
            ("Linux", "x86_64", (3, 14)),
            ["Python 3.10 to 3.13", "3.14", "PYTHON=python3.11"],
        ),
    ],
)
def test_other_machines_are_told_what_to_use_instead_in_one_sentence(machine, words):
    reason = environment.refusal(*machine)
    assert all(word in reason for word in words)
    assert "\n" not in reason


def test_a_refused_machine_gets_nothing_half_installed(tmp_path):
    code = f"import sys, platform; platform.machine = lambda: 'aarch64'; sys.argv[1:] = [{str(tmp_path / 'venv')!r}]"
    code += f"; sys.path.insert(0, {str(ROOT / 'tools')!r})"
    script = f"import runpy\n{code}\nrunpy.run_path({install.__file__!r}, run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "MXNet has wheels for" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "venv").exists()


def test_old_pins_are_left_out_where_they_have_no_wheels():
    assert len(environment.steps(version=(3, 11))) == 1
    with_pins, without = environment.steps(version=(3, 12))
    assert without[0] == "--no-deps"
    assert "mxnet==1.9.1" in without
    assert not any("mxnet" in argument for argument in with_pins)


def locked(name):
    """{package: version} of a lock; each entry has its checksums."""
    found = {}
    for entry in re.split(r"\n(?=[a-z0-9])", (ROOT / name).read_text()):
        if package := re.match(r"([a-z0-9_.-]+)==(\S+)", entry):
            found[canonicalize_name(package[1])] = package[2]
            assert "--hash=sha256:" in entry, package[0]
    return found


def test_the_locks_hold_what_the_requirements_ask_for_with_checksums():
    tomllib = pytest.importorskip("tomllib")  # since Python 3.11, which the lock is for
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    reader = [line for line in lines if line and line[0] not in "#-"]
    reader += project["dependencies"]
    readers, tests = map(locked, environment.LOCKS)
    assert not readers.keys() & tests.keys()
    python = {
        "python_version": ".".join(map(str, environment.LOCKED)),
        "python_full_version": "3.11.0",
    }
    for lock, wanted in (
        (readers, reader),
        (readers | tests, project["optional-dependencies"]["test"]),
    ):
        for requirement in map(Requirement, wanted):
            if requirement.marker is None or requirement.marker.evaluate(python):
                version = lock[canonicalize_name(requirement.name)]
                assert requirement.specifier.contains(version), requirement


def test_readers_get_nothing_that_only_tests_need():
    (named, *_), (all_of_it, *_) = (
        environment.locked_steps(extras, "Linux", (3, 11)) for extras in ([], ["test"])
    )
    assert "requirements-test.lock" not in named
    assert "requirements-test.lock" in all_of_it
    assert not locked("requirements.lock").keys() & {"ruff", "playwright", "mypy"}


def test_the_lock_is_for_one_python_on_one_system():
    assert (
        environment.locked_steps(["test"], "Linux", (3, 11))[0][0] == "--require-hashes"
    )
    with pytest.raises(
        SystemExit,
        match=r"for Python 3\.11 on Linux, and this is 3\.12 on Linux: leave out "
        r"LOCKED=1",
    ):
        environment.locked_steps([], "Linux", (3, 12))


def test_there_is_one_version_number():
    told = [
        re.search(r'^version[ :="]+([\d.]+)', (ROOT / name).read_text(), re.M)[1]
        for name in ("pyproject.toml", "CITATION.cff")
    ]
    assert told == [d2lutils.__version__] * 2


def test_any_python_can_read_the_installer():
    """It has nothing that is younger than Python 2.7, and those that are here answer
    with one sentence.
    """
    tree = ast.parse(pathlib.Path(install.__file__).read_text())
    young = (ast.JoinedStr, ast.NamedExpr, ast.AnnAssign, ast.Starred, ast.Nonlocal)
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, young)]
    pyenv = os.environ.get("PYENV_ROOT", pathlib.Path.home() / ".pyenv")
    for python in pathlib.Path(pyenv, "versions").glob("[23].[6-9].*/bin/python"):
        done = subprocess.run(
            [python, install.__file__, "nowhere"], capture_output=True
        )
        assert done.returncode == 1
        assert done.stderr.startswith(b"The book runs on Python 3.10 to 3.13, and this")
        assert done.stderr.count(b"\n") == 1


def make(*arguments):
    """What make would run for `arguments`, in a folder with a blank and an umlaut in
    its name.
    """
    # The tests may run under a make that was told LOCKED=1.
    ours = {"MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "LOCKED", "EXTRAS"}
    free = {name: value for name, value in os.environ.items() if name not in ours}
    done = subprocess.run(
        ["make", "-n", *arguments], capture_output=True, text=True, cwd=ROOT, env=free
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_make_understands_yes_and_no():
    assert "--locked" in make("book", "LOCKED=1")
    for no in ("LOCKED=0", "LOCKED=no", "LOCKED=false"):
        assert re.search(r'install.py "\.venv" --no-locked$', make("book", no), re.M)
    assert re.search(r'install.py "\.venv" *$', make("book"), re.M)


def test_make_can_live_in_a_folder_with_blanks():
    """Each mention of the environment is quoted."""
    for goal in (
        "book",
        "pdf",
        "lint",
        "test-library",
        "test-notebooks",
        "test-book",
        "lab",
        "record",
    ):
        text = make(goal, "VENV=a b/ü", "PYTHON=/a b/python")
        assert "a b/" in text
        assert re.sub(r'"[^"]*a b/[^"]*"', "", text).count("a b/") == 0


@pytest.fixture
def fake_pip(tmp_path):
    """fake_pip(says, code): a Python whose pip says something on stderr and ends with a
    code.
    """

    def make(says, code):
        python = tmp_path / "python"
        python.write_text(f"#!/bin/sh\necho '{says}' >&2\nexit {code}\n")
        python.chmod(0o755)
        return str(python)

    return make


def test_without_network_one_sentence_says_so(fake_pip, capfd):
    said = (
        "Failed to establish a new connection: "
        "[Errno -3] Temporary failure in name resolution"
    )
    with pytest.raises(SystemExit, match=r"no network, or no answer") as stopped:
        environment.install(fake_pip(said, 1), [["anything"]])
    assert "\n" not in str(stopped.value)
    assert capfd.readouterr().err == ""


def test_what_pip_says_is_shown_where_it_failed(fake_pip, capfd):
    with pytest.raises(SystemExit, match="its message is above"):
        environment.install(fake_pip("no space left", 1), [["anything"]])
    assert "no space left" in capfd.readouterr().err
    environment.install(fake_pip("a warning", 0), [["anything"]])


def test_an_environment_is_made_once_and_anew_where_it_was_moved_or_left_half(
    tmp_path, monkeypatch, capsys
):
    made, installed = [], []

    def create(folder, **_):
        made.append(folder)
        folder.mkdir(exist_ok=True)

    monkeypatch.setattr(environment.venv, "create", create)
    monkeypatch.setattr(environment, "install", lambda *given: installed.append(given))
    folder = tmp_path / "env"
    environment.update(folder, [["a"]])
    environment.update(folder, [["a"]])
    assert (len(made), len(installed)) == (1, 1)
    environment.update(folder, [["b"]])
    assert (len(made), len(installed)) == (1, 2)
    (folder / "made-by").unlink()  # as if it had been killed before
    (folder / "made-in").unlink()
    environment.update(folder, [["c"]])
    assert (len(made), len(installed)) == (2, 3)
    folder.rename(tmp_path / "elsewhere")
    environment.update(tmp_path / "elsewhere", [["c"]])
    assert (len(made), len(installed)) == (3, 4)


def test_an_environment_stays_with_its_locks_until_told_otherwise(
    tmp_path, monkeypatch
):
    """And what was installed before a change of mind is installed again after it."""
    installed = []
    monkeypatch.setattr(
        environment.venv, "create", lambda f, **_: f.mkdir(exist_ok=True)
    )
    monkeypatch.setattr(
        environment, "install", lambda _, wanted: installed.append(wanted)
    )
    monkeypatch.setattr(environment, "refusal", lambda: None)
    monkeypatch.setattr(environment, "LOCKED", sys.version_info[:2])
    monkeypatch.setattr(environment.platform, "system", lambda: "Linux")

    def run(*arguments):
        monkeypatch.setattr(
            sys, "argv", ["install.py", str(tmp_path / "env"), *arguments]
        )
        before = len(installed)
        environment.main()
        return ["--require-hashes" in wanted[0] for wanted in installed[before:]]

    assert run("--locked") == [True]
    assert run() == []
    assert run("--extra", "test") == [True]
    assert run("--no-locked") == [False]
    assert run() == []
    assert run("--locked") == [True]


def test_a_place_where_nothing_can_be_written_is_named_in_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "env"):
        with pytest.raises(
            SystemExit, match=r"^(No virtual|The book cannot)[^\n]*file"
        ):
            environment.update(folder, [])


def test_a_source_archive_has_the_library_and_no_test(tmp_path):
    """What a test needs does not fit into the archive, so that there are none."""
    copy = tmp_path / "book"
    shutil.copytree(ROOT / "d2lutils", copy / "d2lutils")
    shutil.copytree(ROOT / "tests", copy / "tests")
    for name in ("pyproject.toml", "README.md", "LICENSE", "MANIFEST.in"):
        shutil.copy(ROOT / name, copy)
    code = "from setuptools.build_meta import build_sdist; build_sdist('.')"
    subprocess.run(
        [sys.executable, "-c", code], cwd=copy, check=True, capture_output=True
    )
    with tarfile.open(next(copy.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"d2lutils/__init__.py", "pyproject.toml", "LICENSE"} <= names
    assert not [name for name in names if name.startswith(("tests", "chapters"))]
