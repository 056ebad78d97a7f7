#!/usr/bin/env bash
# MLflow returns 1.797e308, a finite number, for a loss that was logged as infinite.
#
# Expected: `log_metric("loss", inf)` and reading it back give inf, as NaN gives NaN.
# Happens: In a database inf and -inf are stored as the largest and smallest float64 and
#   are not turned back: isfinite() is true, and averages are numbers (or overflow).
#   NaN has a column of its own and comes back as NaN.
# Versions: mlflow-skinny 3.17.2, SQLAlchemy 2.1.9, alembic 1.20.1, numpy 2.4.6,
#   Python 3.11.
# Matters: Whoever filters diverged runs by isfinite() or draws them keeps a value of
#   1.8e308: an axis with one visible point, and a mean that means nothing.
# Seen:
#   mlflow 3.17.2
#   logged [1.0, inf, -inf, nan]
#   read   [1.0, 1.7976931348623157e+308, -1.7976931348623157e+308, nan]
#   finite [True, True, True, False]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet \
    'mlflow-skinny==3.17.2' 'SQLAlchemy==2.1.9' 'alembic==1.20.1' 'numpy==2.4.6'
cd "$folder"
MLFLOW_DISABLE_TELEMETRY=true "$python" - <<'END'
import logging
import math

logging.disable(logging.WARNING)  # The database's migrations, one line each.
import mlflow  # noqa: E402

print("mlflow", mlflow.__version__)
mlflow.set_tracking_uri("sqlite:///runs.db")
logged = [1.0, math.inf, -math.inf, math.nan]
with mlflow.start_run() as run:
    for step, value in enumerate(logged):
        mlflow.log_metric("loss", value, step=step)
history = mlflow.MlflowClient().get_metric_history(run.info.run_id, "loss")
read = [metric.value for metric in sorted(history, key=lambda metric: metric.step)]
finite = [math.isfinite(value) for value in read]
print("logged", logged)
print("read  ", read)
print("finite", finite)
assert finite == [True, True, True, False]
assert read[1] > 1e308 and read[2] < -1e308 and math.isnan(read[3])
END
