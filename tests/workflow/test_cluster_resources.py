"""What jobs ask of a cluster, read from plans with the profile: no SLURM is needed."""

import re

import pytest

from copied_project import JOB, Project
from tiny_project import tiny_overlay

pytestmark = pytest.mark.workflow

TARGETS = ("results/studies/reproduced/benchmark.parquet", "results/calibration/cpu.json")
SIGNAL = "--signal=TERM@180"
SITE = {"slurm_extra": "--nice=7 --mail-type=FAIL", "training": {"gpu_model": "a100"}}


def overlay(runs_per_job):
    tiny = tiny_overlay()
    benchmark = {"datasets": ["digits"], "methods": ["darts"], "searches": 2, "random": 2}
    tiny["studies"] = dict.fromkeys(tiny["studies"]) | {"benchmark": benchmark}
    tiny["resources"] |= {**SITE, "runs_per_job": runs_per_job, "runs_at_once": runs_per_job}
    return tiny


def asked(project, *options):
    """Return the resources of each planned job, by the name of its rule."""
    environment = {"SBATCH_ACCOUNT": "lab", "SBATCH_PARTITION": "long"}
    done = project.snakemake(*TARGETS, "-n", "--profile", "slurm", *options, **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    jobs = dict(JOB.findall(done.stdout + done.stderr))
    listed = {
        rule: re.search(r"^    resources: (.*)$", job, re.MULTILINE)[1]
        for rule, job in jobs.items()
    }
    return {rule: dict(re.findall(r"(\w+)=(.*?)(?:, |$)", text)) for rule, text in listed.items()}


@pytest.mark.parametrize(
    ("runs_per_job", "trainings"),
    [
        (1, {"search", "run", "calibration"}),
        (
            2,
            {
                "searches_digits_darts_000",
                "runs_digits_random_darts_000",
                "runs_digits_searched_darts_000",
                "calibration",
            },
        ),
    ],
)
def test_partition_account_and_a_sites_flags_go_together(tmp_path, runs_per_job, trainings):
    """What replaces the profile's default resources takes neither account nor signal away."""
    project = Project.copied(tmp_path / "project", overlay(runs_per_job))
    jobs = asked(project, "--default-resources", "slurm_partition=short")
    assert trainings < jobs.keys()
    for rule, resources in jobs.items():
        assert resources["slurm_account"] == "lab"
        assert resources["slurm_partition"] == "short"
        signal = f"{SIGNAL} " if rule in trainings else ""
        assert resources["slurm_extra"] == f"{signal}{SITE['slurm_extra']}"
        assert (resources.get("gpu_model") == "a100") == (rule in trainings)


def test_the_environment_names_the_partition(tmp_path):
    project = Project.copied(tmp_path / "project", overlay(1))
    assert {one["slurm_partition"] for one in asked(project).values()} == {"long"}


def test_a_flag_that_would_not_reach_trainings_is_one_sentence(tmp_path):
    project = Project.copied(tmp_path / "project", overlay(1))
    options = ("-n", "--profile", "slurm", "--default-resources", "slurm_extra='--nice=7'")
    done = project.snakemake(*TARGETS, *options)
    assert done.returncode != 0
    assert "set the config key resources.slurm_extra" in done.stderr
