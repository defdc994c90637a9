"""Cells that are judged in steps: only those that are undecided get more runs, in one DAG."""

import os
import re
import subprocess
import sys

import pytest

from copied_project import Project
from naseval import records, schemas
from naseval.studies._stopping import DECISIONS
from tiny_project import tiny_overlay

pytestmark = pytest.mark.workflow

STUDY = "results/studies/reproduced/benchmark.parquet"
STEPS = {"start": 4, "step": 2, "most": 6}


def overlay(easy=100.0, **studies):
    """Return one method on one dataset under two names: `easy` has a wide margin, `hard` none."""
    tiny = tiny_overlay()
    few = {"train": 0.04, "validation": 0.04, "test": 0.02, "unused": 0.9, "seed": 0}
    digits = {**tiny["datasets"]["digits"], "split": few}
    tiny["datasets"] = {
        "easy": {**digits, "label": "easy", "margin": easy},
        "hard": {**digits, "label": "hard", "margin": 1e-6},
    }
    tiny["protocols"]["base"] |= {"epochs": 1, "batch_size": 64, "cells": 2}
    tiny["methods"]["darts"]["search"] |= {"epochs": 1, "cells": 2}
    benchmark = {"datasets": ["easy", "hard"], "methods": ["darts"]}
    benchmark |= {"searches": STEPS, "random": STEPS}
    tiny["studies"] = dict.fromkeys(tiny["studies"]) | {"benchmark": benchmark} | studies
    tiny["resources"] |= {"runs_per_job": 4, "runs_at_once": 4}
    return tiny


def naseval(project, command):
    """Return what a command of the package prints."""
    return subprocess.run(
        [sys.executable, "-m", "naseval", command, "--configfile", "overlay.yaml"],
        cwd=project.folder,
        env={**os.environ, "PYTHONPATH": str(project.folder / "src")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def looks(planned):
    """Return the looks among what is planned, as dataset and number."""
    return {
        tuple(re.findall(r"decisions/(\w+)/darts/look-(\d)", path)[0])
        for path in planned.get("look", ())
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Return a project whose benchmark has been run to its end, by one command."""
    project = Project.copied(tmp_path_factory.mktemp("stopping"), overlay())
    before = project.run("--dry-run", STUDY)
    assert (
        "2 of 2 cells are not decided: it takes at least 8 searches and 16 runs, at most 12 "
        "searches and 24 runs" in before.stdout + before.stderr
    )
    project.run(STUDY)
    return project


def test_only_the_undecided_cell_gets_more_runs(project):
    table = records.read(project.folder / "results" / DECISIONS, schemas.LOOK).to_pandas()
    found = table.set_index("dataset")[["verdict", "look", "searches", "random"]]
    assert found.loc["easy"].tolist() == ["equivalent", 1, 4, 4]
    assert found.loc["hard"].tolist() == ["undecided", 2, 6, 6]
    for dataset, runs in (("easy", 8), ("hard", 12)):
        folder = project.folder / "results/runs" / dataset
        assert len(list(folder.rglob("seed-*.parquet"))) == runs
    study = records.read(project.folder / STUDY, schemas.STUDY).to_pandas()
    assert study.groupby("dataset").size().to_dict() == {"easy": 8, "hard": 12}


def test_then_nothing_is_left_to_do_and_everything_agrees(project):
    assert project.planned(STUDY) == {}
    assert "looks 3, decisions 1" in naseval(project, "verify")
    told = naseval(project, "status")
    assert "at least 10 searches and 20 runs, at most 12 searches and 24 runs" in told
    assert re.search(r"benchmark +30 +0 +0 +0 +0 +30", told)


def test_later_runs_of_the_baseline_change_no_verdict(project, tmp_path):
    """Another study trains more random architectures of the same space and protocol."""
    more = {"datasets": ["easy"], "protocols": ["cda"], "spaces": ["darts"], "random": 9}
    other = Project.copied(tmp_path / "p", overlay(distribution={**more, "seeds": [2]}))
    other.with_results_of(project)
    planned = other.planned(STUDY, "results/studies/reproduced/distribution.parquet")
    assert not {"look", "decisions"} & set(planned)
    assert planned["study"] == {"studies/reproduced/distribution.parquet"}


def test_a_run_that_is_made_again_is_judged_again(project, tmp_path):
    other = Project.copied(tmp_path / "p", overlay()).with_results_of(project)
    folder = "results/runs/hard"
    (run,) = (other.folder / folder).glob("*/darts/random-000/seed-*.parquet")
    content = records.read(run, schemas.RUN)
    records.write(run, content, records.provenance_in(content) | {"end": "later"})
    assert looks(other.planned(STUDY)) == {("hard", "1")}


def test_another_margin_judges_again_and_asks_for_more(project, tmp_path):
    other = Project.copied(tmp_path / "p", overlay(easy=1e-6)).with_results_of(project)
    planned = other.planned(STUDY)
    assert looks(planned) == {("easy", "1")}
    assert not any(rule.startswith(("run", "search")) for rule in planned)
    other.run("results/decisions/benchmark.parquet")
    table = records.read(other.folder / "results" / DECISIONS, schemas.LOOK).to_pandas()
    assert table.set_index("dataset").loc["easy", ["verdict", "look"]].tolist() == ["undecided", 2]
