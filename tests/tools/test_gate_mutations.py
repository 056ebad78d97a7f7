"""Notebooks of the book, changed in one place at random: the gate sees it, or it is
harmless.

Executing a notebook again gives the bytes that are stored (nbval asserts that), so each
mutation is judged without executing: by tools/notebooks.py, and by what nbval compares.
"""

import collections
import copy
import itertools
import random
import re

import gate
import nbformat
import notebooks
import pytest
from nbval.plugin import comment_markers, metadata_tags

CHAPTERS = ("ntk", "risk", "saddles")
MUTATIONS = 260
MARKERS = sorted(comment_markers)
TAGS = sorted(metadata_tags.keys() - {gate.LIVE_TAG})
SVG = "image/svg+xml"


def _codes(nb, rng, wanted=lambda output: True):
    """A random code cell that has such an output, and such an output of it."""
    pairs = [
        (cell, output)
        for cell in nb.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if wanted(output)
    ]
    return rng.choice(pairs)


def _cell(nb, rng, kind):
    return rng.choice([cell for cell in nb.cells if cell.cell_type == kind])


def _digit(text, rng, pattern=r"\d"):
    """The text with one of its digits changed."""
    place = rng.choice([m.end() - 1 for m in re.finditer(pattern, text)])
    others = [d for d in "0123456789" if d != text[place]]
    return text[:place] + rng.choice(others) + text[place + 1 :]


def a_word_of_the_text(nb, rng):
    cell = _cell(nb, rng, "markdown")
    word = rng.choice(re.findall(r"\w{3,}", cell.source))
    cell.source = cell.source.replace(word, word[::-1] + "x", 1)


def a_number_in_the_code(nb, rng):
    cells = [
        c for c in nb.cells if c.cell_type == "code" and re.search(r"\d", c.source)
    ]
    cell = rng.choice(cells)
    cell.source = _digit(cell.source, rng)


def a_comment_for_nbval(nb, rng):
    cell = _cell(nb, rng, "code")
    cell.source = f"# {rng.choice(MARKERS)}\n{cell.source}"


def a_tag_for_nbval(nb, rng):
    _cell(nb, rng, "code").metadata["tags"] = [rng.choice(TAGS)]


def an_exemption(nb, rng):
    _cell(nb, rng, "code").metadata["tags"] = [gate.LIVE_TAG]


def a_caption_or_its_number(nb, rng):
    cell = rng.choice([c for c in nb.cells if c.id.endswith("-caption")])
    changed = _digit(cell.source, rng) if rng.random() < 0.5 else f"{cell.source} x"
    cell.source = changed


def the_order_of_cells(nb, rng):
    i = rng.randrange(len(nb.cells) - 1)
    nb.cells[i], nb.cells[i + 1] = nb.cells[i + 1], nb.cells[i]


def a_cell_less(nb, rng):
    del nb.cells[rng.randrange(len(nb.cells))]


def a_printed_digit(nb, rng):
    def has(output):
        return re.search(r"\d", output.get("text", ""))

    _, output = _codes(nb, rng, has)
    output.text = _digit(output.text, rng)


def a_digit_of_a_value(nb, rng):
    def has(output):
        return re.search(r"\d", output.get("data", {}).get("text/plain", ""))

    _, output = _codes(nb, rng, has)
    output.data["text/plain"] = _digit(output.data["text/plain"], rng)


def a_stored_claim(nb, rng):
    mime = "application/vnd.d2lutils.claim+json"
    _, output = _codes(nb, rng, lambda o: mime in o.get("data", {}))
    key = rng.choice(sorted(output.data[mime]))
    output.data[mime][key] = f"{output.data[mime][key]}x"


def a_claims_box(nb, rng):
    _, output = _codes(
        nb, rng, lambda o: "claim-" in o.get("data", {}).get("text/html", "")
    )
    html = output.data["text/html"]
    output.data["text/html"] = html.replace("Measured", "measured", 1)


def _picture(nb, rng):
    return _codes(nb, rng, lambda output: SVG in output.get("data", {}))[1].data


def a_figures_digit(nb, rng):
    """Of tenths of a point: what is smaller than the tolerance is no other figure."""
    data = _picture(nb, rng)
    data[SVG] = _digit(data[SVG], rng, r"(?<![\w.])\d+(\.\d)?")


def a_figures_colour(nb, rng):
    data = _picture(nb, rng)
    data[SVG] = _digit(data[SVG], rng, r"#[0-9a-f]*\d")


def exchanged_markers(nb, rng):
    data = _picture(nb, rng)
    used = sorted(set(re.findall(r'xlink:href="(#[\w-]+)"', data[SVG])))
    one, other = rng.sample(used, 2)
    swap = {one: other, other: one}
    data[SVG] = re.sub(
        r'(?<=xlink:href=")#[\w-]+', lambda m: swap.get(m[0], m[0]), data[SVG]
    )


def a_line_less(nb, rng):
    data = _picture(nb, rng)
    lines = data[SVG].split("\n")
    del lines[rng.choice([i for i, line in enumerate(lines) if line.strip()])]
    data[SVG] = "\n".join(lines)


