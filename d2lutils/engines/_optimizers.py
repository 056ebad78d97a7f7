"""Optimisers as data: what an engine's trainer is told to do."""

from __future__ import annotations

from dataclasses import dataclass

from d2lutils import _checks


@dataclass(frozen=True)
class SGD:
    """Stochastic gradient descent, with momentum if asked for.

    v <- momentum * v + gradient + weight_decay * w;  w <- w - lr * v

    Attributes
    ----------
    lr : float
        Learning rate, above 0.
    momentum : float
        From 0 to below 1.
    weight_decay : float
        At least 0; it acts on every parameter, biases included.

    Raises
    ------
    ValueError
        For numbers outside these bounds.
    """

    lr: float = 0.1
    momentum: float = 0.0
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        _real(self, "lr", above=0)
        _real(self, "momentum", 0, below=1)
        _real(self, "weight_decay", 0)

    @property
    def num_slots(self) -> int:
        """How many arrays of the parameters' shape it keeps: v, if it has momentum."""
        return 1 if self.momentum else 0


@dataclass(frozen=True)
class Adam:
    """Adam with bias correction.

    Attributes
    ----------
    lr : float
        Learning rate, above 0.
    beta1, beta2 : float
        Shares of their old value that the means of gradients and of their squares keep,
        from 0 to below 1.
    epsilon : float
        Added to the root of the mean square, above 0.
    weight_decay : float
        Added to the gradient (L2, not AdamW), at least 0.

    Raises
    ------
    ValueError
        For numbers outside these bounds.

    Notes
    -----
    A gradient that is zero but for rounding is divided by its own size: see
    `networks.BatchNorm` on biases before it.

    References
    ----------
    Kingma & Ba 2015.
    """

    lr: float = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        _real(self, "lr", above=0)
        _real(self, "beta1", 0, below=1)
        _real(self, "beta2", 0, below=1)
        _real(self, "epsilon", above=0)
        _real(self, "weight_decay", 0)

    @property
    def num_slots(self) -> int:
        """How many arrays of the parameters' shape it keeps: both means."""
        return 2


Optimizer = SGD | Adam


def _real(
    optimizer: Optimizer,
    name: str,
    *bounds: float,
    above: float | None = None,
    below: float | None = None,
) -> None:
    value = getattr(optimizer, name)
    number = _checks.real(name, value, *bounds, above=above, below=below)
    _checks.settle(optimizer, name, number)
