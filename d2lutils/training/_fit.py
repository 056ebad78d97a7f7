"""`fit`, one loop for both engines."""

import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from d2lutils import _checks, _machine, engines
from d2lutils.engines import SGD, Adam
from d2lutils.training import _checkpoints
from d2lutils.training._curves import Curves


@dataclass(frozen=True, eq=False)
class History(Curves):
    """What `fit` saw: the five arrays of `Curves`, and what became of the model.

    seconds: wall time of the whole run. model: the trained engines.Model. engine, device: what it ran on. diverged:
    whether the loss became NaN or infinite; the arrays then end with the last finite epoch.
    """

    seconds: float
    model: engines.Model
    engine: str
    device: str
    diverged: bool = False

    def __repr__(self):
        if not len(self.epochs):
            return f"History(no finite epoch, diverged={self.diverged})"
        test = f", test_loss={self.test_loss[-1]:.4g}" if len(self.test_loss) else ""
        return f"History({self.epochs[-1]} epochs, train_loss={self.train_loss[-1]:.4g}{test})"


class TrainingDiverged(ArithmeticError):
    """The training loss became NaN or infinite. `history` holds what was measured before."""

    def __init__(self, message, history):
        super().__init__(message)
        self.history = history


def fit(
    network,
    train,
    test=None,
    *,
    loss="cross_entropy",
    optimizer=None,
    epochs=10,
    batch_size=128,
    schedule=None,
    parameters=None,
    scheme="he",
    gain=1.0,
    seed=0,
    running=False,
    evaluate_every=1,
    stop_below=None,
    raise_on_divergence=True,
    engine=None,
    device=None,
    dtype="float32",
    progress=None,
    checkpoint=None,
    checkpoint_every=1,
):
    """Train a network by minibatches and measure it after each epoch. Returns a `History`.

    network: networks.Network. train, test: datasets.Dataset (images (n, ...), labels (n,) or targets); they are
    copied to the device once. loss: "cross_entropy" or "squared", see engines.Model. optimizer: `SGD` or `Adam`,
    by default SGD(0.1). epochs: number of passes; each is a fresh random permutation of the training set, cut into
    minibatches of batch_size, the last one possibly smaller. schedule: a function from the epoch (0, 1, ...) to a
    factor on the optimizer's lr. parameters: initial ones (P,), else drawn with `seed`, `scheme` and `gain`
    (networks.initial_parameters). seed also decides the permutations, the same for every engine and device.

    running=False evaluates the training set, too, with the parameters at the end of the epoch; running=True takes
    the mean over the minibatches while they were trained on, which costs nothing. evaluate_every: epochs between
    evaluations (the last epoch is always evaluated). stop_below: stop once the training loss is below it.
    progress: show a bar (default: unless engines.quiet()).
    checkpoint: path of a file to resume from and to save to every `checkpoint_every` epochs; a run that was killed
    and is called again with the same arguments gives the same history. engine, device, dtype: see engines.build.

    Raises TrainingDiverged when the loss is no longer finite (with raise_on_divergence=False the History has
    diverged=True instead), ValueError for arguments that do not fit, or a checkpoint of another run.
    """
    optimizer = (
        SGD()
        if optimizer is None
        else _checks.instance("optimizer", optimizer, (SGD, Adam))
    )
    epochs = _checks.whole("epochs", epochs, 1, 10**7)
    batch_size = _checks.whole("batch_size", batch_size, 1, math.inf)
    evaluate_every = _checks.whole("evaluate_every", evaluate_every, 1, math.inf)
    checkpoint_every = _checks.whole("checkpoint_every", checkpoint_every, 1, math.inf)
    seed = _checks.whole("seed", seed, 0, math.inf)
    stop_below = None if stop_below is None else _checks.real("stop_below", stop_below)
    if schedule is not None:
        _checks.function("schedule", schedule)
    if checkpoint is not None:
        checkpoint = _checks.path("checkpoint", checkpoint)
    for name, dataset in (
        ("train", train),
        *(() if test is None else (("test", test),)),
    ):
        _checks.has(name, dataset, "images", "labels")
    start_time = time.perf_counter()
    model = engines.build(
        network,
        np.shape(train.images)[1:],
        parameters=parameters,
        seed=seed,
        scheme=scheme,
        gain=gain,
        engine=engine,
        device=device,
        dtype=dtype,
    )
    number, batch_size = len(train.images), min(batch_size, len(train.images))
    data = [
        _upload(model, dataset, loss)
        for dataset in (train, test)
        if dataset is not None
    ]
    trainer = model.backend.trainer(*data[0], loss, optimizer, batch_size)
    factors = [
        1.0
        if schedule is None
        else _checks.real("the schedule's factor", schedule(epoch), 0)
        for epoch in range(epochs)
    ]
    rows, first, seconds = [], 0, 0.0
    if checkpoint is not None:
        settings = {
            "network": repr(network),
            "optimizer": repr(optimizer),
            "loss": loss,
            "batch_size": batch_size,
        }
        settings |= {
            "seed": seed,
            "running": running,
            "evaluate_every": evaluate_every,
            "dtype": dtype,
        }
        settings |= {
            "engine": model.engine,
            "data": _checkpoints.digest(model.parameters, train, test),
        }
        if checkpoint.exists():
            rows, first, seconds = _checkpoints.resume(
                checkpoint, settings, factors, model, trainer
            )
    diverged = ""
    with _machine.bar(progress, total=epochs, initial=first, unit="epoch") as bar:
        for epoch in range(first, epochs):
            if rows and stop_below is not None and rows[-1][1] < stop_below:
                break
            lr = optimizer.lr * factors[epoch]
            model.backend.seed(seed, epoch)
            order = np.random.default_rng([seed, epoch]).permutation(number)
            losses, wrong = trainer.run(order, lr)
            if not np.isfinite(losses).all():
                step = int(np.flatnonzero(~np.isfinite(losses))[0])
                diverged = f"in epoch {epoch + 1}, step {step + 1} of {len(losses)}, with lr {lr:g}"
                break
            if (epoch + 1) % evaluate_every == 0 or epoch + 1 == epochs:
                sizes = np.diff(np.append(np.arange(0, number, batch_size), number))
                measured = (
                    [(losses @ sizes / number, wrong.sum() / number)] if running else []
                )
                for arrays in data[len(measured) :]:
                    measured.append(
                        model.backend.evaluate(*arrays, loss, model.batch_size)
                    )
                if not np.isfinite(measured).all():
                    diverged = f"after epoch {epoch + 1}, with lr {lr:g}"
                    break
                rows.append(
                    [epoch + 1, *(float(value) for pair in measured for value in pair)]
                )
                bar.set_postfix(loss=f"{rows[-1][1]:.3g}")
            bar.update()
            if checkpoint is not None and (
                (epoch + 1) % checkpoint_every == 0 or epoch + 1 == epochs
            ):
                elapsed = seconds + time.perf_counter() - start_time
                _checkpoints.save(
                    checkpoint,
                    settings,
                    factors[: epoch + 1],
                    model,
                    trainer,
                    rows,
                    elapsed,
                )
    history = _history(
        rows, model, seconds + time.perf_counter() - start_time, bool(diverged)
    )
    if diverged and raise_on_divergence:
        hint = (
            f"try a smaller one, such as {optimizer.lr / 10:g}"
            if optimizer.lr > 1e-6
            else "check the data"
        )
        raise TrainingDiverged(
            f"the training loss became NaN or infinite {diverged}; {hint}", history
        )
    return history


def _upload(model, dataset, loss) -> tuple[Any, Any]:
    images = model.check_images(dataset.images)
    return model.backend.upload(
        images, model.check_labels(dataset.labels, len(images), loss)
    )


def _history(rows, model, seconds, diverged):
    columns = (
        np.array(rows, dtype=np.float64).reshape(len(rows), -1).T
        if rows
        else np.zeros((1, 0))
    )
    curves = [*columns[1:], *[np.zeros(0)] * (5 - len(columns))]
    train_loss, train_error, test_loss, test_error = curves
    epochs = columns[0].astype(int)
    return History(
        epochs,
        train_loss,
        train_error,
        test_loss,
        test_error,
        seconds,
        model,
        model.engine,
        model.device,
        diverged,
    )
