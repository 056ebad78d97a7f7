"""The training loop against scikit-learn; runs that resume, diverge, stop early."""

import math
import os
from types import SimpleNamespace

import numpy as np
import pytest

from d2lutils import _machine, datasets, engines
from d2lutils.datasets import Dataset
from d2lutils.networks import (
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Network,
    ReLU,
    deep,
    initial_parameters,
    mlp,
)
from d2lutils.training import (
    SGD,
    Adam,
    TrainingDiverged,
    fit,
    step_schedule,
)

ENGINES = engines.available()
LAYERS = Network(Flatten(), Dense(32), BatchNorm(), ReLU(), Dropout(0.2), Dense(10))


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


@pytest.fixture(scope="module")
def digits():
    return datasets.load("digits", num_train=300, num_test=100)


def curves(history):
    return np.array(
        [history.train_loss, history.train_error, history.test_loss, history.test_error]
    )


def test_softmax_regression_reaches_the_minimum_of_scikit_learn(engine, digits):
    """A convex problem with a unique minimum, found independently by L-BFGS."""
    from sklearn.linear_model import LogisticRegression

    train, test = digits
    penalty = 0.01
    network = Network(Flatten(), Dense(10, bias=False))
    optimizer = SGD(0.5, momentum=0.9, weight_decay=penalty)
    history = fit(
        network,
        train,
        test,
        optimizer=optimizer,
        epochs=300,
        batch_size=300,
        scheme="zeros",
        engine=engine,
    )
    flat = train.images.reshape(300, -1).astype(float)  # else it solves in float32
    exact = LogisticRegression(
        C=1 / (300 * penalty), fit_intercept=False, tol=1e-10, max_iter=10000
    )
    exact.fit(flat, train.labels)
    np.testing.assert_allclose(
        history.model.parameters.reshape(10, -1), exact.coef_, atol=2e-4
    )
    log_probabilities = exact.predict_log_proba(flat)[np.arange(300), train.labels]
    assert history.train_loss[-1] == pytest.approx(-log_probabilities.mean(), abs=1e-5)
    score = exact.score(test.images.reshape(100, -1), test.labels)
    assert history.test_error[-1] == pytest.approx(1 - score, abs=0.011)


@pytest.mark.parametrize("running", [False, True])
def test_engines_give_the_same_history(digits, running):
    runs = [
        fit(
            mlp(32, 10),
            *digits,
            optimizer=Adam(3e-3),
            epochs=4,
            batch_size=64,
            running=running,
            engine=name,
            seed=5,
        )
        for name in ENGINES
    ]
    for run in runs:
        np.testing.assert_allclose(curves(run), curves(runs[0]), atol=1e-3)
        assert run.epochs.tolist() == [1, 2, 3, 4]
    again = fit(
        mlp(32, 10),
        *digits,
        optimizer=Adam(3e-3),
        epochs=4,
        batch_size=64,
        running=running,
        seed=5,
    )
    np.testing.assert_array_equal(curves(again), curves(runs[0]))


def test_running_means_weigh_the_last_small_batch_by_its_size(engine, digits):
    # With a vanishing lr every minibatch sees the same parameters, so the running
    # mean is the evaluated one.
    train, test = digits
    run = fit(
        mlp(8, 10),
        train,
        test,
        optimizer=SGD(1e-12),
        epochs=1,
        batch_size=128,
        running=True,
        engine=engine,
    )
    loss, error = run.model.evaluate(train.images, train.labels)
    assert (run.train_loss[0], run.train_error[0]) == pytest.approx(
        (loss, error), rel=1e-5
    )


@pytest.mark.parametrize(
    "optimizer", [SGD(0.05, 0.9), Adam(1e-3)], ids=["momentum", "adam"]
)
def test_a_killed_run_resumes_to_the_same_history(
    engine, digits, tmp_path, monkeypatch, optimizer
):
    settings = {
        "optimizer": optimizer,
        "epochs": 6,
        "engine": engine,
        "schedule": step_schedule({4: 0.1}),
    }
    settings |= {"evaluate_every": 2, "batch_size": 50}
    whole = fit(LAYERS, *digits, **settings)
    replace, saved = os.replace, []

    def kill_at_the_fourth(source, target):
        saved.append(target)
        if len(saved) == 4:
            raise KeyboardInterrupt
        replace(source, target)

    checkpoint = tmp_path / "run.npz"
    monkeypatch.setattr("os.replace", kill_at_the_fourth)
    with pytest.raises(KeyboardInterrupt):
        fit(LAYERS, *digits, checkpoint=checkpoint, **settings)
    monkeypatch.undo()
    resumed = fit(LAYERS, *digits, checkpoint=checkpoint, **settings)
    np.testing.assert_array_equal(curves(resumed), curves(whole))
    np.testing.assert_array_equal(resumed.model.parameters, whole.model.parameters)
    np.testing.assert_array_equal(resumed.model.state, whole.model.state)
    assert resumed.epochs.tolist() == [2, 4, 6]
    finished = fit(LAYERS, *digits, checkpoint=checkpoint, **settings)
    np.testing.assert_array_equal(curves(finished), curves(whole))
    with pytest.raises(ValueError, match="another optimizer"):
        fit(
            LAYERS, *digits, checkpoint=checkpoint, **settings | {"optimizer": SGD(0.2)}
        )
    with pytest.raises(ValueError, match="another schedule"):
        fit(LAYERS, *digits, checkpoint=checkpoint, **settings | {"schedule": None})
    with pytest.raises(ValueError, match="another data"):
        fit(LAYERS, *digits[::-1], checkpoint=checkpoint, **settings)
    checkpoint.write_bytes(checkpoint.read_bytes()[:500])
    with pytest.raises(ValueError, match="no checkpoint"):
        fit(LAYERS, *digits, checkpoint=checkpoint, **settings)


