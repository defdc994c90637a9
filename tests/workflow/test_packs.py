"""Several trainings in one job: the same bits as one by one; a failure costs itself alone."""

import re

import pytest

from copied_project import JOB, Project
from naseval import records, schemas
from tiny_project import tiny_overlay

pytestmark = pytest.mark.workflow

PROTOCOLS = ("base", "c", "a")
MEASURED = ["seconds", "images_per_second", "peak_memory", "at_once"]


def overlay(runs_per_job, runs_at_once=1):
    tiny = tiny_overlay()
    del tiny["datasets"]["digits-large"]
    tiny["protocols"]["base"] |= {"epochs": 2, "batch_size": 240}
    grid = {"datasets": ["digits"], "protocols": list(PROTOCOLS), "random": 1}
    tiny["studies"] = dict.fromkeys(tiny["studies"]) | {"cells": grid}
    tiny["resources"] |= {"runs_per_job": runs_per_job, "runs_at_once": runs_at_once}
    return tiny


def file(protocol, kind="runs", suffix="parquet"):
    return f"results/{kind}/digits/{protocol}/darts/random-000/seed-2.{suffix}"


def curve(project, protocol):
    table = records.read(project.folder / file(protocol), schemas.RUN)
    return table.drop_columns(MEASURED).to_pylist()


def provenance(project, protocol):
    found = records.provenance_of(project.folder / file(protocol))
    return {name: found[name] for name in ("code", "settings", "inputs", "seed")}


@pytest.fixture(scope="module")
def single(tmp_path_factory):
    """Return a project whose jobs each had one run."""
    project = Project.copied(tmp_path_factory.mktemp("single"), overlay(1))
    project.run("results/studies/reproduced/cells.parquet")
    return project


@pytest.mark.parametrize("runs_at_once", [1, 2])
def test_a_pack_makes_what_single_jobs_make_and_fails_run_by_run(tmp_path, single, runs_at_once):
    packed = Project.copied(tmp_path / "packed", overlay(3, runs_at_once))
    blocker = packed.folder / "results/checkpoints/runs/digits/c"
    blocker.parent.mkdir(parents=True)
    blocker.write_text("a file in the place of the folder of checkpoints")
    done = packed.snakemake("results/studies/reproduced/cells.parquet")
    assert done.returncode != 0
    assert "1 of 3 trainings failed: " in done.stderr
    assert "digits/c" in (packed.folder / file("c", "logs/runs", "log")).read_text()
    for protocol in ("base", "a"):
        assert (packed.folder / file(protocol, "checkpoints/runs", "pt")).exists()
        assert not (packed.folder / file(protocol)).exists()

    blocker.unlink()
    packed.run("results/studies/reproduced/cells.parquet")
    for protocol in PROTOCOLS:
        trained = "epoch 2/2" in (packed.folder / file(protocol, "logs/runs", "log")).read_text()
        assert trained == (protocol == "c")
        assert curve(packed, protocol) == curve(single, protocol)
        assert provenance(packed, protocol) == provenance(single, protocol)
    assert not list((packed.folder / "results/checkpoints").rglob("*.pt*"))


def test_a_job_does_several_searches_in_turn(tmp_path):
    """The genotypes are those of jobs that did one each."""
    genotypes = [f"results/searches/digits/darts/seed-{seed}/genotype.json" for seed in range(2)]
    found = []
    for searches_per_job, limits in ((1, ["40", "40"]), (2, ["80"])):
        asked = overlay(1)
        benchmark = {"datasets": ["digits"], "methods": ["darts"], "searches": 2, "random": 1}
        asked["studies"]["benchmark"] = benchmark
        asked["resources"] |= {"searches_per_job": searches_per_job, "search_minutes": 40}
        project = Project.copied(tmp_path / str(searches_per_job), asked)
        done = project.run(*genotypes)
        jobs = [fields for rule, fields in JOB.findall(done.stderr) if rule.startswith("search")]
        assert [re.search(r"runtime=(\d+)", fields)[1] for fields in jobs] == limits
        found.append([(project.folder / file).read_bytes() for file in genotypes])
    assert found[0] == found[1]
    assert found[0][0] != found[0][1]


def test_a_job_asks_for_what_runs_side_by_side(tmp_path):
    """Three runs of 10 minutes on two places, and three searches in packs of two."""
    asked = overlay(3, 2)
    benchmark = {"datasets": ["digits"], "methods": ["nao"], "searches": 3, "random": 1}
    asked["studies"]["benchmark"] = benchmark
    asked["resources"] |= {"threads": 2, "memory_mb": 1000, "search_minutes": 40}
    asked["resources"]["run_minutes"] = 10
    project = Project.copied(tmp_path / "project", asked)
    planned = project.run("-n", "--cores", "9", "results/studies/reproduced/benchmark.parquet")
    jobs = dict(JOB.findall(planned.stdout + planned.stderr))
    assert {name for name in jobs if name.startswith(("run", "search"))} == {
        "runs_digits_random_nao_000",
        "runs_digits_searched_nao_000",
        "searches_digits_nao_000",
        "searches_digits_nao_001",
    }
    assert wants(jobs["runs_digits_searched_nao_000"]) == ("4", "2000", "20")
    assert wants(jobs["runs_digits_random_nao_000"]) == ("2", "1000", "10")
    assert wants(jobs["searches_digits_nao_000"]) == ("4", "2000", "40")


def wants(fields):
    """Return the threads, megabytes and minutes in the description of a planned job."""
    patterns = (r"threads: (\d+)", r"mem_mb=(\d+)", r"runtime=(\d+)")
    return tuple(re.search(pattern, fields)[1] for pattern in patterns)
