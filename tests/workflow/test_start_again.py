"""Killed, diverged, out of memory: Snakemake started again, for real, on tiny data."""

import os
import subprocess
import sys
import time

import pandas as pd
import psutil
import pytest
import yaml

from copied_project import Project
from naseval.locking.orphans import LOCKS, local_jobs
from naseval.records import provenance_of
from paths import ROOT

pytestmark = pytest.mark.workflow

EPOCHS = 24
"""Long enough to kill a training in the middle."""
DATA = [f"results/data/digits/{name}" for name in ("images.npy", "splits.parquet", "channels.json")]
RUN = "runs/digits/base/darts/random-000/seed-0"
STUDY = "results/studies/reproduced/distribution.parquet"
MEASURED = ["seconds", "images_per_second", "peak_memory", "at_once"]


def overlay(epochs=EPOCHS, **study):
    """Return the demo's configuration on images of 8x8 pixels; under `wild` every run diverges."""
    demo = yaml.safe_load((ROOT / "config/demo.yaml").read_text())
    demo["datasets"] = {"digits": {**demo["datasets"]["digits"], "image_size": 8}}
    demo["protocols"]["base"] |= {"epochs": epochs, "batch_size": 120}
    demo["protocols"]["wild"] = {"inherits": "base", "optimizer": {"learning_rate": 1e30}}
    distribution = {
        "datasets": ["digits"],
        "protocols": ["base", "wild"],
        "random": 1,
        "seeds": [0],
    }
    demo["studies"] = dict.fromkeys(demo["studies"]) | {"distribution": distribution | study}
    demo["resources"] |= {"runs_per_job": 1}
    return demo


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """Return a project that has images and a genotype, and has trained nothing."""
    project = Project.copied(tmp_path_factory.mktemp("again") / "project", overlay())
    project.run("results/architectures/darts/random-000.json", *DATA)
    return project


@pytest.fixture
def project(prepared, tmp_path):
    return Project.copied(tmp_path / "project", overlay()).with_results_of(prepared)


def start(project):
    """Start Snakemake for one run, as a process that may be killed."""
    command = ["snakemake", "--cores", "1", "--configfile", "overlay.yaml", "--", result(RUN)]
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=project.folder,
        env={**os.environ, "PYTHONPATH": str(project.folder / "src")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def result(stem):
    return f"results/{stem}.parquet"


def wait(condition, what, seconds=300):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.05)


def epochs(project):
    """Return the epochs that the latest attempt at the run has logged."""
    log = project.folder / "results" / "logs" / f"{RUN}.log"
    lines = log.read_text().splitlines() if log.exists() else []
    return [int(line.split(" epoch ")[1].split("/")[0]) for line in lines if " epoch " in line]


def unlock(project):
    return subprocess.run(
        [sys.executable, "-m", "naseval", "unlock"],
        cwd=project.folder,
        env={**os.environ, "PYTHONPATH": str(project.folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


def killed_in_training(project, epoch):
    """Start Snakemake, kill it once the run has finished an epoch, and return the job's process."""
    driver = start(project)
    wait(lambda: epoch in epochs(project), f"epoch {epoch}")
    assert local_jobs(project.folder) == []  # the job has its Snakemake
    driver.kill()
    driver.wait()
    (job,) = local_jobs(project.folder)
    return psutil.Process(job)


def test_killed_again_and_again_it_resumes_and_finishes(project, prepared, tmp_path):
    job = killed_in_training(project, 2)
    job.suspend()  # it shall not end meanwhile
    locked = project.snakemake(result(RUN))
    assert locked.returncode != 0 and "--unlock" in locked.stdout + locked.stderr
    refused = unlock(project)
    assert refused.returncode == 1 and f"`kill {job.pid}`" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    project.run("--unlock")
    named = project.snakemake(result(RUN))
    assert named.returncode != 0 and f"`kill {job.pid}`" in named.stdout + named.stderr
    before = epochs(project)[-1]
    job.kill()
    wait(lambda: not local_jobs(project.folder), "the job's end")

    job = killed_in_training(project, before + 2)  # the job goes on, and ends
    assert epochs(project)[0] == before + 1
    wait(lambda: not local_jobs(project.folder), "the job's end")
    assert epochs(project)[-1] == EPOCHS
    assert (project.folder / "results" / "checkpoints" / f"{RUN}.pt").exists()
    assert list((project.folder / LOCKS).iterdir())
    released = unlock(project)
    assert released.returncode == 0 and "is removed" in released.stdout, released.stderr
    project.run(result(RUN))
    assert epochs(project) == []  # nothing was trained again
    assert not (project.folder / "results" / "checkpoints" / f"{RUN}.pt").exists()

    other = Project.copied(tmp_path / "other", overlay()).with_results_of(prepared)
    other.run(result(RUN))
    tables = [pd.read_parquet(one.folder / result(RUN)) for one in (project, other)]
    pd.testing.assert_frame_equal(*(table.drop(columns=MEASURED) for table in tables))


@pytest.mark.parametrize("target", ["demo", "published"])
def test_make_removes_the_lock_before_snakemake_starts(target):
    done = subprocess.run(
        ["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=True
    )
    commands = done.stdout.splitlines()
    (unlocks,) = (place for place, line in enumerate(commands) if "-m naseval unlock" in line)
    (starts,) = (place for place, line in enumerate(commands) if "/snakemake --cores" in line)
    assert unlocks < starts


def test_a_study_decides_about_runs_that_diverged_without_training(prepared, tmp_path):
    project = Project.copied(tmp_path / "project", overlay(2)).with_results_of(prepared)
    stopped = project.snakemake(STUDY, "--retries", "1")
    assert stopped.returncode != 0
    log = (project.folder / "results/logs/studies/reproduced/distribution.log").read_text()
    wild = "results/runs/digits/wild/darts/random-000/seed-0.parquet"
    assert f"{wild} has diverged in epoch 1 " in log and "studies.distribution.diverged" in log
    assert len(log.splitlines()) == 1
    assert provenance_of(project.folder / wild)["diverged_in_epoch"] == 1
    assert len(pd.read_parquet(project.folder / wild)) == 0

    for decision, accuracies in (("leave out", []), ("chance", [10.0, 10.0])):
        project.write_overlay(overlay(2, diverged=decision))
        assert set(project.planned(STUDY)) == {"study"}
        project.run(STUDY)
        study = pd.read_parquet(project.folder / STUDY)
        assert study[study["diverged"]]["test_accuracy"].dropna().tolist() == accuracies
        assert study["genotype"].count() == (3 if decision == "leave out" else 4)
    project.run("results/tables/reproduced/distribution.md")
    text = (project.folder / "results/tables/reproduced/distribution.md").read_text()
    assert "2 runs trained, 2 counted: 1 diverged and counts at chance level." in text


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits another process")
def test_too_little_memory_is_one_sentence_in_the_log(project):
    settings = overlay()
    settings["datasets"]["digits"]["image_size"] = 64
    settings["protocols"]["base"] |= {"batch_size": 600, "channels": 32}  # 0.9 GiB a layer
    project.write_overlay(settings)
    driver = start(project)
    psutil.Process(driver.pid).rlimit(psutil.RLIMIT_AS, (6 * 2**30, 6 * 2**30))  # torch: 3.4 GiB
    assert driver.wait(300) == 1
    log = (project.folder / "results" / "logs" / f"{RUN}.log").read_text()
    assert "the machine's memory did not suffice" in log.splitlines()[-1]
    assert "Traceback" not in log
