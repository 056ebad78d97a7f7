"""The public face of a network on a device: NumPy in, NumPy out, on every engine."""

from __future__ import annotations

import functools
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from d2lutils import _checks, networks
from d2lutils.engines import _data, _loading
from d2lutils.engines._optimizers import SGD, Adam, Optimizer
from d2lutils.engines._protocol import Backend

Objective = Callable[[ArrayLike], tuple[float, np.ndarray]]
_Method = TypeVar("_Method", bound=Callable)


def _one_at_a_time(method: _Method) -> _Method:
    """A method that one thread is in at a time: the others of that model wait."""

    @functools.wraps(method)
    def locked(self: Model, *args: Any, **kwargs: Any) -> Any:
        with self._lock:
            return method(self, *args, **kwargs)

    return locked  # type: ignore[return-value]


@dataclass(frozen=True, eq=False)
class LayerGradients:
    """Sizes of gradients along a network of L layers, the entries of `network.layers`.

    Attributes
    ----------
    inputs : array of shape (L + 1,)
        Frobenius norm of the gradient with respect to the input of each layer, the
        whole batch; the last entry is that of the network's output. float64.
    parameters : array of shape (L,)
        Norm of the gradient with respect to the parameters of each layer, 0 where it
        has none. float64.
    """

    inputs: np.ndarray
    parameters: np.ndarray


