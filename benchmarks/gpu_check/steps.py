"""Whole searches and a run: on the device, without waiting, and resumed to the same bits."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from benchmarks.bench.document import table
from benchmarks.gpu_check import toys
from benchmarks.gpu_check.watching import StoppedLoop, WatchedLoop
from torch import Tensor

from naseval.errors import Interrupted
from naseval.methods import get_method
from naseval.spaces import sample
from naseval.training.augmentation import augment
from naseval.training.checkpoint import Checkpoint
from naseval.training.device import arithmetic
from naseval.training.loop import EpochLoop
from naseval.training.networks import build_run_network, initialised

HEADER = ("what", "networks on", "steps", "they wait at", "resumes to the same bits")
SEED = 1
MEASURED = {"seconds", "images_per_second", "peak_memory", "at_once"}
EXPECTED = {"manas": "methods/manas/search.py", "enas": "methods/enas/search.py"}
"""Where the steps of a method must read a value (docs/performance.md, What a step waits for)."""
Job = Callable[[torch.device, EpochLoop], Any]


def steps_table(names: Sequence[str], device: torch.device, folder: Path) -> tuple[str, list[str]]:
    """Return the table of methods and the run, and a sentence for each that is not as it should."""
    rows, faults = [], []
    for name in names:
        row, found = _checked(name, device, folder)
        rows.append(row)
        faults += [f"{name} {fault}" for fault in found]
    return table(HEADER, rows), faults


def _checked(name: str, device: torch.device, folder: Path) -> tuple[list[str], list[str]]:
    job = run if name == "run" else _search(name)
    whole, parted = (Checkpoint(folder / f"{name}-{kind}.pt", name) for kind in ("whole", "parted"))
    watched = WatchedLoop(whole, device)
    truth = job(device, watched)
    found, stops = _resumed(job, device, parted)
    same = bits([truth, whole.load()]) == bits([found, parted.load()])

    places = ", ".join(sorted(watched.places))
    waits = "; ".join(f"`{place}` ({number}×)" for place, number in watched.waits.items())
    if device.type != "cuda":
        waits = "left out"
    faults = []
    if watched.places != {device.type}:
        faults.append(f"has its networks on {places}, not on {device.type} alone")
    strange = [place for place in watched.waits if not place.startswith(EXPECTED.get(name, "none"))]
    faults += [f"waits for the GPU at {place}" for place in strange]
    if not same:
        faults.append("does not resume to the same bits")
    resumed = f"yes, after stops: {stops}" if same else "NO"
    return [name, places, str(watched.steps), waits or "nothing", resumed], faults


def run(device: torch.device, loop: EpochLoop, seed: int = SEED) -> Any:
    """Train a random architecture and return its rows."""
    data, protocol = toys.run_images(device), toys.protocol()
    architecture = sample("darts", 0)
    network = initialised(lambda: build_run_network(architecture, data.dataset, protocol), seed)
    return augment(network.to(device), data, protocol, seed=seed, loop=loop)


def _search(name: str) -> Job:
    def job(device: torch.device, loop: EpochLoop) -> Any:
        settings = toys.search_settings(name)
        search = get_method(toys.CONFIG.algorithm(name)).search
        with arithmetic(settings.precision):
            found = search(toys.images(device), settings, seed=SEED, loop=loop)
        return [found.genotype.to_json(), found.history]

    return job


def _resumed(job: Job, device: torch.device, checkpoint: Checkpoint) -> tuple[Any, int]:
    """Return the result of a job that is stopped in each of its stages, and the number of stops."""
    stopped: set[int] = set()
    while True:
        try:
            return job(device, StoppedLoop(checkpoint, stopped)), len(stopped)
        except Interrupted:
            torch.rand(5)  # another state of the global generator must not matter


def bits(value: Any) -> Any:
    """Return nested data without what was measured, and with the bytes of tensors."""
    match value:
        case dict():
            return {key: bits(each) for key, each in value.items() if key not in MEASURED}
        case list() | tuple():
            return [bits(each) for each in value]
        case Tensor():
            return value.contiguous().cpu().view(-1).view(torch.uint8).numpy().tobytes()
    return value
