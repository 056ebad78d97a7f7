"""Data from folders, archives and downloads: a sound copy is read, damage is told."""

import gzip
import hashlib
import io
import os
import pathlib
import pickle
import subprocess
import sys
import tarfile
import time

import numpy as np
import pytest

from d2lutils import datasets
from d2lutils.datasets import DataError, _files, _places, load, remark

FILES = {
    "train-images-idx3-ubyte": (60000, 28, 28),
    "train-labels-idx1-ubyte": (60000,),
    "t10k-images-idx3-ubyte": (10000, 28, 28),
    "t10k-labels-idx1-ubyte": (10000,),
}
LABELS = "t10k-labels-idx1-ubyte"


def idx(array, order="big"):
    """LeCun's format: two zero bytes, 8 for bytes, the number of axes, sizes, data."""
    numbers = (0x800 + array.ndim, *array.shape)
    return b"".join(n.to_bytes(4, order) for n in numbers) + array.tobytes()


@pytest.fixture(scope="module")
def contents():
    """Contents with the names and sizes of MNIST's files, by file."""
    rng, found = np.random.default_rng(0), {}
    for name, shape in FILES.items():
        array = np.zeros(shape, np.uint8)
        array[:50] = rng.integers(0, 10, (50, *shape[1:]))
        found[name] = idx(array)
    return found


@pytest.fixture(scope="module")
def checksums(contents):
    return {name: hashlib.md5(part).hexdigest() for name, part in contents.items()}


@pytest.fixture(autouse=True)
def known(checksums, monkeypatch):
    """They pass for Fashion-MNIST's."""
    monkeypatch.setitem(_files.IDX, "fashion-mnist", dict(checksums))


@pytest.fixture(scope="module")
def fake(contents, tmp_path_factory):
    """A folder of them, gzipped and not."""
    folder = tmp_path_factory.mktemp("fake")
    for name, content in contents.items():
        if name.startswith("train"):
            (folder / f"{name}.gz").write_bytes(gzip.compress(content, 1))
        else:
            (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.delenv("D2LUTILS_DATA", raising=False)
    monkeypatch.setattr(_places, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr("d2lutils.datasets._load._told", set())
    return tmp_path / "cache"


@pytest.fixture
def no_network(monkeypatch):
    def refuse(url, *args, **kwargs):
        raise ConnectionError(url)

    monkeypatch.setattr("pooch.retrieve", refuse)


def read(path, file=LABELS):
    return _files.read_idx(path, "fashion-mnist", file)


def found(folder, file=LABELS):
    """The file that is read, wherever it lies in the folder."""
    places = _places.idx_places("fashion-mnist", file, folder)
    return _files.first_sound(places, lambda path: read(path, file))


def test_fashion_mnist_from_a_folder(fake):
    train, test = load("fashion-mnist", root=fake, num_train=100)
    assert (train.images.shape, test.images.shape) == (
        (100, 1, 28, 28),
        (10000, 1, 28, 28),
    )
    assert train.images[:50].max() == np.float32(9 / 255)
    assert not train.images[50:].any()


def test_altered_mnist_is_refused_and_left_as_it_is(fake):
    before = (fake / "train-images-idx3-ubyte.gz").read_bytes()
    with pytest.raises(DataError, match=r"ubyte\.gz has the wrong checksum"):
        load("mnist", root=fake)
    assert (fake / "train-images-idx3-ubyte.gz").read_bytes() == before


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("train-labels-idx1-ubyte.gz", lambda content: content[:-20]),
        ("train-labels-idx1-ubyte.gz", lambda content: b"<html>"),
        ("t10k-labels-idx1-ubyte", lambda content: content[:-20]),
    ],
)
def test_damaged_files_are_refused_and_the_next_call_recovers(
    fake, tmp_path, name, damage
):
    for path in fake.iterdir():
        (tmp_path / path.name).symlink_to(path)
    broken, content = tmp_path / name, (fake / name).read_bytes()
    broken.unlink()
    broken.write_bytes(damage(content))
    with pytest.raises(DataError, match=name):
        load("fashion-mnist", root=tmp_path)
    assert broken.read_bytes() == damage(content)
    broken.write_bytes(content)
    assert len(load("fashion-mnist", root=tmp_path, num_train=3)[0]) == 3


