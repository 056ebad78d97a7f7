#!/usr/bin/env bash
# loss-landscapes shifts every other row of its plane by one step, and its straight line
# leaves out the model it starts from.
#
# Expected: Entry (i, j) of `random_plane` is the loss at corner + i u + j v with two
#   fixed directions; `linear_interpolation` from A to B begins with A's loss.
# Happens: The plane is walked to and fro; going forth each step is made before the loss
#   is taken, going back after. So odd rows sit at columns 0 to n - 1 and even rows at 1
#   to n: the even ones are one step of v further than the odd ones. The line has n
#   points A + k (B - A) / n for k from 1 to n, without k = 0.
# Versions: loss-landscapes 3.0.6, torch 2.13.0 (CPU), numpy 2.4.6, Python 3.11.
# Matters: Contours of a smooth bowl come out with a jagged edge, which reads as
#   roughness of the loss, and the model of interest is in no corner and not in the
#   centre. Averages of neighbours, or curvatures from differences, are wrong.
# Seen:
#   loss-landscapes 3.0.6
#   a line from 0 to 10 in 5 steps: [2, 4, 6, 8, 10]
#   column of each entry, in steps of v:
#     [1, 2, 3, 4]
#     [0, 1, 2, 3]
#     [1, 2, 3, 4]
#     [0, 1, 2, 3]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet \
    'loss-landscapes==3.0.6' 'torch==2.13.0' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import importlib.metadata

import numpy as np
import torch
from loss_landscapes import linear_interpolation, random_plane
from loss_landscapes.metrics import Metric

print("loss-landscapes", importlib.metadata.version("loss-landscapes"))
torch.manual_seed(0)


class Point(torch.nn.Module):
    def __init__(self, *values):
        super().__init__()
        self.weights = torch.nn.Parameter(torch.tensor(values))


class Place(Metric):
    """One weight of the model in place of a loss: it shows where the grid lies."""

    def __init__(self, index):
        super().__init__()
        self.index = index

    def __call__(self, wrapper):
        return wrapper.modules[0].weights[self.index].item()


line = linear_interpolation(Point(0.0, 0.0), Point(10.0, 0.0), Place(0), steps=5)
print("a line from 0 to 10 in 5 steps:", [round(value) for value in line])
assert np.allclose(line, [2, 4, 6, 8, 10])

grids = []
for index in (0, 1):
    torch.manual_seed(0)
    plane = random_plane(
        Point(3.0, 4.0), Place(index), steps=4, normalization="model"
    )
    grids.append(plane)
places = np.stack(grids, axis=-1)  # The weights at each entry of the plane.
along = places[0, 1] - places[0, 0]
across = (places[2, 0] - places[0, 0]) / 2
corner = places[0, 0] - along
columns = np.empty((4, 4))
for row in range(4):
    rest = places[row] - corner - row * across
    columns[row] = rest @ along / (along @ along)
    assert np.allclose(rest, columns[row, :, None] * along, atol=1e-4)
print("column of each entry, in steps of v:")
for row in np.rint(columns).astype(int).tolist():
    print(" ", row)
assert np.allclose(columns[::2], [1, 2, 3, 4], atol=1e-3)
assert np.allclose(columns[1::2], [0, 1, 2, 3], atol=1e-3)
END
