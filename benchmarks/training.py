#!/usr/bin/env python3
"""How fast is `training.fit`, beside what a reader would write instead?

    python benchmarks/training.py [--rounds 3] [--scale 1.0] [--only lenet]
                                  [--jax PYTHON]

Images per second of three networks, validation after each epoch included, minibatches
of 128, all cores, whose threads wait for work awake (OMP_WAIT_POLICY=active, which on
two cores made `fit` on MXNet 1.4 to 1.7 times as fast on the two smaller networks). The
contestants take turns, each in a process of its own, and the best of the rounds counts:

* d2l's Trainer.fit, its drawing switched off, with images as d2l's own FashionMNIST
  serves them (bytes that four worker processes resize and turn into tensors, image by
  image) and with tensors made beforehand ("d2l tensors"),
* a bare hybridized Gluon loop,
* a bare PyTorch loop, as it is and with its network through torch.compile (which needs
  a C++ compiler and, the first time, minutes that are not counted),
* JAX, each step jitted, and ("jax scan") a whole epoch in one jitted scan, which spares
  the way from Python and back, but in which convolutions are slow (a quarter of an hour
  for the cuda-convnet); in an environment of
  its own (`pip install jax`): PYTHON is its interpreter, else the variable JAX_PYTHON;
  without one it is left out,
* `fit` on both engines.

What share of the machine's arithmetic is that: the multiplications of the layers
against the rate of a float32 matrix product. Then memory: how much a run adds to the
process, in units of the data set. Last, small networks from many seeds: `fit_many`
against a loop over `fit` on each engine, medians of alternating runs.
"""

import argparse
import functools
import json
import math
import os
import resource
import subprocess
import sys
import time
from typing import Any

import numpy as np

from d2lutils import datasets, networks
from d2lutils.datasets import Dataset
from d2lutils.training import SGD, fit, fit_many

BATCH, EPOCHS, LR = 128, 3, 0.01
CASES = {  # name: network, input shape, training images
    "lenet": (networks.lenet5(), (1, 28, 28), 10240),
    "cuda-convnet": (networks.cuda_convnet(), (3, 32, 32), 2560),
    "mlp": (networks.mlp(512, 10), (1, 28, 28), 40960),
}
SEEDS = ((64, 20), (16, 50))  # width of the hidden layer, members
CONTESTANTS = ("fit mxnet", "fit torch", "d2l", "d2l tensors", "gluon", "pytorch")
CONTESTANTS += ("torch.compile", "jax", "jax scan")

