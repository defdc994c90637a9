"""DARTS-ES: DARTS that stops early (Zela et al., ICLR 2020).

Where the validation loss curves more and more, the genotype does worse than the supernet from
which it is derived. So the dominant eigenvalue of its Hessian with respect to the alphas is
measured now and then. If the mean grows too fast, the search stops and returns an earlier genotype.
"""

import json
from collections.abc import Mapping, Sequence

from naseval.data.training_data import TrainingData
from naseval.genotype import Genotype
from naseval.methods import SearchResult
from naseval.methods._gradient.alphas import Alphas, probable_genotype
from naseval.methods._gradient.bilevel import BilevelTask, frozen_statistics
from naseval.methods._gradient.darts_edges import ON_EVERY_EDGE
from naseval.methods._gradient.orders import architecture_gradient
from naseval.methods._gradient.stages import new_supernet, run_task
from naseval.methods._supernet.supernet import BankedSupernet, Supernet
from naseval.methods.darts_es.eigenvalue import dominant_eigenvalue
from naseval.methods.darts_es.settings import Settings
from naseval.methods.darts_es.stopping import epoch_to_return
from naseval.spaces.darts.space import SPACE
from naseval.training.history import Row
from naseval.training.loop import Loop
from naseval.training.metrics import Metrics


def search(data: TrainingData, settings: Settings, *, seed: int, loop: Loop) -> SearchResult:
    """Search the DARTS space. Training images train the weights, validation images the alphas."""
    task = MeasuredTask(data, settings, seed)
    history = run_task(
        task,
        seed=seed,
        name="darts_es",
        loop=loop,
        stop=lambda rows: _returned(rows, settings) is not None,
    )
    back = _returned(history, settings)
    chosen = history[-1 if back is None else back]
    return SearchResult(Genotype.from_dict(json.loads(chosen["genotype"])), history)


def _returned(rows: Sequence[Row], settings: Settings) -> int | None:
    """Return the epoch to which the search goes back after the last row. It may not be the last."""
    rule, last = settings.early_stopping, len(rows) - 1
    if last % rule.every or last >= settings.epochs - 1:
        return None
    return epoch_to_return([row["eigenvalue"] for row in rows[:: rule.every]], rule)


class MeasuredTask(BilevelTask):
    """A bilevel search with one more step in each epoch, which measures the eigenvalue."""

    def __init__(
        self,
        data: TrainingData,
        settings: Settings,
        seed: int,
        kind: type[Supernet] = BankedSupernet,
    ) -> None:
        network, alphas = new_supernet(
            data,
            {"normal": ON_EVERY_EDGE, "reduce": ON_EVERY_EDGE},
            channels=settings.channels,
            cells=settings.cells,
            seed=seed,
            kind=kind,
        )
        super().__init__(
            network,
            alphas,
            data,
            settings,
            seed=seed,
            derive=derived,
            architecture_gradient=architecture_gradient(settings.order),
        )
        self.decay = settings.architecture.weight_decay
        self.every = settings.early_stopping.every

    @property
    def steps(self) -> int:
        """Number of steps per epoch, with that of the measurement."""
        return super().steps + 1

    def step(self, epoch: int, step: int) -> Metrics:
        """Update the alphas and the weights, or measure the eigenvalue after the last update."""
        if step < super().steps:
            return super().step(epoch, step)
        due = epoch % self.every == 0 or epoch == self.settings.epochs - 1
        return {"eigenvalue": self._eigenvalue(epoch)} if due else {}

    def end(self, epoch: int, totals: Mapping[str, float]) -> Row:
        """Return the row of `schemas.HISTORY`, with the eigenvalue of the epoch if it has one."""
        return {**super().end(epoch, totals), "eigenvalue": totals.get("eigenvalue")}

    def _eigenvalue(self, epoch: int) -> float:
        """Return the dominant eigenvalue on the last validation batch, weight decay included."""
        last = super().steps - 1
        batch = self.validation.at(epoch, last % len(self.validation))
        with frozen_statistics(self.network):
            loss = self._loss(*batch)
        return dominant_eigenvalue(loss, list(self.alphas.parameters())) + self.decay


def derived(alphas: Alphas) -> Genotype:
    """Return the genotype. Edges are ranked by the probability of their best operation."""
    return probable_genotype(alphas, ON_EVERY_EDGE, SPACE.name)
