"""Optimisers as data: what an engine's trainer is told to do."""

from dataclasses import dataclass

from d2lutils import _checks


@dataclass(frozen=True)
class SGD:
    """v <- momentum * v + gradient + weight_decay * w;  w <- w - lr * v. weight_decay acts on every parameter.

    Raises ValueError unless lr > 0, 0 <= momentum < 1 and weight_decay >= 0.
    """

    lr: float = 0.1
    momentum: float = 0.0
    weight_decay: float = 0.0

    def __post_init__(self):
        _checks.real("lr", self.lr, above=0)
        _checks.real("momentum", self.momentum, 0, below=1)
        _checks.real("weight_decay", self.weight_decay, 0)


@dataclass(frozen=True)
class Adam:
    """Adam (Kingma & Ba 2015) with bias correction; weight_decay is added to the gradient (L2, not AdamW).

    Raises ValueError unless lr > 0, 0 <= beta1, beta2 < 1, epsilon > 0 and weight_decay >= 0.
    """

    lr: float = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0

    def __post_init__(self):
        _checks.real("lr", self.lr, above=0)
        _checks.real("beta1", self.beta1, 0, below=1)
        _checks.real("beta2", self.beta2, 0, below=1)
        _checks.real("epsilon", self.epsilon, above=0)
        _checks.real("weight_decay", self.weight_decay, 0)
