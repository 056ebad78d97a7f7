#!/usr/bin/env bash
# torch_cka compares the second data set with itself if one model is given twice, other
# images if the loader shuffles, and names the rows in another order than it fills them.
#
# Expected: `CKA(model1, model2).compare(loader1, loader2)` compares what model 1 makes
#   of the first data with what model 2 makes of the second. `export()` returns the
#   matrix "along with the respective model layer names".
# Happens: (1) If one model is given twice, for two data sets, the second pass replaces
#   the features of the first: the diagonal is 1 for unrelated data. With a copy of the
#   model it is near 0. (2) A single loader is run through twice, side by side. One that
#   shuffles gives the two models other examples: a model and its copy have a CKA near
#   0. (3) The rows are in the order in which the layers finish, the names in the order
#   of `named_modules()`, where a container comes before its contents: the row named ""
#   is the first layer, the row of the last name the whole model.
# Versions: torch-cka 0.21, torch 2.14.1 (CPU), numpy 2.4.6, tqdm 4.70.1, matplotlib
#   3.11.2, Python 3.11.
# Matters: The README gives the comparison of two data sets by one network as a use; a
#   high CKA means that layers "can be frozen during fine-tuning". By default all
#   layers are taken, the whole model among them, and the names do not fit. They do for
#   a list of layers without containers that were defined in the order of their use.
# Documented: The README's example has shuffle=False, with "Don't forget to seed your
#   dataloader"; a seed does not help.
# Seen:
#   torch-cka 0.21
#   unrelated data, one model twice: 1.00 1.00 1.00
#   unrelated data, a model and its copy: 0.00 0.00 0.00
#   same data, a model and its copy, shuffle=False: 1.00 1.00 1.00
#   same data, a model and its copy, shuffle=True: 0.00 0.00 0.01
#   CKA of each named row with the whole model's output:
#   '' 0.30, '0' 0.35, '1' 1.00, '2' 1.00; it should be 1.00, 0.30, 0.35, 1.00
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'torch-cka==0.21' 'torch==2.14.1' 'numpy==2.4.6' \
    'tqdm==4.70.1' 'matplotlib==3.11.2'
cd "$folder"
MPLBACKEND=agg TQDM_DISABLE=1 "$python" - <<'END'
import warnings
from copy import deepcopy
from importlib.metadata import version

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torch_cka import CKA

warnings.simplefilter("ignore")
print("torch-cka", version("torch-cka"))
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(20, 50), nn.ReLU(), nn.Linear(50, 3))
data, other = torch.randn(1024, 20), torch.randn(1024, 20)


def compare(twice, *sets, shuffle=False, layers=("0", "1", "2")):
    first = deepcopy(model)
    second = first if twice else deepcopy(model)
    cka = CKA(first, second, "A", "B", layers, layers)
    cka.compare(*(DataLoader(TensorDataset(s), 256, shuffle=shuffle) for s in sets))
    return cka.export()


def diagonal(text, *arguments, **options):
    found = compare(*arguments, **options)["CKA"].diagonal()
    print(f"{text}:", *(f"{abs(value):.2f}" for value in found))
    return found


same = diagonal("unrelated data, one model twice", True, data, other)
apart = diagonal("unrelated data, a model and its copy", False, data, other)
assert (same > 0.999).all() and (apart.abs() < 0.1).all()
ordered = diagonal("same data, a model and its copy, shuffle=False", False, data)
mixed = diagonal(
    "same data, a model and its copy, shuffle=True", False, data, shuffle=True
)
assert (ordered > 0.999).all() and (mixed.abs() < 0.1).all()


def unbiased(x, y):  # Written out once more, with the diagonals set to 0.
    n = len(x)
    k, m = (z @ z.T * (1 - torch.eye(n)) for z in (x, y))
    total = (k * m).sum() + k.sum() * m.sum() / (n - 1) / (n - 2)
    return total - 2 * (k.sum(0) * m.sum(0)).sum() / (n - 2)


found = compare(False, data, layers=None)
with torch.no_grad():
    features = {"": model(data)}
    features |= {str(i): model[: i + 1](data) for i in range(3)}
right = []
for name in found["model1_layers"]:
    parts = list(zip(features[name].split(256), features[""].split(256)))
    both, one, two = (
        sum(unbiased(p[i], p[j]) for p in parts) for i, j in ((0, 1), (0, 0), (1, 1))
    )
    right.append(float(both / (one * two).sqrt()))
row = found["CKA"][:, -1]  # Named "2", the last layer, whose output is the model's.
print("CKA of each named row with the whole model's output:")
names = ", ".join(f"{n!r} {v:.2f}" for n, v in zip(found["model1_layers"], row))
print(f"{names}; it should be {', '.join(f'{v:.2f}' for v in right)}")
assert found["model1_layers"] == ["", "0", "1", "2"] and right[0] > 0.999
assert torch.allclose(row, torch.tensor([*right[1:], right[0]]), atol=1e-2)
assert row[0] < 0.9
END
