"""Infinitely wide networks as kernels: neural tangent kernels (NTK) and their convolutional kind (CNTK).

    K = ntk(X, depth=3)                                      # (n, n)
    K = cntk(images, depth=5)                                # (n, n), global average pooling
    K = of(Network(Flatten(), Dense(512), ReLU(), Dense(1)), images)
    model = KernelRegression(K, labels)
    scores = model.predict(cntk(test_images, images, depth=5))

Conventions (Jacot et al. 2018, arXiv 1806.07572; Arora et al. 2019, arXiv 1904.11955): `depth` hidden layers, ReLU,
He scaling, no bias, Sigma0(x, x') = x.x', all layers trained. So ntk(x, x) = (depth + 1) |x|^2.
"""

from d2lutils.kernels._finite import empirical_ntk, ntk_parameters, ntk_scales
from d2lutils.kernels._limits import cntk, k0, k1, nngp, ntk, of
from d2lutils.kernels._regression import KernelRegression, gradient_flow

__all__ = [
    "KernelRegression",
    "cntk",
    "empirical_ntk",
    "gradient_flow",
    "k0",
    "k1",
    "nngp",
    "ntk",
    "ntk_parameters",
    "ntk_scales",
    "of",
]
