"""Infinitely wide networks as kernels: neural tangent kernels, convolutional ones too.

    K = ntk(X, depth=3)                                      # (n, n)
    K = cntk(images, depth=5)                                # (n, n), global pooling
    K = of(Network(Flatten(), Dense(512), ReLU(), Dense(1)), images)
    model = KernelRegression(K, labels)
    scores = model.predict(cntk(test_images, images, depth=5))

Conventions (Jacot et al. 2018, arXiv:1806.07572; Arora et al. 2019, arXiv:1904.11955):
`depth` hidden layers, ReLU, He scaling, no bias, Sigma0(x, x') = x.x', all layers
trained. So ``ntk(x, x) = (depth + 1) |x|^2``.

How the modules follow one another:

1. ``_limits`` holds `ntk`, `nngp`, `cntk` and `of`; it checks what is given.
2. ``_plan`` turns the network into the steps that its kernel takes.
3. ``_convolution`` lays out images, and hands pairs of them to threads;
   ``_slices``, compiled, takes each pair through convolutions and pooling.
   ``_blocks`` cuts large matrices, for processes, clusters and several sittings;
   ``_torch`` does the work of ``_convolution`` and ``_slices`` on a GPU.
4. ``_dense``, compiled, takes the result (or products of vectors) through ReLUs and
   dense layers; it also holds the two functions of an angle that ReLU comes to.

Beside them ``_finite`` computes the same kernel for networks of finite width, and
``_regression`` trains the infinite ones. ``_learning_curves`` foretells their error.
"""

from d2lutils.kernels._finite import empirical_ntk, ntk_parameters, ntk_scales
from d2lutils.kernels._learning_curves import LearningCurve, learning_curve
from d2lutils.kernels._limits import cntk, nngp, ntk, of
from d2lutils.kernels._regression import KernelRegression, gradient_flow

__all__ = [
    "KernelRegression",
    "LearningCurve",
    "cntk",
    "empirical_ntk",
    "gradient_flow",
    "learning_curve",
    "nngp",
    "ntk",
    "ntk_parameters",
    "ntk_scales",
    "of",
]
