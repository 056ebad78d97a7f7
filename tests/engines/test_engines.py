"""Both engines against formulas, finite differences and each other; their choice."""

import inspect
import math

import numpy as np
import pytest

from d2lutils import datasets, engines, spectra
from d2lutils.engines import _protocol
from d2lutils.networks import (
    AvgPool,
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool,
    LayerNorm,
    LeakyReLU,
    MaxPool,
    Network,
    ReLU,
    Residual,
    Scale,
    Sigmoid,
    Tanh,
    cuda_convnet,
    deep,
    lenet5,
    mlp,
    unflatten,
)
from d2lutils.training import SGD, Adam

ENGINES = engines.available()
needs_both = pytest.mark.skipif(len(ENGINES) < 2, reason="needs both engines")
EVERYTHING = Network(
    Conv(4, 3, 2, 1),
    BatchNorm(),
    ReLU(),
    Residual(Conv(4, 3, padding=1), BatchNorm(), Tanh(), scale=0.5),
    MaxPool(2),
    Residual(Conv(6, 3, 2, 1), LeakyReLU(0.1), shortcut=(Conv(6, 1, 2),)),
    AvgPool(3, 2, 1),
    GlobalAvgPool(),
    Dense(9),
    LayerNorm(),
    Sigmoid(),
    Scale(2.0),
    Residual(Dense(9, bias=False), BatchNorm(False)),
    LayerNorm(False),
    Flatten(),
    Dense(3),
)


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


def images_and_labels(shape, number=128, classes=10, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, number)
    centers = rng.normal(size=(classes, *shape))
    return (0.3 * centers[labels] + rng.normal(size=(number, *shape))).astype(
        np.float32
    ), labels


@needs_both
@pytest.mark.parametrize(
    ("dtype", "batch", "tolerance"), [("float32", 64, 1e-4), ("float64", 16, 1e-10)]
)
@pytest.mark.parametrize(
    "optimizer",
    [SGD(0.05), SGD(0.01, 0.9, 1e-3), Adam(1e-3)],
    ids=["sgd", "momentum", "adam"],
)
@pytest.mark.parametrize(
    "network",
    [
        lenet5(activation="sigmoid", pooling="avg"),
        lenet5(),
        cuda_convnet(width=4),
        mlp([64, 32], 10),
    ],
    ids=["sigmoid lenet", "lenet", "convnet", "mlp"],
)
def test_engines_agree_on_the_losses_of_20_steps(
    network, optimizer, dtype, batch, tolerance
):
    train, test = datasets.load("mnist-sample", num_train=20 * batch, num_test=100)
    batches = np.random.default_rng(1).permutation(20 * batch).reshape(20, batch)
    models = [
        engines.build(network, (1, 28, 28), engine=name, device="cpu", dtype=dtype)
        for name in ENGINES
    ]
    losses = [
        model.train(train.images, train.labels, batches, optimizer) for model in models
    ]
    np.testing.assert_allclose(losses[0], losses[1], rtol=0, atol=tolerance)
    evaluated = [model.loss(test.images, test.labels) for model in models]
    assert evaluated[0] == pytest.approx(evaluated[1], abs=tolerance)


def test_a_network_without_parameters_has_an_empty_gradient(engine):
    model = engines.build(Network(Flatten()), (2, 1, 1), engine=engine)
    images, labels = np.zeros((5, 2, 1, 1)), np.zeros(5, int)
    assert model.gradient(images, labels).shape == (0,)
    (losses,) = model.train(images, labels, [[0, 1, 2, 3, 4]], SGD(0.1))
    assert losses == pytest.approx(np.log(2))


