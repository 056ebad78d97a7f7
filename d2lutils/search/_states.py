"""States in files, signed: to read a pickle is to run whatever code is in it.

A state may be anything that Python can pickle, so its file is read only if this user
wrote it: it begins with a code (HMAC-SHA256) that takes a key to make, and the key lies
in the user's cache folder.
"""

from __future__ import annotations

import contextlib
import functools
import hmac
import os
import pathlib
import secrets

from d2lutils import datasets
from d2lutils.search._trials import Packed

SIZE = 32


def sealed(key: bytes, name: str, state: Packed) -> bytes:
    """The content of the file of a state."""
    return _code(key, name, state.content) + state.content


def opened(key: bytes, path: pathlib.Path, trust: bool) -> Packed:
    """The state in a file; ValueError for one that this user has not written."""
    data = path.read_bytes()
    state = Packed(data[SIZE:])
    if hmac.compare_digest(data[:SIZE], _code(key, path.name, state.content)):
        return state
    if trust:
        return state
    raise ValueError(
        f"{path} is damaged, or another user or machine wrote it, and to read it "
        "would be to run its code: remove it, and its trial begins afresh, or, if you "
        "know who wrote it, pass trust_state=True"
    )


def key() -> bytes:
    """This user's key, made at first use; without a place, this process's own."""
    path = datasets.cache_folder() / "sweeps.key"
    try:
        if not path.exists():
            _make(path)
        found = path.read_bytes()
    except OSError:  # a home that cannot be written to
        found = b""
    return found if len(found) == SIZE else _passing()


@functools.lru_cache(maxsize=1)
def _passing() -> bytes:
    return secrets.token_bytes(SIZE)


def _make(path: pathlib.Path) -> None:
    """A key that nobody else may read; of several processes the first makes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        with open(
            os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
        ) as f:
            f.write(secrets.token_bytes(SIZE))
        with contextlib.suppress(FileExistsError):
            os.link(part, path)
    finally:
        part.unlink(missing_ok=True)


def _code(key: bytes, name: str, content: bytes) -> bytes:
    return hmac.digest(key, name.encode() + b"\0" + content, "sha256")
