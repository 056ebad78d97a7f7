"""Processes that die, trials without an end, clusters and threads."""

import contextlib
import functools
import math
import multiprocessing
import os
import signal
import threading
import time
import warnings

import joblib
import numpy as np
import pytest
import threadpoolctl

from d2lutils import _machine
from d2lutils.search import hyperband, random_search, successive_halving, uniform
from d2lutils.tuning import SPACE, DigitsMLP

UNIT = {"x": uniform(0, 1)}
search = functools.partial(random_search, space=UNIT, resource=1, progress=False)


def healthy(config, resource, state):
    return config["x"] + 1 / resource, resource


def deadly(config, resource, state):
    """Configurations of at least 0.7 end their process, each time."""
    if config["x"] >= 0.7:
        os.kill(os.getpid(), signal.SIGKILL)
    return healthy(config, resource, state)


def sleepy(config, resource, state):
    """Configurations of at least 0.7 take a minute."""
    end = time.monotonic() + (60 if config["x"] >= 0.7 else 0)
    while time.monotonic() < end:
        time.sleep(0.01)
    return healthy(config, resource, state)


def expected(study, error, wanted=None):
    """The study is that of healthy trials but for those from 0.7 on, which failed."""
    wanted = wanted or search(healthy, num_configs=len(study.trials))
    assert len(study.trials) == len(wanted.trials)
    for trial, other in zip(study.trials, wanted.trials, strict=True):
        assert trial.config == other.config
        if trial.config["x"] >= 0.7:
            assert error in trial.error
            assert trial.loss == math.inf
        else:
            assert trial == other
    assert study.failed


def test_a_configuration_that_kills_its_process_has_failed(tmp_path):
    """It is named, never promoted, and known from then on."""
    halving = functools.partial(successive_halving, deadly, UNIT, 3, 3, progress=False)
    study = halving(n_jobs=2, folder=tmp_path)
    assert [(t.number, t.resource) for t in study.trials] == [
        (0, 1),
        (1, 1),
        (2, 1),
        (2, 3),
    ]
    assert [t.error for t in study.failed] == [
        "the process that ran it died (SIGKILL(-9))"
    ]
    assert study.failed[0].config["x"] >= 0.7
    assert study.best.number == 2
    # The same call in this very process survives.
    assert halving(n_jobs=1, folder=tmp_path) == study


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_trial_that_takes_too_long_has_failed(n_jobs):
    start = time.monotonic()
    study = search(sleepy, num_configs=3, n_jobs=n_jobs, timeout=0.3)
    assert time.monotonic() - start < 50
    expected(study, "TimeoutError: it took longer than 0.3 s")


def test_threads_are_told_to_stop():
    with joblib.parallel_config(backend="threading", n_jobs=2):
        expected(search(sleepy, num_configs=3, timeout=0.3), "longer than 0.3 s")
    deadline = time.monotonic() + 30
    while threading.active_count() > 20 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert threading.active_count() <= 20


@pytest.mark.parametrize("timeout", [0, -1, math.nan, math.inf, "1", True])
def test_a_time_limit_is_a_number(timeout):
    with pytest.raises((ValueError, TypeError), match="timeout must be a"):
        search(healthy, num_configs=2, timeout=timeout)


def test_every_backend_of_joblib_gives_the_same_study():
    alone = successive_halving(healthy, UNIT, 9, 9, progress=False)
    for backend in ("loky", "multiprocessing", "threading", "sequential"):
        with joblib.parallel_config(backend=backend):
            study = successive_halving(healthy, UNIT, 9, 9, n_jobs=2, progress=False)
        assert study == alone, backend


def test_a_backend_that_hands_nothing_over_as_it_comes_is_refused():
    class Foreign(joblib.parallel.ParallelBackendBase):
        supports_return_generator = False

        def effective_n_jobs(self, n_jobs):
            return 2

    joblib.register_parallel_backend("foreign", Foreign)
    with (
        joblib.parallel_config(backend="foreign"),
        pytest.raises(ValueError, match=r"backend must be one of .*, got Foreign"),
    ):
        search(healthy, num_configs=2, n_jobs=2)


def test_a_forked_process_searches_and_ends():
    """It has no processes of its parent, and does not wait for those that idle."""
    context = multiprocessing.get_context("fork")
    losses = context.SimpleQueue()

    def child():
        losses.put(search(healthy, num_configs=3, n_jobs=2).best.loss)

    best = search(healthy, num_configs=3, n_jobs=2).best.loss
    process = context.Process(target=child)
    process.start()
    process.join(60)
    assert (process.exitcode, losses.get()) == (0, best)


@pytest.mark.parametrize("n_jobs", [0, 1.5, "2", True])
def test_a_number_of_jobs_is_a_number(n_jobs):
    with pytest.raises((ValueError, TypeError), match="n_jobs must be a whole number"):
        search(healthy, num_configs=2, n_jobs=n_jobs)


def test_numpy_s_numbers_are_numbers():
    plain = successive_halving(healthy, UNIT, 9, 9, seed=3, progress=False)
    ours = {"seed": np.array(3), "eta": np.int64(3), "n_jobs": np.int32(1)}
    assert plain == successive_halving(
        healthy, UNIT, np.int64(9), np.array(9), progress=False, **ours
    )


def blas():
    """How many threads BLAS would use."""
    found = threadpoolctl.threadpool_info()
    return {pool["num_threads"] for pool in found if pool["user_api"] == "blas"}