class Model:
    """A network with parameters, on a device. Made by `engines.build`.

    In all methods, images are ``(n, *input_shape)`` and labels integers (n,), or for
    ``loss="squared"`` also targets (n, outputs). The loss "cross_entropy" is the mean
    of -log softmax; "squared" the mean over examples of half the squared distance of
    f(x) from y, where integer labels stand for one-hot targets. ``training`` is whether
    BatchNorm takes its statistics from these images and Dropout is active, as in
    training; otherwise the model is in evaluation mode. Every method raises ValueError
    for arrays that do not fit. Several threads may share a model: they take turns. A
    copy, also a pickled one, has parameters and running averages of its own.

    Attributes
    ----------
    layout : networks.Layout
        The network and its shapes.
    network, input_shape, output_shape, num_parameters
        What `layout` holds, by their usual names.
    engine : str
        "mxnet" or "torch".
    device : str
        "cpu" or "gpu".
    dtype : str
        "float32" or "float64".
    batch_size : int
        How many images evaluation works on at a time.
    parameters : array of shape (P,)
        The flat parameter vector in the order of `networks.parameter_shapes`, float64,
        a copy; assign to it to change them.
    state : array of shape (S,)
        The running averages of BatchNorm layers, in the same way.
    backend : Backend
        What the engine makes when it is first needed; for `training.fit`.
    """

    def __init__(
        self,
        layout: networks.Layout,
        engine: str,
        device: str,
        dtype: str,
        parameters: np.ndarray,
        state: np.ndarray | None = None,
    ) -> None:
        parameters = _of_size("parameters", parameters, layout.size)
        self.layout, self._start = layout, (parameters, state)
        self.engine, self.device, self.dtype = engine, device, dtype
        self._lock = threading.RLock()
        self.network = layout.network
        self.input_shape, self.output_shape = layout.input_shape, layout.output_shape
        self.num_parameters = layout.size
        # On a CPU, activations that stay in its caches: twice as fast as batches of
        # thousands. On a GPU, the more the better.
        shapes = [layout.input_shape, *(step.output_shape for step in layout.steps)]
        room = 2**26 if device == "gpu" else 2**21
        self.batch_size = min(8192, max(64, room // max(map(math.prod, shapes))))

    @functools.cached_property
    def backend(self) -> Backend:
        with self._lock:
            parts = self.engine, self.layout, self.device, self.dtype
            backend = _loading.make_backend(*parts)
            parameters, state = self._start
            backend.load(parameters)
            if state is not None:
                backend.load_state(state)
            return backend

    def load(self) -> None:
        """Make the backend now, if it has not been needed yet."""
        _ = self.backend

    def __repr__(self) -> str:
        return (
            f"Model({self.num_parameters} parameters, input {self.input_shape}, "
            f"{self.engine}, {self.dtype})"
        )

    def __reduce__(self) -> tuple:
        # What frameworks copy by themselves are arrays, not that one is a view of
        # another.
        parts = self.layout, self.engine, self.device, self.dtype
        return Model, (*parts, self.parameters, self.state)

    @property
    @_one_at_a_time
    def parameters(self) -> np.ndarray:
        return self.backend.parameters().astype(np.float64)

    @parameters.setter
    @_one_at_a_time
    def parameters(self, flat: ArrayLike) -> None:
        # Not only finite ones: where an optimiser has diverged, one asks for the loss.
        flat = _checks.array("parameters", flat, finite=False)
        self.backend.load(_of_size("parameters", flat, self.num_parameters))

    @property
    @_one_at_a_time
    def state(self) -> np.ndarray:
        return self.backend.state().astype(np.float64)

    @state.setter
    @_one_at_a_time
    def state(self, flat: ArrayLike) -> None:
        flat = _checks.array("state", flat, finite=False)
        self.backend.load_state(_of_size("state", flat, self.backend.state().size))

    @_one_at_a_time
    def predict(self, images: ArrayLike) -> np.ndarray:
        """Outputs of the network in evaluation mode.

        Returns
        -------
        array of shape ``(n,) + output_shape``
            In the model's dtype.
        """
        images = self.check_images(images)
        parts = self._parts(len(images))
        return np.concatenate([self.backend.predict(images[part]) for part in parts])

    @_one_at_a_time
    def evaluate(
        self, images: ArrayLike, labels: ArrayLike, loss: str = "cross_entropy"
    ) -> tuple[float, float]:
        """Mean loss and share of wrong answers in evaluation mode.

        An answer is the largest output; with a single output (squared loss) its sign.
        """
        images, labels = self._checked(images, labels, loss)
        data = self.backend.upload(images, labels)
        return self.backend.evaluate(*data, loss, self.batch_size)

    def loss(
        self, images: ArrayLike, labels: ArrayLike, loss: str = "cross_entropy"
    ) -> float:
        """Mean loss in evaluation mode."""
        return self.evaluate(images, labels, loss)[0]

    def gradient(
        self,
        images: ArrayLike,
        labels: ArrayLike,
        loss: str = "cross_entropy",
        training: bool = False,
    ) -> np.ndarray:
        """Gradient of the mean loss by the flat parameters, (P,) float64."""
        return self.objective(images, labels, loss, training)(self.parameters)[1]

    def objective(
        self,
        images: ArrayLike,
        labels: ArrayLike,
        loss: str = "cross_entropy",
        training: bool = False,
    ) -> Objective:
        """The loss as a function of the parameters.

        With ``training=True`` BatchNorm takes its statistics from the whole of `images`
        and Dropout is active; the running averages do not change.

        Returns
        -------
        function
            Parameters (P,) -> (mean loss, gradient (P,) float64). It leaves the model's
            own parameters as they are.
        """
        images, labels = self._checked(images, labels, loss)
        if training:
            self.check_batch_size(len(images), len(images))
        parts = [slice(0, len(images))] if training else self._parts(len(images))
        shares = [(part.stop - part.start) / len(images) for part in parts]
        data = [self.backend.upload(images[part], labels[part]) for part in parts]

        def loss_and_gradient(parameters: ArrayLike) -> tuple[float, np.ndarray]:
            kept, state = self.parameters, self.state
            self.parameters = parameters
            try:
                value, gradient = 0.0, np.zeros(self.num_parameters)
                for share, arrays in zip(shares, data, strict=True):
                    part = self.backend.gradient(*arrays, loss, training)
                    value += share * part[0]
                    gradient += share * part[1]
            finally:
                self.parameters, self.state = kept, state
            return value, gradient

        def alone(parameters: ArrayLike) -> tuple[float, np.ndarray]:
            with self._lock:
                return loss_and_gradient(parameters)

        return alone

    @_one_at_a_time
    def activations(
        self, images: ArrayLike, training: bool = False
    ) -> list[np.ndarray]:
        """What enters each layer, and the output.

        Returns
        -------
        list of L + 1 arrays of shape (n, ...)
            The first one the images.
        """
        images, state = self.check_images(images), self.state
        if training:
            self.check_batch_size(len(images), len(images))
        try:
            return self.backend.activations(images, training)
        finally:
            self.state = state

    @_one_at_a_time
    def layer_gradients(
        self,
        images: ArrayLike,
        labels: ArrayLike | None = None,
        loss: str = "cross_entropy",
        *,
        output_gradient: ArrayLike | None = None,
        training: bool = True,
    ) -> LayerGradients:
        """Norms of gradients at each layer.

        Parameters
        ----------
        images : array of shape ``(n, *input_shape)``
            Inputs.
        labels : array, optional
            If given, gradients are those of the mean loss.
        loss : str
            "cross_entropy" or "squared", with `labels`.
        output_gradient : array of shape ``(n, *output_shape)``, optional
            If given instead, gradients are those of the sum over all entries of
            output_gradient * outputs.
        training : bool
            Whether BatchNorm uses the batch's statistics: gradients as training sees
            them.

        Returns
        -------
        LayerGradients
            At each input and of each layer's parameters.
        """
        images = self.check_images(images)
        number = len(images)
        if training:
            self.check_batch_size(number, number)
        if (labels is None) == (output_gradient is None):
            given = "neither" if labels is None else "both"
            raise ValueError(
                f"either labels or output_gradient must be given, got {given}"
            )
        if labels is not None:
            heads = self.check_labels(labels, number, loss)
        else:
            loss, heads = "linear", self._heads(output_gradient, number) * number
        state = self.state
        try:
            inputs, flat = self.backend.layer_gradients(images, heads, loss, training)
        finally:
            self.state = state
        squares = np.zeros(len(self.network.layers))
        for name, array in self.layout.unflatten(flat).items():
            squares[int(name.split(".")[0])] += np.square(array).sum()
        norms = np.array([np.linalg.norm(array.astype(np.float64)) for array in inputs])
        return LayerGradients(norms, np.sqrt(squares))

    @_one_at_a_time
    def example_gradients(
        self, images: ArrayLike, labels: ArrayLike, loss: str = "cross_entropy"
    ) -> np.ndarray:
        """Gradient of each example's own loss by the parameters, evaluation mode.

        Returns
        -------
        array of shape (n, P)
            float64.
        """
        images, labels = self._checked(images, labels, loss)
        return self.backend.example_gradients(images, labels, loss)

    @_one_at_a_time
    def jacobian(self, images: ArrayLike) -> np.ndarray:
        """Derivative of each output with respect to the parameters, evaluation mode.

        Its products between inputs are the empirical neural tangent kernel.

        Returns
        -------
        array of shape (n, outputs, P)
            float64.
        """
        images, outputs = self.check_images(images), math.prod(self.output_shape)
        heads = np.tile(np.eye(outputs, dtype=self.dtype), (len(images), 1))
        rows = self.backend.example_gradients(
            np.repeat(images, outputs, axis=0),
            heads.reshape(-1, *self.output_shape),
            "linear",
        )
        return rows.reshape(len(images), outputs, self.num_parameters)

    @_one_at_a_time
    def train(
        self,
        images: ArrayLike,
        labels: ArrayLike,
        batches: ArrayLike,
        optimizer: Optimizer,
        loss: str = "cross_entropy",
    ) -> np.ndarray:
        """One optimiser step for each row of `batches`.

        `training.fit` is the whole loop; this is for when each step matters.

        Parameters
        ----------
        images, labels : arrays
            The examples.
        batches : array of shape (steps, batch size), int
            Indices into the images.
        optimizer : training.SGD or training.Adam
            It starts afresh.
        loss : str
            "cross_entropy" or "squared".

        Returns
        -------
        array of shape (steps,)
            The loss of each minibatch before its step, float64.
        """
        images, labels = self._checked(images, labels, loss)
        batches = _checks.array("batches", batches, dtype=None)
        whole = batches.dtype.kind in "iu" and batches.ndim == 2 and batches.size
        if not whole or batches.min() < 0 or batches.max() >= len(images):
            raise ValueError(
                f"batches must be (steps, batch size) of indices below {len(images)}, "
                f"got {_checks.shown(batches)}"
            )
        self.check_batch_size(batches.size, batches.shape[1])
        _checks.instance("optimizer", optimizer, (SGD, Adam))
        data = self.backend.upload(images, labels)
        trainer = self.backend.trainer(*data, loss, optimizer, batches.shape[1])
        return trainer.run(batches.ravel(), optimizer.lr)[0]

    def check_images(self, images: ArrayLike) -> np.ndarray:
        """`images` as a contiguous array ``(n, *input_shape)`` of the model's dtype.

        Raises
        ------
        ValueError
            If they have another shape, or numbers too large for the dtype.
        """
        return _data.as_images(images, self.input_shape, self.dtype)

    def check_labels(
        self, labels: ArrayLike, num_examples: int, loss: str
    ) -> np.ndarray:
        """Labels of `num_examples` images as the engines take them.

        Returns
        -------
        array of shape (n,), int64, or of shape (n, outputs)
            Classes; or targets in the model's dtype, for the squared loss.

        Raises
        ------
        ValueError
            If they are not as many, no classes of this network, or of another shape.
        """
        return _data.as_labels(
            labels, num_examples, self.output_shape, loss, self.dtype
        )

    def check_batch_size(self, num_examples: int, batch_size: int) -> None:
        """Refuse minibatches of one example where BatchNorm would see single values.

        Raises
        ------
        ValueError
            If `num_examples` in minibatches of `batch_size` make such a one.
        """
        _data.check_spread(self.layout, num_examples, batch_size)

    def _checked(
        self, images: ArrayLike, labels: ArrayLike, loss: str
    ) -> tuple[np.ndarray, np.ndarray]:
        images = self.check_images(images)
        return images, self.check_labels(labels, len(images), loss)

    def _heads(self, output_gradient: Any, num_examples: int) -> np.ndarray:
        heads = _checks.array("output_gradient", output_gradient)
        if heads.shape != (num_examples, *self.output_shape):
            raise ValueError(
                "output_gradient must have shape "
                f"{(num_examples, *self.output_shape)}, got {heads.shape}"
            )
        return _data.finite_in(self.dtype, "output_gradient", heads)

    def _parts(self, num_examples: int) -> list[slice]:
        starts = range(0, num_examples, self.batch_size)
        return [
            slice(start, min(start + self.batch_size, num_examples)) for start in starts
        ]


def _of_size(name: str, flat: np.ndarray, size: int) -> np.ndarray:
    if flat.shape != (size,):
        raise ValueError(f"{name} must have shape ({size},), got {flat.shape}")
    return flat
