"""The Python side of interactive figures: stored HTML, checks, random numbers."""

import html
import inspect
import json
import re

import numpy as np
import pytest
from figures import FIGURES, FILES, KINDS
from scipy import stats

from d2lutils import interactive

SCRIPTS = ("chapters/_static/*.js", "tools/sphinx/*.js")


@pytest.mark.parametrize("make", FIGURES)
def test_the_stored_output_is_the_same_every_time_and_holds_the_state(make):
    figure = make(alt='Less < more & "quotes"')
    data, metadata = figure._repr_mimebundle_()
    assert (data, metadata) == make(alt='Less < more & "quotes"')._repr_mimebundle_()
    assert set(data) == {"text/html", "text/plain"}
    kind, state = re.search(
        r'data-figure="(\w+)" data-state="([^"]*)"', data["text/html"]
    ).groups()
    assert kind == make.__name__
    assert json.loads(html.unescape(state)) == figure.state
    assert "Less &lt; more &amp;" in data["text/html"]


def test_equal_parameters_of_another_number_type_store_equal_bytes():
    assert (
        interactive.saddle(lr=np.float64(0.05), along=1).html()
        == interactive.saddle(along=1.0).html()
    )
    assert (
        interactive.descent(start=0.5).html()
        == interactive.descent(start=np.array([0.5])).html()
    )


@pytest.mark.parametrize(
    ("make", "bad"),
    [
        (interactive.descent, {"start": [0, 0]}),
        (interactive.descent, {"start": 2.5}),
        (interactive.descent, {"momentum": 1.0}),
        (interactive.saddle, {"along": 3}),
    ],
)
def test_what_a_figure_cannot_show_is_refused_by_name(make, bad):
    """Limits of pictures; test_bad_inputs.py tries what is wrong everywhere."""
    with pytest.raises(ValueError, match=next(iter(bad))):
        make(**bad)


@pytest.mark.parametrize("make", FIGURES)
def test_a_live_widget_carries_the_same_state_and_a_module_that_exports_render(make):
    figure = make()
    widget = figure.widget()
    assert {name: getattr(widget, name) for name in figure.state} == dict(figure.state)
    assert str(widget._esm).rstrip().endswith("export default { render };")


def test_mulberry32_agrees_with_its_published_sequential_form():
    def published(seed):
        # Tommy Ettinger's 32-bit generator, in Python's unbounded integers.
        while True:
            seed = (seed + 0x6D2B79F5) & 0xFFFFFFFF
            t = ((seed ^ seed >> 15) * (seed | 1)) & 0xFFFFFFFF
            t ^= (t + (t ^ t >> 7) * (t | 61)) & 0xFFFFFFFF
            yield (t ^ t >> 14) / 2**32

    for seed in (0, 1, 123456789, 2**32 - 1):
        sequence = published(seed)
        assert interactive.uniforms(seed, 50).tolist() == [
            next(sequence) for _ in range(50)
        ]


def test_normals_are_normal_and_seeds_are_independent():
    sample = interactive.normals(3, 100_001)
    assert sample.shape == (100_001,)
    assert stats.kstest(sample, "norm").pvalue > 0.01
    means = np.array([5 * interactive.normals(seed, 25).mean() for seed in range(4000)])
    assert stats.kstest(means, "norm").pvalue > 0.01
    assert abs(np.corrcoef(means[1:], means[:-1])[0, 1]) < 4 / np.sqrt(4000)


def test_scripts_stay_short():
    """A script of more lines is two."""
    lines = {
        path.name: path.read_text(encoding="utf8").count("\n")
        for path in FILES.glob("*.js")
    }
    assert {name: n for name, n in lines.items() if n > 150} == {}


def test_figures_stay_small():
    """In bytes, as pages and notebooks get them: all of the book's own scripts
    together, that of the search among them, and what each figure adds. The slides'
    is loaded only by who asks for them.
    """

    def size(*kinds):
        return len(interactive.bundle(kinds)[0].encode())

    paths = [path for some in SCRIPTS for path in FILES.parents[1].glob(some)]
    assert len(paths) >= 3
    others = {
        path.stem: len(interactive.shorten(path.read_text(encoding="utf8")).encode())
        for path in paths
    }
    assert others.pop("present") < 4_000
    assert len(interactive.bundle()[0].encode()) + sum(others.values()) < 120_000
    own = {kind: size(kind) - size() for kind in KINDS}
    assert {kind: n for kind, n in own.items() if n > 9_000} == {}


@pytest.mark.parametrize("make", FIGURES)
def test_what_can_be_set_is_documented(make):
    function = getattr(interactive, make.__name__)
    for name, parameter in inspect.signature(function).parameters.items():
        assert re.search(rf"^(.*, )?{name}(, .*)? : ", inspect.getdoc(function), re.M)
        assert "Annotated" not in str(parameter)


TRICKY = """
// Comments ' and " go, and `these`.
const apart = (a, { b, c: d = 2, ...rest }, [e, f = a] = [1]) => {
  const texts = "a  //  b" + `${a} of ${[e, f].map(v => `${v} + ${{ v }.v}`)} ` +
    `${"{"}} and ${{ b, d }.d}` + 'texts["sum"]' + "it's";
  let sum = 0,
    more = { a, sum, set(v) { this.sum = v; }, "e": e, a2: a - -d, b2: a + +b };
  for (const [key, v] of Object.entries(rest)) sum += key.length * v;
  more.set(sum > 1 ? sum / 2 / 0.5 : { sum });
  function inner(text, { length }) {
    return /[/"]b+/g.test(text) ? text.split(/,/) : length;
  }
  try { null.sum; } catch (e) { more.error = e instanceof TypeError; }
  return [texts, more, inner("a/b", [1]), inner("a", [1]), typeof sum, ((a) => a)(4)];
};
"""


@pytest.mark.browser
def test_a_script_does_the_same_when_it_is_shortened(page):
    call = 'return apart("x", { b: 3, p: 1, long: 5 });'
    short = interactive.shorten(TRICKY + f"const answer = () => {{ {call} }};")
    assert len(short) < 0.75 * len(TRICKY)
    expected = page.evaluate(f"(() => {{ {TRICKY}{call} }})()")
    assert page.evaluate(f"(() => {{ {short} return answer(); }})()") == expected
    assert expected[1]["sum"] == 21
    assert interactive.shorten("const one = two => two;\nfunction three() {}") == (
        "let one=a=>a;\nfunction three(){}"
    )
    shared = interactive.shorten(
        "const one = two => ({ far, a: far(two) });", {"far": "$"}
    )
    assert shared == "let one=a=>({far:$,a:$(a)});"
