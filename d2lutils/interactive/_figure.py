"""What every interactive figure is made of: element, widget, random numbers."""

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from d2lutils import _checks
from d2lutils.interactive._bundle import bundle, common, own

_JS = Path(__file__).parent
STILLS = _JS / "stills"


@dataclass(frozen=True)
class Figure:
    """A figure to play with: the last expression of a cell, or what ``display`` gets.

    Attributes
    ----------
    kind : str
        Name of its JavaScript file.
    state : dict
        Its parameters, JSON values.
    alt : str
        One sentence for readers who cannot see or run it.
    """

    kind: str
    state: Mapping[str, object]
    alt: str

    def html(self) -> str:
        """The element that `bundle`'s script brings to life; else picture and sentence.

        The picture shows the figure as it was when the book was made; a figure with
        other parameters has the sentence alone.
        """
        state = html.escape(self._json())
        picture = self._picture()
        shown = (
            '<img style="max-width:100%;background:#fff" '
            f'src="data:image/png;base64,{picture}" alt="{html.escape(self.alt)}"/>'
            if picture
            else ""
        )
        return (
            f'<div class="d2lutils-figure" data-figure="{html.escape(self.kind)}" '
            f'data-state="{state}">{shown}'
            f"<p>{html.escape(self.alt)} (Interactive in the built book and in a "
            "running notebook.)</p></div>"
        )

    def still(self) -> str:
        """Name of the file in the folder `stills` that shows the figure."""
        mark = hashlib.sha256(self._json().encode()).hexdigest()[:8]
        return f"{self.kind}-{mark}.png"

    def _json(self):
        return json.dumps(dict(self.state), sort_keys=True, allow_nan=False)

    def _picture(self):
        path = STILLS / self.still()
        return base64.b64encode(path.read_bytes()).decode() if path.exists() else ""

    def widget(self) -> Any:
        """A live anywidget with the state as synchronised traits; needs a kernel."""
        import anywidget
        import traitlets

        traits = {
            name: traitlets.Any(value).tag(sync=True)
            for name, value in self.state.items()
        }
        code = {
            "_esm": _script(self.kind),
            "_css": (_JS / "figure.css").read_text(encoding="utf8"),
        }
        return type("InteractiveFigure", (anywidget.AnyWidget,), {**traits, **code})()

    def __repr__(self) -> str:
        state = ", ".join(f"{name}={value!r}" for name, value in self.state.items())
        return f"{self.kind}({state})"

    def _repr_mimebundle_(self, include=None, exclude=None):
        """The element with its script: alive without a kernel, also when reopened."""
        script, style = bundle([self.kind])
        alive = f"{self.html()}<style>{style}</style><script>{script}</script>"
        return {"text/html": alive, "text/plain": repr(self)}, {}


def uniforms(seed: int, n: int) -> np.ndarray:
    """Uniform numbers in [0, 1) from the figures' generator, mulberry32.

    The same numbers, to the last bit, as in the browser.

    Parameters
    ----------
    seed : int
        In [0, 2^32).
    n : int
        How many.

    Returns
    -------
    array of shape (n,)
    """
    seed, n = _checks.whole("seed", seed, 0, 2**32 - 1), _checks.whole("n", n, 0)
    a = np.uint32(seed) + np.arange(1, n + 1, dtype=np.uint32) * np.uint32(
        0x6D2B79F5
    )  # modulo 2^32, as meant
    t = (a ^ (a >> 15)) * (a | 1)
    t ^= t + (t ^ (t >> 7)) * (t | 61)
    return (t ^ (t >> 14)) / 2.0**32


def normals(seed: int, n: int) -> np.ndarray:
    """Standard normal numbers from the figures' generator.

    The browser's logarithm and cosine may differ in the last bit.

    Parameters
    ----------
    seed : int
        As in `uniforms`, of which numbers 2k and 2k+1 give normals 2k and 2k+1.
    n : int
        How many.

    Returns
    -------
    array of shape (n,)

    References
    ----------
    Box & Muller (1958).
    """
    n = _checks.whole("n", n, 0)
    u = uniforms(seed, n + n % 2).reshape(-1, 2)
    radius, angle = np.sqrt(-2 * np.log1p(-u[:, 0])), 2 * np.pi * u[:, 1]
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).ravel()[
        :n
    ]


def figure(
    kind: str, state: Mapping[str, object], alt: str | None, default: str
) -> Figure:
    """A `Figure` with the reader's sentence, or its own by default."""
    if alt is not None and (not isinstance(alt, str) or not alt.strip()):
        raise ValueError(
            f"alt must be a sentence that says what the figure shows, got {alt!r}"
        )
    return Figure(kind, state, alt or default)


def _script(kind):
    return "\n".join([common(), own(kind), "export default { render };\n"])
