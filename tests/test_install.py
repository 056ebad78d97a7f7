"""The installer knows which machines can run the book and says so before it installs anything."""

import subprocess
import sys

import install
import pytest


@pytest.mark.parametrize("version", [(3, 10), (3, 11), (3, 12), (3, 13)])
@pytest.mark.parametrize("system", ["Linux", "Darwin"])
def test_supported_machines_are_not_refused(system, version):
    assert install.refusal(system, "x86_64", version) is None


@pytest.mark.parametrize(
    ("machine", "words"),
    [
        (("Linux", "aarch64", (3, 11)), ["x86-64 Linux and Intel macOS", "aarch64", "PyTorch engine"]),
        (("Darwin", "arm64", (3, 11)), ["x86-64 Linux and Intel macOS", "arm64", "PyTorch engine"]),
        (("Windows", "AMD64", (3, 11)), ["x86-64 Linux and Intel macOS", "Windows", "rendered book"]),
        (("Linux", "x86_64", (3, 9)), ["Python 3.10 to 3.13", "3.9", "PYTHON=python3.11"]),
        (("Linux", "x86_64", (3, 14)), ["Python 3.10 to 3.13", "3.14", "PYTHON=python3.11"]),
    ],
)
def test_other_machines_are_told_what_to_use_instead_in_one_sentence(machine, words):
    reason = install.refusal(*machine)
    assert all(word in reason for word in words)
    assert "\n" not in reason


def test_a_refused_machine_gets_nothing_half_installed(tmp_path):
    code = f"import sys, platform; platform.machine = lambda: 'aarch64'; sys.argv[1:] = [{str(tmp_path / 'venv')!r}]"
    script = f"import runpy\n{code}\nrunpy.run_path({install.__file__!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
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
