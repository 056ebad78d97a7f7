#!/usr/bin/env bash
# MXNet's chi-squared numbers are a quarter of what they should be, and its density of a
# gamma distribution belongs to other numbers than its generator draws.
#
# Expected: `mx.np.random.chisquare(k)` has mean k and variance 2 k, as NumPy's has and
#   as the sum of k squared standard normal numbers, the definition in its docstring.
#   `nd.random_pdf_gamma` with alpha and beta is the density of the numbers drawn by
#   `nd.random_gamma` with the same alpha and beta.
# Happens: The mean is k / 4 and the variance k / 8. A chi-squared number is a gamma
#   number of shape k / 2 and *rate* 1/2, and the 1/2 is used as the *scale*. The gamma
#   generator's beta is a scale (mean alpha * beta), the density's beta is a rate.
# Versions: mxnet 1.9.1, numpy 1.23.5, Python 3.11.
# Matters: A test or a simulated threshold from these numbers is too small by a factor
#   of four. A likelihood of drawn gamma numbers has its maximum at 1 / beta, not at
#   beta.
# Documented: not for chisquare, whose docstring has the usual density. The first
#   sentence of `random_pdf_gamma` says "beta (rate)", its list of parameters "Beta
#   (scale)"; that of `random_gamma` says scale.
# Seen:
#   mxnet 1.9.1
#   k = 2: mean 0.50, variance 0.25; of squared normal numbers 2.01, 4.02
#   k = 3: mean 0.75, variance 0.37; of squared normal numbers 3.00, 6.03
#   k = 10: mean 2.50, variance 1.25; of squared normal numbers 9.99, 20.02
#   gamma numbers with alpha = 2, beta = 3: mean 6.01
#   mean of random_pdf_gamma with alpha = 2, beta = 3: 0.67
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
from mxnet import nd

print("mxnet", mxnet.__version__)
mxnet.random.seed(0)
generator = numpy.random.default_rng(0)
for k in (2, 3, 10):
    drawn = mxnet.np.random.chisquare(float(k), size=(200_000,)).asnumpy()
    squares = (generator.standard_normal((200_000, k)) ** 2).sum(axis=1)
    print(
        f"k = {k}: mean {drawn.mean():.2f}, variance {drawn.var():.2f};",
        f"of squared normal numbers {squares.mean():.2f}, {squares.var():.2f}",
    )
    assert abs(drawn.mean() - k / 4) < 0.02 * k and abs(squares.mean() - k) < 0.02 * k
    assert abs(drawn.var() - k / 8) < 0.02 * k
    assert abs(squares.var() - 2 * k) < 0.06 * k

alpha, beta = 2.0, 3.0
mean = float(nd.random_gamma(alpha=alpha, beta=beta, shape=(200_000,)).asnumpy().mean())
print(f"gamma numbers with alpha = 2, beta = 3: mean {mean:.2f}")
assert abs(mean - alpha * beta) < 0.05

step = 0.001
x = numpy.arange(step / 2, 60, step)
shape, rate = nd.array([alpha]), nd.array([beta])
density = nd.random_pdf_gamma(nd.array([x]), alpha=shape, beta=rate)
density = density.asnumpy().astype(float).ravel()
assert abs(density.sum() * step - 1) < 1e-3
mean = (x * density).sum() * step
print(f"mean of random_pdf_gamma with alpha = 2, beta = 3: {mean:.2f}")
assert abs(mean - alpha / beta) < 1e-3
END
