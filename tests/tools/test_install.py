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
import make as readers
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import d2lutils

ROOT = pathlib.Path(install.__file__).parent.parent


PYTHONS = [(3, 10), (3, 11), (3, 12), (3, 13), (3, 14)]


@pytest.mark.parametrize("version", PYTHONS)
@pytest.mark.parametrize(
    ("machine", "frameworks"),
    [
        (("Linux", "x86_64"), ("mxnet", "torch")),
        (("Darwin", "x86_64"), ("mxnet",)),
        (("Darwin", "arm64"), ("torch",)),
        (("Linux", "aarch64"), ("torch",)),
        (("Windows", "AMD64"), ("torch",)),
    ],
)
def test_each_machine_gets_what_has_wheels_there(machine, frameworks, version):
    assert environment.frameworks(*machine) == frameworks
    assert environment.refusal(frameworks, *machine, version) is None


@pytest.mark.parametrize(
    ("wanted", "machine", "words"),
    [
        ([], ("Linux", "riscv64", (3, 11)), ["riscv64", "rendered book"]),
        ([], ("Windows", "ARM64", (3, 13)), ["Windows on ARM64", "rendered book"]),
        (["mxnet"], ("Windows", "AMD64", (3, 11)), ["MXNet", "PyTorch is installed"]),
        (["mxnet", "torch"], ("Darwin", "x86_64", (3, 11)), ["PyTorch has no wheels"]),
        ([], ("Linux", "x86_64", (3, 9)), ["3.10 to 3.14", "is 3.9", "py -3.12"]),
        ([], ("Darwin", "arm64", (3, 15)), ["3.10 to 3.14", "is 3.15", "rendered"]),
    ],
)
def test_other_machines_are_told_what_to_use_instead_in_one_sentence(
    wanted, machine, words
):
    reason = environment.refusal(wanted, *machine)
    assert all(word in reason for word in words)
    assert "\n" not in reason


def test_a_refused_machine_gets_nothing_half_installed(tmp_path):
    code = f"import sys, platform; platform.machine = lambda: 'riscv64'; sys.argv[1:] = [{str(tmp_path / 'venv')!r}]"
    code += f"; sys.path.insert(0, {str(ROOT / 'tools')!r})"
    script = f"import runpy\n{code}\nrunpy.run_path({install.__file__!r}, run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "Neither MXNet nor PyTorch" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "venv").exists()


def test_a_hosted_notebook_keeps_the_framework_that_it_has(monkeypatch):
    """Colab and Kaggle bring PyTorch; a new environment on the same machine gets
    MXNet.
    """
    monkeypatch.setattr(environment, "machine", lambda: ("Linux", "x86_64"))
    monkeypatch.setattr(
        environment.importlib.util, "find_spec", lambda name: name == "torch" or None
    )
    assert environment.default(hosted=True) == ("torch",)
    assert environment.default(hosted=False) == ("mxnet",)


@pytest.mark.parametrize("version", PYTHONS)
def test_old_pins_are_only_where_mxnet_has_them(version):
    pinned = environment.steps(["mxnet", "torch"], version=version)
    assert (pinned[0][2:4] == ["-r", "requirements.txt"]) is (version < (3, 12))
    named, bare = environment.steps(["torch"], ["test"], version)
    assert named[:2] == ["-e", ".[test]"]
    assert {"torch>=2.2", "torchvision>=0.17", "jupyterlab>=4"} <= set(named)
    assert not [line for line in named if line.startswith(("mxnet", "numpy", "d2l"))]
    assert bare == ["--no-deps", "d2l==1.0.3"]
    if version > (3, 11):
        named, bare = environment.steps(["mxnet"], version=version)
        assert "mxnet==1.9.1" in bare
        assert "setuptools<81" in named
        assert not [line for line in named if "torch" in line]


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
    readers, pdf, tests = map(locked, environment.LOCKS.values())
    assert not readers.keys() & (pdf | tests).keys() | pdf.keys() & tests.keys()
    extras = project["optional-dependencies"]
    assert set(extras["pdf"]) <= set(extras["test"])
    python = {
        "python_version": ".".join(map(str, environment.LOCKED)),
        "python_full_version": "3.11.0",
    }
    for lock, wanted in (
        (readers, reader),
        (readers | pdf, extras["pdf"]),
        (readers | pdf | tests, extras["test"]),
    ):
        for requirement in map(Requirement, wanted):
            if requirement.marker is None or requirement.marker.evaluate(python):
                version = lock[canonicalize_name(requirement.name)]
                assert requirement.specifier.contains(version), requirement


