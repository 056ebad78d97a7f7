"""Whether an answer is right, and if not, which hint it gets."""

import collections
import copy
import dataclasses
import difflib
import functools
import html
import importlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from d2lutils._html import rich
from d2lutils.exercises import _answers
from d2lutils.exercises._answers import UnreadableError

CHAPTERS = (
    "risk",
    "hardness",
    "flat_points",
    "minima",
    "saddles",
    "random_landscapes",
    "vanishing_gradients",
    "overfitting",
    "implicit_bias",
    "ntk",
    "cntk",
    "completion",
    "hyperparameters",
    "hyperband",
)
"""Exercises of the chapter X are in `d2lutils.exercises._X`, a tuple `EXERCISES`."""


def paragraphs(text: str) -> tuple[str, ...]:
    """Hints as they are written: one a paragraph, on as many lines as it takes."""
    return tuple(" ".join(hint.split()) for hint in text.split("\n\n"))


@dataclasses.dataclass(frozen=True)
class Exercise:
    """What an exercise asks for and how an answer is judged.

    Attributes
    ----------
    name : str
        Its label in the chapter without `ex-`.
    asks : str
        What to hand in, the end of a sentence.
    hints : tuple, or dict of tuples
        From general to explicit; where the answer is a vector whose entries have names,
        {name of the entry: hints}, in order.
    expected : function
        Called without arguments, the right answer; where a function is asked for, a
        function that is right.
    satisfies : function
        Instead of `expected`, where there are many right answers: called with the
        answer (where a function is asked for, with what it returned and its arguments),
        returns "" or a sentence that says what is wrong.
    inputs : function
        Where a function is asked for, called without arguments: a list of dictionaries,
        the arguments to try. They are passed by position.
    shape : tuple or int
        Of the array that `satisfies` gets; a number instead for a list of so many
        arrays of any shapes.
    traps : tuple
        Pairs of a function like `expected` for a wrong answer that suggests itself, and
        the first hint for it. Entries without such a wrong answer are NaN there.
    rtol, atol : float
        Tolerances: right is what differs by at most atol + rtol times the size of what
        is expected.
    whole : bool
        Whether whole numbers are asked for.
    remark : str
        A sentence for those who are right.
    """

    name: str
    asks: str
    hints: tuple[str, ...] | Mapping[str, tuple[str, ...]]
    expected: Callable | None = None
    satisfies: Callable | None = None
    inputs: Callable | None = None
    shape: tuple[int, ...] | int = ()
    traps: tuple[tuple[Callable, str], ...] = ()
    rtol: float = 1e-3
    atol: float = 0.0
    whole: bool = False
    remark: str = ""


@dataclasses.dataclass(frozen=True)
class Result:
    """What `check` says of an answer; True only if it is right.

    Attributes
    ----------
    name : str
        Of the exercise.
    status : str
        "right", "not yet", "unreadable" or "open".
    message : str
    hint : str
        "" where there is none.
    """

    name: str
    status: str
    message: str
    hint: str = ""

    def __bool__(self) -> bool:
        return self.status == "right"

    def __repr__(self) -> str:
        return f"{_SYMBOLS[self.status]} {self.message}" + (
            f" {self.hint}" if self.hint else ""
        )

    def _repr_html_(self) -> str:
        hint = f'<p class="answer-hint">{rich(self.hint)}</p>' if self.hint else ""
        symbol = html.escape(_SYMBOLS[self.status])
        return (
            f'<div class="answer answer-{self.status.replace(" ", "-")}" '
            f'style="border-left:5px solid {_COLORS[self.status]};padding:2px 14px">'
            f'<p><span aria-hidden="true">{symbol}</span> {rich(self.message)}</p>'
            f"{hint}</div>"
        )


_COLORS = {
    "right": "#00875f",
    "not yet": "#b36b00",
    "unreadable": "#b36b00",
    "open": "#8a8a8a",
}
_SYMBOLS = {"right": "✓", "not yet": "✗", "unreadable": "?", "open": "…"}

# How often each kind of mistake was made in this session, by (exercise, kind).
_tries: collections.Counter = collections.Counter()


