"""NSGA-Net: a genetic search for low error and low cost (Lu et al., GECCO 2019).

NSGA-II evolves genomes of 40 integers. Each is trained from scratch for some epochs and evaluated
by its validation error and its cost. There is no weight sharing. An individual is a candidate
(`naseval.methods._candidates`), so a search resumes within the epoch of an individual. The
evolution itself is repeated from its seed.
"""

from collections.abc import Sequence

from torch import nn

from naseval.data.training_data import TrainingData
from naseval.methods import SearchResult
from naseval.methods._candidates import Candidates, diverged
from naseval.methods.nsganet.flops import flops
from naseval.methods.nsganet.settings import Settings
from naseval.randomness import torch_seed
from naseval.spaces.nsganet.space import UPPER_BOUNDS, decode
from naseval.training.history import Row
from naseval.training.loop import Loop

MILLION = 1e6
WORST_ERROR = 101.0
"""The error of an individual that diverged, in per cent: more than any that was validated."""


def search(data: TrainingData, settings: Settings, *, seed: int, loop: Loop) -> SearchResult:
    """Search the NSGA-Net space. The result has the lowest error of the final population.

    Of equal individuals the cheaper one is chosen. The history has one row per individual: `stage`
    is the generation, `epoch` the index in the generation.
    """
    # only a running search needs pymoo
    from naseval.methods.nsganet.nsga2 import Evolution

    evolution = Evolution(UPPER_BOUNDS, settings, torch_seed(seed, "nsganet", "evolution"))
    candidates = Candidates(
        data, settings, seed=seed, loop=loop, name="nsganet", most=settings.individuals
    )

    def cost(network: nn.Module) -> dict[str, float]:
        return {"flops": flops(network, data.dataset.image_size) / MILLION}

    generation = 0
    while genomes := evolution.ask():
        generation += 1
        rows = [
            candidates.train(decode(genome), stage=generation, epoch=place, columns=cost)
            for place, genome in enumerate(genomes, start=1)
        ]
        evolution.tell([objectives(row, candidates.rows) for row in rows])
    candidates.validated()  # raises if there are none
    survivors = evolution.survivors()
    best = min(survivors, key=lambda survivor: survivor.objectives)
    front = {survivor.number for survivor in survivors if not survivor.dominated}
    history = [row | {"front": number in front} for number, row in enumerate(candidates.rows)]
    return SearchResult(decode(best.genome), history)


def objectives(row: Row, so_far: Sequence[Row]) -> tuple[float, float]:
    """Return the error (per cent) and the cost (million FLOPs) of an individual.

    One that diverged is dominated by every individual `so_far` that did not.
    """
    if diverged(row):
        return WORST_ERROR, max(other["flops"] for other in so_far)
    return 100 - row["validation_accuracy"], row["flops"]
