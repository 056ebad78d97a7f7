"""How long gradient flow waits, in closed form and in steps; the chain of saddles."""

import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import root

from d2lutils import landscapes
from d2lutils.descent import descend, escape_steps
from d2lutils.saddles import escape_asymptote, escape_time, plateau_time, saddle_chain


@pytest.mark.parametrize(("dim", "ratio"), [(1, 1.0), (2, 0.5), (4, 1.0), (5, 3.0)])
def test_derivatives_are_those_of_the_function(dim, ratio):
    chain, eps = saddle_chain(dim, ratio), 1e-5
    x = np.random.default_rng(dim).uniform(-1.4, 1.4, (20, dim))
    ends = [(x + eps * e, x - eps * e) for e in np.eye(dim)]
    slopes = np.stack([(chain.f(a) - chain.f(b)) / (2 * eps) for a, b in ends], axis=-1)
    bends = np.stack(
        [(chain.grad(a) - chain.grad(b)) / (2 * eps) for a, b in ends], axis=-1
    )
    assert np.allclose(chain.grad(x), slopes, atol=1e-8)
    assert np.allclose(chain.hess(x), bends, atol=1e-7)


def test_every_stationary_point_but_the_minima_is_a_strict_saddle():
    chain = saddle_chain(3, ratio=1.0)
    starts = [
        *np.random.default_rng(0).uniform(-1.3, 1.3, (300, 3)),
        *itertools.product((-1, 0, 1), repeat=3),
    ]
    found = [
        r.x
        for r in (root(chain.grad, s, jac=chain.hess, tol=1e-13) for s in starts)
        if r.success
    ]
    found = np.array([x for x in found if np.abs(chain.grad(x)).max() < 1e-10])
    least = np.linalg.eigvalsh(chain.hess(found))[:, 0]
    minimum = np.linalg.norm(found[:, None] - chain.minima, axis=-1).min(1) < 1e-6
    assert len(found) > 50
    assert minimum.any()
    assert (~minimum).any()
    assert np.allclose(least[minimum], 2)
    assert (least[~minimum] <= -1 + 1e-4).all()


def test_each_saddle_multiplies_the_time_by_one_plus_ratio():
    lr, eps, ratio = 0.02, 1e-4, 1.0
    chain = saddle_chain(4, ratio)
    run = descend(chain, np.full((1, 4), eps), lr=lr, num_steps=8000, record_every=5)
    reached = np.array(
        [run.steps[(np.abs(run.points[:, 0, i]) > 0.5).argmax()] for i in range(4)]
    )
    # Continuous time: tau_(k+1) = (1 + ratio) tau_k + ln(1 / eps), up to a constant a
    # saddle.
    predicted = np.log(1 / eps) * (2.0 ** np.arange(1, 5) - 1)
    assert np.allclose(reached * lr / predicted, 1, atol=0.12)


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_escape_time_is_that_of_gradient_descent(depth):
    eps, lr = np.array([0.05, 0.1]), 2e-3
    run = descend(
        landscapes.deep_scalar(depth), eps[:, None], lr=lr, num_steps=int(60 / lr)
    )
    steps = escape_steps(run, [0.0], 0.5)
    assert_allclose(steps * lr, escape_time(depth, eps), rtol=5e-3)


def test_escape_time_in_closed_form_and_in_the_limit():
    w = np.array([1e-3, 0.5])
    logit = np.log(w**2 / (1 - w**2))
    assert escape_time(2, 1e-3) == pytest.approx((logit[1] - logit[0]) / 4, rel=1e-9)
    eps = 1e-4
    assert_allclose(
        [escape_asymptote(n, eps) for n in (2, 3, 4)],
        [np.log(1e4) / 2, 1e4 / 3, 1e8 / 8],
    )
    assert_allclose(
        [escape_time(n, eps) / escape_asymptote(n, eps) for n in (3, 4)], 1, rtol=1e-3
    )
    assert abs(escape_time(2, eps) - escape_asymptote(2, eps)) < 1


def test_plateau_of_tanh():
    assert plateau_time(4.0) == pytest.approx(374.6, abs=0.2)
    run = descend(landscapes.tanh(), [[4.0]], lr=0.1, num_steps=4000)
    steps = (run.points[:, 0, 0] > 0).sum()
    assert steps * 0.1 == pytest.approx(plateau_time(4.0), rel=5e-3)


def test_bad_input_is_told():
    with pytest.raises(ValueError, match="dim"):
        saddle_chain(0)
    with pytest.raises(ValueError, match="ratio"):
        saddle_chain(2, -1.0)
    with pytest.raises(ValueError, match="shape"):
        saddle_chain(2).grad([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="depth"):
        escape_time(1, 0.1)
    with pytest.raises(ValueError, match="0 < eps"):
        escape_time(3, 0.0)
    with pytest.raises(ValueError, match="350"):
        plateau_time(-1.0)