def test_readers_get_nothing_that_only_tests_need():
    def named(*extras):
        return environment.locked_steps(["mxnet"], extras, "Linux", (3, 11))[0]

    assert named()[2:] == ["-r", "requirements.lock"]
    assert named("pdf")[2:] == [*named()[2:], "-r", "requirements-pdf.lock"]
    assert named("test")[2:] == [*named("pdf")[2:], "-r", "requirements-test.lock"]
    testing = {"pytest", "nbval", "coverage", "ruff", "mypy", "hypothesis"}
    assert not locked("requirements.lock").keys() & (testing | {"playwright"})
    assert not locked("requirements-pdf.lock").keys() & testing


@pytest.mark.parametrize(
    ("wanted", "version", "found"),
    [(["mxnet"], (3, 12), "MXNet on 3.12"), (["torch"], (3, 11), "PyTorch on 3.11")],
)
def test_the_lock_is_for_one_framework_on_one_python(wanted, version, found):
    with pytest.raises(SystemExit) as stopped:
        environment.locked_steps(wanted, [], "Linux", version)
    assert f"this is {found} on Linux: leave out LOCKED=1" in str(stopped.value)
    *_, torch = environment.locked_steps(["mxnet", "torch"], [], "Linux", (3, 11))
    assert torch == environment.TORCH


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
        assert done.stderr.startswith(b"The book runs on Python 3.10 to 3.14, and this")
        assert done.stderr.count(b"\n") == 1


