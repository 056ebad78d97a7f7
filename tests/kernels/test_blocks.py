"""Kernels by blocks: the same bits, whoever computes them, dies or comes back."""

import functools
import multiprocessing
import os
import pathlib
import signal

import joblib
import numpy as np
import pytest

from d2lutils import _files
from d2lutils.kernels import _blocks, _limits, cntk

IMAGES = np.random.default_rng(0).random((37, 2, 4, 4), dtype=np.float32)
OTHER = 100 * np.random.default_rng(1).random((21, 2, 4, 4), dtype=np.float32)
kernel = functools.partial(cntk, depth=2, progress=False)


@pytest.mark.parametrize("pooling", ["gap", "flatten"])
@pytest.mark.parametrize("other", [None, OTHER])
def test_blocks_have_the_bits_of_the_whole(pooling, other, tmp_path):
    """The first images are faint: alone they would be scaled in another way."""
    images = IMAGES.copy()
    images[:16] *= 1e-6
    direct = kernel(images, other, pooling=pooling)
    by_blocks = functools.partial(kernel, images, other, pooling=pooling)
    assert np.array_equal(by_blocks(folder=tmp_path), direct)
    with joblib.parallel_config(backend="threading", n_jobs=2):
        assert np.array_equal(by_blocks(), direct)


def test_processes_share_the_blocks(tmp_path):
    assert np.array_equal(kernel(IMAGES, n_jobs=2, folder=tmp_path), kernel(IMAGES))
    assert len(list(tmp_path.glob("block-*.npz"))) == 6  # 3 x 3 sixteens, half of them
    with joblib.parallel_config(backend="multiprocessing", n_jobs=2):
        assert np.array_equal(kernel(IMAGES, OTHER), kernel(IMAGES, OTHER))


def test_by_default_this_process_alone_computes_with_all_its_threads():
    assert _blocks.wanted(None) == 1
    with joblib.parallel_config(backend="threading", n_jobs=2):
        assert _blocks.wanted(None) == 2
    assert _blocks.wanted(3) == 3


def test_a_kernel_in_a_folder_goes_on(tmp_path, monkeypatch):
    direct, computed = kernel(IMAGES), []
    compute = _limits._block

    def counted(*arguments):
        if len(computed) == 4:
            raise KeyboardInterrupt
        computed.append(None)
        return compute(*arguments)

    monkeypatch.setattr(_limits, "_block", counted)
    with pytest.raises(KeyboardInterrupt):
        kernel(IMAGES, folder=tmp_path)
    blocks = sorted(tmp_path.glob("block-*.npz"))
    assert len(blocks) == 4

    # One file is cut, one has a wrong bit, one a block of another shape.
    content = blocks[0].read_bytes()
    blocks[0].write_bytes(content[: len(content) // 2])
    changed = bytearray(blocks[1].read_bytes())
    changed[len(changed) // 3] ^= 1
    blocks[1].write_bytes(changed)
    blocks[3].write_bytes(blocks[2].read_bytes())
    computed.clear()
    monkeypatch.setattr(_limits, "_block", functools.partial(_noted, computed, compute))
    assert np.array_equal(kernel(IMAGES, folder=tmp_path), direct)
    assert len(computed) == 5
    assert np.array_equal(kernel(IMAGES, folder=tmp_path), direct)
    assert len(computed) == 5


def _noted(computed, compute, *arguments):
    computed.append(None)
    return compute(*arguments)


def test_a_folder_knows_its_kernel(tmp_path):
    kernel(IMAGES, folder=tmp_path)
    for options, name in (
        ({"depth": 3}, "depth"),
        ({"pooling": "flatten"}, "pooling"),
        ({"kernel": 1}, "kernel"),
        ({"images": IMAGES.astype(np.float64)}, "images"),
        ({"images": IMAGES[::-1]}, "images"),
        ({"other": OTHER}, "other"),
    ):
        options = {"images": IMAGES} | options
        with pytest.raises(ValueError, match=f"kernel with another {name};"):
            kernel(**options, folder=tmp_path)
    # Whoever removes the record gets none of the old blocks.
    (tmp_path / "kernel.json").unlink()
    again = kernel(IMAGES[::-1], folder=tmp_path)
    assert np.array_equal(again, kernel(IMAGES[::-1]))
    (tmp_path / "kernel.json").write_text("[1, 2]")
    with pytest.raises(ValueError, match="no record of a kernel"):
        kernel(IMAGES, folder=tmp_path)


def test_two_processes_do_not_share_a_folder(tmp_path):
    begun = multiprocessing.get_context("spawn").Event()
    holder = multiprocessing.get_context("spawn").Process(
        target=_hold, args=(tmp_path, begun)
    )
    holder.start()
    try:
        assert begun.wait(60)
        with pytest.raises(TimeoutError, match=r"another process has used .*json"):
            kernel(IMAGES, folder=tmp_path)
    finally:
        holder.kill()
        holder.join()
    (tmp_path / "block-0-0.npz.1-2.part").touch()  # it died while it was writing
    assert np.array_equal(kernel(IMAGES, folder=tmp_path), kernel(IMAGES))
    assert not list(tmp_path.glob("*.part"))


def _hold(folder, begun):
    with _files.lock(pathlib.Path(folder) / "kernel.json"):
        begun.set()
        signal.pause()


def test_the_block_of_a_dead_process_is_computed_again(tmp_path):
    """The first process that comes to the third row ends without a word."""
    compute = functools.partial(_deadly, tmp_path / "died", 1)
    found = _blocks.matrix(compute, IMAGES, None, 2, None, False)
    assert (tmp_path / "died-0").exists()
    pixels = IMAGES.reshape(len(IMAGES), -1)
    np.testing.assert_allclose(found, pixels @ pixels.T, rtol=1e-6)


def test_whose_processes_all_die_gives_up(tmp_path, monkeypatch):
    monkeypatch.setattr(_blocks, "TRIES", 2)
    compute = functools.partial(_deadly, tmp_path / "died", 100)
    with (
        _blocks.keeping(tmp_path, {}) as kept,
        pytest.raises(RuntimeError, match="died, 2 times in a row"),
    ):
        _blocks.matrix(compute, IMAGES, None, 2, kept, False)
    compute = functools.partial(_deadly, tmp_path / "died", 0)
    with _blocks.keeping(tmp_path, {}) as kept:
        found = _blocks.matrix(compute, IMAGES, None, 1, kept, False)
    np.testing.assert_allclose(np.diag(found), (IMAGES**2).sum((1, 2, 3)), rtol=1e-6)


def _deadly(mark, deaths, X, Z):
    """Inner products, from a process that so many times dies of the last images."""
    if np.array_equal(X[-1], IMAGES[-1]):
        for death in range(deaths):
            try:
                mark.with_name(f"{mark.name}-{death}").touch(exist_ok=False)
            except FileExistsError:
                continue
            os.kill(os.getpid(), signal.SIGKILL)
    Z = X if Z is None else Z
    return (X.reshape(len(X), -1) @ Z.reshape(len(Z), -1).T).astype(np.float64)
