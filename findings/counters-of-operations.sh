#!/usr/bin/env bash
# Five counters of operations find 17 thousand to 655 thousand in one transformer layer,
# and two of them none in an LSTM.
#
# Expected: Up to a factor of two, for some count a multiplication with its addition as
#   one operation and others as two, they agree on a layer of the framework.
# Happens: A transformer layer on ten vectors of 64 numbers has 327,680 multiplications
#   in the products with its weights and 12,800 in its attention. torch's
#   FlopCounterMode has just twice the former and leaves out the latter (2.15 counts
#   them). thop has half of it and torchinfo a twentieth: they look at submodules, and
#   in evaluation mode the layer runs without calling them, or calls
#   torch.nn.functional. ptflops adds the normalisations; fvcore misses one of the two
#   products of the attention. In an LSTM torch and fvcore count 0, the other three 0.8
#   million; in x @ W it is the other way round (but torchinfo counts it once the
#   parameter is called "weight").
# Versions: torch 2.13.0 (CPU), thop 0.1.1.post2209072238, fvcore 0.1.5.post20221221,
#   torchinfo 1.8.0, ptflops 0.7.5, numpy 2.4.6, Python 3.11.
# Matters: Costs of networks are compared by such numbers, from different counters. A 0
#   comes without an error; fvcore logs a warning.
# Seen:
#   operation               thop   fvcore    torch torchinfo  ptflops
#   linear layer           10000    10000    20000     10000    10000
#   x @ W                      0    10000    20000         0        0
#   LSTM                  816000        0        0    808000   818000
#   transformer layer     168960   334080   655360     16832   347280
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'torch==2.13.0' 'thop==0.1.1.post2209072238' \
    'fvcore==0.1.5.post20221221' 'torchinfo==1.8.0' 'ptflops==0.7.5' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import logging
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
import ptflops  # noqa: E402
import thop  # noqa: E402
import torch  # noqa: E402
import torchinfo  # noqa: E402
from fvcore.nn import FlopCountAnalysis  # noqa: E402
from torch.utils.flop_counter import FlopCounterMode  # noqa: E402


class Product(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.factor = torch.nn.Parameter(torch.ones(100, 100))

    def forward(self, inputs):
        return inputs @ self.factor


def counts(layer, inputs):
    with FlopCounterMode(display=False) as mode:
        layer(inputs)
    return {
        "thop": int(thop.profile(layer, inputs=(inputs,), verbose=False)[0]),
        "fvcore": int(FlopCountAnalysis(layer, inputs).total()),
        "torch": mode.get_total_flops(),
        "torchinfo": torchinfo.summary(layer, input_data=inputs, verbose=0).total_mult_adds,
        "ptflops": ptflops.get_model_complexity_info(
            layer, tuple(inputs.shape[1:]), as_strings=False,
            print_per_layer_stat=False, verbose=False,
        )[0],
    }


attention = torch.nn.TransformerEncoderLayer(64, 4, 128, batch_first=True)
print("operation               thop   fvcore    torch torchinfo  ptflops")
found = {}
for name, layer, inputs in (
    ("linear layer", torch.nn.Linear(100, 100, bias=False), torch.ones(1, 100)),
    ("x @ W", Product(), torch.ones(1, 100)),
    ("LSTM", torch.nn.LSTM(100, 100, batch_first=True), torch.ones(1, 10, 100)),
    ("transformer layer", attention, torch.ones(1, 10, 64)),
):
    found[name] = counts(layer.eval(), inputs)
    print(f"{name:18}" + "".join(f"{n:10}" for n in found[name].values()))
products = 10 * 64 * (4 * 64 + 2 * 128)
last = found["transformer layer"]
assert last["torch"] == 2 * products == 655_360
assert last["thop"] < 0.55 * products and last["torchinfo"] < 0.1 * products
assert found["LSTM"]["torch"] == found["LSTM"]["fvcore"] == 0 < found["LSTM"]["thop"]
assert found["x @ W"]["thop"] == 0 < found["x @ W"]["torch"]
END
