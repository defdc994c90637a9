"""A job runs the planned code or none, and its results name the commit at its start."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from naseval.provenance import code_digest
from paths import ROOT

MODULES = ["naseval.methods.darts.search", "naseval.methods.darts.settings"]
MODULES += ["naseval.spaces.darts.space", "naseval.spaces.darts.network"]
NAMED = ["methods/darts/search.py", "spaces/darts/network.py"]
JOB = """
import json
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

from naseval.script import job

asked = json.loads(sys.argv[1])


class Params(dict):
    code = asked["code"]


snakemake = SimpleNamespace(
    params=Params(), scriptdir=str(Path(__file__).parent), log=["job.log"], rule="search",
    config={
        "results": "results",
        "resources": {
            "device": "cpu", "threads": 1, "image_cache_mb": 0, "runs_at_once": asked["at_once"]
        },
    },
)


def edit():
    for name in asked["edited"]:
        with open(f"src/naseval/{name}", "a") as file:
            file.write("\\nEDITED = True\\n")


def edit_and_commit():
    edit()
    subprocess.run([*asked["git"], "commit", "-qam", "edited"], check=True)
    Path("committed").touch()


class Training:
    epochs, inputs, alike = 0, (), Path("results")

    def __init__(self, number):
        self.number = number
        self.settings, self.log = {"checkpoint": f"kept/{number}.pt"}, Path(f"{number}.log")
        self.output = Path(f"{number}.json")

    def train(self, script, device, training):
        if self.number == 0:
            edit_and_commit()
        while not Path("committed").exists():
            time.sleep(0.05)
        found = [hasattr(import_module(name), "EDITED") for name in asked["code"]["modules"]]
        made = script.provenance({}, **training.facts)
        self.output.write_text(json.dumps([found, made]))


with job(snakemake) as running:
    if asked["when"] == "imports":
        edit()
    from naseval.training.pack import train_all

    train_all(running, 1, [Training(number) for number in range(asked["trainings"])])
"""


@pytest.fixture
def project(tmp_path):
    """Return a folder under git with a copy of the package and a job."""
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "src/naseval", tmp_path / "src/naseval", ignore=ignored)
    (tmp_path / "search.py").write_text(JOB)
    for command in (["init", "-q"], ["add", "src", "search.py"], ["commit", "-qm", "planned"]):
        subprocess.run([*git(tmp_path), *command], check=True)
    return tmp_path


def git(folder):
    """Return the beginning of a git command in a folder."""
    return ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b.c"]


def commit(folder):
    """Return the current commit."""
    told = subprocess.run([*git(folder), "rev-parse", "HEAD"], capture_output=True, text=True)
    return told.stdout.strip()


def run(project, **asked):
    """Run the job as it is planned now, and return what came of it."""
    digest = code_digest(*MODULES, scripts=[project / "search.py"], source=project / "src/naseval")
    code = {"script": "search.py", "modules": MODULES, "digest": digest}
    asked = {"code": code, "edited": NAMED, "git": git(project), **asked}
    environment = {**os.environ, "PYTHONPATH": str(project / "src")}
    command = [sys.executable, "search.py", json.dumps(asked)]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("edited", NAMED)
def test_code_that_is_edited_before_it_is_imported_is_refused(project, edited):
    done = run(project, when="imports", at_once=1, trainings=1, edited=[edited])
    assert done.returncode == 1, done.stderr
    assert "the code changed between planning and this job; run snakemake again" in done.stderr
    assert not (project / "0.json").exists()


@pytest.mark.parametrize(("at_once", "trainings"), [(1, 2), (2, 3)])
def test_code_that_is_edited_while_others_train_is_not_used(project, at_once, trainings):
    planned = commit(project)
    done = run(project, when="training", at_once=at_once, trainings=trainings)
    assert done.returncode == 0, done.stderr
    for number in range(trainings):
        edited, made = json.loads((project / f"{number}.json").read_text())
        assert edited == [False] * len(MODULES)
        assert made["commit"] == planned
        assert made["start"] <= made["end"]
    assert commit(project) != planned
