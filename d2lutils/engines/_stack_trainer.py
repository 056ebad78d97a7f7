"""Optimiser steps of a stack of networks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from d2lutils.engines._optimizers import Adam, Optimizer
from d2lutils.engines._stack import Stack, diverging


class StackTrainer:
    """Optimiser steps of a stack; each member may have numbers of its own."""

    def __init__(self, stack: Stack, optimizers: Sequence[Optimizer]) -> None:
        self.stack, self.optimizers = stack, list(optimizers)
        self.steps = np.zeros(len(stack), int)
        number = max(one.num_slots for one in optimizers)
        self.slots = [np.zeros_like(stack.flat) for _ in range(number)]

    def take(self, rows: Sequence[int]) -> StackTrainer:
        """A trainer for some of the members."""
        taken = StackTrainer(
            self.stack.take(rows), [self.optimizers[row] for row in rows]
        )
        taken.steps, taken.slots = self.steps[rows], [s[rows] for s in self.slots]
        return taken

    def put(self, rows: Sequence[int], trainer: StackTrainer) -> None:
        """Put members that were taken back."""
        self.stack.put(rows, trainer.stack)
        self.steps[rows] = trainer.steps
        for slot, taken in zip(self.slots, trainer.slots, strict=True):
            slot[rows] = taken

    def run(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        loss: str,
        orders: np.ndarray,
        batch_size: int,
        lrs: np.ndarray,
    ) -> np.ndarray:
        """One step per batch_size columns of `orders` (m, n), learning rates (m,).

        Returns (2, m, steps) float64: losses of the minibatches before their steps, and
        numbers of wrong answers.
        """
        results = []
        rates = lrs[:, None].astype(self.stack.dtype)
        with diverging():
            for start in range(0, orders.shape[1], batch_size):
                batch = orders[:, start : start + batch_size]
                results.append(self.stack.step(images[batch], labels[batch], loss))
                self._step(rates)
        return np.array(results, np.float64).transpose(1, 2, 0)

    def _step(self, rates: np.ndarray) -> None:
        self.steps += 1
        weight, gradient = self.stack.flat, self.stack.gradient
        decay = self._column("weight_decay")
        if decay.any():
            gradient += decay * weight
        if isinstance(self.optimizers[0], Adam):
            self._adam_step(rates, gradient)
        elif self.slots:
            (velocity,) = self.slots
            velocity *= self._column("momentum")
            velocity += gradient
            weight -= rates * velocity
        else:
            weight -= rates * gradient

    def _adam_step(self, rates: np.ndarray, gradient: np.ndarray) -> None:
        mean, square = self.slots
        beta1, beta2 = self._column("beta1"), self._column("beta2")
        mean += (1 - beta1) * (gradient - mean)
        square *= beta2
        square += (1 - beta2) * gradient * gradient
        powers = self.steps[:, None]
        first = 1 - self._exact("beta1") ** powers
        second = np.sqrt(1 - self._exact("beta2") ** powers)
        epsilon = (self._exact("epsilon") * second).astype(self.stack.dtype)
        rates = rates * (second / first).astype(self.stack.dtype)
        self.stack.flat -= rates * mean / (np.sqrt(square) + epsilon)

    def _column(self, name: str) -> np.ndarray:
        return self._exact(name).astype(self.stack.dtype)

    def _exact(self, name: str) -> np.ndarray:
        return np.array([[getattr(one, name)] for one in self.optimizers], np.float64)
