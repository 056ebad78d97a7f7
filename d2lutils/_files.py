"""Files and folders: there whole or not at all, found where the user means them."""

import contextlib
import os
import pathlib
import secrets
from collections.abc import Iterator

from d2lutils import _checks


def write(path: pathlib.Path, content: bytes | str) -> None:
    """Put content into a file; until it is complete, what was there stays.

    A process may be killed at any moment, and several may write at once: each has a
    temporary file of its own beside the target and moves it there in one step.

    Raises
    ------
    OSError
        Where it cannot be written (a full disk, a read-only folder); what was there
        before is unchanged.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    data = content.encode("utf8") if isinstance(content, str) else content
    try:
        try:
            part.write_bytes(data)
            os.replace(part, path)  # atomic
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise _told(path, error, "; what was there before is unchanged") from None


def ready(name: str, value: str | os.PathLike[str]) -> pathlib.Path:
    """A file that is to be written later, in a folder that exists and takes it.

    Raises
    ------
    TypeError, ValueError
        If it is no path, or a folder.
    OSError
        If nothing can be written there: said before hours of work, not after.
    """
    path = _checks.path(name, value)
    if path.is_dir():
        raise ValueError(f"{name} must be a file, got the folder {path}")
    folder(name, path.parent)
    return path


def folder(name: str, value: str | os.PathLike[str]) -> pathlib.Path:
    """A folder that exists, made if need be with its parents, and can be written to.

    Raises
    ------
    TypeError, ValueError
        If it is no path, or something else than a folder.
    OSError
        If it cannot be made, or nothing can be written there.
    """
    path = _checks.path(name, value)
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / f".{os.getpid()}-{secrets.token_hex(4)}.part"
        probe.touch()
        probe.unlink()
    except (FileExistsError, NotADirectoryError):
        raise ValueError(
            f"{name} must lie in a folder, got {path}, where there is a file"
        ) from None
    except OSError as error:
        raise _told(path, error) from None
    return path


@contextlib.contextmanager
def lock(path: pathlib.Path, seconds: float = 60.0) -> Iterator[None]:
    """Hold the lock of a file or folder: its own file beside it, freed if we die.

    Raises
    ------
    TimeoutError
        If another process holds it for that many seconds.
    """
    import filelock

    place = path.with_name(f".{path.name}.lock")
    try:
        with filelock.FileLock(place, timeout=seconds):
            yield
    except filelock.Timeout:
        raise TimeoutError(
            f"another process has used {path} for {seconds:g} s; wait for its end "
            f"(if there is none, remove {place})"
        ) from None


def _told(path: pathlib.Path, error: OSError, rest: str = "") -> OSError:
    """The same kind of error, in one sentence that names the file."""
    reason = (error.strerror or str(error)).lower()
    return type(error)(error.errno, f"{path} cannot be written: {reason}{rest}")
