"""Matrix completion against closed forms, duality, autograd and published theory."""

import concurrent.futures
import inspect
import itertools
import os
import subprocess
import sys
import warnings

import mxnet_twin
import numpy as np
import pytest
import threadpoolctl
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import types

from d2lutils import completion
from d2lutils.completion import (
    balanced_factors,
    deep_factorization,
    effective_rank,
    nuclear_norm,
    problem,
    relative_error,
    schatten_norm,
    singular_value_flow,
    two_by_two,
    unidentified,
)


@pytest.fixture(scope="module")
def scarce():
    """About twice as many observations as unknowns, 3 (60 + 60 - 3)."""
    return problem(60, 3, 900, np.random.default_rng(2))


def test_problem_has_the_size_rank_and_scale_it_was_asked_for():
    task = problem(30, 3, 200, np.random.default_rng(0), num_columns=50, noise=0.1)
    assert task.truth.shape == (30, 50)
    assert np.linalg.matrix_rank(task.truth) == 3
    assert np.mean(task.truth**2) == pytest.approx(1)
    assert task.mask.sum() == 200
    noise = (task.observed - task.truth)[task.mask]
    assert 0.07 < noise.std() < 0.13
    assert not task.observed[~task.mask].any()


# Least nuclear norm ------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(
    st.tuples(*[st.integers(2, 12)] * 2),
    st.floats(0.3, 1.0),
    st.sampled_from([0.0, 0.1, 2.0]),
    st.integers(0, 99),
)
def test_the_certificate_brackets_the_optimum(shape, share, penalty, seed):
    m, n = shape
    rng = np.random.default_rng(seed)
    data = rng.standard_normal((m, n))
    mask = rng.random((m, n)) < share
    mask[rng.integers(m), rng.integers(n)] = True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        done = nuclear_norm(data, mask, penalty=penalty, tol=1e-6)

    def objective(x):
        return (
            schatten_norm(x, 1)
            if not penalty
            else penalty * schatten_norm(x, 1) + np.sum((x - data)[mask] ** 2) / 2
        )

    assert done.objective == pytest.approx(objective(done.matrix), rel=1e-12)
    assert (
        -1e-12 * done.objective
        <= done.gap
        <= (1e-6 if done.stopped == "gap" else 1e-3) * done.objective
    )
    if not penalty:
        assert np.allclose(done.matrix[mask], data[mask], rtol=0, atol=1e-14)
    for size in (1e-3, 0.1):  # no other feasible matrix may lie below the proved bound
        move = size * rng.standard_normal((m, n))
        other = done.matrix + (move if penalty else np.where(mask, 0, move))
        assert objective(other) >= done.lower_bound - 1e-12


def test_with_all_entries_seen_the_penalised_optimum_is_soft_thresholding():
    data = np.random.default_rng(1).standard_normal((12, 20))
    u, s, vt = np.linalg.svd(data, full_matrices=False)
    for penalty in (0.5, 3.0, 100.0):
        done = nuclear_norm(data, penalty=penalty, tol=1e-10)
        assert np.allclose(done.matrix, u * np.maximum(s - penalty, 0) @ vt, atol=1e-4)


def test_agrees_with_a_conic_solver():
    cp = pytest.importorskip("cvxpy")
    task = problem(20, 3, 150, np.random.default_rng(0))
    x = cp.Variable((20, 20))
    reference = cp.Problem(
        cp.Minimize(cp.normNuc(x)), [cp.multiply(task.mask, x) == task.observed]
    )
    reference.solve(solver=cp.SCS, eps=1e-8)
    done = nuclear_norm(task.observed, task.mask, tol=1e-8)
    assert done.objective == pytest.approx(reference.value, rel=1e-5)


def test_enough_entries_give_the_matrix_back_exactly():
    task = problem(
        60, 2, 1800, np.random.default_rng(0)
    )  # Candès & Recht 2009: far above rank * n log n
    done = nuclear_norm(task.observed, task.mask, tol=1e-9)
    assert done.stopped == "gap"
    assert relative_error(done.matrix, task.truth, task.mask) < 1e-6


def test_two_by_two_has_its_least_nuclear_norm_at_zero():
    done = nuclear_norm(*two_by_two(), tol=1e-9)
    assert done.objective == pytest.approx(2)
    assert abs(done.matrix[0, 0]) < 1e-4


