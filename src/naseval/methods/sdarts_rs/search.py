"""SDARTS-RS: gradient search smoothed by random perturbations (Chen and Hsieh, ICML 2020).

The weights are trained with mixing weights that are perturbed at random, the more the longer the
search lasts, so that the validation loss stays flat around the alphas and changes little where the
genotype is derived. The operation `none` is left out. The alphas' gradient is of first order.
"""

import torch
from torch import Tensor

from naseval.data.training_data import TrainingData
from naseval.genotype import Genotype
from naseval.methods import SearchResult
from naseval.methods._gradient.alphas import Alphas, Operations, probable_genotype
from naseval.methods._gradient.bilevel import BilevelTask
from naseval.methods._gradient.darts_edges import CHOICES, EDGES
from naseval.methods._gradient.stages import new_supernet, run_task
from naseval.methods._supernet.supernet import BankedSupernet, Supernet
from naseval.methods.sdarts_rs.settings import Settings
from naseval.spaces.darts.space import SPACE
from naseval.training.loop import Loop

OPERATIONS: Operations = (CHOICES,) * EDGES
"""The operations of the program's space `s5`."""


def search(data: TrainingData, settings: Settings, *, seed: int, loop: Loop) -> SearchResult:
    """Search the DARTS space. Training images train the weights, validation images the alphas."""
    task = SmoothedTask(data, settings, seed)
    history = run_task(task, seed=seed, name="sdarts_rs", loop=loop)
    return SearchResult(derived(task.alphas), history)


class SmoothedTask(BilevelTask):
    """A bilevel search in which the mixing weights are perturbed while the weights are trained."""

    def __init__(
        self,
        data: TrainingData,
        settings: Settings,
        seed: int,
        kind: type[Supernet] = BankedSupernet,
    ) -> None:
        network, alphas = new_supernet(
            data,
            {"normal": OPERATIONS, "reduce": OPERATIONS},
            channels=settings.channels,
            cells=settings.cells,
            seed=seed,
            kind=kind,
        )
        super().__init__(network, alphas, data, settings, seed=seed, derive=derived)
        self.perturbation = settings.perturbation
        self.radius = self.perturbation.start

    def begin(self, epoch: int) -> None:
        """Set the learning rate, the radius of the perturbation and training mode."""
        super().begin(epoch)
        start, end = self.perturbation.start, self.perturbation.end
        self.radius = start + (end - start) * epoch / self.settings.epochs

    def _mixing(self) -> tuple[Tensor, Tensor]:
        normal, reduce = (perturbed(table, self.radius) for table in super()._mixing())
        return normal, reduce


def perturbed(mixing: Tensor, radius: float) -> Tensor:
    """Return mixing weights (edges, K) with uniform noise, from torch's global generator.

    Each weight changes by at most `radius`, is limited to [0, 1], and is divided by the sum of its
    row. If no weight of a row is left, its largest becomes 1.
    """
    noisy = mixing + torch.empty_like(mixing).uniform_(-radius, radius)
    largest = torch.zeros_like(noisy).scatter_(1, noisy.argmax(1, keepdim=True), 1.0)
    limited = noisy.clamp(0, 1)
    total = limited.sum(1, keepdim=True)
    return torch.where(total == 0, largest, limited / total)


def derived(alphas: Alphas) -> Genotype:
    """Return the genotype. Edges are ranked by the probability of their best operation."""
    return probable_genotype(alphas, OPERATIONS, SPACE.name)
