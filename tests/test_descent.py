"""Gradient descent against closed forms, PyTorch, and known basins and saddles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from d2lutils import landscapes
from d2lutils.descent import basin_share, descend, escape_steps

BASINS = landscapes.risk((-1, 2))
WELL = landscapes.double_well()
LINE = np.linspace(-1, 2, 3001)[:, None]


@settings(max_examples=25, deadline=None)
@given(
    a=st.lists(st.floats(-3, 3), min_size=1, max_size=4),
    lr=st.floats(0.01, 0.9),
    seed=st.integers(0, 99),
)
def test_quadratic_follows_its_closed_form(a, lr, seed):
    starts = np.random.default_rng(seed).normal(size=(3, len(a)))
    run = descend(landscapes.quadratic(a), starts, lr=lr, num_steps=30)
    powers = (1 - lr * np.array(a)) ** np.arange(31)[:, None, None]
    assert_allclose(run.points, powers * starts, rtol=1e-9, atol=1e-12)
    assert_allclose(run.values, 0.5 * (np.array(a) * run.points**2).sum(-1), atol=1e-12)


@settings(max_examples=15, deadline=None)
@given(lr=st.floats(0.001, 0.1), seed=st.integers(0, 99))
def test_plain_descent_is_the_textbook_loop_and_runs_do_not_see_each_other(lr, seed):
    rng = np.random.default_rng(seed)
    starts, order = rng.uniform(-1.5, 1.5, (6, 2)), rng.permutation(6)
    run = descend(WELL, starts, lr=lr, num_steps=20, momentum=0.0)
    x = starts
    for _ in range(20):
        x = x - lr * np.stack([4 * x[:, 0] ** 3 - 4 * x[:, 0], 2 * x[:, 1]], 1)
    assert_allclose(run.points[-1], x, atol=1e-12)
    shuffled = descend(WELL, starts[order], lr=lr, num_steps=20)
    assert_array_equal(shuffled.points, run.points[:, order])


TORCH = {  # how PyTorch builds it, what our call needs besides its name
    "sgd": (lambda torch, p: torch.optim.SGD(p, 0.02, momentum=0.9), {"momentum": 0.9}),
    "nesterov": (
        lambda torch, p: torch.optim.SGD(p, 0.02, momentum=0.9, nesterov=True),
        {"momentum": 0.9},
    ),
    "adagrad": (lambda torch, p: torch.optim.Adagrad(p, 0.02, eps=1e-8), {}),
    "rmsprop": (lambda torch, p: torch.optim.RMSprop(p, 0.02, alpha=0.9, eps=1e-8), {}),
    "adam": (lambda torch, p: torch.optim.Adam(p, 0.02), {}),
}


@pytest.mark.parametrize("optimizer", TORCH)
def test_optimizers_agree_with_pytorch(optimizer):
    torch = pytest.importorskip("torch")
    build, options = TORCH[optimizer]
    run = descend(
        WELL, [[0.1, 1.5]], lr=0.02, num_steps=60, optimizer=optimizer, **options
    )
    x = torch.tensor([0.1, 1.5], dtype=torch.float64, requires_grad=True)
    theirs = build(torch, [x])
    for _ in range(60):
        theirs.zero_grad()
        (x[0] ** 4 - 2 * x[0] ** 2 + x[1] ** 2).backward()
        theirs.step()
    assert_allclose(run.points[-1, 0], x.detach().numpy(), rtol=1e-6)


def test_step_size_selects_the_basin():
    below = (
        LINE[:, 0] < 0.2738527
    ).mean()  # left of the maximum between the two minima of x cos(pi x)
    for lr in (0.01, 0.1):
        assert_allclose(
            basin_share(BASINS, LINE, lr), [below, 1 - below, 0], atol=1e-12
        )
    # The global minimum is the sharper one, unstable above 2 / 12.0914 = 0.1654.
    assert basin_share(BASINS, LINE, 0.163)[1] > 0.5
    assert basin_share(BASINS, LINE, 0.168)[1] == 0
    assert_array_equal(basin_share(BASINS, LINE, 0.28), [1, 0, 0])


def test_noise_leaves_the_local_basin():
    starts = np.full((500, 1), BASINS.minima[0])
    noisy = basin_share(
        BASINS, starts, 0.1, 500, noise=2.0, rng=np.random.default_rng(0)
    )
    assert_array_equal(basin_share(BASINS, starts, 0.1, 500), [1, 0, 0])
    assert noisy[1] > 0.5


def test_share_of_the_global_basin_of_rastrigin():
    line = np.linspace(-5.12, 5.12, 20001)[:, None]
    assert basin_share(landscapes.rastrigin(1), line, 0.001)[5] == pytest.approx(
        0.098154, abs=1e-4
    )
    # 2 / (2 + 40 pi^2) = 0.00504: above it the global minimum repels.
    assert basin_share(landscapes.rastrigin(1), line, 0.0051)[5] < 1e-3


def test_no_random_start_stays_at_the_saddle():
    starts = np.random.default_rng(0).uniform(-2, 2, (4000, 2))
    share = basin_share(WELL, starts, 0.05)
    assert_allclose(share, [0.5, 0.5, 0], atol=4 * 0.5 / np.sqrt(4000))
    assert share[2] == 0


def test_escape_takes_the_logarithm_of_the_distance():
    eps = 10.0 ** -np.arange(2, 11)
    run = descend(WELL, np.c_[eps, 0 * eps], lr=0.05, num_steps=200)
    left = escape_steps(run, [0, 0], 0.5)
    assert_allclose(left, np.log(0.5 / eps) / np.log(1.2), atol=2.5)
    assert_allclose(np.diff(left), np.log(10) / np.log(1.2), atol=1)
    never = descend(WELL, [[0.0, 1.0]], lr=0.05, num_steps=200)
    assert escape_steps(never, [0, 0], 1.0).tolist() == [np.inf]


def test_the_cubic_saddle_attracts():
    lr, steps = 0.1, 3000
    starts = np.linspace(0.05, 1 / (3 * lr) - 0.05, 9)[:, None]
    run = descend(landscapes.cubic(), starts, lr=lr, num_steps=steps)
    assert_allclose(run.points[-1] * 3 * lr * steps, 1, atol=0.06)


def test_divergence_is_reported_and_frozen():
    lr = 0.05
    edge = np.sqrt((2 + 4 * lr) / (4 * lr))  # beyond it |x1| grows at every step
    run = descend(
        WELL, [[edge - 0.01, 0], [edge + 0.01, 0], [7.0, 1.0]], lr=lr, num_steps=100
    )
    assert run.diverged.tolist() == [False, True, True]
    assert np.isfinite(run.points).all()
    assert np.isfinite(run.values).all()
    assert run.diverged_at[0] == -1
    last = run.diverged_at[2]
    assert (run.points[last - 1 :, 2] == run.points[-1, 2]).all()
    assert abs(run.points[last - 2, 2, 0]) < abs(run.points[-1, 2, 0])


def test_sparse_records_are_rows_of_the_full_one():
    options = {"lr": [0.05, 0.1], "num_steps": 23, "noise": 0.3}
    full = descend(WELL, [[0.1, 1], [1, 1]], rng=np.random.default_rng(1), **options)
    sparse = descend(
        WELL,
        [[0.1, 1], [1, 1]],
        rng=np.random.default_rng(1),
        record_every=5,
        **options,
    )
    assert sparse.steps.tolist() == [0, 5, 10, 15, 20, 23]
    assert_array_equal(sparse.points, full.points[sparse.steps])
    assert_array_equal(sparse.values, full.values[sparse.steps])


@pytest.mark.parametrize("dtype", [">f8", "<f4", ">f4", "f2", ">i2"])
def test_numbers_of_any_type_are_computed_in_double_precision(dtype):
    starts, lr = np.array([[0, 1], [1, 2]], dtype), np.array([0.125, 0.25], "f2")
    for array in (starts, lr):
        array.flags.writeable = False
    bowl = landscapes.quadratic(np.array([1, 2], dtype), np.array([[-3, 3]] * 2, dtype))
    run = descend(bowl, starts, lr=lr, num_steps=200)
    powers = (1 - lr[:, None].astype(float) * [1, 2]) ** 200
    assert_allclose(run.points[-1], powers * starts, rtol=1e-12)
    assert run.points.dtype == np.float64
    line = landscapes.risk(np.array([-1, 2], dtype))
    assert_array_equal(line.minima, BASINS.minima)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"starts": [0.0, 1.0]}, r"shape \(n, 2\)"),
        ({"starts": [[np.nan, 1.0]]}, "finite"),
        ({"lr": -0.1}, "positive"),
        ({"lr": [0.1, 0.2, 0.3]}, "one number"),
        ({"momentum": 1.0}, "momentum"),
        ({"momentum": 0.9, "optimizer": "adam"}, "momentum"),
        ({"noise": 0.1}, "rng must be"),
        ({"optimizer": "adamax"}, "one of 'sgd'"),
        ({"num_steps": -1}, "num_steps"),
    ],
)
def test_wrong_input_is_named(change, message):
    options = {"starts": [[0.0, 1.0]], "lr": 0.1, "num_steps": 3} | change
    with pytest.raises(ValueError, match=message):
        descend(WELL, options.pop("starts"), **options)
