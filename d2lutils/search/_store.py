"""Where a search keeps its trials: in memory, or in a folder from which it goes on.

In the folder, trials.jsonl has the settings of the study on its first line, then a line
a trial, each with a checksum. It is only ever appended to, and locked by who uses it.
A state is written before its trial, and the one it replaces is removed after: a search
may be killed at any moment.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import os
import pathlib
import re
import warnings
import zlib
from typing import Any

from d2lutils import _files
from d2lutils.search import _fingerprint, _states
from d2lutils.search._trials import Packed, Trial, pack

_STATE = re.compile(r"state-(\d+)-(\d+)\.pickle")
_LEFT = re.compile(r"state-\d+-\d+\.pickle\..+\.part")  # by a process that was killed


class Memory:
    """Finished trials by (number, resource), and the states of those that may go on."""

    def __init__(self) -> None:
        self.trials: dict[tuple[int, int], Trial] = {}
        self.states: dict[int, tuple[int, Any]] = {}

    def __enter__(self) -> Memory:
        return self

    def __exit__(self, *_: object) -> None:
        self.states.clear()

    def add(self, trial: Trial, state: Any) -> None:
        """Keep a trial, and its state, if any, in place of an earlier one."""
        self.trials[trial.number, trial.resource] = trial
        if state is None:
            self.forget(trial.number)
        else:
            self.states[trial.number] = trial.resource, state

    def state(self, number: int, resource: int) -> Any:
        """What a configuration goes on from at a resource; None: begin afresh."""
        at, state = self.states.get(number, (None, None))
        return state if at == resource else None

    def forget(self, number: int) -> None:
        """Drop a configuration's state."""
        self.states.pop(number, None)


