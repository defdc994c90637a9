"""Hostile names, no network, private results: Snakemake for real, on tiny data."""

import os
import shutil
import stat
import subprocess
import sys

import pytest
import yaml

from copied_project import Project
from paths import ROOT
from tiny_project import tiny_overlay

pytestmark = pytest.mark.workflow

RESULTS = "my results"
CONNECT = "import socket; socket.create_connection(('127.0.0.1', 9), timeout=5)"


def without_network(*command, cwd):
    """Run a command in a network namespace that has no interface."""
    return subprocess.run(
        ["unshare", "--net", sys.executable, *command],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(cwd / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


def tiny():
    """Return the tiny overlay with one run on small images."""
    overlay = tiny_overlay()
    del overlay["datasets"]["digits-large"]
    overlay["protocols"]["base"] |= {"epochs": 1, "batch_size": 240}
    paper = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    study = {"datasets": ["digits"], "protocols": ["base"], "random": 1}
    overlay["studies"] = dict.fromkeys(paper["studies"]) | {"distribution": study}
    return overlay | {"results": RESULTS, "resources": {**overlay["resources"], "share": "group"}}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return a project in which one run was planned and made without a network."""
    project = Project.copied(tmp_path_factory.mktemp("cut-off") / "project", tiny())
    if shutil.which("unshare") is None or without_network("-c", "", cwd=project.folder).returncode:
        pytest.skip("a machine without network is made with unshare, which needs root")
    target = f"{RESULTS}/studies/reproduced/distribution.parquet"
    command = ["-m", "snakemake", "--cores", "2", target, "--configfile", "overlay.yaml"]
    done = without_network(*command, cwd=project.folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (project.folder / target).stat().st_size
    return project


def test_planning_and_training_need_no_network(finished):
    refused = without_network("-c", CONNECT, cwd=finished.folder)
    assert "Network is unreachable" in refused.stderr  # not even to this machine itself
    assert list((finished.folder / RESULTS / "runs").rglob("*.parquet"))


def test_results_are_the_groups_to_read_and_nobody_elses(finished):
    made = [finished.folder / RESULTS, *(finished.folder / RESULTS).rglob("*")]
    modes = {
        (path.is_dir(), oct(stat.S_IMODE(path.stat().st_mode)))
        for path in made
        if not path.is_symlink()
    }
    assert modes == {(True, "0o750"), (False, "0o640")}


def test_nothing_is_made_elsewhere(finished):
    assert not (finished.folder / "results").exists()
    sources = {path.name for path in ROOT.iterdir()} | {"overlay.yaml", RESULTS, ".snakemake"}
    assert {path.name for path in finished.folder.iterdir()} <= sources
    assert sorted(path.name for path in finished.folder.parent.iterdir()) == ["project"]


@pytest.mark.parametrize(
    ("where", "name"),
    [
        ("datasets", "$(touch pwned)"),
        ("methods", "../pwned"),
        ("protocols", "-rf"),
        ("results", "{a}; touch pwned"),
    ],
)
def test_a_hostile_name_ends_in_a_sentence_before_anything_runs(tmp_path, where, name):
    overlay = tiny()
    if where == "results":
        overlay["results"] = name
    else:
        paper = yaml.safe_load((ROOT / "config/config.yaml").read_text())
        overlay[where][name] = next(iter(paper[where].values()))
    project = Project.copied(tmp_path / "project", overlay)
    before = set(tmp_path.rglob("*"))
    done = project.snakemake("--quiet", "rules")
    assert done.returncode != 0
    assert f"config key {where}" in done.stderr
    assert "Traceback" not in done.stderr
    made = {part for path in set(tmp_path.rglob("*")) - before for part in path.parts}
    assert not [path for path in made if "pwned" in path or "results" in path]
