"""The page on where the numbers come from is in step with the lock file, the recorded
runs and the measured times.
"""

import json

import audit
import reproducibility
from packaging.version import Version

from d2lutils import runs


def test_the_page_is_in_step():
    assert reproducibility.main(["check"]) == 0


def test_the_page_lists_every_experiment():
    rows = reproducibility.recorded().splitlines()[2:]
    assert [row.split("`")[1] for row in rows] == list(runs.names())


def test_a_changed_run_is_noticed(tmp_path, monkeypatch, capsys):
    run = {
        "recipe": "lenet-mnist",
        "engine": "mxnet",
        "device": "1 CPU thread",
        "seconds": 90,
        "date": "2020-01-01",
    }
    (tmp_path / "lenet-mnist.json").write_text(json.dumps(run))
    monkeypatch.setattr(reproducibility, "RECORDS", tmp_path)
    assert (
        "| `lenet-mnist` | mxnet, 1 CPU thread | 2 min | 2020-01-01 |"
        in reproducibility.recorded()
    )
    assert reproducibility.main(["check"]) == 1
    assert "python tools/reproducibility.py write" in capsys.readouterr().err


def test_every_shown_version_is_locked():
    assert all(
        f"| {name} | " in reproducibility.versions() for name in reproducibility.SHOWN
    )


def test_the_audit_is_of_what_is_asked_for_and_of_the_locked_versions():
    """Who moves a version looks its facts up again: audit.json says which one they are
    of.
    """
    locked, known = audit.locked(), audit.facts()
    assert audit.asked_for() <= known["packages"].keys()
    moved = {
        name
        for name, facts in known["packages"].items()
        if locked.get(name) != facts["version"]
    }
    assert moved == set()
    mended = {
        advisory["id"]
        for advisory in known["advisories"]
        if Version(locked[advisory["package"]]) >= Version(advisory["mended"])
    }
    assert mended == set()