@dataclasses.dataclass(frozen=True)
class _Mistake:
    kind: str
    message: str
    hints: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class _Trial:
    """One answer to be judged: the reader's, or what their function returned.

    arguments: of the call, {} without one. given, right: arrays. agrees: which entries
    of them do.
    """

    arguments: Mapping[str, Any]
    given: np.ndarray
    right: np.ndarray
    agrees: np.ndarray


def check(name: str, answer: Any) -> Result:
    """Say whether the answer to an exercise is right.

    Parameters
    ----------
    name : str
        The exercise's label without `ex-`.
    answer : number, array or function
        As the exercise asks; ``...``, the placeholder, shows what to hand in.

    Returns
    -------
    Result
        Which a notebook displays. An answer that cannot be judged (None, a text,
        another shape, NaN, a masked array, a function that raises) is no error: the
        Result says what is needed.

    Raises
    ------
    ValueError
        For an unknown name.
    """
    exercise = _find(name)
    if _answers.has_dots(answer):
        return Result(
            name, "open", f"Put your answer in place of the dots: {exercise.asks}."
        )
    try:
        with np.errstate(all="ignore"):
            mistake = _judge(exercise, answer)
    except UnreadableError as fault:
        return Result(name, "unreadable", str(fault))
    if mistake is None:
        return Result(name, "right", f"Right. {exercise.remark}".strip())
    tried = _tries[name, mistake.kind]
    _tries[name, mistake.kind] += 1
    number = min(tried, len(mistake.hints) - 1)
    hint = f"Hint {number + 1} of {len(mistake.hints)}: {mistake.hints[number]}"
    return Result(name, "not yet", mistake.message, hint)


@functools.cache
def _registry() -> dict[str, Exercise]:
    modules = [
        importlib.import_module(f"d2lutils.exercises._{chapter}")
        for chapter in CHAPTERS
    ]
    return {
        exercise.name: exercise for module in modules for exercise in module.EXERCISES
    }


def _find(name: str) -> Exercise:
    registry = _registry()
    if not isinstance(name, str) or name not in registry:
        near = difflib.get_close_matches(str(name), registry, n=3, cutoff=0.4)
        meant = (
            f"did you mean {' or '.join(map(repr, near))}?"
            if near
            else f"names are like {next(iter(registry))!r}."
        )
        raise ValueError(
            "name must be that of an exercise that can be checked, got "
            f"{name!r}: {meant}"
        )
    return registry[name]


def _judge(exercise: Exercise, answer: Any) -> _Mistake | None:
    """None if the answer is right. Raises UnreadableError."""
    inputs: list[dict[str, Any]] = [{}]
    outputs = [answer]
    if exercise.inputs is not None:
        if not callable(answer):
            raise UnreadableError(
                f"Your answer is no function; needed: {exercise.asks}. Hand in its "
                "name without a call."
            )
        inputs = exercise.inputs()
        outputs = [_call(answer, arguments) for arguments in inputs]
    if exercise.satisfies is not None:
        return _judge_property(exercise, outputs, inputs)
    return _judge_values(exercise, outputs, inputs)


def _call(function: Callable, arguments: Mapping[str, Any]) -> Any:
    try:
        return function(*copy.deepcopy(list(arguments.values())))
    except Exception as error:
        raise UnreadableError(
            f"Your function raised {type(error).__name__} for {_shown(arguments)}: "
            f"{error}."
        ) from error


def _judge_property(exercise: Exercise, outputs, inputs) -> _Mistake | None:
    assert exercise.satisfies is not None
    hints = exercise.hints
    assert not isinstance(hints, Mapping)
    for output, arguments in zip(outputs, inputs, strict=True):
        fault = exercise.satisfies(
            _read_for_property(exercise, output, _whose(arguments)),
            *arguments.values(),
        )
        if fault:
            kind = "".join(letter for letter in fault if not letter.isdigit())
            return _Mistake(kind, f"Not yet: {fault}", hints)
    return None


def _read_for_property(exercise: Exercise, output: Any, whose: str):
    if not isinstance(exercise.shape, int):
        return _answers.read(output, exercise.shape, exercise.asks, whose)
    if not isinstance(output, tuple | list) or len(output) != exercise.shape:
        raise UnreadableError(
            f"{whose} cannot be read as {exercise.shape} arrays or numbers; needed: "
            f"{exercise.asks}."
        )
    return [_answers.read(part, None, exercise.asks, whose) for part in output]


