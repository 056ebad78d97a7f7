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
    "minima",
    "saddles",
    "vanishing_gradients",
    "overfitting",
    "ntk",
    "completion",
    "hyperparameters",
)
"""Exercises of the chapter X are in `d2lutils.exercises._X`, a tuple `EXERCISES`."""


@dataclasses.dataclass(frozen=True)
class Exercise:
    """What an exercise asks for and how an answer is judged.

    name: its label in the chapter without `ex-`. asks: what to hand in, the end of a sentence.
    hints: from general to explicit; where the answer is a vector whose entries have names, a dictionary
        {name of the entry: hints}, in order.
    expected: called without arguments, the right answer; where a function is asked for, a function that is right.
    satisfies: instead of `expected`, where there are many right answers: called with the answer (where a
        function is asked for, with what it returned and its arguments), returns "" or a sentence that says
        what is wrong.
    inputs: where a function is asked for, called without arguments: a list of dictionaries, the arguments to try.
        They are passed by position.
    shape: of the array that `satisfies` gets; a number instead for a list of so many arrays of any shapes.
    traps: pairs of a function like `expected` for a wrong answer that suggests itself, and the first hint for it.
        Entries without such a wrong answer are NaN there.
    rtol, atol: tolerances, |answer - expected| <= atol + rtol |expected|. whole: whether whole numbers are asked for.
    remark: a sentence for those who are right.
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
    """What `check` says of the exercise `name`: a message and perhaps a hint. True only if right.

    status: "right", "not yet", "unreadable" or "open".
    """

    name: str
    status: str
    message: str
    hint: str = ""

    def __bool__(self):
        return self.status == "right"

    def __repr__(self):
        return f"{_SYMBOLS[self.status]} {self.message}" + (
            f" {self.hint}" if self.hint else ""
        )

    def _repr_html_(self):
        hint = f'<p class="answer-hint">{rich(self.hint)}</p>' if self.hint else ""
        return (
            f'<div class="answer answer-{self.status.replace(" ", "-")}"><p><span aria-hidden="true">'
            f"{html.escape(_SYMBOLS[self.status])}</span> {rich(self.message)}</p>{hint}</div>"
        )


_SYMBOLS = {"right": "✓", "not yet": "✗", "unreadable": "?", "open": "…"}

# How often each kind of mistake was made in this session, by (exercise, kind).
_tries: collections.Counter = collections.Counter()


@dataclasses.dataclass(frozen=True)
class _Mistake:
    kind: str
    message: str
    hints: tuple[str, ...]


def names():
    """The names of all exercises that can be checked, in the order of the book: a tuple."""
    return tuple(_registry())


def check(name, answer):
    """Say whether the answer to an exercise is right.

    name: the exercise's label without `ex-`. answer: a number, an array or a function, as the exercise asks;
    `...`, the placeholder, shows what to hand in. Returns a Result, which a notebook displays.
    Raises ValueError for an unknown name. An answer that cannot be judged (None, a text, another shape, NaN,
    a function that raises) is no error: the Result says what is needed.
    """
    exercise = _find(name)
    if _answers.has_dots(answer):
        return Result(
            name, "open", f"Put your answer in place of the dots: {exercise.asks}."
        )
    try:
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
def _registry():
    modules = [
        importlib.import_module(f"d2lutils.exercises._{chapter}")
        for chapter in CHAPTERS
    ]
    return {
        exercise.name: exercise for module in modules for exercise in module.EXERCISES
    }


def _find(name):
    registry = _registry()
    if not isinstance(name, str) or name not in registry:
        near = difflib.get_close_matches(str(name), registry, n=3, cutoff=0.4)
        meant = (
            f"did you mean {' or '.join(map(repr, near))}?"
            if near
            else "exercises.names() lists those there are."
        )
        raise ValueError(
            f"name must be that of an exercise that can be checked, got {name!r}: {meant}"
        )
    return registry[name]


def _judge(exercise, answer):
    """None if the answer is right, else a _Mistake. Raises UnreadableError."""
    if exercise.inputs is None:
        return _judge_outputs(exercise, [answer], [{}])
    if not callable(answer):
        raise UnreadableError(
            f"Your answer is no function; needed: {exercise.asks}. Hand in its name without a call."
        )
    inputs = exercise.inputs()
    return _judge_outputs(
        exercise, [_call(answer, arguments) for arguments in inputs], inputs
    )


def _call(function, arguments):
    try:
        return function(*copy.deepcopy(list(arguments.values())))
    except Exception as error:
        with_ = _shown(arguments)
        raise UnreadableError(
            f"Your function raised {type(error).__name__} for {with_}: {error}."
        ) from error


def _judge_outputs(exercise, outputs, inputs):
    if exercise.satisfies is not None:
        return _judge_property(exercise, outputs, inputs)
    right = [
        np.asarray(exercise.expected(*arguments.values()), dtype=float)
        for arguments in inputs
    ]
    given = [
        _answers.read(output, r.shape, exercise.asks, _whose(arguments))
        for output, r, arguments in zip(outputs, right, inputs, strict=True)
    ]
    if exercise.whole and any((g != np.round(g)).any() for g in given):
        raise UnreadableError(f"Your answer is not whole; needed: {exercise.asks}.")

    def close(a, b):
        return np.abs(a - b) <= exercise.atol + exercise.rtol * np.abs(b)

    agree = [close(g, r) for g, r in zip(given, right, strict=True)]
    if all(entries.all() for entries in agree):
        return None
    if isinstance(exercise.hints, Mapping) and not all(
        close(np.sort(g), np.sort(r)).all() for g, r in zip(given, right, strict=True)
    ):
        # All about the first named entry that is wrong.
        wrong: Any = next(
            i
            for i in range(len(exercise.hints))
            if not all(entries[i] for entries in agree)
        )
        part, hints = list(exercise.hints.items())[wrong]
        g, r = (np.array([values[wrong] for values in side]) for side in (given, right))
    else:
        wrong, part = ..., ""
        hints = () if isinstance(exercise.hints, Mapping) else exercise.hints
        g, r = (_joined(side) for side in (given, right))
    trapped = _trapped(exercise, given, agree, inputs, close, wrong)
    if trapped:
        kind, ladder = trapped, (trapped, *hints)
    else:
        kind = _answers.kind_of_mistake(g, r, close, exercise.whole)
        ladder = (*_answers.KINDS.get(kind, ()), *hints)
    return _Mistake(f"{part}: {kind}", _what_is_right(exercise, agree, inputs), ladder)


def _judge_property(exercise, outputs, inputs):
    for output, arguments in zip(outputs, inputs, strict=True):
        needed = exercise.asks, _whose(arguments)
        if isinstance(exercise.shape, int):
            if not isinstance(output, tuple | list) or len(output) != exercise.shape:
                raise UnreadableError(
                    f"{needed[1]} cannot be read as {exercise.shape} arrays or numbers; needed: {needed[0]}."
                )
            read = [_answers.read(part, None, *needed) for part in output]
        else:
            read = _answers.read(output, exercise.shape, *needed)
        fault = exercise.satisfies(read, *arguments.values())
        if fault:
            kind = "".join(letter for letter in fault if not letter.isdigit())
            return _Mistake(kind, f"Not yet: {fault}", exercise.hints)
    return None


def _trapped(exercise, given, agree, inputs, close, part):
    """The hint of the first trap that the wrong entries (those of the part that is looked at) fell into, or None."""
    for trap, hint in exercise.traps:
        fell = []
        for g, entries, arguments in zip(given, agree, inputs, strict=True):
            t = np.broadcast_to(
                np.asarray(trap(*arguments.values()), dtype=float), g.shape
            )
            fell.append((close(g, t) | entries)[part].all())
        if all(fell):
            return hint
    return None


def _what_is_right(exercise, agree, inputs):
    if isinstance(exercise.hints, Mapping):
        good = np.all(agree, axis=0)
        said = [
            f"{part} {'right' if ok else 'not yet'}"
            for part, ok in zip(exercise.hints, good, strict=True)
        ]
        return f"Not yet: {', '.join(said)}."
    if exercise.inputs is not None:
        failed = [
            arguments
            for arguments, entries in zip(inputs, agree, strict=True)
            if not entries.all()
        ]
        return f"Not yet: wrong for {len(failed)} of {len(inputs)} inputs, for example {_shown(failed[0])}."
    (entries,) = agree
    return (
        f"Not yet: {entries.sum()} of {entries.size} entries are right."
        if entries.size > 1
        else "Not yet."
    )


def _joined(arrays):
    return (
        arrays[0]
        if len(arrays) == 1
        else np.concatenate([array.ravel() for array in arrays])
    )


def _whose(arguments):
    return (
        f"What your function returns for {_shown(arguments)}"
        if arguments
        else "Your answer"
    )


def _shown(arguments):
    """The arguments of a call as a reader would write them: n = 10, x = an array of shape (3, 2)."""
    return ", ".join(
        f"{name} = {value if np.size(value) < 5 else f'an array of shape {np.shape(value)}'}"
        for name, value in arguments.items()
    )
