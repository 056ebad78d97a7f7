"""Models in several threads, in forked processes, and copied."""

import copy
import multiprocessing
import os
import pickle
import subprocess
import sys
import threading

import numpy as np
import pytest

from d2lutils import engines
from d2lutils.networks import BatchNorm, Conv, Dense, Flatten, Network, ReLU
from d2lutils.training import SGD

NETWORK = Network(Conv(4, 3), BatchNorm(), ReLU(), Flatten(), Dense(3))
IMAGES = np.random.default_rng(0).normal(size=(20, 1, 8, 8))
LABELS = np.arange(20) % 3


@pytest.fixture(params=engines.available())
def model(request):
    model = engines.build(NETWORK, (1, 8, 8), engine=request.param)
    model.train(IMAGES, LABELS, np.arange(20).reshape(2, 10), SGD(0.1))
    return model


def test_threads_take_turns_with_one_model(model):
    loss, flat = model.loss(IMAGES, LABELS), model.parameters
    gradient, wrong = model.gradient(IMAGES, LABELS), []

    def work():
        for _ in range(15):
            if model.loss(IMAGES, LABELS) != loss:
                wrong.append("loss")
            if not np.array_equal(model.gradient(IMAGES, LABELS), gradient):
                wrong.append("gradient")
            model.layer_gradients(IMAGES, LABELS)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    np.testing.assert_array_equal(model.parameters, flat)


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))]
)
def test_a_copy_is_a_model_of_its_own(model, copied):
    outputs = model.predict(IMAGES)
    twin = copied(model)
    np.testing.assert_array_equal(twin.predict(IMAGES), outputs)
    np.testing.assert_array_equal(twin.state, model.state)
    twin.parameters = np.zeros(twin.num_parameters)
    assert not twin.predict(IMAGES).any()
    twin.train(IMAGES, LABELS, np.arange(20)[None], SGD(0.1))
    np.testing.assert_array_equal(model.predict(IMAGES), outputs)


FORK = """
import multiprocessing, sys
import numpy as np
from d2lutils import engines
from d2lutils.networks import mlp
from d2lutils.training import SGD

def used(model):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(500, 64)), rng.integers(0, 10, 500)
    return model.train(x, y, np.arange(500).reshape(2, 250), SGD(0.1))[-1]

def made():
    return engines.build(mlp(512, 10), (64,), engine=sys.argv[1])

def child(queue):
    queue.put((used(made()), used(model)))

if __name__ == "__main__":
    expected, model = used(made()), made()
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    process = context.Process(target=child, args=(queue,), daemon=True)
    process.start()
    np.testing.assert_allclose(queue.get(timeout=60), expected, rtol=1e-5)
    process.join()
"""


@pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="no fork here"
)
@pytest.mark.parametrize("engine", ["torch"])  # MXNet takes care of itself
def test_a_forked_process_trains_with_what_its_parent_has_used(engine):
    pytest.importorskip(engine)
    environment = {**os.environ, "OMP_NUM_THREADS": "2"}
    command = [sys.executable, "-c", FORK, engine]
    subprocess.run(command, env=environment, check=True, timeout=100)