TEN = np.arange(10000, dtype=np.uint8) % 10
DAMAGED = {
    "little-endian": (idx(TEN, "little"), "little-endian"),
    "other sizes": (idx(TEN[:-1]), r"shape \(10000,\), got one of shape \(9999,\)"),
    "an image file": (idx(TEN.reshape(100, 100)), "without its header"),
    "too short": (idx(TEN)[:-1], "got fewer bytes"),
    "too long": (idx(TEN) + b"1", "got more"),
    "zipped and too long": (gzip.compress(idx(TEN) + bytes(10**6), 1), "got more"),
    "half a gzip": (gzip.compress(idx(TEN), 1)[:-9], "truncated or corrupted"),
    "one byte": (idx(TEN)[:-1] + b"\7", "wrong checksum"),
    "nothing": (b"", "without its header"),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_damage_is_told_in_one_sentence(tmp_path, kind):
    content, message = DAMAGED[kind]
    (tmp_path / LABELS).write_bytes(content)
    with pytest.raises(DataError, match=message) as told:
        read(tmp_path / LABELS)
    assert str(told.value).startswith(str(tmp_path / LABELS))
    assert "replace or remove it" in str(told.value)


def test_labels_above_nine_are_refused(tmp_path, monkeypatch):
    content = idx(np.where(TEN == 9, 200, TEN).astype(np.uint8))
    monkeypatch.setitem(
        _files.IDX["fashion-mnist"], LABELS, hashlib.md5(content).hexdigest()
    )
    (tmp_path / LABELS).write_bytes(content)
    with pytest.raises(DataError, match="labels up to 9, got 200"):
        read(tmp_path / LABELS)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (os.mkfifo, "must be a file, got a folder, a pipe or a device"),
        (os.mkdir, "must be a file, got a folder, a pipe or a device"),
        (lambda path: path.symlink_to(path), "cannot be read"),
        (lambda path: path.symlink_to("nowhere"), "a link to nothing"),
        (lambda path: path.symlink_to("/dev/zero"), "must be a file"),
        (lambda path: None, "is missing"),
    ],
    ids=["pipe", "folder", "loop", "broken link", "device", "nothing"],
)
def test_what_lies_in_the_place_of_a_file(tmp_path, make, message):
    make(tmp_path / LABELS)
    with pytest.raises(DataError, match=message):
        read(tmp_path / LABELS)


def test_other_data_sets_of_the_same_shape_are_named(tmp_path, monkeypatch):
    content = idx(TEN[::-1])
    path = tmp_path / f"{LABELS}.gz"
    path.write_bytes(gzip.compress(content))
    monkeypatch.setitem(_files.IDX["mnist"], LABELS, hashlib.md5(content).hexdigest())
    with pytest.raises(DataError, match=r"not Fashion-MNIST's .* belongs to MNIST"):
        read(path)
    path.write_bytes(gzip.compress(idx(TEN)))
    monkeypatch.setattr(_files, "KMNIST", {hashlib.md5(path.read_bytes()).hexdigest()})
    with pytest.raises(DataError, match="belongs to KMNIST"):
        read(path)


@pytest.mark.parametrize(
    "name",
    [
        f"{LABELS}/{LABELS}",
        f"{LABELS}/t10k-labels.idx1-ubyte",
        f"{LABELS}.gz/{LABELS}",
        "t10k-labels.idx1-ubyte",
        "t10k-labels.idx1-ubyte.gz",
        f"FashionMNIST/raw/{LABELS}",
        f"fashion-mnist/{LABELS}.gz",
    ],
)
def test_where_a_file_may_lie(contents, tmp_path, name):
    path, content = tmp_path / name, contents[LABELS]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    np.testing.assert_array_equal(found(tmp_path), list(content[8:]))


