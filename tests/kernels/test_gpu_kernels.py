"""Convolutional kernels as a GPU computes them, here on the CPU: against those of
Numba, which `test_kernels` holds against neural-tangents and definitions.
"""

import numpy as np
import pytest

pytest.importorskip("torch")

from d2lutils import engines
from d2lutils.kernels import _convolution, _plan, _torch, cntk
from d2lutils.networks import Conv, Dense, Flatten, GlobalAvgPool, Network, ReLU


@pytest.fixture
def gpu(monkeypatch):
    """The CPU in its place."""
    monkeypatch.setattr(_torch, "_gpu", lambda: "cpu")
    monkeypatch.setattr(engines, "choose_device", lambda *_: "gpu")


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-9), ("float32", 1e-5)])
@pytest.mark.parametrize("pooling", [GlobalAvgPool(), Flatten()])
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize(
    "body",
    [
        [(3, 1, 1), "relu", (3, 1, 1), "relu"],
        [(5, 2, 3), "relu", (2, 1, 1)],
        [(1, 1, 0), (4, 3, 2), "relu"],
    ],
)
def test_any_windows_with_and_without_biases(
    gpu, monkeypatch, dtype, tolerance, pooling, bias, body
):
    monkeypatch.setattr(_torch, "ENTRIES", 4000)  # a few pairs at a time
    layers = [ReLU() if b == "relu" else Conv(1, *b, bias=bias) for b in body]
    plan = _plan.plan(Network(*layers, pooling, Dense(1, bias=bias)), (2, 7, 6))
    rng = np.random.default_rng(0)
    images = rng.standard_normal((5, 2, 7, 6)).astype(dtype)
    others = 1e-3 * rng.standard_normal((4, 2, 7, 6)).astype(dtype)
    images[0], others[1, :, :4] = 0, 0  # windows that hold zeros only
    for more in (None, others):
        expected = _convolution.kernel(plan, images, more, False)
        for got, wanted in zip(
            _torch.kernel(plan, images, more, False), expected, strict=True
        ):
            top = np.abs(wanted).max()
            np.testing.assert_allclose(got, wanted, rtol=0, atol=tolerance * top)


def test_it_is_asked_for_by_name_and_goes_on_from_a_folder(gpu, tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    images, others = (rng.random((n, 3, 5, 5)) for n in (20, 3))
    wanted = cntk(images, others, depth=3)
    got = cntk(images, others, depth=3, device="gpu", folder=tmp_path)
    np.testing.assert_allclose(got, wanted, rtol=1e-9)
    monkeypatch.setattr(_torch, "kernel", None)  # nothing is computed any more
    again = cntk(images, others, depth=3, device="gpu", folder=tmp_path)
    np.testing.assert_array_equal(again, got)
    with pytest.raises(ValueError, match="another device"):
        cntk(images, others, depth=3, folder=tmp_path)
    with pytest.raises(ValueError, match="n_jobs must be None or 1 on a GPU"):
        cntk(images, depth=3, device="gpu", n_jobs=2)


HERE = engines.choose_device("torch")


@pytest.mark.skipif(HERE == "gpu", reason="there is a GPU")
def test_without_a_gpu_it_says_so():
    with pytest.raises(RuntimeError, match="device='gpu' was asked for, but torch"):
        cntk(np.zeros((1, 1, 3, 3)), depth=1, device="gpu")


@pytest.mark.gpu
@pytest.mark.skipif(HERE == "cpu", reason="PyTorch can use no GPU here")
@pytest.mark.parametrize("pooling", ["gap", "flatten"])
def test_gpu_agrees_with_cpu(pooling):
    images = np.random.default_rng(0).random((40, 3, 16, 16), dtype=np.float32)
    got = cntk(images, depth=4, pooling=pooling, device="gpu")
    np.testing.assert_allclose(got, cntk(images, depth=4, pooling=pooling), rtol=1e-5)
