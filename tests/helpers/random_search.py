"""Random search, the smallest method: settings and search as a method's files have them."""

from pydantic import Field

from naseval.data.training_data import TrainingData
from naseval.genotype import Genotype
from naseval.methods import SearchResult
from naseval.methods._candidates import Candidates
from naseval.randomness import stream
from naseval.settings.base import Optimizer, Positive, SearchSettings
from naseval.spaces.darts.space import SPACE
from naseval.training.loop import Loop


class Settings(SearchSettings):
    """Random search: the best of a few random genotypes."""

    candidates: Positive = Field(description="genotypes drawn")
    epochs: Positive = Field(description="epochs that each is trained")
    batch_size: Positive = Field(description="of training and validation batches alike")
    channels: Positive = Field(description="initial channels of the networks")
    cells: Positive = Field(description="cells of the networks")
    weights: Optimizer = Field(description="of the networks' weights")


def search(data: TrainingData, settings: Settings, *, seed: int, loop: Loop) -> SearchResult:
    """Search the DARTS space; the result is the genotype of the best validation accuracy."""
    candidates = Candidates(data, settings, seed=seed, loop=loop, name="random search")
    genotypes = stream(seed, "random search", "genotypes")
    for _ in range(settings.candidates):
        candidates.train(SPACE.sample(genotypes))
    best = max(candidates.validated(), key=lambda row: row["validation_accuracy"])
    return SearchResult(Genotype.from_json(best["genotype"]), candidates.rows)
