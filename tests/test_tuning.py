"""What the chapter on hyperparameters tunes: resumable, right gradients, divergence."""

import numpy as np
import pytest

from d2lutils import datasets, tuning
from d2lutils.search import log_uniform, successive_halving
from d2lutils.tuning import SLIDES, SPACE, DigitsMLP

SMALL = DigitsMLP(num_train=200, num_validation=100, num_test=100)
CONFIG = {"lr": 0.05, "l2": 1e-3, "hidden": 20}


def test_going_on_is_the_same_as_training_in_one_go():
    loss, state, details = SMALL(CONFIG, 3, None)
    before = [w.copy() for w in state["weights"]]
    resumed = SMALL(CONFIG, 7, state)
    whole = SMALL(CONFIG, 7, None)
    assert resumed[0] == whole[0]
    assert resumed[2] == whole[2]
    assert all(
        (a == b).all() for a, b in zip(before, state["weights"], strict=True)
    )  # a state may be used again
    assert set(details) == {
        "train_loss",
        "train_error",
        "validation_error",
        "test_loss",
        "test_error",
    }
    assert loss != resumed[0]


def test_many_settings_on_the_way():
    other = {"lr": 0.01, "l2": 0.0, "hidden": 5}
    table = SMALL.losses([CONFIG, other], (1, 3))
    loss, _, details = SMALL(other, 3, None)
    assert table["validation"][1, 1] == loss
    assert table["training"][1, 1] == details["train_loss"]
    assert table["test"][1, 1] == details["test_loss"]
    assert table["validation"][0, 0] == SMALL(CONFIG, 1, None)[0]
    with pytest.raises(ValueError, match="increasing, got \\(3, 1\\)"):
        SMALL.losses([CONFIG], (3, 1))


def test_its_images_are_means_over_squares_and_its_own():
    first, last = datasets.load("mnist-sample")
    sets = SMALL.sets()
    images, labels = sets["validation"]
    corner = first.images[-1, 0, 2:4, 4:6]
    assert images[-1, 1 * 14 + 2] == pytest.approx(corner.mean())
    assert (labels == first.labels[-100:]).all()
    assert (sets["test"][1] == last.labels[:100]).all()
    before = SMALL(CONFIG, 1, None)[0]
    images[:] = 0
    assert SMALL(CONFIG, 1, None)[0] == before


def test_a_step_follows_the_gradient_of_the_penalised_loss():
    rng = np.random.default_rng(0)
    images, labels = (
        rng.standard_normal((30, 9)).astype(np.float32),
        rng.integers(0, 10, 30),
    )
    weights = tuning._initial(9, 7, 0)
    velocities = [rng.standard_normal(w.shape).astype(np.float32) for w in weights]
    old, before = (
        [w.astype(float) for w in weights],
        [v.astype(float) for v in velocities],
    )
    config = {"lr": 0.1, "l2": 0.3, "hidden": 7}

    def objective(parameters):
        w1, b1, w2, b2 = parameters
        logits = np.maximum(images @ w1 + b1, 0) @ w2 + b2
        loss = np.log(np.exp(logits).sum(1)) - logits[np.arange(30), labels]
        return loss.mean() + 0.15 * ((w1**2).sum() + (w2**2).sum())

    tuning._step(weights, velocities, images, labels, config, 0.9)
    for i in range(4):
        expected = np.empty_like(old[i])
        for where in np.ndindex(*old[i].shape):
            shifted = [[w.copy() for w in old] for _ in "+-"]
            shifted[0][i][where] += 1e-5
            shifted[1][i][where] -= 1e-5
            gradient = (objective(shifted[0]) - objective(shifted[1])) / 2e-5
            expected[where] = 0.9 * before[i][where] + gradient
        np.testing.assert_allclose(velocities[i], expected, atol=2e-5)
        np.testing.assert_allclose(weights[i], old[i] - 0.1 * expected, atol=2e-5)


def test_it_learns_digits():
    loss, _, details = DigitsMLP()({"lr": 0.05, "l2": 1e-4, "hidden": 100}, 10, None)
    assert loss < 0.5
    assert details["train_loss"] < loss
    assert details["test_error"] < 0.15
    _, _, digits = DigitsMLP("digits", 1000, 400, pool=1)(
        {"lr": 0.05, "l2": 1e-4, "hidden": 50}, 10, None
    )
    assert digits["test_error"] < 0.08


def test_divergence_is_a_failed_trial():
    with pytest.raises(FloatingPointError, match="diverged in epoch"):
        SMALL({"lr": 50.0, "l2": 1.0, "hidden": 20}, 5, None)
    objective = DigitsMLP(num_train=200, num_validation=100, num_test=100, batch_size=5)
    space = {**SPACE, "lr": log_uniform(1e-2, 1e3), "l2": log_uniform(0.1, 1)}
    study = successive_halving(objective, space, 9, 3, seed=0, progress=False)
    assert study.failed
    assert all("diverged" in trial.error for trial in study.failed)
    assert np.isfinite(study.best.loss)


def test_workers_train_the_same_networks():
    alone = successive_halving(SMALL, SPACE, 4, 4, eta=2, progress=False)
    assert (
        successive_halving(SMALL, SPACE, 4, 4, eta=2, progress=False, n_jobs=2) == alone
    )


def test_the_ten_settings_of_the_slides():
    assert len(SLIDES) == 10
    assert min(SLIDES, key=lambda row: row[1]) == (
        {"lr": 10**-1.9, "l2": 10**-5.8, "hidden": 126},
        0.0242,
    )
    for config, _ in SLIDES:
        assert all(
            SPACE[name].low <= value <= SPACE[name].high
            for name, value in config.items()
        )


def test_data_that_do_not_suffice():
    with pytest.raises(
        ValueError, match=r"at most 4000 together, .* of mnist-sample, got 3500"
    ):
        DigitsMLP(num_train=3500)(CONFIG, 1, None)
    with pytest.raises(ValueError, match="sides that pool = 3 divides"):
        DigitsMLP(pool=3)(CONFIG, 1, None)
