"""Every kind of job on tiny data: the configuration, and runs of it that are watched."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import yaml

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
METHODS = ("darts", "pdarts", "nsganet", "enas", "cnas", "manas", "manas-ls", "stacnas", "nao")
SPACES = ("darts", "pdarts", "enas", "cnas", "nao")
TARGETS = (
    "all",
    "budget",
    "results/exports/cells.zip",
    "results/tables/datasets/summary.md",
    "results/tables/datasets/classes-digits.md",
    "results/figures/datasets/digits.svg",
    "results/figures/diagnostics/operation-correlation-digits-0.svg",
    *(f"results/spaces/{space}.md" for space in SPACES),
    *(f"results/searches/digits/{method}/seed-0/genotype.json" for method in METHODS),
)
INTERRUPTED = "results/searches/digits/darts/seed-0/genotype.json"


def configuration():
    """Return the demo's configuration made smaller: few images, one architecture of each kind.

    Together its runs have small and large images, the auxiliary tower, AutoAugment, and every
    optimizer.
    """
    overlay = yaml.safe_load((ROOT / "config/demo.yaml").read_text())
    large = {"train": 0.04, "validation": 0.04, "test": 0.02, "unused": 0.9, "seed": 0}
    overlay["datasets"]["digits"]["image_size"] = 8
    overlay["datasets"]["digits-large"]["split"] = large
    protocols = overlay["protocols"]
    protocols["base"] |= {"epochs": 1, "batch_size": 240}
    protocols["base"]["overrides"]["large"] |= {"epochs": 1, "batch_size": 36}
    protocols["cda-aa"] = {"epochs": 1}
    protocols["nao"]["optimizer"] = {"name": "adamax"}
    # Long enough to be interrupted, and with the gradient of second order.
    overlay["methods"]["darts"]["search"] |= {"epochs": 2, "order": 2}
    overlay["studies"] = {
        name: {**(settings or {}), **SMALL.get(name, {})}
        for name, settings in overlay["studies"].items()
    }
    overlay["resources"] |= {"workers": 1, "runs_per_job": 12}
    return overlay


SMALL = {
    "benchmark": {"datasets": ["digits"], "methods": ["nsganet"], "searches": 1, "random": 1},
    "tricks": {"datasets": ["digits"], "methods": ["nsganet"], "searches": 1, "random": 1},
    "spaces": {"random": 1},
    "protocols": {"protocols": ["base", "cda", "cda-aa"], "random": 2},
    "distribution": {"random": 3},
    "operations": {"random": {"darts": 3, "modified": 2}},
    "cells": {"datasets": ["digits-large"], "protocols": ["cda"], "random": 1},
    "seeds": {"random": 3},
    "depth": {"protocols": ["cda-8cells", "cda"], "random": 3},
}


def watched(project, folder, *targets):
    """Run targets, and have every job write to `folder` what it runs."""
    running = started(project, folder, "--cores", "2", *targets)
    output, _ = running.communicate()
    assert running.returncode == 0, output[-4000:]


def interrupted(project, folder, target):
    """Run one search, and end it once it has saved; another run resumes it."""
    running = started(project, folder, "--cores", "1", target)
    checkpoints = project.folder / "results/checkpoints"
    while running.poll() is None and not list(checkpoints.rglob("*.pt")):
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGTERM)
    output, _ = running.communicate()
    assert running.returncode != 0, "the search ended before it could be interrupted"
    assert list(checkpoints.rglob("*.pt")), output[-4000:]


def started(project, folder, *arguments):
    """Start Snakemake in a group of processes of its own."""
    paths = [str(HERE / "traced"), str(project.folder / "src")]
    return subprocess.Popen(
        [sys.executable, "-m", "snakemake", *arguments, "--configfile", "overlay.yaml"],
        cwd=project.folder,
        env={**os.environ, "PYTHONPATH": ":".join(paths), "NASEVAL_TRACED": str(folder)},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
