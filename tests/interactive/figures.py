"""Every interactive figure with parameters that work, and how its answers are read in a
browser.
"""

from pathlib import Path
from types import SimpleNamespace

import numpy as np

import d2lutils
from d2lutils import interactive, kernels, landscapes, runs

FILES = Path(d2lutils.__file__).parent / "interactive"


def run(num_epochs=400, seed=0, **replaced):
    """Curves like those of a net that overfits: the test loss turns early, the test
    error late.
    """
    rng, t = np.random.default_rng(seed), np.arange(1, num_epochs + 1)
    curves = {
        "epochs": t,
        "train_loss": np.exp(-t / 25),
        "train_error": 0.3 * np.exp(-t / 15),
        "test_loss": 0.2
        + np.exp(-t / 6)
        + 0.1 * np.log1p(t / 20)
        + 0.003 * rng.random(num_epochs),
        "test_error": 0.05 + 0.2 * np.exp(-t / 15) + 0.002 * rng.random(num_epochs),
    }
    return SimpleNamespace(**(curves | replaced))


def training_curves(**options):
    return interactive.training_curves(
        {"true labels": run(), "random labels": run(60, 1)}, **options
    )


def grokking(**options):
    return interactive.grokking(runs.load("grokking"), **options)


def deep_double_descent(**options):
    return interactive.deep_double_descent(runs.load("double-descent"), **options)


RATES = 2.0 ** np.arange(-1, 3.1, 0.5)


def sweep(fall):
    """Losses of six starts at widths 16, 32 and 64: bowls about a best rate, which
    falls by some octaves as the width doubles; one octave beyond it, training diverges.
    """
    starts = np.random.default_rng(0).normal(0, 0.2, (6, 1, 1))
    off = np.log2(RATES) - (1.6 + starts - fall * np.arange(3)[:, None])
    losses = 2.0 ** (off**2 - np.arange(3)[:, None])
    return np.where(off > 1.4, np.inf, losses)


def width_transfer(**options):
    losses = {"one rate": sweep(0.9), "scaled rates": sweep(0)}
    return interactive.width_transfer(losses, (16, 32, 64), RATES, **options)


MADE = {
    make.__name__: make
    for make in (training_curves, grokking, deep_double_descent, width_transfer)
}
KINDS = sorted(file.stem for file in FILES.glob("[a-z]*.js") if "." not in file.stem)
FIGURES = [MADE.get(kind) or getattr(interactive, kind) for kind in KINDS]


def result(page):
    return page.evaluate("document.querySelector('.d2lutils-figure').figureResult")


def spoken(page):
    page.wait_for_timeout(600)  # the sentence waits until the reader has stopped
    return page.locator("[aria-live=polite]").inner_text()


def foretold(state, n, **replaced):
    """The library's curve for a figure's state, and the squares of the target."""
    state = {**state, **replaced}
    values, squares = (
        np.arange(1, 1001) ** -state[name]
        for name in ("spectrum_decay", "target_decay")
    )
    squares /= squares.sum()
    options = {name: state[name] for name in ("ridge", "sigma")}
    curve = kernels.learning_curve(
        values / values.sum(), np.sqrt(squares), n, **options
    )
    return curve, squares


def samples_of_risk(num_samples, sigma, seed):
    """(mean of the noise, its empirical risk, its minimiser, excess risk there) of the
    thirty samples of the figure `risk`, by the library.
    """
    best = landscapes.risk()
    for back in range(30):
        z = sigma * interactive.normals((seed - back) % 2**32, num_samples).mean()
        empirical = landscapes.empirical_risk(z)
        x = empirical.minima[empirical.f(empirical.minima).argmin()]
        yield z, empirical, x, best.f(x) - best.f(best.minima).min()
