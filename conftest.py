"""Every test, and every kernel that nbval starts, runs in the environment in which the notebooks were made."""

import os
import pathlib
import sys

import matplotlib

TOOLS = pathlib.Path(__file__).parent / "tools"
sys.path[:0] = [str(TOOLS), str(TOOLS / "sphinx")]

import notebooks  # noqa: E402

os.environ.update(notebooks.ENVIRONMENT)

# d2l's pins give Python 3.10 and 3.11 this release. Another one draws other bytes: from Python 3.12 on, where it cannot
# be installed, figures are drawn but not compared.
FIGURES_MADE_WITH = "3.7.2"


def pytest_report_header(config):
    if (
        config.pluginmanager.hasplugin("nbval")
        and matplotlib.__version__ != FIGURES_MADE_WITH
    ):
        return (
            f"figures are not compared: the notebooks' were made with Matplotlib {FIGURES_MADE_WITH}, "
            f"this is {matplotlib.__version__}; all other outputs are"
        )


def pytest_collectstart(collector):
    if (
        hasattr(collector, "skip_compare")
        and matplotlib.__version__ != FIGURES_MADE_WITH
    ):
        collector.skip_compare += ("image/svg+xml",)