def test_a_sound_copy_is_read(contents, tmp_path):
    content = contents[LABELS]
    (tmp_path / f"{LABELS}.gz").write_bytes(gzip.compress(content)[:-10])
    with pytest.raises(DataError, match="truncated or corrupted"):
        found(tmp_path)
    (tmp_path / LABELS).write_bytes(content)
    assert len(found(tmp_path)) == 10000


def test_the_users_home_is_understood(fake, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "data").symlink_to(fake)
    assert len(load("fashion-mnist", root="~/data", num_train=3)[0]) == 3
    monkeypatch.setenv("D2LUTILS_DATA", "~")
    (tmp_path / "fashion-mnist").symlink_to(fake)
    assert len(load("fashion-mnist", num_train=3)[0]) == 3


# CIFAR-10


def batch(seed):
    labels = np.random.default_rng(seed).permutation(np.repeat(np.arange(10), 1000))
    images = np.zeros((10000, 3072), np.uint8)
    images[4] = np.arange(3072) % 251
    return {b"data": images, b"labels": labels.tolist()}


@pytest.fixture(scope="module")
def batches():
    """Six files as the official ones, with other pixels."""
    return {name: pickle.dumps(batch(i)) for i, name in enumerate(_files.CIFAR)}


@pytest.fixture(scope="module")
def batch_files(batches, tmp_path_factory):
    folder = tmp_path_factory.mktemp("batches")
    for name, content in batches.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def cifar(batch_files, tmp_path):
    """A folder of links to them, each of which may be replaced."""
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    for path in batch_files.iterdir():
        (folder / path.name).symlink_to(path)
    return folder


def replace(path, content):
    path.unlink()
    path.write_bytes(content)


@pytest.fixture(scope="module")
def official_batches(batches):
    """The checksums by which those files pass for the official ones."""
    return {name: hashlib.md5(part).hexdigest() for name, part in batches.items()}