def test_running_out_of_iterations_is_said_and_the_bound_still_holds(scarce):
    with pytest.warns(UserWarning, match="duality gap"):
        early = nuclear_norm(scarce.observed, scarce.mask, max_iterations=15)
    late = nuclear_norm(scarce.observed, scarce.mask)
    assert early.stopped == "budget"
    assert early.lower_bound <= late.objective <= early.objective


# Deep factorization ------------------------------------------------------------------


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
@pytest.mark.parametrize("optimizer", ["gd", "momentum", "adam"])
def test_the_fast_engine_is_the_plain_loop(depth, optimizer):
    task = problem(24, 2, 180, np.random.default_rng(depth), num_columns=15)
    runs = [
        deep_factorization(
            task.observed,
            task.mask,
            depth=depth,
            width=None if depth == 1 else 11,
            optimizer=optimizer,
            lr=0.02,
            init_scale=0.3,
            max_steps=60,
            engine=engine,
        )
        for engine in ("numba", "numpy")
    ]
    assert runs[0].iterations == runs[1].iterations == 60
    assert np.allclose(runs[0].matrix, runs[1].matrix, rtol=0, atol=1e-11)
    assert [f.shape for f in runs[0].factors] == [f.shape for f in runs[1].factors]


@pytest.mark.parametrize("optimizer", ["gd", "momentum", "adam"])
def test_mxnet_autograd_gives_the_same_path(optimizer):
    pytest.importorskip("mxnet")
    task = problem(12, 2, 80, np.random.default_rng(0), num_columns=9)
    settings = {
        "depth": 3,
        "optimizer": optimizer,
        "lr": 0.02,
        "init_scale": 0.3,
        "gradient_tol": 0,
        "tol": 0,
    }
    run = deep_factorization(
        task.observed, task.mask, max_steps=40, record=10, **settings
    )
    start = deep_factorization(task.observed, task.mask, max_steps=0, **settings)
    rows, cols = np.nonzero(task.mask)
    advance = mxnet_twin.stepper(
        start.factors, rows, cols, task.observed[rows, cols], optimizer, lr=0.02
    )
    for values in run.history.singular_values[1:]:
        factors = advance(10)
        product = factors[2] @ factors[1] @ factors[0]
        svd = np.linalg.svd(product, compute_uv=False)
        assert np.allclose(svd, values, rtol=0, atol=1e-11)
    assert np.allclose(product, run.matrix, rtol=0, atol=1e-11)
    for ours, theirs in zip(run.factors, factors, strict=True):
        assert np.allclose(ours, theirs, rtol=0, atol=1e-11)


@pytest.mark.parametrize(
    ("optimizer", "epsilon"),
    [("gd", 1e-8), ("momentum", 1e-8), ("adam", 1e-8), ("adam", 1e-2)],
)
def test_torch_gives_the_same_path(optimizer, epsilon):
    torch = pytest.importorskip("torch")
    task = problem(12, 2, 80, np.random.default_rng(0))
    run = deep_factorization(
        task.observed,
        task.mask,
        optimizer=optimizer,
        epsilon=epsilon,
        lr=0.02,
        init_scale=0.3,
        max_steps=40,
    )
    start = deep_factorization(
        task.observed, task.mask, init_scale=0.3, max_steps=0
    ).factors
    factors = [torch.tensor(f, requires_grad=True) for f in start]
    make = {
        "gd": lambda: torch.optim.SGD(factors, lr=0.02),
        "momentum": lambda: torch.optim.SGD(factors, lr=0.02, momentum=0.9),
        "adam": lambda: torch.optim.Adam(factors, lr=0.02, eps=epsilon),
    }
    descent = make[optimizer]()
    mask, observed = torch.tensor(task.mask), torch.tensor(task.observed)
    for _ in range(40):
        descent.zero_grad()
        ((factors[2] @ factors[1] @ factors[0] - observed)[mask] ** 2).mean().backward()
        descent.step()
    assert np.allclose(
        run.matrix,
        (factors[2] @ factors[1] @ factors[0]).detach().numpy(),
        rtol=0,
        atol=1e-10,
    )


def test_the_number_of_threads_does_not_change_a_bit(monkeypatch):
    task = problem(40, 2, 500, np.random.default_rng(0))
    for optimizer in ("gd", "momentum", "adam"):
        runs = []
        for threads in "12":
            monkeypatch.setenv("OMP_NUM_THREADS", threads)
            runs.append(
                deep_factorization(
                    task.observed, task.mask, optimizer=optimizer, max_steps=60
                ).matrix
            )
        assert runs[0].tobytes() == runs[1].tobytes()


