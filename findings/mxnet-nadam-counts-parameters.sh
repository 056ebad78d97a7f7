#!/usr/bin/env bash
# A parameter's steps under MXNet's Nadam depend on how many other parameters there are,
# and on its place among them.
#
# Expected: Nadam, like Adam, treats each number by itself: parameters with equal values
#   and equal gradients stay equal, and a further parameter changes nothing for the
#   rest.
# Happens: The product of the momentum schedule, which corrects the bias of the first
#   steps, is kept once for the optimizer and multiplied once per parameter (an array of
#   weights) instead of once per step. For the second parameter it is already in the
#   first step about that of a second step, and soon it is 0, as if the training had
#   been going on for long. The first steps get smaller the later a parameter comes.
# Versions: mxnet 1.9.1, numpy 1.23.5, Python 3.11.
# Matters: In a real network all but the first few parameters go without the correction:
#   the first step is 0.0595 for a learning rate of 0.1, where Nadam's is 0.1056. The
#   order of the layers, or splitting a weight in two, changes the training.
# Documented: not in the class's docstring, which cites the report with the formulas.
# Seen:
#   mxnet 1.9.1
#   Nadam by its formulas: 0.8944 after one step, 0.7428 after three
#   1 of nadam: after one step 0.8944, after three 0.7428
#   3 of nadam: after one step 0.8944 0.9261 0.9348, after three 0.7609 0.7942 0.8035
#   20 of nadam, first and last: after one step 0.8944 0.9405, after three 0.7636 0.8098
#   20 of adam, first and last: after one step 0.9000 0.9000, after three 0.7000 0.7000
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'mxnet==1.9.1' 'numpy==1.23.5'
cd "$folder"
"$python" - <<'END'
import mxnet
from mxnet import autograd, gluon

print("mxnet", mxnet.__version__)
RATE = 0.1


def by_formulas(steps, gradient=1.0, beta1=0.9, beta2=0.999, decay=0.004):
    value, mean, square, product = 1.0, 0.0, 0.0, 1.0
    for t in range(1, steps + 1):
        now, following = (
            beta1 * (1 - 0.5 * 0.96 ** (decay * step)) for step in (t, t + 1)
        )
        product *= now
        mean = beta1 * mean + (1 - beta1) * gradient
        square = beta2 * square + (1 - beta2) * gradient**2
        direction = following * mean / (1 - product * following)
        direction += (1 - now) * gradient / (1 - product)
        value -= RATE * direction / ((square / (1 - beta2**t)) ** 0.5 + 1e-8)
    return value


def train(optimizer, number, steps):
    """All parameters start at 1 and have gradient 1 in every step."""
    parameters = [gluon.Parameter(f"w{i}", shape=(1,)) for i in range(number)]
    for parameter in parameters:
        parameter.initialize(mxnet.init.One())
    trainer = gluon.Trainer(parameters, optimizer, {"learning_rate": RATE})
    for _ in range(steps):
        with autograd.record():
            loss = sum(parameter.data() for parameter in parameters)
        loss.backward()
        trainer.step(1)
    return [float(parameter.data().asscalar()) for parameter in parameters]


def text(values):
    return " ".join(f"{value:.4f}" for value in values)


one, three = by_formulas(1), by_formulas(3)
print(f"Nadam by its formulas: {one:.4f} after one step, {three:.4f} after three")
seen = {}
for optimizer, number in (("nadam", 1), ("nadam", 3), ("nadam", 20), ("adam", 20)):
    seen[optimizer, number] = values = [train(optimizer, number, s) for s in (1, 3)]
    ends = [v if number <= 3 else [v[0], v[-1]] for v in values]
    print(
        f"{number} of {optimizer}{', first and last' * (number > 3)}:",
        f"after one step {text(ends[0])}, after three {text(ends[1])}",
    )
assert abs(seen["nadam", 1][0][0] - one) < 1e-5
assert abs(seen["nadam", 1][1][0] - three) < 1e-5
first, last = seen["nadam", 3][0][0], seen["nadam", 3][0][-1]
assert abs(first - one) < 1e-5 and last - first > 0.03
assert abs(seen["nadam", 3][1][0] - three) > 0.01
assert 1 - seen["nadam", 20][0][-1] < 0.6 * (1 - one)
assert max(seen["adam", 20][1]) - min(seen["adam", 20][1]) < 1e-6
END
