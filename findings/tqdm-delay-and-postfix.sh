#!/usr/bin/env bash
# A tqdm bar with a delay, for work that is done before, is shown all the same as soon as
# it is given a postfix, and then stays although leave=False.
#
# Expected: delay=2 shows nothing of work that takes less than two seconds, and
#   leave=False leaves nothing behind.
# Happens: set_postfix and set_description draw the bar at once, whatever the delay.
#   close() asks when the last update() drew, takes it that nothing was ever shown, and
#   does not clear the line. With refresh=False the postfix waits for the next update.
# Versions: tqdm 4.67.1 and 4.70.1, Python 3.11.
# Matters: Training loops show the loss as a postfix. In a notebook each short run leaves
#   a bar on stderr, and it is stored with the outputs.
# Source: https://tqdm.github.io/docs/tqdm/ (delay: "Don't display until [default: 0]
#   seconds have elapsed")
# Seen:
#   tqdm 4.67.1
#   updates alone: ''
#   with a postfix: 'epoch:  67%|######6   | 2/3, loss=1'
#   with a postfix that waits: ''
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'tqdm==4.67.1'
cd "$folder"
"$python" - <<'END'
import io
import re

import tqdm

print("tqdm", tqdm.__version__)


def left(**postfix):
    """What stands on the line in the end, as a terminal shows it."""
    file = io.StringIO()
    with tqdm.tqdm(total=3, desc="epoch", delay=2, leave=False, file=file) as bar:
        for _ in range(3):
            if postfix:
                bar.set_postfix(loss=1, **postfix)
            bar.update()
    return file.getvalue().rpartition("\r")[2].rstrip()


alone, shown, waiting = left(), left(refresh=True), left(refresh=False)
print(f"updates alone: {alone!r}")
print(f"with a postfix: {re.sub(' .00:.*?, (?=loss)', ', ', shown).rstrip(']')!r}")
print(f"with a postfix that waits: {waiting!r}")
assert alone == waiting == ""
assert "loss=1" in shown
END
