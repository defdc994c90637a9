"""PC-DARTS: gradient search on a part of the channels (Xu et al., ICLR 2020).

The operations of an edge read a quarter of the channels, which saves memory and time, and each edge
has a learnt share of its node, which steadies what such samples of the channels choose. The alphas'
gradient is of first order; at first only the weights learn.
"""

from functools import partial

from naseval.data.training_data import TrainingData
from naseval.genotype import Genotype
from naseval.methods import SearchResult
from naseval.methods._gradient.alphas import Alphas, strongest_cell, tables_of
from naseval.methods._gradient.bilevel import BilevelTask
from naseval.methods._gradient.darts_edges import ON_EVERY_EDGE
from naseval.methods._gradient.stages import new_supernet, run_task
from naseval.methods._supernet.supernet import Supernet
from naseval.methods.pcdarts.edges import NormalisedAlphas
from naseval.methods.pcdarts.partial import PartialBankedSupernet, PartialCell
from naseval.methods.pcdarts.settings import Settings
from naseval.spaces.darts.space import SPACE
from naseval.training.loop import Loop


def search(data: TrainingData, settings: Settings, *, seed: int, loop: Loop) -> SearchResult:
    """Search the DARTS space. Training images train the weights, validation images the alphas."""
    task = pcdarts_task(data, settings, seed=seed)
    history = run_task(task, seed=seed, name="pcdarts", loop=loop)
    return SearchResult(derived(task.alphas), history)


def pcdarts_task(
    data: TrainingData,
    settings: Settings,
    *,
    seed: int,
    kind: type[Supernet] = PartialBankedSupernet,
) -> BilevelTask:
    """Return the training task of a new supernet."""
    network, alphas = new_supernet(
        data,
        {"normal": ON_EVERY_EDGE, "reduce": ON_EVERY_EDGE},
        channels=settings.channels,
        cells=settings.cells,
        seed=seed,
        kind=kind,
        cell=partial(PartialCell, parts=settings.parts),
        alphas_kind=NormalisedAlphas,
    )
    return BilevelTask(
        network,
        alphas,
        data,
        settings,
        seed=seed,
        derive=derived,
        warm_up=settings.warm_up,
    )


def derived(alphas: Alphas) -> Genotype:
    """Return the genotype. Operations and edges are ranked by the products that mix them."""
    normal, reduce = (strongest_cell(table[:, :-1], ON_EVERY_EDGE) for table in tables_of(alphas()))
    return Genotype(SPACE.name, normal, reduce)
