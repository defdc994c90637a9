"""DARTS-: gradient search with an auxiliary skip connection (Chu et al., ICLR 2021).

A skip connection helps a supernet to train, whether or not it is a good operation. So every edge
has an auxiliary one beside its operations, with a weight of its own that fades over the search.
Those among the operations compete by their merit. The alphas' gradient is of first order.
"""

import numpy as np
from torch import Tensor
from torch.nn import functional as F

from naseval.data.training_data import TrainingData
from naseval.genotype import Genotype
from naseval.methods import SearchResult
from naseval.methods._gradient.alphas import Alphas, Operations, probable_genotype
from naseval.methods._gradient.bilevel import BilevelTask
from naseval.methods._gradient.darts_edges import ALL, EDGES, ON_EVERY_EDGE
from naseval.methods._gradient.stages import new_supernet, run_task
from naseval.methods._supernet.supernet import BankedSupernet, Supernet
from naseval.methods.darts_minus.settings import Settings
from naseval.spaces.darts.space import SPACE
from naseval.training.loop import Loop

WITH_AUXILIARY: Operations = ((*ALL, "skip_connect"),) * EDGES
"""The auxiliary skip connection is the last. With stride 2 it has weights of its own."""


def search(data: TrainingData, settings: Settings, *, seed: int, loop: Loop) -> SearchResult:
    """Search the DARTS space. Training images train the weights, validation images the alphas."""
    task = FadingTask(data, settings, seed)
    history = run_task(task, seed=seed, name="darts_minus", loop=loop)
    return SearchResult(derived(task.alphas), history)


class AssistedAlphas(Alphas):
    """Alphas of all columns but the last, that of auxiliary skip connections of weight `beta`."""

    def __init__(self, rng: np.random.Generator, edges: int, columns: int) -> None:
        super().__init__(rng, edges, columns - 1)
        self.beta = 0.0

    def forward(self) -> tuple[Tensor, Tensor]:
        """Return the mixing weights of both cell types, (edges, columns) each.

        A row has the probabilities of the operations and `beta`.
        """
        normal, reduce = (F.pad(each, (0, 1), value=self.beta) for each in self.probabilities())
        return normal, reduce


class FadingTask(BilevelTask):
    """A bilevel search in which the weight of the auxiliary skip connections falls."""

    alphas: AssistedAlphas

    def __init__(
        self,
        data: TrainingData,
        settings: Settings,
        seed: int,
        kind: type[Supernet] = BankedSupernet,
    ) -> None:
        network, alphas = new_supernet(
            data,
            {"normal": WITH_AUXILIARY, "reduce": WITH_AUXILIARY},
            channels=settings.channels,
            cells=settings.cells,
            seed=seed,
            kind=kind,
            alphas_kind=AssistedAlphas,
        )
        super().__init__(network, alphas, data, settings, seed=seed, derive=derived)
        self.beta = settings.beta

    def begin(self, epoch: int) -> None:
        """Set the learning rate, the weight of the auxiliary skip connections and training mode."""
        super().begin(epoch)
        self.alphas.beta = self.beta * (1 - epoch / self.settings.epochs)


def derived(alphas: Alphas) -> Genotype:
    """Return the genotype. Edges are ranked by the probability of their best operation."""
    return probable_genotype(alphas, ON_EVERY_EDGE, SPACE.name)
