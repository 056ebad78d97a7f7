"""What the gate compares when nbval has executed a notebook again, and what it refuses.

nbval alone hides three kinds of change: cells that a comment or a tag exempts, the
order of outputs of different kinds, and pictures that are no SVG. It also compares text
after patterns have shortened numbers. Here text is compared as it was printed, and only
the coordinates of figures may differ, by less than one can see.
"""

import itertools
import json
import re

LIVE_TAG = "nbval-ignore-output"
TOLERANCE = 0.01  # points, 3.5 micrometres on paper
WIDGET = "application/vnd.jupyter.widget-view+json"  # its ids are random
NOT_COMPARED = ("image/png", "image/jpeg")  # only whether they are there

_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)")
_ID = re.compile(r'(?<=[#"])[A-Za-z][0-9a-f]{10}\b')


def refused(cell):
    """The ways by which a cell keeps nbval from running or comparing it, but one.

    The tag `LIVE_TAG` is allowed: tools/notebooks.py asks for a claim behind it.
    Comments are looked for anywhere, also in strings, where nbval finds them too.
    """
    # Readers who execute a chapter need no nbval.
    from nbval.plugin import comment_markers, metadata_tags

    tags = set(cell.metadata.get("tags", [])) - {LIVE_TAG}
    found = [f"the tag {tag}" for tag in sorted(tags & metadata_tags.keys())]
    return found + [f"the comment {n}" for n in comment_markers if n in cell.source]


def difference(executed, stored, figures=True):
    """What differs between two lists of outputs, one sentence; None if nothing does.

    figures: whether SVG pictures are compared, which takes the same Matplotlib.
    """
    executed, stored = _merged(executed), _merged(stored)
    kinds = [[_kind(output) for output in outputs] for outputs in (executed, stored)]
    if kinds[0] != kinds[1]:
        return f"outputs are {_listed(kinds[0])}, stored are {_listed(kinds[1])}"
    for new, old in zip(executed, stored, strict=True):
        if new["output_type"] == "stream":
            pairs = [("text", new["text"], old["text"])]
        elif new["output_type"] == "error":
            pairs = [(key, new[key], old[key]) for key in ("ename", "evalue")]
        else:
            pairs = [(key, new["data"][key], old["data"][key]) for key in _mimes(new)]
        for key, a, b in pairs:
            if key == "image/svg+xml":
                told = picture_difference(a, b) if figures else None
            elif key in NOT_COMPARED:
                told = None
            else:
                told = None if a == b else f"{key} is {short(a, b)}"
            if told:
                return told
    return None


def picture_difference(new, old):
    """What differs between two SVG texts, one sentence, or None.

    Numbers with four and more decimals are coordinates, which may differ by
    `TOLERANCE`; ids are hashes of such numbers, so that only their order counts.
    """
    parts = [_NUMBER.split(_renumbered(text)) for text in (new, old)]
    if len(parts[0]) != len(parts[1]):
        return "the figure has other parts"
    for i, (a, b) in enumerate(zip(*parts, strict=True)):
        if a != b and (i % 2 == 0 or not _near(a, b)):  # text, number, text, ...
            return f"the figure has {short(a, b)}"
    return None


def _near(a, b):
    """Whether two numbers are one coordinate: within `TOLERANCE`, or a zero with a
    sign, or nearer still where one of them was printed with fewer decimals.
    """
    if {a, b} == {"0", "-0"}:
        return True
    long = [bool(re.fullmatch(r"-?\d+\.\d{4,}", text)) for text in (a, b)]
    if not any(long) and "e-" not in a + b:
        return False
    return abs(float(a) - float(b)) < (TOLERANCE if all(long) else 1e-4)


def _renumbered(svg):
    """Ids by the order in which they first appear: exchanged ones are seen."""
    numbers: dict[str, str] = {}
    return _ID.sub(lambda m: numbers.setdefault(m[0], f"id-{len(numbers)}"), svg)


def _merged(outputs):
    """Outputs as plain values, neighbouring texts of one stream as one."""
    plain = json.loads(json.dumps(outputs))
    merged = []
    for key, group in itertools.groupby(plain, key=lambda o: o.get("name")):
        outputs = list(group)
        if key is not None and outputs[0]["output_type"] == "stream":
            text = "".join("".join(output["text"]) for output in outputs)
            outputs = [{"output_type": "stream", "name": key, "text": text}]
        merged += outputs
    return merged


def _mimes(output):
    return sorted(key for key in output.get("data", {}) if key != WIDGET)


def _kind(output):
    """What an output is, without what it says."""
    return (output["output_type"], output.get("name", ""), *_mimes(output))


def _listed(kinds):
    return ", then ".join(" ".join(filter(None, kind)) for kind in kinds) or "nothing"


def short(a, b):
    """Where two texts begin to differ."""
    a, b = (text if isinstance(text, str) else json.dumps(text) for text in (a, b))
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), 0)
    start = max(0, start - 20)
    return f"...{a[start : start + 60]!r} now, ...{b[start : start + 60]!r} is stored"
