"""A newer NumPy stays as it is until MXNet is imported, and has all names then."""

import subprocess
import sys

import pytest

FALLBACK = """
import numpy as onp
kept, gone, deep = onp.mean, onp.a_name_of_old, onp.linalg.another_one
assert (onp.PZERO, onp.sometrue, onp.float) == (0.0, onp.any, float)
"""


@pytest.fixture
def run(tmp_path):
    """run(code): what it prints where NumPy is new and MXNet is a package of a page."""
    package = tmp_path / "mxnet"
    (package / "numpy").mkdir(parents=True)
    (package / "__init__.py").write_text("from mxnet.numpy import fallback\nx = 3\n")
    (package / "numpy" / "__init__.py").touch()
    (package / "numpy" / "fallback.py").write_text(FALLBACK)
    start = f"""
import sys, warnings
import numpy as np
sys.path.insert(0, {str(tmp_path)!r})
np.__version__ = "2.0.0"
names = set(["PZERO", "sometrue", "float", "a_name_of_old"])
for name in names:
    vars(np).pop(name, None)
import d2lutils, importlib.util
"""

    def run(code):
        command = [sys.executable, "-W", "error", "-c", start + code]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    return run


def test_without_mxnet_numpy_stays_as_it_is(run):
    look = "importlib.util.find_spec('mxnet'); import d2lutils.engines as engines\n"
    look += "print(*engines.available()); "
    told = run(f"{look}print(names & set(vars(np)))")
    assert "mxnet" in told  # it was looked for, and found
    assert told[-1] == "set()"


def test_mxnet_finds_the_names_that_it_asks_for(run):
    told = run("import mxnet; print(mxnet.x, names <= set(vars(np)))")
    assert told == ["3", "True"]
    told = run("""
import mxnet
try:
    np.a_name_of_old(1)
except AttributeError as error:
    print(error)
import importlib
print(importlib.reload(mxnet).x, mxnet.__spec__.loader.get_source("mxnet")[-6:])
""")
    assert " ".join(told).startswith("numpy.a_name_of_old was removed in NumPy 1.24")
    assert told[-4:] == ["3", "x", "=", "3"]


LATER = """
import sys
import d2lutils
from d2l import torch as d2l
print("torchvision" in sys.modules, "pandas" in sys.modules)
print(d2l.torchvision.transforms.Resize is d2l.transforms.Resize)
import torchvision
print(d2l.torchvision.ops is torchvision.ops, hasattr(d2l.transforms, "nothing"))
import pandas
print(d2l.pd.DataFrame is pandas.DataFrame)
"""


def test_torchvision_and_pandas_are_imported_when_they_are_asked_for():
    pytest.importorskip("torch")
    command = [sys.executable, "-c", LATER]
    done = subprocess.run(command, capture_output=True, text=True)
    told = ["False", "False", "True", "True", "False", "True"]
    assert done.stdout.split() == told, done.stderr


WITHOUT = """
import sys
import d2lutils
from d2l import mxnet as d2l
print(*({"sklearn", "sklearn.base", "pandas"} & sys.modules.keys()))
import pandas, sklearn.base
print(d2l.pd.read_csv is pandas.read_csv, sklearn.base.BaseEstimator.__name__)
"""


def test_mxnet_and_d2l_leave_out_what_hardly_serves_them():
    pytest.importorskip("mxnet")
    command = [sys.executable, "-c", WITHOUT]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout == "\nTrue BaseEstimator\n", done.stderr