def test_cached_code_knows_no_class_of_ours():
    """A cache that names a class cannot be read once the class has another name."""
    from d2lutils.completion import _factorization_numba as compiled

    completed(0)
    assert compiled.advance.signatures
    for signature in compiled.advance.signatures:
        assert not [t for t in signature if isinstance(t, types.BaseNamedTuple)]


def test_depth_two_with_all_entries_seen_follows_the_logistic_curve():
    # Balanced start along the target's own singular vectors:
    # sigma' = (4/K) sigma (s - sigma).
    rng = np.random.default_rng(0)
    u, v = (np.linalg.qr(rng.standard_normal((8, 3)))[0] for _ in range(2))
    target, start = np.array([8.0, 5.0, 2.0]), np.array([0.1, 0.1, 0.1])
    run = deep_factorization(
        u * target @ v.T,
        depth=2,
        init=balanced_factors(u * start @ v.T, 2),
        lr=0.002,
        max_steps=6000,
        record=500,
    )
    t = run.history.times[:, None]
    exact = target / (1 + (target / start - 1) * np.exp(-4 / 64 * target * t))
    assert run.history.times[-1] > 10
    assert np.allclose(
        run.history.singular_values[:, :3], np.sort(exact)[:, ::-1], atol=2e-3
    )


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_singular_values_move_as_the_theorem_says(depth):
    rng = np.random.default_rng(depth)
    task = problem(10, 2, 60, rng, num_columns=7)
    run = deep_factorization(
        task.observed,
        task.mask,
        depth=depth,
        init=balanced_factors(rng.standard_normal((10, 7)), depth),
        lr=1e-5,
        max_steps=2,
        record=1,
    )
    h = run.history
    central = (h.singular_values[2] - h.singular_values[0]) / (h.times[2] - h.times[0])
    assert np.allclose(central, h.rates[1], rtol=1e-3, atol=1e-5)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 4), st.integers(0, 99))
def test_balanced_factors_multiply_back_and_balance(m, n, depth, seed):
    matrix = np.random.default_rng(seed).standard_normal((m, n))
    factors = balanced_factors(matrix, depth)
    product = factors[0]
    for below, above in itertools.pairwise(factors):
        assert np.allclose(above.T @ above, below @ below.T, atol=1e-12)
        product = above @ product
    assert np.allclose(product, matrix)


@pytest.mark.parametrize("engine", ["numba", "numpy"])
@pytest.mark.parametrize("optimizer", ["gd", "momentum", "adam"])
@pytest.mark.parametrize("depth", [1, 3])
def test_float32_takes_the_same_way_but_for_its_rounding(depth, optimizer, engine):
    task = problem(30, 2, 400, np.random.default_rng(0))
    options = {"optimizer": optimizer, "lr": 0.01, "engine": engine, "max_steps": 60}
    single, double = (
        deep_factorization(
            task.observed,
            task.mask,
            depth=depth,
            init_scale=0.3,
            dtype=dtype,
            **options,
        )
        for dtype in ("float32", "float64")
    )
    # Each of 60 steps may round by 6e-8, and computed in float32 they do.
    assert single.matrix.dtype == np.float64
    assert 1e-9 < relative_error(single.matrix, double.matrix) < 60 * 2**-24
    for factor in single.factors:
        assert np.array_equal(factor, factor.astype(np.float32))


def test_float32_finds_the_same_matrix(scarce):
    """Also once it has fitted the data, to an error of 1e-6."""
    single = deep_factorization(scarce.observed, scarce.mask, dtype="float32")
    double = deep_factorization(scarce.observed, scarce.mask)
    assert single.stopped == "loss"
    assert relative_error(single.matrix, scarce.truth, scarce.mask) < 0.05
    assert relative_error(single.matrix, double.matrix) < 1e-3


def test_depth_one_leaves_unseen_entries_where_they_began():
    task = problem(10, 2, 50, np.random.default_rng(0))
    run = deep_factorization(task.observed, task.mask, depth=1)
    start = deep_factorization(task.observed, task.mask, depth=1, max_steps=0)
    assert run.stopped == "loss"
    assert np.array_equal(run.matrix[~task.mask], start.matrix[~task.mask])


