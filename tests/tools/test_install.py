"""The installer knows which machines can run the book and says so before it installs anything."""

import pathlib
import re
import subprocess
import sys

import install
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import d2lutils


@pytest.mark.parametrize("version", [(3, 10), (3, 11), (3, 12), (3, 13)])
@pytest.mark.parametrize("system", ["Linux", "Darwin"])
def test_supported_machines_are_not_refused(system, version):
    assert install.refusal(system, "x86_64", version) is None


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
    reason = install.refusal(*machine)
    assert all(word in reason for word in words)
    assert "\n" not in reason


def test_a_refused_machine_gets_nothing_half_installed(tmp_path):
    code = f"import sys, platform; platform.machine = lambda: 'aarch64'; sys.argv[1:] = [{str(tmp_path / 'venv')!r}]"
    script = f"import runpy\n{code}\nrunpy.run_path({install.__file__!r}, run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "MXNet has wheels for" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "venv").exists()


def test_old_pins_are_left_out_where_they_have_no_wheels():
    assert len(install.steps(version=(3, 11))) == 1
    with_pins, without = install.steps(version=(3, 12))
    assert without[0] == "--no-deps"
    assert "mxnet==1.9.1" in without
    assert not any("mxnet" in argument for argument in with_pins)


def test_the_lock_holds_what_the_requirements_ask_for_with_checksums():
    tomllib = pytest.importorskip("tomllib")  # since Python 3.11, which the lock is for
    root = pathlib.Path(install.__file__).parent.parent
    lock = (root / "requirements.lock").read_text()
    locked = {}
    for entry in re.split(r"\n(?=[a-z0-9])", lock):
        if found := re.match(r"([a-z0-9_.-]+)==(\S+)", entry):
            locked[canonicalize_name(found[1])] = found[2]
            assert "--hash=sha256:" in entry, found[0]
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    lines = [
        line
        for line in (root / "requirements.txt").read_text().splitlines()
        if line and line[0] not in "#-"
    ]
    wanted = map(
        Requirement,
        [*lines, *project["dependencies"], *project["optional-dependencies"]["test"]],
    )
    environment = {
        "python_version": ".".join(map(str, install.LOCKED)),
        "python_full_version": "3.11.0",
    }
    for requirement in wanted:
        if requirement.marker is None or requirement.marker.evaluate(environment):
            assert requirement.specifier.contains(
                locked[canonicalize_name(requirement.name)]
            ), requirement


def test_the_lock_is_for_one_python_on_one_system():
    assert install.locked_steps(["test"], "Linux", (3, 11))[0][0] == "--require-hashes"
    with pytest.raises(
        SystemExit,
        match=r"for Python 3\.11 on Linux, and this is 3\.12 on Linux: leave out --locked",
    ):
        install.locked_steps([], "Linux", (3, 12))


def test_there_is_one_version_number():
    root = pathlib.Path(install.__file__).parent.parent
    told = [
        re.search(r'^version[ :="]+([\d.]+)', (root / name).read_text(), re.M)[1]
        for name in ("pyproject.toml", "CITATION.cff")
    ]
    assert told == [d2lutils.__version__] * 2