@pytest.fixture(scope="module")
def archive(batches, tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "cifar-10-python.tar.gz"
    with tarfile.open(path, "w:gz", compresslevel=1) as tar:
        for name, content in batches.items():
            member = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


@pytest.fixture
def official(archive, monkeypatch):
    """That archive passes for the official one."""
    md5 = hashlib.md5(archive.read_bytes()).hexdigest()
    monkeypatch.setattr(_files, "CIFAR_ARCHIVE_MD5", md5)
    return md5


def test_cifar10_from_an_expanded_folder(cifar, tmp_path):
    for root in (tmp_path, cifar):  # the folder itself will do
        train, test = load("cifar10", root=root, num_train=10005, num_test=5)
        assert train.images.shape == (10005, 3, 32, 32)
        assert test.images.shape == (5, 3, 32, 32)
        # Row i of a file holds 1024 red values, then green, then blue, row by row.
        value = (2048 + 32 + 3) % 251
        for image in (test.images[4], train.images[10004]):
            assert image[2, 1, 3] == np.float32(value * np.float32(1 / 255))
    assert remark("cifar10", tmp_path).startswith("re-encoded files")
    (cifar / "test_batch").unlink()
    with pytest.raises(DataError, match="test_batch is missing"):
        load("cifar10", root=tmp_path)


WRONG = {
    "fewer": {b"data": np.zeros((30, 3072), np.uint8)},
    "labels that are no whole numbers": {b"labels": [1.7] * 10000},
    "labels that are text": {b"labels": ["1"] * 10000},
    "labels above nine": {b"labels": [10] * 10000},
    "labels below zero": {b"labels": [-1] * 10000},
    "huge labels": {b"labels": [10**30] * 10000},
    "pixels that are no whole numbers": {b"data": np.full((10000, 3072), 30.7, "f4")},
    "pixels above 255": {b"data": np.full((10000, 3072), 300, "i2")},
    "pixels below zero": {b"data": np.full((10000, 3072), -1, "i1")},
    "complex pixels": {b"data": np.zeros((10000, 3072), "c8")},
    "no labels": {b"labels": None},
    "ragged": {b"labels": [[1], [2, 3]]},
}


@pytest.mark.parametrize("kind", WRONG)
def test_batches_with_other_contents_are_refused(kind):
    path = pathlib.Path("data_batch_1")
    with pytest.raises(DataError, match=r"^data_batch_1 (must hold|is damaged)"):
        _files._batch(pickle.dumps(batch(0) | WRONG[kind]), path)


def nested(depth):
    return b"(" * depth + b"t" * depth + b"."


class Evil:
    """What its pickle asks for when it is read."""

    def __init__(self, *call):
        self.call = call

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize(
    "content",
    [
        pickle.dumps(batch(0))[:-1000],
        b"",
        b"<html>not found</html>",
        pickle.dumps([1, 2]),
        pickle.dumps({"data": 1}),
        nested(100_000),
        b"cno.such.module\nname\n.",
        pickle.dumps(Evil(__import__("_codecs").encode, ("a", "no-such-codec"))),
        pickle.dumps(Evil(np.ndarray, ((10**9, 10**9),))),
        pickle.dumps(Evil(np.ndarray, ((10**30,),))),
        pickle.dumps(Evil(np.dtype, ("no such type",))),
        b"\x80\x04\x8d" + b"\xff" * 8,
    ],
)
def test_pickles_of_any_kind_are_told_in_one_sentence(content):
    with pytest.raises(DataError, match=r"is damaged \(.*replace or remove it$"):
        _files._batch(content, pathlib.Path("data_batch_1"))


def test_a_pickle_that_wants_to_run_code_is_refused(tmp_path):
    harm = tmp_path / "harm"
    content = pickle.dumps({b"data": Evil(os.system, (f"touch {harm}",))})
    with pytest.raises(DataError, match=r"it asks for posix\.system"):
        _files._batch(content, tmp_path / "test_batch")
    assert not harm.exists()


def test_batches_that_were_exchanged_are_told(
    cifar, batches, official_batches, monkeypatch
):
    """The classes of a training batch are not in balance; official files are known."""
    labels = [*range(9), 9, 9] * 909 + [9]
    replace(cifar / "test_batch", pickle.dumps(batch(0) | {b"labels": labels}))
    with pytest.raises(DataError, match="1000 test images of each class, got 909 to"):
        load("cifar10", root=cifar)
    monkeypatch.setattr(_files, "CIFAR", official_batches)
    replace(cifar / "test_batch", batches["data_batch_3"])
    with pytest.raises(DataError, match="test_batch holds data_batch_3"):
        load("cifar10", root=cifar)


def test_one_altered_pixel_among_official_files_is_told(
    cifar, official_batches, monkeypatch
):
    monkeypatch.setattr(_files, "CIFAR", official_batches)
    assert remark("cifar10", cifar) == ""
    altered = batch(1)
    altered[b"data"][7, 7] = 1
    replace(cifar / "data_batch_2", pickle.dumps(altered))
    with pytest.raises(DataError, match=r"data_batch_2 has the wrong checksum while"):
        load("cifar10", root=cifar)


def test_cifar10_from_its_archive_each_time(
    archive, official, cifar, tmp_path, empty_cache
):
    for _ in range(2):
        train, test = load("cifar10", root=archive.parent, num_train=3)
        assert (train.images.shape, len(test)) == ((3, 3, 32, 32), 10000)
    assert remark("cifar10", archive.parent) == ""
    assert os.listdir(archive.parent) == [archive.name]
    assert not empty_cache.exists()
    (tmp_path / archive.name).symlink_to(archive)
    (cifar / "data_batch_5").unlink()  # half unpacked, beside the archive
    assert len(load("cifar10", root=tmp_path)[0]) == 50000


def test_processes_that_start_together_all_read_it(archive, official, tmp_path):
    code = f"""
from d2lutils.datasets import _files, load
_files.CIFAR_ARCHIVE_MD5 = {official!r}
print(len(load("cifar10", num_train=7, num_test=7)[0]))
"""
    environment = os.environ | {
        "D2LUTILS_DATA": str(archive.parent),
        "XDG_CACHE_HOME": str(tmp_path),
    }
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment
        )
        for _ in range(3)
    ]
    assert [process.communicate()[0] for process in started] == [b"7\n"] * 3