def test_where_data_are_scarce_depth_three_beats_the_least_nuclear_norm(scarce):
    deep = deep_factorization(scarce.observed, scarce.mask, depth=3)
    convex = nuclear_norm(scarce.observed, scarce.mask, tol=1e-4)
    assert deep.stopped == "loss"
    assert relative_error(deep.matrix, scarce.truth, scarce.mask) < 0.05
    assert relative_error(convex.matrix, scarce.truth, scarce.mask) > 0.1
    # Fitting as well, it has a larger nuclear norm and a smaller rank: it does not
    # minimise the former.
    assert schatten_norm(deep.matrix, 1) > convex.objective
    assert effective_rank(deep.matrix) < 3.2


@pytest.mark.parametrize("depth", [2, 3])
def test_two_by_two_runs_away_as_fast_as_proved(depth):
    # det > 0 is kept, so x > (w12 w21) / w22; and each residual is at most
    # sqrt(3 loss) (Razin & Cohen 2020, Thm 1).
    observed, mask = two_by_two()
    run = deep_factorization(
        observed,
        mask,
        depth=depth,
        init="identity",
        lr=0.05,
        max_steps=8000,
        record=800,
        keep_matrices=True,
    )
    assert run.objective < 0.01
    x = run.history.matrices[:, 0, 0]
    slack = np.sqrt(3 * run.history.losses)
    late = slack < 1
    assert np.all(np.linalg.det(run.history.matrices) > -1e-12)
    assert np.all(x[late] >= (1 - slack[late]) ** 2 / slack[late] * (1 - 1e-9))
    assert np.all(np.diff(x[late]) > 0)
    assert x[-1] > 5


def test_reasons_to_stop_are_told():
    task = problem(10, 2, 60, np.random.default_rng(0))
    zero = deep_factorization(
        task.observed, task.mask, depth=2, init=[np.zeros((10, 10))] * 2
    )
    assert (zero.stopped, zero.iterations) == ("stationary", 0)
    assert deep_factorization(task.observed, task.mask, max_steps=3).stopped == "budget"
    with pytest.warns(UserWarning, match="diverged"):
        wild = deep_factorization(task.observed, task.mask, lr=1e3, init_scale=1.0)
    assert wild.stopped == "diverged"
    assert np.isfinite(wild.matrix).all()


def test_a_callback_sees_the_loss_fall():
    seen = []
    task = problem(10, 2, 60, np.random.default_rng(0))
    deep_factorization(
        task.observed, task.mask, callback=lambda step, loss: seen.append((step, loss))
    )
    assert seen[0][0] == 0
    assert seen[-1][1] <= 1e-6 < seen[0][1]


def test_phase_curve_is_one_error_per_method_count_and_instance():
    curve = completion.phase_curve(
        [100, 390], n=20, rank=1, depths=(2,), num_instances=2, max_steps=2000
    )
    assert curve.methods == ("nuclear norm", "depth 2")
    assert curve.errors.shape == (2, 2, 2)
    assert np.all(curve.errors[:, 1] < 0.02)  # nearly all of a rank-1 matrix is seen


# Measures and bad input --------------------------------------------------------------


def test_measures():
    matrix = np.diag([3.0, 3.0, 3.0, 0.0])
    assert effective_rank(matrix) == pytest.approx(3)
    assert np.allclose(effective_rank(singular_values=[[1, 1, 0], [2, 0, 0]]), [2, 1])
    assert np.isnan(effective_rank(np.zeros((2, 2))))
    random = np.random.default_rng(0).standard_normal((4, 6))
    for p, order in ((1, "nuc"), (2, "fro"), (np.inf, 2)):
        assert schatten_norm(random, p) == pytest.approx(np.linalg.norm(random, order))
    assert schatten_norm(matrix, 0.5) == pytest.approx(27)
    truth, mask = np.ones((2, 2)), np.array([[True, True], [True, False]])
    guess = np.array([[9.0, 9.0], [9.0, 1.5]])
    assert relative_error(guess, truth, mask) == pytest.approx(0.5)
    assert relative_error(truth + 1, truth) == pytest.approx(1)


def test_unidentified_counts_empty_lines_and_pieces():
    mask = np.zeros((5, 4), bool)
    mask[:2, :2] = True
    mask[2, 2] = mask[3, 2] = True
    rows, columns, pieces = unidentified(mask)
    assert (list(rows), list(columns), pieces) == ([4], [3], 2)
    with pytest.warns(UserWarning, match=r"row\(s\) 4 .* column\(s\) 3 .* 2 groups"):
        nuclear_norm(np.ones((5, 4)), mask)


