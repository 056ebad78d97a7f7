"""Every test, and every kernel that nbval starts, runs in the environment in which the notebooks were made."""

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent / "tools"))

import notebooks

os.environ.update(notebooks.ENVIRONMENT)