class Folder(Memory):
    """The same in a folder.

    A state lies in its file alone, ``self.states`` has None for it; one that no pickle
    takes stays in memory.
    """

    def __init__(
        self, folder: Any, settings: dict[str, Any], objective: Any, trust_state: bool
    ) -> None:
        super().__init__()
        self.folder = _files.folder("folder", folder)
        self.path = self.folder / "trials.jsonl"
        self.key, self.trust = _states.key(), trust_state
        self.file = _locked(self.path)
        try:
            self._load(settings | {"objective": _fingerprint.fingerprint(objective)})
        except BaseException:
            os.close(self.file)
            raise

    def __exit__(self, *_: object) -> None:
        os.close(self.file)

    def add(self, trial: Trial, state: Any) -> None:
        """Keep a trial, and its state unless there is a later one already."""
        at, _ = self.states.get(trial.number, (0, None))
        newer = trial.resource > at
        in_memory = None
        if state is not None and newer:
            in_memory = self._write_state(trial, state)
        loss = None if trial.failed else trial.loss
        self._append(dataclasses.asdict(trial) | {"loss": loss})
        self.trials[trial.number, trial.resource] = trial
        if newer:
            self.forget(trial.number)
            if state is not None:
                self.states[trial.number] = trial.resource, in_memory

    def state(self, number: int, resource: int) -> Any:
        """What a configuration goes on from at a resource; None: begin afresh."""
        at, state = self.states.get(number, (None, None))
        if at != resource or state is not None:
            return state if at == resource else None
        with contextlib.suppress(FileNotFoundError):
            return _states.opened(self.key, self._place(number, resource), self.trust)
        return None

    def forget(self, number: int) -> None:
        """Drop a configuration's state."""
        at, _ = self.states.pop(number, (None, None))
        if at is not None:
            self._place(number, at).unlink(missing_ok=True)

    def _write_state(self, trial: Trial, state: Any) -> Any:
        """Put a state into its file; returns what has to stay in memory."""
        path = self._place(trial.number, trial.resource)
        try:
            packed = state if isinstance(state, Packed) else pack(state)
        except Exception as error:
            warnings.warn(
                "the state that the objective returns cannot be written to a file "
                f"({type(error).__name__}: {error}): if the search is interrupted, "
                "configurations begin afresh; to avoid it, return arrays, numbers and "
                "dicts of them",
                stacklevel=2,
            )
            return state
        _files.write(path, _states.sealed(self.key, path.name, packed))
        return None

    def _append(self, row: dict[str, Any]) -> None:
        """Write a line whole, or leave the file as it was."""
        line, size = _line(row), os.fstat(self.file).st_size
        try:
            if os.write(self.file, line) < len(line):
                raise OSError(28, "no space left on device")
        except OSError as error:
            os.ftruncate(self.file, size)
            raise type(error)(
                error.errno,
                f"{self.path} cannot be written: {(error.strerror or '').lower()}; the "
                f"{len(self.trials)} trials in it are safe, and the same call goes on "
                "from them",
            ) from None

    def _load(self, settings: dict[str, Any]) -> None:
        content = self.path.read_bytes()
        *lines, rest = content.split(b"\n")
        if not lines and _line(settings).startswith(rest):
            os.ftruncate(self.file, 0)
            self._append(settings)
            return
        self._check(_row(lines[0]) if lines else None, settings)
        for i, line in enumerate(lines[1:], 2):
            trial = _trial(_row(line))
            if trial is None or (trial.number, trial.resource) in self.trials:
                raise ValueError(
                    f"{self.path} is damaged in line {i}: remove the line, and its "
                    "trial runs again, or choose another folder"
                )
            self.trials[trial.number, trial.resource] = trial
        if rest:  # killed in the middle of a line
            os.ftruncate(self.file, len(content) - len(rest))
        self._find_states()

    def _check(self, first: dict[str, Any] | None, settings: dict[str, Any]) -> None:
        """Whether the folder's study is the one that is asked for."""
        if first is None or "objective" not in first:
            raise ValueError(
                f"{self.path} is no record of a study; choose another folder"
            )
        plain = json.loads(json.dumps(settings))
        different = [n for n in {**plain, **first} if first.get(n) != plain.get(n)]
        if "objective" in different:
            differs = _fingerprint.difference(first["objective"], plain["objective"])
            i = different.index("objective")
            different[i : i + 1] = [f"objective (its {differs})"] if differs else []
        if different:
            raise ValueError(
                f"{self.path} belongs to a study with another {', '.join(different)}; "
                "remove it or choose another folder"
            )

    def _find_states(self) -> None:
        """Keep each configuration's latest state, drop what a killed process left."""
        for path in sorted(self.folder.glob("state-*")):
            named = _STATE.fullmatch(path.name)
            number, resource = map(int, named.groups()) if named else (0, 0)
            at, _ = self.states.get(number, (0, None))
            if named and (number, resource) in self.trials and resource > at:
                self.forget(number)
                self.states[number] = resource, None
            elif named or _LEFT.fullmatch(path.name):
                path.unlink(missing_ok=True)

    def _place(self, number: int, resource: int) -> pathlib.Path:
        return self.folder / f"state-{number}-{resource}.pickle"


def _locked(path: pathlib.Path) -> int:
    """The file, open for appending, which nobody else may use until it is closed."""
    if path.exists() and not path.is_file():
        raise ValueError(f"folder must hold a file trials.jsonl or none, got {path}")
    # Windows would write other line ends.
    exact = getattr(os, "O_BINARY", 0)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | exact, 0o666)
    try:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        raise ValueError(
            f"folder must not be in use, got {path.parent}, where another search is "
            "running: wait for its end, or choose another folder"
        ) from None
    except (ImportError, OSError):  # a system or a file system without locks
        pass
    return file


def _line(row: dict[str, Any]) -> bytes:
    check = zlib.crc32(json.dumps(row).encode())
    return json.dumps(row | {"check": f"{check:08x}"}).encode() + b"\n"


def _row(line: bytes) -> dict[str, Any] | None:
    """What a line says, or None if it is not as it was written."""
    try:
        row = json.loads(line)
        del row["check"]
        return row if _line(row) == line + b"\n" else None
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _trial(row: dict[str, Any] | None) -> Trial | None:
    try:
        row = row or {}
        return Trial(**row | {"loss": math.inf if row["loss"] is None else row["loss"]})
    except (KeyError, TypeError):
        return None
