#!/usr/bin/env bash
# Reading 20,000 scalars with TensorBoard's EventAccumulator gives 10,000 of them, in
# float32.
#
# Expected: `EventAccumulator(folder).Reload().Scalars("loss")` is the list of what was
#   written.
# Happens: It is a random sample of 10,000 (always with the last one), so that step 0
#   or the best step may be missing. Values have 7 digits, so that 20,000 falling
#   losses are 169 different numbers. `size_guidance={"scalars": 0}` reads all steps;
#   the digits were lost when the file was written.
# Versions: tensorboard 2.21.0, tensorboardX 2.6.5, numpy 2.4.6, Python 3.11.
# Matters: This is the usual way from event files to a table. The minimum over the
#   steps, a rate of convergence read near the optimum, or a count of steps are wrong
#   without a warning.
# Source: the docstring of EventAccumulator, `size_guidance`.
# Seen:
#   tensorboard 2.21.0
#   as it comes: 10000 events, steps [2, 5, 7] ... 19999, 169 different values
#   all: 20000 events, steps [0, 1, 2] ... 19999, 169 different values
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet \
    'tensorboard==2.21.0' 'tensorboardX==2.6.5' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import logging

import numpy as np
import tensorboard
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboardX import SummaryWriter

logging.disable(logging.WARNING)
print("tensorboard", tensorboard.__version__)
losses = 1 + 1e-9 * np.arange(20_000)[::-1]  # Falls at every step.
with SummaryWriter("events") as writer:
    for step, loss in enumerate(losses):
        writer.add_scalar("loss", loss, step)


def read(**options):
    return EventAccumulator("events", **options).Reload().Scalars("loss")


for name, options in (("as it comes", {}), ("all", {"size_guidance": {"scalars": 0}})):
    events = read(**options)
    steps = [event.step for event in events]
    values = {event.value for event in events}
    print(
        f"{name}: {len(events)} events, steps {steps[:3]} ... {steps[-1]},",
        f"{len(values)} different values",
    )
    assert len(events) == (20_000 if options else 10_000)
    assert steps[-1] == 19_999
    assert len(values) < 200
    if not options:
        assert np.diff(steps).max() > 2
END
