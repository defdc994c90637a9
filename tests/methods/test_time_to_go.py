"""What searches of several stages say of the epochs that are still to come."""

import pytest

from baseline_toys import baseline_settings
from controller_toys import nao_settings
from gradient_toys import made_up_data
from naseval.budget.rehearsal import Meter, Rehearsal, StubData
from naseval.methods import get_method
from nsganet_toys import nsganet_settings
from staged_toys import pdarts_settings, stacnas_settings

SEARCHES = {
    "nao": nao_settings(),
    "nsganet": nsganet_settings(),
    "pdarts": pdarts_settings(),
    "random_search": baseline_settings("random_search"),
    "regularised_evolution": baseline_settings("regularised_evolution"),
    "stacnas": stacnas_settings(),
}


class Noting(Rehearsal):
    """A rehearsal that notes the epochs of each stage, and those said to come later."""

    def __init__(self):
        super().__init__(Meter(), 1)
        self.epochs, self.later = [], []

    def run(self, task, *, epochs, later=0, **options):
        self.epochs.append(epochs)
        self.later.append(later)
        return super().run(task, epochs=epochs, **options)


def rehearsed(algorithm, settings):
    loop = Noting()
    images = {"train": 16, "validation": 16, "all": 32}
    data = StubData(made_up_data().dataset, images, loop.meter)
    get_method(algorithm).search(data, settings, seed=0, loop=loop)
    return loop


@pytest.mark.parametrize("algorithm", SEARCHES)
def test_each_stage_says_how_many_epochs_come_later(algorithm):
    loop = rehearsed(algorithm, SEARCHES[algorithm])
    assert len(loop.epochs) > 1
    assert loop.later == [sum(loop.epochs[stage:]) for stage in range(1, len(loop.epochs) + 1)]


def test_halving_says_what_its_budget_has_left():
    settings = baseline_settings("successive_halving")
    loop = rehearsed("successive_halving", settings)
    spent = [sum(loop.epochs[: stage + 1]) for stage in range(len(loop.epochs))]
    assert loop.later == [settings.trials * settings.epochs - epochs for epochs in spent]
