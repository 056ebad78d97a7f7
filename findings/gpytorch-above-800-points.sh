#!/usr/bin/env bash
# GPyTorch's log likelihood of 801 points is a random number; of 800 points it is exact.
#
# Expected: `ExactMarginalLogLikelihood` of an `ExactGP` is one number, the same each
#   time it is asked for, as fixed data and hyperparameters determine it.
# Happens: Above `max_cholesky_size`, 800 points, the Cholesky decomposition gives way
#   to conjugate gradients and a log-determinant estimated with random vectors. Here the
#   value (which is divided by the number of points) varies by 0.01 from call to call:
#   9 in the log likelihood itself. No warning is given. Within
#   `gpytorch.settings.max_cholesky_size(10_000)` it is exact again.
# Versions: gpytorch 1.15.2, linear_operator 0.6.1, torch 2.13.0 (CPU), numpy 2.4.6,
#   Python 3.11.
# Matters: Models that are compared by their evidence differ by less than that; a seed
#   decides between kernels, and "exact" is in the names of both classes.
# Seen:
#   gpytorch 1.15.2
#   800 points: 2.4803 2.4803 2.4803 2.4803, exact 2.4803
#   801 points: 2.4795 2.4732 2.4840 2.4816, exact 2.4804
#   801 points, max_cholesky_size 10,000: 2.4804 2.4804 2.4804 2.4804, exact 2.4804
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet \
    'gpytorch==1.15.2' 'linear_operator==0.6.1' 'torch==2.13.0' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import contextlib

import gpytorch
import numpy as np
import torch

print("gpytorch", gpytorch.__version__)
torch.manual_seed(0)
torch.set_default_dtype(torch.float64)


class Model(gpytorch.models.ExactGP):
    def __init__(self, inputs, outputs, likelihood):
        super().__init__(inputs, outputs, likelihood)
        self.mean = gpytorch.means.ZeroMean()
        self.kernel = gpytorch.kernels.ScaleKernel(gpytorch.kernels.RBFKernel())

    def forward(self, inputs):
        return gpytorch.distributions.MultivariateNormal(
            self.mean(inputs), self.kernel(inputs)
        )


def values(count):
    inputs = torch.linspace(0, 1, count)
    outputs = torch.sin(8 * inputs)
    likelihood = gpytorch.likelihoods.GaussianLikelihood()
    model = Model(inputs, outputs, likelihood)
    model.kernel.outputscale = 1.0
    model.kernel.base_kernel.lengthscale = 0.3
    likelihood.noise = 1e-3
    evidence = gpytorch.mlls.ExactMarginalLogLikelihood(likelihood, model)
    with torch.no_grad():
        found = [float(evidence(model(inputs), outputs)) for _ in range(4)]
    points, targets = inputs.numpy(), outputs.numpy()
    covariance = np.exp(-((points[:, None] - points) ** 2) / (2 * 0.3**2))
    covariance += 1e-3 * np.eye(count)
    exact = -targets @ np.linalg.solve(covariance, targets) / 2
    exact -= np.linalg.slogdet(covariance)[1] / 2 + count * np.log(2 * np.pi) / 2
    return np.array(found), exact / count


for count, settings, name in (
    (800, contextlib.nullcontext(), ""),
    (801, contextlib.nullcontext(), ""),
    (801, gpytorch.settings.max_cholesky_size(10_000), ", max_cholesky_size 10,000"),
):
    with settings:
        found, exact = values(count)
    shown = " ".join(f"{value:.4f}" for value in found)
    print(f"{count} points{name}: {shown}, exact {exact:.4f}")
    if count == 800 or name:
        assert np.all(found == found[0]) and abs(found[0] - exact) < 1e-5
    else:
        assert np.ptp(found) > 1e-3
END