# Run by another interpreter: it has no d2lutils.
JAX = """
import json, os, sys, time
import jax, numpy as np
from jax import lax, numpy as jnp

case = json.loads(sys.argv[1])
rng = np.random.default_rng(0)

def examples(number):
    images = rng.random((number, *case["shape"]), dtype=np.float32)
    labels = jnp.array(rng.integers(0, 10, number))
    return jnp.array(images.transpose(0, 2, 3, 1)), labels

def initial():
    for kind, *how in case["layers"]:
        if kind in ("Conv", "Dense"):
            inputs, outputs, *kernel = how[:2] if kind == "Dense" else how[:3]
            shape = (*kernel, *kernel, inputs, outputs)
            weights = rng.standard_normal(shape, dtype=np.float32)
            scale = np.float32((2 / np.prod(shape[:-1])) ** 0.5)
            yield jnp.array(scale * weights), jnp.zeros(outputs)

def window(x, start, combine, size, stride, padding):
    pad = [(0, 0), (padding,) * 2, (padding,) * 2, (0, 0)]
    sizes, strides = (1, size, size, 1), (1, stride, stride, 1)
    return lax.reduce_window(x, start, combine, sizes, strides, pad)

def forward(weights, x):
    weights = iter(weights)
    for kind, *how in case["layers"]:
        if kind == "Conv":
            (w, b), (stride, padding) = next(weights), how[3:]
            pad, axes = [(padding,) * 2] * 2, ("NHWC", "HWIO", "NHWC")
            x = lax.conv_general_dilated(x, w, (stride,) * 2, pad, None, None, axes) + b
        elif kind == "Dense":
            w, b = next(weights)
            x = x @ w + b
        elif kind == "ReLU":
            x = jax.nn.relu(x)
        elif kind == "Flatten":
            x = x.reshape(len(x), -1)
        elif kind == "MaxPool":
            x = window(x, -jnp.inf, lax.max, *how)
        elif kind == "AvgPool":
            x = window(x, 0.0, lax.add, *how) / how[0] ** 2
    return x

def loss(weights, x, y):
    scores = jax.nn.log_softmax(forward(weights, x))
    return -jnp.take_along_axis(scores, y[:, None], 1).mean()

def step(weights, x, y):
    value, slopes = jax.value_and_grad(loss)(weights, x, y)
    update = lambda w, g: w - case["lr"] * g
    return jax.tree_util.tree_map(update, weights, slopes), value

def count(weights, x, y):
    return (forward(weights, x).argmax(1) != y).sum()

@jax.jit
def step_jitted(weights, batch, x, y):
    return step(weights, x[batch], y[batch])

count_jitted = jax.jit(count)

@jax.jit
def epoch_scanned(weights, order, x, y):
    return lax.scan(lambda w, batch: step(w, x[batch], y[batch]), weights, order)

@jax.jit
def wrong_scanned(weights, x, y):
    return lax.scan(lambda n, part: (n + count(weights, *part), None), 0, (x, y))[0]

x, y = examples(case["number"])
test_x, test_y = examples(case["tested"])
parts = test_x.reshape(-1, case["tested_batch"], *test_x.shape[1:])
part_labels = test_y.reshape(-1, case["tested_batch"])
weights = list(initial())

def run(epochs):
    global weights
    for _ in range(epochs):
        order = rng.permutation(len(x)).reshape(-1, case["batch"])
        if case["scan"]:
            weights, values = epoch_scanned(weights, jnp.array(order), x, y)
            float(values.sum()), int(wrong_scanned(weights, parts, part_labels))
        else:
            total = 0.0
            for batch in order:
                weights, value = step_jitted(weights, batch, x, y)
                total += value
            float(total)
            tested = zip(parts, part_labels)
            int(sum(count_jitted(weights, *part) for part in tested))

run(1)
clock = time.process_time if os.environ.get("CPU_TIME") else time.perf_counter
start = clock()
run(case["epochs"])
print(case["epochs"] * len(x) / (clock() - start))
"""


def random_images(number: int, shape: tuple[int, ...], seed: int) -> Dataset:
    rng = np.random.default_rng(seed)
    return Dataset(
        rng.random((number, *shape), dtype=np.float32), rng.integers(0, 10, number)
    )


def run_fit(
    network: networks.Network,
    train: Dataset,
    test: Dataset | None,
    epochs: int,
    engine: str,
) -> None:
    fit(
        network,
        train,
        test,
        optimizer=SGD(LR),
        epochs=epochs,
        batch_size=BATCH,
        running=True,
        engine=engine,
        progress=False,
    )


def gluon_layers(network: networks.Network, nn: Any) -> list[Any]:
    def window(layer: Any) -> dict[str, int]:
        return {
            "pool_size": layer.size,
            "strides": layer.stride or layer.size,
            "padding": layer.padding,
        }

    makers = {
        networks.Conv: lambda layer: nn.Conv2D(
            layer.channels, layer.kernel, layer.stride, layer.padding
        ),
        networks.Dense: lambda layer: nn.Dense(layer.units),
        networks.ReLU: lambda layer: nn.Activation("relu"),
        networks.Flatten: lambda layer: nn.Flatten(),
        networks.MaxPool: lambda layer: nn.MaxPool2D(**window(layer)),
        networks.AvgPool: lambda layer: nn.AvgPool2D(**window(layer)),
    }
    return [makers[type(layer)](layer) for layer in network.layers]


def run_d2l(
    network: networks.Network,
    train: Dataset,
    test: Dataset,
    epochs: int,
    tensors: bool = False,
) -> None:
    from d2l import mxnet as d2l
    from mxnet import init, npx
    from mxnet.gluon import nn

    npx.set_np()
    parts = test, train

    class Data(d2l.DataModule):
        def __init__(self) -> None:
            super().__init__()
            self.batch_size = BATCH

        def get_dataloader(self, train: bool) -> Any:
            loader = d2l_tensors if tensors else d2l_pictures
            return loader(self, parts[train], train)

    class Model(d2l.Classifier):
        def __init__(self) -> None:
            super().__init__()
            self.lr, self.board.display = LR, False
            self.net = nn.Sequential()
            self.net.add(*gluon_layers(network, nn))
            self.net.initialize(init.Xavier())

    d2l.Trainer(max_epochs=epochs).fit(Model(), Data())


