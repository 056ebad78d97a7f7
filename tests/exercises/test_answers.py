"""The checkers' judgement of answers that people hand in.

The tables in `answers_*.py` name, for each exercise, right answers in other forms, and
wrong ones that suggest themselves; each entry is a function that returns the answer.
"""

import answers_completion
import answers_deep_and_wide
import answers_flat_points
import answers_hardness
import answers_hyperparameters
import answers_minima_saddles
import answers_overfitting
import answers_risk
import pytest

from d2lutils import exercises
from d2lutils.exercises import _judge

TABLES = (
    answers_completion,
    answers_deep_and_wide,
    answers_flat_points,
    answers_hardness,
    answers_hyperparameters,
    answers_minima_saddles,
    answers_overfitting,
    answers_risk,
)


def each(kind):
    """(name, answer) of one kind in all tables."""
    return [
        pytest.param(name, answer, id=f"{name}-{number}")
        for table in TABLES
        for name, answers in getattr(table, kind).items()
        for number, answer in enumerate(answers)
    ]


@pytest.mark.parametrize(("name", "answer"), each("RIGHT"))
def test_right_answers_in_other_forms_are_accepted(name, answer):
    assert exercises.check(name, answer())


@pytest.mark.parametrize(("name", "answer"), each("WRONG"))
def test_wrong_answers_that_suggest_themselves_are_not(name, answer):
    assert exercises.check(name, answer()).status == "not yet"


def test_each_exercise_has_three_right_answers_and_five_wrong_ones():
    right, wrong = (
        {
            name: answers
            for table in TABLES
            for name, answers in vars(table)[kind].items()
        }
        for kind in ("RIGHT", "WRONG")
    )
    few = [
        name
        for name in _judge._registry()
        if len(right.get(name, ())) < 3 or len(wrong.get(name, ())) < 5
    ]
    assert not few


def test_a_logarithm_loses_a_bracket():
    starts = answers_hyperparameters.starts_by_logarithm
    answer = exercises.check("hyperparameters-brackets", starts)
    assert not answer  # another number of brackets cannot be read as an answer
