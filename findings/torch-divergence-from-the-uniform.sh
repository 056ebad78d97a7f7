#!/usr/bin/env bash
# PyTorch's Kullback-Leibler divergence between a continuous Bernoulli distribution and
# the uniform one on [0, 1] is infinite, even where the two are the same.
#
# Expected: Both live on [0, 1] and both densities are positive there, so the divergence
#   is finite both ways; it is 0 for probs = 0.5, where the continuous Bernoulli
#   distribution is the uniform one. Beta(1, 1), the same once more, gives 0.
# Happens: It is inf both ways. The comparisons that should find an interval which ends
#   inside the other one also find intervals with a common end, so that the divergence
#   from the continuous Bernoulli distribution to Uniform(0, 1) or Uniform(0, 4) is inf,
#   and the one to Uniform(-0.001, 1.001) is right.
# Versions: torch 2.14.1, numpy 2.4.6, Python 3.11.
# Matters: Uniform(0, 1) is the natural prior for such a variable, and an inf in the
#   objective ends a training. The beta and the uniform distribution give no such inf.
# Seen:
#   torch 2.14.1+cu130
#   from probs=0.3 to uniform: inf, by integration 0.0294
#   from uniform to probs=0.3: inf, by integration 0.0297
#   from probs=0.5 to uniform: inf, by integration 0.0000
#   from uniform to probs=0.5: inf, by integration 0.0000
#   from probs=0.9 to uniform: inf, by integration 0.1796
#   from uniform to probs=0.9: inf, by integration 0.1936
#   from probs=0.3 to Uniform(-0.001, 1.001): 0.0314
#   from Beta(1, 1) to uniform and back: 0.0000, 0.0000
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'torch==2.14.1' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import math

import torch
from torch.distributions import Beta, ContinuousBernoulli, Uniform, kl_divergence

print("torch", torch.__version__)
middles = (torch.arange(100_000, dtype=torch.float64) + 0.5) / 100_000


def integral(p, q):
    """The divergence of densities on [0, 1], by the midpoint rule."""
    p, q = p.log_prob(middles), q.log_prob(middles)
    return float((p.exp() * (p - q)).mean())


def number(value):
    return torch.tensor(value, dtype=torch.float64)


uniform = Uniform(number(0.0), number(1.0))
for probs in (0.3, 0.5, 0.9):
    bernoulli = ContinuousBernoulli(number(probs))
    for names, p, q in (
        (f"from probs={probs} to uniform", bernoulli, uniform),
        (f"from uniform to probs={probs}", uniform, bernoulli),
    ):
        value, true = float(kl_divergence(p, q)), integral(p, q)
        print(f"{names}: {value}, by integration {abs(true):.4f}")
        assert value == math.inf
        assert abs(true) < 1e-9 if probs == 0.5 else 0.02 < true < 1

bernoulli = ContinuousBernoulli(number(0.3))
wider = float(kl_divergence(bernoulli, Uniform(number(-0.001), number(1.001))))
print(f"from probs=0.3 to Uniform(-0.001, 1.001): {wider:.4f}")
assert abs(wider - integral(bernoulli, uniform) - math.log(1.002)) < 1e-4
assert float(kl_divergence(bernoulli, Uniform(number(0.0), number(4.0)))) == math.inf

beta = Beta(number(1.0), number(1.0))
same = float(kl_divergence(beta, uniform)), float(kl_divergence(uniform, beta))
print(f"from Beta(1, 1) to uniform and back: {abs(same[0]):.4f}, {abs(same[1]):.4f}")
assert max(map(abs, same)) < 1e-9
END
