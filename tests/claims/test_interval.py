"""Intervals against the distributions that can be written down."""

import numpy as np
import pytest
from scipy import stats

from d2lutils import claims


def test_the_bootstrap_of_a_share_is_binomial():
    values = np.arange(50) < 35
    low, high = claims.bootstrap(values.astype(float), np.mean)
    exact = stats.binom(50, 0.7).ppf([0.025, 0.975]) / 50
    assert np.allclose([low, high], exact, atol=0.021)  # one hit, in Monte Carlo


def test_the_bootstrap_of_a_median_chooses_the_order_statistics_of_the_sign_test():
    values = np.random.default_rng(3).permutation(np.exp(np.arange(101) / 20))
    # The resampled median is at most the k-th value if half of the draws are.
    below = stats.binom.sf(50, 101, np.arange(1, 102) / 101)
    for end, tail in zip(
        claims.bootstrap(values, level=0.9), (0.05, 0.95), strict=True
    ):
        assert end in values
        assert abs(below[np.flatnonzero(np.sort(values) == end)[0]] - tail) < 0.04


def test_rows_stay_together():
    pairs = np.stack([np.arange(20.0), np.arange(20.0) + 3], axis=1)
    ends = claims.bootstrap(pairs, lambda rows: (rows[:, 1] - rows[:, 0]).mean())
    assert ends == (3, 3)


def test_the_same_seed_gives_the_same_interval():
    values = np.random.default_rng(0).normal(size=12)
    once = claims.bootstrap(values, np.mean)
    assert once == claims.bootstrap(values, np.mean)
    assert once != claims.bootstrap(values, np.mean, seed=1)


@pytest.mark.parametrize(("hits", "trials"), [(0, 10), (3, 20), (20, 20)])
def test_a_proportion_has_the_interval_of_the_exact_test(hits, trials):
    exact = stats.binomtest(hits, trials).proportion_ci(0.9, method="exact")
    assert claims.proportion(hits, trials, 0.9) == pytest.approx(tuple(exact))
    if hits == 0:  # the rule of three, exactly
        assert claims.proportion(0, trials)[1] == pytest.approx(
            1 - 0.025 ** (1 / trials)
        )


def test_one_run_has_no_interval():
    with pytest.raises(ValueError, match="at least two runs"):
        claims.bootstrap([1.0])
    with pytest.raises(ValueError, match="hits must be"):
        claims.proportion(5, 4)
