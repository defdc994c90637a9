"""What each run costs beside its training, one or many to a job.

    python benchmarks/tiny_runs.py [RUNS RUNS_PER_JOB]

Trains RUNS tiny networks (2,000 unless said otherwise) for real, on half of the digits at 8x8
pixels, RUNS_PER_JOB (50) to a job, with the local executor and two cores, in a copy of the working
tree, and prints a row of a Markdown table. docs/scale.md has what was measured last.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.dataset as ds
import yaml
from planning import ROOT, copy_to

SEEDS = 20
HALF = {"train": 0.2, "validation": 0.2, "test": 0.1, "unused": 0.5, "seed": 0}
HEADER = """\
| runs | to a job | elapsed, s | CPU per run, s | of it training, s | overhead, s |
|---|---|---|---|---|---|"""


def overlay(runs: int, runs_per_job: int) -> dict[str, object]:
    """Return the demo's configuration with `runs` runs of one epoch: random architectures."""
    demo = yaml.safe_load((ROOT / "config/demo.yaml").read_text())
    demo["datasets"] = {"digits": {**demo["datasets"]["digits"], "split": HALF}}
    demo["protocols"]["base"] |= {"epochs": 1, "batch_size": 240, "channels": 2, "cells": 2}
    study = {"datasets": ["digits"], "random": runs // SEEDS, "seeds": list(range(SEEDS))}
    demo["studies"] = dict.fromkeys(demo["studies"]) | {"distribution": study}
    demo["resources"]["runs_per_job"] = runs_per_job
    return demo


def measured(folder: Path, runs: int, runs_per_job: int) -> str:
    """Run all of it once; return a row of the table."""
    (folder / "overlay.json").write_text(json.dumps(overlay(runs, runs_per_job)))
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "--quiet", "all"]
    target = "results/studies/reproduced/distribution.parquet"
    start = time.monotonic()
    subprocess.run(
        [*command, "--configfile", "overlay.json", "--", target],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src")},
        check=True,
    )
    elapsed = time.monotonic() - start
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    each = (usage.ru_utime + usage.ru_stime) / runs
    rows = ds.dataset(folder / "results/runs").to_table(columns=["seconds"])
    if len(rows) != runs:
        sys.exit(f"{len(rows)} of {runs} runs are there")
    trained = sum(rows["seconds"].to_pylist()) / runs
    return (
        f"| {runs:,} | {runs_per_job} | {elapsed:.0f} | {each:.2f} | {trained:.2f} "
        f"| {each - trained:.2f} |"
    )


def main() -> None:
    """Print the table."""
    runs, runs_per_job = [int(number) for number in sys.argv[1:]] or (2_000, 50)
    with tempfile.TemporaryDirectory() as folder:
        copy_to(Path(folder))
        print(HEADER, flush=True)
        print(measured(Path(folder), runs, runs_per_job), flush=True)


if __name__ == "__main__":
    main()
