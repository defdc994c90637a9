"""One-level training of a supernet: weights and alphas from the same batches."""

from naseval.gradient.task import SupernetTask
from naseval.training.optimizers import clip_gradients
from naseval.training.totals import Sums


class OneLevelTask(SupernetTask):
    """One stage of a one-level search, an `EpochTask`: one pass per step moves everything."""

    def step(self, epoch: int, step: int) -> Sums:
        """Move the weights and the alphas by the gradient of one training loss."""
        self.alpha_optimizer.zero_grad()
        totals = self._descend(self.training.at(epoch, step), self.alphas())
        clip_gradients(self.alphas.parameters(), self.settings.architecture)
        self.alpha_optimizer.step()
        return totals
