"""How long gradient flow waits, in closed form, against what gradient descent takes."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from d2lutils import landscapes
from d2lutils.descent import descend, escape_steps
from d2lutils.saddles import escape_asymptote, escape_time, plateau_time


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


def test_wrong_input_is_named():
    with pytest.raises(ValueError, match="depth"):
        escape_time(1, 0.1)
    with pytest.raises(ValueError, match="0 < eps"):
        escape_time(3, 0.0)
    with pytest.raises(ValueError, match="350"):
        plateau_time(-1.0)
