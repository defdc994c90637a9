"""The budget and the status of a tiny project, by Snakemake and by the command."""

import os
import subprocess
import sys

import pandas as pd
import pytest

from copied_project import Project
from tiny_project import tiny_overlay

pytestmark = [pytest.mark.workflow, pytest.mark.slow]

OFF_BY = 4
"""How many times a prediction may be off on a machine that does other things as well."""


def tiny():
    """Return the tiny overlay with one method on small images of 16x16 pixels."""
    overlay = tiny_overlay()
    overlay["datasets"] = {"digits": {**overlay["datasets"]["digits"], "image_size": 16}}
    overlay["protocols"]["base"] |= {"epochs": 2}
    benchmark = {"datasets": ["digits"], "methods": ["darts"], "searches": 1, "random": 2}
    overlay["studies"] = dict.fromkeys(overlay["studies"]) | {"benchmark": benchmark}
    overlay["resources"]["runs_per_job"] = 1
    return overlay


def status(project):
    """Return what the command prints."""
    return subprocess.run(
        [sys.executable, "-m", "naseval", "status", "--configfile", "overlay.yaml"],
        cwd=project.folder,
        env={**os.environ, "PYTHONPATH": str(project.folder / "src")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_what_is_predicted_is_what_is_measured(tmp_path):
    project = Project.copied(tmp_path, tiny())
    before = project.run("budget")
    assert "## Still to do, on" in before.stdout
    assert "| CPU-hours |" in before.stdout
    assert "GPU" not in before.stdout
    said = before.stdout + before.stderr
    assert "work/digits: 2 of 2 kinds of jobs counted: darts by cda" in said
    assert "calibration/cpu: float32: timed network 6 of 6" in said
    assert "accuracy" not in said  # which would be that of noise
    assert not (project.folder / "results/data").exists()  # nothing was prepared for it
    table = pd.read_parquet(project.folder / "results/budget.parquet")
    assert table[["searches", "runs", "done", "shared"]].to_numpy().tolist() == [[1, 3, 0, 0]] * 2
    assert "benchmark  0     0        0       0        4        4    0\n" in status(project)

    run = "results/runs/digits/cda/darts/random-000/seed-2.parquet"
    project.run(run)
    assert "benchmark  1     0        0       0        3        4    25\n" in status(project)

    after = project.run("budget")
    assert "Of 3 jobs, 2 are priced as finished ones like them took" in after.stdout
    row = next(
        row for row in after.stdout.splitlines() if row.startswith("| benchmark | darts | run")
    )
    ratio = float(row.split("|")[-2])
    assert 1 / OFF_BY < ratio < OFF_BY
    assert not project.planned("budget").keys() & {"work", "calibration"}