def test_nan_marks_what_is_missing():
    task = problem(10, 1, 70, np.random.default_rng(0))
    table = np.where(task.mask, task.truth, np.nan)
    assert np.array_equal(
        nuclear_norm(table).matrix, nuclear_norm(task.observed, task.mask).matrix
    )


@pytest.mark.parametrize("solver", [nuclear_norm, deep_factorization])
def test_bad_data_are_refused(solver):
    data, mask = np.ones((4, 3)), np.ones((4, 3), bool)
    bad = np.where(np.eye(4, 3), np.nan, 1.0)
    for arguments, words in [
        ((data, mask.T), "shape"),
        ((data, np.zeros((4, 3), bool)), "no observed entry"),
        ((bad, mask), "not finite"),
        ((data, 2 * mask), "True where"),
        ((np.ones(4), np.ones(4, bool)), "matrix"),
    ]:
        with pytest.raises(ValueError, match=words):
            solver(*arguments)


@pytest.mark.parametrize(
    "wrong",
    [
        {"lr": -1},
        {"lr": np.nan},
        {"depth": 0},
        {"depth": 2.5},
        {"optimizer": "sgdm"},
        {"momentum": 1.0},
        {"width": 0},
        {"init_scale": 0.0},
        {"init": "zeros"},
        {"init": [np.eye(4)]},
        {"engine": "jax"},
        {"max_steps": -1},
    ],
)
def test_bad_settings_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        deep_factorization(np.ones((4, 4)), **wrong)
    with pytest.raises(ValueError, match="penalty"):
        nuclear_norm(np.ones((4, 4)), penalty=-1)
    with pytest.raises(ValueError, match="rank"):
        problem(4, 5, 3, np.random.default_rng(0))
    with pytest.raises(ValueError, match="depth"):
        singular_value_flow(np.eye(2), np.eye(2), 0)


# What real users hand in -------------------------------------------------------------


RATINGS = np.array([[4.0, 2, 0], [2, 1, 1], [0, 3, 3]])  # of rank 1 where not 0