@pytest.fixture
def two_threads():
    """BLAS with two threads, which nobody holds on to; and what it had before."""
    before = threadpoolctl.threadpool_limits(2, user_api="blas")
    _machine._take_blas()
    yield
    _machine._take_blas()
    before.restore_original_limits()


def test_threads_leave_blas_as_it_was(two_threads):
    """They limit and restore it in turn, and the last one used to win."""
    small = DigitsMLP(num_train=50, num_validation=50, num_test=50)
    both, door, came, left = threading.Barrier(2), threading.Lock(), [], []

    def limiting(config, resource, state):
        with contextlib.ExitStack() as stack:
            with door:
                limits = threadpoolctl.threadpool_limits(1, user_api="blas")
                stack.enter_context(limits)
                came.append(config)
            both.wait(30)
            while len(left) < came.index(config):  # first come, first leave
                time.sleep(0.001)
        left.append(config)
        return config["x"]

    with joblib.parallel_config(backend="threading", n_jobs=3):
        for _ in range(3):
            random_search(small, SPACE, 9, 2, progress=False)
            assert blas() == {2}
    with joblib.parallel_config(backend="threading", n_jobs=2):
        assert not search(limiting, num_configs=2).failed
    assert blas() == {2}


def test_what_cannot_be_sent_is_told():
    lock = threading.Lock()
    with pytest.raises(TypeError, match="objective must be what pickle can send"):
        search(lambda c, r, s: c["x"] + lock.locked(), num_configs=2, n_jobs=2)

    def stateful(config, resource, state):
        return config["x"] + 1 / resource, lambda: open(os.devnull)

    def unsendable(config, resource, state):
        return config["x"] + 1 / resource, threading.Lock()

    alone = successive_halving(healthy, UNIT, 9, 9, progress=False)
    found = successive_halving(stateful, UNIT, 9, 9, progress=False, n_jobs=2)
    assert found == alone  # functions are sent
    with pytest.warns(UserWarning, match="cannot be sent to another process"):
        found = successive_halving(unsendable, UNIT, 9, 9, progress=False, n_jobs=2)
    assert [t.loss for t in found.trials] == [t.loss for t in alone.trials]
    assert found.spent == 9 * 1 + 3 * 3 + 1 * 9  # each rung from the start


def test_a_cluster_fails_what_kills_its_workers_and_returns():
    """Also one that gives up a worker that has died, and has no other."""
    distributed = pytest.importorskip("distributed")
    dask = pytest.importorskip("dask")

    def mine(config, resource, state):
        return float(os.getpid())

    with (
        dask.config.set({"distributed.deploy.lost-worker-timeout": "0s"}),
        distributed.LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            host="127.0.0.1",
            silence_logs="CRITICAL",
        ) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config(backend="dask", wait_for_workers_timeout=60),
    ):
        expected(search(deadly, num_configs=3), "the worker that ran it died")
        expected(search(sleepy, num_configs=3, timeout=0.5), "longer than 0.5 s")
        here = search(mine, num_configs=2, n_jobs=1)
        assert {trial.loss for trial in here.trials} == {os.getpid()}
        there = search(mine, num_configs=2)
        assert os.getpid() not in {trial.loss for trial in there.trials}


def test_objectives_may_return_any_framework_s_scalars():
    kinds = [np.float32, np.array, lambda v: np.array([v]), np.longdouble]
    try:
        import torch

        kinds += [
            lambda v: torch.tensor(v),
            lambda v: torch.tensor([v], requires_grad=True),
        ]
    except ImportError:
        pass
    try:
        import mxnet as mx

        kinds += [lambda v: mx.nd.array([v]), lambda v: mx.np.array(v)]
    except ImportError:
        pass
    for kind in kinds:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # PyTorch's of gradients
            study = search(
                lambda c, r, s, kind=kind: (kind(0.25), None, {"test": kind(0.5)}),
                num_configs=1,
                n_jobs=1,
            )
        (trial,) = study.trials
        assert (trial.loss, trial.details) == (0.25, {"test": 0.5})
        assert (type(trial.loss), trial.error) == (float, "")


@pytest.mark.parametrize(
    ("result", "says"),
    [
        (None, "the objective must return a loss, .*, got None"),
        ((), "the objective must return a loss"),
        ((1.0, None, {}, 3), "the objective must return a loss"),
        ("0.5", "the loss must be a number, got '0.5'"),
        (np.zeros(2), "the loss must be a number"),
        (1j, "the loss must be a number, got 1j"),
        ((1.0, None, 3), "details must be a dict of floats, got 3"),
        ((1.0, None, {"test": "bad"}), "test must be a number, got 'bad'"),
    ],
)
def test_what_an_objective_must_not_return(result, says):
    study = search(lambda c, r, s: result, num_configs=2)
    with pytest.raises(ValueError, match=f"all 2 trials failed; .*TypeError: {says}"):
        study.best  # noqa: B018


def test_an_objective_that_exits_has_failed():
    def leaving(config, resource, state):
        raise SystemExit(3)

    assert {t.error for t in search(leaving, num_configs=2).trials} == {"SystemExit: 3"}


def test_where_all_failed_the_search_goes_on():
    """A rung without survivors leaves the other brackets alone."""

    def early(config, resource, state):
        return math.nan if resource < 9 else config["x"]

    study = hyperband(early, UNIT, 9, progress=False)
    assert [(t.bracket, t.resource) for t in study.trials if not t.failed] == [
        (2, 9)
    ] * 3
    assert len([t for t in study.trials if t.bracket == 0]) == 9
