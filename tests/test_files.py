"""Files that are there whole or not at all, whoever writes beside us and whatever is
full.
"""

import errno
import multiprocessing
import os
import pathlib

import pytest

from d2lutils import _files


def test_a_text_is_written_and_nothing_is_left_beside_it(tmp_path):
    _files.write(tmp_path / "a.txt", "é")
    assert (tmp_path / "a.txt").read_bytes() == b"\xc3\xa9"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_full_disk_is_told_and_the_old_content_stays(tmp_path, monkeypatch):
    path = tmp_path / "run.npz"
    path.write_bytes(b"old")

    def full(self, data):
        self.touch()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(pathlib.Path, "write_bytes", full)
    with pytest.raises(OSError, match=r"run\.npz cannot be written: no space") as told:
        _files.write(path, b"new")
    assert told.value.errno == errno.ENOSPC
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["run.npz"]


def _write_often(path, letter):
    for _ in range(200):
        _files.write(path, letter * 5000)


def test_processes_that_write_at_once_leave_one_whole_file(tmp_path):
    path = tmp_path / "shared"
    fork = multiprocessing.get_context("fork")
    writers = [fork.Process(target=_write_often, args=(path, c)) for c in "abc"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert path.read_text() in {c * 5000 for c in "abc"}
    assert os.listdir(tmp_path) == ["shared"]


def test_a_folder_is_made_with_its_parents_and_the_home_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert _files.ready("checkpoint", "~/a/b/run.npz") == tmp_path / "a/b/run.npz"
    assert os.listdir(tmp_path / "a" / "b") == []


@pytest.mark.parametrize("wrong", ["", "a\0b", "~nobody-of-that-name/x"])
def test_what_is_no_path_is_told(wrong):
    with pytest.raises(ValueError, match="checkpoint must be a path, got"):
        _files.ready("checkpoint", wrong)


def test_a_file_in_the_place_of_a_folder_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="must lie in a folder"):
        _files.ready("checkpoint", tmp_path / "file" / "run.npz")
    with pytest.raises(ValueError, match="must be a file, got the folder"):
        _files.ready("checkpoint", tmp_path)


def test_a_place_that_takes_nothing_is_told_at_once(tmp_path, monkeypatch):
    def refuse(self, *_, **__):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(pathlib.Path, "touch", refuse)  # root may write everywhere
    with pytest.raises(PermissionError, match="cannot be written: permission denied"):
        _files.ready("checkpoint", tmp_path / "run.npz")


def test_one_holds_the_lock_and_the_other_is_told(tmp_path):
    path = tmp_path / "sweep"
    with (
        _files.lock(path),
        pytest.raises(TimeoutError, match="another process has used"),
        _files.lock(path, seconds=0.05),
    ):
        pass
    with _files.lock(path, seconds=0.05):
        pass
