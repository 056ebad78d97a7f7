"""The public face of a network on a device: NumPy in, NumPy out, the same for every engine."""

import math
from dataclasses import dataclass

import numpy as np

from d2lutils import _checks, networks
from d2lutils.engines._protocol import Backend

LOSSES = ("cross_entropy", "squared")


@dataclass(frozen=True, eq=False)
class LayerGradients:
    """Sizes of gradients along a network of L layers (the top-level entries of `network.layers`).

    inputs (L + 1,): Frobenius norm of the gradient with respect to the input of layer l, the whole batch; the last
    entry is that of the network's output. parameters (L,): norm of the gradient with respect to the parameters of
    layer l, 0 where it has none. Both float64, summed in float64.
    """

    inputs: np.ndarray
    parameters: np.ndarray


class Model:
    """A network with parameters, on a device. Made by `engines.build`.

    Attributes: network, input_shape, engine ("mxnet" or "torch"), device ("cpu" or "gpu"), dtype, num_parameters,
    and `parameters`, the flat parameter vector (P,) in the order of networks.parameter_shapes, float64, a copy;
    assign to it to change them. `state` (S,) holds the running averages of BatchNorm layers in the same way.

    In all methods, images are (n, *input_shape) and labels integers (n,), or for loss="squared" also targets
    (n, outputs). loss="cross_entropy" is the mean of -log softmax; loss="squared" the mean over examples of
    |f(x) - y|^2 / 2, where integer labels stand for one-hot targets. training: whether BatchNorm takes its statistics
    from these images and Dropout is active, as in training; else evaluation mode. The backend is what an engine makes
    (`protocol.Backend`). Every method raises ValueError for arrays that do not fit.
    """

    def __init__(self, network, input_shape, engine, device, dtype, backend: Backend):
        self.network, self.input_shape = network, input_shape
        self.engine, self.device, self.dtype, self.backend = (
            engine,
            device,
            dtype,
            backend,
        )
        self.output_shape = networks.output_shape(network, input_shape)
        self.num_parameters = networks.num_parameters(network, input_shape)
        # On a CPU, activations that stay in its caches: twice as fast as batches of thousands. On a GPU, the more
        # the better.
        largest = max(
            math.prod(shape) for *_, shape in networks.walk(network.layers, input_shape)
        )
        room = 2**26 if device == "gpu" else 2**21
        self.batch_size = int(
            min(8192, max(64, room // max(largest, math.prod(input_shape))))
        )

    def __repr__(self):
        return f"Model({self.num_parameters} parameters, input {self.input_shape}, {self.engine}, {self.dtype})"

    @property
    def parameters(self):
        return self.backend.parameters().astype(np.float64)

    @parameters.setter
    def parameters(self, flat):
        # Not only finite ones: where an optimiser has diverged, the loss there is what is asked for.
        flat = _checks.array("parameters", flat, finite=False)
        if flat.shape != (self.num_parameters,):
            raise ValueError(
                f"got parameters of shape {flat.shape}, need ({self.num_parameters},)"
            )
        self.backend.load(flat)

    @property
    def state(self):
        return self.backend.state().astype(np.float64)

    @state.setter
    def state(self, flat):
        flat, size = np.asarray(flat, dtype=np.float64), self.backend.state().size
        if flat.shape != (size,):
            raise ValueError(f"got a state of shape {flat.shape}, need ({size},)")
        self.backend.load_state(flat)

    def predict(self, images):
        """Outputs of the network in evaluation mode, (n, *output_shape), in the model's dtype."""
        images = self.check_images(images)
        return np.concatenate(
            [self.backend.predict(images[part]) for part in self._parts(len(images))]
        )

    def evaluate(self, images, labels, loss="cross_entropy"):
        """Mean loss and share of wrong answers in evaluation mode, two floats.

        An answer is the largest output; with a single output (squared loss) its sign.
        """
        images, labels = (
            self.check_images(images),
            self.check_labels(labels, len(images), loss),
        )
        return self.backend.evaluate(
            *self.backend.upload(images, labels), loss, self.batch_size
        )

    def loss(self, images, labels, loss="cross_entropy"):
        """Mean loss in evaluation mode, a float."""
        return self.evaluate(images, labels, loss)[0]

    def gradient(self, images, labels, loss="cross_entropy", training=False):
        """Gradient of the mean loss with respect to the flat parameters, (P,) float64."""
        return self.objective(images, labels, loss, training)(self.parameters)[1]

    def objective(self, images, labels, loss="cross_entropy", training=False):
        """The loss as a function: parameters (P,) -> (mean loss, gradient (P,) float64).

        The function leaves the model's own parameters as they are. With training=True BatchNorm takes its
        statistics from the whole of `images` and Dropout is active; the running averages do not change.
        """
        images, labels = (
            self.check_images(images),
            self.check_labels(labels, len(images), loss),
        )
        parts = [slice(0, len(images))] if training else self._parts(len(images))
        shares = [(part.stop - part.start) / len(images) for part in parts]
        data = [self.backend.upload(images[part], labels[part]) for part in parts]

        def loss_and_gradient(parameters):
            kept, state = self.parameters, self.state
            self.parameters = parameters
            try:
                value, gradient = 0.0, np.zeros(self.num_parameters)
                for share, arrays in zip(shares, data, strict=True):
                    part_value, part_gradient = self.backend.gradient(
                        *arrays, loss, training
                    )
                    value += share * part_value
                    gradient += share * part_gradient
            finally:
                self.parameters, self.state = kept, state
            return value, gradient

        return loss_and_gradient

    def sharpness(self, images, labels, loss="cross_entropy", tol=1e-3):
        """Largest eigenvalue of the Hessian of the mean loss at the model's parameters, evaluation mode, a float.

        By Lanczos on differences of gradients (spectra.sharpness); tol: relative accuracy asked of Lanczos.
        """
        from d2lutils import spectra

        loss_and_gradient = self.objective(images, labels, loss)
        tol = _checks.real("tol", tol, above=0)
        step = 1e-3 if self.dtype == "float32" else 1e-5
        return spectra.sharpness(
            lambda flat: loss_and_gradient(flat)[1], self.parameters, eps=step, tol=tol
        )

    def activations(self, images, training=False):
        """What enters each layer, and the output: a list of L + 1 arrays (n, ...), the first one the images."""
        state = self.state
        try:
            return self.backend.activations(self.check_images(images), training)
        finally:
            self.state = state

    def layer_gradients(
        self,
        images,
        labels=None,
        loss="cross_entropy",
        *,
        output_gradient=None,
        training=True,
    ):
        """Norms of gradients at each layer, as `LayerGradients`.

        They are gradients of the mean loss against `labels`, or, if `output_gradient` (n, *output_shape) is given
        instead, of the sum over all entries of output_gradient * outputs.
        training=True (the default: gradients as training sees them) makes BatchNorm use the batch's statistics.
        """
        images = self.check_images(images)
        if (labels is None) == (output_gradient is None):
            raise ValueError("need either labels or output_gradient")
        if labels is None:
            loss, labels = (
                "linear",
                self._heads(output_gradient, len(images)) * len(images),
            )
        else:
            labels = self.check_labels(labels, len(images), loss)
        state = self.state
        try:
            inputs, flat = self.backend.layer_gradients(images, labels, loss, training)
        finally:
            self.state = state
        arrays = networks.unflatten(self.network, self.input_shape, flat)
        parameters = np.zeros(len(self.network.layers))
        for name, array in arrays.items():
            parameters[int(name.split(".")[0])] += np.square(array).sum()
        norms = np.array([np.linalg.norm(array.astype(np.float64)) for array in inputs])
        return LayerGradients(norms, np.sqrt(parameters))

    def example_gradients(self, images, labels, loss="cross_entropy"):
        """Gradient of each example's own loss with respect to the parameters, (n, P) float64, evaluation mode."""
        images, labels = (
            self.check_images(images),
            self.check_labels(labels, len(images), loss),
        )
        return self.backend.example_gradients(images, labels, loss)

    def jacobian(self, images):
        """Derivative of each output with respect to the parameters, (n, outputs, P) float64, evaluation mode.

        Its products between inputs are the empirical neural tangent kernel.
        """
        images, outputs = self.check_images(images), math.prod(self.output_shape)
        heads = np.tile(np.eye(outputs), (len(images), 1)).reshape(
            -1, *self.output_shape
        )
        rows = self.backend.example_gradients(
            np.repeat(images, outputs, axis=0), heads.astype(self.dtype), "linear"
        )
        return rows.reshape(len(images), outputs, self.num_parameters)

    def train(self, images, labels, batches, optimizer, loss="cross_entropy"):
        """One optimiser step for each row of `batches` (steps, batch size), indices into the images.

        optimizer: training.SGD or training.Adam, starting afresh. Returns the loss of each minibatch before its
        step, (steps,) float64. `training.fit` is the whole loop; this is for when each step matters.
        """
        images, labels = (
            self.check_images(images),
            self.check_labels(labels, len(images), loss),
        )
        batches = _checks.array("batches", batches, dtype=None)
        whole = batches.dtype.kind in "iu" and batches.ndim == 2 and batches.size
        if not whole or batches.min() < 0 or batches.max() >= len(images):
            raise ValueError(
                f"batches must be (steps, batch size) of indices below {len(images)}"
            )
        _checks.has("optimizer", optimizer, "lr", "weight_decay")
        data = self.backend.upload(images, labels)
        trainer = self.backend.trainer(*data, loss, optimizer, batches.shape[1])
        return trainer.run(batches.ravel(), optimizer.lr)[0]

    def check_images(self, images):
        """`images` as a contiguous array (n, *input_shape) of the model's dtype, or a ValueError that says why."""
        images = np.ascontiguousarray(
            _checks.array("images", images, dtype=None), dtype=self.dtype
        )
        if not images.ndim or images.shape[1:] != self.input_shape or len(images) == 0:
            raise ValueError(
                f"got images of shape {images.shape}, need (n, *{self.input_shape}) with n >= 1"
            )
        if not np.isfinite(images).all():
            raise ValueError(
                f"images must be finite in {self.dtype}, got NaN or infinity"
            )
        return images

    def check_labels(self, labels, num_examples, loss):
        """Labels of num_examples images as the engines take them: (n,) int64, or targets (n, outputs) if squared."""
        _checks.choice("loss", loss, LOSSES)
        if len(self.output_shape) != 1:
            raise ValueError(
                f"the network's output has shape {self.output_shape}; a loss needs a vector"
            )
        labels, outputs = (
            _checks.array("labels", labels, dtype=None),
            self.output_shape[0],
        )
        if (
            labels.ndim == 1
            and len(labels) == num_examples
            and np.issubdtype(labels.dtype, np.integer)
        ):
            if labels.min() < 0 or labels.max() >= max(
                outputs, 2 if loss == "squared" else 1
            ):
                raise ValueError(
                    f"labels run from {labels.min()} to {labels.max()}; need 0 to {outputs - 1}"
                )
            if loss == "cross_entropy":
                return np.ascontiguousarray(labels, dtype=np.int64)
            if outputs > 1:
                return np.eye(outputs, dtype=self.dtype)[labels]
            labels = (
                2.0 * labels - 1.0
            )  # one output: classes 0 and 1 become the targets -1 and 1
        if loss == "cross_entropy":
            raise ValueError(
                f"got labels {labels.shape} {labels.dtype}, need {num_examples} integers"
            )
        targets = (
            labels.reshape(num_examples, -1)
            if labels.ndim == 1 and labels.size == num_examples
            else labels
        )
        if targets.shape != (num_examples, outputs):
            raise ValueError(
                f"got targets of shape {labels.shape}, need ({num_examples}, {outputs})"
            )
        return np.ascontiguousarray(targets, dtype=self.dtype)

    def _heads(self, output_gradient, num_examples):
        heads = _checks.array("output_gradient", output_gradient, dtype=self.dtype)
        if heads.shape != (num_examples, *self.output_shape):
            raise ValueError(
                f"got output_gradient {heads.shape}, need {(num_examples, *self.output_shape)}"
            )
        return heads

    def _parts(self, num_examples):
        starts = range(0, num_examples, self.batch_size)
        return [
            slice(start, min(start + self.batch_size, num_examples)) for start in starts
        ]