@needs_both
def test_engines_agree_on_every_layer_and_every_derivative():
    images, labels = images_and_labels((2, 20, 20), number=7, classes=3)
    first, second = (
        engines.build(EVERYTHING, (2, 20, 20), engine=name, dtype="float64", seed=2)
        for name in ENGINES
    )
    for question in (
        lambda model: model.predict(images),
        lambda model: np.concatenate(
            [layer.ravel() for layer in model.activations(images, training=True)]
        ),
        lambda model: model.gradient(images, labels, training=True),
        lambda model: model.gradient(images, labels, "squared"),
        lambda model: model.layer_gradients(images, labels).inputs,
        lambda model: model.example_gradients(images, labels),
        lambda model: model.jacobian(images[:2]),
        lambda model: model.train(
            images, labels, np.arange(6).reshape(3, 2), SGD(0.01, 0.9)
        ),
        lambda model: model.state,
    ):
        np.testing.assert_allclose(
            question(first), question(second), rtol=1e-5, atol=1e-7
        )


def test_outputs_and_jacobian_are_those_of_the_formula(engine):
    network = Network(Dense(5), Tanh(), Dense(2))
    model = engines.build(network, (3,), engine=engine, dtype="float64")
    x = np.random.default_rng(0).normal(size=(4, 3))
    w = unflatten(network, (3,), model.parameters)
    hidden = np.tanh(x @ w["0.weight"].T + w["0.bias"])
    np.testing.assert_allclose(
        model.predict(x), hidden @ w["2.weight"].T + w["2.bias"], rtol=1e-12
    )
    for n, row in enumerate(model.jacobian(x)):
        for output in range(2):
            parts = unflatten(network, (3,), row[output])
            delta = w["2.weight"][output] * (1 - hidden[n] ** 2)
            np.testing.assert_allclose(
                parts["0.weight"], np.outer(delta, x[n]), atol=1e-14
            )
            np.testing.assert_allclose(
                parts["2.weight"], np.outer(np.eye(2)[output], hidden[n]), atol=1e-14
            )


@pytest.mark.parametrize("loss", ["cross_entropy", "squared"])
def test_gradients_are_the_slopes_of_the_loss(engine, loss):
    images, labels = images_and_labels((2, 20, 20), number=6, classes=3)
    model = engines.build(EVERYTHING, (2, 20, 20), engine=engine, dtype="float64")
    before, direction = (
        model.parameters,
        np.random.default_rng(1).normal(size=model.num_parameters),
    )
    for training in (False, True):
        loss_and_gradient = model.objective(images, labels, loss, training)
        up, down = (
            loss_and_gradient(before + sign * 1e-5 * direction)[0] for sign in (1, -1)
        )
        assert loss_and_gradient(before)[1] @ direction == pytest.approx(
            (up - down) / 2e-5, rel=1e-4
        )
    np.testing.assert_array_equal(model.parameters, before)
    np.testing.assert_allclose(
        model.example_gradients(images, labels, loss).mean(0),
        model.gradient(images, labels, loss),
        atol=1e-9,
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sharpness_of_least_squares_is_the_largest_eigenvalue_of_the_covariance(
    engine, dtype
):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(50, 6)), rng.normal(size=(50, 3))
    model = engines.build(
        Network(Dense(3, bias=False)), (6,), engine=engine, dtype=dtype
    )
    exact = np.linalg.eigvalsh(x.T @ x / 50)[-1]
    loss_and_gradient = model.objective(x, y, "squared")
    found = spectra.sharpness(
        lambda flat: loss_and_gradient(flat)[1],
        model.parameters,
        eps=1e-3 if dtype == "float32" else 1e-5,
        tol=1e-3,
    )
    assert found == pytest.approx(exact, rel=1e-3 if dtype == "float32" else 1e-6)


def test_evaluation_changes_nothing(engine):
    """In its inference mode oneDNN would rearrange weights in place, and neighbours."""
    images, labels = images_and_labels((3, 32, 32))
    network = Network(
        Conv(8, 3, padding=1), BatchNorm(), ReLU(), *cuda_convnet(width=8).layers
    )
    model = engines.build(network, (3, 32, 32), engine=engine)
    model.train(images, labels, np.arange(128).reshape(4, 32), SGD(0.01))
    parameters, state, first = model.parameters, model.state, model.loss(images, labels)
    for _ in range(3):
        model.predict(images[:5])
        model.layer_gradients(images, labels)
        model.activations(images, training=True)
        assert model.loss(images, labels) == first
    np.testing.assert_array_equal(model.parameters, parameters)
    np.testing.assert_array_equal(model.state, state)


