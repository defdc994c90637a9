"""Jobs whose GPU cannot be used end in one sentence, unless they were to use the CPU."""

import pytest
import torch

from copied_project import Project
from tiny_project import TINY

pytestmark = [
    pytest.mark.workflow,
    pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without CUDA"),
]

JOBS = {
    "results/runs/digits/base/darts/random-000/seed-2.parquet": "run",
    "results/searches/digits/manas/seed-2/genotype.json": "search",
}


def test_training_jobs_refuse_the_cpu_in_the_place_of_a_gpu(tmp_path, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    overlay = {**TINY, "resources": {**TINY["resources"], "device": "auto"}}
    project = Project.copied(tmp_path, overlay)
    refused = project.snakemake(*JOBS)
    assert refused.returncode != 0
    for rule in JOBS.values():
        assert f"Error in rule {rule}" in refused.stderr
    assert "CUDA_VISIBLE_DEVICES=0 says that a GPU was allotted" in refused.stderr

    project.write_overlay(TINY)  # device: cpu
    project.run(*JOBS)
    assert all((project.folder / file).exists() for file in JOBS)
