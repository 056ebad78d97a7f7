#!/usr/bin/env bash
# One close pair of two classes makes pytorch-metric-learning's DistanceWeightedMiner
# drop all other anchors of a batch.
#
# Expected: For each anchor the miner draws negatives with weights that depend on their
#   distances from that anchor. How near two other points are changes nothing for it;
#   16 classes of 4 points give 4 triplets for each of 64 anchors, 256.
# Happens: Before they are exponentiated, the logarithms of all weights are lowered by
#   the largest one of the whole batch, not of the anchor's row. With 256 or 512 numbers
#   in an embedding a pair of different classes at distance 0.6 or 0.8 has a weight
#   more than exp(103) times as large as the typical ones, so in float32 those are 0.
#   Anchors all of whose weights are 0 are left out, without a warning: 8 triplets of
#   the two points of the pair remain. In float64 all 64 anchors are there, as they are
#   when each row is divided by its own largest weight (the last number of a line).
# Versions: pytorch-metric-learning 2.9.0, torch 2.14.1 (CPU), numpy 2.4.6, Python 3.11.
# Matters: Pairs of different classes that are that close are what training is to
#   separate. While there is one in a batch of common embeddings (512 numbers), the loss
#   is that of two anchors of 64, and only their two classes get a gradient. `cutoff`,
#   which bounds distances from below to tame such weights, is 0.5 by default.
# Documented: Pairs of the same class once had this effect, see
#   https://github.com/KevinMusgrave/pytorch-metric-learning/issues/276.
# Seen:
#   pytorch-metric-learning 2.9.0
#    64 numbers, pair at 0.6: 256 -> 256 triplets, 64 -> 64 anchors, float64 64, row 64
#   256 numbers, pair at 0.8: 256 -> 256 triplets, 64 -> 64 anchors, float64 64, row 64
#   256 numbers, pair at 0.6: 256 ->   8 triplets, 64 ->  2 anchors, float64 64, row 64
#   512 numbers, pair at 0.9: 256 -> 256 triplets, 64 -> 64 anchors, float64 64, row 64
#   512 numbers, pair at 0.8: 256 ->   8 triplets, 64 ->  2 anchors, float64 64, row 64
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet \
    'pytorch-metric-learning==2.9.0' 'torch==2.14.1' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
from importlib.metadata import version

import torch
from pytorch_metric_learning.miners import DistanceWeightedMiner
from torch.nn.functional import normalize

print("pytorch-metric-learning", version("pytorch-metric-learning"))
torch.manual_seed(0)


def mined(points, labels):
    anchors, _, _ = DistanceWeightedMiner()(points, labels)
    return len(anchors), anchors.unique().numel()


def weights_by_row(points, labels):
    """The paper's weights in float64, each row divided by its own largest one."""
    points = points.double()
    far = torch.cdist(points, points).clamp(min=0.5)
    size = points.shape[1]
    log = (2 - size) * far.log() - (size - 3) / 2 * (1 - far**2 / 4).log()
    allowed = (labels[:, None] != labels[None, :]) & (far < 1.4)
    log = log.masked_fill(~allowed, -torch.inf)
    return (log - log.amax(1, keepdim=True)).exp()


labels = torch.arange(64) // 4  # 16 classes of 4
for size, distance in ((64, 0.6), (256, 0.8), (256, 0.6), (512, 0.9), (512, 0.8)):
    points = normalize(torch.randn(64, size)) + 0.5 * normalize(torch.randn(1, size))
    points = normalize(points)
    before = mined(points, labels)
    first = points[0]  # The last one, of another class, is moved near to it.
    aside = torch.randn(size)
    aside = normalize(aside - aside @ first * first, dim=0)
    cosine = torch.tensor(1 - distance**2 / 2)
    moved = points.clone()
    moved[63] = cosine * first + (1 - cosine**2).sqrt() * aside
    after, double = mined(moved, labels), mined(moved.double(), labels)
    weights = weights_by_row(moved, labels)
    sampled = int((weights.sum(1) > 0).sum())
    print(
        f"{size:3} numbers, pair at {distance}: {before[0]} -> {after[0]:3} triplets, "
        f"{before[1]} -> {after[1]:2} anchors, float64 {double[1]}, row {sampled}"
    )
    assert before == double == (256, 64) and sampled == 64
    if (size, distance) in ((256, 0.6), (512, 0.8)):
        assert after == (8, 2)
END