def test_another_archive_is_no_cifar10(archive, tmp_path):
    with pytest.raises(DataError, match="wrong checksum, so it is truncated"):
        load("cifar10", root=archive.parent)
    os.mkfifo(tmp_path / archive.name)
    with pytest.raises(DataError, match="must be a file"):
        load("cifar10", root=tmp_path)
    with pytest.raises(DataError, match=r"neither .* is in"):
        load("cifar10", root=tmp_path / "nowhere")


# Without the network, and without a place to write


def test_without_anything_the_sample_takes_mnists_place_and_says_so_once(
    empty_cache, no_network, capsys
):
    assert [len(part) for part in load("mnist")] == [4000, 1000]
    load("mnist")
    told = capsys.readouterr().err
    assert told.count("MNIST is not at hand") == 1
    assert remark("mnist") == "the sample that comes with the package"
    with pytest.raises(
        ValueError, match="num_train must be a whole number >= 1 and <= 4000, got 60000"
    ):
        load("mnist", num_train=60000)


def test_without_network_the_message_names_the_folder(empty_cache, no_network):
    with pytest.raises(DataError) as told:
        load("cifar10")
    assert str(empty_cache / "cifar10") in str(told.value)
    assert "D2LUTILS_DATA" in str(told.value)
    with pytest.raises(DataError, match="is not in /nowhere"):
        load("mnist", root="/nowhere")


def test_where_nothing_can_be_written_the_sample_serves(
    empty_cache, monkeypatch, capsys
):
    empty_cache.write_text("as a read-only home: no folder can be made here")
    assert [len(part) for part in load("mnist")] == [4000, 1000]
    assert "cannot be downloaded" in capsys.readouterr().err
    with pytest.raises(DataError, match=r"cannot be downloaded: .*D2LUTILS_DATA"):
        load("cifar10")


def test_without_a_home_there_is_a_cache_all_the_same(monkeypatch):
    def homeless(name):
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr("pooch.os_cache", homeless)
    assert datasets.cache_folder().name == "d2lutils"


@pytest.fixture
def mirrors(contents, monkeypatch):
    """A network in which `wrong["host"]` sends half of each file."""
    wrong = {"host": "fashion-mnist.s3-website.eu-central-1.amazonaws.com"}
    zipped = {name: gzip.compress(content, 1) for name, content in contents.items()}

    def retrieve(url, known_hash, path, fname):
        target = pathlib.Path(path) / fname
        target.write_bytes(zipped[fname[:-3]][: 20 if wrong["host"] in url else None])
        return str(target)

    monkeypatch.setattr("pooch.retrieve", retrieve)
    return wrong


def test_downloads_are_checked_and_mirrors_tried(empty_cache, mirrors):
    # The first mirror sends half a file, the second one is right.
    assert len(load("fashion-mnist")[0]) == 60000
    folder = empty_cache / "fashion-mnist"
    assert sorted(os.listdir(folder)) == sorted(name + ".gz" for name in FILES)
    (folder / f"{LABELS}.gz").unlink()
    mirrors["host"] = "://"
    with pytest.raises(DataError, match="wrong checksum"):
        load("fashion-mnist")
    assert len(os.listdir(folder)) == 3
    mirrors["host"] = "nothing"
    assert len(load("fashion-mnist")[1]) == 10000


def test_what_a_killed_download_left_is_swept_away(empty_cache, mirrors, contents):
    folder = empty_cache / "fashion-mnist"
    folder.mkdir(parents=True)
    old, new = (folder / f"{_places.UNFINISHED}{name}" for name in ("old", "new"))
    for place in (old, new):
        place.mkdir()
        (place / "half").write_text("half a file")
    long_ago = time.time() - 3 * _places.DAY
    os.utime(old, (long_ago, long_ago))
    md5 = hashlib.md5(contents[LABELS]).hexdigest()
    _places.download("fashion-mnist", f"{LABELS}.gz", gzip.decompress, md5)
    assert not old.exists()
    assert new.exists()  # it may still be running
