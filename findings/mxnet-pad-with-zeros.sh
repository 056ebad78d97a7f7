#!/usr/bin/env bash
# MXNet's np.pad pads with 0 whatever constant it is given, and np.linspace without the
# endpoint returns a step that it did not take.
#
# Expected: `mx.np.pad(x, width, constant_values=5)` puts fives around x, and the step
#   from `mx.np.linspace(..., endpoint=False, retstep=True)` is the distance between two
#   of the numbers that come with it. NumPy does both.
# Happens: The padding is 0; no other value is possible. The older `nd.pad` does as it
#   is told. The step is (stop - start) / (num - 1), right only with the endpoint; for
#   two numbers it is twice the distance.
# Versions: mxnet 1.9.1, numpy 1.23.5, Python 3.11.
# Matters: Labels padded with -1 "to be ignored" are labels of class 0, and sequences
#   padded with a token of their own get token 0; nothing is raised. A sum times such a
#   step is an integral that is too large.
# Documented: the docstring of `pad` describes `constant_values: scalar, optional` as
#   the value of the padding.
# Seen:
#   mxnet 1.9.1
#   np.pad with 5: [[0.0, 1.0, 2.0, 0.0]], NumPy's: [[5.0, 1.0, 2.0, 5.0]]
#   np.pad with -1: [[0.0, 1.0, 2.0, 0.0]], NumPy's: [[-1.0, 1.0, 2.0, -1.0]]
#   nd.pad with 5: [5.0, 1.0, 2.0, 5.0]
#   linspace of 2: distance 5.00, returned step 10.00, NumPy's 5.00
#   linspace of 4: distance 2.50, returned step 3.33, NumPy's 2.50
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

print("mxnet", mxnet.__version__)
WIDTH = ((0, 0), (1, 1))
row = numpy.array([[1.0, 2.0]], dtype="float32")
for value in (5, -1):
    padded = mxnet.np.pad(
        mxnet.np.array(row), WIDTH, mode="constant", constant_values=value
    ).asnumpy()
    expected = numpy.pad(row, WIDTH, mode="constant", constant_values=value)
    print(f"np.pad with {value}: {padded.tolist()}, NumPy's: {expected.tolist()}")
    assert padded.tolist() == [[0, 1, 2, 0]]
    assert expected.tolist() == [[value, 1, 2, value]]

old = mxnet.nd.pad(
    mxnet.nd.array(row.reshape(1, 1, 1, 2)),
    mode="constant",
    pad_width=(0, 0, 0, 0, 0, 0, 1, 1),
    constant_value=5,
)
old = old.asnumpy().ravel().tolist()
print(f"nd.pad with 5: {old}")
assert old == [5, 1, 2, 5]

for number in (2, 4):
    points, step = mxnet.np.linspace(0, 10, number, endpoint=False, retstep=True)
    distance = float(points[1] - points[0])
    _, expected = numpy.linspace(0, 10, number, endpoint=False, retstep=True)
    print(
        f"linspace of {number}: distance {distance:.2f}, returned step {step:.2f},",
        f"NumPy's {expected:.2f}",
    )
    assert abs(distance - expected) < 1e-6 and abs(expected - 10 / number) < 1e-6
    assert abs(step - 10 / (number - 1)) < 1e-6
END
