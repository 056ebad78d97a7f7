"""Tests, and the kernels that nbval starts, run as the notebooks were made."""

import os
import pathlib
import sys

TOOLS = pathlib.Path(__file__).parent / "tools"
sys.path[:0] = [str(TOOLS), str(TOOLS / "sphinx")]

from pins import ENVIRONMENT  # noqa: E402

os.environ.update(ENVIRONMENT)  # before NumPy is imported, which reads it once

import gate  # noqa: E402
import matplotlib  # noqa: E402

# d2l's pins give Python 3.10 and 3.11 this release. Another one draws other bytes: from
# Python 3.12 on, where it cannot be installed, figures are drawn but not compared.
FIGURES_MADE_WITH = "3.7.2"


def pytest_report_header(config):
    if (
        config.pluginmanager.hasplugin("nbval")
        and matplotlib.__version__ != FIGURES_MADE_WITH
    ):
        return (
            "figures are not compared: the notebooks' were made with Matplotlib "
            f"{FIGURES_MADE_WITH}, this is {matplotlib.__version__}; all other "
            "outputs are"
        )


def pytest_configure(config):
    if config.pluginmanager.hasplugin("nbval"):
        from nbval.plugin import IPyNbCell

        IPyNbCell.compare_outputs = _compare_outputs


def _compare_outputs(cell, executed, stored, skip_compare=None):
    """What nbval asks of each cell, by the rules of tools/gate.py."""
    figures = matplotlib.__version__ == FIGURES_MADE_WITH
    told = gate.difference(executed, stored, figures)
    cell.comparison_traceback = [told] if told else []
    return told is None