def make(*arguments):
    """What make would run for `arguments`, in a folder with a blank and an umlaut in
    its name.
    """
    # The tests may run under a make that was told LOCKED=1.
    ours = {"MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "LOCKED"}
    ours |= {"FRAMEWORK", "EXTRAS"}
    free = {name: value for name, value in os.environ.items() if name not in ours}
    done = subprocess.run(
        ["make", "-n", *arguments], capture_output=True, text=True, cwd=ROOT, env=free
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_make_understands_yes_and_no():
    assert "--locked" in make("book", "LOCKED=1")
    for no in ("LOCKED=0", "LOCKED=no", "LOCKED=false"):
        assert re.search(
            r'make.py --folder "\.venv" --no-locked +book$', make("book", no), re.M
        )
    assert re.search(r'make.py --folder "\.venv" +book$', make("book"), re.M)
    assert "--mxnet --pytorch" in make("lint", "FRAMEWORK=mxnet pytorch")


@pytest.fixture
def reader(monkeypatch, tmp_path):
    """reader(goal, names): what Python is told by tools/make.py, which installs
    nothing.
    """
    monkeypatch.setattr(
        readers.environment, "update", lambda *_: tmp_path.mkdir(exist_ok=True)
    )

    def run(*arguments):
        told = []

        def note(command, **_):
            told.append(command[1:])
            return subprocess.CompletedProcess(command, 0)

        monkeypatch.setattr(readers.subprocess, "run", note)
        monkeypatch.setattr(
            sys, "argv", ["make.py", "--folder", str(tmp_path), *arguments]
        )
        readers.main()
        return told

    return run


def test_each_goal_of_a_reader_is_there_without_make(reader, monkeypatch, capsys):
    monkeypatch.setattr(environment, "machine", lambda: ("Windows", "AMD64"))
    ((*_, build),) = [reader("book")]
    assert build[2:4] == ["build", "."]
    assert re.fullmatch(
        r"The book is at file:///\S+/index.html\n", capsys.readouterr().out
    )
    assert reader("pdf")[1][0] == "tools/make_pdf.py"
    assert reader("notebooks", "risk") == [["tools/notebooks.py", "sync", "risk"]]
    assert reader("record") == [["-m", "d2lutils.runs", "list"]]
    assert reader("record", "ntk-order")[0][-2:] == ["record", "ntk-order"]
    assert reader("lab")[0][-1].endswith("=/lab/tree/pytorch")
    monkeypatch.setattr(environment, "machine", lambda: ("Linux", "x86_64"))
    assert reader("lab")[0][-1].endswith("=/lab/tree/pytorch")  # as it was made
    assert reader("lab", "--mxnet")[0][-1].endswith("=/lab/tree/")


@pytest.mark.parametrize(
    ("vendor", "family", "framework", "told"),
    [
        ("AuthenticAMD", 26, "mxnet", {"OPENBLAS_CORETYPE": "Haswell"}),
        ("AuthenticAMD", 26, "torch", {}),
        ("AuthenticAMD", 25, "mxnet", {}),
        ("GenuineIntel", 26, "mxnet", {}),
    ],
)
def test_what_openblas_is_told_on_new_processors(
    tmp_path, vendor, family, framework, told
):
    description = tmp_path / "cpuinfo"
    assert readers.settings([framework], description) == {}  # not on Linux
    description.write_text(
        f"vendor_id\t: {vendor}\ncpu family\t: {family}\nmodel\t: 2\n"
    )
    assert readers.settings([framework], description) == told


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
def fake_pip(tmp_path, monkeypatch):
    """fake_pip(says, code): a Python whose pip says something on stderr and ends with a
    code.
    """
    monkeypatch.setattr(environment.shutil, "which", lambda _: None)

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
    with pytest.raises(SystemExit, match="message is above"):
        environment.install(fake_pip("no space left", 1), [["anything"]])
    assert "no space left" in capfd.readouterr().err
    environment.install(fake_pip("a warning", 0), [["anything"]])


def test_uv_installs_where_it_is_here_and_its_want_of_a_network_is_told(
    tmp_path, monkeypatch, capfd
):
    uv = tmp_path / "uv"
    uv.write_text('#!/bin/sh\necho "$@" >&2\n[ "$6" = right ]\n')
    uv.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    environment.install("/python", [["right"]])
    with pytest.raises(SystemExit, match="message is above"):
        environment.install("/python", [["wrong"]])
    assert capfd.readouterr().err == "pip install --quiet --python /python wrong\n"
    with pytest.raises(SystemExit, match="no network"):
        environment.install("/python", [["error sending request"]])


def test_the_environment_of_windows_is_built_otherwise(monkeypatch):
    folder = pathlib.PurePath("env")
    assert environment.interpreter(folder).as_posix() == "env/bin/python"
    monkeypatch.setattr(environment.os, "name", "nt")
    assert environment.interpreter(folder).as_posix() == "env/Scripts/python.exe"


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


def test_an_environment_stays_as_it_was_made_until_told_otherwise(
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
    monkeypatch.setattr(environment, "machine", lambda: ("Linux", "x86_64"))
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
    assert run("--pytorch", "--no-locked") == [False]
    assert run("--extra", "test") == [False]
    assert installed[-1][1] == ["--no-deps", "d2l==1.0.3"]


def test_one_sentence_says_what_to_open(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(environment, "update", lambda f, *_: f.mkdir(exist_ok=True))
    for machine, words in (
        (("Linux", "x86_64"), "Open chapters/*.ipynb (MXNet): "),
        (("Windows", "AMD64"), "Open chapters/pytorch/*.ipynb (PyTorch): "),
    ):
        monkeypatch.setattr(environment, "machine", lambda machine=machine: machine)
        monkeypatch.setattr(sys, "argv", ["install.py", str(tmp_path / machine[0])])
        environment.main()
        told = capsys.readouterr().out
        assert told.startswith(words)
        assert told.count("\n") == 1


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
