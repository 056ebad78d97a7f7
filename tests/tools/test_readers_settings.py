"""What a reader with other settings would stumble over is seen, and nothing else."""

import readers_settings
import sources

CELLS = f"""
import os, sys
asked = {{name: os.environ.get(name) for name in {sorted(readers_settings.PINNED)}}}
print(sorted(item for item in asked.items() if item[1]))
===
sys.stderr.write("\\r 10%|#   |\\r 50%|##  |\\r            \\r")
===
import warnings
warnings.warn("old")
===
1 / 0
===
print("still running")
"""


def test_a_notebook_is_run_to_its_end(tmp_path, monkeypatch):
    setting = "old-processor"
    monkeypatch.setenv("NUMBA_NUM_THREADS", "1")
    cells = [
        sources.code_cell(f"c-{i}", text.strip())
        for i, text in enumerate(CELLS.split("==="))
    ]
    notebook = sources.notebook(cells)
    readers_settings.run(notebook, tmp_path, setting)
    wanted = sorted(readers_settings.SETTINGS[setting].items())
    assert notebook.cells[0].outputs[0].text == f"{wanted}\n"
    found = readers_settings.complaints(notebook)
    assert [cell for cell, _ in found] == ["c-2", "c-3"]
    assert "UserWarning: old" in found[0][1]
    assert found[1][1] == "ZeroDivisionError: division by zero"
    assert notebook.cells[4].outputs[0].text == "still running\n"
