"""Local search: climbs from random candidates, trained briefly (White et al., UAI 2021)."""

from naseval.data.training_data import TrainingData
from naseval.methods import SearchResult
from naseval.methods._baselines.trained import search_by_training
from naseval.methods.local_search import algorithm
from naseval.methods.local_search.settings import Settings
from naseval.training.loop import Loop


def search(data: TrainingData, settings: Settings, *, seed: int, loop: Loop) -> SearchResult:
    """Search the settings' space with the images that searches may use."""
    return search_by_training(
        algorithm.search, data, settings, seed=seed, loop=loop, name="local_search"
    )
