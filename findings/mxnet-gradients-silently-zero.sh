#!/usr/bin/env bash
# MXNet's gradient of std, var, percentile, eigvalsh, pinv and polyval is 0, without an
# error.
#
# Expected: A function that automatic differentiation does not support raises an error
#   when it is differentiated; a standard deviation is supported everywhere.
# Happens: `x.std()`, `x.var()`, `np.percentile`, `np.linalg.eigvalsh`,
#   `np.linalg.eigh`, `np.linalg.pinv` and `np.polyval` have no gradient in MXNet, and
#   count as constants: the gradient that comes back is 0, or lacks their share if they
#   are one term of a loss. `((x - x.mean())**2).mean()`, the same variance written out,
#   is right.
# Versions: mxnet 1.9.1, numpy 1.23.5, Python 3.11.
# Matters: A penalty on the spread of activations or on the largest eigenvalue has no
#   effect at all, and the training looks normal. PyTorch and JAX differentiate all of
#   these.
# Seen:
#   mxnet 1.9.1
#   x.std(): gradient [0. 0. 0. 0.], by differences [-0.363 -0.057  0.325  0.096]
#   x.var(): gradient [0. 0. 0. 0.], by differences [-0.237 -0.037  0.213  0.062]
#   written out: gradient [-0.238 -0.038  0.212  0.063],
#     by differences [-0.237 -0.037  0.213  0.062]
#   percentile: gradient [0. 0. 0. 0.], by differences [0.  0.5 0.  0.5]
#   eigvalsh: gradient [0. 0. 0. 0.], by differences [1.024 0.937 2.203 2.015]
#   pinv: gradient [0. 0. 0. 0.], by differences [-2.493  3.324  1.939 -2.585]
#   polyval: gradient [0. 0. 0. 0.], by differences [2.6 3.4 4.4 3.8]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'mxnet==1.9.1' 'numpy==1.23.5'
cd "$folder"
"$python" - <<'END'
import mxnet
import numpy
from mxnet import autograd, np, npx

npx.set_np()
print("mxnet", mxnet.__version__)
start = numpy.array([0.3, 0.7, 1.2, 0.9])
coefficients = numpy.array([1.0, 2.0, 3.0])


def gram(x):
    return np.dot(x.reshape(2, 2), x.reshape(2, 2).T)


functions = {
    "x.std()": lambda x: x.std(),
    "x.var()": lambda x: x.var(),
    "written out": lambda x: ((x - x.mean()) ** 2).mean(),
    "percentile": lambda x: np.percentile(x, 50),
    "eigvalsh": lambda x: np.linalg.eigvalsh(gram(x))[1],
    "pinv": lambda x: np.linalg.pinv(x.reshape(2, 2))[0, 0],
    "polyval": lambda x: np.polyval(np.array(coefficients), x).sum(),
}


def gradient(function):
    x = np.array(start)
    x.attach_grad()
    with autograd.record():
        y = function(x)
    y.backward()
    return x.grad.asnumpy()


def difference(function, h=1e-5):
    slopes = []
    for step in h * numpy.eye(4):
        change = function(np.array(start + step)) - function(np.array(start - step))
        slopes.append(float(change) / (2 * h))
    return numpy.array(slopes)


for name, function in functions.items():
    ours, truth = gradient(function), difference(function)
    print(f"{name}: gradient {ours.round(3)}, by differences {truth.round(3)}")
    if name == "written out":
        assert numpy.allclose(ours, truth, atol=1e-4)
    else:
        assert (ours == 0).all()
        assert numpy.abs(truth).max() > 0.05
END
