"""Every kind of job on tiny data: the configuration, and runs of it that are watched."""

import os
import shutil
import signal
import subprocess
import sys
import time
import venv

import yaml

from copied_project import Project
from naseval.settings.validation import merged
from naseval.spaces import sample
from paths import HELPERS, ROOT
from printed_texts import as_call
from tiny_project import tiny_overlay

TRACER = HELPERS / "traced"
METHODS = ("darts", "pdarts", "nsganet", "enas", "cnas", "manas", "manas-ls", "stacnas", "nao")
BASELINES = (
    *("random-search", "local-search", "regularised-evolution", "successive-halving"),
    *("random-sharing", "nwot", "synflow"),
)
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
EXAMPLE = "examples/their-method"
"""A method that searches by a program of its own."""
ELSEWHERE = {"label": "Mine", "genotypes": "mine.txt", "space": "darts", "protocol": "cda"}
"""A method whose genotypes are in a file; it is judged in steps."""
STEPS = {"start": 4, "step": 1, "most": 5}
INTERRUPTED = "results/searches/digits/darts/seed-0/genotype.json"


def copied(folder):
    """Return a copy of the project with the configuration and what its methods read."""
    project = Project.copied(folder, configuration())
    shutil.copytree(ROOT / EXAMPLE, folder / EXAMPLE)
    venv.create(folder / "their-environment", with_pip=False)
    found = [as_call(sample("darts", index)) for index in range(100, 100 + STEPS["most"])]
    (folder / ELSEWHERE["genotypes"]).write_text("\n".join(found))
    return project


def configuration():
    """Return the tiny overlay made smaller: few images, one architecture of each kind.

    Together its runs have small and large images, the auxiliary tower, AutoAugment, and every
    optimizer.
    """
    theirs = yaml.safe_load((ROOT / EXAMPLE / "theirs.yaml").read_text())
    overlay = merged(tiny_overlay(), {"methods": {**theirs["methods"], "mine": ELSEWHERE}})
    large = {"train": 0.04, "validation": 0.04, "test": 0.02, "unused": 0.9, "seed": 0}
    overlay["datasets"]["digits-large"]["split"] = large
    protocols = overlay["protocols"]
    protocols["base"] |= {"epochs": 1, "batch_size": 240}
    protocols["base"]["overrides"]["large"] |= {"epochs": 1, "batch_size": 36}
    protocols["cda-aa"] = {"epochs": 1}
    protocols["nao"]["optimizer"] = {"name": "adamax"}
    # Long enough to be interrupted, and with the gradient of second order.
    overlay["methods"]["darts"]["search"] |= {"epochs": 2, "order": 2}
    studies = overlay["studies"]
    overlay["studies"] = {
        name: {**(studies.get(name) or {}), **SMALL.get(name, {})} for name in {**studies, **SMALL}
    }
    overlay["resources"] |= {"workers": 1, "runs_per_job": 12}
    overlay["recorded"] = {"searches": 3}
    return overlay


SMALL = {
    "benchmark": {
        "datasets": ["digits"],
        "methods": ["nsganet", "theirs", "mine"],
        "searches": 1,
        "random": 1,
        "overrides": {"digits": {"mine": {"searches": STEPS, "random": STEPS}}},
    },
    "tricks": {"datasets": ["digits"], "methods": ["nsganet"], "searches": 1, "random": 1},
    "baselines": {"baselines": list(BASELINES), "searches": 1, "random": 1},
    "spaces": {"random": 1},
    "protocols": {"protocols": ["base", "cda", "cda-aa"], "random": 2},
    "distribution": {"random": 3},
    "operations": {"random": {"darts": 3, "modified": 2}},
    "cells": {"datasets": ["digits-large"], "protocols": ["cda"], "random": 1},
    "seeds": {"random": 3},
    "depth": {"protocols": ["cda-8cells", "cda"], "random": 3},
    "printed": {
        "datasets": ["digits"],
        "cells": {"darts": ["darts-v2"], "enas": ["enas"], "nao": [], "nsganet": []},
        "random": 1,
        "seeds": [2],
    },
    "supernet": {
        "datasets": ["digits"],
        "methods": ["darts", "enas"],
        "random": 3,
        "seeds": [2],
        "times": 1,
        "batch_size": 64,
    },
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
    paths = [str(TRACER), str(project.folder / "src")]
    return subprocess.Popen(
        [sys.executable, "-m", "snakemake", *arguments, "--configfile", "overlay.yaml"],
        cwd=project.folder,
        env={**os.environ, "PYTHONPATH": ":".join(paths), "NASEVAL_TRACED": str(folder)},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