def reference_steps(optimizer, lrs, x, y, w):
    """The optimisers as their papers define them, on the mean of (x w - y)^2 / 2."""
    velocity, square = np.zeros_like(w), np.zeros_like(w)
    for step, lr in enumerate(lrs, start=1):
        gradient = x.T @ (x @ w - y) / len(x) + optimizer.weight_decay * w
        if isinstance(optimizer, SGD):
            velocity = optimizer.momentum * velocity + gradient
            w = w - lr * velocity
        else:
            velocity = optimizer.beta1 * velocity + (1 - optimizer.beta1) * gradient
            square = optimizer.beta2 * square + (1 - optimizer.beta2) * gradient**2
            mean, variance = (
                velocity / (1 - optimizer.beta1**step),
                square / (1 - optimizer.beta2**step),
            )
            w = w - lr * mean / (np.sqrt(variance) + optimizer.epsilon)
    return w


@pytest.mark.parametrize(
    "optimizer",
    [
        SGD(0.1, weight_decay=0.1),
        SGD(0.1, 0.9, 0.01),
        Adam(0.1, weight_decay=0.01),
        Adam(0.1, epsilon=0.1),
    ],
)
def test_optimisers_follow_their_definitions_when_lr_changes_too(engine, optimizer):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 4)), rng.normal(size=(20, 1))
    model = engines.build(
        Network(Dense(1, bias=False)), (4,), engine=engine, dtype="float64"
    )
    start = model.parameters
    trainer = model.backend.trainer(
        *model.backend.upload(x, y), "squared", optimizer, 20
    )
    lrs = [0.1] * 5 + [0.02] * 5 + [0.0] + [0.05] * 5
    for lr in lrs:
        trainer.run(np.arange(20), lr)
    expected = reference_steps(optimizer, lrs, x, y, start[:, None])[:, 0]
    np.testing.assert_allclose(model.parameters, expected, atol=1e-13)


def test_running_averages_are_those_of_ioffe_and_szegedy(engine):
    x = np.random.default_rng(0).normal(2.0, 3.0, size=(6, 4))
    model = engines.build(
        Network(BatchNorm(momentum=0.8), Dense(2)), (4,), engine=engine, dtype="float64"
    )
    model.train(x, np.array([0, 1, 0, 1, 1, 0]), np.arange(6)[None], SGD(1e-9))
    expected = np.concatenate([0.2 * x.mean(0), 0.8 + 0.2 * x.var(0)])
    np.testing.assert_allclose(model.state, expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("network", "scheme", "expected", "tolerance"),
    [
        # log10 |g_in| / |g_out| at depth 50, width = batch = 256, output gradient
        # of random numbers.
        (
            deep(50, 256),
            "lecun",
            25 * math.log10(0.5),
            0.3,
        ),  # each layer halves the squared norm
        (deep(50, 256), "he", 0.0, 0.3),
        (deep(50, 256, "tanh"), "lecun", -0.94, 0.15),
        (deep(50, 256, "sigmoid"), "lecun", -31.4, 0.3),
        (deep(50, 256, normalization="layer"), "he", -0.03, 0.6),
        (deep(50, 256, residual=True), "he", 10.4, 0.4),
        (deep(50, 256, residual=True, scale=1 / math.sqrt(50)), "he", 0.48, 0.15),
        (
            deep(50, 256, normalization="batch", residual=True, pre_activation=True),
            "he",
            1.10,
            0.15,
        ),
        (deep(50, 256, normalization="batch"), "he", 3.8, 0.2),
    ],
    ids=[
        "relu 1/n",
        "he",
        "tanh",
        "sigmoid",
        "layer norm",
        "residual",
        "residual/sqrt(L)",
        "pre-bn",
        "bn",
    ],
)
def test_gradients_through_fifty_layers(network, scheme, expected, tolerance):
    rng = np.random.default_rng(0)
    x, head = rng.normal(size=(2, 256, 256))
    model = engines.build(network, (256,), scheme=scheme, seed=1)
    sizes = model.layer_gradients(x, output_gradient=head)
    assert sizes.inputs.shape == (len(network.layers) + 1,)
    assert sizes.inputs[-1] == pytest.approx(np.linalg.norm(head), rel=1e-6)
    assert np.log10(sizes.inputs[0] / sizes.inputs[-1]) == pytest.approx(
        expected, abs=tolerance
    )
    # The first layer's gradient: delta^T x, of the size of sqrt(fan-in) deltas.
    assert np.isfinite(sizes.parameters).all()
    assert sizes.parameters.any()


