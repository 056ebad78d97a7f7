"""Figures that answer "what if I change ...?", alive in the book and in JupyterLab.

Each function returns a `Figure`. In a notebook it displays as a small ``text/html``
element (its kind, its parameters and one sentence) which the book's script brings to
life without a kernel; in a live kernel with anywidget the same JavaScript
(``_common.js`` and ``KIND.js`` in this folder) runs as a widget. The stored output is
the element alone, so that it is the same at every execution. The numbers that a figure
shows are those of the library.
"""

from d2lutils.interactive._clique import clique
from d2lutils.interactive._completion import completion
from d2lutils.interactive._descent import descent
from d2lutils.interactive._double_descent import double_descent
from d2lutils.interactive._figure import Figure, normals, uniforms
from d2lutils.interactive._gradients import gradients
from d2lutils.interactive._hyperband import hyperband
from d2lutils.interactive._infinite_net import infinite_net
from d2lutils.interactive._kernel_width import kernel_width
from d2lutils.interactive._random_grid import random_grid
from d2lutils.interactive._risk import risk
from d2lutils.interactive._saddle import saddle
from d2lutils.interactive._separator import separator
from d2lutils.interactive._training_curves import training_curves

__all__ = [
    "Figure",
    "clique",
    "completion",
    "descent",
    "double_descent",
    "gradients",
    "hyperband",
    "infinite_net",
    "kernel_width",
    "normals",
    "random_grid",
    "risk",
    "saddle",
    "separator",
    "training_curves",
    "uniforms",
]
