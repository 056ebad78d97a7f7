"""Every interactive figure with parameters that work, and how its answers are read in a
browser.
"""

from pathlib import Path
from types import SimpleNamespace

import numpy as np

import d2lutils
from d2lutils import interactive

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


KINDS = sorted(file.stem for file in FILES.glob("[a-z]*.js") if "." not in file.stem)
FIGURES = [
    training_curves if kind == "training_curves" else getattr(interactive, kind)
    for kind in KINDS
]


def result(page):
    return page.evaluate("document.querySelector('.d2lutils-figure').figureResult")


def spoken(page):
    page.wait_for_timeout(600)  # the sentence waits until the reader has stopped
    return page.locator("[aria-live=polite]").inner_text()
