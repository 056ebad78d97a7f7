"""Dense layers by oneDNN: the same numbers, where they are wanted and nowhere else."""

import numpy as np
import pytest

from d2lutils import _machine, engines
from d2lutils.networks import mlp
from d2lutils.training import SGD

torch = pytest.importorskip("torch")
from d2lutils.engines import _torch_dense  # noqa: E402

pytestmark = pytest.mark.skipif(
    not (
        torch.backends.mkldnn.is_available()
        and hasattr(torch.ops.mkldnn, "_linear_pointwise")
    ),
    reason="needs a PyTorch with oneDNN",
)
RNG = np.random.default_rng(0)


@pytest.fixture
def calls(monkeypatch):
    """The shapes of oneDNN's products, which are wanted here whatever the machine."""
    seen, product = [], _torch_dense._product

    def watched(x, weight, bias=None):
        seen.append((tuple(x.shape), tuple(weight.shape)))
        return product(x, weight, bias)

    monkeypatch.setattr(_torch_dense, "preferred", lambda: True)
    monkeypatch.setattr(_torch_dense, "_product", watched)
    return seen


@pytest.mark.parametrize("with_bias", [True, False])
def test_values_and_gradients_are_those_of_the_formula(calls, with_bias):
    x, weight, slope, bias = (
        RNG.normal(size=size) for size in ((90, 300), (110, 300), (90, 110), 110)
    )
    leaves = [
        torch.tensor(array, dtype=torch.float32, requires_grad=True)
        for array in (x, weight, bias)
    ]
    given = leaves if with_bias else [*leaves[:2], None]
    y = _torch_dense.dense(*given)
    y.backward(torch.tensor(slope, dtype=torch.float32))
    truth = [slope @ weight, slope.T @ x, slope.sum(0)]
    np.testing.assert_allclose(
        y.detach(), x @ weight.T + with_bias * bias, rtol=0, atol=1e-4
    )
    for leaf, wanted in list(zip(leaves, truth, strict=True))[: 2 + with_bias]:
        np.testing.assert_allclose(leaf.grad, wanted, rtol=0, atol=1e-4)
    assert calls == [
        ((90, 300), (110, 300)),
        ((90, 110), (300, 110)),
        ((110, 90), (300, 90)),
    ]


def test_training_by_it_equals_training_without(calls, monkeypatch):
    images, labels = RNG.normal(size=(128, 1, 20, 20)), np.arange(128) % 10
    batches = np.arange(128).reshape(2, 64)
    runs = []
    for wanted in (True, False):
        monkeypatch.setattr(_torch_dense, "preferred", lambda wanted=wanted: wanted)
        model = engines.build(mlp(128, 10), (1, 20, 20), engine="torch", device="cpu")
        losses = model.train(images, labels, batches, SGD(0.1))
        runs.append([*losses, *model.evaluate(images, labels)])
        # One example at a time, under vmap: there a gradient of our own has no way.
        assert np.isfinite(model.example_gradients(images[:2], labels[:2])).all()
    np.testing.assert_allclose(*runs, rtol=1e-5)
    # Two steps, forward and by the weights; the evaluation. The last layer is small.
    assert len(calls) == 5


def test_small_products_and_float64_stay(calls):
    for number, dtype in ((8, torch.float32), (900, torch.float64)):
        x, weight = (torch.zeros(size, 600, dtype=dtype) for size in (number, 500))
        assert _torch_dense.dense(x, weight, None).shape == (number, 500)
    assert not calls


def test_it_is_for_amds_processors_and_not_for_equal_digits(monkeypatch):
    def asked():
        _torch_dense.preferred.cache_clear()
        return _torch_dense.preferred()

    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX512")
    monkeypatch.setattr(torch.backends.mkl, "is_available", lambda: True)
    monkeypatch.delenv("MKL_CBWR", raising=False)
    monkeypatch.setattr(_machine, "vendor", lambda: "AuthenticAMD")
    assert asked()
    monkeypatch.setenv("MKL_CBWR", "COMPATIBLE")
    assert not asked()
    monkeypatch.delenv("MKL_CBWR")
    monkeypatch.setattr(_machine, "vendor", lambda: "GenuineIntel")
    assert not asked()
    _torch_dense.preferred.cache_clear()