def d2l_tensors(data: Any, part: Dataset, shuffled: bool) -> Any:
    from mxnet import np as mxnp

    arrays = mxnp.array(part.images), mxnp.array(part.labels)
    return data.get_tensorloader(arrays, shuffled)


def d2l_pictures(data: Any, part: Dataset, shuffled: bool) -> Any:
    """Bytes, as FashionMNIST has them."""
    from mxnet import gluon
    from mxnet import np as mxnp
    from mxnet.gluon.data.vision import transforms

    resize = transforms.Resize(part.images.shape[2:])
    transform = transforms.Compose([resize, transforms.ToTensor()])
    pixels = (255 * part.images).astype(np.uint8).transpose(0, 2, 3, 1)
    pictures = mxnp.array(pixels, dtype="uint8")
    dataset = gluon.data.ArrayDataset(pictures, part.labels.astype(np.int32))
    return gluon.data.DataLoader(
        dataset.transform_first(transform),
        BATCH,
        shuffle=shuffled,
        num_workers=data.num_workers,
    )


def run_gluon(
    network: networks.Network, train: Dataset, test: Dataset, epochs: int
) -> None:
    import mxnet as mx
    from mxnet import autograd, gluon

    net = gluon.nn.HybridSequential()
    net.add(*gluon_layers(network, gluon.nn))
    net.initialize(mx.init.Xavier())
    loss = gluon.loss.SoftmaxCELoss()
    net.hybridize(static_alloc=True, static_shape=True)
    loss.hybridize(static_alloc=True, static_shape=True)
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": LR})
    images, labels = mx.nd.array(train.images), mx.nd.array(train.labels)
    test_images, test_labels = mx.nd.array(test.images), mx.nd.array(test.labels)
    for _ in range(epochs):
        order = mx.nd.array(np.random.permutation(len(train)))
        total = mx.nd.zeros(1)
        for start in range(0, len(train), BATCH):
            batch = order[start : start + BATCH]
            x, y = images.take(batch), labels.take(batch)
            with autograd.record():
                value = loss(net(x), y)
            value.backward()
            trainer.step(len(batch))
            total += value.sum()
        total.asnumpy()
        wrong = mx.nd.zeros(1)
        for start in range(0, len(test), BATCH):
            part = slice(start, start + BATCH)
            outputs = net(test_images[part])
            wrong += (outputs.argmax(axis=1) != test_labels[part]).sum()
        wrong.asnumpy()


def pytorch_layer(step: networks.Step, nn: Any) -> Any:
    inputs = step.input_shape[0]
    match step.layer:
        case networks.Conv(channels, kernel, stride, padding):
            return nn.Conv2d(inputs, channels, kernel, stride, padding)
        case networks.Dense(units):
            return nn.Linear(inputs, units)
        case networks.ReLU():
            return nn.ReLU()
        case networks.Flatten():
            return nn.Flatten()
        case networks.MaxPool(size, stride, padding):
            return nn.MaxPool2d(size, stride, padding)
        case networks.AvgPool(size, stride, padding):
            return nn.AvgPool2d(size, stride, padding)
    raise LookupError(f"no case has a layer {step.layer}")


@functools.cache
def pytorch_network(
    network: networks.Network, shape: tuple[int, ...], compiled: bool
) -> Any:
    """One for the run that warms up and the one that counts: it compiles once."""
    import torch
    from torch import nn

    steps = networks.layout(network, shape).steps
    net = nn.Sequential(*(pytorch_layer(step, nn) for step in steps))
    return torch.compile(net) if compiled else net