@pytest.mark.skipif("mxnet" not in ENGINES, reason="needs MXNet")
def test_mxnet_engine_does_not_care_about_set_np():
    from mxnet import npx

    images, labels = images_and_labels((1, 28, 28))

    def outcome():
        model = engines.build(lenet5(), (1, 28, 28), engine="mxnet")
        losses = model.train(images, labels, np.arange(128).reshape(4, 32), Adam())
        return np.concatenate(
            [
                losses,
                model.predict(images[:3]).ravel(),
                model.layer_gradients(images, labels).inputs,
            ]
        )

    classic = outcome()
    npx.set_np()
    try:
        np.testing.assert_array_equal(outcome(), classic)
        assert npx.is_np_array()
    finally:
        npx.reset_np()


def test_dropout_acts_in_training_only(engine):
    model = engines.build(Network(Dropout(0.5)), (1000,), engine=engine)
    x = np.ones((4, 1000), dtype=np.float32)
    np.testing.assert_array_equal(model.predict(x), x)
    dropped = model.activations(x, training=True)[1]
    assert set(np.unique(dropped)) == {0.0, 2.0}
    assert dropped.mean() == pytest.approx(1.0, abs=5 / math.sqrt(4000))


def test_choice_of_engine(monkeypatch):
    monkeypatch.delenv("D2LUTILS_ENGINE", raising=False)
    assert engines.choose() == ENGINES[0]
    for name in ENGINES:
        monkeypatch.setenv("D2LUTILS_ENGINE", name)
        assert engines.choose() == name
    monkeypatch.setenv("D2LUTILS_ENGINE", "jax")
    with pytest.raises(ValueError, match=r"engine must be .* got 'jax'"):
        engines.choose()
    monkeypatch.setattr(engines, "available", lambda: ("torch",))
    with pytest.raises(ImportError, match="must be installed"):
        engines.choose("mxnet")