def test_masked_entries_are_unseen():
    masked = np.ma.masked_equal(RATINGS, 0)
    seen, missing = RATINGS != 0, np.where(RATINGS, RATINGS, np.nan)
    for solve in (
        nuclear_norm,
        lambda *data: deep_factorization(*data, depth=2),
    ):
        expected = solve(missing)
        assert expected.matrix[0, 2] == pytest.approx(2, abs=0.05)
        for data in (
            (masked,),
            (masked, np.ones((3, 3), bool)),
            (np.ma.masked_invalid(missing),),
            (masked.astype(int),),
            (np.ma.array(RATINGS), seen),
        ):
            assert solve(*data).matrix.tobytes() == expected.matrix.tobytes()
        # An entry counts where both the data and the mask show it.
        fewer = seen & (np.arange(9).reshape(3, 3) != 0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            both = solve(masked, fewer).matrix
            assert both.tobytes() == solve(RATINGS, fewer).matrix.tobytes()
    for refused in (
        lambda: nuclear_norm(RATINGS, np.ma.masked_equal(seen, False)),
        lambda: relative_error(masked, RATINGS),
        lambda: deep_factorization(RATINGS, depth=1, init=[masked]),
        lambda: deep_factorization(RATINGS, depth=3, init=np.ma.ones((3, 3, 3))),
        lambda: singular_value_flow(masked, RATINGS, 2),
        lambda: unidentified(np.ma.masked_equal(seen, False)),
    ):
        with pytest.raises(TypeError, match="mask"):
            refused()
    with pytest.raises(ValueError, match="no observed entry"):
        nuclear_norm(np.ma.masked_all((3, 3)))


@pytest.mark.parametrize("solve", [nuclear_norm, deep_factorization])
def test_arrays_of_all_kinds_are_read_as_what_they_hold(solve):
    table = np.where(RATINGS, RATINGS, np.nan)
    expected = solve(table).matrix.tobytes()
    frozen = table.copy()
    frozen.flags.writeable = False
    forms = [table.tolist(), table.astype(">f8"), table.astype("f2"), frozen]
    forms += [np.asfortranarray(table), table[::-1][::-1]]
    for data in forms:
        assert solve(data).matrix.tobytes() == expected
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(table)
    for data in (frame, frame.astype("Float64"), frame.astype("Int64")):
        assert solve(data).matrix.tobytes() == expected
    with pytest.raises(TypeError, match="observed must hold real numbers"):
        solve(pandas.DataFrame([["a", 1], [2, 3]]))


@pytest.mark.parametrize("exponent", [-300, -100, -30, 30, 100, 300])
def test_the_answer_scales_with_the_data(exponent):
    # A power of two rounds nothing, so each bit of the matrix has to be the same.
    task, size = problem(12, 2, 80, np.random.default_rng(0)), 2.0**exponent
    plain = nuclear_norm(task.observed, task.mask)
    scaled = nuclear_norm(task.observed * size, task.mask)
    assert scaled.matrix.tobytes() == (plain.matrix * size).tobytes()
    assert effective_rank(scaled.matrix) == pytest.approx(effective_rank(plain.matrix))
    error = relative_error(scaled.matrix, task.truth * size, task.mask)
    assert error == relative_error(plain.matrix, task.truth, task.mask)


def test_what_overflows_is_told():
    huge = np.full((3, 3), 1e200)
    with pytest.raises(ValueError, match="observed must be below 1e100"):
        nuclear_norm(huge)
    with pytest.raises(ValueError, match="init and init_scale must be smaller"):
        deep_factorization(np.eye(3), init_scale=1e200)
    with pytest.raises(ValueError, match="must be smaller, for speeds"):
        singular_value_flow(huge, huge, 3)
    with pytest.raises(ValueError, match="p must be larger"):
        schatten_norm(np.eye(5), 1e-3)
    with pytest.raises(ValueError, match="times truth"):
        relative_error(huge, huge / 1e200 / 1e200)
    assert relative_error(huge, np.ones((3, 3))) == pytest.approx(1e200)
    assert relative_error(2 * huge, huge) == 1
    assert effective_rank(np.diag([1e308, 1e308])) == pytest.approx(2)
    assert effective_rank(np.diag([1e-320, 1e-320])) == pytest.approx(2)


def test_singular_values_below_zero_by_rounding_count_as_zero():
    # Roots of the eigenvalues of a Gram matrix of rank 2, as a reader would take them.
    factor = np.random.default_rng(0).standard_normal((6, 2))
    values = np.linalg.eigvalsh(factor @ factor.T)
    assert values.min() < 0
    rank = effective_rank(singular_values=values)
    assert rank == pytest.approx(effective_rank(singular_values=values[-2:]))
    with pytest.raises(ValueError, match="negative"):
        effective_rank(singular_values=[1.0, -1e-6])


# Threads and processes ---------------------------------------------------------------


def completed(seed):
    """What a worker computes."""
    task = problem(40, 2, 500, np.random.default_rng(seed))
    return deep_factorization(task.observed, task.mask, max_steps=60).matrix.tobytes()


WORKERS = """
import concurrent.futures, multiprocessing
import joblib
import numpy as np
from d2lutils.completion import deep_factorization, problem

{completed}

if __name__ == "__main__":
    expected = [completed(seed) for seed in range(4)]  # compiled, threads started
    for name in {ways}:
        if name in ("fork", "spawn", "forkserver"):
            context = multiprocessing.get_context(name)
            with concurrent.futures.ProcessPoolExecutor(2, context) as pool:
                answers = list(pool.map(completed, range(4), timeout=100))
        elif name == "dask":
            from distributed import Client
            with Client(n_workers=1, threads_per_worker=2, dashboard_address=None) as c:
                answers = c.gather(c.map(completed, range(4), pure=False))
        else:
            with joblib.parallel_backend(name, n_jobs=2):
                jobs = (joblib.delayed(completed)(seed) for seed in range(4))
                answers = joblib.Parallel()(jobs)
        assert answers == expected, name
        print(name)
"""


def test_workers_of_all_kinds_complete_the_same(tmp_path):
    """With a reader's two threads, whatever the tests are run with."""
    ways = ("fork", "threading", "loky", "multiprocessing", "dask")
    script = tmp_path / "workers.py"
    text = WORKERS.format(completed=inspect.getsource(completed), ways=ways)
    script.write_text(text, encoding="utf8")
    done = subprocess.run(
        [sys.executable, str(script)],
        env=os.environ | {"OMP_NUM_THREADS": "2"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert tuple(done.stdout.split()) == ways, done.stderr[-2000:]


def test_blas_gets_its_threads_back_from_several_threads_at_once():
    before = [pool["num_threads"] for pool in threadpoolctl.threadpool_info()]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(completed, range(8)))
    after = [pool["num_threads"] for pool in threadpoolctl.threadpool_info()]
    assert after == before