def run_pytorch(
    network: networks.Network,
    train: Dataset,
    test: Dataset,
    epochs: int,
    compiled: bool = False,
) -> None:
    import torch
    from torch import nn

    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    net = pytorch_network(network, train.images.shape[1:], compiled)
    optimizer, loss = torch.optim.SGD(net.parameters(), LR), nn.CrossEntropyLoss()
    images, labels = torch.from_numpy(train.images), torch.from_numpy(train.labels)
    test_images, test_labels = (
        torch.from_numpy(test.images),
        torch.from_numpy(test.labels),
    )
    for _ in range(epochs):
        order, total = torch.randperm(len(train)), 0.0
        for batch in order.split(BATCH):
            optimizer.zero_grad()
            value = loss(net(images[batch]), labels[batch])
            value.backward()
            optimizer.step()
            total += value.detach() * len(batch)
        float(total)
        with torch.no_grad():
            parts = zip(test_images.split(BATCH), test_labels.split(BATCH), strict=True)
            int(sum((net(x).argmax(1) != y).sum() for x, y in parts))


def jax_layer(step: networks.Step) -> list[Any]:
    inputs = step.input_shape[0]
    match step.layer:
        case networks.Conv(channels, kernel, stride, padding):
            return ["Conv", inputs, channels, kernel, stride, padding]
        case networks.Dense(units):
            return ["Dense", inputs, units]
        case networks.ReLU() | networks.Flatten():
            return [type(step.layer).__name__]
        case networks.MaxPool(size, stride, padding):
            return ["MaxPool", size, stride or size, padding]
        case networks.AvgPool(size, stride, padding):
            return ["AvgPool", size, stride or size, padding]
    raise LookupError(f"no case has a layer {step.layer}")


