"""Several runs in one job: the same bits as one by one, and a failure costs itself alone."""

import copy

import pytest
import yaml

from copied_project import Project
from naseval import records, schemas
from paths import ROOT

pytestmark = pytest.mark.workflow

PROTOCOLS = ("base", "c", "a")
MEASURED = ["seconds", "images_per_second", "peak_memory"]


def overlay(runs_per_job):
    demo = yaml.safe_load((ROOT / "config/demo.yaml").read_text())
    demo["datasets"] = {"digits": {**demo["datasets"]["digits"], "image_size": 8}}
    demo["protocols"]["base"] |= {"epochs": 2, "batch_size": 240}
    grid = {"datasets": ["digits"], "protocols": list(PROTOCOLS), "random": 1, "fixed": []}
    demo["studies"] = dict.fromkeys(demo["studies"]) | {"protocols": grid}
    demo["resources"]["runs_per_job"] = runs_per_job
    return demo


def file(protocol, kind="runs", suffix="parquet"):
    return f"results/{kind}/digits/{protocol}/darts/random-000/seed-2.{suffix}"


def curve(project, protocol):
    table = records.read(project.folder / file(protocol), schemas.RUN)
    return table.drop_columns(MEASURED).to_pylist()


def provenance(project, protocol):
    found = records.provenance_of(project.folder / file(protocol))
    return {name: found[name] for name in ("code", "settings", "inputs", "seed")}


def test_a_pack_makes_what_single_jobs_make_and_fails_run_by_run(tmp_path):
    single = Project.copied(tmp_path / "single", overlay(1))
    single.run("results/studies/reproduced/protocols.parquet")

    broken = copy.deepcopy(overlay(3))
    broken["protocols"]["c"] = {"optimizer": {"learning_rate": 1.0e30}}
    packed = Project.copied(tmp_path / "packed", broken)
    done = packed.snakemake("results/studies/reproduced/protocols.parquet")
    assert done.returncode != 0
    assert "1 of 3 runs failed: " in done.stderr
    assert "loss is nan" in (packed.folder / file("c", "logs/runs", "log")).read_text()
    for protocol in ("base", "a"):
        assert (packed.folder / file(protocol, "checkpoints/runs", "pt")).exists()
        assert not (packed.folder / file(protocol)).exists()

    packed.write_overlay(overlay(3))
    packed.run("results/studies/reproduced/protocols.parquet")
    for protocol in PROTOCOLS:
        trained = "epoch 2/2" in (packed.folder / file(protocol, "logs/runs", "log")).read_text()
        assert trained == (protocol == "c")
        assert curve(packed, protocol) == curve(single, protocol)
        assert provenance(packed, protocol) == provenance(single, protocol)
    assert not list((packed.folder / "results/checkpoints").rglob("*.pt"))