def test_choice_of_device(engine, monkeypatch, capsys):
    module = engines._load(engine)
    monkeypatch.setattr(engines, "_told", set())
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("D2LUTILS_PROGRESS", raising=False)
    monkeypatch.setattr(module, "gpu_trouble", lambda _: "no GPU is visible")
    assert [engines.choose_device(engine), engines.choose_device(engine)] == [
        "cpu",
        "cpu",
    ]
    assert capsys.readouterr().err == ""
    with pytest.raises(RuntimeError, match="asked for, but"):
        engines.build(mlp(3, 2), (4,), engine=engine, device="gpu")
    monkeypatch.setattr(engines, "_told", set())
    monkeypatch.setattr(module, "gpu_trouble", lambda _: "no kernel image")
    with pytest.warns(UserWarning, match="no kernel image"):
        assert engines.choose_device(engine) == "cpu"
    monkeypatch.setattr(module, "gpu_trouble", lambda _: "")
    monkeypatch.setattr(engines, "_told", set())
    for _ in range(2):
        assert engines.choose_device(engine) == "gpu"
    assert capsys.readouterr().err.count("computes on the GPU") == 1
    assert engines.choose_device(engine, "cpu") == "cpu"


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (
            lambda model: model.predict(np.zeros((2, 5))),
            r"shape \(n, 4\) .* got \(2, 5\)",
        ),
        (lambda model: model.predict(np.full((2, 4), np.nan)), "NaN"),
        (
            lambda model: model.loss(np.zeros((2, 4)), [0, 3]),
            "labels must run from 0 to 2 .* got 0 to 3",
        ),
        (
            lambda model: model.loss(np.zeros((2, 4)), [0.5, 1.0]),
            "labels must be 2 integers, got float64",
        ),
        (
            lambda model: model.loss(np.zeros((2, 4)), [0, 1], "hinge"),
            "loss must be one of",
        ),
        (
            lambda model: model.loss(np.zeros((2, 4)), np.zeros((2, 2)), "squared"),
            r"shape \(2, 3\), got \(2, 2\)",
        ),
        (
            lambda model: setattr(model, "parameters", np.zeros(3)),
            r"shape \(\d+,\), got",
        ),
        (
            lambda model: model.layer_gradients(np.zeros((2, 4))),
            "either labels or output_gradient",
        ),
        (
            lambda model: model.train(np.zeros((2, 4)), [0, 1], [[0, 2]], SGD()),
            "indices below 2",
        ),
        (
            lambda model: engines.build(mlp(2, 3), (4,), dtype="float16"),
            "dtype must be one of",
        ),
    ],
)
def test_arrays_that_do_not_fit_are_told_in_one_sentence(action, message):
    model = engines.build(mlp(2, 3), (4,))
    with pytest.raises(ValueError, match=message):
        action(model)


@pytest.mark.skipif("torch" not in ENGINES, reason="needs PyTorch")
def test_apples_gpu_gets_no_float64(monkeypatch):
    """Tried on the CPU, in float32: nothing but the results, which have been copied, is
    in float64.
    """
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    from d2lutils.engines import _torch_gpu

    made = set()

    class Watch(TorchDispatchMode):
        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            out = function(*args, **kwargs or {})
            if isinstance(out, torch.Tensor) and out.dtype == torch.float64:
                made.add(function.name())
            return out

    images, labels = images_and_labels((2, 20, 20), number=6, classes=3)
    model = engines.build(EVERYTHING, (2, 20, 20), engine="torch", device="cpu")
    for dtype, only in ((torch.float64, False), (torch.float32, True)):
        model.backend.wide = dtype
        made.clear()
        with Watch():
            model.train(images, labels, np.arange(6).reshape(2, 3), Adam(1e-3))
            model.loss(images, labels)
            model.gradient(images, labels)
            model.example_gradients(images, labels)
        copies = {"aten::_to_copy", "aten::lift_fresh", "aten::detach"}
        assert (made <= copies) is only, made

    monkeypatch.setattr(_torch_gpu, "gpu_kind", lambda: "mps")
    monkeypatch.setattr(engines, "_told", set())
    assert engines.choose_device("torch", dtype="float64") == "cpu"
    with pytest.raises(RuntimeError, match="no GPU of Apple's computes in float64"):
        engines.choose_device("torch", "gpu", "float64")


@pytest.mark.gpu
def test_gpu_agrees_with_cpu(engine):
    if engines._load(engine).gpu_trouble():
        pytest.skip(engines._load(engine).gpu_trouble())
    images, labels = images_and_labels((1, 28, 28))
    batches = np.arange(128).reshape(4, 32)
    losses = [
        engines.build(
            lenet5(), (1, 28, 28), engine=engine, device=device, dtype="float64"
        ).train(images, labels, batches, SGD(0.05, 0.9))
        for device in ("cpu", "gpu")
    ]
    np.testing.assert_allclose(*losses, atol=1e-6)


def test_every_engine_speaks_the_protocol(engine):
    module = engines._load(engine)
    for ours, theirs in (
        (module.Backend, _protocol.Backend),
        (module.Trainer, _protocol.Trainer),
    ):
        for name, method in inspect.getmembers(theirs, inspect.isfunction):
            if not name.startswith("_"):
                wanted, found = (
                    list(inspect.signature(one).parameters)
                    for one in (method, getattr(ours, name))
                )
                assert found == wanted, name