def the_order_of_outputs(nb, rng):
    cells = [c for c in nb.cells if c.cell_type == "code" and len(c.outputs) > 1]
    outputs = rng.choice(cells).outputs
    outputs[0], outputs[1] = outputs[1], outputs[0]


def an_output_less(nb, rng):
    cell, output = _codes(nb, rng)
    cell.outputs = [other for other in cell.outputs if other is not output]


def an_output_more(nb, rng):
    cell = _cell(nb, rng, "code")
    cell.outputs.append(nbformat.v4.new_output("stream", name="stdout", text="1\n"))


def a_bitmap_more(nb, rng):
    """Beside the SVG of a figure lies its PNG, whose pixels are not compared."""
    _, output = _codes(nb, rng, lambda output: "data" in output)
    output.data["image/jpeg"] = "aGVsbG8="


def a_mime_type_less(nb, rng):
    _, output = _codes(nb, rng, lambda output: len(output.get("data", {})) > 1)
    del output.data[rng.choice(sorted(output.data))]


def another_stream(nb, rng):
    _, output = _codes(nb, rng, lambda output: output.get("name") == "stdout")
    output.name = "stderr"


def a_time_of_execution(nb, rng):
    _cell(nb, rng, "code").metadata["execution"] = {"shell.execute_reply": "2020-01-01"}


def another_count(nb, rng):
    _cell(nb, rng, "code").execution_count += 1


def a_state_of_widgets(nb, rng):
    """Of the notebook's metadata all else may differ: each front end writes its own."""
    nb.metadata["widgets"] = {"state": {}}


KINDS = [
    value
    for value in list(globals().values())
    if getattr(value, "__module__", "") == __name__ and value.__name__[0] != "_"
]


@pytest.fixture(scope="module")
def sections(tmp_path_factory):
    """(a book, what its source makes, the notebook that is stored) for each section of
    the chapters that has outputs: one change is one in its section, soon judged.
    """
    real, found = notebooks.Book(), []
    made = real.made()
    book = notebooks.Book(tmp_path_factory.mktemp("book"))
    book.chapters.mkdir()
    for chapter in CHAPTERS:
        source = made[real.notebook(chapter)]
        stored = notebooks.read(real.notebook(chapter))
        pairs = list(zip(source.cells, stored.cells, strict=True))
        heads = [
            i
            for i, cell in enumerate(source.cells)
            if cell.cell_type == "markdown" and re.search("^##", cell.source, re.M)
        ]
        for start, end in itertools.pairwise([*heads, len(pairs)]):
            new, old = (list(cells) for cells in zip(*pairs[start:end], strict=True))
            if any(cell.get("outputs") for cell in old):
                fresh = nbformat.from_dict({**source, "cells": new})
                found.append((book, fresh, notebooks.clean({**stored, "cells": old})))
    return found


def _seen(book, fresh, pristine, changed):
    """Whether the gate sees that `changed` is not `pristine`."""
    path = book.notebook("section")
    path.write_text(notebooks.dumps(changed), encoding="utf8")
    if notebooks.faults(path, fresh, book):
        return True
    pairs = zip(pristine.cells, changed.cells, strict=True)
    return any(
        gate.difference(old.outputs, new.outputs)
        for old, new in pairs
        if old.cell_type == "code" and gate.LIVE_TAG not in old.metadata.get("tags", [])
    )


def _harmless(pristine, changed):
    """Why nobody can be misled by what passed, or None."""
    for old, new in zip(pristine.cells, changed.cells, strict=True):
        if old == new:
            continue
        if gate.LIVE_TAG in old.metadata.get("tags", []):
            return "a live output: the claim behind it is compared"
        for a, b in zip(old.outputs, new.outputs, strict=True):
            if a != b and SVG in a.get("data", {}):
                return f"a figure differs by less than {gate.TOLERANCE} points"
    return None


def test_the_untouched_sections_pass(sections):
    for book, fresh, pristine in sections:
        assert not _seen(book, fresh, pristine, copy.deepcopy(pristine))


def test_of_random_mutations_at_most_one_in_fifty_passes(sections, capsys):
    rng = random.Random(0)
    passed, tried = [], collections.Counter()
    while tried.total() < MUTATIONS:
        mutate = KINDS[tried.total() % len(KINDS)]
        book, fresh, pristine = rng.choice(sections)
        changed = copy.deepcopy(pristine)
        try:
            mutate(changed, rng)
        except (IndexError, ValueError):  # nothing of the kind in this section
            continue
        if changed == pristine:
            continue
        tried[mutate.__name__] += 1
        if not _seen(book, fresh, pristine, changed):
            place = pristine.cells[0].id
            passed.append((mutate.__name__, place, _harmless(pristine, changed)))
    with capsys.disabled():
        print(f"\n{len(passed)} of {MUTATIONS} mutations of {len(KINDS)} kinds pass:")
        for what, name, reason in passed:
            print(f"  {what} in {name}: {reason}")
    assert [entry for entry in passed if entry[2] is None] == []
    assert len(passed) <= MUTATIONS / 50
