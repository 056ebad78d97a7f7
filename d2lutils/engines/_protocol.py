"""What an engine has to provide.

A module with `Backend` and `Trainer`, ``gpu_trouble(dtype)`` (why it cannot compute on
a GPU here, or "") and ``dropout_masks(seed, draws, dtype)`` (what Dropout lets through,
draw by draw of a shape and a rate, after the backend's ``seed(*seed)``).

Images are arrays ``(n, *input_shape)`` of the backend's dtype, labels what
`Model.check_labels` returns, parameters the flat vector (P,) in the order of
`networks.parameter_shapes`; all of them are checked before they get here. The loss is
"cross_entropy", "squared" or "linear": the sum over an example's outputs times its
labels, whose gradient is theirs.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from d2lutils.engines._optimizers import Optimizer


class Trainer(Protocol):
    """Optimiser steps on data that lie on the device. Made by `Backend.trainer`."""

    def run(self, order: np.ndarray, lr: float) -> np.ndarray:
        """One step per batch_size indices of `order`, a shorter last one included.

        Returns (2, steps) float64: each minibatch's mean loss before its step, and its
        number of wrong answers. The host waits for the device once, at the end.
        """

    def state(self) -> dict[str, Any]:
        """What a resumed run needs beside the parameters.

        The optimiser's arrays "slots" and its number of "steps".
        """

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on from what `state` returned."""


class Backend(Protocol):
    """One network's arrays on a device, Backend(layout, device, dtype).

    NumPy in, NumPy out. ``images`` and ``labels`` are NumPy arrays, or what `upload`
    made of them; ``training`` is whether BatchNorm takes its statistics from these
    images and Dropout is active; ``batch_size`` the number of examples to work on at a
    time.
    """

    def parameters(self) -> np.ndarray:
        """The parameters (P,), a copy, in the backend's dtype."""

    def load(self, flat: np.ndarray) -> None:
        """Set the parameters."""

    def state(self) -> np.ndarray:
        """The running averages of all BatchNorm layers (S,).

        Layer by layer the means, then the variances.
        """

    def load_state(self, flat: np.ndarray) -> None:
        """Set the running averages."""

    def upload(self, images: np.ndarray, labels: np.ndarray) -> tuple[Any, Any]:
        """Images and labels as arrays of the framework on the device.

        On a CPU they may share the arrays' memory.
        """

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Outputs in evaluation mode, ``(n, *output_shape)``."""

    def evaluate(
        self, images: Any, labels: Any, loss: str, batch_size: int
    ) -> tuple[float, float]:
        """Mean loss and error rate of uploaded data in evaluation mode.

        The host waits once, at the end.
        """

    def gradient(
        self, images: Any, labels: Any, loss: str, training: bool
    ) -> tuple[float, np.ndarray]:
        """Mean loss of uploaded data and its gradient (P,) float64."""

    def activations(self, images: np.ndarray, training: bool) -> list[np.ndarray]:
        """What enters each layer of the network, and the output."""

    def layer_gradients(
        self, images: np.ndarray, labels: np.ndarray, loss: str, training: bool
    ) -> tuple[list[np.ndarray], np.ndarray]:
        """Gradients of the mean loss by each layer's input and the output.

        And the one by the parameters.
        """

    def example_gradients(
        self, images: np.ndarray, labels: np.ndarray, loss: str
    ) -> np.ndarray:
        """Gradient of each example's loss in evaluation mode, (n, P) float64."""

    def seed(self, *numbers: int) -> None:
        """Decide Dropout's draws."""

    def trainer(
        self, images: Any, labels: Any, loss: str, optimizer: Optimizer, batch_size: int
    ) -> Trainer:
        """A `Trainer` on uploaded data, whose optimiser starts afresh."""
