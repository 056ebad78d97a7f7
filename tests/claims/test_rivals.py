"""Each stored claim follows from what stands in its box, and could have failed.

Only the printed texts are read, as a reader reads them: the measured number, the ends
of its interval and the condition; then the rival's value in place of the measured one.
"""

import json
import pathlib
import re

import pytest

from d2lutils import claims

CHAPTERS = pathlib.Path(__file__).parents[2] / "chapters"
NOTEBOOKS = [
    path for path in sorted(CHAPTERS.rglob("*.ipynb")) if ".ipynb_" not in str(path)
]


def stored(path):
    return claims.collect(json.loads(path.read_text("utf8")))


CLAIMS = [
    pytest.param(claim, id=f"{path.parent.name}/{claim['name']}")
    for path in NOTEBOOKS
    for claim in stored(path)
]


def bounds(condition):
    """The least and the largest number that a printed condition accepts."""
    if about := re.fullmatch(r"(\S+) ± (\S+)", condition):
        middle, reach = map(float, about.groups())
        reach += 1e-12 * abs(middle)  # 0.3 is not quite 0.1 + 0.2
        return middle - reach, middle + reach
    parts = re.findall(r"at (least|most) (\S+)", condition)
    assert condition == " and ".join(f"at {side} {number}" for side, number in parts)
    limits = {side: float(number) for side, number in parts}
    return limits.get("least", -float("inf")), limits.get("most", float("inf"))


def meets(value, condition):
    """Whether a printed value meets the condition printed beside it."""
    if condition == "must hold":
        return {"yes": True, "no": False}[value]
    low, high = bounds(condition)
    return low <= float(value) <= high


@pytest.mark.parametrize(
    ("condition", "good", "bad"),
    [
        ("3.1415927 ± 0.01", "3.14", "3.2"),
        ("0.1 ± 0.2", "0.3", "-0.2"),
        ("at least 2", "2", "1.9"),
        ("at most 1e-8", "2e-9", "1e-7"),
        ("at least 2 and at most 5", "5", "6"),
        ("must hold", "yes", "no"),
    ],
)
def test_conditions_are_read_as_they_are_printed(condition, good, bad):
    assert meets(good, condition)
    assert not meets(bad, condition)


def test_another_condition_is_not_passed_over():
    with pytest.raises(AssertionError):
        bounds("about 3")


@pytest.mark.parametrize("claim", CLAIMS)
def test_the_verdict_follows_from_the_printed_numbers(claim):
    ends = claim["interval"].split(" to ") if "interval" in claim else []
    met = [meets(end, claim["condition"]) for end in ends]
    if claim["verdict"] == "undecided":
        assert set(met) == {True, False}
    else:
        assert all(met)
        assert meets(claim["measured"], claim["condition"])


@pytest.mark.parametrize("claim", CLAIMS)
def test_the_rival_in_place_of_the_measurement_fails(claim):
    if "rival" in claim:
        assert claim["rival_is"]
        assert not meets(claim["rival"], claim["condition"])


@pytest.mark.parametrize("name", sorted({p.stem for p in NOTEBOOKS} - {"index"}))
def test_nine_in_ten_claims_of_evidence_have_a_rival(name):
    kept = [
        claim
        for path in NOTEBOOKS
        if path.stem == name
        for claim in stored(path)
        if claim.get("kind", "evidence") == "evidence"
    ]
    without = {claim["name"] for claim in kept if "rival" not in claim}
    assert kept
    assert len(without) <= len({claim["name"] for claim in kept}) / 10, without
