"""One trial: what is asked for, what came out, and a state on its way as bytes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from d2lutils._checks import shown


@dataclass(frozen=True)
class Trial:
    """One configuration, trained up to one resource.

    Attributes
    ----------
    number : int
        Of the configuration, from 0 on.
    config : dict
        What the search space gave: from a hyperparameter's name to its value.
    resource : int
        What it was trained up to in total.
    loss : float
        Infinite where the trial failed.
    cost : int
        Resource that this trial is charged with: less than `resource` by what an
        earlier trial of the configuration had reached, if that one returned a state.
    bracket : int
        Index of the bracket it ran in.
    error : str
        Why it failed, else "".
    details : dict
        What else the objective measured, from names to floats.
    resumable : bool
        Whether the objective returned a state.
    """

    number: int
    config: dict
    resource: int
    loss: float
    cost: int
    bracket: int = 0
    error: str = ""
    details: dict = field(default_factory=dict)
    resumable: bool = False

    @property
    def failed(self) -> bool:
        """Whether it has no loss: an error, one that is not finite, a dead worker."""
        return bool(self.error)


@dataclass(frozen=True)
class Task:
    """A trial to run: as in `Trial`.

    Attributes
    ----------
    number, config, resource, bracket
        As in `Trial`.
    before : int
        Resource from which it goes on; 0 from the start.
    last : bool
        Whether its state is of no use.
    """

    number: int
    config: dict
    resource: int
    before: int = 0
    bracket: int = 0
    last: bool = True


@dataclass(frozen=True)
class Packed:
    """A state as bytes, for a file or another process."""

    content: bytes


def evaluate(objective: Callable, task: Task, state: Any) -> tuple[Trial, Any]:
    """Run one task wherever this is called; its trial and its state (None: no use)."""
    try:
        result = objective(dict(task.config), task.resource, state)
        loss, state, details = _read(result)
        error = "" if math.isfinite(loss) else f"the loss is {loss}"
    except (Exception, SystemExit) as problem:
        error = f"{type(problem).__name__}: {problem}"
    if error:
        return failed(task, error), None
    trial = Trial(
        task.number,
        task.config,
        task.resource,
        loss,
        task.resource - task.before,
        task.bracket,
        details=details,
        resumable=state is not None,
    )
    return trial, None if task.last else state


def failed(task: Task, error: str) -> Trial:
    """The trial of a task that gave no loss."""
    cost = task.resource - task.before
    return Trial(
        task.number, task.config, task.resource, math.inf, cost, task.bracket, error
    )


def pack(state: Any) -> Packed:
    """Also local functions and what else joblib sends; raises what pickling raises."""
    from joblib.externals.loky import cloudpickle_wrapper as cloudpickle

    return Packed(cloudpickle.dumps(state))


def unpacked(state: Any) -> Any:
    """The state itself, however it came."""
    if not isinstance(state, Packed):
        return state
    from joblib.externals.loky import cloudpickle_wrapper as cloudpickle

    try:
        return cloudpickle.loads(state.content)
    except Exception as error:
        raise ValueError(
            f"a state cannot be read ({type(error).__name__}: {error}): remove the "
            "folder's state files, and their trials begin afresh"
        ) from None


def _read(result: Any) -> tuple[float, Any, dict[str, float]]:
    """Loss, state and details of what an objective returned."""
    parts = result if isinstance(result, tuple) else (result,)
    if not 1 <= len(parts) <= 3 or result is None:
        raise TypeError(
            "the objective must return a loss, (loss, state) or "
            f"(loss, state, details), got {shown(result)}"
        )
    loss, state, details = (*parts, None, None)[:3]
    details = {} if details is None else details
    if not isinstance(details, Mapping):
        raise TypeError(f"details must be a dict of floats, got {shown(details)}")
    numbers = {str(name): _number(str(name), details[name]) for name in details}
    return _number("the loss", loss), state, numbers


def _number(name: str, value: Any) -> float:
    """A float, also from the scalars and one-element arrays of the frameworks."""
    try:
        own = getattr(value, "item", None) or getattr(value, "asscalar", None)
        plain = value if own is None else own()
        if isinstance(plain, str | bytes):
            raise TypeError
        return float(plain)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a number, got {shown(value)}") from None
