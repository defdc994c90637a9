"""CNAS: first-order gradient search over 6-node cells (Weng et al., IEEE Access 2019)."""

from scipy.special import softmax

from naseval.data.training_data import TrainingData
from naseval.genotype import Genotype
from naseval.methods import SearchResult
from naseval.methods._gradient.alphas import Alphas, Operations, strongest_cell
from naseval.methods._gradient.bilevel import BilevelTask
from naseval.methods.cnas.settings import Settings
from naseval.methods.cnas.supernet import SOURCES, cnas_supernet
from naseval.randomness import stream
from naseval.spaces.cnas.space import SPACE
from naseval.training.loop import Loop
from naseval.training.metrics import Metrics
from naseval.training.networks import initialised

OPERATIONS: Operations = (SPACE.operations,) * len(SOURCES)


def search(data: TrainingData, settings: Settings, *, seed: int, loop: Loop) -> SearchResult:
    """Search the CNAS space. The genotype is derived from the alphas after the last epoch.

    The training part trains the weights, the validation part the alphas.
    """
    network = initialised(
        lambda: cnas_supernet(
            images=data.dataset.images,
            classes=data.classes,
            channels=settings.channels,
            cells=settings.cells,
        ),
        seed,
    ).to(data.device)
    alphas = Alphas(stream(seed, "alphas"), len(SOURCES), len(SPACE.operations)).to(data.device)
    task = CnasTask(
        network, alphas, data, settings, seed=seed, derive=derived, cutout=settings.cutout
    )
    task.validation = data.batches(
        "validation",
        batch_size=settings.batch_size,
        seed=seed,
        cutout=settings.cutout,
        only_first_steps=True,
    )
    history = loop.run(
        task,
        epochs=settings.epochs,
        steps=task.steps,
        parts=task.parts,
        stream_names=(seed, "cnas"),
    )
    return SearchResult(derived(alphas), history)


class CnasTask(BilevelTask):
    """A bilevel search in which each step of the alphas uses a new random validation batch."""

    def step(self, epoch: int, step: int) -> Metrics:
        """Update the alphas, then the weights with the new alphas."""
        training = self.training.at(epoch, step)
        validation = self.validation.at(epoch * self.steps + step, 0)
        self._move_alphas(training, validation)
        return self._move_weights(training)


def derived(alphas: Alphas) -> Genotype:
    """Return the genotype. Edges are ranked by the mixing weight of their best operation."""
    normal, reduce = (
        strongest_cell(softmax(table, axis=1), OPERATIONS) for table in alphas.tables()
    )
    return Genotype(SPACE.name, normal, reduce)
