"""What lies around the book for those who help: workflows, forms, containers, and hooks
say what they mean.
"""

import importlib
import json
import pathlib
import re
import subprocess

import audit
import numpy as np
import pytest
import yaml

ROOT = pathlib.Path(audit.__file__).parent.parent
GITHUB = ROOT / ".github"
WORKFLOWS = sorted(GITHUB.glob("workflows/*.yml"))
FORMS = sorted(
    set(GITHUB.glob("ISSUE_TEMPLATE/*.yml")) - {GITHUB / "ISSUE_TEMPLATE/config.yml"}
)


def read(path):
    return yaml.safe_load(path.read_text(encoding="utf8"))


def steps(workflow):
    return [step for job in read(workflow)["jobs"].values() for step in job["steps"]]


def targets():
    """The goals of the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf8")
    return set(re.findall(r"^([a-z][a-z-]*):(?!=)", makefile, re.MULTILINE))


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_by_commit_and_name_their_version(workflow):
    used = [step["uses"] for step in steps(workflow) if "uses" in step]
    assert used
    for action in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action), action
        line = rf"uses: {action} # v\d+\.\d+\.\d+$"
        assert re.search(line, workflow.read_text(encoding="utf8"), re.MULTILINE), (
            action
        )
    assert read(workflow)["permissions"] == {"contents": "read"}


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_run_what_is_there(workflow):
    commands = "\n".join(step.get("run", "") for step in steps(workflow))
    for goal in re.findall(r"^make ([a-z-]+)", commands, re.MULTILINE):
        assert goal in targets()
    for script in re.findall(r"^bash (\S+)", commands, re.MULTILINE):
        assert (ROOT / script).exists()


def test_the_long_job_waits_for_the_fast_one():
    jobs = read(GITHUB / "workflows" / "book.yml")["jobs"]
    assert jobs["test"]["needs"] == "fast"
    assert jobs["publish"]["needs"] == "test"
    fast = {step.get("run") for step in jobs["fast"]["steps"]}
    assert {"make lint LOCKED=1", "make test-library LOCKED=1"} <= fast
    assert jobs["fast"]["timeout-minutes"] < jobs["test"]["timeout-minutes"]


@pytest.mark.parametrize(
    ("tag", "fits"), [("v{}", True), ("v{}.1", False), ("v9", False)]
)
def test_a_release_is_of_the_version_that_its_tag_names(tag, fits):
    workflow = read(GITHUB / "workflows" / "release.yml")
    assert workflow[True] == {
        "push": {"tags": ["v*"]}
    }  # YAML reads the key `on` as true
    (check,) = [
        s["run"]
        for s in steps(GITHUB / "workflows" / "release.yml")
        if "grep" in s.get("run", "")
    ]
    version = read(ROOT / "CITATION.cff")["version"]
    environment = {"GITHUB_REF_NAME": tag.format(version), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        ["bash", "-c", check], cwd=ROOT, env=environment, capture_output=True
    )
    assert (done.returncode == 0) == fits


@pytest.mark.parametrize("form", FORMS, ids=lambda path: path.stem)
def test_forms_are_forms(form):
    """As GitHub wants them: https://docs.github.com, 'Syntax for issue forms'."""
    asked = read(form)
    assert {"name", "description", "body"} <= asked.keys()
    fields = [field for field in asked["body"] if field["type"] != "markdown"]
    assert any(field.get("validations", {}).get("required") for field in fields)
    assert len({field["id"] for field in fields}) == len(fields)
    for field in fields:
        assert field["type"] in {"input", "textarea", "dropdown", "checkboxes"}
        assert field["attributes"]["label"]
        assert field["type"] != "dropdown" or len(field["attributes"]["options"]) > 1
        assert re.fullmatch(r"[\w-]+", field["id"])


def test_there_is_a_form_for_each_thing_that_readers_meet():
    assert {read(form)["name"] for form in FORMS} == {
        "A claim is wrong",
        "A figure is broken",
        "I do not understand",
    }


def test_the_container_builds_the_book_as_the_readme_says():
    container = json.loads(
        (ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf8")
    )
    readme = (ROOT / "README.md").read_text(encoding="utf8")
    first = re.search(r"```sh\n(make book[^#\n]*)", readme)[1].strip()
    assert container["postCreateCommand"] == first
    assert (
        "--platform=linux/amd64" in container["runArgs"]
    )  # MXNet has wheels for nothing else
    assert "-3.11-" in container["image"]  # what the locks are for


def test_hooks_come_from_the_environment_of_the_book():
    """Nothing is fetched, and what they run is pinned."""
    (repository,) = read(ROOT / ".pre-commit-config.yaml")["repos"]
    assert repository["repo"] == "local"
    for hook in repository["hooks"]:
        program, *arguments = hook["entry"].split()
        assert hook["language"] == "system"
        name = program.removeprefix(".venv/bin/")
        assert name == "python" or name in audit.locked()
        assert all((ROOT / a).exists() for a in arguments if a.startswith("tools/"))
    assert "pre-commit" in audit.locked()


def test_versions_of_what_actions_use_are_kept_up():
    (update,) = read(GITHUB / "dependabot.yml")["updates"]
    assert update["package-ecosystem"] == "github-actions"


@pytest.mark.parametrize(
    "goal",
    sorted({"book", "test", "pdf", "lint", "preview", "links", "hooks", "format"}),
)
def test_make_help_tells_of_what_people_type(goal):
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True)
    assert re.search(rf"^make {goal} ", done.stdout, re.MULTILINE)


def test_numpy_takes_the_same_functions_on_all_processors():
    core = importlib.import_module(
        "numpy._core" if hasattr(np, "_core") else "numpy.core"
    )
    there = core._multiarray_umath.__cpu_features__
    if "X86_V4" in there:  # since NumPy 2.4
        assert not there["X86_V4"]
    else:
        assert "AVX2" in there  # its own names, as we know them
        assert not any(there.get(f"AVX512{part}") for part in ("F", "CD", "_SKX"))
