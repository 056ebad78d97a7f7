#!/usr/bin/env bash
# Whether MXNet's weight decay shrinks biases depends on the interface, not on the
# optimizer.
#
# Expected: One optimizer with one `wd` does the same to the same parameters, whichever of
#   MXNet's two interfaces calls it.
# Happens: Under Module it decays what has a name that ends in "_weight" or "_gamma", and
#   leaves biases and shifts of normalisations alone. Under Gluon's Trainer it decays all
#   of them. A parameter of one's own with another name is decayed by the one and not by
#   the other.
# Versions: mxnet 1.9.1, numpy 1.23.5, Python 3.11.
# Matters: A published MXNet recipe with `wd` (most were written for Module) regularises
#   other parameters when it is copied into Gluon, whose own `wd_mult` has to be set to 0
#   for each bias to get the same.
# Documented: `Optimizer.set_wd_mult` says that by default it is 0 for parameters whose
#   names do not end in these two; not that this is so for Module alone.
# Seen:
#   mxnet 1.9.1
#   Gluon: beta 0.950 bias 0.950 gamma 0.950 weight 0.950
#   Module: beta 1.000 bias 1.000 gamma 0.950 weight 0.950
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'mxnet==1.9.1' 'numpy==1.23.5'
cd "$folder"
"$python" - <<'END'
import mxnet
from mxnet import autograd, gluon, nd

print("mxnet", mxnet.__version__)
SETTINGS = {"learning_rate": 0.1, "wd": 0.5}  # a step without gradient: 1 to 0.95
ones = {"weight": (1, 1), "bias": (1,), "gamma": (1,), "beta": (1,)}


def show(interface, parameters):
    after = {name.split("_")[-1]: float(a.asnumpy().sum()) for name, a in parameters}
    after = {name: value for name, value in sorted(after.items()) if name in ones}
    print(f"{interface}:", *(f"{name} {value:.3f}" for name, value in after.items()))
    return after


net = gluon.nn.HybridSequential()
net.add(gluon.nn.Dense(1, in_units=1), gluon.nn.BatchNorm(in_channels=1))
net.initialize(mxnet.init.One())
for name, parameter in net.collect_params().items():
    if name.endswith(tuple(ones)):
        parameter.set_data(nd.ones(parameter.shape))
trainer = gluon.Trainer(net.collect_params(), "sgd", SETTINGS)
with autograd.record():
    loss = net(nd.zeros((1, 1))).sum() * 0
loss.backward()
trainer.step(1)
parameters = net.collect_params().items()
after = show("Gluon", [(name, parameter.data()) for name, parameter in parameters])
assert all(abs(value - 0.95) < 1e-6 for value in after.values())

symbol = mxnet.sym.FullyConnected(mxnet.sym.var("data"), num_hidden=1, name="dense")
symbol = mxnet.sym.BatchNorm(symbol, fix_gamma=False, name="norm")
module = mxnet.mod.Module(mxnet.sym.MakeLoss(symbol * 0), ["data"], None)
module.bind([("data", (1, 1))])
names = ("dense_weight", "dense_bias", "norm_gamma", "norm_beta")
start = {name: nd.ones(ones[name.split("_")[1]]) for name in names}
module.init_params(arg_params=start)
module.init_optimizer(optimizer="sgd", optimizer_params=SETTINGS)
module.forward(mxnet.io.DataBatch([nd.zeros((1, 1))]), is_train=True)
module.backward()
module.update()
after = show("Module", module.get_params()[0].items())
assert all(abs(after[name] - 0.95) < 1e-6 for name in ("weight", "gamma"))
assert after["bias"] == after["beta"] == 1
END
