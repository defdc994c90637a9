"""The configuration that jobs get, and mistakes in how it is given, with Snakemake."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from copied_project import Project
from naseval.checks.configfiles import record_overlays
from paths import ROOT

pytestmark = pytest.mark.workflow

RUN = "results/runs/digits-large/base/darts/random-000/seed-2.parquet"


def overlay():
    """Return the demo's configuration with a few large images, which workers decode."""
    demo = yaml.safe_load((ROOT / "config/demo.yaml").read_text(encoding="utf-8"))
    split = {"train": 0.03, "validation": 0.03, "test": 0.02, "unused": 0.92, "seed": 0}
    large = {**demo["datasets"]["digits-large"], "image_size": 32, "split": split}
    demo["datasets"] = {"digits-large": large}
    demo["protocols"]["base"]["overrides"]["large"] = {"epochs": 1, "cells": 2, "channels": 2}
    grid = {"datasets": ["digits-large"], "protocols": ["base"], "random": 1}
    demo["studies"] = dict.fromkeys(demo["studies"]) | {"distribution": grid}
    return demo


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return a project in which a run was made, with numbers given as texts."""
    project = Project.copied(tmp_path_factory.mktemp("texts"), overlay())
    project.run(RUN, "--config", "resources={workers: '1', threads: '1', runs_per_job: '1'}")
    return project


@pytest.fixture(scope="module")
def noted(tmp_path_factory):
    """Return a project whose results, of which there are none, are said to have an overlay."""
    project = Project.copied(tmp_path_factory.mktemp("noted"), overlay())
    record_overlays(str(project.folder / "results"), [Path("overlay.yaml")])
    return project


def planned(project, *arguments):
    """Plan without the project's overlay."""
    return subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "1", "--dry-run", *arguments],
        cwd=project.folder,
        env={**os.environ, "PYTHONPATH": str(project.folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_jobs_get_the_numbers_that_were_checked(finished):
    assert (finished.folder / RUN).stat().st_size


def test_the_overlay_of_a_result_is_remembered(finished):
    text = (finished.folder / "results/overlays.json").read_text(encoding="utf-8")
    assert json.loads(text) == ["overlay.yaml"]


@pytest.mark.parametrize(
    "target",
    [
        "distribution",
        "overview",
        "cards",
        "budget",
        "verify",
        "results/data/cifar10/images.npy",
        "results/architectures/darts/random-001.json",
    ],
)
def test_an_overlay_that_is_left_out_is_one_sentence(noted, target):
    done = planned(noted, target)
    assert done.returncode == 1
    said = done.stderr.rstrip().splitlines()[-1]
    assert said.startswith("the results in results were computed with the overlay overlay.yaml")


@pytest.mark.parametrize("target", ["published", "recorded", "download"])
def test_what_no_run_is_in_needs_no_overlay(noted, target):
    done = planned(noted, target)
    assert done.returncode == 0, done.stderr


def test_two_configfiles_and_a_mistake_are_one_sentence_each(finished):
    twice = planned(finished, "--configfile", "overlay.yaml", "--configfile", "config/demo.yaml")
    assert twice.returncode == 1
    assert twice.stderr.rstrip().splitlines()[-1].startswith("--configfile is given twice")
    wrong = planned(finished, "--configfile", "overlay.yaml", "--config", "resources={device: abc}")
    assert wrong.returncode == 1
    assert wrong.stderr.rstrip().splitlines()[-1].startswith("config key resources.device: choose")