def test_divergence_is_reported_as_divergence(engine, digits):
    settings = {
        "loss": "squared",
        "optimizer": SGD(50.0),
        "epochs": 5,
        "engine": engine,
    }
    with pytest.raises(
        TrainingDiverged,
        match=r"in epoch 1, step \d+ of 3, with lr 50; try a smaller one, such as 5",
    ):
        fit(mlp(32, 10, "linear"), *digits, **settings)
    settings["optimizer"] = SGD(0.01)
    settings["schedule"] = step_schedule({3: 1e4})
    history = fit(mlp(32, 10, "linear"), *digits, raise_on_divergence=False, **settings)
    assert history.diverged
    assert history.epochs.tolist() == [1, 2, 3]
    assert np.isfinite(curves(history)).all()


def test_training_stops_below_a_loss_and_starts_from_given_parameters(engine, digits):
    train, _ = digits
    start = initial_parameters(mlp(64, 10), (1, 8, 8), seed=9)
    run = fit(
        mlp(64, 10),
        train,
        optimizer=SGD(0.5),
        epochs=200,
        stop_below=0.05,
        parameters=start,
        engine=engine,
    )
    assert run.train_loss[-1] < 0.05 <= run.train_loss[-2]
    assert run.test_loss.size == 0
    same = fit(
        mlp(64, 10),
        train,
        optimizer=SGD(0.5),
        epochs=1,
        seed=0,
        parameters=start,
        engine=engine,
    )
    assert same.train_loss[0] == run.train_loss[0]


def test_the_host_waits_once_an_epoch(digits, monkeypatch):
    mx = pytest.importorskip("mxnet")
    waits = []
    for name in ("asnumpy", "wait_to_read"):
        original = getattr(mx.nd.NDArray, name)
        monkeypatch.setattr(
            mx.nd.NDArray,
            name,
            lambda self, original=original: (waits.append(1), original(self))[1],
        )
    train, _ = digits
    model = engines.build(mlp(8, 10), (1, 8, 8), engine="mxnet")
    data = model.backend.upload(train.images, train.labels)
    trainer = model.backend.trainer(*data, "cross_entropy", SGD(), 10)
    waits.clear()
    trainer.run(np.arange(300), 0.1)
    assert len(waits) == 1


def test_schedules():
    steps = step_schedule({2: 0.1, 4: 0.5})
    assert [steps(epoch) for epoch in range(6)] == pytest.approx(
        [1, 1, 0.1, 0.1, 0.05, 0.05]
    )


def test_progress_is_silent_under_ci(digits, monkeypatch, capsys):
    monkeypatch.setenv("CI", "true")
    fit(mlp(4, 10), *digits, epochs=1)
    assert capsys.readouterr() == ("", "")
    fit(mlp(4, 10), *digits, epochs=1, progress=True)
    assert "epoch" in capsys.readouterr().err


def test_a_short_run_leaves_no_bar_in_a_notebook(digits, monkeypatch, capsys):
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("D2LUTILS_PROGRESS", raising=False)
    fit(mlp(4, 10), *digits, epochs=2)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(_machine, "DELAY", 1e-9)
    fit(mlp(4, 10), *digits, epochs=600)  # a tenth of a second at least
    shown = capsys.readouterr().err
    assert "loss=" in shown
    assert not shown.rpartition("\r")[2].strip()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"optimizer": "sgd"}, TypeError, "optimizer must be a SGD or Adam"),
        ({"epochs": 0}, ValueError, "epochs must be a whole number >= 1.*, got 0"),
        (
            {"batch_size": 2.5},
            ValueError,
            "batch_size must be a whole number .* got 2.5",
        ),
        ({"loss": "hinge"}, ValueError, "loss must be one of"),
        (
            {"schedule": lambda epoch: -1.0},
            ValueError,
            "schedule's factor must be .* got -1.0",
        ),
        ({"parameters": np.zeros(3)}, ValueError, "parameters must have shape"),
    ],
)
def test_wrong_arguments_are_told_in_one_sentence(digits, arguments, error, message):
    with pytest.raises(error, match=message):
        fit(mlp(4, 10), *digits, **{"epochs": 1} | arguments)