def _judge_values(exercise: Exercise, outputs, inputs) -> _Mistake | None:
    trials = [
        _trial(exercise, output, arguments)
        for output, arguments in zip(outputs, inputs, strict=True)
    ]
    if exercise.whole and any((t.given != np.round(t.given)).any() for t in trials):
        raise UnreadableError(f"Your answer is not whole; needed: {exercise.asks}.")
    if all(trial.agrees.all() for trial in trials):
        return None
    part, name, hints = _first_wrong_part(exercise, trials)
    kind = _trap(exercise, trials, part)
    if kind is not None:
        hints = (kind, *hints)
    else:
        kind = _answers.kind_of_mistake(
            _joined([trial.given for trial in trials], part),
            _joined([trial.right for trial in trials], part),
            functools.partial(_close, exercise),
            exercise.whole,
        )
        hints = (*(_answers.KINDS[kind] if kind else ()), *hints)
    return _Mistake(f"{name}: {kind}", _what_is_right(exercise, trials), hints)


def _trial(exercise: Exercise, output: Any, arguments: Mapping[str, Any]) -> _Trial:
    assert exercise.expected is not None
    right = np.asarray(exercise.expected(*arguments.values()), dtype=np.float64)
    given = _answers.read(output, right.shape, exercise.asks, _whose(arguments))
    return _Trial(arguments, given, right, _close(exercise, given, right))


def _close(exercise: Exercise, a: Any, b: Any) -> Any:
    return np.abs(a - b) <= exercise.atol + exercise.rtol * np.abs(b)


def _first_wrong_part(exercise: Exercise, trials: list[_Trial]):
    """(position, name, hints) of the first named entry that is wrong.

    Position None and name "" stand for all entries: where they have no names, or where
    only their order is wrong.
    """
    if not isinstance(exercise.hints, Mapping):
        return None, "", exercise.hints
    if all(_close(exercise, np.sort(t.given), np.sort(t.right)).all() for t in trials):
        return None, "", ()
    right = np.all([trial.agrees for trial in trials], axis=0)
    part = int(np.argmin(right))
    return part, *list(exercise.hints.items())[part]


def _trap(exercise: Exercise, trials: list[_Trial], part: int | None) -> str | None:
    """The hint of the first trap that all wrong entries (of the part) fell into."""
    chosen = ... if part is None else part
    for trap, hint in exercise.traps:
        fell = []
        for trial in trials:
            wrong = np.asarray(trap(*trial.arguments.values()), dtype=float)
            there = _close(exercise, trial.given, wrong) | trial.agrees
            fell.append(there[chosen].all())
        if all(fell):
            return hint
    return None


def _what_is_right(exercise: Exercise, trials: list[_Trial]) -> str:
    if isinstance(exercise.hints, Mapping):
        good = np.all([trial.agrees for trial in trials], axis=0)
        said = [
            f"{part} {'right' if ok else 'not yet'}"
            for part, ok in zip(exercise.hints, good, strict=True)
        ]
        return f"Not yet: {', '.join(said)}."
    if exercise.inputs is not None:
        failed = [trial.arguments for trial in trials if not trial.agrees.all()]
        return (
            f"Not yet: wrong for {len(failed)} of {len(trials)} inputs, for example "
            f"{_shown(failed[0])}."
        )
    (entries,) = (trial.agrees for trial in trials)
    if entries.size == 1:
        return "Not yet."
    return f"Not yet: {entries.sum()} of {entries.size} entries are right."


def _joined(arrays: list[np.ndarray], part: int | None) -> np.ndarray:
    """All entries of all trials, or the one of each that is looked at."""
    if part is not None:
        return np.array([array[part] for array in arrays])
    if len(arrays) == 1:
        return arrays[0]
    return np.concatenate([array.ravel() for array in arrays])


def _whose(arguments: Mapping[str, Any]) -> str:
    if not arguments:
        return "Your answer"
    return f"What your function returns for {_shown(arguments)}"


def _shown(arguments: Mapping[str, Any]) -> str:
    """The arguments of a call as a reader would write them: n = 10, sigma = 0.5."""

    def one(value):
        return value if np.size(value) < 5 else f"an array of shape {np.shape(value)}"

    return ", ".join(f"{name} = {one(value)}" for name, value in arguments.items())
