"""The size of searches and runs, counted on the CPU without images."""

import logging
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from naseval.budget.jobs import Key
from naseval.budget.rehearsal import Meter, Rehearsal, StubData
from naseval.budget.work import Size
from naseval.errors import NasevalError
from naseval.genotype import Genotype
from naseval.methods import get_method, get_settings
from naseval.settings.base import SearchSettings
from naseval.settings.dataset import ImageSettings
from naseval.settings.protocol import Protocol
from naseval.spaces import sample
from naseval.training.augmentation import augment
from naseval.training.networks import build_run_network, initialised

log = logging.getLogger(__name__)

SAMPLES = 3
"""Sampled steps of each kind in each stage of a search. All steps of a run are alike."""


def counted(name: str, units: Mapping[str, Any]) -> Iterator[tuple[Key, Size]]:
    """Yield the key and the size of each kind of job on the dataset `name`, and log it.

    `units` are those of `naseval.budget.jobs.units`.
    """
    logging.getLogger("naseval.methods").setLevel(logging.WARNING)  # accuracies on noise
    dataset, parts = ImageSettings(**units["dataset"]), units["images"]
    searched = parts["train"] + parts["validation"]
    kinds = len(units["searches"]) + len(units["runs"])
    for number, (method, search) in enumerate(units["searches"].items(), start=1):
        settings = get_settings(search["algorithm"])(**search["settings"])
        images = {**parts, "all": searched}
        yield (
            ("search", name, method, ""),
            search_size(search["algorithm"], settings, dataset, images),
        )
        log.info("%d of %d kinds of jobs counted: searches of %s", number, kinds, method)
    for number, run in enumerate(units["runs"], start=len(units["searches"]) + 1):
        protocol, images = Protocol(**run["settings"]), {"train": searched, "test": parts["test"]}
        yield (
            ("run", name, run["protocol"], run["network"]),
            run_size(run["network"], run["sampler"], protocol, dataset, images),
        )
        log.info(
            "%d of %d kinds of jobs counted: %s by %s",
            number,
            kinds,
            run["network"],
            run["protocol"],
        )


def search_size(
    algorithm: str, settings: SearchSettings, dataset: ImageSettings, sizes: dict[str, int]
) -> Size:
    """Return the size of a search.

    `sizes` has the numbers of images of `train`, `validation` and `all`.
    """
    rehearsal = Rehearsal(Meter(), SAMPLES)
    shortened, factor = settings.shortened_for_counting()
    data = StubData(dataset, sizes, rehearsal.meter)
    found = get_method(algorithm).search(data, shortened, seed=0, loop=rehearsal)
    if not rehearsal.work.calls:
        raise NasevalError(
            f"naseval.methods.{algorithm} does not train in the loop it is given; call loop.run"
        )
    rows = round(len(found.history) * factor)
    return Size(rehearsal.work * factor, rehearsal.checkpoint, rows, settings.precision)


def run_size(
    network: str,
    sampler: str | None,
    protocol: Protocol,
    dataset: ImageSettings,
    sizes: dict[str, int],
) -> Size:
    """Return the size of a run of a space's random genotype 0, or of a fixed network.

    `sampler` is the space's sampler, or None for a fixed network. `sizes` has the numbers of images
    of `train` (all images except the test images) and `test`.
    """
    architecture: Genotype | str = network
    if sampler is not None:
        architecture = sample(network, 0, sampler)
    built = initialised(partial(build_run_network, architecture, dataset, protocol), 0)
    rehearsal = Rehearsal(Meter(), samples=1)
    data: Any = StubData(dataset, sizes, rehearsal.meter)
    rows = augment(built, data, protocol, seed=0, loop=rehearsal)
    return Size(rehearsal.work, rehearsal.checkpoint, len(rows), protocol.precision)
