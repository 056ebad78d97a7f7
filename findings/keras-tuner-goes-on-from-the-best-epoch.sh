#!/usr/bin/env bash
# keras-tuner's Hyperband goes on training from the best epoch's weights, at the last
# epoch's count.
#
# Expected: A configuration that is promoted from 3 to 9 epochs is trained for epochs 4
#   to 9, from where it stopped.
# Happens: What is stored is the epoch with the best objective. If that was the first of
#   three, the promoted model starts from the weights after one epoch, with
#   `initial_epoch=3`, and is reported as trained for 9 epochs though it has been
#   through 7. Numbers of survivors are rounded up, too: 34, 12, 4, 2 instead of 34, 11,
#   3, 1 for R = 81.
# Versions: keras-tuner 1.4.8, keras 3.15.1 with jax 0.10.2, numpy 2.4.6, Python 3.11.
# Matters: A learning-rate schedule by epoch and the weights no longer belong together;
#   networks that overfit are reset each round, which no description of Hyperband says.
# Seen:
#   keras-tuner 1.4.8 keras 3.15.1
#   9 fits from epoch 0 to 1: weights after 0 epochs
#   5 fits from epoch 0 to 3: weights after 0 epochs
#   3 fits from epoch 0 to 9: weights after 0 epochs
#   3 fits from epoch 1 to 3: weights after 1 epochs
#   2 fits from epoch 3 to 9: weights after 1 epochs
#   1 fits from epoch 3 to 9: weights after 2 epochs
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet \
    'keras-tuner==1.4.8' 'keras==3.15.1' 'jax==0.10.2' \
    'numpy==2.4.6' 'six'
cd "$folder"
export KERAS_BACKEND=jax
"$python" - <<'END'
import tempfile
from collections import Counter

import keras
import keras_tuner
import numpy as np

print("keras-tuner", keras_tuner.__version__, "keras", keras.__version__)
fits = []


class Counting(keras.callbacks.Callback):
    """The only weight counts the epochs; the best loss is the first epoch's."""

    def on_epoch_end(self, epoch, logs):
        self.model.set_weights([self.model.get_weights()[0] + 1])
        logs["val_loss"] = float(epoch)


class CountingModel(keras_tuner.HyperModel):
    def build(self, hp):
        hp.Float("x", 0, 1)
        dense = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
        model = keras.Sequential([keras.Input((1,)), dense])
        model.compile("sgd", "mse")
        return model

    def fit(self, hp, model, *args, callbacks=(), **options):
        done = int(model.get_weights()[0].item())
        fits.append((hp.values["tuner/initial_epoch"], hp.values["tuner/epochs"], done))
        return model.fit(*args, callbacks=[Counting(), *callbacks], **options)


tuner = keras_tuner.Hyperband(
    CountingModel(),
    objective=keras_tuner.Objective("val_loss", "min"),
    max_epochs=9,
    factor=3,
    seed=0,
    directory=tempfile.mkdtemp(dir="."),
)
zeros = np.zeros((4, 1))
tuner.search(zeros, zeros, validation_data=(zeros, zeros), verbose=0)
for (start, end, done), count in sorted(Counter(fits).items()):
    print(f"{count} fits from epoch {start} to {end}: weights after {done} epochs")
promoted = [(start, done) for start, end, done in fits if start == 3]
assert promoted
assert all(done < start for start, done in promoted)
END
