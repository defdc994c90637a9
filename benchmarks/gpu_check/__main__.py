"""Checks on a GPU that cannot be made elsewhere, for whoever has one. Under ten minutes.

    python -m benchmarks.gpu_check [--device NAME] [--quick]

Prints Markdown for docs/performance.md: the device; whether networks are on it, where steps wait
for it and whether they resume to the same bits, for each method and a run; runs at once; and the
fast forms against the plain ones. Without a GPU it leaves out what only a GPU shows. The exit code
is 1 if something is not as it should be.
"""

import argparse
import logging
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import torch
from benchmarks.bench.cases import FEW, RUN, SUPERNETS, TINY
from benchmarks.bench.exactness import exactness_table
from benchmarks.gpu_check import speed, toys
from benchmarks.gpu_check.at_once import at_once_table
from benchmarks.gpu_check.facts import facts_table
from benchmarks.gpu_check.steps import steps_table

from naseval.errors import NasevalError
from naseval.training.builds import check_build
from naseval.training.device import deterministic, held_device

QUICK = ("manas", "run")


def main() -> int:
    """Print the tables and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    parser.add_argument("--quick", action="store_true", help="a few things, to see that it works")
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        try:
            faults = _checks(chosen.device, chosen.quick, Path(folder))
        except NasevalError as error:
            faults = [str(error)]
    say("Result", "\n".join(f"- {fault}" for fault in faults) or "All is as it should be.")
    sys.stdout.write(f"\n{time.monotonic() - start:.0f} seconds.\n")
    return 1 if faults else 0


def _checks(name: str, quick: bool, folder: Path) -> list[str]:
    # First, because it forks, and a process that has used CUDA must not.
    together, faults = at_once_table(2 if quick else 3, name, folder / "runs")
    with held_device(name) as device:
        torch.set_num_threads(1)
        check_build(device)
        deterministic(device)
        say("Device", facts_table(device))
        say("Runs at once", together)
        names = QUICK if quick else (*toys.METHODS, "run")
        steps, more = steps_table(names, device, folder)
        say("Steps", steps)
        size = replace(TINY, dtype=torch.float64)
        cases = FEW[1:2] if quick else (*SUPERNETS, RUN)
        say("Differences in float64", exactness_table(cases, size, device))
        faster = speed.speed_table(device, FEW[:1], TINY) if quick else speed.on_device(device)
        say("Plain and fast", faster)
    return faults + more


def say(title: str, text: str) -> None:
    """Print a section."""
    sys.stdout.write(f"\n### {title}\n\n{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
