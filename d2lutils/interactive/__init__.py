"""Figures that answer "what if I change ...?", alive in the book and in JupyterLab.

Each function returns a `Figure`. In a notebook it displays as ``text/html``: an element
with its parameters, a picture and a sentence, and the script that brings it to life:
``KIND.js`` and what all figures share, ``_*.js`` in this folder. It needs no kernel;
where scripts do not run, as in a notebook that Jupyter does not trust, the picture
stays. The numbers that a figure shows are those of the library.
"""

from d2lutils.interactive._bundle import bundle
from d2lutils.interactive._clique import clique
from d2lutils.interactive._completion import completion
from d2lutils.interactive._deep_double_descent import deep_double_descent
from d2lutils.interactive._descent import descent
from d2lutils.interactive._double_descent import double_descent
from d2lutils.interactive._edge_of_chaos import edge_of_chaos
from d2lutils.interactive._figure import Figure, normals, uniforms
from d2lutils.interactive._gradients import gradients
from d2lutils.interactive._grokking import grokking
from d2lutils.interactive._hyperband import hyperband
from d2lutils.interactive._infinite_net import infinite_net
from d2lutils.interactive._kernel_width import kernel_width
from d2lutils.interactive._learning_curves import learning_curves
from d2lutils.interactive._random_grid import random_grid
from d2lutils.interactive._random_hessian import random_hessian
from d2lutils.interactive._risk import risk
from d2lutils.interactive._saddle import saddle
from d2lutils.interactive._separator import separator
from d2lutils.interactive._shorten import shorten
from d2lutils.interactive._training_curves import training_curves
from d2lutils.interactive._width_transfer import width_transfer

__all__ = [
    "Figure",
    "bundle",
    "clique",
    "completion",
    "deep_double_descent",
    "descent",
    "double_descent",
    "edge_of_chaos",
    "gradients",
    "grokking",
    "hyperband",
    "infinite_net",
    "kernel_width",
    "learning_curves",
    "normals",
    "random_grid",
    "random_hessian",
    "risk",
    "saddle",
    "separator",
    "shorten",
    "training_curves",
    "uniforms",
    "width_transfer",
]