@pytest.mark.parametrize("lr", [0, -1.0, math.nan, math.inf])
def test_optimisers_refuse_a_learning_rate_that_is_none(lr):
    for optimizer in (SGD, Adam):
        with pytest.raises(ValueError, match="lr must be"):
            optimizer(lr)
    with pytest.raises(
        ValueError, match="momentum must be a finite number >= 0 and < 1, got 1"
    ):
        SGD(0.1, momentum=1)


def test_images_and_labels_must_fit(digits):
    train, _ = digits
    with pytest.raises(ValueError, match="a label each"):
        fit(mlp(4, 10), Dataset(train.images, train.labels[:-1]), epochs=1)


@pytest.mark.parametrize(
    ("network", "shape", "number", "batch_size", "message"),
    [
        (
            deep(2, 8, normalization="batch", num_outputs=3),
            (6,),
            9,
            4,
            r"\(9 % 4 == 1\)",
        ),
        (deep(2, 8, normalization="batch", num_outputs=3), (6,), 9, 1, "of 1: take 3"),
        (deep(2, 8, normalization="batch", num_outputs=3), (6,), 1, 1, "got 1 example"),
        (
            Network(Conv(4, 3, 3), BatchNorm(), Flatten(), Dense(3)),
            (1, 4, 4),
            7,
            3,
            "layer 1, BatchNorm",
        ),
    ],
)
def test_batch_norm_never_sees_one_value(
    engine, network, shape, number, batch_size, message
):
    rng = np.random.default_rng(0)
    data = Dataset(rng.normal(size=(number, *shape)), np.arange(number) % 3)
    with pytest.raises(ValueError, match=message):
        fit(network, data, batch_size=batch_size, epochs=1, engine=engine)
    model = engines.build(network, shape, engine=engine)
    one = data.images[:1], data.labels[:1]
    for call in (
        lambda: model.layer_gradients(*one),
        lambda: model.activations(one[0], training=True),
        lambda: model.gradient(*one, training=True),
        lambda: model.train(*one, [[0]], SGD()),
    ):
        with pytest.raises(ValueError, match="at least 2 examples for layer 1, BatchN"):
            call()
    assert model.predict(one[0]).shape == (1, 3)


def test_batch_norm_on_several_pixels_takes_a_minibatch_of_one(engine):
    network = Network(Conv(4, 3), BatchNorm(), Flatten(), Dense(3))
    rng = np.random.default_rng(0)
    data = Dataset(rng.normal(size=(4, 1, 4, 4)), np.arange(4) % 3)
    assert not fit(network, data, batch_size=3, epochs=1, engine=engine).diverged


def test_numpy_numbers_do_as_python_s(engine, digits, tmp_path):
    train, test = digits
    plain = {"epochs": 2, "batch_size": 50, "seed": 3, "running": True, "gain": 1.0}
    numpy = {
        "epochs": np.int64(2),
        "batch_size": np.array(50),
        "seed": np.array(3),
        "running": np.True_,
        "gain": np.float32(1.0),
    }
    settings = {"engine": engine, "checkpoint": tmp_path / "run.npz"}
    first = fit(mlp(4, 10), train, test, **settings, **plain, optimizer=SGD(0.5))
    second = fit(
        mlp(np.int32(4), np.int64(10)),
        train,
        test,
        **settings,
        **numpy,
        optimizer=SGD(np.float64(0.5)),
    )
    np.testing.assert_array_equal(curves(first), curves(second))


@pytest.mark.parametrize("name", ["running", "raise_on_divergence"])
def test_a_text_is_no_truth_value(digits, name):
    with pytest.raises(TypeError, match=f"{name} must be True or False, got 'no'"):
        fit(mlp(4, 10), *digits, epochs=1, **{name: "no"})


def test_tensors_that_ask_for_a_gradient_are_read(digits, tmp_path):
    torch = pytest.importorskip("torch")
    train, _ = digits
    tensors = SimpleNamespace(
        images=torch.tensor(train.images, requires_grad=True),
        labels=torch.tensor(train.labels),
    )
    arguments = {"epochs": 1, "checkpoint": tmp_path / "run.npz"}
    first = fit(mlp(4, 10), train, **arguments)
    second = fit(mlp(4, 10), tensors, **arguments)
    np.testing.assert_array_equal(first.train_loss, second.train_loss)