def jax_case(case: str, scale: float, scan: bool) -> str:
    """What the other environment has to know, as JSON."""
    network, shape, _ = CASES[case]
    number = num_images(case, scale)
    return json.dumps(
        {
            "layers": [jax_layer(s) for s in networks.layout(network, shape).steps],
            "shape": shape,
            "number": number,
            "tested": number // 5,
            "batch": BATCH,
            "tested_batch": math.gcd(number // 5, BATCH),
            "epochs": EPOCHS,
            "lr": LR,
            "scan": scan,
        }
    )


def num_images(case: str, scale: float) -> int:
    return BATCH * max(2, round(CASES[case][2] * scale / BATCH))


def work(case: str, contestant: str, scale: float) -> None:
    """Images per second of one whole run, after a small one that warms up."""
    network, shape, _ = CASES[case]
    number = num_images(case, scale)
    train, test = random_images(number, shape, 0), random_images(number // 5, shape, 1)
    runs = {"d2l": run_d2l, "gluon": run_gluon, "pytorch": run_pytorch}
    runs |= {"d2l tensors": functools.partial(run_d2l, tensors=True)}
    runs |= {"torch.compile": functools.partial(run_pytorch, compiled=True)}
    runs |= {
        f"fit {engine}": functools.partial(run_fit, engine=engine)
        for engine in ("mxnet", "torch")
    }
    runs[contestant](
        network, train.take(slice(0, 2 * BATCH)), test.take(slice(0, BATCH)), epochs=1
    )
    clock = time.process_time if os.environ.get("CPU_TIME") else time.perf_counter
    start = clock()
    runs[contestant](network, train, test, epochs=EPOCHS)
    print(EPOCHS * number / (clock() - start))


def arithmetic(network: networks.Network, shape: tuple[int, ...]) -> int:
    """Floating-point operations to train on an image.

    Twice the multiplications, forward and for both gradients; the first layer needs
    none for its inputs.
    """
    total = 0
    for _, layer, before, after in networks.walk(network.layers, shape):
        if isinstance(layer, networks.Conv | networks.Dense):
            inputs = (
                layer.kernel**2 * before[0]
                if isinstance(layer, networks.Conv)
                else before[0]
            )
            total += 2 * inputs * math.prod(after) * (3 if total else 2)
    return total


def matrix_product() -> None:
    """Floating-point operations a second of a float32 matrix product, all cores."""
    a = np.random.default_rng(0).random((2000, 2000), dtype=np.float32)
    seconds = math.inf
    for _ in range(10):
        start = time.perf_counter()
        a @ a
        seconds = min(seconds, time.perf_counter() - start)
    print(2 * 2000**3 / seconds)


def memory(engine: str) -> None:
    """Memory that a run adds at most, the data included, in units of the data set."""
    network, shape = networks.mlp(64, 10), (1, 28, 28)
    run_fit(network, random_images(2560, shape, 0), None, 1, engine)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    train = random_images(60000, shape, 0)
    run_fit(network, train, None, 2, engine)
    added = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    print(added / train.images.nbytes)


def many(width: int, members: int, rounds: int) -> dict[str, float]:
    """Seconds of one hidden layer on 1000 digits from many seeds, medians."""
    network = networks.mlp(width, 10)
    train, _ = datasets.load("digits", num_train=1000, num_test=100)
    seconds: dict[str, list[float]] = {"fit_many": [], "mxnet": [], "torch": []}
    for k in range(rounds + 1):
        for name, found in seconds.items():
            options: dict[str, Any] = {"epochs": 4, "batch_size": 50, "progress": False}
            start = time.perf_counter()
            if name == "fit_many":
                fit_many(network, train, seeds=range(members), **options)
            else:
                for seed in range(members if k else 1):
                    fit(network, train, seed=seed, engine=name, **options)
            if k:  # the first round warms up
                found.append(time.perf_counter() - start)
    return {name: float(np.median(found)) for name, found in seconds.items()}


def measure(*command: object) -> float:
    environment = {
        "OMP_NUM_THREADS": str(os.cpu_count()),
        "OMP_WAIT_POLICY": "active",
        "MXNET_CUDNN_AUTOTUNE_DEFAULT": "0",
    } | os.environ
    done = subprocess.run(
        [*map(str, command)], env=environment, check=True, capture_output=True
    )
    return float(done.stdout.split()[-1])


OURSELVES = sys.executable, __file__


def race(case: str, rounds: int, scale: float, jax: str | None) -> dict[str, float]:
    """Images per second of each contestant, its best of the rounds."""
    speeds = dict.fromkeys(CONTESTANTS if jax else CONTESTANTS[:-2], 0.0)
    for _ in range(rounds):
        for name in speeds:
            if name.startswith("jax"):
                described = jax_case(case, scale, name == "jax scan")
                speed = measure(jax, "-c", JAX, described)
            else:
                speed = measure(*OURSELVES, "--work", case, name, "--scale", scale)
            speeds[name] = max(speeds[name], speed)
    return speeds


def main(rounds: int, scale: float, only: str | None, jax: str | None) -> None:
    ratios: dict[tuple[str, str], list[float]] = {}
    product = measure(*OURSELVES, "--product")
    for case in [only] if only else CASES:
        speeds = race(case, rounds, scale, jax)
        listed = ", ".join(f"{name} {speed:.0f}" for name, speed in speeds.items())
        print(f"{case}: images per second: {listed}")
        share = arithmetic(*CASES[case][:2]) / product
        print(
            "  of the rate of a matrix product: "
            f"fit on mxnet {share * speeds['fit mxnet']:.2f}, "
            f"three times d2l would be {share * 3 * speeds['d2l']:.2f}"
        )
        for engine in ("mxnet", "torch"):
            for rival in list(speeds)[2:]:
                ratio = speeds[f"fit {engine}"] / speeds[rival]
                ratios.setdefault((engine, rival), []).append(ratio)
                print(f"  fit on {engine} is {ratio:.2f} times as fast as {rival}")
    for (engine, rival), values in ratios.items():
        mean = math.exp(np.mean(np.log(values)))
        print(f"geometric mean, {engine} over {rival}: {mean:.2f}")
    for engine in ("mxnet", "torch"):
        share = measure(*OURSELVES, "--memory", engine)
        print(f"memory on {engine}: {share:.2f} times the data set, itself included")
    for width, members in SEEDS:
        seconds = many(width, members, rounds)
        told = ", ".join(
            f"{seconds[engine] / seconds['fit_many']:.1f} times as fast as on {engine}"
            for engine in ("mxnet", "torch")
        )
        print(
            f"{members} seeds, width {width}: fit_many {seconds['fit_many']:.2f} s, "
            f"{told}"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the images")
    parser.add_argument("--only", choices=CASES)
    parser.add_argument("--jax", default=os.environ.get("JAX_PYTHON"))
    parser.add_argument("--work", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--memory", help=argparse.SUPPRESS)
    parser.add_argument("--product", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        work(*arguments.work, arguments.scale)
    elif arguments.memory:
        memory(arguments.memory)
    elif arguments.product:
        matrix_product()
    else:
        if not arguments.jax:
            print("no --jax: comparison with JAX skipped")
        main(arguments.rounds, arguments.scale, arguments.only, arguments.jax)
