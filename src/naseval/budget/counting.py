"""The size of searches and runs, counted on a CPU without images."""

from functools import partial
from typing import Any

from naseval.budget.rehearsal import Meter, Rehearsal, ThinData
from naseval.budget.work import Size
from naseval.errors import NasevalError
from naseval.genotype import Genotype
from naseval.methods import get_method
from naseval.methods.nao.settings import Settings as NaoSettings
from naseval.methods.nsganet.settings import Settings as NsganetSettings
from naseval.randomness import stream
from naseval.settings.base import SearchSettings
from naseval.settings.dataset import ImageSettings
from naseval.settings.protocol import Protocol
from naseval.spaces import get_space
from naseval.training.augmentation import augment
from naseval.training.networks import build_run_network, initialised

SAMPLES = 3
"""Steps of one kind that are rehearsed of each loop of a search; a run's steps are all alike."""
INDIVIDUALS = 5
"""Individuals of NSGA-Net that are rehearsed."""


def search_size(
    algorithm: str, settings: SearchSettings, dataset: ImageSettings, sizes: dict[str, int]
) -> Size:
    """Return the size of a search; `sizes` has the images of `train`, `validation` and `all`."""
    rehearsal = Rehearsal(Meter(), SAMPLES)
    shortened, factor = _shortened(settings)
    method = get_method(algorithm)
    with rehearsal.loops():
        found = method.search(
            ThinData(dataset, sizes, rehearsal.meter), shortened, seed=0, checkpoint=None
        )
    if not rehearsal.work.calls:
        raise NasevalError(f"naseval.methods.{algorithm} does not train in run_epochs; use that")
    return Size(rehearsal.work * factor, rehearsal.checkpoint, round(len(found.history) * factor))


def run_size(
    network: str,
    sampler: str | None,
    protocol: Protocol,
    dataset: ImageSettings,
    sizes: dict[str, int],
) -> Size:
    """Return the size of a run of the random genotype 0 of a space, or of a fixed network.

    `sampler` is the space's, None for a fixed network; `sizes` has the images of `train` (which
    here is all that is not for the test) and `test`.
    """
    architecture: Genotype | str = network
    if sampler is not None:
        architecture = get_space(network).sample(stream("architecture", network, 0), sampler)
    built = initialised(partial(build_run_network, architecture, dataset, protocol), 0)
    rehearsal = Rehearsal(Meter(), samples=1)
    data: Any = ThinData(dataset, sizes, rehearsal.meter)
    with rehearsal.loops():
        rows = augment(built, data, protocol, seed=0, checkpoint=None)
    return Size(rehearsal.work, rehearsal.checkpoint, len(rows))


def _shortened(settings: SearchSettings) -> tuple[SearchSettings, float]:
    """Return settings of a shorter search, and how many of these the whole one is.

    Only what a rehearsal would spend minutes on is shortened: networks that it would build and
    not train.
    """
    match settings:
        case NsganetSettings():
            individuals = settings.population + settings.offspring * (settings.generations - 1)
            few = min(INDIVIDUALS, settings.population)
            changes = {"population": few, "generations": 1}
            return settings.model_copy(update=changes), individuals / few
        case NaoSettings():
            # Drawing in proportion to parameters needs a network built for each of the pool.
            return settings.model_copy(update={"sampling": "uniform"}), 1.0
        case _:
            return settings, 1.0
